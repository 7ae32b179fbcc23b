"""Softmax and its loss against 50 digits on every engine, its laws, and its gradient by autograd."""

from functools import lru_cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import mp, mpf

import grids
from bce_lib import (
    binary_cross_entropy_gradient,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    log_softmax,
    negative_log_likelihood,
    sigmoid,
    softmax,
)
from bce_lib.accuracy import DIGITS, as_float64, error_in_ulp, exact_cross_entropy
from bounds import ROUNDED_ONCE, assert_within
from engines import (
    DASK,
    ENGINES,
    EVERY_ENGINE_AND_DTYPE,
    JAX,
    NUMPY,
    STRICT,
    TORCH,
    Engine,
    dask,
    derivative,
    jax,
    torch,
)

law = settings(max_examples=150, deadline=None, derandomize=True)

EPSILON = 2.0**-52
CLASSES = [2, 3, 10]
WITH_AUTOGRAD = [(engine, dtype) for engine in (TORCH, JAX) for dtype in ("float16", "bfloat16", "float32", "float64")]
LOSSES = [cross_entropy_with_logits, negative_log_likelihood]

# The largest errors in ulp, for up to ten classes: a sum of nine terms more than the binary loss. Where the result is
# rounded from a wider dtype it is 0.51, as there.
LOSS, PROBABILITY, GRADIENT = 4.0, 5.0, 5.0

# Of the gradient otherwise, in units of half an ulp of 1: at the largest logit, autograd subtracts the sum of all other
# probabilities from 1, and nine of them make eight roundings.
ABSOLUTE_GRADIENT = 5.0


def bound(engine: Engine, dtype: str, limit: float) -> float:
    once = dtype in ("float16", "bfloat16") or (engine in (NUMPY, DASK) and dtype == "float32")
    return ROUNDED_ONCE if once else limit


@lru_cache
def logits(dtype: str, classes: int) -> np.ndarray:
    """Return rows of logits: of every size, far from 0, with margins from 0 to where the tail underflows, and ties."""
    generator = np.random.default_rng([classes, *dtype.encode()])
    largest = min(38.0, np.log10(grids.logits(dtype)[np.isfinite(grids.logits(dtype))].max())) - 0.5
    deepest = -np.log(grids.SMALLEST[dtype]) + 2
    rows = 40

    def normal(scale: float) -> np.ndarray:
        return generator.normal(0, scale, (rows, classes))

    margins = normal(1)
    margins[:, 0] += np.linspace(0, deepest, rows)
    shifted = normal(3) + generator.normal(0, 1000, (rows, 1))
    every = generator.choice([-1, 1], (rows, classes)) * 10 ** generator.uniform(-30, largest, (rows, classes))
    tied = generator.integers(-2, 3, (rows, classes)).astype(float)
    parts = [normal(0.001), normal(1), normal(10), normal(deepest / 3), margins, shifted, every, tied]
    return grids.rounded(np.concatenate(parts), dtype)


@lru_cache
def labels(kind: str, dtype: str, classes: int) -> np.ndarray:
    """Return for every row an index, the index of the largest logit, or a distribution."""
    generator = np.random.default_rng(7)
    count = len(logits(dtype, classes))
    if kind == "likeliest":
        return logits(dtype, classes).argmax(axis=1)
    if kind == "index":
        return generator.integers(0, classes, count)
    soft = generator.dirichlet(np.full(classes, 0.5), count)
    soft[soft < grids.SMALLEST_NORMAL[dtype]] = 0
    return grids.rounded(soft, dtype)


@lru_cache
def right_loss(kind: str, dtype: str, classes: int) -> np.ndarray:
    return exact_cross_entropy(labels(kind, dtype, classes), logits(dtype, classes))


@lru_cache
def right_surprises(dtype: str, classes: int) -> np.ndarray:
    """Return −log softmax of every class of every row."""
    z = logits(dtype, classes)
    return np.stack([exact_cross_entropy(np.full(len(z), k), z) for k in range(classes)], axis=1)


def taken_by(engine: Engine, dtype: str, y: np.ndarray) -> object:
    """Return labels as the engine takes them: indices as integers, distributions in the dtype of the logits."""
    return engine.convert(y, "int32") if y.dtype.kind == "i" else engine.array(y, dtype)


def losses(engine: Engine, dtype: str, y: np.ndarray, z: np.ndarray, **options: object) -> np.ndarray:
    with engine.computing(dtype):
        function = engine.compiled(partial(cross_entropy_with_logits, **{"reduction": "none"} | options))
        return as_float64(function(taken_by(engine, dtype, y), engine.array(z, dtype)))


