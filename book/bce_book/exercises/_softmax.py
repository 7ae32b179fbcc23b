"""The grader of the chapter *softmax*: the mean cross-entropy of class numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.common_mistakes import CLIPS, NO_MINUS
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers
from bce_lib import cross_entropy_with_logits, sigmoid
from bce_lib import softmax as probabilities


def softmax(answer: Answer) -> Grade:
    """Grade the mean cross-entropy of class numbers, from one row of logits per example.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: `y` of shape (n,) holds class numbers from 0, `z` of shape (n, K) logits of any size. It
        returns one number, the mean. A loss near 0 may be rounded to 0.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def sum_for_mean(y, z):
    ...     return np.sum(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])
    >>> exercises.softmax(sum_for_mean)
    ✗ softmax: 0 of 5 checks passed
      must hold: The mean surprise at the right classes, one number.
      tried:     sum_for_mean([0, 2, 1, 2, 0] (int64), an array of shape (5,
                 3))
      got:       9.30528
      hint:      This is the sum over the examples, not their mean.
    """
    return grade_answer("softmax", answer, REQUIREMENTS, MISTAKES)


_CLASSES = np.array([0, 2, 1, 2, 0])
_LOGITS = np.array([[2.0, -1.0, 0.5], [0.3, 3.0, -2.0], [1.0, 1.2, 4.0], [-0.5, 0.1, 1.5], [0.7, -0.2, 0.4]])
_TWO_CLASSES = np.array([1, 0]), np.array([[0.5, 2.0], [-1.0, 0.25]])
_FIVE_CLASSES = np.array([4]), np.array([[0.1, -0.6, 1.1, 0.4, -1.3]])
_TIES = np.array([0, 1, 2]), np.array([[1.5, 1.5, -2.0], [0.0, 0.0, 0.0], [2.5, 2.5, 1.0]])
_ROWS_APART = np.array([[1000.0], [-1000.0], [0.0], [1000.0], [-1000.0]])

REQUIREMENTS = (
    agreement(
        "The mean surprise at the right classes, one number.",
        "Do you take the logit of the right class, row by row, and do the probabilities of each row add up to 1?",
        (_CLASSES, _LOGITS),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "Any number of classes, from two on.",
        "Is the number of classes, or of examples, written into your code?",
        _TWO_CLASSES,
        _FIVE_CLASSES,
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "Several logits may be the largest.",
        "How often does the largest logit count in your sum if it occurs twice?",
        _TIES,
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "Logits of a thousand, above or below 0, also in one batch.",
        "Work through logits of a thousand by hand: which of your numbers is too large or too small for a float?",
        (_CLASSES, _LOGITS + 1000),
        (_CLASSES, _LOGITS - 1000),
        (_CLASSES, _LOGITS + _ROWS_APART),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "A sure and wrong prediction has a large loss, and a finite one.",
        "Which of your numbers is too small for a float?",
        (np.array([1]), np.array([[700.0, -100.0, 1.0]])),
        (np.array([2, 0]), np.array([[0.0, 50.0, 1.0], [-60.0, 0.0, 1.0]])),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
)


def _shares(z: Numbers, axis: int = 1) -> Numbers:
    return np.asarray(np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True))


def _of_right_class(y: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values[np.arange(len(y)), y])


def _without_largest(z: Numbers, axis: int | None = 1) -> Numbers:
    return np.asarray(z - z.max(axis=axis, keepdims=True))


def _by_sum(y: Numbers, z: Numbers) -> Any:
    return np.mean(np.log(np.exp(z).sum(axis=1)) - _of_right_class(y, z))


def _by_share(y: Numbers, z: Numbers) -> Any:
    return np.mean(-np.log(_of_right_class(y, _shares(z))))


def _ties_left_out(y: Numbers, z: Numbers) -> Any:
    gap = -_without_largest(z)
    return np.mean(_of_right_class(y, gap) + np.log1p(np.where(gap == 0, 0, np.exp(-gap)).sum(axis=1)))


def _clipped_at(bound: float) -> Answer:
    return lambda y, z: np.mean(-np.log(np.maximum(_of_right_class(y, probabilities(z)), bound)))


def _moved_by(small: float) -> Answer:
    return lambda y, z: np.mean(-np.log(_of_right_class(y, probabilities(z)) + small))


OVERFLOW = (
    "The exponential of a large logit overflows, and that of a very low one becomes 0. Only differences count, so"
    " which number may be subtracted from all logits of a row?"
)
CAPPED = "A clip, or a small number added to a probability, caps your loss: do you need the probability at all?"
ONE_MAXIMUM = "You subtract one largest logit of all examples: each row needs its own."

MISTAKES = (
    Mistake(
        lambda y, z: _by_share(y, _without_largest(z)),
        "A probability that has become 0 has an infinite surprise: do you need the probability at all?",
    ),
    Mistake(lambda y, z: _by_share(y, _without_largest(z, None)), ONE_MAXIMUM),
    Mistake(lambda y, z: _by_sum(y, _without_largest(z, None)), ONE_MAXIMUM),
    Mistake(_by_share, OVERFLOW),
    Mistake(_by_sum, OVERFLOW),
    *(Mistake(make(bound), CAPPED) for make in (_clipped_at, _moved_by) for bound in CLIPS),
    Mistake(
        lambda y, z: _by_sum(y, _without_largest(z, 0)),
        "You subtract the largest logit of each class: the largest of each example is wanted.",
    ),
    Mistake(_ties_left_out, "Where two logits are the largest, only one of them may be left out of the sum."),
    Mistake(
        lambda y, z: np.mean(np.log(np.exp(_without_largest(z)).sum(axis=1)) - _of_right_class(y, z)),
        "The largest logit is subtracted in the sum, and not from the logit of the right class.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="sum"),
        "This is the sum over the examples, not their mean.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="none"),
        "This is one loss per example, and not yet their mean.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z) / z.shape[1],
        "You divide by the number of classes as well: the mean is over the examples alone.",
    ),
    Mistake(lambda y, z: -cross_entropy_with_logits(y, z), NO_MINUS),
    Mistake(
        lambda y, z: np.mean(-np.log(_shares(z)[:, y])),
        "z[:, y] takes the columns of all labels from every row: each row has one right class.",
    ),
    Mistake(
        lambda y, z: np.mean(-np.log(_of_right_class(y - 1, _shares(z)))),
        "You count the classes from 1: the numbers begin at 0.",
    ),
    Mistake(
        lambda y, z: np.mean(-np.log(_of_right_class(y, _shares(z, axis=0)))),
        "The probabilities add up to 1 along the wrong axis: over the examples of one class, not over the classes of"
        " one example.",
    ),
    Mistake(
        lambda y, z: np.mean(np.log(np.exp(z).sum()) - _of_right_class(y, z)),
        "One sum over all logits of all examples: each example has a sum of its own.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, _shares(z)),
        "The softmax is taken twice: probabilities are taken for logits.",
    ),
    Mistake(
        lambda y, z: np.mean(-np.log(_of_right_class(y, sigmoid(z)))),
        "A sigmoid for each class: the probabilities of a row must add up to 1.",
    ),
    Mistake(
        lambda y, z: -np.mean(_of_right_class(y, _shares(z))),
        "The logarithm is missing: this is minus the probability of the right class.",
    ),
    Mistake(
        lambda y, z: -np.mean(_of_right_class(y, z)),
        "The softmax is missing: this is minus the logit of the right class, and has no lower bound.",
    ),
)
