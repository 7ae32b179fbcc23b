"""The grader of the chapter *vectorized*: the loss as a line of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, TINY, WITH_PROBABILITIES, log_likelihoods, mean_loss
from bce_book.exercises.common_mistakes import LOSS_MISTAKES
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer


def vectorized(answer: Answer) -> Grade:
    """Grade the loss as a line of NumPy: the mean over all terms, in nats.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two arrays of one shape, whatever it is, labels from 0 to 1 and probabilities
        strictly between 0 and 1: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.vectorized(lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y))
    ✗ vectorized: 1 of 3 checks passed
      must hold: Of a matrix, the mean over all of its terms.
      tried:     answer([[1, 0], [1, 1]], [[0.9, 0.2], [0.6, 0.3]])
      got:       1.02165
      hint:      len counts rows, not terms.
    """
    return grade_answer("vectorized", answer, REQUIREMENTS, MISTAKES)


_labels, _probabilities = WITH_PROBABILITIES

REQUIREMENTS = (
    agreement(
        "Of several labels, the mean.",
        "Does each label choose its own logarithm?",
        WITH_PROBABILITIES,
        (np.array([1.0, 0.0]), np.array([TINY, 0.5])),
        expected=mean_loss,
        rtol=CLOSE,
    ),
    agreement(
        "Of a matrix, the mean over all of its terms.",
        "How many terms are there?",
        (_labels[:4].reshape(2, 2), _probabilities[:4].reshape(2, 2)),
        expected=mean_loss,
        rtol=CLOSE,
    ),
    agreement(
        "Soft labels count with their share.",
        "What does a label of 0.3 ask for?",
        (np.array([0.3, 0.7]), np.array([0.4, 0.9])),
        expected=mean_loss,
        rtol=CLOSE,
    ),
)


def _trapped(y: Any, p: Any) -> Any:
    return -np.mean(log_likelihoods(np.ravel(y), np.reshape(p, (-1, 1))))


MISTAKES = (
    *LOSS_MISTAKES,
    Mistake(lambda y, p: -np.sum(log_likelihoods(y, p)) / len(y), "len counts rows, not terms."),
    Mistake(lambda y, p: -np.mean(log_likelihoods(y, p), axis=0), "The mean goes along one axis only."),
    Mistake(lambda y, p: -np.mean(log_likelihoods(y, p), axis=-1), "The mean goes along one axis only."),
    Mistake(
        lambda y, p: -np.sum(log_likelihoods(y, p)) / y.shape[1],
        "shape[1] counts columns, not terms, and an array with one axis has none.",
    ),
    Mistake(_trapped, "Each label meets each prediction in yours: which shapes do you combine?"),
    Mistake(
        lambda y, p: -np.mean(np.log(np.where(y == 1, p, 1 - p))),
        "You choose by the label: one between 0 and 1 then counts as 0.",
    ),
    Mistake(
        lambda y, p: -np.mean(log_likelihoods(np.round(y), p)), "You round the labels: one of 0.3 is not a label of 0."
    ),
)
