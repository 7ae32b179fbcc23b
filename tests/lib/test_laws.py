"""Laws that hold for whatever numbers: found by hypothesis, or checked on every number of the grids."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import grids
from bce_lib import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    binary_cross_entropy_hessian,
    binary_cross_entropy_with_logits,
    loop,
    vectorized,
)
from bce_lib.accuracy import as_float64
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, JAX, NUMPY, STRICT

law = settings(max_examples=150, deadline=None, derandomize=True)

LOSSES = [binary_cross_entropy_with_logits, binary_cross_entropy_gradient, binary_cross_entropy_hessian]
EPSILON = 2.0**-52

any_logit = st.floats(allow_nan=False) | st.floats(-40, 40)
any_label = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
moderate = st.floats(-30, 30)


@st.composite
def batches(draw, *elements: st.SearchStrategy[float], least: int = 1) -> list[np.ndarray]:
    """Draw one array of each kind of element, all of one length."""
    length = draw(st.integers(least, 40))
    return [draw(arrays(np.float64, length, elements=element)) for element in elements]


def name(value: object) -> str:
    return getattr(value, "__name__", str(value))


# Swapping the classes


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_swapping_the_classes_changes_no_bit_of_the_loss(engine, dtype):
    z = grids.logits(dtype)
    loss = partial(engine.elementwise, binary_cross_entropy_with_logits, dtype)
    np.testing.assert_array_equal(loss(np.ones(z.shape), z), loss(np.zeros(z.shape), -z))


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_swapping_the_classes_turns_the_sign_of_the_gradient_and_changes_no_other_bit(engine, dtype):
    z = grids.logits(dtype)
    gradient = partial(engine.elementwise, binary_cross_entropy_gradient, dtype)
    np.testing.assert_array_equal(gradient(np.ones(z.shape), z), -gradient(np.zeros(z.shape), -z))


@law
@given(batches(any_label, any_logit))
def test_swapping_the_classes_of_soft_labels_that_have_an_exact_opposite_changes_no_bit(batch):
    y, z = batch
    y = 1 - (1 - y)  # so that 1 − y is exact
    swapped = binary_cross_entropy_with_logits(1 - y, -z, reduction="none")
    np.testing.assert_array_equal(binary_cross_entropy_with_logits(y, z, reduction="none"), swapped)


# Sign and shape


@law
@given(batches(any_label, any_logit))
def test_loss_and_curvature_are_never_negative(batch):
    assert (binary_cross_entropy_with_logits(*batch, reduction="none") >= 0).all()
    assert (binary_cross_entropy_hessian(*batch, reduction="none") >= 0).all()


@law
@given(any_label, moderate, moderate, st.floats(0, 1))
def test_loss_is_convex_in_the_logit(y, left, right, share):
    loss = partial(binary_cross_entropy_with_logits, y)
    between = share * left + (1 - share) * right
    chord = share * loss(left) + (1 - share) * loss(right)
    assert loss(between) <= chord * (1 + 8 * EPSILON) + 64 * EPSILON  # the rounding of the point between


@law
@given(st.sampled_from([0.0, 1.0]), any_logit, any_logit)
def test_gradient_rises_with_the_logit(y, left, right):
    lower, upper = (binary_cross_entropy_gradient(y, z) for z in sorted((left, right)))
    assert lower <= upper + 4 * EPSILON * abs(upper)


@law
@given(any_label, any_logit)
def test_loss_is_least_where_the_sigmoid_is_the_label(y, z):
    at_best = binary_cross_entropy_with_logits([y], [np.log(y) - np.log1p(-y) if 0 < y < 1 else np.inf * (2 * y - 1)])
    assert binary_cross_entropy_with_logits(y, z) >= at_best * (1 - 4 * EPSILON)


# Weights


@law
@given(batches(any_label, any_logit), st.data())
def test_a_weight_of_two_is_a_duplicate(batch, data):
    y, z = batch
    twice = data.draw(arrays(bool, y.size))
    weighted = binary_cross_entropy_with_logits(y, z, sample_weight=1 + twice, reduction="sum")
    doubled = [np.concatenate([array, array[twice]]) for array in (y, z)]
    np.testing.assert_array_max_ulp(weighted, binary_cross_entropy_with_logits(*doubled, reduction="sum"), 1)
    mean = binary_cross_entropy_with_logits(y, z, sample_weight=1 + twice, reduction="weighted_mean")
    np.testing.assert_array_max_ulp(mean, binary_cross_entropy_with_logits(*doubled), 2)


@law
@given(batches(any_label, any_logit), st.data())
def test_a_weight_of_zero_is_to_be_left_out_and_so_is_a_selection(batch, data):
    y, z = batch
    kept = data.draw(arrays(bool, y.size))
    left = binary_cross_entropy_with_logits(y[kept], z[kept], reduction="sum")
    unseen = np.where(kept, z, np.nan)
    for options in ({"sample_weight": kept}, {"sample_weight": kept * 1.0}, {"where": kept}):
        total = binary_cross_entropy_with_logits(y, unseen, reduction="sum", **options)
        np.testing.assert_array_max_ulp(total, left, 1)
    if kept.any():
        mean = binary_cross_entropy_with_logits(y[kept], z[kept])
        np.testing.assert_array_max_ulp(binary_cross_entropy_with_logits(y, unseen, where=kept), mean, 1)
        weighted = binary_cross_entropy_with_logits(y, unseen, sample_weight=kept, reduction="weighted_mean")
        np.testing.assert_array_max_ulp(weighted, mean, 1)


@pytest.mark.parametrize("function", LOSSES, ids=name)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_a_positive_weight_of_one_changes_no_bit(engine, dtype, function, kind):
    """On NumPy this also says that the loss computed in place is the one computed as it is written.

    JAX does not compile here: its compiler would see the 1 and leave the weight out.
    """
    y, z = getattr(grids, kind)(dtype)
    with engine.computing(dtype):
        values = partial(function, engine.array(y, dtype), engine.array(z, dtype), reduction="none")
        np.testing.assert_array_equal(as_float64(values(pos_weight=1)), as_float64(values()))


@law
@given(batches(any_label, any_logit), st.floats(0.01, 100))
def test_a_positive_weight_is_a_sample_weight_where_labels_are_hard(batch, weight):
    y, z = np.round(batch[0]), batch[1]
    by_class = binary_cross_entropy_with_logits(y, z, pos_weight=weight, reduction="none")
    by_sample = binary_cross_entropy_with_logits(y, z, sample_weight=np.where(y == 1, weight, 1), reduction="none")
    np.testing.assert_array_max_ulp(by_class, by_sample, 3)


# Order


@law
@given(batches(any_label, any_logit), st.randoms(use_true_random=False))
def test_order_does_not_matter_to_sum_and_mean(batch, random):
    order = random.sample(range(batch[0].size), batch[0].size)
    for reduction in ("sum", "mean"):
        loss = partial(binary_cross_entropy_with_logits, reduction=reduction)
        np.testing.assert_array_max_ulp(loss(*batch), loss(*(array[order] for array in batch)), 1)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
# Dask adds up its chunks itself, in float64: there is nothing wider for sums of float64.
@pytest.mark.parametrize(
    ("engine", "dtype"), [case for case in EVERY_ENGINE_AND_DTYPE if case != (DASK, "float64")], ids=str
)
def test_order_does_not_matter_on_any_engine_to_one_ulp(engine, dtype, reduction):
    generator = np.random.default_rng(11)
    z = grids.rounded(20 * generator.standard_normal(3001), dtype)
    y = (generator.random(z.size) < 0.5).astype(float)
    with engine.computing(dtype):
        loss = engine.compiled(partial(binary_cross_entropy_with_logits, reduction=reduction))
        results = []
        for order in (np.arange(z.size), np.argsort(z), np.argsort(-np.abs(z)), generator.permutation(z.size)):
            results.append(float(as_float64(loss(engine.array(y[order], dtype), engine.array(z[order], dtype)))))
    assert np.ptp(results) <= grids.spacing(dtype, np.array(results[0]))


# Derivatives


@law
@given(any_label, moderate)
def test_gradient_is_the_fourth_order_difference_of_the_loss(y, z):
    h = 2.0**-9
    loss = partial(binary_cross_entropy_with_logits, np.full(4, y), reduction="none")
    far_left, left, right, far_right = loss(z + h * np.array([-2, -1, 1, 2]))
    difference = (far_left - 8 * left + 8 * right - far_right) / (12 * h)
    # h⁴/30 times the fifth derivative, which is below 1/8; and the rounding of four losses, each of at most 31.
    bound = h**4 / 30 / 8 + 18 * 2 * EPSILON * (1 + abs(z)) / (12 * h)
    assert abs(binary_cross_entropy_gradient(y, z) - difference) <= bound


@law
@given(st.sampled_from([0.0, 1.0]), moderate)
def test_gradient_is_the_complex_step_through_the_definition(y, z):
    """Im ℓ(z + ih) / h subtracts nothing, so its error is not that of a difference but of a rounding or two."""
    h = 1e-100
    probability = 1 / (1 + np.exp(-(z + 1j * h)))
    opposite = 1 / (1 + np.exp(z + 1j * h))
    step = np.imag(-y * np.log(probability) - (1 - y) * np.log(opposite)) / h
    np.testing.assert_allclose(binary_cross_entropy_gradient(y, z), step, rtol=16 * EPSILON)


@law
@given(any_label, moderate)
def test_curvature_is_the_fourth_order_difference_of_the_gradient(y, z):
    h = 2.0**-9
    gradient = partial(binary_cross_entropy_gradient, np.full(4, y), reduction="none")
    far_left, left, right, far_right = gradient(z + h * np.array([-2, -1, 1, 2]))
    difference = (far_left - 8 * left + 8 * right - far_right) / (12 * h)
    # The sixth derivative of the loss is below 1/4, and a gradient below 1.
    bound = h**4 / 30 / 4 + 18 * (4 + abs(z)) * EPSILON / (12 * h)
    assert abs(binary_cross_entropy_hessian(y, z) - difference) <= bound


# One loss, several forms


@law
@given(batches(st.sampled_from([0.0, 1.0]), st.floats(2.0**-40, 1 - 2.0**-40)))
def test_loop_vectorized_and_exact_agree_where_all_are_valid(batch):
    y, p = batch
    plain = loop.binary_cross_entropy(y, p)
    # 1 − p is rounded in the first two and not in the third: by half an ulp of 1, so relative to what is left of it.
    rounded = EPSILON * np.mean(1 + 1 / np.where(y == 1, 1, 1 - p)) + 8 * EPSILON * plain
    assert abs(vectorized.binary_cross_entropy(y, p) - plain) <= rounded
    assert abs(binary_cross_entropy(y, p) - plain) <= rounded


@law
@given(any_label, st.floats(-30, 3))
def test_the_loss_of_the_logit_is_the_loss_of_its_probability(y, z):
    p = 1 / (1 + np.exp(-z))
    expected = binary_cross_entropy_with_logits(y, z)
    np.testing.assert_allclose(binary_cross_entropy(y, p), expected, rtol=64 * EPSILON, atol=32 * EPSILON)


@law
@given(batches(any_label, any_logit))
def test_numpy_and_array_api_strict_agree_to_the_bit_in_float64(batch):
    for function in LOSSES:
        plain = NUMPY.elementwise(function, "float64", *batch)
        np.testing.assert_array_equal(STRICT.elementwise(function, "float64", *batch), plain)


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not JAX], ids=str)  # compiled each time
@settings(max_examples=30, deadline=None, derandomize=True)
@given(batch=batches(any_label, moderate, least=4))
def test_reductions_relate_on_every_engine(engine, batch):
    arguments = [engine.array(array, "float64") for array in batch]
    _, z = batch
    weight = engine.array(1 + np.abs(z), "float64")
    loss = partial(binary_cross_entropy_with_logits, *arguments, sample_weight=weight)
    each, total, mean, weighted = (
        as_float64(loss(reduction=reduction)) for reduction in ("none", "sum", "mean", "weighted_mean")
    )
    np.testing.assert_allclose(total, np.sum(each), rtol=8 * EPSILON)
    np.testing.assert_allclose(mean, total / z.size, rtol=4 * EPSILON)
    np.testing.assert_allclose(weighted, total / np.sum(1 + np.abs(z)), rtol=8 * EPSILON)
