"""The grader of the chapter *clipping*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import xlog1py, xlogy

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, naive_losses


def clipped(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return naive_losses(y, np.clip(p, epsilon, 1 - epsilon))


def exact(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return bce.binary_cross_entropy(y, np.clip(p, epsilon, 1 - epsilon), reduction="none")


def clip_at(bound: float) -> Answer:
    return lambda y, p: naive_losses(y, np.clip(p, bound, 1 - bound))


def capped(y: Any, p: Any) -> Any:
    return np.minimum(naive_losses(y, p), -np.log(np.finfo(p.dtype).eps))


def padded(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return -(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))


def clamped(y: Any, p: Any) -> Any:
    least = np.log(np.finfo(p.dtype).eps)
    return -(y * np.maximum(np.log(p), least) + (1 - y) * np.maximum(np.log(1 - p), least))


def printed(y: Any, p: Any) -> None:
    print(clipped(y, p))


def by_bounds(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return naive_losses(y, np.maximum(epsilon, np.minimum(p, 1 - epsilon)))


def by_where(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    p = np.where(p < epsilon, epsilon, p)
    return naive_losses(y, np.where(p > 1 - epsilon, 1 - epsilon, p))


def by_scipy(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    p = p.clip(epsilon, 1 - epsilon)
    return -xlogy(y, p) - xlog1py(1 - y, -p)


def by_spacing(y: Any, p: Any) -> Any:
    epsilon = np.spacing(np.ones((), p.dtype))
    return -y * np.log(np.clip(p, epsilon, 1 - epsilon)) - (1 - y) * np.log1p(-np.clip(p, epsilon, 1 - epsilon))


def by_loop(y: Any, p: Any) -> list[float]:
    epsilon = float(np.finfo(p.dtype).eps)
    kept = [min(max(q, epsilon), 1 - epsilon) for q in p.tolist()]
    return [-(a * math.log(q) + (1 - a) * math.log(1 - q)) for a, q in zip(y.tolist(), kept, strict=True)]


def by_dtype(y: Any, p: Any) -> Any:
    epsilon = 2.0**-23 if p.dtype == np.float32 else 2.0**-52
    return naive_losses(y, np.clip(p, epsilon, 1 - epsilon))


def of_both_probabilities(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    ones, zeros = np.clip(p, epsilon, 1 - epsilon), np.clip(1 - p, epsilon, 1 - epsilon)
    return -(y * np.log(ones) + (1 - y) * np.log(zeros))


def what_happened(y: Any, p: Any) -> Any:
    epsilon = np.finfo(p.dtype).eps
    return -np.log(np.clip(np.where(y == 1, p, 1 - p), epsilon, 1 - epsilon))


RIGHT = {
    "NumPy": clipped,
    "library": exact,
    "maximum and minimum": by_bounds,
    "where": by_where,
    "scipy": by_scipy,
    "log1p": by_spacing,
    "a loop": by_loop,
    "a constant for each format": by_dtype,
    "both probabilities": of_both_probabilities,
}

WRONG = {
    "minus": (lambda y, p: -clipped(y, p), "wrong sign"),
    "swapped": (lambda y, p: clipped(1 - y, p), "swapped"),
    "mean": (lambda y, p: clipped(y, p).mean(), "one number"),
    "none": (naive_losses, "no clip in yours"),
    "1e-15": (clip_at(1e-15), "no clip at that end"),
    "1e-7": (clip_at(1e-7), "the two caps differ"),
    "epsilon of float64": (clip_at(2.0**-52), "no clip at that end"),
    "epsilon of float32": (clip_at(2.0**-23), "whatever the format"),
    "below": (lambda y, p: naive_losses(y, np.maximum(p, np.finfo(p.dtype).eps)), "lower end only"),
    "above": (lambda y, p: naive_losses(y, np.minimum(p, 1 - np.finfo(p.dtype).eps)), "upper end only"),
    "the loss": (capped, "after 0 times infinity"),
    "the exact loss": (
        lambda y, p: np.minimum(bce.binary_cross_entropy(y, p, reduction="none"), -np.log(np.finfo(p.dtype).eps)),
        "costs 0 in yours",
    ),
    "logarithms": (clamped, "costs 0 in yours"),
    "no clip, exact": (lambda y, p: bce.binary_cross_entropy(y, p, reduction="none"), "no prediction is certain"),
    "half of epsilon": (lambda y, p: naive_losses(y, np.clip(p, e := np.finfo(p.dtype).epsneg, 1 - e)), "epsneg"),
    "tiny": (lambda y, p: naive_losses(y, np.clip(p, e := np.finfo(p.dtype).tiny, 1 - e)), "no clip at that end"),
    "1e-12": (clip_at(1e-12), "no clip at that end"),
    "hard labels": (what_happened, "choose by the label"),
    "rounded labels": (lambda y, p: clipped(np.round(y), p), "You round the labels"),
    "bits": (lambda y, p: clipped(y, p) / np.log(2), "in bits"),
    "base 10": (lambda y, p: clipped(y, p) / np.log(10), "base 10"),
    "rounded": (lambda y, p: np.round(clipped(y, p), 4), "rounded"),
    "printed": (printed, "You print"),
    "arguments": (lambda p, y: clipped(y, p), "other order"),
    "padded": (padded, "inside the logarithm"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.clipping, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.clipping, answer, hint)
