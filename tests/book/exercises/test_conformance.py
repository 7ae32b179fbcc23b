"""The grader of the chapter *conformance*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import special

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib.adapters.torch import BCEWithLogitsLoss
from graders import assert_fails, assert_passes


def library(y: Any, z: Any) -> Any:
    return bce.binary_cross_entropy_with_logits(y, z, reduction="none")


def raises(y: Any, z: Any) -> Any:
    raise RuntimeError("no")


def unguarded(y: Any, z: Any) -> Any:
    """Return a loss that is right for every label and finite logit, and looks at nothing."""
    m, against = np.abs(z), np.where(z >= 0, 1 - y, y)
    return against * m + np.log1p(np.exp(-m.astype(float))).astype(z.dtype)


def checked(formula: Answer) -> Answer:
    """Look at what comes in, compute in float64, and round once to the dtype of the logits."""

    def answer(y: Any, z: Any) -> Any:
        labels, logits = np.asarray(y), np.asarray(z)
        if labels.shape != logits.shape:
            raise ValueError(f"shapes {labels.shape} and {logits.shape}")
        if not np.all((labels >= 0) & (labels <= 1)):
            raise ValueError("labels must lie in [0, 1]")
        return np.asarray(formula(labels.astype(float), logits.astype(float))).astype(logits.dtype)

    return answer


def times(share: Any, loss: Any) -> Any:
    return share * np.where(share == 0, 0, loss)


def hinge_and_bump(y: Any, z: Any) -> Any:
    m, against = np.abs(z), np.where(z >= 0, 1 - y, y)
    return times(against, m) + np.log1p(np.exp(-m))


def without_log1p(y: Any, z: Any) -> Any:
    m, against = np.abs(z), np.where(z >= 0, 1 - y, y)
    return times(against, m) + np.log(1 + np.exp(-m))


def by_sides(y: Any, z: Any) -> Any:
    return np.where(z >= 0, times(1 - y, z), times(y, -z)) + np.log1p(np.exp(-np.abs(z)))


def log_expit(y: Any, z: Any) -> Any:
    return -times(y, special.log_expit(z)) - times(1 - y, special.log_expit(-z))


def logaddexp(y: Any, z: Any) -> Any:
    return times(y, np.logaddexp(0, -z)) + times(1 - y, np.logaddexp(0, z))


def xlogy_of_both_sigmoids(y: Any, z: Any) -> Any:
    """Take the smaller probability by its exponential, and the larger one by log1p."""
    smaller = special.expit(-np.abs(z))
    larger_is_1 = z >= 0
    surprise_of_larger, surprise_of_smaller = -np.log1p(-smaller), np.abs(z) - np.log1p(-smaller)
    one = np.where(larger_is_1, surprise_of_larger, surprise_of_smaller)
    zero = np.where(larger_is_1, surprise_of_smaller, surprise_of_larger)
    return times(y, one) + times(1 - y, zero)


def loop(y: Any, z: Any) -> Any:
    losses = np.empty(z.shape)
    for place in np.ndindex(z.shape):
        m = abs(z[place])
        against = 1 - y[place] if z[place] >= 0 else y[place]
        losses[place] = (against * m if against else 0.0) + math.log1p(math.exp(-m))
        if math.isnan(m):
            losses[place] = math.nan
    return losses


def in_torch(y: Any, z: Any) -> Any:
    one, zero = (-torch.nn.functional.logsigmoid(torch.tensor(side)).numpy() for side in (z, -z))
    return times(y, one) + times(1 - y, zero)


def drop_in(y: Any, z: Any) -> Any:
    return BCEWithLogitsLoss(reduction="none")(torch.tensor(z), torch.tensor(y)).numpy()


RIGHT = {
    "library": library,
    "drop-in": checked(drop_in),
    **{f.__name__: checked(f) for f in (hinge_and_bump, by_sides, log_expit, logaddexp, loop, in_torch)},
    "xlogy of both sigmoids": checked(xlogy_of_both_sigmoids),
}

WRONG = {
    "minus": (lambda y, z: -library(y, z), "minus sign is missing"),
    "mean": (lambda y, z: library(y, z).mean(), "The mean"),
    "swapped": (lambda y, z: library(1 - y, z), "terms are swapped"),
    "sigmoid twice": (lambda y, z: library(y, bce.sigmoid(z)), "sigmoid is taken twice"),
    "raises": (raises, "Compare by hand"),
    "subtracts": (lambda y, z: np.logaddexp(0, z) - z * y, "A tail is lost"),
    "soft labels": (lambda y, z: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), "subtraction"),
    "infinite logits": (unguarded, "0 meets infinity"),
    "bits": (lambda y, z: library(y, z) / np.log(2), "base 2"),
    "base 10": (lambda y, z: library(y, z) / np.log(10), "base 10"),
    "rounded": (lambda y, z: library(y, z).round(3), "round"),
    "printed": (lambda y, z: print(library(y, z)), "return"),
    "clip": (checked(lambda y, z: library(y, np.clip(z, -16, 16))), "a clip"),
    "no log1p": (checked(without_log1p), "A tail is lost"),
    "any shape": (lambda y, z: library(*np.broadcast_arrays(y, z)), "what comes in"),
    "any label": (lambda y, z: library(np.clip(y, 0, 1), z), "what comes in"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.conformance, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.conformance, answer, hint)
