"""The grader of the chapter *derivatives*: the slope of a smooth function, to twelve digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, Requirement, agrees_with, grade_answer
from bce_book.exercises.results import Answer, Case
from bce_lib import binary_cross_entropy_gradient


def derivatives(answer: Answer) -> Grade:
    """Grade the derivative of a smooth function, right to twelve digits, for numbers and for arrays.

    Parameters
    ----------
    answer : callable
        ``answer(f, z)``, of a function and of a number or an array: the slope of the function there. The functions
        are made of NumPy's smooth ones, and take complex numbers too.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> exercises.derivatives(lambda f, z: (f(z + 1e-5) - f(z - 1e-5)) / 2e-5)
    ✗ derivatives: 1 of 4 checks passed
      must hold: Twelve digits are right.
      tried:     answer('log1p(exp(z)) - z', 0.8)
      got:       -0.310026
      hint:      A difference of two values that nearly agree loses digits.
                 Without one, the step may be far smaller.
    """
    return grade_answer("derivatives", answer, REQUIREMENTS, MISTAKES)


class Smooth(NamedTuple):
    """A smooth function and its derivative."""

    function: Callable[[Any], Any]
    slope: Callable[[Any], Any]


LOSS, EXP, SQRT = "log1p(exp(z)) - z", "exp(z)", "sqrt(z)"
FUNCTIONS = {
    LOSS: Smooth(
        lambda z: np.log1p(np.exp(z)) - z,
        lambda z: binary_cross_entropy_gradient(np.ones_like(z), z, reduction="none"),
    ),
    EXP: Smooth(np.exp, np.exp),
    SQRT: Smooth(np.sqrt, lambda z: 0.5 / np.sqrt(z)),
}
"""What answers are tried on, by the name that a grade shows."""


def _requirement(statement: str, hint: str, *cases: Case, rtol: float) -> Requirement:
    judge = agrees_with(lambda name, z: FUNCTIONS[name].slope(z), cases, rtol=rtol)
    return Requirement(
        statement, cases, judge, hint, measure=lambda answer, name, z: answer(FUNCTIONS[name].function, z)
    )


REQUIREMENTS = (
    _requirement(
        "It is the slope, whatever the function: six digits for a start.",
        "What does a small step in z do to f?",
        (LOSS, 0.8),
        (EXP, 1.0),
        rtol=1e-6,
    ),
    _requirement(
        "Twelve digits are right.",
        "A difference of two values that nearly agree loses digits. Without one, the step may be far smaller.",
        (LOSS, 0.8),
        (LOSS, 3.0),
        (LOSS, -3.0),
        (EXP, 1.0),
        rtol=1e-12,
    ),
    _requirement(
        "An array has a slope for each of its numbers, 0 among them.",
        "Does every operation of yours work on each number of an array?",
        (LOSS, np.array([-3.0, -1.0, 0.0, 2.0, 3.0])),
        rtol=1e-12,
    ),
    _requirement(
        "It works where z itself is small.",
        "How large is your step beside z?",
        (SQRT, np.array([1e-9, 1e-6, 1.0])),
        rtol=1e-12,
    ),
)

TOO_LARGE = "Your step is so large that the rest of the series counts."
NOT_DIVIDED = "Your value shrinks with the step: a slope is a change divided by the step."
PARTS = "The value is in one part of the complex number, and the slope in the other."
ONE_NUMBER = "You return one number: an array has a slope for each of its numbers."

COARSE, FINE = (0.1, 1e-2, 1e-3, 1e-4), (1e-5, 1e-6, 1e-8, 1e-10, 1e-12, 1e-16, 1e-20, 1e-30, 1e-50, 1e-100, 1e-200)
"""Steps in use: those with which a one-sided difference has not even six digits, and finer ones."""


def _slope(f: Callable[[Any], Any], z: Any, h: float = 1e-30) -> Any:
    return np.imag(f(z + 1j * h)) / h


def _misused(h: float) -> tuple[Mistake, ...]:
    return (
        Mistake(lambda f, z: np.imag(f(z + 1j * h)), NOT_DIVIDED),
        Mistake(lambda f, z: np.real(f(z + 1j * h)) / h, PARTS),
        Mistake(lambda f, z: f(z + 1j * h) / h, PARTS),
    )


def _too_large(h: float) -> tuple[Mistake, ...]:
    return (
        Mistake(lambda f, z: f(z + h) - f(z), NOT_DIVIDED),
        Mistake(lambda f, z: (f(z + h) - f(z)) / h, TOO_LARGE),
        Mistake(lambda f, z: (f(z) - f(z - h)) / h, TOO_LARGE),
    )


def _far_too_large(h: float) -> tuple[Mistake, ...]:
    return (
        Mistake(lambda f, z: (f(z + h) - f(z - h)) / (2 * h), TOO_LARGE),
        Mistake(lambda f, z: _slope(f, z, h), TOO_LARGE),
    )


MISTAKES = (
    Mistake(lambda f, z: -_slope(f, z), "Your slopes have the wrong sign: which way does the step go?"),
    Mistake(lambda f, z: 2 * _slope(f, z), "Twice too large: how far are the two points apart?"),
    Mistake(lambda f, z: _slope(f, z) / 2, "Half of the slope: how far are the two points apart?"),
    Mistake(lambda f, z: f(z), "That is the value of the function, not its slope."),
    Mistake(lambda f, z: np.zeros_like(z), "Your step is lost beside z, so nothing changes."),
    Mistake(lambda f, z: np.abs(_slope(f, z)), "The sign of the slope is lost."),
    Mistake(lambda f, z: 1 / (1 + np.exp(-z)) - 1, "That is the slope of one loss: f may be any smooth function."),
    Mistake(lambda f, z: np.mean(_slope(f, z)), ONE_NUMBER),
    Mistake(lambda f, z: np.sum(_slope(f, z)), ONE_NUMBER),
    Mistake(lambda f, z: _slope(f, z, 1e-20 * z), "Your step is a share of z, and so it is nothing where z is 0."),
    *(mistake for h in COARSE + FINE for mistake in _misused(h)),
    *(mistake for h in COARSE for mistake in _too_large(h)),
    *(mistake for h in COARSE[:2] for mistake in _far_too_large(h)),
)
