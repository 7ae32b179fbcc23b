"""Shapes, labels and weights that do not fit are refused by name, with the value that is wrong and the fix."""

import numpy as np
import pytest

import bce_lib
from array_functions import TWO_ARGUMENTS, P, Y, Z, name, predictions
from bce_lib import (
    binary_cross_entropy_with_logits,
)
from bce_lib.accuracy import as_float64
from engines import DASK, ENGINES

# Shapes


@pytest.mark.parametrize("function", TWO_ARGUMENTS, ids=name)
@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_a_column_that_meets_a_row_is_not_broadcast(engine, function):
    y, z = engine.array(Y, "float32"), engine.array(predictions(function), "float32")
    column = engine.array(predictions(function)[:, None], "float32")
    with pytest.raises(
        ValueError, match=r"y_true has shape \(3,\) but \w+ has shape \(3, 1\).*\w+\.reshape\(y_true.shape"
    ):
        function(y, column)
    with pytest.raises(
        ValueError, match=r"y_true has shape \(3, 1\) but \w+ has shape \(3,\).*y_true\.reshape\(\w+.shape"
    ):
        function(engine.array(Y[:, None], "float32"), z)


@pytest.mark.parametrize(
    ("left", "right", "fix"),
    [
        ((3,), (2,), "every prediction needs its own target"),
        ((2, 3), (3, 2), "every prediction needs its own target"),
        ((), (3,), "a single number is not broadcast"),
        ((3,), (), "a single number is not broadcast"),
        ((1,), (1, 1), "a column met a row"),
    ],
)
def test_shapes_that_differ_are_named_both_with_the_likely_cause(left, right, fix):
    with pytest.raises(ValueError, match=fix) as caught:
        binary_cross_entropy_with_logits(np.zeros(left), np.zeros(right))
    assert str(left) in str(caught.value)
    assert str(right) in str(caught.value)


def test_a_shape_that_dask_does_not_know_yet_is_refused():
    z = DASK.array(Z, "float64")
    with pytest.raises(
        ValueError, match=r"y_true has the unknown shape \(nan,\): call its compute_chunk_sizes\(\) first"
    ):
        binary_cross_entropy_with_logits(z[z > 0], z[z > 0])


# Labels


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 2, 1], r"1 of 3 values outside \[0, 1\] \(2 at position 1\): a target is 0, 1, or a probability"),
        ([0.5, 1.5, -0.5], r"2 of 3 values outside \[0, 1\] \(1.5 at position 1, -0.5 at position 2\)"),
        ([-1, 1, 1], r"for labels −1 and 1 pass \(y_true \+ 1\) / 2"),
        ([0, np.nan, 1], r"\(nan at position 1\): leave missing labels out with where=~isnan\(y_true\)"),
        ([0, np.inf, 1], r"\(inf at position 1\)"),
        ([5, 6, 7], r"3 of 3 values outside \[0, 1\] \(5 at position 0, 6 at position 1, 7 at position 2\)"),
        ([10**30, 0, 1], r"\(1e\+30 at position 0\)"),
    ],
)
@pytest.mark.parametrize("function", TWO_ARGUMENTS, ids=name)
def test_labels_outside_the_range_are_counted_and_shown(function, labels, message):
    with pytest.raises(ValueError, match=r"y_true has .*" + message):
        function(labels, predictions(function))


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not DASK], ids=str)
def test_labels_are_checked_on_every_engine_that_has_their_values(engine):
    with pytest.raises(ValueError, match=r"y_true has 1 of 3 values outside \[0, 1\] \(2 at position 0\)"):
        binary_cross_entropy_with_logits(engine.array([2, 0, 1], "float32"), engine.array(Z, "float32"))


def test_swapped_arguments_are_recognised():
    with pytest.raises(ValueError, match=r"perhaps the two are swapped: the order is \(y_true, logits\)"):
        binary_cross_entropy_with_logits(Z, P)


def test_wrong_labels_beside_logits_that_are_no_labels_are_not_called_swapped():
    with pytest.raises(ValueError, match="a target is 0, 1, or a probability between them") as caught:
        binary_cross_entropy_with_logits([1, 2], [3.0, 4.0])
    assert "swapped" not in str(caught.value)


