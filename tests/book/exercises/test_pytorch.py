"""The grader of the chapter *pytorch*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib.adapters import torch as adapter
from graders import assert_fails, assert_passes


def terms(z: Any, y: Any) -> Any:
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z))


def in_two_steps(z: Any, y: Any) -> Any:
    one, zero = F.logsigmoid(z), F.logsigmoid(-z)
    return -one * y - zero * (1 - y)


def away_from_the_kink(z: Any, y: Any) -> Any:
    """Return the library's formula, with a slope of 1 for |z| at 0."""
    against, m = torch.where(z < 0, y, 1 - y), torch.where(z < 0, -z, z)
    return against * m + torch.log1p(torch.exp(-m))


def with_a_kink(z: Any, y: Any) -> Any:
    against = torch.where(z < 0, y, 1 - y)
    return against * z.abs() + torch.log1p(torch.exp(-z.abs()))


def one_by_one(z: Any, y: Any) -> Any:
    return torch.stack([terms(logit, label) for logit, label in zip(z, y, strict=True)])


def of_probability(z: Any, y: Any) -> Any:
    p = torch.sigmoid(z)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def clamped(z: Any, y: Any) -> Any:
    p = torch.sigmoid(z).clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))


RIGHT = {
    "log-sigmoids": terms,
    "log-sigmoids in two steps": in_two_steps,
    "one by one": one_by_one,
    "softplus with a far threshold": lambda z, y: (
        y * F.softplus(-z, threshold=60) + (1 - y) * F.softplus(z, threshold=60)
    ),
    "logaddexp": lambda z, y: (
        y * torch.logaddexp(torch.zeros_like(z), -z) + (1 - y) * torch.logaddexp(torch.zeros_like(z), z)
    ),
    "away from the kink": away_from_the_kink,
    "PyTorch's for many labels": lambda z, y: F.multilabel_soft_margin_loss(z[:, None], y[:, None], reduction="none"),
    "library": lambda z, y: bce.binary_cross_entropy_with_logits(y, z, reduction="none"),
    "drop-in": lambda z, y: adapter.binary_cross_entropy_with_logits(z, y, reduction="none"),
}

WRONG = {
    "mean": (lambda z, y: terms(z, y).mean(), "The mean"),
    "sum": (lambda z, y: terms(z, y).sum(), "The sum"),
    "swapped": (lambda z, y: terms(z, 1 - y), "terms are swapped"),
    "labels first": (lambda z, y: terms(y, z), "in the other order"),
    "labels first, the library": (
        lambda z, y: bce.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "in the other order",
    ),
    "minus": (lambda z, y: -terms(z, y), "wrong sign"),
    "base 10": (lambda z, y: terms(z, y) / math.log(10), "base 10"),
    "rounded": (lambda z, y: torch.round(terms(z, y), decimals=4), "rounded"),
    "printed": (lambda z, y: print(terms(z, y)), "You print the result"),
    "label 1 alone": (lambda z, y: -y * F.logsigmoid(z), "Only the targets of 1"),
    "sigmoid twice": (
        lambda z, y: F.binary_cross_entropy_with_logits(torch.sigmoid(z), y, reduction="none"),
        "sigmoid is taken twice",
    ),
    "log-sigmoid for a logit": (
        lambda z, y: F.binary_cross_entropy_with_logits(F.logsigmoid(z), y, reduction="none"),
        "expects a logit",
    ),
    "hard labels alone": (lambda z, y: -F.logsigmoid(torch.where(y == 1, z, -z)), "labels 0 and 1 alone"),
    "signs for labels": (lambda z, y: F.soft_margin_loss(z, 2 * y - 1, reduction="none"), "labels 0 and 1 alone"),
    "BCELoss": (lambda z, y: F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none"), "rounded probability"),
    "by way of the probability": (of_probability, "rounded probability"),
    "clamped": (clamped, "What is cut off"),
    "overflows": (
        lambda z, y: y * torch.log1p(torch.exp(-z)) + (1 - y) * torch.log1p(torch.exp(z)),
        "exponential overflows",
    ),
    "detached": (lambda z, y: terms(z.detach(), y) + 0 * z, "gradient has to reach"),
    "by way of NumPy": (lambda z, y: terms(torch.tensor(z.numpy()), y), "gradient has to reach"),
    "PyTorch's own": (
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "one of its two tails",
    ),
    "subtracts": (lambda z, y: F.softplus(z) - y * z, "equal numbers are subtracted"),
    "kink": (with_a_kink, "have a kink at 0"),
    "softplus": (lambda z, y: y * F.softplus(-z) + (1 - y) * F.softplus(z), "straight line too soon"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.pytorch, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.pytorch, answer, hint)
