"""Laws of the loss of many classes, its reductions, weights and axes, and how arrays of every kind are taken."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import grids
from bce_lib import (
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    log_softmax,
    negative_log_likelihood,
    sigmoid,
    softmax,
)
from bce_lib.accuracy import as_float64
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, JAX, TORCH, Engine, dask, jax

law = settings(max_examples=150, deadline=None, derandomize=True)

EPSILON = 2.0**-52
CLASSES = [2, 3, 10]
LOSSES = [cross_entropy_with_logits, negative_log_likelihood]
INF, NAN = np.inf, np.nan


def losses(engine: Engine, dtype: str, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return engine.elementwise(cross_entropy_with_logits, dtype, y, z)


# Laws


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
@pytest.mark.parametrize("label", [0, 1])
def test_two_classes_are_the_binary_loss_to_the_bit(engine, dtype, label):
    """Of the logits 0 and z, in both tails; and their softmax is the sigmoid to an ulp."""
    z = grids.logits(dtype)
    pairs = np.stack([np.zeros_like(z), z], axis=1)
    with engine.computing(dtype), np.errstate(invalid="ignore"):
        binary = engine.compiled(partial(binary_cross_entropy_with_logits, reduction="none"))
        expected = as_float64(binary(engine.array(np.full(z.shape, float(label)), dtype), engine.array(z, dtype)))
        np.testing.assert_array_equal(losses(engine, dtype, np.full(z.shape, label), pairs), expected)
        chances = as_float64(engine.compiled(softmax)(engine.array(pairs, dtype)))[:, 1]
        plain = as_float64(engine.compiled(sigmoid)(engine.array(z, dtype)))
    off = np.abs(chances - plain) / grids.spacing(dtype, plain)
    assert np.nanmax(off) <= 1


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_a_one_hot_distribution_is_its_index_to_the_bit(engine, dtype, classes):
    y, z = grids.class_labels("index", dtype, classes), grids.class_logits(dtype, classes)
    np.testing.assert_array_equal(losses(engine, dtype, y, z), losses(engine, dtype, np.eye(classes)[y], z))


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_a_shift_of_all_logits_that_rounds_none_changes_no_bit(engine, dtype):
    generator = np.random.default_rng(2)
    z = generator.integers(-15, 16, (100, 5)).astype(float)
    y = generator.integers(0, 5, 100)
    for shift in (64.0, -96.0):
        np.testing.assert_array_equal(losses(engine, dtype, y, z), losses(engine, dtype, y, z + shift))


moderate = st.floats(-30, 30)


@st.composite
def batches(draw, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Draw indices and logits of one length."""
    length = draw(st.integers(1, 12))
    y = draw(arrays(np.int64, length, elements=st.integers(0, classes - 1)))
    return y, draw(arrays(np.float64, (length, classes), elements=moderate))


@law
@given(batches(), st.permutations(range(4)))
def test_renumbering_the_classes_permutes_all_that_depends_on_them(batch, order):
    y, z = batch
    moved = z[:, order]
    np.testing.assert_allclose(softmax(moved), softmax(z)[:, order], rtol=8 * EPSILON)
    np.testing.assert_allclose(log_softmax(moved), log_softmax(z)[:, order], rtol=8 * EPSILON)
    same = cross_entropy_with_logits(np.argsort(order)[y], moved, reduction="none")
    np.testing.assert_allclose(same, cross_entropy_with_logits(y, z, reduction="none"), rtol=8 * EPSILON)


@law
@given(batches())
def test_log_softmax_then_nll_is_cross_entropy_to_the_bit_in_float64(batch):
    y, z = batch
    for labels_ in (y, np.eye(4)[y], softmax(z[::-1])):
        whole = cross_entropy_with_logits(labels_, z, reduction="none")
        np.testing.assert_array_equal(negative_log_likelihood(labels_, log_softmax(z), reduction="none"), whole)


@law
@given(batches())
def test_probabilities_add_up_to_one_and_are_the_exponential_of_their_logarithm(batch):
    _, z = batch
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1, rtol=8 * EPSILON)
    np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=128 * EPSILON)


@law
@given(batches())
def test_a_second_log_softmax_changes_nothing_more(batch):
    once = log_softmax(batch[1])
    np.testing.assert_allclose(log_softmax(once), once, rtol=8 * EPSILON, atol=8 * EPSILON)


@law
@given(batches(), batches())
def test_no_prediction_costs_less_than_the_entropy_of_the_label(truth, belief):
    y = softmax(truth[1][0])
    assert (y >= 0).all()
    entropy = -np.sum(y * np.log(np.where(y > 0, y, 1)))
    assert cross_entropy_with_logits(y, belief[1][0]) >= entropy * (1 - 16 * EPSILON) - 16 * EPSILON


