"""The grader of the chapter *logits*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, clipped_losses, naive_losses, naive_sigmoid


def by_parts(y: Any, z: Any) -> Any:
    return np.where(z > 0, 1 - y, y) * np.abs(z) + np.log1p(np.exp(-np.abs(z)))


RIGHT = {
    "hinge and tail": by_parts,
    "library": lambda y, z: bce.binary_cross_entropy_with_logits(y, z, reduction="none"),
    "max form": lambda y, z: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))),
    "softplus": lambda y, z: y * bce.softplus(-z) + (1 - y) * bce.softplus(z),
}

WRONG = {
    "clip": (lambda y, z: clipped_losses(y, naive_sigmoid(z)), "clip"),
    "probability": (lambda y, z: naive_losses(y, naive_sigmoid(z)), "by way of the probability"),
    "sum": (lambda y, z: np.sum(by_parts(y, z)), "one number"),
    "mean": (lambda y, z: np.mean(by_parts(y, z)), "one number"),
    "minus": (lambda y, z: -by_parts(y, z), "wrong sign"),
    "bits": (lambda y, z: by_parts(y, z) / np.log(2), "in bits"),
    "sigmoid twice": (lambda y, z: by_parts(y, naive_sigmoid(z)), "twice"),
    "swapped": (lambda y, z: by_parts(1 - y, z), "swapped"),
    "exponential": (lambda y, z: np.log(1 + np.exp(z)) - z * y, "overflows"),
    "difference": (lambda y, z: np.logaddexp(0, z) - z * y, "loses the small one"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.logits, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.logits, answer, hint)
