"""The grader of the chapter *logits*: a loss of logits that is right in both tails."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_LOGITS, log_likelihoods, losses
from bce_book.exercises.common_mistakes import BITS, SWAPPED, WRONG_SIGN, clip_mistakes
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import sigmoid


def logits(answer: Answer) -> Grade:
    """Grade a loss of logits: that of each target, right in both tails and for every size of logit.

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
    ✗ logits: 1 of 3 checks passed
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


def _probability(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _loss_of_probability(y: Any, p: Any) -> Any:
    return -log_likelihoods(y, p)


MISTAKES = (
    Mistake(lambda y, z: -losses(y, z), WRONG_SIGN),
    Mistake(lambda y, z: losses(1 - y, z), SWAPPED),
    Mistake(lambda y, z: np.mean(losses(y, z)), "You return one number: a loss for each target is wanted."),
    Mistake(lambda y, z: np.sum(losses(y, z)), "You return one number: a loss for each target is wanted."),
    Mistake(lambda y, z: losses(y, sigmoid(z)), "Your sigmoid is applied twice."),
    Mistake(lambda y, z: losses(y, z) / np.log(2), BITS),
    Mistake(
        lambda y, z: _loss_of_probability(y, _probability(z)),
        "You go by way of the probability, which is rounded to 1 or to 0 there.",
    ),
    *clip_mistakes(_loss_of_probability, _probability),
    Mistake(lambda y, z: np.log(1 + np.exp(z)) - y * z, "The exponential overflows, or the difference cancels."),
    Mistake(lambda y, z: np.logaddexp(0, z) - y * z, "A difference of two large numbers loses the small one."),
)