@law
@given(batches(), st.data())
def test_a_weight_of_two_is_a_duplicate_and_of_zero_is_left_out(batch, data):
    y, z = batch
    twice = data.draw(arrays(bool, y.size))
    doubled = np.concatenate([y, y[twice]]), np.concatenate([z, z[twice]])
    for reduction, ulp in (("sum", 1), ("weighted_mean", 2)):
        loss = partial(cross_entropy_with_logits, reduction=reduction)
        np.testing.assert_array_max_ulp(loss(y, z, sample_weight=1 + twice), loss(*doubled), ulp)
    unseen, unlabelled = np.where(twice[:, None], z, NAN), np.where(twice, y, -100)
    left = cross_entropy_with_logits(y[twice], z[twice], reduction="sum")
    selected = cross_entropy_with_logits(unlabelled, unseen, where=twice, reduction="sum")
    weighed = cross_entropy_with_logits(y, unseen, sample_weight=1.0 * twice, reduction="sum")
    np.testing.assert_array_max_ulp(selected, left, 1)
    np.testing.assert_array_max_ulp(weighed, left, 1)


# Reductions, weights and axes


SHAPE = (3, 4, 5)
GENERATOR = np.random.default_rng(3)
Z = GENERATOR.standard_normal(SHAPE)
Y = GENERATOR.integers(0, 5, SHAPE[:2])
SOFT = GENERATOR.dirichlet(np.ones(5), SHAPE[:2])
WEIGHT = GENERATOR.random(SHAPE[:2])
SELECTED = GENERATOR.random(SHAPE[:2]) < 0.7


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("y", [Y, SOFT], ids=["index", "soft"])
@pytest.mark.parametrize("function", LOSSES)
def test_reductions_are_what_they_are_defined_as(engine, y, function):
    logs = Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))
    one_hot = np.eye(5)[Y] if y is Y else SOFT
    each = -np.sum(one_hot * logs, axis=-1)
    total = np.sum(WEIGHT * each * SELECTED)
    defined = {
        "none": WEIGHT * each * SELECTED,
        "sum": total,
        "mean": total / SELECTED.sum(),
        "weighted_mean": total / np.sum(WEIGHT * SELECTED),
    }
    with engine.computing("float64"):
        scores, weight = (
            engine.array(Z if function is cross_entropy_with_logits else logs, "float64"),
            engine.array(WEIGHT, "float64"),
        )
        selected = engine.array(1.0 * SELECTED, "float64") == 1
        reduced = engine.each(*(partial(function, reduction=name) for name in defined))
        found = reduced(engine.labels(y, "float64"), scores, sample_weight=weight, where=selected)
        for result, (reduction, expected) in zip(found, defined.items(), strict=True):
            np.testing.assert_allclose(as_float64(result), expected, rtol=1e-13, err_msg=reduction)
            assert tuple(result.shape) == np.shape(expected)
            assert "float64" in str(result.dtype)


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("y", [Y, SOFT], ids=["index", "soft"])
@pytest.mark.parametrize("place", [0, 1, 2, -1, -2])
def test_the_classes_may_lie_along_any_axis(engine, y, place):
    moved = y if y is Y else np.moveaxis(y, -1, place)
    expected = cross_entropy_with_logits(y, Z, reduction="none")
    with engine.computing("float64"):
        z = engine.array(np.moveaxis(Z, -1, place), "float64")
        loss = engine.compiled(partial(cross_entropy_with_logits, class_axis=place, reduction="none"))
        found = loss(engine.labels(moved, "float64"), z)
        np.testing.assert_allclose(as_float64(found), expected, rtol=16 * EPSILON)
        functions = (softmax, log_softmax)
        along = engine.each(*(partial(function, class_axis=place) for function in functions))(z)
        for found, function in zip(along, functions, strict=True):
            np.testing.assert_allclose(as_float64(found), np.moveaxis(function(Z), -1, place), rtol=16 * EPSILON)


