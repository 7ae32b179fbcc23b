"""The grader of the chapter *logistic regression*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, rankdata
from sklearn import metrics

from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib import sigmoid
from graders import assert_fails, assert_passes


def by_pairs(y: Any, z: Any) -> Any:
    gap = z[y == 1][:, None] - z[y == 0]
    return ((gap > 0) + 0.5 * (gap == 0)).mean()


def by_loops(y: Any, z: Any) -> float:
    won = total = 0.0
    for label, mine in zip(y, z, strict=True):
        for other, theirs in zip(y, z, strict=True):
            if label == 1 and other == 0:
                total += 1
                won += 1 if mine > theirs else 0.5 if mine == theirs else 0
    return won / total


def by_ranks(y: Any, z: Any) -> Any:
    positives, negatives = (y == 1).sum(), (y == 0).sum()
    return (rankdata(z)[y == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def by_area(y: Any, z: Any) -> Any:
    cuts = np.concatenate([[np.inf], np.unique(z)[::-1]])
    true = np.array([(z[y == 1] >= cut).mean() for cut in cuts])
    false = np.array([(z[y == 0] >= cut).mean() for cut in cuts])
    return np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2)


def by_search(y: Any, z: Any) -> Any:
    negatives = np.sort(z[y == 0])
    below = np.searchsorted(negatives, z[y == 1], side="left")
    upto = np.searchsorted(negatives, z[y == 1], side="right")
    return np.mean(below + upto) / (2 * len(negatives))


RIGHT = {
    "pairs": by_pairs,
    "loops": by_loops,
    "ranks": by_ranks,
    "area": by_area,
    "search": by_search,
    "signs": lambda y, z: np.mean((1 + np.sign(np.subtract.outer(z[y == 1], z[y == 0]))) / 2),
    "list": lambda y, z: np.mean([(a > b) + (a == b) / 2 for a in z[y == 1] for b in z[y == 0]]),
    "scikit-learn": metrics.roc_auc_score,
    "Mann and Whitney": lambda y, z: mannwhitneyu(z[y == 1], z[y == 0]).statistic / (y.sum() * (1 - y).sum()),
    "labels as truth values": lambda y, z: by_pairs(y.astype(bool), z),
}

WRONG = {
    "the other way round": (lambda y, z: by_pairs(1 - y, z), "wrong order"),
    "not divided": (lambda y, z: by_pairs(y, z) * y.sum() * (1 - y).sum(), "divide by how many"),
    "per cent": (lambda y, z: 100 * by_pairs(y, z), "per cent"),
    "ties are nothing": (lambda y, z: np.mean(z[y == 1][:, None] > z[y == 0]), "as nothing"),
    "ties are whole": (lambda y, z: np.mean(z[y == 1][:, None] >= z[y == 0]), "as a whole pair"),
    "any two": (
        lambda y, z: by_pairs(y, z) * y.sum() * (1 - y).sum() / (len(y) * (len(y) - 1) / 2),
        "only those of a positive and a negative",
    ),
    "by examples": (lambda y, z: by_pairs(y, z) * y.sum() * (1 - y).sum() / len(y), "number of pairs"),
    "accuracy": (lambda y, z: metrics.accuracy_score(y, z >= 0), "accuracy"),
    "recall": (lambda y, z: metrics.recall_score(y, z >= 0), "recall"),
    "mean gap": (lambda y, z: z[y == 1].mean() - z[y == 0].mean(), "how large they are"),
    "not reduced": (lambda y, z: z[y == 1][:, None] > z[y == 0], "one number"),
    "everybody with everybody": (lambda y, z: (z[:, None] > z).mean(), "positives on one side"),
    "swapped arguments": (lambda z, y: by_pairs(y, z), "other order"),
    "of probabilities": (lambda y, z: by_pairs(y, sigmoid(z)), "rounds different logits"),
    "rounded": (lambda y, z: round(by_pairs(y, z), 2), "rounded"),
    "printed": (lambda y, z: print(by_pairs(y, z)), "You print"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.logistic_regression, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.logistic_regression, answer, hint)
