"""The four reductions, with weights, selections and axes: what they divide by, and what they refuse."""

import itertools
import math
from functools import partial

import numpy as np
import pytest

from bce_lib import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    binary_cross_entropy_hessian,
    binary_cross_entropy_with_logits,
)
from bce_lib.accuracy import as_float64
from engines import ENGINES, JAX, STRICT, TORCH

DERIVATIVES = [binary_cross_entropy_gradient, binary_cross_entropy_hessian]
EVERY = [binary_cross_entropy_with_logits, binary_cross_entropy, *DERIVATIVES]
MEANS = ["mean", "weighted_mean"]
GENERATOR = np.random.default_rng(8)
SHAPE = (3, 4, 5)
Y = (GENERATOR.random(SHAPE) < 0.5).astype(float)
Z = GENERATOR.standard_normal(SHAPE)
WEIGHT = GENERATOR.random(SHAPE)
SELECTED = GENERATOR.random(SHAPE) < 0.7
SELECTED[0], SELECTED[:, 0], SELECTED[:, :, 0] = True, True, True  # something to average along every axis
AXES = [None, 0, 1, -1, (0, 2), (2, 0), (-1, 1), (0, 1, 2), ()]


def name(value: object) -> str:
    return getattr(value, "__name__", str(value))


def predictions(function) -> np.ndarray:
    return 1 / (1 + np.exp(-Z)) if function is binary_cross_entropy else Z


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_reductions_are_what_they_are_defined_as(engine, axis):
    each = binary_cross_entropy_with_logits(Y, Z, reduction="none")
    numpy_axis = tuple(range(3)) if axis is None else axis
    total = partial(np.sum, axis=numpy_axis)
    defined = {"sum": total(WEIGHT * each * SELECTED)}
    if axis != ():  # of one element that is not selected there is no mean
        defined["mean"] = defined["sum"] / total(1.0 * SELECTED)
        defined["weighted_mean"] = defined["sum"] / total(WEIGHT * SELECTED)
    with engine.computing("float64"):
        y, z, weight = (engine.array(array, "float64") for array in (Y, Z, WEIGHT))
        selected = engine.array(1.0 * SELECTED, "float64") == 1
        reduced = [partial(binary_cross_entropy_with_logits, axis=axis, reduction=name) for name in defined]
        found = engine.each(*reduced)(y, z, sample_weight=weight, where=selected)
        for result, (reduction, expected) in zip(found, defined.items(), strict=True):
            np.testing.assert_allclose(as_float64(result), expected, rtol=1e-14, err_msg=reduction)
            assert tuple(result.shape) == expected.shape


@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("function", [binary_cross_entropy_with_logits, binary_cross_entropy], ids=name)
def test_an_axis_is_a_loop_over_slices(function, reduction):
    p = predictions(function)
    along = function(Y, p, sample_weight=WEIGHT, where=SELECTED, axis=1, reduction=reduction)
    for i, k in itertools.product(range(3), range(5)):
        row = function(
            Y[i, :, k], p[i, :, k], sample_weight=WEIGHT[i, :, k], where=SELECTED[i, :, k], reduction=reduction
        )
        np.testing.assert_array_max_ulp(along[i, k], row, 1)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("function", EVERY, ids=name)
def test_weights_and_selections_repeat_along_axes_of_length_one(function, reduction):
    for shape in ((3, 1, 1), (1, 4, 1), (1, 1, 5), (3, 1, 5)):
        weight = GENERATOR.random(shape)
        selected = np.ones(shape, bool)
        selected.flat[0] = False
        brief = function(Y, predictions(function), sample_weight=weight, where=selected, reduction=reduction)
        full = [np.broadcast_to(array, SHAPE).copy() for array in (weight, selected)]
        whole = function(Y, predictions(function), sample_weight=full[0], where=full[1], reduction=reduction)
        np.testing.assert_allclose(brief, whole, rtol=2**-51)


@pytest.mark.parametrize("function", EVERY, ids=name)
def test_one_number_is_a_weight_for_all(function):
    p = predictions(function)
    np.testing.assert_allclose(function(Y, p, sample_weight=3), 3 * function(Y, p), rtol=2**-50)
    np.testing.assert_allclose(function(Y, p, sample_weight=3, reduction="weighted_mean"), function(Y, p), rtol=2**-50)