def test_rows_are_independent_of_how_many_there_are():
    """However they are cut into blocks."""
    z = np.random.default_rng(4).normal(0, 20, (50_000, 3))
    y = np.arange(len(z)) % 3
    whole = cross_entropy_with_logits(y, z, reduction="none")
    parts = [cross_entropy_with_logits(y[i : i + 777], z[i : i + 777], reduction="none") for i in range(0, len(z), 777)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert cross_entropy_with_logits(np.zeros(1, int), np.zeros((1, 100_000))) == np.log(100_000)


def test_weights_and_selections_repeat_along_axes_of_length_one():
    for shape in ((3, 1), (1, 4), (1, 1), ()):
        weight = GENERATOR.random(shape)
        full = np.broadcast_to(weight, SHAPE[:2]).copy()
        brief = cross_entropy_with_logits(Y, Z, sample_weight=weight)
        np.testing.assert_allclose(brief, cross_entropy_with_logits(Y, Z, sample_weight=full), rtol=4 * EPSILON)
        chosen = np.broadcast_to(weight > 0.1, SHAPE[:2]).copy()
        brief = cross_entropy_with_logits(Y, Z, where=weight > 0.1, reduction="sum")
        np.testing.assert_allclose(
            brief, cross_entropy_with_logits(Y, Z, where=chosen, reduction="sum"), rtol=4 * EPSILON
        )


def test_one_sample_needs_no_axis_of_samples():
    whole = cross_entropy_with_logits([2], [[0.5, 1.0, 2.0]])
    assert cross_entropy_with_logits(2, [0.5, 1.0, 2.0]) == whole
    assert cross_entropy_with_logits([0, 0, 1], [0.5, 1.0, 2.0]) == whole
    for engine in (TORCH, JAX):
        assert abs(float(cross_entropy_with_logits(2, engine.array([0.5, 1.0, 2.0], "float32"))) - whole) < 1e-6


def test_no_samples_have_no_mean_and_a_sum_of_nothing():
    nothing = np.zeros(0, int), np.zeros((0, 3))
    assert cross_entropy_with_logits(*nothing, reduction="none").shape == (0,)
    assert cross_entropy_with_logits(*nothing, reduction="sum") == 0
    assert softmax(nothing[1]).shape == (0, 3)
    with pytest.raises(ValueError, match="there is nothing to average"):
        cross_entropy_with_logits(*nothing)
    with pytest.raises(ValueError, match="the weights add up to 0"):
        cross_entropy_with_logits(Y, Z, sample_weight=0, reduction="weighted_mean")


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_results_have_the_dtype_of_the_scores(engine, dtype):
    z = Z[0] if dtype == "float64" else grids.rounded(Z[0], dtype)
    with engine.computing(dtype):
        scores = engine.array(z, dtype)
        results = engine.each(
            lambda y, z: softmax(z),
            lambda y, z: log_softmax(z),
            lambda y, z: negative_log_likelihood(y, log_softmax(z)),
            partial(cross_entropy_with_logits, reduction="none"),
            cross_entropy_with_logits,
        )(engine.labels(Y[0], dtype), scores)
    for result in results:
        assert type(result) is type(scores) or result.ndim == 0
        assert str(result.dtype).endswith(dtype)


def test_a_loss_beyond_the_largest_half_is_infinite_without_a_warning():
    z = np.array([[6e4, -6e4], [6e4, 0]], np.float16)
    np.testing.assert_array_equal(cross_entropy_with_logits([1, 1], z, reduction="none"), np.float16([INF, 6e4]))
    assert cross_entropy_with_logits([1, 1], z, reduction="sum") == INF


# Arrays that have no values yet, or that must stay as they are


def test_an_index_that_names_no_class_is_nan_where_it_cannot_be_looked_at():
    y, z = np.array([0, 3, -1]), np.zeros((3, 3))
    loss = jax.jit(partial(cross_entropy_with_logits, reduction="none"))(y, z.astype(np.float32))
    lazy = cross_entropy_with_logits(DASK.convert(y, "int64"), DASK.array(z, "float64"), reduction="none")
    for found in (np.asarray(loss), lazy.compute()):
        np.testing.assert_array_equal(np.isnan(found), [False, True, True])


def test_dask_computes_nothing_until_it_is_asked():
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed")

    y, z = DASK.convert(Y, "int64"), DASK.array(Z, "float32")
    weight = DASK.array(WEIGHT, "float32")
    with dask.config.set(scheduler=refuse):
        softmax(z)
        for reduction in ("none", "sum", "mean", "weighted_mean"):
            cross_entropy_with_logits(y, z, sample_weight=weight, where=weight > 0.5, reduction=reduction)
            negative_log_likelihood(DASK.array(SOFT, "float32"), z, reduction=reduction)


def test_nothing_is_changed_in_place_and_any_layout_is_taken():
    z, y = np.asfortranarray(Z[0]).copy("F"), Y[0].copy()
    z.flags.writeable = y.flags.writeable = False
    for function in (softmax, log_softmax):
        np.testing.assert_array_equal(function(z), function(Z[0]))
    assert cross_entropy_with_logits(y, z) == cross_entropy_with_logits(Y[0], Z[0])
    assert cross_entropy_with_logits(y[::-1], z[::-1]) == cross_entropy_with_logits(Y[0], Z[0])
    assert cross_entropy_with_logits(y, z.astype(">f8")) == cross_entropy_with_logits(Y[0], Z[0])
