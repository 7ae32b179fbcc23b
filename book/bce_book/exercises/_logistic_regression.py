"""The grader of the chapter *logistic regression*: the area under the ROC curve, as a share of pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers


def logistic_regression(answer: Answer) -> Grade:
    """Grade the AUC: the share of pairs of a positive and a negative in which the positive has the larger logit.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: the AUC of arrays of labels, 0 or 1 and at least one of each, and of logits. A tie counts as
        half a pair.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> def without_ties(y, z):
    ...     return (z[y == 1][:, None] > z[y == 0]).mean()
    >>> exercises.logistic_regression(without_ties)
    ✗ logistic_regression: 2 of 4 checks passed
      must hold: A tie counts as half a pair.
      tried:     without_ties([1, 0, 1, 0, 0] (int64), [2, 2, 0.5, 0.5, -1])
      got:       0.5
      hint:      A tie counts as nothing in yours: it is half a pair.
    """
    return grade_answer("logistic_regression", answer, REQUIREMENTS, MISTAKES)


def _gaps(y: Numbers, z: Numbers) -> Any:
    """Return by how much each positive lies above each negative."""
    return z[y == 1][:, None] - z[y == 0]


def _auc(y: Numbers, z: Numbers) -> float:
    gaps = _gaps(y, z)
    return float(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


def _case(labels: list[int], logits: list[float]) -> tuple[Numbers, Numbers]:
    return np.array(labels), np.array(logits)


_FIVE = _case([1, 0, 1, 1, 0], [2.0, -1.5, 0.5, -0.75, 0.25])
_TIES = _case([1, 0, 1, 0, 0], [2.0, 2.0, 0.5, 0.5, -1.0])

REQUIREMENTS = (
    agreement(
        "The share of pairs that are in the right order.",
        "How many pairs of a positive and a negative are there, and in how many has the positive the larger logit?",
        _FIVE,
        _case([0, 1, 0, 0, 0, 1], [0.3, 0.9, -2.0, 1.4, -0.2, 0.6]),
        expected=_auc,
        rtol=1e-9,
    ),
    agreement(
        "Only the order of the logits counts.",
        "Do you compare with a fixed threshold, or take a sigmoid that rounds different logits to the same number?",
        _case([1, 0, 1, 0], [900.0, 800.0, -800.0, -900.0]),
        _case([0, 1, 1], [-3.0, -2.0, -1.0]),
        _case([1, 0, 0], [5.0, 6.0, 7.0]),
        expected=_auc,
        rtol=1e-9,
        atol=1e-12,
    ),
    agreement(
        "A tie counts as half a pair.",
        "What do two equal logits add?",
        _TIES,
        _case([0, 1, 1, 0], [0.0, 0.0, 0.0, 0.0]),
        expected=_auc,
        rtol=1e-9,
    ),
    agreement(
        "A single positive or a single negative is enough.",
        "Do you divide by the number of pairs, positives times negatives?",
        _case([1, 0], [0.2, 0.1]),
        _case([0, 0, 0, 1], [0.4, 0.1, 0.3, 0.2]),
        expected=_auc,
        rtol=1e-9,
    ),
)


def _accuracy(y: Numbers, z: Numbers) -> float:
    return float(np.mean((z >= 0) == y))


def _recall(y: Numbers, z: Numbers) -> float:
    return float(np.mean(z[y == 1] >= 0))


def _over_all_pairs(y: Numbers, z: Numbers) -> float:
    return float(_auc(y, z) * np.sum(y == 1) * np.sum(y == 0) / (len(y) * (len(y) - 1) / 2))


MISTAKES = (
    Mistake(
        lambda y, z: 1 - _auc(y, z), "Yours is the share of pairs in the wrong order: the positive should be larger."
    ),
    Mistake(
        lambda y, z: np.sum((_gaps(y, z) > 0) + 0.5 * (_gaps(y, z) == 0)),
        "This is a number of pairs: divide by how many there are.",
    ),
    Mistake(lambda y, z: 100 * _auc(y, z), "Yours is in per cent: a share lies between 0 and 1."),
    Mistake(lambda y, z: np.mean(_gaps(y, z) > 0), "A tie counts as nothing in yours: it is half a pair."),
    Mistake(lambda y, z: np.mean(_gaps(y, z) >= 0), "A tie counts as a whole pair in yours: it is half of one."),
    Mistake(
        _over_all_pairs,
        "You divide by the pairs of any two examples: only those of a positive and a negative count.",
    ),
    Mistake(
        lambda y, z: _auc(y, z) * np.sum(y == 0) / len(y),
        "You divide by positives times examples: each positive is compared with the negatives alone.",
    ),
    Mistake(
        lambda y, z: np.sum((_gaps(y, z) > 0) + 0.5 * (_gaps(y, z) == 0)) / len(y),
        "You divide by the number of examples: divide by the number of pairs.",
    ),
    Mistake(_accuracy, "This is the accuracy at the threshold 0: no threshold is wanted, but the order of pairs."),
    Mistake(_recall, "This is the recall at the threshold 0: each positive is to be compared with each negative."),
    Mistake(lambda y, z: np.mean(_gaps(y, z)), "Count how many gaps are above 0: how large they are does not matter."),
    Mistake(lambda y, z: _gaps(y, z) > 0, "You return an answer for each pair: one number for all of them is wanted."),
    Mistake(
        lambda y, z: np.mean(z[:, None] > z[None, :]),
        "You compare all examples with each other: take the positives on one side and the negatives on the other.",
    ),
)
