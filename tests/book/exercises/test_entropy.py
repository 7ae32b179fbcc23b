"""The grader of the chapter *entropy*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes, clipped_losses, losses_clipped_below, naive_losses, padded_losses


def by_outcome(p: float, q: float) -> float:
    return -sum(share * math.log(belief) for share, belief in ((p, q), (1 - p, 1 - q)) if share)


def by_cases(p: float, q: float) -> float:
    if p in (0, 1):
        return -math.log(q if p else 1 - q)
    return -(p * math.log(q) + (1 - p) * math.log(1 - q))


def by_log1p(p: float, q: float) -> float:
    happens = p * math.log(q) if p > 0 else 0
    return -happens - ((1 - p) * math.log1p(-q) if p < 1 else 0)


def by_array(p: float, q: float) -> float:
    shares, beliefs = np.array([p, 1 - p]), np.array([q, 1 - q])
    return -float(shares @ np.log(np.where(shares > 0, beliefs, 1)))


def in_base_10(p: float, q: float) -> float:
    return -sum(share * math.log10(belief) for share, belief in ((p, q), (1 - p, 1 - q)) if share)


def rounded(p: float, q: float) -> float:
    return round(by_outcome(p, q), 4)


def printed(p: float, q: float) -> None:
    print(by_outcome(p, q))


RIGHT = {
    "library": lambda p, q: float(bce.cross_entropy(p, q)),
    "library, the loss": lambda p, q: bce.binary_cross_entropy([p], [q]),
    "loop": by_outcome,
    "cases": by_cases,
    "log1p": by_log1p,
    "an array": by_array,
    "scipy": lambda p, q: -special.xlogy(p, q) - special.xlog1py(1 - p, -q),
    "entropy and divergence": lambda p, q: stats.entropy([p, 1 - p]) + stats.entropy([p, 1 - p], [q, 1 - q]),
    "NaN made 0": lambda p, q: -np.nan_to_num(p * np.log(q)) - np.nan_to_num((1 - p) * np.log(1 - q)),
    "an array of no dimension": lambda p, q: np.array(by_outcome(p, q)),
}

WRONG = {
    "clip": (clipped_losses, "clip"),
    "clip below": (losses_clipped_below, "clip"),
    "padded": (padded_losses, "small number added"),
    "sign": (lambda p, q: -naive_losses(p, q), "wrong sign"),
    "swapped": (lambda p, q: by_outcome(q, p), "swapped"),
    "mixed up": (lambda p, q: -p * np.log(1 - q) - (1 - p) * np.log(q), "mixed up"),
    "bits": (lambda p, q: by_outcome(p, q) / math.log(2), "in bits"),
    "base 10": (in_base_10, "base 10"),
    "rounded": (rounded, "rounded"),
    "printed": (printed, "You print"),
    "divergence": (lambda p, q: by_outcome(p, q) - by_outcome(p, p), "the divergence"),
    "entropy": (lambda p, q: by_outcome(p, p), "where is the belief"),
    "one outcome": (lambda p, q: -p * np.log(q), "Only one of two"),
    "surprise": (lambda p, q: -np.log(q), "how often"),
    "mean of the outcomes": (lambda p, q: by_outcome(p, q) / 2, "why divide"),
    "both outcomes": (lambda p, q: [-p * np.log(q), -(1 - p) * np.log(1 - q)], "another shape"),
    "NaN": (naive_losses, "is NaN to a computer"),
    "logarithm of 0": (lambda p, q: -p * math.log(q) - (1 - p) * math.log(1 - q), "logarithm of 0 is an error"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.entropy, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.entropy, answer, hint)
