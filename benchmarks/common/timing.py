"""Times that can be compared: taken in turns, so that whatever else the machine does falls on all alike."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(function: Callable[[], object], calls: int = 1) -> float:
    """Return the shortest time of some calls: what disturbs a call only ever makes it longer."""
    times = []
    for _ in range(calls):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


def in_turns(functions: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return what each function measures, round after round, each round in another order."""
    measured: dict[str, list[float]] = {name: [] for name in functions}
    names = list(functions)
    for i in range(rounds):
        for name in names if i % 2 else reversed(names):
            measured[name].append(functions[name]())
    return measured


def median_ratio(numerators: list[float], denominators: list[float]) -> float:
    """Return the median of the ratios of what was measured in the same round."""
    return median(a / b for a, b in zip(numerators, denominators, strict=True))


def in_a_process(*arguments: str) -> float:
    """Run this interpreter with the arguments in a fresh process and return the number that it prints."""
    return float(subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True).stdout)
