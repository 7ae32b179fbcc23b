"""The grader of the chapter *precision*: a softplus of float32 arrays that keeps its digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import sigmoid
from bce_lib import softplus as right_softplus

FIVE_ULP = 5 * 2.0**-23
"""Relative: five units in the last place of a float32 where they are widest."""


def precision(answer: Answer) -> Grade:
    """Grade a softplus, log(1 + exp(z)), of float32 arrays: five units in the last place, at every size of z.

    Parameters
    ----------
    answer : callable
        ``answer(z)``, of a float32 array of the shape (n,): the softplus of each number, as an array of that shape.
        One of float64 is welcome too.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.precision(lambda z: np.log(1 + np.exp(z)))
    ✗ precision: 1 of 3 checks passed
      must hold: A large number comes back as it is: nothing overflows.
      tried:     answer([20, 89, 500, 10000] (float32))
      got:       [20, inf, inf, inf]
      hint:      The exponential overflows.
    """
    return grade_answer("precision", answer, REQUIREMENTS, MISTAKES)


def _in_float64(z: Any) -> Any:
    return right_softplus(np.asarray(z, dtype=np.float64))


def _float32(*values: float) -> tuple[Any]:
    return (np.array(values, dtype=np.float32),)


REQUIREMENTS = (
    agreement(
        "Numbers of ordinary size.",
        "What is log(1 + exp(z)) at z = 0?",
        _float32(-2, -0.75, 0, 0.5, 3),
        expected=_in_float64,
        rtol=FIVE_ULP,
    ),
    agreement(
        "A large number comes back as it is: nothing overflows.",
        "What overflows, or is capped, on the way?",
        _float32(20, 89, 500, 10_000),
        expected=_in_float64,
        rtol=FIVE_ULP,
    ),
    agreement(
        "Far on the left the result is tiny, but not 0, and its digits are right.",
        "What is rounded before the logarithm sees it?",
        _float32(-8, -15, -17, -40, -80),
        expected=_in_float64,
        rtol=FIVE_ULP,
    ),
)

_OVERFLOW = "The exponential overflows."
_ROUNDED = "1 + a tiny number is rounded before the logarithm sees it: NumPy has a function for that."
_PROBABILITY = "You go by way of a probability, which is rounded on the way."


def _stable(z: Any) -> Any:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


MISTAKES = (
    Mistake(lambda z: _stable(-z), "The sign of z is wrong: the result grows with z."),
    Mistake(sigmoid, "That is the derivative."),
    Mistake(lambda z: np.maximum(z, 0), "That is the hinge alone: at 0 the result is log 2."),
    Mistake(lambda z: np.log1p(np.exp(-np.abs(z))), "That is the bump alone: a large number comes back as it is."),
    Mistake(lambda z: np.sum(_stable(z)), "You return one number: one for each is wanted."),
    Mistake(lambda z: np.mean(_stable(z)), "You return one number: one for each is wanted."),
    # These do not overflow, so they fail later than those below, whose results are the same there.
    Mistake(lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))), _ROUNDED),
    Mistake(lambda z: np.where(z > 20, z, np.log(1 + np.exp(z))), _ROUNDED),
    Mistake(lambda z: np.log(1 + np.exp(z)), _OVERFLOW),
    Mistake(lambda z: np.log1p(np.exp(z)), _OVERFLOW),
    Mistake(lambda z: z + np.log(1 + np.exp(-z)), "The exponential overflows, on the left."),
    Mistake(lambda z: z + np.log1p(np.exp(-z)), "The exponential overflows, on the left."),
    Mistake(lambda z: -np.log(1 - 1 / (1 + np.exp(-z))), _PROBABILITY),
)
