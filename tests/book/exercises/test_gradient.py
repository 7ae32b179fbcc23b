"""The grader of the chapter *gradient*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import expit

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, naive_losses, naive_sigmoid


def by_sides(y: Any, z: Any) -> Any:
    t = np.exp(-np.abs(z))
    return np.where(z >= 0, (1 - y) - y * t, (1 - y) * t - y) / (1 + t) / len(y)


def loop(y: Any, z: Any) -> list[float]:
    slopes = []
    for label, logit in zip(y, z, strict=True):
        t = math.exp(-abs(logit))
        likely, unlikely = 1 / (1 + t), t / (1 + t)
        p, q = (likely, unlikely) if logit > 0 else (unlikely, likely)
        slopes.append(((1 - label) * p - label * q) / len(y))
    return slopes


def masked(y: Any, z: Any) -> Any:
    slope = bce.sigmoid(z) - y
    slope[y == 1] = -bce.sigmoid(-z[y == 1])
    return slope / z.size


def autograd(y: Any, z: Any) -> Any:
    tensor = torch.tensor(z, requires_grad=True)
    bce.binary_cross_entropy_with_logits(torch.tensor(y), tensor).backward()
    return tensor.grad


def by_sign(y: Any, z: Any) -> Any:
    t, sign = np.exp(-np.abs(z)), np.sign(z)
    against = np.where(z >= 0, 1 - y, y)
    return sign * (against - (1 - against) * t) / (1 + t) / len(y)


def central(y: Any, z: Any) -> Any:
    h = 1e-6
    up, down = (bce.binary_cross_entropy_with_logits(y, z + d, reduction="none") for d in (h, -h))
    return (up - down) / (2 * h) / len(y)


def only_right_if_hard(y: Any, z: Any) -> Any:
    return np.where(y == 1, -expit(-z), expit(z)) / len(z)


RIGHT = {
    "library": bce.binary_cross_entropy_gradient,
    "two sides": by_sides,
    "two sigmoids": lambda y, z: ((1 - y) * bce.sigmoid(z) - y * bce.sigmoid(-z)) / len(y),
    "two naive sigmoids": lambda y, z: ((1 - y) * naive_sigmoid(z) - y * naive_sigmoid(-z)) / len(y),
    "expit": lambda y, z: (1 - y) / z.size * expit(z) - y / z.size * expit(-z),
    "a loop that returns a list": loop,
    "soft by subtraction, hard without": masked,
    "autograd of the library's loss": autograd,
    "logaddexp": lambda y, z: ((1 - y) * np.exp(-np.logaddexp(0, -z)) - y * np.exp(-np.logaddexp(0, z))) / len(y),
    "mean by np.mean's weights": lambda y, z: np.full(z.size, 1 / z.size) * ((1 - y) * expit(z) - y * expit(-z)),
}

WRONG = {
    "swapped labels": (lambda y, z: (naive_sigmoid(z) - (1 - y)) / len(y), "labels are swapped"),
    "swapped arguments": (lambda z, y: (naive_sigmoid(z) - y) / len(y), "arguments are swapped"),
    "sum": (lambda y, z: naive_sigmoid(z) - y, "of the sum"),
    "sign": (lambda y, z: (y - naive_sigmoid(z)) / len(y), "wrong sign"),
    "sign and sum": (lambda y, z: y - naive_sigmoid(z), "a mean divides by n"),
    "sigmoid twice": (lambda y, z: (naive_sigmoid(naive_sigmoid(z)) - y) / len(y), "twice"),
    "no sigmoid": (lambda y, z: (z - y) / len(y), "logit is compared"),
    "decision": (lambda y, z: ((z > 0) - y) / len(y), "decision"),
    "one number": (lambda y, z: (naive_sigmoid(z) - y).mean(), "one number"),
    "a column": (lambda y, z: by_sides(y, z).reshape(-1, 1), "shape of the logits"),
    "a square": (lambda y, z: (naive_sigmoid(z[:, None]) - y) / len(y), "shape of the logits"),
    "one factor too many": (
        lambda y, z: by_sides(y, z) * naive_sigmoid(z) * (1 - naive_sigmoid(z)),
        "slope of the sigmoid too many",
    ),
    "squared error": (
        lambda y, z: 2 * by_sides(y, z) * naive_sigmoid(z) * (1 - naive_sigmoid(z)),
        "of the squared error",
    ),
    "by the probability": (
        lambda y, z: (-y / naive_sigmoid(z) + (1 - y) / (1 - naive_sigmoid(z))) / len(y),
        "with respect to the probability",
    ),
    "second derivative": (lambda y, z: naive_sigmoid(z) * naive_sigmoid(-z) / len(z), "second derivative"),
    "the loss": (lambda y, z: naive_losses(y, naive_sigmoid(z)).mean(), "That is the loss"),
    "bits": (lambda y, z: by_sides(y, z) / np.log(2), "bits"),
    "decimal logarithm": (lambda y, z: by_sides(y, z) / np.log(10), "base 10"),
    "hard labels only": (only_right_if_hard, "neither 0 nor 1"),
    "hard labels by a threshold": (lambda y, z: np.where(y > 0.5, -expit(-z), expit(z)) / len(z), "neither 0 nor 1"),
    "sign of 0": (by_sign, "The sign of 0 is 0"),
    "clip": (lambda y, z: (np.clip(expit(z), 1e-7, 1 - 1e-7) - y) / len(y), "clip of the probability"),
    "difference": (lambda y, z: (naive_sigmoid(z) - y) / len(y), "loses its digits"),
    "overflow": (
        lambda y, z: ((1 - y) * np.exp(z) / (1 + np.exp(z)) - y / (1 + np.exp(z))) / len(y),
        "overflows",
    ),
    "rounded": (lambda y, z: np.round(by_sides(y, z), 4), "rounded"),
    "float32": (lambda y, z: by_sides(y, z).astype(np.float32), "in float32"),
    "central difference": (central, "difference of two losses"),
    "math on an array": (lambda y, z: (1 / (1 + math.exp(-z)) - y) / len(y), "functions of math"),
    "if on an array": (lambda y, z: expit(z) - y if z > 0 else -expit(-z), "An if decides"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.gradient, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.gradient, answer, hint)