def errors(engine: Engine, dtype: str, computed: object, exact: np.ndarray, classes: int) -> np.ndarray:
    """Return the errors in ulp; 0 where XLA dropped as many subnormal numbers as there are classes (see bounds.py)."""
    found = error_in_ulp(computed, exact)
    if engine is JAX and dtype != "float16":
        values = as_float64(computed)
        dropped = classes * grids.SMALLEST_NORMAL[dtype]
        for place in np.argwhere(found > ROUNDED_ONCE):
            if abs(exact[tuple(place)] - mpf(float(values[tuple(place)]))) < dropped:
                found[tuple(place)] = 0
    return found


# Against 50 digits


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("kind", ["index", "likeliest", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_loss_is_within_its_bound_of_fifty_digits(engine, dtype, kind, classes):
    y, z = labels(kind, dtype, classes), logits(dtype, classes)
    with engine.computing(dtype):
        function = engine.compiled(partial(cross_entropy_with_logits, reduction="none"))
        loss = function(taken_by(engine, dtype, y), engine.array(z, dtype))
        found = errors(engine, dtype, loss, right_loss(kind, dtype, classes), classes)
    assert_within(bound(engine, dtype, LOSS), found, y=y, z=z)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_softmax_and_its_logarithm_are_within_their_bounds_of_fifty_digits(engine, dtype, classes):
    z, surprises = logits(dtype, classes), right_surprises(dtype, classes)
    with mp.workdps(DIGITS):
        probabilities = np.vectorize(lambda surprise: mp.exp(-surprise) if surprise < 20_000 else mpf(0))(surprises)
    with engine.computing(dtype):
        scores = engine.array(z, dtype)
        logs = errors(engine, dtype, engine.compiled(log_softmax)(scores), -surprises, classes)
        found = errors(engine, dtype, engine.compiled(softmax)(scores), probabilities, classes)
    assert_within(bound(engine, dtype, LOSS), logs.max(axis=1), z=z)
    assert_within(bound(engine, dtype, PROBABILITY), found.max(axis=1), z=z)


@pytest.mark.parametrize("engine", [NUMPY, TORCH, JAX], ids=str)
def test_a_thousand_classes_cost_no_more_digits(engine):
    generator = np.random.default_rng(1)
    z = np.concatenate([generator.normal(0, scale, (4, 1000)) for scale in (0, 1, 5, 20)])
    z[:, 0] += np.tile([0, 10, 30, 70], 4)
    z = grids.rounded(z, "float32")
    for y in (z.argmax(axis=1), generator.integers(0, 1000, len(z))):
        with engine.computing("float32"):
            loss = cross_entropy_with_logits(engine.convert(y, "int32"), engine.array(z, "float32"), reduction="none")
            found = errors(engine, "float32", loss, exact_cross_entropy(y, z), 1000)
        assert_within(bound(engine, "float32", LOSS), found, y=y)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_the_tail_that_a_sum_with_the_largest_loses_is_there(engine, dtype):
    """PyTorch's cross_entropy gives 0 for the first in float32, and for the second in bfloat16."""
    y, z = np.array([1, 0]), np.array([[0.0, 17.0], [5.0, 0.0]])
    with engine.computing(dtype):
        loss = cross_entropy_with_logits(engine.convert(y, "int32"), engine.array(z, dtype), reduction="none")
        assert (error_in_ulp(loss, exact_cross_entropy(y, z)) < 3).all()


def test_digits_of_the_gap_that_its_subtraction_rounds_off_are_there():
    """At a gap of 600 or so, half an ulp of the gap is several hundred of the tail."""
    z = np.array([[600.1, 0.3], [1e5 + 0.1, 1e5 - 500.3]])
    naive = np.log1p(np.exp(z[:, 1] - z[:, 0]))
    right = exact_cross_entropy([0, 0], z)
    assert error_in_ulp(naive, right).max() > 100
    assert error_in_ulp(cross_entropy_with_logits([0, 0], z, reduction="none"), right).max() <= 2


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_soft_labels_keep_the_digits_that_the_logits_do_not_have_on_numpy(dtype):
    y, z = np.array([[0.1, 0.2, 0.7], [1e-10, 1 - 2e-10, 1e-10]]), np.array([[0.0, 300, 7], [0, 300, 7]])
    loss = cross_entropy_with_logits(y, z.astype(dtype), reduction="none")
    assert_within(bound(NUMPY, dtype, LOSS), error_in_ulp(loss, exact_cross_entropy(y, z)), y=y)


# Infinite and missing logits


INF, NAN = np.inf, np.nan
EDGES = np.array([[INF, 0, 1], [-INF, 0, 0], [-INF, -INF, 0], [INF, -INF, 0]])
NO_SOFTMAX = np.array([[INF, INF, 0], [-INF, -INF, -INF], [NAN, 0, 1], [0, 1, NAN], [INF, NAN, 0]])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_infinite_logits_are_certain_and_impossible_classes(engine, dtype):
    with engine.computing(dtype):
        z = engine.array(EDGES, dtype)
        chances, logs = (as_float64(engine.compiled(function)(z)) for function in (softmax, log_softmax))
    half = (
        grids.rounded(np.log([0.5]), dtype)[0]
        if dtype != "bfloat16"
        else as_float64(torch.tensor(0.5).log().bfloat16())
    )
    np.testing.assert_array_equal(chances, [[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(logs, [[0, -INF, -INF], [-INF, half, half], [-INF, -INF, 0], [0, -INF, -INF]])
    for y, expected in (([0, 1, 2, 0], [0, -half, 0, 0]), ([1, 0, 0, 2], [INF] * 4)):
        np.testing.assert_array_equal(losses(engine, dtype, np.array(y), EDGES), expected)
        np.testing.assert_array_equal(losses(engine, dtype, np.eye(3)[y], EDGES), expected)
    soft = np.tile([0, 0.25, 0.75], (4, 1))
    np.testing.assert_array_equal(losses(engine, dtype, soft, EDGES), [INF, -half, INF, INF])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_where_there_is_no_softmax_all_is_nan(engine, dtype):
    """Several certain classes, none that is possible, or a NaN."""
    with engine.computing(dtype), np.errstate(invalid="ignore"):
        z = engine.array(NO_SOFTMAX, dtype)
        assert np.isnan(as_float64(engine.compiled(softmax)(z))).all()
        assert np.isnan(as_float64(engine.compiled(log_softmax)(z))).all()
        assert np.isnan(losses(engine, dtype, np.repeat([0, 1, 2], 5), np.tile(NO_SOFTMAX, (3, 1)))).all()
        assert np.isnan(losses(engine, dtype, np.tile([0.5, 0.5, 0], (5, 1)), NO_SOFTMAX)).all()


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_one_class_is_certain_and_costs_nothing(engine, dtype):
    z = np.array([[0.0], [-3], [3], [INF]])
    assert (losses(engine, dtype, np.zeros(4, int), z) == 0).all()
    with engine.computing(dtype), np.errstate(invalid="ignore"):
        chances = as_float64(engine.compiled(softmax)(engine.array(np.concatenate([z, [[-INF], [NAN]]]), dtype)))
    np.testing.assert_array_equal(chances, [[1], [1], [1], [1], [NAN], [NAN]])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_a_loss_of_nothing_is_positive_zero(engine, dtype):
    z = np.array([[2000.0, 0, 0], [0, 1000, -1000]])
    for values in (losses(engine, dtype, np.array([0, 1]), z), losses(engine, dtype, np.eye(3)[[0, 1]], z)):
        assert (values == 0).all()
        assert not np.signbit(values).any()
    with engine.computing(dtype):
        assert not np.signbit(as_float64(engine.compiled(log_softmax)(engine.array(z, dtype)))[0, 0])


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


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("label", [0, 1])
def test_the_gradient_of_two_classes_is_that_of_the_binary_loss(engine, dtype, label):
    """In both tails, to four ulp: each of the two is within its own bound of the right one."""
    z = grids.logits(dtype)
    z = z[np.isfinite(z) & (np.abs(z) < -np.log(grids.SMALLEST_NORMAL[dtype]))]
    pairs, y = np.stack([np.zeros_like(z), z], axis=1), np.full(z.shape, label)
    slope = by_autograd(engine, dtype, y, pairs)
    expected = binary_cross_entropy_gradient(y, z, reduction="none")
    for found in (slope[:, 1], -slope[:, 0]):
        assert_within(4, np.abs(found - expected) / grids.spacing(dtype, expected), z=z)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_a_one_hot_distribution_is_its_index_to_the_bit(engine, dtype, classes):
    y, z = labels("index", dtype, classes), logits(dtype, classes)
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
        for reduction, expected in defined.items():
            loss = engine.compiled(partial(function, reduction=reduction))
            found = loss(taken_by(engine, "float64", y), scores, sample_weight=weight, where=selected)
            np.testing.assert_allclose(as_float64(found), expected, rtol=1e-13, err_msg=reduction)
            assert tuple(found.shape) == np.shape(expected)
            assert "float64" in str(found.dtype)


@pytest.mark.parametrize("engine", [NUMPY, TORCH, JAX, DASK, STRICT], ids=str)
@pytest.mark.parametrize("y", [Y, SOFT], ids=["index", "soft"])
@pytest.mark.parametrize("place", [0, 1, 2, -1, -2])
def test_the_classes_may_lie_along_any_axis(engine, y, place):
    moved = y if y is Y else np.moveaxis(y, -1, place)
    expected = cross_entropy_with_logits(y, Z, reduction="none")
    with engine.computing("float64"):
        z = engine.array(np.moveaxis(Z, -1, place), "float64")
        loss = cross_entropy_with_logits(taken_by(engine, "float64", moved), z, class_axis=place, reduction="none")
        np.testing.assert_allclose(as_float64(loss), expected, rtol=16 * EPSILON)
        for function in (softmax, log_softmax):
            along = as_float64(function(z, class_axis=place))
            np.testing.assert_allclose(along, np.moveaxis(function(Z), -1, place), rtol=16 * EPSILON)


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
        scores, y = engine.array(z, dtype), engine.convert(Y[0], "int32")
        results = [softmax(scores), log_softmax(scores), negative_log_likelihood(y, log_softmax(scores))]
        results += [cross_entropy_with_logits(y, scores, reduction=reduction) for reduction in ("none", "mean")]
    for result in results:
        assert type(result) is type(scores) or result.ndim == 0
        assert str(result.dtype).endswith(dtype)


def test_a_loss_beyond_the_largest_half_is_infinite_without_a_warning():
    z = np.array([[6e4, -6e4], [6e4, 0]], np.float16)
    np.testing.assert_array_equal(cross_entropy_with_logits([1, 1], z, reduction="none"), np.float16([INF, 6e4]))
    assert cross_entropy_with_logits([1, 1], z, reduction="sum") == INF


# The gradient


def by_autograd(engine: Engine, dtype: str, y: np.ndarray, z: np.ndarray, **options: object) -> np.ndarray:
    with engine.computing(dtype):
        labels_ = taken_by(engine, dtype, y)
        options = {"reduction": "none"} | options
        return as_float64(
            derivative(engine, lambda at: cross_entropy_with_logits(labels_, at, **options), engine.array(z, dtype))
        )


@lru_cache
def right_gradient(kind: str, dtype: str, classes: int) -> np.ndarray:
    """Return softmax − y to 50 digits; at the index, minus the sum of the other probabilities."""
    y, surprises = labels(kind, dtype, classes), right_surprises(dtype, classes)
    result = np.empty(surprises.shape, dtype=object)
    with mp.workdps(DIGITS):
        for i, row in enumerate(surprises):
            chances = [mp.exp(-surprise) if surprise < 20_000 else mpf(0) for surprise in row]
            for k in range(classes):
                if kind == "soft":
                    result[i, k] = chances[k] * sum(map(mpf, y[i])) - mpf(y[i][k])
                else:
                    others = sum((chances[j] for j in range(classes) if j != k), mpf(0))
                    result[i, k] = -others if y[i] == k else chances[k]
    return result


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), [case for case in WITH_AUTOGRAD if "16" not in case[1]], ids=str)
def test_gradient_where_the_likeliest_class_is_right_is_within_its_bound_in_ulp(engine, dtype, classes):
    """Where a difference of rounded probabilities would have lost it."""
    y, z = labels("likeliest", dtype, classes), logits(dtype, classes)
    with engine.computing(dtype):
        slope = engine.array(by_autograd(engine, dtype, y, z), dtype)
        found = errors(engine, dtype, slope, right_gradient("likeliest", dtype, classes), classes)
    assert_within(GRADIENT, found.max(axis=1), y=y, z=z)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("kind", ["index", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_gradient_is_within_its_absolute_bound_ties_included(engine, dtype, kind, classes):
    y, z = labels(kind, dtype, classes), logits(dtype, classes)
    off = np.abs((by_autograd(engine, dtype, y, z) - right_gradient(kind, dtype, classes)).astype(float))
    units = ROUNDED_ONCE if "16" in dtype else ABSOLUTE_GRADIENT
    assert_within(units * 2.0 ** -grids.PRECISION[dtype], off.max(axis=1), y=y, z=z)


@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_gradient_at_infinite_logits_is_finite(engine, dtype):
    y = np.array([0, 1, 2, 1, 1])
    z = np.array([[INF, 0, 1], [INF, 0, 1], [-INF, 0, 0], [-INF, -INF, 0], [INF, -INF, 0]])
    expected = [[0, 0, 0], [1, -1, 0], [0, 0.5, -0.5], [0, -1, 1], [1, -1, 0]]
    np.testing.assert_array_equal(by_autograd(engine, dtype, y, z), expected)
    soft = np.tile([0, 0.25, 0.75], (2, 1))
    np.testing.assert_array_equal(by_autograd(engine, dtype, soft, z[1:3]), [[1, -0.25, -0.75], [0, 0.25, -0.25]])


@pytest.mark.parametrize("reduction", ["none", "mean", "weighted_mean"])
@pytest.mark.parametrize("selection", ["where", "sample_weight"])
@pytest.mark.parametrize(("engine", "dtype"), [(TORCH, "bfloat16"), (TORCH, "float32"), (JAX, "float32")], ids=str)
def test_nan_outside_the_selection_reaches_no_gradient(engine, dtype, selection, reduction):
    z = np.array([[0.0, 1, 2], [NAN, 0, 1], [INF, INF, 0], [3, 1, 1]])
    counted = np.array([1.0, 0, 0, 1])
    with engine.computing(dtype):
        array = engine.array(counted, dtype)
        options = {selection: array != 0 if selection == "where" else array, "reduction": reduction}
        slope = by_autograd(engine, dtype, np.array([0, 1, 2, 1]), z, **options)
    assert (slope[1:3] == 0).all()
    assert (np.abs(slope[[0, 3]]).max(axis=1) > 0.1).all()


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_missing_labels_outside_the_selection_reach_no_gradient(engine):
    z = np.array([[0.0, 1, 2], [3, 0, 1], [3, 1, 1]])
    selected = engine.array([1.0, 0, 1], "float32") == 1
    index, soft = np.array([0, -100, 1]), np.array([[0.5, 0.5, 0], [NAN, 7, -1], [0, 0, 1]])
    for y in (index, soft):
        slope = by_autograd(engine, "float32", y, z, where=selected)
        assert (slope[1] == 0).all()
        assert (np.abs(slope[[0, 2]]).max(axis=1) > 0.1).all()


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_the_derivative_by_the_label_is_the_surprise(engine):
    """For one-hot labels too, where it stands in a product of 0."""
    y, z = np.eye(3), np.array([[0.0, 1, 2], [3, 1, 0], [0, 0, 0]])
    scores = engine.array(z, "float32")
    slope = derivative(
        engine, lambda at: cross_entropy_with_logits(at, scores, reduction="none"), engine.array(y, "float32")
    )
    np.testing.assert_allclose(as_float64(slope), -log_softmax(z), rtol=1e-6)


def test_pytorch_checks_both_derivatives():
    z = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [3.0, -1.0, 0.5]], dtype=torch.float64, requires_grad=True)
    soft = torch.tensor(SOFT[0, :3, :3] / SOFT[0, :3, :3].sum(axis=1, keepdims=True))
    for y in (torch.tensor([0, 1, 2]), soft):
        loss = partial(cross_entropy_with_logits, y, reduction="none")
        assert torch.autograd.gradcheck(loss, (z,))
        assert torch.autograd.gradgradcheck(loss, (z,))


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_second_derivatives_are_those_of_log_sum_exp(engine):
    """At ties too: diag(p) − p pᵀ."""
    z = np.array([1.0, 1.0, -0.5])
    if engine is JAX:
        found = jax.jit(jax.hessian(lambda at: cross_entropy_with_logits(0, at)))(engine.array(z, "float32"))
    else:
        loss = lambda at: cross_entropy_with_logits(torch.tensor(0), at)  # noqa: E731
        found = torch.autograd.functional.hessian(loss, engine.array(z, "float32"))
    p = softmax(z)
    np.testing.assert_allclose(as_float64(found), np.diag(p) - np.outer(p, p), atol=1e-6)


def test_it_works_under_the_transformations_of_the_frameworks():
    z, y = np.float32(Z[0]), Y[0]
    expected = as_float64(softmax(z)) - np.eye(5)[y]
    mapped = torch.func.vmap(torch.func.grad(lambda at, label: cross_entropy_with_logits(label, at)))
    np.testing.assert_allclose(mapped(torch.tensor(z), torch.tensor(y)), expected, atol=1e-6)
    mapped = jax.jit(jax.vmap(jax.grad(lambda at, label: cross_entropy_with_logits(label, at))))
    np.testing.assert_allclose(mapped(jax.numpy.asarray(z), jax.numpy.asarray(y)), expected, atol=1e-6)


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
