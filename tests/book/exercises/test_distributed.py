"""The grader of the chapter *distributed*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import expit, log_expit
from torch.nn.functional import binary_cross_entropy_with_logits as of_torch

from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy_with_logits as bce
from graders import assert_fails, assert_passes, naive_losses


def total(y: Any, z: Any) -> Any:
    return bce(y, z, reduction="sum")


def by_own_mean(y: Any, z: Any, n: Any, W: Any) -> Any:
    return bce(y, z) * W * len(y) / n if len(y) else 0.0


def by_loop(y: Any, z: Any, n: Any, W: Any) -> Any:
    losses = (max(b, 0) - a * b + math.log1p(math.exp(-abs(b))) for a, b in zip(y, z, strict=True))
    return W * math.fsum(losses) / n


def by_torch(y: Any, z: Any, n: Any, W: Any) -> Any:
    return of_torch(torch.tensor(z), torch.tensor(y), reduction="sum") * W / n


RIGHT = {
    "sum": lambda y, z, n, W: total(y, z) * (W / n),
    "mean times share": by_own_mean,
    "sum of each": lambda y, z, n, W: np.sum(bce(y, z, reduction="none")) / n * W,
    "loop": by_loop,
    "PyTorch": by_torch,
    "logaddexp": lambda y, z, n, W: np.sum(np.logaddexp(0, z) - y * z) * W / n,
    "log_expit": lambda y, z, n, W: -np.sum(y * log_expit(z) + (1 - y) * log_expit(-z)) * W / n,
    "an array of no dimension": lambda y, z, n, W: np.array(total(y, z) * W / n),
    "over the share of a process": lambda y, z, n, W: total(y, z) / (n / W),
    "dot product": lambda y, z, n, W: np.ones(len(y)) @ bce(y, z, reduction="none") * W / n,
}

WRONG = {
    "own mean": (lambda y, z, n, W: np.mean(bce(y, z, reduction="none")), "the mean of this process"),
    "sum": (lambda y, z, n, W: total(y, z), "nothing divides it"),
    "without W": (lambda y, z, n, W: total(y, z) / n, "make up for that"),
    "W below": (lambda y, z, n, W: total(y, z) / n / W, "DDP does so again"),
    "upside down": (lambda y, z, n, W: total(y, z) * n / W, "upside down"),
    "share upside down": (
        lambda y, z, n, W: by_own_mean(y, z, 1, 1) / len(y) ** 2 * n / W if len(y) else 0.0,
        "must have more say",
    ),
    "mean times W over n": (lambda y, z, n, W: bce(y, z) * W / n, "divide twice"),
    "minus": (lambda y, z, n, W: -total(y, z) * W / n, "minus sign"),
    "each": (lambda y, z, n, W: bce(y, z, reduction="none") * W / n, "a number per example"),
    "swapped labels": (lambda y, z, n, W: total(1 - y, z) * W / n, "labels are swapped"),
    "arguments swapped": (lambda z, y, n, W: total(y, z) * W / n, "in the other order"),
    "hard labels alone": (
        lambda y, z, n, W: np.sum(np.logaddexp(0, np.where(y == 1, -z, z))) * W / n,
        "whether a label is 1",
    ),
    "signs of labels": (lambda y, z, n, W: np.sum(np.logaddexp(0, (1 - 2 * y) * z)) * W / n, "whether a label is 1"),
    "probabilities": (lambda y, z, n, W: np.sum(naive_losses(y, expit(z))) * W / n, "start from the logits"),
    "clipped": (
        lambda y, z, n, W: np.sum(naive_losses(y, np.clip(expit(z), 1e-7, 1 - 1e-7))) * W / n,
        "round to 0 or 1",
    ),
    "exponential": (lambda y, z, n, W: np.sum(np.log(1 + np.exp(z)) - y * z) * W / n, "an exponential overflow"),
    "mean of nothing": (
        lambda y, z, n, W: np.mean(bce(y, z, reduction="none")) * W * len(y) / n,
        "mean of no losses",
    ),
    "base 10": (lambda y, z, n, W: total(y, z) * W / n / np.log(10), "base 10"),
    "printed": (lambda y, z, n, W: print(total(y, z) * W / n), "You print"),
    "rounded": (lambda y, z, n, W: np.round(total(y, z) * W / n, 4), "rounded"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.distributed, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.distributed, answer, hint)
