"""The grader of the chapter *summation*: the mean of many float32 losses, right to their last digit."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.common_mistakes import SUM
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer


def summation(answer: Answer) -> Grade:
    """Grade the mean of a long float32 array.

    Parameters
    ----------
    answer : callable
        ``answer(losses)``, of a float32 array of the shape (n,), n ≥ 1, with no negative number: their mean, one number
        of any floating-point type, off by less than 2e-7 of itself.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> exercises.summation(lambda losses: losses.cumsum()[-1] / losses.size)
    ✗ summation: 1 of 3 checks passed
      must hold: Thirty thousand losses: the sum is large, and small losses
                 still count.
      tried:     answer([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, …], 30000 numbers
                 (float32))
      got:       0.15335
      hint:      Your sum is a float32 to which one loss after the other is
                 added: each time, it is rounded.
    """
    return grade_answer("summation", answer, REQUIREMENTS, MISTAKES)


def _mean(losses: Any) -> float:
    return float(np.mean(losses, dtype=np.float64))


_FEW = np.array([0.5, 0.125, 1.75, 0.25, 3.0, 0.7], dtype=np.float32)
_MANY = np.repeat(np.array([0.1, 1.7], dtype=np.float32), (29_000, 1_000))
_LARGE_FIRST = np.array([2.0**24] + [1.0] * 1000, dtype=np.float32)
"""In float32, 2²⁴ + 1 is rounded to 2²⁴."""

_TOLERANCE = 2e-7
"""Three roundings of float32."""

REQUIREMENTS = (
    agreement(
        "A few losses: their sum over their number.",
        "What is added up, and what is it divided by?",
        (_FEW,),
        (_FEW[:1],),
        expected=_mean,
        rtol=1e-6,
    ),
    agreement(
        "Thirty thousand losses: the sum is large, and small losses still count.",
        "In which precision do you keep the sum?",
        (_MANY,),
        expected=_mean,
        rtol=_TOLERANCE,
    ),
    agreement(
        "One large loss, 2²⁴, and then a thousand of 1: all of them count.",
        "In float32, what is 2²⁴ + 1? Where does your code compute it?",
        (_LARGE_FIRST,),
        (_LARGE_FIRST[::-1].copy(),),
        expected=_mean,
        rtol=_TOLERANCE,
    ),
)


def _in_order(losses: Any) -> Any:
    return np.add.accumulate(losses)[-1] / losses.size


def _mean_of_means(size: int) -> Answer:
    return lambda x: np.mean([np.mean(x[i : i + size], dtype=np.float64) for i in range(0, x.size, size)])


IN_ORDER = "Your sum is a float32 to which one loss after the other is added: each time, it is rounded."
IN_PAIRS = "NumPy adds float32 numbers in float32, unless it is given another dtype."
HALF = "You compute in float16, which has 11 binary digits."

MISTAKES = (
    Mistake(lambda x: np.sum(x, dtype=np.float64), SUM),
    Mistake(np.add.accumulate, "These are the sums so far: the mean needs only the last."),
    Mistake(_in_order, IN_ORDER),
    Mistake(lambda x: _in_order(np.sort(x)), IN_ORDER),
    Mistake(lambda x: _in_order(x[::-1]), IN_ORDER),
    Mistake(lambda x: np.mean(x), IN_PAIRS),
    Mistake(lambda x: np.sum(x) / max(x.size - 1, 1), "Divide by the number of losses, not by one less."),
    Mistake(lambda x: np.median(x), "This is the median: a mean is a sum over a number."),
    Mistake(lambda x: np.mean(x, dtype=np.float16), HALF),
    Mistake(lambda x: np.mean(x.astype(np.float16)), HALF),
    *(
        Mistake(_mean_of_means(size), "A mean of means counts a short piece in full.")
        for size in (2, 3, 4, 1000, 1024, 4096)
    ),
)
