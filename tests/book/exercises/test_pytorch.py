"""The grader of the chapter *pytorch*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def terms(z: Any, y: Any) -> Any:
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z))


RIGHT = {
    "log-sigmoid": terms,
    "library": lambda z, y: bce.binary_cross_entropy_with_logits(y, z, reduction="none"),
}

WRONG = {
    "mean": (lambda z, y: terms(z, y).mean(), "The mean"),
    "sum": (lambda z, y: terms(z, y).sum(), "The sum"),
    "minus": (lambda z, y: -terms(z, y), "minus sign is missing"),
    "swapped": (lambda z, y: terms(z, 1 - y), "terms are swapped"),
    "sigmoid twice": (
        lambda z, y: F.binary_cross_entropy_with_logits(torch.sigmoid(z), y, reduction="none"),
        "sigmoid is taken twice",
    ),
    "log-sigmoid for a logit": (
        lambda z, y: F.binary_cross_entropy_with_logits(F.logsigmoid(z), y, reduction="none"),
        "expects a logit",
    ),
    "BCELoss": (lambda z, y: F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none"), "clamp"),
    "PyTorch's own": (
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "one of its two tails",
    ),
    "subtracts": (lambda z, y: F.softplus(z) - y * z, "equal numbers are subtracted"),
    "detached": (lambda z, y: terms(z.detach(), y) + 0 * z, "gradient has to reach"),
    "softplus": (lambda z, y: y * F.softplus(-z) + (1 - y) * F.softplus(z), "straight line too soon"),
    "wrong order": (lambda z, y: terms(y, z), "which class does a positive"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.pytorch, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.pytorch, answer, hint)
