"""The grader of the chapter *precision*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import log_expit, logsumexp

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, naive_sigmoid


def stable(z: Any) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def by_cases(z: Any) -> Any:
    tail = np.log1p(np.exp(-np.abs(z)))
    return np.where(z > 0, z + tail, tail)


def printed(z: Any) -> None:
    print(stable(z))


def in_place(z: Any) -> Any:
    np.negative(z, out=z)
    return stable(-z)


RIGHT = {
    "hinge and bump": stable,
    "library": bce.softplus,
    "logaddexp": lambda z: np.logaddexp(0, z),
    "logaddexp in float32": lambda z: np.logaddexp(np.float32(0), z),
    "log_expit": lambda z: -log_expit(-z),
    "cases": by_cases,
    "threshold": lambda z: np.where(z > 20, z, np.log1p(np.exp(z))),
    "rounded once": lambda z: stable(z.astype(np.float64)).astype(np.float32),
    "float64": lambda z: np.log1p(np.exp(-np.abs(z.astype(float)))) + np.maximum(z, 0),
    "one by one": lambda z: [max(x, 0.0) + math.log1p(math.exp(-abs(x))) for x in z.tolist()],
    "of a log-sigmoid": lambda z: np.maximum(z, 0) + bce.softplus(-np.abs(z)),
}

WRONG = {
    "as it is written": (lambda z: np.log(1 + np.exp(z)), "overflows"),
    "log1p alone": (lambda z: np.log1p(np.exp(z)), "overflows"),
    "pulled out everywhere": (lambda z: z + np.log(1 + np.exp(-z)), "on the left"),
    "pulled out, log1p": (lambda z: z + np.log1p(np.exp(-z)), "on the left"),
    "log for log1p": (lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))), "rounded before the logarithm"),
    "threshold, log": (lambda z: np.where(z > 20, z, np.log(1 + np.exp(z))), "rounded before the logarithm"),
    "shifted log-sum-exp": (
        lambda z: np.maximum(z, 0) + np.log(np.exp(-np.maximum(z, 0)) + np.exp(np.minimum(z, 0))),
        "before the logarithm",
    ),
    "probability": (lambda z: -np.log(1 - naive_sigmoid(z)), "by way of a probability"),
    "the other probability": (lambda z: -np.log(naive_sigmoid(-z)), "overflows"),
    "minus": (lambda z: -stable(z), "wrong sign"),
    "other direction": (lambda z: stable(-z), "grows with z"),
    "sigmoid": (bce.sigmoid, "derivative"),
    "relu": (lambda z: np.maximum(z, 0), "hinge alone"),
    "tail": (lambda z: np.log1p(np.exp(-np.abs(z))), "bump alone"),
    "sum": (lambda z: np.sum(stable(z)), "one number"),
    "mean": (lambda z: stable(z).mean(), "one number"),
    "bits": (lambda z: stable(z.astype(float)) / np.log(2), "in bits"),
    "base 10": (lambda z: np.log10(1 + np.exp(z.astype(float))), "base 10"),
    "rounded": (lambda z: bce.softplus(z.astype(float)).round(4), "rounded"),
    "printed": (printed, "You print"),
    "capped": (lambda z: np.log1p(np.exp(np.minimum(z, 88))), "capped"),
    "column": (lambda z: stable(z)[:, None], "another shape"),
    "argument changed": (in_place, "copy"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.precision, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.precision, answer, hint)


def test_scipys_log_sum_exp_passes_too() -> None:
    assert_passes(exercises.precision, lambda z: logsumexp(np.stack([np.zeros_like(z), z]), axis=0))
