"""The grader of the chapter *gradient*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, naive_sigmoid


def by_sides(y: Any, z: Any) -> Any:
    t = np.exp(-np.abs(z))
    return np.where(z >= 0, (1 - y) - y * t, (1 - y) * t - y) / (1 + t) / len(y)


RIGHT = {
    "library": bce.binary_cross_entropy_gradient,
    "two sides": by_sides,
    "two sigmoids": lambda y, z: ((1 - y) * bce.sigmoid(z) - y * bce.sigmoid(-z)) / len(y),
}

WRONG = {
    "swapped": (lambda y, z: (naive_sigmoid(z) - (1 - y)) / len(y), "swapped"),
    "sum": (lambda y, z: naive_sigmoid(z) - y, "of the sum"),
    "sign": (lambda y, z: (y - naive_sigmoid(z)) / len(y), "wrong sign"),
    "sigmoid twice": (lambda y, z: (naive_sigmoid(naive_sigmoid(z)) - y) / len(y), "twice"),
    "no sigmoid": (lambda y, z: (z - y) / len(y), "logit is compared"),
    "one number": (lambda y, z: by_sides(y, z).mean(), "one number"),
    "squared error": (
        lambda y, z: by_sides(y, z) * naive_sigmoid(z) * (1 - naive_sigmoid(z)),
        "slope of the sigmoid too many",
    ),
    "difference": (lambda y, z: (naive_sigmoid(z) - y) / len(y), "loses its digits"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.gradient, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.gradient, answer, hint)
