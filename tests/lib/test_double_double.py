"""Numbers of twice the digits against exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from types import FunctionType

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bce_lib import _double_double as module
from bce_lib._double_double import DoubleDouble, add, exactly, fold, two_product
from bce_lib._summation import two_sum

law = settings(max_examples=150, deadline=None, derandomize=True)
U = Fraction(1, 2**53)

any_size = st.floats(0, 1e100) | st.floats(0, 1)


@law
@given(st.floats(-1e150, 1e150), st.floats(-1e150, 1e150))
def test_two_sum_and_two_product_lose_nothing(a, b):
    total, error = two_sum(a, b)
    assert Fraction(total) + Fraction(error) == Fraction(a) + Fraction(b)
    assume(abs(a * b) > 1e-280)  # below, the error would be smaller than the smallest number
    (product,), (error,) = two_product(np.array([a]), np.array([b]))
    assert Fraction(product) + Fraction(error) == Fraction(a) * Fraction(b)


@st.composite
def pairs(draw) -> DoubleDouble:
    return DoubleDouble(*two_sum(draw(any_size), draw(any_size)))


@law
@given(pairs(), pairs())
def test_a_sum_of_pairs_is_off_by_three_squares_of_the_unit_and_is_normalised(a, b):
    total = add(a, b)
    assert total.high + total.low == total.high
    assert abs(exactly(total) - exactly(a) - exactly(b)) <= (3 * U**2 + 13 * U**3) * exactly(total)
    assert add(b, a) == total


def test_the_smallest_part_of_a_pair_is_kept_where_the_others_leave_room():
    total = add(DoubleDouble(1 + 2.0**-52, 2.0**-106), DoubleDouble(2.0, 2.0**-52))
    assert total == DoubleDouble(3 + 2.0**-51, 2.0**-106)


@law
@given(arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 200)), elements=any_size))
def test_folding_keeps_twice_the_digits(rows):
    for row, total in zip(rows, fold(rows.copy()), strict=True):
        right = sum(map(Fraction, row))
        assert total.high + total.low == total.high
        assert abs(exactly(total) - right) <= 10 * 8**2 * U**2 * right


@pytest.mark.parametrize("count", [2**14, 2**14 - 1, 3**9])
def test_folding_a_block_whose_rounding_errors_all_point_one_way_is_within_its_bound(count):
    values = np.full(count, 1 + 2.0**-52)
    values[::3] = 2.0**-53
    values[0] = 2.0**40
    (total,) = fold(values[None].copy())
    right = sum(map(Fraction, values))
    assert abs(exactly(total) - right) <= 10 * math.ceil(math.log2(count)) ** 2 * U**2 * right
    assert total.high == math.fsum(values)


def compiled_additions():
    """Compile the library's own function, so that it can be called a hundred million times."""
    njit = pytest.importorskip("numba").njit
    known = {
        "math": math,
        "DoubleDouble": DoubleDouble,
        "two_sum": njit(two_sum),
        "_renormalised": njit(module._renormalised),
    }
    compiled = njit(FunctionType(add.__code__, known))

    @njit
    def run(start, step, count):
        total = start
        for _ in range(count):
            total = compiled(total, step)
        return total

    return run


@pytest.mark.parametrize("start", [0.0, 2.0**60, 1e300])
def test_ten_million_small_numbers_after_a_large_one(start):
    """Where float64 would stand still from the first, and at the bound that is claimed for as many."""
    count, step = 10_000_000, 0.1
    total = compiled_additions()(DoubleDouble(start, 0.0), DoubleDouble(step, 0.0), count)
    right = Fraction(start) + count * Fraction(step)
    assert abs(exactly(total) - right) <= count * (3 * U**2 + 13 * U**3) * right
    assert start == 0 or start + step == start
