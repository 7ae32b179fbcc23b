"""The grader of the chapter *gradient*: the derivative of the mean loss with respect to each logit."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_LOGITS
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy_gradient, sigmoid


def gradient(answer: Answer) -> Grade:
    """Grade the derivative of the mean loss with respect to each logit, right in both tails and at any size of logit.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, of two arrays of the shape (n,): an array of that shape. Both are float64, as for
        `logits`.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.gradient(lambda y, z: (1 / (1 + np.exp(-z)) - y) / len(y))
    ✗ gradient: 1 of 3 checks passed
      must hold: Right and sure: small, but not 0, for both labels.
      tried:     answer([1, 1, 0, 0], [20, 45, -20, -45])
      got:       [-5.15288e-10, 0, 5.15288e-10, 7.1563e-21]
      hint:      A difference of two numbers close to each other loses its
                 digits.
    """
    return grade_answer("gradient", answer, REQUIREMENTS, MISTAKES)


REQUIREMENTS = (
    agreement(
        "The slope of the mean, for each logit.",
        "By how much is each prediction off?",
        WITH_LOGITS,
        expected=binary_cross_entropy_gradient,
        rtol=CLOSE,
    ),
    agreement(
        "Right and sure: small, but not 0, for both labels.",
        "Which subtraction could be avoided?",
        (np.array([1.0, 1.0, 0.0, 0.0]), np.array([20.0, 45.0, -20.0, -45.0])),
        expected=binary_cross_entropy_gradient,
        rtol=1e-14,
    ),
    agreement(
        "No logit is too large.",
        "What overflows on the way?",
        (np.array([0.0, 1.0, 1.0]), np.array([800.0, -800.0, 5.0])),
        expected=binary_cross_entropy_gradient,
        rtol=1e-14,
    ),
)


def _difference(y: Any, z: Any) -> Any:
    return (sigmoid(z) - y) / np.size(y)


MISTAKES = (
    Mistake(
        lambda y, z: -binary_cross_entropy_gradient(y, z),
        "Your values have the wrong sign: a label of 1 pulls its logit up.",
    ),
    Mistake(
        lambda y, z: binary_cross_entropy_gradient(y, z, reduction="sum"),
        "This is the derivative of the sum, not of the mean.",
    ),
    Mistake(
        lambda y, z: binary_cross_entropy_gradient(1 - y, z),
        "The labels are swapped: yours are the slopes of the opposite labels.",
    ),
    Mistake(lambda y, z: np.mean(_difference(y, z)), "You return one number: there is a slope for each logit."),
    Mistake(lambda y, z: binary_cross_entropy_gradient(y, sigmoid(z)), "Your sigmoid is applied twice."),
    Mistake(lambda y, z: (z - y) / np.size(y), "A logit is compared with a label: which probability is it?"),
    Mistake(lambda y, z: _difference(y, z) * sigmoid(z) * (1 - sigmoid(z)), "One slope of the sigmoid too many."),
    Mistake(_difference, "A difference of two numbers close to each other loses its digits."),
)