def test_many_wrong_labels_are_not_all_listed():
    with pytest.raises(ValueError, match="y_true has 1000 of 1000") as caught:
        binary_cross_entropy_with_logits(np.full(1000, 7), np.zeros(1000))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_labels_outside_the_selection_may_be_anything(engine):
    y, z = engine.array([1, np.nan, -7], "float32"), engine.array([0.0, 1, np.nan], "float32")
    selected = engine.array([1.0, 0, 0], "float32") == 1
    loss = as_float64(binary_cross_entropy_with_logits(y, z, where=selected, reduction="none"))
    np.testing.assert_array_equal(loss, [np.float32(np.log(2)), 0, 0])


# Weights


@pytest.mark.parametrize("argument", ["sample_weight", "pos_weight"])
@pytest.mark.parametrize(
    ("wrong", "found"), [(-1, "-1"), (np.nan, "nan"), (np.inf, "inf"), ([1, -0.5, 2], "-0.5"), ([1, np.nan, -1], "nan")]
)
def test_weights_must_be_finite_and_at_least_zero(argument, wrong, found):
    with pytest.raises(ValueError, match=f"{argument} contains {found}: weights must be finite numbers of at least 0"):
        binary_cross_entropy_with_logits(Y, Z, **{argument: wrong})


@pytest.mark.parametrize("argument", ["sample_weight", "pos_weight"])
@pytest.mark.parametrize("wrong", ["a", 1j, [None, 1, 2]])
def test_weights_must_be_numbers(argument, wrong):
    with pytest.raises(TypeError, match=f"{argument} has dtype .*: it must hold real numbers"):
        binary_cross_entropy_with_logits(Y, Z, **{argument: wrong})


@pytest.mark.parametrize("argument", ["sample_weight", "pos_weight", "where"])
@pytest.mark.parametrize("shape", [(2,), (0,), (3, 1), (1, 3)])
def test_weights_never_enlarge_the_loss(argument, shape):
    with pytest.raises(ValueError, match=rf"{argument} has shape \({shape[0]}.* but the predictions have shape \(3,\)"):
        binary_cross_entropy_with_logits(Y, Z, **{argument: np.ones(shape, bool)})


@pytest.mark.parametrize("argument", ["sample_weight", "where"])
@pytest.mark.parametrize("shape", [(3, 3), (3, 4)])
def test_one_weight_per_sample_must_say_along_which_axis(argument, shape):
    """With as many classes as samples, (n,) would silently align with the classes."""
    zeros = np.zeros(shape)
    with pytest.raises(ValueError, match=rf"{argument} has shape \(3,\).*pass {argument}\.reshape\(\(-1, 1\)\)"):
        binary_cross_entropy_with_logits(zeros, zeros, **{argument: np.ones(3, bool)})
    binary_cross_entropy_with_logits(zeros, zeros, **{argument: np.ones((3, 1), bool)})


def test_one_positive_weight_per_class_aligns_with_the_last_axis():
    ones = np.ones((2, 3))
    loss = binary_cross_entropy_with_logits(ones, 0 * ones, pos_weight=[1, 2, 3], reduction="none")
    np.testing.assert_array_equal(loss, np.log(2) * np.array([[1, 2, 3]] * 2))
    with pytest.raises(ValueError, match=r"pos_weight has shape \(2,\) but the predictions have shape \(2, 3\)"):
        binary_cross_entropy_with_logits(ones, ones, pos_weight=[1, 2])


@pytest.mark.parametrize("wrong", [[1, 0, 1], [1.0, 0.0, 1.0]])
def test_a_selection_must_be_boolean(wrong):
    with pytest.raises(TypeError, match="where has dtype .*: it must be boolean, as in where=y_true >= 0"):
        binary_cross_entropy_with_logits(Y, Z, where=wrong)


def test_entropies_check_what_they_are_given():
    for function in (bce_lib.cross_entropy, bce_lib.kl_divergence):
        with pytest.raises(ValueError, match=r"q reaches from|y_prob reaches from"):
            function([0.5, 0.5], [0.5, 1.5])
        with pytest.raises(ValueError, match="values outside"):
            function([0.5, 1.5], [0.5, 0.5])
        with pytest.raises(ValueError, match="a column met a row"):
            function([0.5, 0.5], [[0.5], [0.5]])
