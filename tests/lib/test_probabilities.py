"""The loss of probabilities against 50 digits, on every engine, for probabilities of every size."""

from functools import partial

import numpy as np
import pytest

import grids
from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits, sigmoid
from bce_lib.accuracy import as_float64, error_in_ulp, exact_loss_of_probability
from bounds import assert_within, bound, errors
from engines import EVERY_ENGINE_AND_DTYPE, JAX, TORCH, derivative
from references import exact


@pytest.mark.parametrize("kind", ["hard_of_probabilities", "soft_of_probabilities"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_loss_is_within_its_bound_of_fifty_digits(engine, dtype, kind):
    y, p = getattr(grids, kind)(dtype)
    with engine.computing(dtype):
        function = engine.compiled(partial(binary_cross_entropy, reduction="none"))
        loss = function(engine.array(y, dtype), engine.array(p, dtype))
        right = exact(exact_loss_of_probability, kind, engine, dtype)
        found = errors(engine, dtype, loss, right, sums=kind.startswith("soft"))
    limit = bound("loss of probabilities" if kind.startswith("soft") else "loss", engine, dtype)
    assert_within(limit, found, y=y, p=p)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_certain_predictions_cost_nothing_where_right_and_everything_where_wrong(engine, dtype):
    y = np.array([0, 1, 0, 1, 0.5, 0.5, 0])
    p = np.array([0, 1, 1, 0, 0, 1, np.nan])
    with engine.computing(dtype):
        loss = engine.elementwise(binary_cross_entropy, dtype, y, p)
    np.testing.assert_array_equal(loss, [0, 0, np.inf, np.inf, np.inf, np.inf, np.nan])
    assert not np.signbit(loss[:2]).any()


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_autograd_finds_the_derivative_also_where_a_certain_prediction_is_right(engine):
    y, p = np.array([0, 1, 0, 1, 0.25, 0, 1]), np.array([0.0, 1, 0.25, 0.25, 0.25, 2.0**-30, 2.0**-30])
    arrays = engine.array(y, "float32"), engine.array(p, "float32")
    slope = derivative(engine, binary_cross_entropy, *arrays, reduction="none")
    expected = (1 - y) / (1 - np.where(y == 1, 0, p)) - y / np.where(y == 0, 1, p)
    np.testing.assert_allclose(as_float64(slope), expected, rtol=2**-22, atol=2**-24)


def test_a_probability_above_one_half_has_lost_digits_that_its_logit_had():
    """The reason for the other form: it is not the formula that loses them."""
    z = np.float32(12.3)
    exact_for_its_input = error_in_ulp(
        binary_cross_entropy([1], [sigmoid(z)], reduction="none"), exact_loss_of_probability([1.0], [float(sigmoid(z))])
    )
    assert exact_for_its_input <= 0.51
    of_logit = binary_cross_entropy_with_logits([1], [z])
    assert abs(binary_cross_entropy([1], [sigmoid(z)]) / of_logit - 1) > 1e-3


def test_probabilities_outside_the_range_are_taken_for_logits():
    with pytest.raises(ValueError, match="y_prob reaches from -1 to 2, outside .* binary_cross_entropy_with_logits"):
        binary_cross_entropy([0, 1], [-1.0, 2.0])


@pytest.mark.parametrize(("wrong", "range_"), [(1.5, "to 1.5"), (-0.5, "from -0.5 to")])
def test_nan_hides_no_probability_outside_the_range(wrong, range_):
    with pytest.raises(ValueError, match=f"y_prob reaches .*{range_}.*outside"):
        binary_cross_entropy([1, 0], [np.nan, wrong])


def test_probabilities_outside_the_range_may_stand_outside_the_selection():
    assert binary_cross_entropy([0, 1], [0.5, 9.0], where=[True, False]) == np.log(2)
