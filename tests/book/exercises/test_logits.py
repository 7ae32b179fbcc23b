"""The grader of the chapter *logits*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import log_expit

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, clipped_losses, naive_losses, naive_sigmoid


def by_parts(y: Any, z: Any) -> Any:
    return np.where(z > 0, 1 - y, y) * np.abs(z) + np.log1p(np.exp(-np.abs(z)))


def max_form(y: Any, z: Any) -> Any:
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def by_cases(y: Any, z: Any) -> Any:
    tail = np.log1p(np.exp(-np.abs(z)))
    return np.where(z >= 0, (1 - y) * z + tail, -y * z + tail)


def one_by_one(y: Any, z: Any) -> Any:
    return [
        (1 - label if logit > 0 else label) * abs(logit) + math.log1p(math.exp(-abs(logit)))
        for label, logit in zip(y, z, strict=True)
    ]


def in_parts(y: Any, z: Any) -> Any:
    loss = np.empty_like(z)
    positive = z > 0
    loss[positive] = (1 - y[positive]) * z[positive] + np.log1p(np.exp(-z[positive]))
    loss[~positive] = -y[~positive] * z[~positive] + np.log1p(np.exp(z[~positive]))
    return loss


def printed(y: Any, z: Any) -> None:
    print(by_parts(y, z))


def in_place(y: Any, z: Any) -> Any:
    y -= z > 0
    return np.abs(y) * np.abs(z) + np.log1p(np.exp(-np.abs(z)))


def by_log(y: Any, z: Any) -> Any:
    return np.where(z > 0, 1 - y, y) * np.abs(z) + np.log(1 + np.exp(-np.abs(z)))


RIGHT = {
    "hinge and tail": by_parts,
    "library": lambda y, z: bce.binary_cross_entropy_with_logits(y, z, reduction="none"),
    "max form": max_form,
    "softplus": lambda y, z: y * bce.softplus(-z) + (1 - y) * bce.softplus(z),
    "logaddexp": lambda y, z: y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z),
    "log_expit": lambda y, z: -y * log_expit(z) - (1 - y) * log_expit(-z),
    "cases": by_cases,
    "one by one": one_by_one,
    "filled in parts": in_parts,
    "distance from the sign": lambda y, z: np.abs((z > 0) - y) * np.abs(z) + np.log1p(np.exp(-np.abs(z))),
}

WRONG = {
    "clip": (lambda y, z: clipped_losses(y, naive_sigmoid(z)), "clip"),
    "probability": (lambda y, z: naive_losses(y, naive_sigmoid(z)), "by way of the probability"),
    "logits as probabilities": (naive_losses, "logits for probabilities"),
    "sum": (lambda y, z: np.sum(by_parts(y, z)), "one number"),
    "mean": (lambda y, z: np.mean(by_parts(y, z)), "one number"),
    "minus": (lambda y, z: -by_parts(y, z), "wrong sign"),
    "bits": (lambda y, z: by_parts(y, z) / np.log(2), "in bits"),
    "base 10": (lambda y, z: by_parts(y, z) / np.log(10), "base 10"),
    "rounded": (lambda y, z: by_parts(y, z).round(4), "rounded"),
    "printed": (printed, "You print"),
    "sigmoid twice": (lambda y, z: by_parts(y, naive_sigmoid(z)), "twice"),
    "swapped": (lambda y, z: by_parts(1 - y, z), "swapped"),
    "arguments": (lambda z, y: by_parts(y, z), "other order"),
    "column": (lambda y, z: by_parts(y, z)[:, None], "another shape"),
    "hard labels: one softplus": (lambda y, z: np.logaddexp(0, (1 - 2 * y) * z), "labels 0 and 1 alone"),
    "hard labels: a choice": (lambda y, z: np.logaddexp(0, np.where(y == 1, -z, z)), "labels 0 and 1 alone"),
    "hard labels: rounded": (lambda y, z: by_parts(y > 0.5, z), "labels 0 and 1 alone"),
    "no bump": (lambda y, z: np.where(z > 0, 1 - y, y) * np.abs(z), "second term is missing"),
    "no hinge": (lambda y, z: np.log1p(np.exp(-np.abs(z))), "first term is missing"),
    "other sign": (lambda y, z: np.maximum(z, 0) + z * y + np.log1p(np.exp(-np.abs(z))), "One sign"),
    "softpluses of log": (lambda y, z: y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z)), "overflows"),
    "step 2": (lambda y, z: (1 - y) * z + np.log(1 + np.exp(-z)), "overflows"),
    "step 2 with log1p": (lambda y, z: (1 - y) * z + np.log1p(np.exp(-z)), "overflows"),
    "exponential": (lambda y, z: np.log(1 + np.exp(z)) - z * y, "overflows"),
    "difference": (lambda y, z: np.logaddexp(0, z) - z * y, "loses the small one"),
    "log for log1p": (by_log, "rounded before the logarithm"),
    "capped": (lambda y, z: np.minimum(by_parts(y, z), 100), "capped"),
    "arguments changed": (in_place, "copy"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.logits, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.logits, answer, hint)
