"""The elementary functions against 50 digits, and what they say about 0, infinity and each other."""

from functools import partial

import numpy as np
import pytest

import grids
import references
from bce_lib import binary_cross_entropy_with_logits, log_sigmoid, logit, sigmoid, softplus
from bce_lib.accuracy import as_float64, error_in_ulp, exact_function
from bounds import assert_within, bound, errors, read_by
from engines import EVERY_ENGINE_AND_DTYPE, JAX, TORCH, derivative


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid, softplus], ids=lambda function: function.__name__)
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_functions_of_a_logit_are_within_their_bound_of_fifty_digits(engine, dtype, function):
    z, name = grids.logits(dtype), function.__name__
    with engine.computing(dtype):
        computed = engine.compiled(function)(engine.array(z, dtype))
        found = errors(engine, dtype, computed, references.exact_of(getattr(references, name), "logits", dtype))
    assert_within(bound(name, engine, dtype), found, z=z)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_logit_is_within_its_bound_of_fifty_digits(engine, dtype):
    p = grids.probabilities(dtype)
    with engine.computing(dtype):
        computed = engine.compiled(logit)(engine.array(p, dtype))
        found = errors(engine, dtype, computed, exact_function(references.logit, read_by(engine, dtype, p)))
    assert_within(bound("logit", engine, dtype), found, p=p)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_values_at_zero_and_infinity_are_exact_and_nan_stays(engine, dtype):
    z = np.array([0.0, -0.0, np.inf, -np.inf, np.nan])
    half, two = 0.5, float(grids.rounded(np.log([2.0]), dtype)[0])
    with engine.computing(dtype):
        given = engine.array(z, dtype)
        of_z = {function: as_float64(engine.compiled(function)(given)) for function in (sigmoid, softplus, log_sigmoid)}
        np.testing.assert_array_equal(of_z[sigmoid], [half, half, 1, 0, np.nan])
        np.testing.assert_allclose(of_z[softplus], [two, two, np.inf, 0, np.nan], rtol=2.0**-8)
        np.testing.assert_allclose(of_z[log_sigmoid], [-two, -two, 0, -np.inf, np.nan], rtol=2.0**-8)
        p = engine.array(np.array([0.0, 0.5, 1.0, np.nan]), dtype)
        np.testing.assert_array_equal(as_float64(engine.compiled(logit)(p)), [-np.inf, 0, np.inf, np.nan])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_softplus_is_the_loss_of_label_0_and_log_sigmoid_minus_that_of_label_1_to_the_bit(engine, dtype):
    z = grids.logits(dtype)
    with engine.computing(dtype):
        given, loss = (
            engine.array(z, dtype),
            engine.compiled(partial(binary_cross_entropy_with_logits, reduction="none")),
        )
        of_0, of_1 = (as_float64(loss(engine.array(np.full(z.shape, y), dtype), given)) for y in (0.0, 1.0))
        np.testing.assert_array_equal(as_float64(engine.compiled(softplus)(given)), of_0)
        np.testing.assert_array_equal(as_float64(engine.compiled(log_sigmoid)(given)), -of_1)


def test_logit_undoes_sigmoid_as_far_as_the_probability_keeps_the_digits():
    z = np.linspace(-700, 10, 2001)
    lost = np.exp(np.maximum(z, 0))  # near 1 a probability has that much less to say about its logit
    assert (np.abs(logit(sigmoid(z)) - z) <= 4 * np.spacing(np.maximum(np.abs(z), 1)) * lost).all()


def test_sigmoids_of_opposite_logits_add_up_to_one():
    z = np.linspace(-40, 40, 2001)
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=2**-52)


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_autograd_finds_each_functions_derivative(engine):
    z = np.concatenate([np.linspace(-80, 80, 321), [0.0, -0.0]])
    given, p = engine.array(z, "float32"), grids.rounded(np.linspace(0.01, 0.99, 99), "float32")
    tail = error_in_ulp(derivative(engine, softplus, given), exact_function(references.sigmoid, z))
    assert_within(bound("gradient by autograd", engine, "float32"), tail, z=z)
    head = error_in_ulp(derivative(engine, log_sigmoid, given), exact_function(references.sigmoid, -z))
    assert_within(bound("gradient by autograd", engine, "float32"), head, z=z)
    slope = exact_function(lambda x: references.sigmoid(x) * references.sigmoid(-x), z)
    assert_within(5, error_in_ulp(derivative(engine, sigmoid, given), slope), z=z)
    steep = exact_function(lambda x: 1 / (x * (1 - x)), p)
    assert_within(6, error_in_ulp(derivative(engine, logit, engine.array(p, "float32")), steep), p=p)


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid, softplus, logit], ids=lambda function: function.__name__)
def test_lists_numbers_and_integers_are_welcome_and_shapes_kept(function):
    assert function(0).shape == ()
    assert function([[0, 1], [1, 0]]).shape == (2, 2)
    assert function([]).shape == (0,)
    assert function(np.float32([0, 1])).dtype == np.float32
    assert function(np.array([0, 1], np.int8)).dtype == np.float64


@pytest.mark.parametrize(
    ("wrong", "problem"), [("a", "real numbers"), (None, "None"), ([True], "booleans"), (1j, "real")]
)
@pytest.mark.parametrize(("function", "argument"), [(sigmoid, "z"), (log_sigmoid, "z"), (softplus, "z"), (logit, "p")])
def test_what_is_no_number_is_refused_by_name(function, argument, wrong, problem):
    with pytest.raises(TypeError, match=rf"{argument} .*{problem}"):
        function(wrong)


def test_logit_refuses_what_is_no_probability():
    with pytest.raises(
        ValueError, match=r"p reaches from -0.5 to 1.5, outside \[0, 1\]: for logits there is nothing to"
    ):
        logit([1.5, 0.5, -0.5])
