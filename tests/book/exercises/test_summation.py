"""The grader of the chapter *summation*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import pytest

from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def kahan(losses: Any) -> Any:
    total = carried = np.float32(0)
    for x in losses:
        x -= carried
        new = total + x
        carried = (new - total) - x
        total = new
    return total / np.float32(losses.size)


def neumaier(losses: Any) -> Any:
    total = lost = np.float32(0)
    for x in losses:
        new = total + x
        lost += (total - new) + x if abs(total) >= abs(x) else (x - new) + total
        total = new
    return (total + lost) / np.float32(losses.size)


def in_blocks(losses: Any) -> float:
    starts = range(0, losses.size, 1000)
    return float(sum(np.sum(losses[i : i + 1000].astype(np.float64)) for i in starts) / losses.size)


def welford(losses: Any) -> float:
    mean = 0.0
    for k, x in enumerate(losses.tolist(), start=1):
        mean += (x - mean) / k
    return mean


def in_python(losses: Any) -> float:
    total = 0.0
    for x in losses:
        total += float(x)
    return total / len(losses)


RIGHT = {
    "np.mean in float64": lambda x: np.mean(x, dtype=np.float64),
    "np.sum in float64": lambda x: np.sum(x, dtype=np.float64) / x.size,
    "converted first": lambda x: x.astype(np.float64).mean(),
    "rounded to float32 at the end": lambda x: np.float32(x.astype(np.float64).mean()),
    "fsum": lambda x: math.fsum(x) / len(x),
    "statistics": lambda x: statistics.fmean(x),
    "fractions": lambda x: float(sum(map(Fraction, x.tolist())) / x.size),
    "long double": lambda x: np.mean(x, dtype=np.longdouble),
    "loop of Python's floats": in_python,
    "Kahan in float32": kahan,
    "Neumaier in float32": neumaier,
    "blocks": in_blocks,
    "Welford": welford,
    "weights": lambda x: np.average(x.astype(np.float64)),
    "dot": lambda x: x.astype(np.float64) @ np.ones(x.size) / x.size,
}


def loop(losses: Any) -> Any:
    total = 0.0  # beside a np.float32 a float of Python counts as float32
    for x in losses:
        total += x
    return total / len(losses)


def pieces(losses: Any) -> Any:
    means = [losses[i : i + 1024].mean(dtype=np.float64) for i in range(0, losses.size, 1024)]
    return np.mean(means)


def short_pieces(losses: Any) -> Any:
    return np.mean([losses[i : i + 2].mean() for i in range(0, losses.size, 2)])


def prints(losses: Any) -> None:
    print(losses.mean(dtype=np.float64))


def compensated_and_forgotten(losses: Any) -> Any:
    total = lost = np.float32(0)
    for x in losses:
        new = total + x
        lost += (total - new) + x if abs(total) >= abs(x) else (x - new) + total
        total = new
    return total / losses.size


WRONG = {
    "loop": (loop, "a float32 to which one loss after the other"),
    "cumsum": (lambda x: x.cumsum()[-1] / x.size, "a float32 to which one loss after the other"),
    "reduce": (lambda x: reduce(np.add, x) / x.size, "a float32 to which one loss after the other"),
    "sorted": (lambda x: np.sort(x).cumsum()[-1] / x.size, "a float32 to which one loss after the other"),
    "lost is not added": (compensated_and_forgotten, "a float32 to which one loss after the other"),
    "np.mean": (lambda x: np.mean(x), "unless it is given another dtype"),
    "converted too late": (lambda x: np.float64(np.sum(x)) / x.size, "unless it is given another dtype"),
    "sum": (lambda x: x.sum(dtype=np.float64), "a sum, not"),
    "sums so far": (lambda x: x.cumsum(), "the sums so far"),
    "one less": (lambda x: x.sum() / max(len(x) - 1, 1), "not by one less"),
    "median": (lambda x: np.median(x), "the median"),
    "float16": (lambda x: x.astype(np.float16).mean(), "float16"),
    "mean of means": (pieces, "counts a short piece in full"),
    "mean of short means": (short_pieces, "counts a short piece in full"),
    "minus": (lambda x: -x.mean(dtype=np.float64), "wrong sign"),
    "rounded": (lambda x: round(float(x.mean(dtype=np.float64)), 4), "rounded"),
    "a list": (lambda x: [x.mean(dtype=np.float64)], "another shape"),
    "printed": (prints, "You print the result"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.summation, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.summation, answer, hint)
