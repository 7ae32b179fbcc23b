"""The grader of the chapter *likelihood*: the log-likelihood of independent labels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, LABELS, PROBABILITIES, log_likelihoods
from bce_book.exercises.common_mistakes import SWAPPED
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import sigmoid


def likelihood(answer: Answer) -> Grade:
    """Grade a log-likelihood: that of all labels together, in nats, and of 2,000 labels too.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two lists of the same length, labels 0 or 1 and the probabilities of label 1
        strictly between 0 and 1: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import math
    >>> def product(y_true, y_prob):
    ...     return math.log(math.prod(p if y == 1 else 1 - p for y, p in zip(y_true, y_prob)))
    >>> exercises.likelihood(product)
    ✗ likelihood: 2 of 3 checks passed
      must hold: 2,000 labels are no trouble.
      tried:     product([1, 0, 1, 1, 0, 1, …], 2000 numbers, [0.9, 0.2,
                 0.6, 0.3, 0.5, 0.9, …], 2000 numbers)
      got:       raises ValueError: math domain error
      hint:      The product underflows to 0 before the logarithm is taken.
    """
    return grade_answer("likelihood", answer, REQUIREMENTS, MISTAKES)


def _log_likelihood(y: Any, p: Any) -> float:
    return float(np.sum(log_likelihoods(y, p)))


REQUIREMENTS = (
    agreement(
        "The logarithm of the probability of one label.",
        "Which probability did the model give to this label?",
        ([1], [0.8]),
        ([0], [0.8]),
        expected=_log_likelihood,
        rtol=CLOSE,
    ),
    agreement(
        "Independent labels, all together.",
        "What becomes of a product when its logarithm is taken?",
        (LABELS, PROBABILITIES),
        expected=_log_likelihood,
        rtol=CLOSE,
    ),
    agreement(
        "2,000 labels are no trouble.",
        "How small is the product by then? A number that you add to it, or a clip, stands in for it.",
        (LABELS * 400, PROBABILITIES * 400),
        expected=_log_likelihood,
        rtol=1e-9,
    ),
)


def _given(y: Any, p: Any) -> list[float]:
    return [float(q if label == 1 else 1 - q) for label, q in zip(y, p, strict=True)]


UNDERFLOW = "The product underflows to 0 before the logarithm is taken."

MISTAKES = (
    Mistake(lambda y, p: -_log_likelihood(y, p), "The sign: a probability is at most 1, and its logarithm at most 0."),
    Mistake(lambda y, p: _log_likelihood(y, p) / len(y), "Your values are those of a mean, not of a sum."),
    Mistake(lambda y, p: _log_likelihood(1 - np.asarray(y), p), SWAPPED),
    Mistake(lambda y, p: math.prod(_given(y, p)), "This is the likelihood itself: its logarithm is wanted."),
    Mistake(lambda y, p: math.log(sum(_given(y, p))), "A logarithm of a sum: the sum of the logarithms is wanted."),
    Mistake(lambda y, p: np.log(math.prod(_given(y, p))), UNDERFLOW),  # −inf, as NumPy says
    Mistake(lambda y, p: math.log(math.prod(_given(y, p))), UNDERFLOW),  # an error, as Python's module has it
    Mistake(
        lambda y, p: float(np.sum(np.asarray(y) * np.log(p))),
        "Only the labels of 1 count in yours: what about the others?",
    ),
    Mistake(lambda y, p: float(np.sum(np.log(p))), "You never look at the label: a label of 0 had 1 − p."),
    Mistake(
        lambda y, p: log_likelihoods(y, p), "You return a value for each label: one number for all of them is wanted."
    ),
    Mistake(lambda y, p: _log_likelihood(y, sigmoid(p)), "A sigmoid is taken of what is a probability already."),
)
