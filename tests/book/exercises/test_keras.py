"""The grader of the chapter *keras*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import pytest
from keras import ops
from keras.losses import binary_crossentropy

from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def terms(y: Any, z: Any) -> Any:
    return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)


def with_flag(y: Any, z: Any) -> Any:
    return binary_crossentropy(y, z, from_logits=True)


def clipped(y: Any, z: Any) -> Any:
    p = ops.clip(1.0 * ops.sigmoid(z), 1e-7, 1 - 1e-7)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


RIGHT = {"softplus": terms, "Keras' own": with_flag}

WRONG = {
    "flag forgotten": (binary_crossentropy, "flag is forgotten"),
    "sigmoid twice": (lambda y, z: with_flag(y, 1.0 * ops.sigmoid(z)), "sigmoid is taken twice"),
    "minus": (lambda y, z: -terms(y, z), "minus sign is missing"),
    "swapped": (lambda y, z: terms(1 - y, z), "terms are swapped"),
    "mean": (lambda y, z: ops.mean(terms(y, z)), "The mean over the batch"),
    "sum": (lambda y, z: ops.sum(terms(y, z)), "The sum over the batch"),
    "clip": (clipped, "A clip stands"),
    "subtracts": (lambda y, z: ops.softplus(z) - y * z, "equal numbers are subtracted"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.keras, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.keras, answer, hint)
