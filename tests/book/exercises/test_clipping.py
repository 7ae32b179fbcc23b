"""The grader of the chapter *clipping*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, naive_losses


def clipped(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return naive_losses(y, np.clip(p, epsilon, 1 - epsilon))


def exact(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return bce.binary_cross_entropy(y, np.clip(p, epsilon, 1 - epsilon), reduction="none")


def clip_at(bound: float) -> Answer:
    return lambda y, p: naive_losses(y, np.clip(p, bound, 1 - bound))


def capped(y: Any, p: Any) -> Any:
    return np.minimum(naive_losses(y, p), -np.log(np.finfo(p.dtype).eps))


def padded(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return -(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))


RIGHT = {"NumPy": clipped, "library": exact}

WRONG = {
    "minus": (lambda y, p: -clipped(y, p), "wrong sign"),
    "swapped": (lambda y, p: clipped(1 - y, p), "swapped"),
    "mean": (lambda y, p: clipped(y, p).mean(), "one number"),
    "none": (naive_losses, "no clip in yours"),
    "1e-15": (clip_at(1e-15), "no clip at that end"),
    "1e-7": (clip_at(1e-7), "the two caps differ"),
    "epsilon of float64": (clip_at(2.0**-52), "no clip at that end"),
    "epsilon of float32": (clip_at(2.0**-23), "whatever the format"),
    "below": (lambda y, p: naive_losses(y, np.maximum(p, np.finfo(p.dtype).eps)), "lower end only"),
    "above": (lambda y, p: naive_losses(y, np.minimum(p, 1 - np.finfo(p.dtype).eps)), "upper end only"),
    "the loss": (capped, "once it is rounded"),
    "padded": (padded, "inside the logarithm"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.clipping, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.clipping, answer, hint)