def test_the_two_means_differ_by_the_mean_weight():
    loss = partial(binary_cross_entropy_with_logits, Y, Z, sample_weight=WEIGHT)
    np.testing.assert_allclose(loss(), loss(reduction="weighted_mean") * np.mean(WEIGHT), rtol=2**-50)
    assert binary_cross_entropy_with_logits(Y, Z, reduction="weighted_mean") == binary_cross_entropy_with_logits(Y, Z)


@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("axis", [None, 1, (0, 2)], ids=str)
def test_derivatives_are_divided_as_the_loss_is(reduction, axis):
    keepdims = tuple(range(3)) if axis is None else axis
    divisor = {
        "sum": 1,
        "mean": np.sum(SELECTED, axis=keepdims, keepdims=True),
        "weighted_mean": np.sum(WEIGHT * SELECTED, axis=keepdims, keepdims=True),
    }[reduction]
    for function in DERIVATIVES:
        each = function(Y, Z, reduction="none")
        found = function(Y, Z, sample_weight=WEIGHT, where=SELECTED, axis=axis, reduction=reduction)
        np.testing.assert_allclose(found, np.where(SELECTED, each * WEIGHT, 0) / divisor, rtol=2**-50)
        assert found.shape == SHAPE


def test_an_element_of_weight_zero_adds_nothing_whatever_its_loss_but_is_counted():
    y, z = np.array([0.0, 1, 0, 1]), np.array([np.inf, -np.inf, np.nan, 0])
    loss = partial(binary_cross_entropy_with_logits, y, z, sample_weight=[0, 0, 0, 1])
    assert loss(reduction="sum") == np.log(2)
    assert loss(reduction="mean") == np.log(2) / 4
    assert loss(reduction="weighted_mean") == np.log(2)
    np.testing.assert_array_equal(loss(reduction="none"), [0, 0, 0, np.log(2)])


def test_labels_are_checked_whatever_their_weight():
    with pytest.raises(ValueError, match="y_true has 1 of 2"):
        binary_cross_entropy_with_logits([1, 9], [0.0, 0.0], sample_weight=[1, 0])


def test_infinite_and_unknown_losses_are_infinite_and_unknown_in_sum():
    for dtype in ("float16", "float32", "float64"):
        z = np.array([0, np.inf, 1], dtype)
        for axis in (None, 0):
            loss = partial(binary_cross_entropy_with_logits, np.zeros(3), axis=axis)
            assert loss(z) == np.inf
            assert np.isnan(loss(z * np.nan))
            assert loss(np.full(3, -np.inf, dtype)) == 0


def test_a_sum_beyond_the_largest_number_is_infinite_without_a_warning():
    half, single = np.full(3, 6e4, np.float16), np.full(3, 3e38, np.float32)
    for z in (half, single, np.full(3, 1.7e308)):
        for axis in (None, 0):
            assert binary_cross_entropy_with_logits(np.zeros(3), z, axis=axis, reduction="sum") == np.inf
    assert binary_cross_entropy_with_logits(np.zeros(3), half) == np.float16(6e4)
    assert binary_cross_entropy_with_logits(np.zeros(3), single, axis=0) == np.float32(3e38)


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_a_mean_of_small_numbers_keeps_what_a_plain_sum_of_float32_would_lose(engine):
    """One loss of 2²⁴ and 4,096 of 1/2, each of which is a rounding error of the sum so far."""
    z = np.append(2.0**24, np.full(4096, np.log(np.expm1(0.5)))).astype(np.float32)
    y = np.zeros(z.size)
    loss = engine.compiled(partial(binary_cross_entropy_with_logits, reduction="sum"))
    with engine.computing("float32"):
        found = as_float64(loss(engine.array(y, "float32"), engine.array(z, "float32")))
    exact = math.fsum(binary_cross_entropy_with_logits(y, z.astype(float), reduction="none"))
    assert abs(found - exact) <= np.spacing(np.float32(exact))


@pytest.mark.parametrize("function", EVERY, ids=name)
@pytest.mark.parametrize("wrong", [3, -4, (0, 3), (0, -5)])
def test_an_axis_must_exist(function, wrong):
    with pytest.raises(ValueError, match=r"axis=\S+ does not exist in an array of 3 dimensions"):
        function(Y, predictions(function), axis=wrong, reduction="sum")


