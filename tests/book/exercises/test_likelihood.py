"""The grader of the chapter *likelihood*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_loop(y: Any, p: Any) -> float:
    return math.fsum(math.log(q if label == 1 else 1 - q) for label, q in zip(y, p, strict=True))


def likelihood(y: Any, p: Any) -> float:
    result = 1.0
    for label, q in zip(y, p, strict=True):
        result *= q if label == 1 else 1 - q
    return result


RIGHT = {
    "library": lambda y, p: float(bce.log_likelihood(y, p)),
    "loop": by_loop,
    "NumPy": lambda y, p: np.log(np.where(np.array(y) == 1, p, 1 - np.array(p))).sum(),
}

WRONG = {
    "minus": (lambda y, p: -by_loop(y, p), "at most 0"),
    "mean": (lambda y, p: by_loop(y, p) / len(y), "a mean"),
    "swapped": (lambda y, p: by_loop(1 - np.array(y), p), "swapped"),
    "bits": (lambda y, p: by_loop(y, p) / math.log(2), "in bits"),
    "no logarithm": (likelihood, "the likelihood itself"),
    "logarithm of a product": (lambda y, p: math.log(likelihood(y, p)), "underflows"),
    "logarithm of a product, by NumPy": (lambda y, p: np.log(likelihood(y, p)), "underflows"),
    "the labels of 1 alone": (lambda y, p: float(np.sum(y * np.log(p))), "Which probability"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.likelihood, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.likelihood, answer, hint)
