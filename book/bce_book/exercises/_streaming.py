"""The grader of the chapter *streaming*: two means, each with its divisor, merged into one."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers

Part = tuple[float, float]
"""The divisor of a mean, and the mean."""


def streaming(answer: Answer) -> Grade:
    """Grade a merge: the mean of two parts together, with its divisor.

    Parameters
    ----------
    answer : callable
        ``answer(a, b)``, of two pairs ``(divisor, mean)``: the pair of both parts together. A divisor is a number of
        examples or a sum of weights; it is 0 for an empty part, whose mean is given as 0.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> def mean_of_means(a, b):
    ...     return a[0] + b[0], (a[1] + b[1]) / 2
    >>> exercises.streaming(mean_of_means)
    ✗ streaming: 1 of 5 checks passed
      must hold: Two parts of different sizes.
      tried:     mean_of_means([900, 0.2], [100, 0.7])
      got:       [1000, 0.45]
      hint:      This is the mean of the two means: the larger part must
                 count for more.
    """
    return grade_answer("streaming", answer, REQUIREMENTS, MISTAKES)


def _merged(a: Part, b: Part) -> Numbers:
    divisor = a[0] + b[0]
    return np.array([divisor, _total(a, b) / divisor if divisor else 0.0])  # compared with a pair of any kind


def _total(a: Part, b: Part) -> float:
    return a[0] * a[1] + b[0] * b[1]


REQUIREMENTS = (
    agreement(
        "Two parts of the same size.",
        "How many examples are there in all, and what is the mean of their losses?",
        ((4, 0.5), (4, 0.7)),
        ((3, 1.25), (3, 0.25)),
        expected=_merged,
        rtol=CLOSE,
    ),
    agreement(
        "Two parts of different sizes.",
        "What is the sum of the losses in each part?",
        ((900, 0.2), (100, 0.7)),
        ((1, 2.5), (7, 0.3)),
        expected=_merged,
        rtol=CLOSE,
    ),
    agreement(
        "A divisor may be a sum of weights.",
        "Does your code take a divisor for a whole number?",
        ((2.5, 0.4), (0.3, 1.2)),
        ((0.125, 0.9), (0.5, 0.1)),
        expected=_merged,
        rtol=CLOSE,
    ),
    agreement(
        "A part whose mean is 0 still counts.",
        "Which of its two numbers says that a part is empty?",
        ((5, 0.0), (5, 1.0)),
        ((2, 0.6), (6, 0.0)),
        expected=_merged,
        rtol=CLOSE,
    ),
    agreement(
        "An empty part changes nothing.",
        "What do you divide by if both parts are empty?",
        ((0, 0.0), (3, 0.5)),
        ((3, 0.5), (0, 0.0)),
        ((0, 0.0), (0, 0.0)),
        expected=_merged,
        rtol=CLOSE,
    ),
)


def _crosswise(a: Part, b: Part) -> Part:
    return a[0] + b[0], (a[0] * b[1] + b[0] * a[1]) / (a[0] + b[0])


def _mean_of_0_is_empty(a: Part, b: Part) -> Any:
    if not a[1]:
        return b
    return _merged(a, b) if b[1] else a


_DIVISOR = "Your divisor is not that of both parts: together they have the examples of both."

MISTAKES = (
    Mistake(_mean_of_0_is_empty, "You take a mean of 0 for an empty part: a perfect prediction has that loss too."),
    Mistake(
        lambda a, b: (a[0] + b[0], (a[1] + b[1]) / 2),
        "This is the mean of the two means: the larger part must count for more.",
    ),
    Mistake(_crosswise, "You multiply each mean by the divisor of the other part."),
    Mistake(
        lambda a, b: (a[0] + b[0], _total(a, b)),
        "Your second number is the sum of the losses: divide, and it is a mean.",
    ),
    Mistake(
        lambda a, b: (a[0] + b[0], _total(a, b) / 2),
        "You divide by the number of parts: how many examples are there?",
    ),
    Mistake(
        lambda a, b: _total(a, b) / (a[0] + b[0]),
        "You return the mean alone: nobody can merge it again without its divisor.",
    ),
    Mistake(lambda a, b: (_total(a, b) / (a[0] + b[0]), a[0] + b[0]), "The divisor comes first, and then the mean."),
    Mistake(
        lambda a, b: _merged(a[::-1], b[::-1])[::-1],
        "You read each pair backwards: the divisor comes first, then the mean.",
    ),
    Mistake(lambda a, b: (a[0] + b[0], a[1] + b[1]), "You add the means: the result would grow with every merge."),
    Mistake(
        lambda a, b: (a[0] + b[0], (a[1] + b[1]) / (a[0] + b[0])),
        "You divide a sum of means by a number of examples: what was each mean divided by?",
    ),
    Mistake(lambda a, b: (a[0], _total(a, b) / (a[0] + b[0])), _DIVISOR),
    Mistake(
        lambda a, b: ((a[0] + b[0]) / 2, _total(a, b) / (a[0] + b[0])),
        _DIVISOR,
    ),
    Mistake(lambda a, b: max(a, b), "You return the larger part and drop the other one."),
    Mistake(lambda a, b: (a[0] + b[0], _total(a, b) // (a[0] + b[0])), "Your division drops what is behind the point."),
)
