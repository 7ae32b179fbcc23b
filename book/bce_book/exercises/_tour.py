"""The grader of the chapter *tour*: the loss of the best constant prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import entropy


def tour(answer: Answer) -> Grade:
    """Grade the loss of the best prediction that is the same for everybody, in nats.

    Parameters
    ----------
    answer : callable
        ``answer(labels)``, of an array of labels 0 and 1: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.tour(lambda labels: np.log(2))
    ✗ tour: 0 of 3 checks passed
      must hold: The loss of the best constant prediction.
      tried:     answer([1, 0, 0, 0] (int64))
      got:       0.693147
      hint:      That is the loss of a half for everybody, which is the best
                 only where both labels are as frequent.
    """
    return grade_answer("tour", answer, REQUIREMENTS, MISTAKES)


def _right(labels: Any) -> float:
    return float(entropy(np.mean(labels)))


def _with_share(labels: Any, share: float) -> float:
    ones = float(np.mean(labels))
    return float(-ones * np.log(share) - (1 - ones) * np.log(1 - share))


REQUIREMENTS = (
    agreement(
        "The loss of the best constant prediction.",
        "Which probability suits the labels best, and what does it cost at each of the two labels?",
        (np.array([1, 0, 0, 0]),),
        (np.array([1, 1, 0, 1, 1]),),
        expected=_right,
        rtol=CLOSE,
    ),
    agreement(
        "It is a mean, whatever the number of labels.",
        "What do you divide by?",
        (np.array([1, 0, 0, 0] * 25),),
        expected=_right,
        rtol=CLOSE,
    ),
    agreement(
        "Where all labels are the same, it costs nothing.",
        "What does a prediction that is certain and right cost? Which logarithm is it that you need not take?",
        (np.zeros(4, dtype=int),),
        (np.ones(4, dtype=int),),
        expected=_right,
        rtol=CLOSE,
        atol=1e-12,
    ),
)


def _without_a_case(labels: Any) -> float:
    return _with_share(labels, float(np.mean(labels)))


MISTAKES = (
    Mistake(
        lambda labels: np.log(2),
        "That is the loss of a half for everybody, which is the best only where both labels are as frequent.",
    ),
    Mistake(
        lambda labels: _with_share(labels, 0.5),
        "That is the loss of a half for everybody, which is the best only where both labels are as frequent.",
    ),
    Mistake(lambda labels: np.mean(labels), "That is the best prediction itself: what does it cost?"),
    Mistake(lambda labels: -np.log(np.mean(labels)), "That is what it costs at a label of 1: what of the others?"),
    Mistake(
        lambda labels: -np.mean(labels) * np.log(np.mean(labels)),
        "Only the labels of 1 count in yours: what of the others?",
    ),
    Mistake(lambda labels: _right(labels) * len(labels), "Your values are those of a sum, not of a mean."),
    Mistake(
        lambda labels: _with_share(labels, 1 - float(np.mean(labels))),
        "The prediction is that of label 0, not of label 1.",
    ),
    Mistake(_without_a_case, "0 times the logarithm of 0 is NaN to NumPy: this case needs an answer of its own."),
)
