"""The grader of the chapter *tour*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.special import entr, xlogy
from scipy.stats import bernoulli

import bce_lib
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def entropy_of(share: float) -> float:
    return 0.0 if share in (0, 1) else -share * math.log(share) - (1 - share) * math.log(1 - share)


def by_counting(labels: Any) -> float:
    shares = [count / len(labels) for count in Counter(labels.tolist()).values()]
    return sum(-share * math.log(share) for share in shares)


def by_examples(labels: Any) -> float:
    share = labels.mean()
    return float(np.mean([-math.log(share if label else 1 - share) for label in labels]))


def naive(share: Any) -> Any:
    return -share * np.log(share) - (1 - share) * np.log(1 - share)


RIGHT = {
    "library": lambda labels: bce_lib.entropy(labels.mean()),
    "if": lambda labels: entropy_of(labels.mean()),
    "counting": by_counting,
    "examples": by_examples,
    "entr": lambda labels: entr(labels.mean()) + entr(1 - labels.mean()),
    "xlogy": lambda labels: -xlogy(labels.mean(), labels.mean()) - xlogy(1 - labels.mean(), 1 - labels.mean()),
    "scipy.stats": lambda labels: bernoulli(labels.mean()).entropy(),
    "loss of the mean": lambda labels: bce_lib.binary_cross_entropy(labels, np.full(len(labels), labels.mean())),
    "nan_to_num": lambda labels: np.nan_to_num(naive(labels.mean())),
    "where it is sure": lambda labels: 0 if labels.min() == labels.max() else naive(labels.mean()),
}

WRONG = {
    "a half": (lambda labels: math.log(2), "a half for everybody"),
    "the prediction": (lambda labels: labels.mean(), "the best prediction itself"),
    "label 1 alone": (lambda labels: -math.log(labels.mean() + 1e-300), "at a label of 1"),
    "the term of label 1": (lambda labels: -xlogy(labels.mean(), labels.mean()), "Only the labels of 1"),
    "a sum": (lambda labels: len(labels) * entropy_of(labels.mean()), "a sum"),
    "bits": (lambda labels: entropy_of(labels.mean()) / math.log(2), "base 2"),
    "base 10": (lambda labels: entropy_of(labels.mean()) / math.log(10), "base 10"),
    "minus": (lambda labels: -entropy_of(labels.mean()), "wrong sign"),
    "rounded": (lambda labels: round(entropy_of(labels.mean()), 3), "rounded"),
    "no case": (lambda labels: naive(labels.mean()), "an answer of its own"),
    "printed": (lambda labels: print(entropy_of(labels.mean())), "You print"),
    "one for each label": (lambda labels: np.full(len(labels), entropy_of(labels.mean())), "another shape"),
    "accuracy": (lambda labels: max(labels.mean(), 1 - labels.mean()), "Which probability suits"),
    "fixed count": (
        lambda labels: entropy_of(labels.sum() / 4) if labels.sum() <= 4 else 0.0,
        "Which probability suits",
    ),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.tour, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.tour, answer, hint)
