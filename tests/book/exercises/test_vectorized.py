"""The grader of the chapter *vectorized*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import xlog1py, xlogy

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


def by_dot_product(y: Any, p: Any) -> Any:
    return -(np.vdot(y, np.log(p)) + np.vdot(1 - y, np.log(1 - p))) / y.size


def by_axes(y: Any, p: Any) -> Any:
    losses = naive_losses(y, p)
    while losses.ndim:
        losses = losses.mean(axis=0)
    return losses


def by_loop(y: Any, p: Any) -> float:
    pairs = list(zip(y.ravel().tolist(), p.ravel().tolist(), strict=True))
    return -math.fsum(a * math.log(q) + (1 - a) * math.log(1 - q) for a, q in pairs) / len(pairs)


def printed(y: Any, p: Any) -> None:
    print(np.mean(naive_losses(y, p)))


RIGHT = {
    "textbook": mean_of(naive_losses),
    "library": bce.vectorized.binary_cross_entropy,
    "exact": bce.binary_cross_entropy,
    "of logits": lambda y, p: bce.binary_cross_entropy_with_logits(y, np.log(p) - np.log1p(-p)),
    "divided by the size": lambda y, p: naive_losses(y, p).sum() / y.size,
    "dot product": by_dot_product,
    "one axis after the other": by_axes,
    "scipy": lambda y, p: -np.mean(xlogy(y, p) + xlog1py(1 - y, -p)),
    "log1p": lambda y, p: np.average(-y * np.log(p) - (1 - y) * np.log1p(-p)),
    "two selections": lambda y, p: np.mean(y * -np.log(p)) + np.mean((1 - y) * -np.log(1 - p)),
    "log-odds": lambda y, p: -np.mean(y * np.log(p / (1 - p)) + np.log(1 - p)),
    "a loop": by_loop,
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
    "where": (lambda y, p: -np.mean(np.log(np.where(y == 1, p, 1 - p))), "choose by the label"),
    "hard labels": (lambda y, p: -np.mean(np.log(np.where(y >= 0.5, p, 1 - p))), "You round the labels"),
    "columns": (lambda y, p: np.sum(naive_losses(y, p)) / y.shape[1], "shape[1] counts columns"),
    "the trap": (lambda y, p: np.mean(naive_losses(y.ravel(), p.reshape(-1, 1))), "which shapes"),
    "arguments": (lambda p, y: np.mean(naive_losses(y, p)), "other order"),
    "base 10": (lambda y, p: np.mean(naive_losses(y, p)) / np.log(10), "base 10"),
    "rounded": (lambda y, p: np.round(np.mean(naive_losses(y, p)), 4), "rounded"),
    "printed": (printed, "You print"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.vectorized, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.vectorized, answer, hint)
