"""What the compiler made of the library's loop: many elements at once, and no call."""

import math
import platform

import numba
import numpy as np
import pytest

from bce_book.assembler import calls_in_loops, operations_per_division, vectorised_loops
from bce_lib.fused import _kernel as kernel

DTYPES = [np.float32, np.float64]

KNOWN = pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="another processor's assembly")


def compiled(dtype, **options):
    """Compile the loop over the elements afresh."""
    chosen = {name: value for name, value in kernel.elements.targetoptions.items() if name != "nopython"}
    function = numba.njit(**chosen | options)(kernel.elements.py_func)
    values = np.zeros(100, dtype)
    function(values, values, None, None, dtype(1), values.copy(), values.copy())
    return function


@KNOWN
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_loop_computes_many_elements_at_once_and_calls_nothing(dtype):
    function = compiled(dtype)
    loops = [loop for loop in vectorised_loops(function) if "div" in "".join(loop)]
    assert loops
    assert calls_in_loops(function) == 0
    for loop in loops:
        assert not [line for line in loop if "gather" in line or "scatter" in line]
        assert 40 < operations_per_division(loop) < 110


@KNOWN
def test_a_loop_that_checks_for_a_division_by_zero_is_not_vectorised():
    """Python's rule for a division by zero is an error, and a loop that may raise one goes step by step."""
    assert not vectorised_loops(compiled(np.float32, error_model="python"))


@KNOWN
def test_a_loop_that_calls_the_exponential_is_not_vectorised():
    @numba.njit
    def exponentials(x):
        for i in range(x.size):
            x[i] = math.exp(x[i])

    exponentials(np.zeros(100))
    assert calls_in_loops(exponentials) > 0
    assert not vectorised_loops(exponentials)
