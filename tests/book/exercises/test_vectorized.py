"""The grader of the chapter *vectorized*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

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

RIGHT = {
    "textbook": mean_of(naive_losses),
    "library": bce.vectorized.binary_cross_entropy,
    "exact": bce.binary_cross_entropy,
    "divided by the size": lambda y, p: naive_losses(y, p).sum() / y.size,
}

WRONG = {
    "clip": (mean_of(clipped_losses), "clip"),
    "clip below": (mean_of(losses_clipped_below), "clip"),
    "padded": (mean_of(padded_losses), "small number added"),
    "swapped": (mean_of(lambda y, p: naive_losses(1 - y, p)), "swapped"),
    "sum": (lambda y, p: np.sum(naive_losses(y, p)), "a sum"),
    "minus": (mean_of(lambda y, p: -naive_losses(y, p)), "wrong sign"),
    "first axis": (lambda y, p: np.mean(naive_losses(y, p), axis=0), "one axis"),
    "last axis": (lambda y, p: np.mean(naive_losses(y, p), axis=-1), "one axis"),
    "sigmoid": (mean_of(lambda y, p: naive_losses(y, naive_sigmoid(p))), "probability already"),
    "rows": (lambda y, p: np.sum(naive_losses(y, p)) / len(y), "len counts rows"),
    "bits": (mean_of(lambda y, p: naive_losses(y, p) / np.log(2)), "in bits"),
    "labels of 1 alone": (mean_of(lambda y, p: -y * np.log(p)), "Only the labels of 1"),
    "not reduced": (naive_losses, "for each label"),
    "hard labels": (lambda y, p: -np.mean(np.log(np.where(y >= 0.5, p, 1 - p))), "label of 0.3"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.vectorized, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.vectorized, answer, hint)
