"""The grader of the chapter *underflow*: a divergence whose digits survive when the beliefs are nearly equal."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from bce_book.exercises.cases import CLOSE
from bce_book.exercises.common_mistakes import CLIPS
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import cross_entropy, kl_divergence
from bce_lib import entropy as entropy_of


def underflow(answer: Answer) -> Grade:
    """Grade a divergence in nats: of beliefs far apart, nearly equal, and of certain truths.

    Parameters
    ----------
    answer : callable
        ``answer(p, q)``, of two numbers, the truth from 0.1 to 0.9 or exactly 0 or 1, and the belief from 0.1 to 0.9:
        one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> exercises.underflow(lambda p, q: (q - p) ** 2 / (2 * p * (1 - p)))
    ✗ underflow: 0 of 3 checks passed
      must hold: Truth and belief far apart.
      tried:     answer(0.7, 0.4)
      got:       0.214286
      hint:      This is the parabola: it is right only where q is close to
                 p.
    """
    return grade_answer("underflow", answer, REQUIREMENTS, MISTAKES)


def _divergence(p: float, q: float) -> float:
    return float(kl_divergence(p, q))


REQUIREMENTS = (
    agreement(
        "Truth and belief far apart.",
        "How surprising is each of the outcomes, by how much more than it should be, and how often does it come?",
        (0.7, 0.4),
        (0.2, 0.9),
        (0.5, 0.1),
        expected=_divergence,
        rtol=CLOSE,
    ),
    agreement(
        "Nine digits at a distance of 1e-5, and 0 at none.",
        "Do you subtract two numbers that are nearly equal, or round a number near 1 before you take its logarithm?",
        (0.3, 0.30001),
        (0.8, 0.79999),
        (0.5, 0.50002),
        (0.2, 0.20003),
        (0.6, 0.6),
        expected=_divergence,
        rtol=1e-9,
        atol=1e-20,
    ),
    agreement(
        "A certain truth: what never happens adds nothing.",
        "What does an outcome add whose probability is 0?",
        (0.0, 0.3),
        (1.0, 0.3),
        (0.0, 0.9),
        expected=_divergence,
        rtol=CLOSE,
    ),
)


def _log1p_form(p: float, q: float) -> float:
    d = np.float64(p - q)
    return float(p * np.log1p(d / q) + (1 - p) * np.log1p(-d / (1 - q)))


def _clipped(bound: float, p: float, q: float) -> float:
    return _log1p_form(float(np.clip(p, bound, 1 - bound)), q)


NEVER = "0 times an infinite logarithm is NaN to a computer: what never happens adds nothing."
NEVER_ERROR = "The logarithm of 0 is an error: what never happens adds nothing."
CLIPPED = "You keep the truth away from 0 and 1, and the result changes: what never happens adds nothing."
OPPOSITE = "The two differences have opposite signs: what one outcome gains, the other loses."
UNWEIGHTED = "Each logarithm counts as often as its outcome comes."
RELATIVE = "Each difference counts relative to the belief: not to the truth, and not to 1."

MISTAKES = (
    Mistake(lambda p, q: _divergence(q, p), "This is D(q ‖ p), not D(p ‖ q): what is true gives the weights."),
    Mistake(lambda p, q: float(cross_entropy(p, q)), "This is the cross-entropy: the entropy of the truth has to go."),
    Mistake(lambda p, q: float(entropy_of(p)), "This is the entropy of the truth; where is the belief?"),
    Mistake(lambda p, q: p * math.log(p / q), "Only one of two outcomes counts in yours."),
    Mistake(lambda p, q: p * math.log1p((p - q) / q), "Only one of two outcomes counts in yours."),
    Mistake(
        lambda p, q: (q - p) ** 2 / (2 * p * (1 - p)), "This is the parabola: it is right only where q is close to p."
    ),
    Mistake(
        lambda p, q: (q - p) ** 2 / (2 * q * (1 - q)), "This is the parabola: it is right only where q is close to p."
    ),
    Mistake(lambda p, q: float(p * np.log1p((p - q) / q) + (1 - p) * np.log1p((p - q) / (1 - q))), OPPOSITE),
    Mistake(lambda p, q: p * math.log1p((p - q) / q) + (1 - p) * math.log1p((p - q) / (1 - q)), OPPOSITE),
    Mistake(lambda p, q: float(p * np.log1p(p - q) + (1 - p) * np.log1p(q - p)), RELATIVE),
    Mistake(lambda p, q: float(p * np.log1p((p - q) / p) + (1 - p) * np.log1p((q - p) / (1 - p))), RELATIVE),
    Mistake(lambda p, q: float(np.log1p((p - q) / q) + np.log1p((q - p) / (1 - q))), UNWEIGHTED),
    Mistake(_log1p_form, NEVER),
    Mistake(lambda p, q: p * math.log1p((p - q) / q) + (1 - p) * math.log1p((q - p) / (1 - q)), NEVER_ERROR),
    *(Mistake(partial(_clipped, bound), CLIPPED) for bound in CLIPS if bound > CLOSE),
)
