"""The grader of the chapter *entropy*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, clipped_losses, naive_losses


def by_outcome(p: float, q: float) -> float:
    return -sum(share * math.log(belief) for share, belief in ((p, q), (1 - p, 1 - q)) if share)


RIGHT = {"library": lambda p, q: float(bce.cross_entropy(p, q)), "loop": by_outcome}

WRONG = {
    "clip": (clipped_losses, "clip"),
    "sign": (lambda p, q: -naive_losses(p, q), "wrong sign"),
    "swapped": (lambda p, q: by_outcome(q, p), "swapped"),
    "bits": (lambda p, q: by_outcome(p, q) / math.log(2), "in bits"),
    "divergence": (lambda p, q: by_outcome(p, q) - by_outcome(p, p), "the divergence"),
    "entropy": (lambda p, q: by_outcome(p, p), "where is the belief"),
    "one outcome": (lambda p, q: -p * np.log(q), "Only one of two"),
    "NaN": (naive_losses, "is NaN to a computer"),
    "logarithm of 0": (lambda p, q: -p * math.log(q) - (1 - p) * math.log(1 - q), "logarithm of 0 is an error"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.entropy, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.entropy, answer, hint)
