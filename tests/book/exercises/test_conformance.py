"""The grader of the chapter *conformance*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def library(y: Any, z: Any) -> Any:
    return bce.binary_cross_entropy_with_logits(y, z, reduction="none")


def raises(y: Any, z: Any) -> Any:
    raise RuntimeError("no")


def unguarded(y: Any, z: Any) -> Any:
    """Return a loss that is right for every label and finite logit, and looks at nothing."""
    m, against = np.abs(z), np.where(z >= 0, 1 - y, y)
    return against * m + np.log1p(np.exp(-m.astype(float))).astype(z.dtype)


RIGHT = {"library": library}

WRONG = {
    "minus": (lambda y, z: -library(y, z), "minus sign is missing"),
    "mean": (lambda y, z: library(y, z).mean(), "The mean"),
    "swapped": (lambda y, z: library(1 - y, z), "terms are swapped"),
    "sigmoid twice": (lambda y, z: library(y, bce.sigmoid(z)), "sigmoid is taken twice"),
    "raises": (raises, "Compare by hand"),
    "subtracts": (lambda y, z: np.logaddexp(0, z) - z * y, "A tail is lost"),
    "soft labels": (lambda y, z: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), "subtraction"),
    "infinite logits": (unguarded, "0 meets infinity"),
    "any label": (lambda y, z: library(np.clip(y, 0, 1), z), "what comes in"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.conformance, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.conformance, answer, hint)
