"""The definition as a loop: its examples by hand, its agreement with the others, and what it says of bad input."""

import math

import numpy as np
import pytest
from mpmath import mp

import bce_lib
import grids
from bce_lib.accuracy import error_in_ulp, exact_function
from bce_lib.loop import binary_cross_entropy, surprise
from bounds import assert_within

ROUNDING = 2.0**-53


def a_thousand_predictions() -> tuple[np.ndarray, np.ndarray]:
    """Return labels, and probabilities that have an exact opposite: the loop rounds 1 − p."""
    generator = np.random.default_rng(2)
    return generator.integers(0, 2, 1000), generator.integers(1, 2**30, 1000) / 2.0**30


# Surprise


def test_surprise_is_minus_the_logarithm_for_probabilities_of_every_size():
    p = grids.probabilities("float64")
    p = p[p > 0]
    computed = np.array([surprise(float(value)) for value in p])
    assert_within(1, error_in_ulp(computed, exact_function(lambda x: -mp.log(x), p)), p=p)


def test_an_impossible_event_is_infinitely_surprising_and_a_certain_one_not_at_all():
    assert surprise(0.0) == surprise(0) == surprise(-0.0) == math.inf
    assert surprise(1.0) == surprise(1) == 0
    assert math.copysign(1, surprise(1.0)) == 1


def test_surprises_of_independent_events_add_up():
    for p, q in [(0.5, 0.25), (0.75, 0.375), (2.0**-500, 2.0**-400), (0.1, 0.9)]:
        assert surprise(p * q) == pytest.approx(surprise(p) + surprise(q), rel=8 * ROUNDING, abs=0)


def test_the_less_probable_the_more_surprising():
    p = np.unique(grids.probabilities("float64")[:-1])
    assert (np.diff([surprise(float(value)) for value in p]) <= 0).all()


@pytest.mark.parametrize("wrong", [-0.1, 1.5, math.nextafter(1, 2), -5e-324, math.inf, -math.inf, math.nan])
def test_what_is_no_probability_is_named_and_taken_for_a_logit(wrong):
    with pytest.raises(ValueError, match=rf"probability={wrong} lies outside \[0, 1\].*pass sigmoid\(logit\)"):
        surprise(wrong)


# The loss


def test_the_loss_is_the_mean_surprise_at_what_happened():
    mean = (surprise(0.75) + surprise(1 - 0.25) + surprise(0.625)) / 3
    assert binary_cross_entropy([1, 0, 1], [0.75, 0.25, 0.625]) == mean
    assert binary_cross_entropy([1], [0.25]) == surprise(0.25)
    assert binary_cross_entropy([0], [0.25]) == surprise(0.75)


def test_of_one_prediction_it_is_the_librarys_loss_to_two_ulp():
    labels, probabilities = a_thousand_predictions()
    for y, p in zip(labels, probabilities, strict=True):
        np.testing.assert_array_max_ulp(binary_cross_entropy([y], [p]), bce_lib.binary_cross_entropy([y], [p]), 2)


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Return the loss as scikit-learn computes it."""
    return pytest.importorskip("sklearn.metrics").log_loss(y, p)


@pytest.mark.parametrize("other", [bce_lib.binary_cross_entropy, log_loss], ids=["bce_lib", "sklearn"])
def test_of_a_thousand_predictions_it_is_what_others_say_but_for_the_roundings_of_its_sum(other):
    y, p = a_thousand_predictions()
    # The k-th of n additions of positive numbers is rounded once.
    assert binary_cross_entropy(y, p) == pytest.approx(other(y, p), rel=y.size * ROUNDING, abs=0)


def test_swapping_the_classes_changes_no_bit():
    y, p = a_thousand_predictions()
    assert binary_cross_entropy(1 - y, 1 - p) == binary_cross_entropy(y, p)


def test_certain_predictions_cost_nothing_where_right_and_everything_where_wrong():
    assert binary_cross_entropy([1, 0], [1.0, 0.0]) == 0
    for y, p in [(1, 0.0), (0, 1.0)]:
        assert binary_cross_entropy([y], [p]) == math.inf
        assert binary_cross_entropy([1, 0, y], [0.9, 0.1, p]) == math.inf


# What goes in


KINDS = {
    "tuples": ((1, 0, 1), (0.5, 0.25, 1.0)),
    "booleans": ([True, False, True], [0.5, 0.25, 1.0]),
    "floats": ([1.0, 0.0, 1.0], [0.5, 0.25, 1.0]),
    "a certain prediction that is an integer": ([1, 0, 1], [0.5, 0.25, 1]),
    "generators": ((y for y in (1, 0, 1)), (p for p in (0.5, 0.25, 1.0))),
    "a map of text": (map(int, "101"), map(float, ["0.5", "0.25", "1"])),
    "arrays": (np.array([1, 0, 1], np.int8), np.array([0.5, 0.25, 1.0])),
    "a boolean array": (np.array([True, False, True]), np.float32([0.5, 0.25, 1.0])),
    "values of a dictionary": ({"a": 1, "b": 0, "c": 1}.values(), [0.5, 0.25, 1.0]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_anything_that_can_be_looped_over_gives_the_same_float(kind):
    loss = binary_cross_entropy(*KINDS[kind])
    assert loss == (math.log(2) - math.log(0.75)) / 3
    assert type(loss) is float


@pytest.mark.parametrize("wrong", [2, -1, 0.5, math.nan, np.int8(-1), "1"])
def test_a_label_that_is_neither_0_nor_1_is_named_and_soft_ones_shown_the_way(wrong):
    message = rf"y_true contains {wrong}: a label is 0 or 1; bce_lib\.binary_cross_entropy takes soft labels"
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy([1, wrong, 0], [0.5, 0.5, 0.5])


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("wrong", [-0.5, 1.5, math.nan, -5e-324])  # from 1 the last one is not even felt
def test_a_prediction_that_is_no_probability_is_named_whatever_its_label(label, wrong):
    message = rf"y_prob contains {wrong}, outside \[0, 1\]; is it a logit\? Then pass sigmoid\(logit\)"
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy([1, label], [0.5, wrong])


@pytest.mark.parametrize(("labels", "probabilities"), [(3, 2), (2, 3), (1, 0), (0, 1)])
def test_a_label_without_a_prediction_or_the_reverse_is_refused_with_both_numbers(labels, probabilities):
    message = f"y_true has {labels} values but y_prob has {probabilities}: give one for each"
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy([1] * labels, iter([0.5] * probabilities))


def test_the_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="y_true and y_prob are empty: the mean of no losses is not a number"):
        binary_cross_entropy([], [])
