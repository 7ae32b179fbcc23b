"""The grader of the chapter *streaming*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_sums(a: Any, b: Any) -> Any:
    divisor = a[0] + b[0]
    if divisor == 0:
        return 0, 0.0
    return divisor, (a[0] * a[1] + b[0] * b[1]) / divisor


def by_shift(a: Any, b: Any) -> Any:
    (d_a, m_a), (d_b, m_b) = a, b
    if not d_b:
        return a
    return d_a + d_b, m_a + (m_b - m_a) * d_b / (d_a + d_b)


def by_average(a: Any, b: Any) -> Any:
    divisors, means = np.array([a, b]).T
    return [divisors.sum(), np.average(means, weights=divisors) if divisors.any() else 0]


def by_fractions(a: Any, b: Any) -> Any:
    (d_a, m_a), (d_b, m_b) = (map(Fraction, part) for part in (a, b))
    divisor = d_a + d_b
    return float(divisor), float((d_a * m_a + d_b * m_b) / divisor) if divisor else 0.0


def by_arrays(a: Any, b: Any) -> Any:
    parts = np.array([a, b])
    divisor = parts[:, 0].sum()
    return np.array([divisor, parts.prod(axis=1).sum() / max(divisor, 1e-300)])


def by_cases(a: Any, b: Any) -> Any:
    if a[0] == 0:
        return b
    if b[0] == 0:
        return a
    return by_sums(a, b)


def by_error(a: Any, b: Any) -> Any:
    try:
        return a[0] + b[0], (a[0] * a[1] + b[0] * b[1]) / (a[0] + b[0])
    except ZeroDivisionError:
        return (0, 0.0)


class Mean:
    """A sum and a divisor."""

    def __init__(self, divisor: float, mean: float) -> None:
        self.divisor, self.total = divisor, divisor * mean

    def merge(self, other: Mean) -> Any:
        divisor = self.divisor + other.divisor
        return divisor, divisor and (self.total + other.total) / divisor


RIGHT = {
    "sums": by_sums,
    "shift of the first mean": by_shift,
    "np.average": by_average,
    "fractions": by_fractions,
    "arrays": by_arrays,
    "cases": by_cases,
    "caught error": by_error,
    "class": lambda a, b: Mean(*a).merge(Mean(*b)),
    "a list": lambda a, b: [*by_sums(a, b)],
    "the other way round": lambda a, b: by_sums(b, a),
}

WRONG = {
    "mean of means": (lambda a, b: (a[0] + b[0], (a[1] + b[1]) / 2), "the mean of the two means"),
    "np.mean": (lambda a, b: (a[0] + b[0], np.mean([a[1], b[1]])), "the mean of the two means"),
    "crosswise": (
        lambda a, b: (a[0] + b[0], np.average([a[1], b[1]], weights=[b[0], a[0]])),
        "the divisor of the other part",
    ),
    "sum": (lambda a, b: (a[0] + b[0], a[0] * a[1] + b[0] * b[1]), "the sum of the losses"),
    "over two": (lambda a, b: (a[0] + b[0], (a[0] * a[1] + b[0] * b[1]) / 2), "the number of parts"),
    "mean alone": (lambda a, b: by_sums(a, b)[1], "the mean alone"),
    "backwards": (lambda a, b: by_sums(a, b)[::-1], "comes first"),
    "read backwards": (lambda a, b: by_sums(a[::-1], b[::-1])[::-1], "each pair backwards"),
    "means added": (lambda a, b: (a[0] + b[0], a[1] + b[1]), "You add the means"),
    "divisor of one": (lambda a, b: (a[0], by_sums(a, b)[1]), "not that of both parts"),
    "mean divisor": (lambda a, b: ((a[0] + b[0]) / 2, by_sums(a, b)[1]), "not that of both parts"),
    "whole division": (
        lambda a, b: (a[0] + b[0], (a[0] * a[1] + b[0] * b[1]) // (a[0] + b[0])),
        "behind the point",
    ),
    "whole divisors": (lambda a, b: (int(a[0] + b[0]), by_sums(a, b)[1]), "a whole number"),
    "zero is empty": (lambda a, b: b if a[1] == 0 else a if b[1] == 0 else by_sums(a, b), "a perfect prediction"),
    "divided by 0": (
        lambda a, b: (a[0] + b[0], (a[0] * a[1] + b[0] * b[1]) / (a[0] + b[0])),
        "if both parts are empty",
    ),
    "printed": (lambda a, b: print(by_sums(a, b)), "You print"),
    "rounded": (lambda a, b: (a[0] + b[0], round(by_sums(a, b)[1], 2)), "rounded"),
    "arrays added": (lambda a, b: a + b, "another shape"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.streaming, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.streaming, answer, hint)
