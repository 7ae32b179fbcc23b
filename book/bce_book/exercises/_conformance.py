"""The grader of the chapter *conformance*: a loss in NumPy that passes the whole audit."""

from __future__ import annotations

from functools import partial

import numpy as np

from bce_book.exercises.audit_requirement import AuditRequirement
from bce_book.exercises.cases import MODERATE, losses
from bce_book.exercises.common_mistakes import NO_MINUS, SWAPPED_LOSSES
from bce_book.exercises.grading import Criterion, Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib.audit import audit


def conformance(answer: Answer) -> Grade:
    """Grade a loss in NumPy that is to pass the whole audit, with the easier questions first.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: one loss per target.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.conformance(lambda y, z: z * y - np.logaddexp(0, z))
    ✗ conformance: 0 of 8 checks passed
      must hold: One loss for each target.
      tried:     answer([1, 0, 1, 0, 1] (float32), [2, -1, -0.5, 3, 0.25]
                 (float32))
      got:       [-0.126928, -0.313262, -0.974077, -3.04859, -0.575939]
      hint:      The minus sign is missing: a surprise is never negative.
    """
    return grade_answer("conformance", answer, REQUIREMENTS, MISTAKES)


def _audit_requirement(statement: str, hint: str, *checks: str) -> AuditRequirement:
    return AuditRequirement(statement, hint, partial(audit, only=checks))


REQUIREMENTS: tuple[Criterion, ...] = (
    agreement(
        "One loss for each target.",
        "Compare by hand: what does a logit of 0 cost? And which class does a positive logit speak for?",
        MODERATE,
        expected=losses,
        rtol=1e-5,
    ),
    _audit_requirement(
        "Ordinary predictions get the right loss.",
        "Every formula agrees here, so it is a mistake in the formula, or in the order of the arguments.",
        "answers",
        "moderate",
    ),
    _audit_requirement(
        "A prediction that is sure and wrong costs its logit.",
        "Somewhere the loss stops growing: look for a clip, or for a probability that has become 0 or 1.",
        "saturation",
    ),
    _audit_requirement(
        "Labels 0 and 1 keep their digits in both tails.",
        "A tail is lost where nearly equal numbers are subtracted, or where 1 is added to something tiny.",
        "loss-hard-float32",
        "loss-hard-float64",
        "tail-1",
        "tail-0",
        "symmetry",
        "quiet",
    ),
    _audit_requirement(
        "Soft labels keep their digits.",
        "A subtraction of nearly equal numbers is left: which form has terms that are never negative?",
        "loss-soft-float32",
        "loss-soft-float64",
        "labels-soft",
    ),
    _audit_requirement(
        "An infinite logit has the loss 0 or infinity, and a NaN stays one.",
        "Somewhere 0 meets infinity in a product: what should the product be where its coefficient is 0?",
        "infinite",
        "nan",
    ),
    _audit_requirement(
        "What makes no sense is refused.",
        "Look at what comes in, before you compute: what must the labels be, and what the two shapes?",
        "labels-outside",
        "shapes",
    ),
    AuditRequirement(
        "Every check of the audit passes.", "Ask the audit itself, and read why this check matters.", audit
    ),
)

MISTAKES = (
    Mistake(
        lambda y, z: np.mean(losses(y, z)),
        "The mean over the targets is taken: the audit could live with that, but this exercise asks for the loss of"
        " each.",
    ),
    Mistake(lambda y, z: -losses(y, z), NO_MINUS),
    Mistake(lambda y, z: losses(1 - y, z), SWAPPED_LOSSES),
    Mistake(lambda y, z: losses(y, 1 / (1 + np.exp(-z))), "The sigmoid is taken twice."),
)
