"""Softmax and its loss against 50 digits on every engine, and at infinite and missing logits."""

from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pytest

import grids
import references
from bce_lib import cross_entropy_with_logits, log_softmax, softmax
from bce_lib.accuracy import as_float64, error_in_ulp, exact_cross_entropy
from bounds import assert_within, bound, errors
from engines import EVERY_ENGINE_AND_DTYPE, JAX, NUMPY, TORCH, Engine

CLASSES = [2, 3, 10]


# Against 50 digits


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("kind", ["index", "likeliest", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_loss_is_within_its_bound_of_fifty_digits(engine, dtype, kind, classes):
    y, z = grids.class_labels(kind, dtype, classes), grids.class_logits(dtype, classes)
    with engine.computing(dtype):
        function = engine.compiled(partial(cross_entropy_with_logits, reduction="none"))
        loss = function(engine.labels(y, dtype), engine.array(z, dtype))
        found = errors(engine, dtype, loss, references.loss_of_classes(kind, dtype, classes), sums=classes)
    assert_within(bound("loss of classes", engine, dtype), found, y=y, z=z)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_softmax_and_its_logarithm_are_within_their_bounds_of_fifty_digits(engine, dtype, classes):
    z = grids.class_logits(dtype, classes)
    with engine.computing(dtype):
        scores = engine.array(z, dtype)
        logs, chances = engine.compiled(log_softmax)(scores), engine.compiled(softmax)(scores)
        of_logs = errors(engine, dtype, logs, -references.surprises(dtype, classes), sums=classes)
        of_chances = errors(engine, dtype, chances, references.softmax(dtype, classes), sums=classes)
    assert_within(bound("loss of classes", engine, dtype), of_logs.max(axis=1), z=z)
    assert_within(bound("softmax", engine, dtype), of_chances.max(axis=1), z=z)


@cache
def a_thousand_classes() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return labels, the likeliest and any, with logits and the exact loss."""
    generator = np.random.default_rng(1)
    z = np.concatenate([generator.normal(0, scale, (4, 1000)) for scale in (0, 1, 5, 20)])
    z[:, 0] += np.tile([0, 10, 30, 70], 4)
    z = grids.rounded(z, "float32")
    return [(y, z, exact_cross_entropy(y, z)) for y in (z.argmax(axis=1), generator.integers(0, 1000, len(z)))]


@pytest.mark.parametrize("engine", [NUMPY, TORCH, JAX], ids=str)
def test_a_thousand_classes_cost_no_more_digits(engine):
    function = engine.compiled(partial(cross_entropy_with_logits, reduction="none"))
    for y, z, exact in a_thousand_classes():
        with engine.computing("float32"):
            loss = function(engine.labels(y, "float32"), engine.array(z, "float32"))
            found = errors(engine, "float32", loss, exact, sums=1000)
        assert_within(bound("loss of classes", engine, "float32"), found, y=y)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_the_tail_that_a_sum_with_the_largest_loses_is_there(engine, dtype):
    """PyTorch's cross_entropy gives 0 for the first in float32, and for the second in bfloat16."""
    y, z = np.array([1, 0]), np.array([[0.0, 17.0], [5.0, 0.0]])
    with engine.computing(dtype):
        function = engine.compiled(partial(cross_entropy_with_logits, reduction="none"))
        loss = function(engine.labels(y, dtype), engine.array(z, dtype))
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
    assert_within(bound("loss of classes", NUMPY, dtype), error_in_ulp(loss, exact_cross_entropy(y, z)), y=y)


# Infinite and missing logits, and logits so far apart that a loss is 0


INF, NAN = np.inf, np.nan
EDGES = {
    "certain and impossible classes": [[INF, 0, 1], [-INF, 0, 0], [-INF, -INF, 0], [INF, -INF, 0]],
    "no softmax": [[INF, INF, 0], [-INF, -INF, -INF], [NAN, 0, 1], [0, 1, NAN], [INF, NAN, 0]],
    "far apart": [[2000.0, 0, 0], [0, 1000, -1000]],
}
SOFT = [[0, 0.25, 0.75], [0.5, 0.5, 0]]


class Found(NamedTuple):
    """What the functions return for rows of logits; a loss for every class, and every label in `SOFT`, and every row."""

    chances: np.ndarray
    logs: np.ndarray
    of_index: np.ndarray
    of_one_hot: np.ndarray
    of_soft: np.ndarray


def at_edges(engine: Engine, dtype: str, kind: str) -> Found:
    """Return what the functions return for the edges of that kind."""
    rows = np.concatenate([np.full(len(edges), name == kind) for name, edges in EDGES.items()])
    chances, logs, *losses = at_all_edges(engine, dtype)
    return Found(chances[rows], logs[rows], *(loss[:, rows] for loss in losses))


@cache
def at_all_edges(engine: Engine, dtype: str) -> Found:
    z = np.concatenate(list(EDGES.values()))
    labels = [np.full(len(z), k) for k in range(3)]
    labels += [np.tile(distribution, (len(z), 1)) for distribution in (*np.eye(3), *SOFT)]
    with engine.computing(dtype), np.errstate(invalid="ignore"):
        losses = [partial(cross_entropy_with_logits, engine.labels(y, dtype), reduction="none") for y in labels]
        chances, logs, *found = map(as_float64, engine.each(softmax, log_softmax, *losses)(engine.array(z, dtype)))
    return Found(chances, logs, *map(np.stack, (found[:3], found[3:6], found[6:])))


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_infinite_logits_are_certain_and_impossible_classes(engine, dtype):
    found = at_edges(engine, dtype, "certain and impossible classes")
    half = 0.69140625 if dtype == "bfloat16" else grids.rounded(np.log([2.0]), dtype)[0]
    np.testing.assert_array_equal(found.chances, [[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1], [1, 0, 0]])
    logs = np.array([[0, -INF, -INF], [-INF, -half, -half], [-INF, -INF, 0], [0, -INF, -INF]])
    np.testing.assert_array_equal(found.logs, logs)
    np.testing.assert_array_equal(found.of_index, -logs.T)
    np.testing.assert_array_equal(found.of_one_hot, -logs.T)
    np.testing.assert_array_equal(found.of_soft[0], [INF, half, INF, INF])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_where_there_is_no_softmax_all_is_nan(engine, dtype):
    """Several certain classes, none that is possible, or a NaN."""
    for values in at_edges(engine, dtype, "no softmax"):
        assert np.isnan(values).all()


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_a_loss_of_nothing_is_positive_zero(engine, dtype):
    found = at_edges(engine, dtype, "far apart")
    for loss in (found.of_index, found.of_one_hot):
        assert (loss[[0, 1], [0, 1]] == 0).all()
        assert not np.signbit(loss[[0, 1], [0, 1]]).any()
    assert not np.signbit(found.logs[0, 0])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_one_class_is_certain_and_costs_nothing(engine, dtype):
    z = np.array([[0.0], [-3], [3], [INF]])
    assert (engine.elementwise(cross_entropy_with_logits, dtype, np.zeros(4, int), z) == 0).all()
    with engine.computing(dtype), np.errstate(invalid="ignore"):
        chances = as_float64(engine.compiled(softmax)(engine.array(np.concatenate([z, [[-INF], [NAN]]]), dtype)))
    np.testing.assert_array_equal(chances, [[1], [1], [1], [1], [NAN], [NAN]])
