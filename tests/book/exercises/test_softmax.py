"""The grader of the chapter *softmax*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.special import log_softmax, logsumexp

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_gaps(y: Any, z: Any) -> Any:
    rows, gap = np.arange(len(y)), z.max(axis=1, keepdims=True) - z
    others = np.exp(-gap)
    others[rows, z.argmax(axis=1)] = 0
    return np.mean(gap[rows, y] + np.log1p(others.sum(axis=1)))


def shares(z: Any, axis: int = 1) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


def of_class(y: Any, values: Any) -> Any:
    return values[np.arange(len(y)), y]


def shifted(z: Any) -> Any:
    return z - z.max(axis=1, keepdims=True)


def by_sum(y: Any, z: Any) -> Any:
    return np.mean(np.log(np.exp(z).sum(axis=1)) - of_class(y, z))


def by_loop(y: Any, z: Any) -> float:
    total = 0.0
    for label, row in zip(y, z, strict=True):
        top = max(row)
        total += math.log(sum(math.exp(logit - top) for logit in row)) + top - row[label]
    return total / len(y)


def by_one_hot(y: Any, z: Any) -> Any:
    logs = z - logsumexp(z, axis=1, keepdims=True)
    return -np.sum(np.eye(z.shape[1])[y] * logs) / len(y)


def by_torch(y: Any, z: Any) -> Any:
    return F.cross_entropy(torch.tensor(z), torch.tensor(y))


def in_two_steps(y: Any, z: Any) -> Any:
    return bce.negative_log_likelihood(y, bce.log_softmax(z))


def by_odds(y: Any, z: Any) -> Any:
    return np.mean(np.logaddexp.reduce(z - z[np.arange(len(y)), y][:, None], axis=1))


def ties_left_out(y: Any, z: Any) -> Any:
    gap = z.max(axis=1, keepdims=True) - z
    others = np.exp(-gap)
    others[gap == 0] = 0
    return np.mean(gap[np.arange(len(y)), y] + np.log1p(others.sum(axis=1)))


def printed(y: Any, z: Any) -> None:
    print(by_loop(y, z))


RIGHT = {
    "library": bce.cross_entropy_with_logits,
    "gaps": by_gaps,
    "shifted": lambda y, z: by_sum(y, shifted(z)),
    "loop": by_loop,
    "one-hot": by_one_hot,
    "PyTorch": by_torch,
    "two steps": in_two_steps,
    "SciPy": lambda y, z: -log_softmax(z, axis=1)[range(len(y)), y].mean(),
    "log of the odds": by_odds,
    "take along axis": lambda y, z: np.mean(logsumexp(z, axis=1) - np.take_along_axis(z, y[:, None], 1)[:, 0]),
}

WRONG = {
    "sum": (lambda y, z: by_gaps(y, z) * len(y), "sum over the examples"),
    "not reduced": (lambda y, z: bce.cross_entropy_with_logits(y, z, reduction="none"), "not yet their mean"),
    "mean over classes too": (lambda y, z: -np.mean(np.eye(z.shape[1])[y] * bce.log_softmax(z)), "divide by the num"),
    "minus": (lambda y, z: -by_gaps(y, z), "minus sign is missing"),
    "all columns": (lambda y, z: -np.mean(bce.log_softmax(z)[:, y]), "takes the columns"),
    "from 1": (lambda y, z: by_gaps(y - 1, z), "count the classes from 1"),
    "wrong axis": (lambda y, z: -np.mean(np.log(of_class(y, shares(z, 0)))), "wrong axis"),
    "one sum": (lambda y, z: np.mean(np.log(np.exp(z).sum()) - of_class(y, z)), "One sum"),
    "twice": (lambda y, z: by_gaps(y, shares(z)), "softmax is taken twice"),
    "sigmoids": (lambda y, z: -np.mean(np.log(of_class(y, 1 / (1 + np.exp(-z))))), "A sigmoid for each class"),
    "no logarithm": (lambda y, z: -np.mean(of_class(y, shares(z))), "logarithm is missing"),
    "no softmax": (lambda y, z: -np.mean(of_class(y, z)), "softmax is missing"),
    "bits": (lambda y, z: by_gaps(y, z) / np.log(2), "in bits"),
    "base 10": (lambda y, z: by_gaps(y, z) / np.log(10), "base 10"),
    "rounded": (lambda y, z: round(float(by_gaps(y, z)), 4), "rounded"),
    "swapped arguments": (lambda z, y: by_gaps(y, z), "in the other order"),
    "printed": (printed, "return it"),
    "a column": (lambda y, z: np.array([by_gaps(y, z)]), "another shape"),
    "three classes": (lambda y, z: by_gaps(y, z[:, :3]) * z.shape[1] / 3, "written into your code"),
    "ties": (ties_left_out, "only one of them"),
    "overflow": (lambda y, z: -np.mean(np.log(of_class(y, shares(z)))), "overflows"),
    "overflow of a sum": (by_sum, "overflows"),
    "one maximum": (lambda y, z: by_sum(y, z - z.max()), "each row needs its own"),
    "largest of each class": (lambda y, z: by_sum(y, z - z.max(axis=0)), "largest logit of each class"),
    "shift forgotten": (
        lambda y, z: np.mean(np.log(np.exp(shifted(z)).sum(axis=1)) - of_class(y, z)),
        "not from the logit of the right class",
    ),
    "clip": (lambda y, z: -np.mean(np.log(np.clip(of_class(y, shares(shifted(z))), 1e-15, 1))), "caps your loss"),
    "epsilon": (lambda y, z: -np.mean(np.log(of_class(y, shares(shifted(z))) + 1e-12)), "caps your loss"),
    "logarithm of a share": (lambda y, z: -np.mean(np.log(of_class(y, shares(shifted(z))))), "infinite surprise"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.softmax, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.softmax, answer, hint)
