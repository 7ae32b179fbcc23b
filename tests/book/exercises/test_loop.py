"""The grader of the chapter *loop*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import (
    assert_fails,
    assert_passes,
    clipped_losses,
    losses_clipped_below,
    mean_of,
    naive_losses,
    naive_sigmoid,
    padded_losses,
)

by_loop = bce.loop.binary_cross_entropy


def by_sum(y: Any, p: Any) -> float:
    return math.fsum(-math.log(q if label == 1 else 1 - q) for label, q in zip(y, p, strict=True)) / len(y)


def both_logarithms(y: Any, p: Any) -> float:
    total = 0.0
    for label, q in zip(y, p, strict=True):
        total -= label * math.log(q) + (1 - label) * math.log(1 - q)
    return total / len(y)


RIGHT = {"library": by_loop, "sum": by_sum}

WRONG = {
    "clip": (mean_of(clipped_losses), "clip"),
    "clip below": (mean_of(losses_clipped_below), "clip"),
    "padded": (mean_of(padded_losses), "small number added"),
    "swapped": (mean_of(lambda y, p: naive_losses(1 - y, p)), "swapped"),
    "sum": (lambda y, p: by_loop(y, p) * len(y), "a sum"),
    "minus": (lambda y, p: -by_loop(y, p), "wrong sign"),
    "sigmoid": (mean_of(lambda y, p: naive_losses(y, naive_sigmoid(p))), "probability already"),
    "bits": (lambda y, p: by_loop(y, p) / math.log(2), "in bits"),
    "labels of 1 alone": (mean_of(lambda y, p: -y * np.log(p)), "Only the labels of 1"),
    "not reduced": (lambda y, p: [by_loop([label], [q]) for label, q in zip(y, p, strict=True)], "for each label"),
    "both logarithms": (both_logarithms, "both logarithms"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.loop, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.loop, answer, hint)