@pytest.mark.parametrize("wrong", [(0, 0), (1, -2)])
def test_an_axis_may_be_named_once(wrong):
    with pytest.raises(ValueError, match=r"axis=\(.*\) names an axis twice"):
        binary_cross_entropy_with_logits(Y, Z, axis=wrong)


@pytest.mark.parametrize("wrong", ["0", 1.0, (0, 1.5), {}, [None]])
def test_an_axis_is_a_whole_number(wrong):
    with pytest.raises(TypeError, match="axis=.* is not a whole number: for example axis=0"):
        binary_cross_entropy_with_logits(Y, Z, axis=wrong)


def test_an_axis_may_be_a_number_of_numpy_or_a_list():
    expected = binary_cross_entropy_with_logits(Y, Z, axis=(0, 1))
    np.testing.assert_array_equal(binary_cross_entropy_with_logits(Y, Z, axis=(np.int64(0), np.uint8(1))), expected)
    np.testing.assert_array_equal(binary_cross_entropy_with_logits(Y, Z, axis=[1, 0]), expected)


def test_an_axis_has_no_meaning_without_a_reduction():
    with pytest.raises(ValueError, match="axis=0 has no meaning with reduction='none': drop it"):
        binary_cross_entropy_with_logits(Y, Z, axis=0, reduction="none")


@pytest.mark.parametrize("function", EVERY, ids=name)
@pytest.mark.parametrize("wrong", ["average", "Mean", "", None])
def test_a_reduction_must_be_one_of_four(function, wrong):
    with pytest.raises(ValueError, match=r"reduction=.* is unknown: use one of 'none', 'mean', 'sum', 'weighted_mean'"):
        function(Y, predictions(function), reduction=wrong)


@pytest.mark.parametrize("function", EVERY, ids=name)
@pytest.mark.parametrize("reduction", MEANS)
def test_a_mean_of_nothing_is_refused(function, reduction):
    with pytest.raises(
        ValueError, match=rf"reduction='{reduction}' would divide by 0.*\(predictions of shape \(0,\)\)"
    ):
        function([], [], reduction=reduction)
    nothing = np.zeros(SHAPE, bool)
    with pytest.raises(ValueError, match="there is nothing to average .*use reduction='sum'"):
        function(Y, predictions(function), where=nothing, reduction=reduction)


@pytest.mark.parametrize("function", EVERY, ids=name)
@pytest.mark.parametrize("reduction", MEANS)
def test_a_mean_of_nothing_along_an_axis_is_refused(function, reduction):
    some = np.ones(SHAPE, bool)
    some[1, :, 2] = False
    with pytest.raises(ValueError, match=r"there is nothing to average somewhere along axis \(1,\)"):
        function(Y, predictions(function), where=some, axis=1, reduction=reduction)
    function(Y, predictions(function), where=some, axis=(0, 1), reduction=reduction)
    with pytest.raises(ValueError, match=r"somewhere along axis \(0,\) \(predictions of shape \(0, 3\)\)"):
        function(np.zeros((0, 3)), np.zeros((0, 3)), axis=0, reduction=reduction)


@pytest.mark.parametrize("function", EVERY, ids=name)
def test_a_weighted_mean_of_no_weight_is_refused(function):
    with pytest.raises(ValueError, match="the weights add up to 0"):
        function(Y, predictions(function), sample_weight=0, reduction="weighted_mean")
    with pytest.raises(ValueError, match="the weights add up to 0"):
        function(Y, predictions(function), sample_weight=1 - SELECTED, where=SELECTED, reduction="weighted_mean")
    function(Y, predictions(function), sample_weight=0)


@pytest.mark.parametrize("engine", [TORCH, JAX, STRICT], ids=str)
def test_a_mean_of_nothing_is_refused_wherever_the_selection_can_be_read(engine):
    y, z = engine.array(Y[0, 0], "float32"), engine.array(Z[0, 0], "float32")
    with pytest.raises(ValueError, match="there is nothing to average"):
        binary_cross_entropy_with_logits(y, z, where=z > 100)


def test_an_empty_axis_that_is_kept_is_fine():
    assert binary_cross_entropy_with_logits(np.zeros((0, 3)), np.zeros((0, 3)), axis=1).shape == (0,)
    np.testing.assert_array_equal(
        binary_cross_entropy_with_logits(np.zeros((0, 3)), np.zeros((0, 3)), axis=0, reduction="sum"), np.zeros(3)
    )
