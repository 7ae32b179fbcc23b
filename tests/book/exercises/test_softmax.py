"""The grader of the chapter *softmax*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_gaps(y: Any, z: Any) -> Any:
    rows, gap = np.arange(len(y)), z.max(axis=1, keepdims=True) - z
    others = np.exp(-gap)
    others[rows, z.argmax(axis=1)] = 0
    return np.mean(gap[rows, y] + np.log1p(others.sum(axis=1)))


def shares(z: Any, axis: int = 1) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


def of_class(y: Any, values: Any) -> Any:
    return values[np.arange(len(y)), y]


def shifted(z: Any) -> Any:
    return z - z.max(axis=1, keepdims=True)


def by_sum(y: Any, z: Any) -> Any:
    return np.mean(np.log(np.exp(z).sum(axis=1)) - of_class(y, z))


RIGHT = {"library": bce.cross_entropy_with_logits, "gaps": by_gaps}

WRONG = {
    "sum": (lambda y, z: by_gaps(y, z) * len(y), "sum over the examples"),
    "not reduced": (lambda y, z: bce.cross_entropy_with_logits(y, z, reduction="none"), "not yet their mean"),
    "minus": (lambda y, z: -by_gaps(y, z), "minus sign is missing"),
    "wrong axis": (lambda y, z: -np.mean(np.log(of_class(y, shares(z, 0)))), "wrong axis"),
    "one sum": (lambda y, z: np.mean(np.log(np.exp(z).sum()) - of_class(y, z)), "One sum"),
    "twice": (lambda y, z: by_gaps(y, shares(z)), "softmax is taken twice"),
    "no logarithm": (lambda y, z: -np.mean(of_class(y, shares(z))), "logarithm is missing"),
    "no softmax": (lambda y, z: -np.mean(of_class(y, z)), "softmax is missing"),
    "bits": (lambda y, z: by_gaps(y, z) / np.log(2), "in bits"),
    "overflow": (lambda y, z: -np.mean(np.log(of_class(y, shares(z)))), "overflows"),
    "overflow of a sum": (by_sum, "overflows"),
    "tail": (lambda y, z: by_sum(y, shifted(z)), "the tail is lost"),
    "logarithm of a share": (lambda y, z: -np.mean(np.log(of_class(y, shares(shifted(z))))), "infinite surprise"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.softmax, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.softmax, answer, hint)
