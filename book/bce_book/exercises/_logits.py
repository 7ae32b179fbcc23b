"""The grader of the chapter *logits*: a loss of logits that takes soft labels and is right in both tails."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_LOGITS, log_likelihoods, losses
from bce_book.exercises.common_mistakes import SWAPPED_LOSSES, clip_mistakes
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import sigmoid, softplus


def logits(answer: Answer) -> Grade:
    """Grade a loss of logits: that of each target, soft ones included, right in both tails and for every size of logit.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, of two arrays of the shape (n,): an array of that shape. Both are float64. What a
        loss makes of float32 and half precision is asked by `conformance`.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def textbook(y_true, logits):
    ...     p = 1 / (1 + np.exp(-logits))
    ...     return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
    >>> exercises.logits(textbook)
    ✗ logits: 2 of 4 checks passed
      must hold: Wrong and sure: it grows like the logit, without limit.
      tried:     textbook([0, 0, 1, 1], [50, 800, -50, -800])
      got:       [inf, inf, 50, inf]
      hint:      You go by way of the probability, which is rounded to 1 or
                 to 0 there.
    """
    return grade_answer("logits", answer, REQUIREMENTS, MISTAKES)


REQUIREMENTS = (
    agreement(
        "The loss of each target, for small logits.",
        "Which probability does a logit stand for?",
        WITH_LOGITS,
        expected=losses,
        rtol=CLOSE,
    ),
    agreement(
        "Soft labels: a label of 0.3 counts 0.3 of the loss of label 1 and 0.7 of that of label 0.",
        "Yours is right for the labels 0 and 1 alone. What does it make of the rest of a soft label?",
        (np.array([0.3, 0.75, 0.5, 0.9]), np.array([2.0, -1.5, 0.5, -3.0])),
        expected=losses,
        rtol=CLOSE,
    ),
    agreement(
        "Wrong and sure: it grows like the logit, without limit.",
        "What overflows, or is capped, on the way?",
        (np.array([0.0, 0.0, 1.0, 1.0]), np.array([50.0, 800.0, -50.0, -800.0])),
        expected=losses,
        rtol=CLOSE,
    ),
    agreement(
        "Right and sure: small, but not 0, for both labels.",
        "What is 1 + a tiny number to a computer?",
        (np.array([1.0, 1.0, 0.0, 0.0]), np.array([30.0, 36.0, -30.0, -36.0])),
        expected=losses,
        rtol=1e-14,
    ),
)

_ONE_NUMBER = "You return one number: a loss for each target is wanted."
_PROBABILITY = "You go by way of the probability, which is rounded to 1 or to 0 there."
_OVERFLOW = "The exponential overflows: its argument must never be large and positive."
_DIFFERENCE = "A difference of two large numbers loses the small one."
_ROUNDED_SUM = "1 + a tiny number is rounded before the logarithm sees it: NumPy has a function for that."


def _probability(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _loss_of_probability(y: Any, p: Any) -> Any:
    return -log_likelihoods(y, p)


def _hinge(y: Any, z: Any) -> Any:
    return np.where(z >= 0, 1 - y, y) * np.abs(z)


def _bump(z: Any) -> Any:
    return softplus(-np.abs(z))


MISTAKES = (
    Mistake(lambda y, z: losses(1 - y, z), SWAPPED_LOSSES),
    Mistake(lambda y, z: np.mean(losses(y, z)), _ONE_NUMBER),
    Mistake(lambda y, z: np.sum(losses(y, z)), _ONE_NUMBER),
    Mistake(lambda y, z: losses(y, sigmoid(z)), "Your sigmoid is applied twice."),
    Mistake(_loss_of_probability, "You take the logits for probabilities: what turns one into the other?"),
    Mistake(_hinge, "The second term is missing: at z = 0 the loss is log 2."),
    Mistake(lambda y, z: _bump(z), "The first term is missing: a wrong and sure prediction costs about |z|."),
    Mistake(
        lambda y, z: np.maximum(z, 0) + z * y + _bump(z),
        "One sign is wrong: a larger logit must lower the loss of label 1.",
    ),
    Mistake(lambda y, z: _loss_of_probability(y, _probability(z)), _PROBABILITY),
    Mistake(lambda y, z: _loss_of_probability(y, sigmoid(z)), _PROBABILITY),
    *clip_mistakes(_loss_of_probability, _probability),
    # These do not overflow, so they fail later than those below, whose results are the same there.
    Mistake(lambda y, z: np.logaddexp(0, z) - y * z, _DIFFERENCE),
    Mistake(lambda y, z: (1 - y) * z + np.logaddexp(0, -z), _DIFFERENCE),
    Mistake(lambda y, z: _hinge(y, z) + np.log(1 + np.exp(-np.abs(z))), _ROUNDED_SUM),
    Mistake(lambda y, z: np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z))), _ROUNDED_SUM),
    Mistake(lambda y, z: y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z)), _OVERFLOW),
    Mistake(lambda y, z: y * np.log1p(np.exp(-z)) + (1 - y) * np.log1p(np.exp(z)), _OVERFLOW),
    Mistake(lambda y, z: (1 - y) * z + np.log(1 + np.exp(-z)), _OVERFLOW),
    Mistake(lambda y, z: (1 - y) * z + np.log1p(np.exp(-z)), _OVERFLOW),
    Mistake(lambda y, z: np.log(1 + np.exp(z)) - y * z, _OVERFLOW),
    Mistake(lambda y, z: np.log1p(np.exp(z)) - y * z, _OVERFLOW),
)
