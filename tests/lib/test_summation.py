"""Sums to twice the precision: against exact ones, along axes, of infinities, on every engine."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import grids
from bce_lib._summation import compensated_sum, fsum
from bce_lib.accuracy import as_float64
from engines import DASK, ENGINES, NUMPY, STRICT, TORCH

law = settings(max_examples=200, deadline=None, derandomize=True)


@pytest.mark.parametrize("engine", [NUMPY, TORCH], ids=str)
@law
@given(values=arrays(np.float64, st.integers(0, 70), elements=st.floats(0, 1e300)))
def test_a_compensated_sum_is_the_exact_one_rounded_to_an_ulp(engine, values):
    exact = math.fsum(values)
    found = float(compensated_sum(engine.namespace(), engine.array(values, "float64"), None))
    assert abs(found - exact) <= np.spacing(exact)


@law
@given(
    arrays(np.float64, (4, 3, 5), elements=st.floats(-1e9, 1e9)),
    st.sampled_from([(0,), (1,), (2,), (0, 2), (0, 1, 2), ()]),
)
def test_a_compensated_sum_along_axes_is_as_good(values, axes):
    found = compensated_sum(np, values, axes)
    kept = [axis for axis in range(3) if axis not in axes]
    slices = np.transpose(values, (*kept, *axes)).reshape(*(values.shape[axis] for axis in kept), -1)
    exact = np.apply_along_axis(math.fsum, -1, slices)
    # Terms of both signs may cancel: the error is then that of a sum in twice the precision, 2⁻¹⁰⁶ of the terms.
    allowed = np.spacing(np.abs(exact)) + values.size**2 * 2.0**-100 * np.abs(values).max()
    assert (np.abs(found - exact) <= allowed).all()


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not DASK], ids=str)
@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 1000, 4097])
def test_a_float32_sum_is_right_to_an_ulp_on_every_engine(engine, length):
    values = grids.rounded(10.0 ** np.random.default_rng(length).uniform(-8, 8, length), "float32")
    xp = engine.namespace()
    total = engine.compiled(lambda array: compensated_sum(xp, array, None))
    exact = math.fsum(values)
    assert abs(float(total(engine.array(values, "float32"))) - exact) <= np.spacing(np.float32(exact))


@pytest.mark.parametrize("axes", [None, (0,)])
@pytest.mark.parametrize("engine", [NUMPY, TORCH, STRICT], ids=str)
def test_infinities_and_nan_pass_through_a_sum(engine, axes):
    xp = engine.namespace()
    cases = [
        ([1, np.inf, 2], np.inf),
        ([1, -np.inf], -np.inf),
        ([np.inf, -np.inf], np.nan),
        ([1, np.nan, np.inf], np.nan),
    ]
    with np.errstate(invalid="ignore"):  # array-api-strict computes with NumPy, which warns
        for values, expected in cases:
            array = engine.array(np.array(values), "float64")
            np.testing.assert_array_equal(as_float64(compensated_sum(xp, array, axes)), expected)


@pytest.mark.parametrize("engine", [NUMPY, TORCH, STRICT], ids=str)
def test_a_sum_of_nothing_is_zero(engine):
    xp = engine.namespace()
    assert compensated_sum(xp, engine.array(np.zeros(0), "float64"), None) == 0
    nothing = compensated_sum(xp, engine.array(np.zeros((2, 0)), "float64"), (1,))
    np.testing.assert_array_equal(as_float64(nothing), [0, 0])


def test_a_sum_of_floats_is_rounded_once_and_infinite_beyond_the_largest():
    assert fsum([1, 2.0**-53, 2.0**-53]) == 1 + 2.0**-52
    assert fsum([1e308, 1e308]) == math.inf
