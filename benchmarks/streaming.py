"""Print what 10⁹ additions of double-doubles lose, and what `MeanLoss.update` costs beside the core's mean.

The additions are made by ``add`` of ``bce_lib/_double_double.py`` itself, compiled with numba, and compared with exact
fractions. The chapter *streaming* puts the time of an update into its estimate for 10¹² rows.
"""

from __future__ import annotations

import argparse
import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from types import FunctionType

import numpy as np
from common.conditions import conditions
from common.timing import in_turns, median_ratio, seconds
from numba import njit
from tqdm import tqdm

from bce_lib import _double_double, binary_cross_entropy_with_logits
from bce_lib._double_double import DoubleDouble
from bce_lib.streaming import MeanLoss

COUNT = 4_000_000


def compiled() -> Callable[[DoubleDouble, DoubleDouble, int], DoubleDouble]:
    """Return a compiled loop that adds one to another so many times."""
    parts = {name: njit(getattr(_double_double, name)) for name in ("two_sum", "_renormalised")}
    add = njit(FunctionType(_double_double.add.__code__, {"math": math, "DoubleDouble": DoubleDouble, **parts}))

    @njit
    def loop(total: DoubleDouble, step: DoubleDouble, count: int) -> DoubleDouble:
        for _ in range(count):
            total = add(total, step)
        return total

    return loop


def print_errors(count: int) -> None:
    """Print the relative error of sums after so many additions of a third, from nothing and from a large number."""
    loop, step = compiled(), DoubleDouble(1 / 3, float(Fraction(1, 3) - Fraction(1 / 3)))
    for start in (0.0, 2.0**60):
        total = DoubleDouble(start, 0.0)
        for _ in tqdm(range(100), desc=f"from {start:g}", unit="%"):
            total = loop(total, step, count // 100)
        right = Fraction(start) + count // 100 * 100 * (Fraction(step.high) + Fraction(step.low))
        error = abs(Fraction(total.high) + Fraction(total.low) - right) / right
        print(
            f"{count:.0e} additions of a third to {start:g}: off by {float(error):.1e} of the sum "
            f"(bound {3 * count * 2.0**-106:.1e})"
        )


def print_times(rounds: int) -> None:
    """Print the time of an update relative to the core's mean, which computes the same losses and one sum."""
    generator = np.random.default_rng(0)
    z64 = 3 * generator.standard_normal(COUNT)
    y = generator.integers(0, 2, COUNT).astype(np.uint8)
    z32, w = z64.astype(np.float32), generator.random(COUNT)
    functions = {
        "float64, mean of the core": partial(binary_cross_entropy_with_logits, y, z64),
        "float64, update": lambda: MeanLoss().update(y, z64),
        "float64, update with weights": lambda: MeanLoss().update(y, z64, w),
        "float32, mean of the core": partial(binary_cross_entropy_with_logits, y, z32),
        "float32, update": lambda: MeanLoss().update(y, z32),
    }
    times = in_turns({name: partial(seconds, function) for name, function in functions.items()}, rounds)
    print(f"Time of {COUNT:,} labels and logits, relative to the mean of the core in float64:")
    for name, measured in times.items():
        ratio = median_ratio(measured, times["float64, mean of the core"])
        print(f"  {name:<30}{ratio:>6.2f} ({min(measured) / COUNT * 1e9:.1f} ns each)")
    print(f"A state takes {len(pickle.dumps(MeanLoss().update(y, z64)))} bytes.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured")
    parser.add_argument("--additions", type=int, default=1_000_000_000)
    arguments = parser.parse_args()
    print_errors(arguments.additions)
    print_times(arguments.rounds)
    print(conditions("numba"))
