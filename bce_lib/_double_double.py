r"""Double-doubles: numbers of twice the digits.

Each is two float64, high + low, whose low part holds what the high one could not. Adding two of them is off by at most
:math:`3u^2` of the sum, :math:`u = 2^{-53}`, so that after :math:`10^9` additions of numbers that are not negative the
sum is off by less than :math:`4 \cdot 10^{-23}` of itself.

References
----------
T. J. Dekker: A floating-point technique for extending the available precision. Numerische Mathematik 18 (1971).

M. Joldes, J.-M. Muller, V. Popescu: Tight and rigorous error bounds for basic building blocks of double-word
arithmetic. ACM Transactions on Mathematical Software 44 (2017).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bce_lib._summation import two_sum

Floats = NDArray[np.float64]


class DoubleDouble(NamedTuple):
    """A number of twice the digits: the unevaluated sum of two floats, of which `high` is the sum rounded."""

    high: float = 0.0
    low: float = 0.0


def exactly(number: DoubleDouble) -> Fraction:
    """Return the number that it stands for."""
    return Fraction(number.high) + Fraction(number.low)


def two_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return a·b rounded, and the rounding error (Dekker, Veltkamp): each factor is cut into halves of 26 digits.

    An infinite product has NaN for its error.
    """
    product, (a_high, a_low) = a * b, _halves(a)
    b_high, b_low = (a_high, a_low) if b is a else _halves(b)
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: Floats) -> tuple[Floats, Floats]:
    spread = 134_217_729.0 * a  # 2²⁷ + 1
    high = spread - (spread - a)
    return high, a - high


def add(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """Add two: Algorithm 6 of Joldes, Muller and Popescu, off by less than 3u² + 13u³ of a sum of one sign.

    An infinite or NaN sum has no rounding error.
    """
    high, high_error = two_sum(a.high, b.high)
    if not math.isfinite(high):
        return DoubleDouble(high, 0.0)
    low, low_error = two_sum(a.low, b.low)
    high, rest = _renormalised(high, high_error + low)
    return DoubleDouble(*_renormalised(high, rest + low_error))


def _renormalised(large: float, small: float) -> tuple[float, float]:
    """Return two_sum of numbers of which the first is the larger (Dekker): half the operations."""
    total = large + small
    return total, small - (total - large)


def fold(rows: Floats) -> list[DoubleDouble]:
    """Add up each row of a matrix by folding it in half again and again; every rounding error goes to the low part.

    Of n summands of one sign the sum is off by less than 10·u²·(log₂ n)² of itself. The last few are added exactly.
    The matrix is overwritten: new arrays of that size would cost more than the additions, in pages to be mapped.
    """
    size = len(rows), rows.shape[1] // 2
    low, shifts, totals = np.zeros(len(rows)), np.empty(size), np.empty(size)
    while rows.shape[1] > 16:
        half, odd = divmod(rows.shape[1], 2)
        a, b, total, shift = rows[:, :half], rows[:, half : 2 * half], totals[:, :half], shifts[:, :half]
        np.add(a, b, out=total)  # two_sum(a, b), whose error takes the place of a
        np.subtract(total, a, out=shift)
        b -= shift
        a -= np.subtract(total, shift, out=shift)
        a += b
        low += a.sum(axis=1)
        if odd:
            total[:, 0], error = two_sum(total[:, 0], rows[:, -1])
            low += error
        rows, totals = total, rows
    return [_exact_sum(row, rest) for row, rest in zip(rows.tolist(), low.tolist(), strict=True)]


def _exact_sum(values: list[float], rest: float) -> DoubleDouble:
    """Return the sum of some floats and a rest, rounded to a double-double; an infinite or NaN sum has no rest."""
    if not math.isfinite(total := sum(values)):
        return DoubleDouble(total)
    high = math.fsum([*values, rest])
    return DoubleDouble(*_renormalised(high, math.fsum([*values, rest, -high])))
