"""The grader of the chapter *gradient*: the derivative of the mean loss with respect to each logit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_LOGITS, losses
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy_gradient as slopes
from bce_lib import sigmoid


def gradient(answer: Answer) -> Grade:
    """Grade the derivative of the mean loss with respect to each logit, right in both tails and at any size of logit.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, of two arrays of the shape (n,): an array of that shape. Both are float64, as for
        `logits`. Labels lie between 0 and 1.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.gradient(lambda y, z: (1 / (1 + np.exp(-z)) - y) / len(y))
    ✗ gradient: 3 of 5 checks passed
      must hold: Right and sure: small, but not 0, for both labels.
      tried:     answer([1, 1, 0, 0], [20, 45, -20, -45])
      got:       [-5.15288e-10, 0, 5.15288e-10, 7.1563e-21]
      hint:      A difference of two numbers close to each other loses its
                 digits.
    """
    return grade_answer("gradient", answer, REQUIREMENTS, MISTAKES)


SOFT_LABELS = np.array([0.3, 0.9, 0.5, 0.25]), np.array([2.0, -1.5, 0.5, -0.75])
AT_ZERO = np.array([1.0, 0.0, 0.25]), np.array([0.0, 0.0, 0.0])
RIGHT_AND_SURE = np.array([1.0, 1.0, 0.0, 0.0]), np.array([20.0, 45.0, -20.0, -45.0])
HUGE = np.array([0.0, 1.0, 1.0, 0.0]), np.array([800.0, -800.0, 5.0, -5.0])

REQUIREMENTS = (
    agreement(
        "The slope of the mean, for each logit.",
        "By how much is each prediction off?",
        WITH_LOGITS,
        expected=slopes,
        rtol=CLOSE,
    ),
    agreement(
        "A label may lie between 0 and 1.",
        "How much does a label of 0.3 pull its logit up, and how much down?",
        SOFT_LABELS,
        expected=slopes,
        rtol=CLOSE,
    ),
    agreement(
        "At a logit of exactly 0 the slope is 1/2 minus the label, over n.",
        "Where does your code put a logit that is neither positive nor negative?",
        AT_ZERO,
        expected=slopes,
        rtol=CLOSE,
    ),
    agreement(
        "Right and sure: small, but not 0, for both labels.",
        "Which subtraction could be avoided?",
        RIGHT_AND_SURE,
        expected=slopes,
        rtol=1e-14,
    ),
    agreement(
        "No logit is too large.",
        "What overflows on the way?",
        HUGE,
        expected=slopes,
        rtol=1e-14,
    ),
)

FEW_DIGITS = "Only the first digits are right: is it in float32, or a difference of two losses?"
CLIPPED = "A clip of the probability: where the model is sure, the slope is that of the bound."
SOFT_AS_HARD = "Your code takes a label that is neither 0 nor 1 for one of them."
LOSS = "That is the loss, not its slope."
ONE_NUMBER = "You return one number: there is a slope for each logit."
SHAPE = "There is one slope for each logit, so the result has the shape of the logits."


def _difference(y: Any, z: Any) -> Any:
    return (sigmoid(z) - y) / np.size(y)


def _clipped_at(bound: float) -> Answer:
    return lambda y, z: (np.clip(sigmoid(z), bound, 1 - bound) - y) / np.size(y)


MISTAKES = (
    Mistake(lambda y, z: -slopes(y, z), "Your values have the wrong sign: a label of 1 pulls its logit up."),
    Mistake(lambda y, z: slopes(y, z, reduction="sum"), "This is the derivative of the sum, not of the mean."),
    Mistake(lambda y, z: -slopes(y, z, reduction="sum"), "The sign is wrong, and a mean divides by n."),
    Mistake(lambda y, z: slopes(1 - y, z), "The labels are swapped: yours are the slopes of the opposite labels."),
    Mistake(lambda y, z: _difference(z, y), "The arguments are swapped: the labels come first."),
    Mistake(lambda y, z: np.mean(slopes(y, z, reduction="sum")), ONE_NUMBER),
    Mistake(lambda y, z: np.sum(slopes(y, z, reduction="sum")), ONE_NUMBER),
    Mistake(lambda y, z: slopes(y, z)[:, None], SHAPE),
    Mistake(lambda y, z: _difference(y, z[:, None]), SHAPE),
    Mistake(lambda y, z: _difference(y, sigmoid(z)), "Your sigmoid is applied twice."),
    Mistake(lambda y, z: (z - y) / np.size(y), "A logit is compared with a label: which probability is it?"),
    Mistake(lambda y, z: (np.round(sigmoid(z)) - y) / np.size(y), "A decision of 0 or 1 is not a probability."),
    Mistake(lambda y, z: _difference(y, z) * sigmoid(z) * (1 - sigmoid(z)), "One slope of the sigmoid too many."),
    Mistake(
        lambda y, z: 2 * _difference(y, z) * sigmoid(z) * (1 - sigmoid(z)), "That is the slope of the squared error."
    ),
    Mistake(
        lambda y, z: _difference(y, z) / (sigmoid(z) * (1 - sigmoid(z))),
        "That is the slope with respect to the probability: the sigmoid's own is missing.",
    ),
    Mistake(lambda y, z: sigmoid(z) * (1 - sigmoid(z)) / np.size(y), "That is the second derivative."),
    Mistake(lambda y, z: losses(y, z) / np.size(y), LOSS),
    Mistake(lambda y, z: losses(y, z), LOSS),
    Mistake(lambda y, z: np.mean(losses(y, z)), LOSS),
    Mistake(lambda y, z: np.where(y == 1, -sigmoid(-z), sigmoid(z)) / np.size(y), SOFT_AS_HARD),
    Mistake(lambda y, z: np.where(y == 0, sigmoid(z), -sigmoid(-z)) / np.size(y), SOFT_AS_HARD),
    Mistake(lambda y, z: np.where(y >= 0.5, -sigmoid(-z), sigmoid(z)) / np.size(y), SOFT_AS_HARD),
    Mistake(lambda y, z: np.where(y > 0.5, -sigmoid(-z), sigmoid(z)) / np.size(y), SOFT_AS_HARD),
    Mistake(
        lambda y, z: np.sign(z) * slopes(np.where(z >= 0, y, 1 - y), np.abs(z)),
        "The sign of 0 is 0: your slope vanishes there.",
    ),
    *(Mistake(_clipped_at(bound), CLIPPED) for bound in (1e-7, 1e-8, 1e-10, 1e-12, 1e-15)),
    Mistake(_difference, "A difference of two numbers close to each other loses its digits."),
    Mistake(lambda y, z: slopes(y, z) * (1 + 1e-9), FEW_DIGITS),
    Mistake(lambda y, z: math.exp(z), "It must take two arrays: the functions of math take single numbers."),
    Mistake(lambda y, z: z if z >= 0 else y, "An if decides once for the whole array: choose element by element."),
)
