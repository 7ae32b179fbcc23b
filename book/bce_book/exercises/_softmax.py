"""The grader of the chapter *softmax*: the mean cross-entropy of classes by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.common_mistakes import NO_MINUS
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers
from bce_lib import cross_entropy_with_logits


def softmax(answer: Answer) -> Grade:
    """Grade the mean cross-entropy of classes by number, from one row of scores per example.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: `y` of shape (n,) holds classes, `z` of shape (n, K) scores; one number, the mean.

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
    ✗ softmax: 0 of 4 checks passed
      must hold: The mean surprise at the true classes, one number.
      tried:     sum_for_mean([0, 2, 1, 2, 0] (int64), an array of shape (5,
                 3))
      got:       9.30528
      hint:      This is the sum over the examples, not their mean.
    """
    return grade_answer("softmax", answer, REQUIREMENTS, MISTAKES)


_CLASSES = np.array([0, 2, 1, 2, 0])
_SCORES = np.array([[2.0, -1.0, 0.5], [0.3, 3.0, -2.0], [1.0, 1.2, 4.0], [-0.5, 0.1, 1.5], [0.7, -0.2, 0.4]])

REQUIREMENTS = (
    agreement(
        "The mean surprise at the true classes, one number.",
        "Do you take the score of the true class, row by row, and do the shares of each row add up to 1?",
        (_CLASSES, _SCORES),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "Only differences of scores count.",
        "Work through scores of a thousand by hand: which of your numbers is too large or too small for a float?",
        (_CLASSES, _SCORES + 1000),
        (_CLASSES, _SCORES - 1000),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "A wrong and sure prediction has a finite loss.",
        "Which of your numbers is too large or too small for a float?",
        (np.array([1]), np.array([[700.0, -100.0, 1.0]])),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
    agreement(
        "A right and sure prediction costs little, and not nothing.",
        "A sum with 1 in it drowns what is small: which function of NumPy adds the 1 without rounding?",
        (np.array([0, 2]), np.array([[45.0, 0.0, -1.0], [3.0, -2.0, 44.0]])),
        expected=cross_entropy_with_logits,
        rtol=1e-9,
    ),
)


def _shares(z: Numbers, axis: int = 1) -> Numbers:
    return np.asarray(np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True))


def _of_true_class(y: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values[np.arange(len(y)), y])


def _without_largest(z: Numbers) -> Numbers:
    return np.asarray(z - z.max(axis=1, keepdims=True))


def _by_sum(y: Numbers, z: Numbers) -> Any:
    return np.mean(np.log(np.exp(z).sum(axis=1)) - _of_true_class(y, z))


def _by_share(y: Numbers, z: Numbers) -> Any:
    return np.mean(-np.log(_of_true_class(y, _shares(z))))


OVERFLOW = (
    "The exponential of a large score overflows, and that of a small one becomes 0: only differences count, so which"
    " number may be taken off all scores of a row?"
)

MISTAKES = (
    Mistake(
        lambda y, z: _by_sum(y, _without_largest(z)),
        "The overflow is gone, and the tail is lost: a sum that contains 1 moves in steps. Leave the largest out of"
        " it.",
    ),
    Mistake(
        lambda y, z: _by_share(y, _without_largest(z)),
        "A share that has become 0 has an infinite surprise: do you need the share at all?",
    ),
    Mistake(_by_share, OVERFLOW),
    Mistake(_by_sum, OVERFLOW),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="sum"),
        "This is the sum over the examples, not their mean.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="none"),
        "This is one loss per example, and not yet their mean.",
    ),
    Mistake(lambda y, z: -cross_entropy_with_logits(y, z), NO_MINUS),
    Mistake(
        lambda y, z: np.mean(-np.log(_of_true_class(y, _shares(z, axis=0)))),
        "The shares add up to 1 along the wrong axis: over the examples of one class, not over the classes of one"
        " example.",
    ),
    Mistake(
        lambda y, z: np.mean(np.log(np.exp(z).sum()) - _of_true_class(y, z)),
        "One sum over all scores of all examples: each example has a sum of its own.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, _shares(z)),
        "The softmax is taken twice: shares are taken for scores.",
    ),
    Mistake(
        lambda y, z: -np.mean(_of_true_class(y, _shares(z))),
        "The logarithm is missing: this is minus the share of the true class.",
    ),
    Mistake(
        lambda y, z: -np.mean(_of_true_class(y, z)),
        "The softmax is missing: this is minus the score of the true class, and has no lower bound.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z) / np.log(2),
        "It is in bits, not in nats: the logarithm is to base 2.",
    ),
)
