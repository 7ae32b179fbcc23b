"""The grader of the chapter *loop*: what is right passes, and a mistake as people write it is named."""

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

by_loop = bce.loop.binary_cross_entropy


def by_sum(y: Any, p: Any) -> float:
    return math.fsum(-math.log(q if label == 1 else 1 - q) for label, q in zip(y, p, strict=True)) / len(y)


def both_logarithms(y: Any, p: Any) -> float:
    total = 0.0
    for label, q in zip(y, p, strict=True):
        total -= label * math.log(q) + (1 - label) * math.log(1 - q)
    return total / len(y)


def by_product(y: Any, p: Any) -> float:
    return -sum(math.log(abs(1 - label - q)) for label, q in zip(y, p, strict=True)) / len(y)


def by_counting(y: Any, p: Any) -> float:
    ones = [q for label, q in zip(y, p, strict=True) if label]
    zeros = [1 - q for label, q in zip(y, p, strict=True) if not label]
    return -(sum(map(math.log, ones)) + sum(map(math.log, zeros))) / (len(ones) + len(zeros))


def by_match(y: Any, p: Any) -> float:
    total = 0.0
    for label, q in zip(y, p, strict=True):
        match label:
            case 1:
                total += math.log(1 / q)
            case 0:
                total += math.log(1 / (1 - q))
    return total / len(y)


def by_xlogy(y: Any, p: Any) -> float:
    y, p = np.asarray(y), np.asarray(p)
    return float(np.mean(-xlogy(y, p) - xlog1py(1 - y, -p)))


def rounded(y: Any, p: Any) -> float:
    return round(by_loop(y, p), 4)


def printed(y: Any, p: Any) -> None:
    print(by_loop(y, p))


RIGHT = {
    "library": by_loop,
    "sum": by_sum,
    "absolute difference": by_product,
    "two lists": by_counting,
    "match": by_match,
    "while": lambda y, p: by_sum(y[::-1], p[::-1]),
    "where": lambda y, p: -np.mean(np.log(np.where(np.array(y) == 1, p, 1 - np.array(p)))),
    "log1p": lambda y, p: np.mean(
        [-math.log(q) if label == 1 else -math.log1p(-q) for label, q in zip(y, p, strict=True)]
    ),
    "scipy": by_xlogy,
    "an array of no dimension": lambda y, p: np.array(by_loop(y, p)),
}

WRONG = {
    "clip": (mean_of(clipped_losses), "clip"),
    "clip below": (mean_of(losses_clipped_below), "clip"),
    "padded": (mean_of(padded_losses), "small number added"),
    "swapped": (mean_of(lambda y, p: naive_losses(1 - y, p)), "swapped"),
    "arguments": (lambda p, y: by_loop(y, p), "other order"),
    "sum": (lambda y, p: by_loop(y, p) * len(y), "a sum"),
    "minus": (lambda y, p: -by_loop(y, p), "wrong sign"),
    "sigmoid": (mean_of(lambda y, p: naive_losses(y, naive_sigmoid(p))), "probability already"),
    "bits": (lambda y, p: by_loop(y, p) / math.log(2), "in bits"),
    "base 10": (lambda y, p: by_loop(y, p) / math.log(10), "base 10"),
    "rounded": (rounded, "rounded"),
    "printed": (printed, "You print"),
    "labels of 1 alone": (mean_of(lambda y, p: -y * np.log(p)), "Only the labels of 1"),
    "not reduced": (lambda y, p: [by_loop([label], [q]) for label, q in zip(y, p, strict=True)], "for each label"),
    "both logarithms": (both_logarithms, "both logarithms"),
    "lists as arrays": (lambda y, p: -sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y), "given lists"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.loop, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.loop, answer, hint)
