"""The grader of the chapter *entropy*: a cross-entropy, certainties included."""

from __future__ import annotations

import math

import numpy as np

from bce_book.exercises.cases import CLOSE, TINY
from bce_book.exercises.common_mistakes import WRONG_SIGN, clip_mistakes
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_book.exercises.slips import BASE_2
from bce_lib import cross_entropy, kl_divergence
from bce_lib import entropy as entropy_of


def entropy(answer: Answer) -> Grade:
    """Grade a cross-entropy in nats, certainties included.

    Parameters
    ----------
    answer : callable
        ``answer(p, q)``, of two numbers from 0 to 1, the true probability and the believed one, which is 0 or 1 only
        if the truth is the same: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.entropy(lambda p, q: p * np.log(q) + (1 - p) * np.log(1 - q))
    ✗ entropy: 0 of 3 checks passed
      must hold: The expected surprise of someone who believes q where p is
                 true.
      tried:     answer(0.7, 0.4)
      got:       -0.794651
      hint:      Your values have the wrong sign: a loss is never negative.
    """
    return grade_answer("entropy", answer, REQUIREMENTS, MISTAKES)


def _cross_entropy(p: float, q: float) -> float:
    return float(cross_entropy(p, q))


REQUIREMENTS = (
    agreement(
        "The expected surprise of someone who believes q where p is true.",
        "How surprising is each of the outcomes, and how often does it come?",
        (0.7, 0.4),
        (0.2, 0.9),
        (0.5, TINY),
        expected=_cross_entropy,
        rtol=CLOSE,
    ),
    agreement(
        "Where belief and truth agree, the entropy.",
        "Nothing special should be needed here.",
        (0.3, 0.3),
        (0.5, 0.5),
        expected=_cross_entropy,
        rtol=CLOSE,
    ),
    agreement(
        "A certainty that is right surprises by 0.",
        "What does an outcome add that never happens?",
        (1.0, 1.0),
        (0.0, 0.0),
        (1.0, 0.5),
        expected=_cross_entropy,
        rtol=CLOSE,
    ),
)


def _without_convention(p: float, q: float) -> float:
    return float(-(p * np.log(q) + (1 - p) * np.log(1 - q)))


MISTAKES = (
    Mistake(lambda p, q: -_without_convention(p, q), WRONG_SIGN),
    Mistake(
        lambda p, q: _cross_entropy(q, p), "The two are swapped: what is true gives the weights, not the surprises."
    ),
    Mistake(lambda p, q: _cross_entropy(p, q) / math.log(2), BASE_2),
    Mistake(lambda p, q: float(kl_divergence(p, q)), "This is the divergence: the entropy is missing."),
    Mistake(lambda p, q: float(entropy_of(p)), "This is the entropy of what is true; where is the belief?"),
    Mistake(lambda p, q: -p * np.log(q), "Only one of two outcomes counts in yours."),
    Mistake(
        lambda p, q: _cross_entropy(1 - p, q), "The two outcomes are mixed up: p goes with q, and 1 - p with 1 - q."
    ),
    Mistake(lambda p, q: _cross_entropy(p, q) / 2, "The shares weight the two outcomes already: why divide?"),
    Mistake(lambda p, q: float(-np.log(q)), "This is the surprise if it happens: how often does it?"),
    *clip_mistakes(_without_convention),
    Mistake(
        _without_convention, "0 times an infinite surprise is NaN to a computer: what never happens surprises nobody."
    ),
    Mistake(
        lambda p, q: -(p * math.log(q) + (1 - p) * math.log(1 - q)),
        "The logarithm of 0 is an error: what never happens surprises nobody.",
    ),
)
