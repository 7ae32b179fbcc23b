"""The search for the polynomials that the compiled loop of :mod:`bce_lib.fused` evaluates.

``tools/polynomials.py`` prints the coefficients of the loop, with the error that each set has.

Each polynomial is the best in the sense of least squares over Chebyshev's nodes, weighted so that what is made small is
the *relative* error of the function that it serves. It comes within a small factor of the best in the largest error. A
coefficient must be a number of its dtype, and rounding all of them at the end would cost several times that error. So
they are rounded one after another, the lowest first, and what comes later is fitted anew to what rounding left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath

mp = mpmath.mp.clone()
mp.dps = 60  # of this module alone
LN2 = mp.log(2)
SMALL = mp.mpf(10) ** -20


class Problem(NamedTuple):
    """A function to be evaluated as known terms plus x² times a polynomial."""

    function: Callable[[Any], Any]
    terms: Callable[[Any], Any]
    limit: Callable[[Any], Any]
    """The polynomial's value near 0, where the quotient that defines it is 0/0."""
    low: Any
    high: Any

    def wanted(self, x: Any) -> Any:
        """Return the value that the polynomial should have."""
        return self.limit(x) if abs(x) < SMALL else (self.function(x) - self.terms(x)) / x**2

    def influence(self, x: Any) -> Any:
        """Return the relative error of the function where the polynomial is off by 1."""
        return x**2 / self.function(x) if x else mp.mpf(0)


EXP = Problem(mp.exp, lambda r: 1 + r, lambda r: mp.mpf(1) / 2 + r / 6, -LN2 / 2, LN2 / 2)
LOG1P = Problem(mp.log1p, lambda e: e, lambda e: -mp.mpf(1) / 2 + e / 3, mp.mpf(0), mp.mpf(1))

SIZES = {"exp": {"float32": 5, "float64": 10}, "log1p": {"float32": 9, "float64": 20}}
PROBLEMS = {"exp": EXP, "log1p": LOG1P}


def nodes(problem: Problem, count: int) -> list[Any]:
    """Return Chebyshev's nodes, which crowd towards the ends, where a polynomial tends to be worst."""
    centre, radius = (problem.low + problem.high) / 2, (problem.high - problem.low) / 2
    return [centre + radius * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def coefficients(problem: Problem, size: int, dtype: Any) -> list[Any]:
    """Return the coefficients, the lowest first, each a number of the dtype."""
    points = nodes(problem, 4 * size)
    weights = [problem.influence(x) for x in points]
    rest = [problem.wanted(x) for x in points]
    found = []
    for power in range(size):
        columns = mp.matrix([[w * x**j for j in range(power, size)] for w, x in zip(weights, points, strict=True)])
        target = mp.matrix([w * value for w, value in zip(weights, rest, strict=True)])
        best = mp.lu_solve(columns.T * columns, columns.T * target)[0]
        found.append(dtype(float(best)))
        rest = [value - mp.mpf(float(found[-1])) * x**power for value, x in zip(rest, points, strict=True)]
    return found


def largest_error(problem: Problem, found: list[Any], points: int = 2000) -> float:
    """Return the largest relative error of the function that the polynomial alone makes."""
    exact = [mp.mpf(float(c)) for c in reversed(found)]
    places = (problem.low + (problem.high - problem.low) * mp.mpf(i) / points for i in range(points + 1))
    return float(max(abs((mp.polyval(exact, x) - problem.wanted(x)) * problem.influence(x)) for x in places))
