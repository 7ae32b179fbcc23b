"""What the graders of the loss have in common: cases, tolerance, and the usual mistakes with their hints."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Answer, Mistake
from bce_lib import binary_cross_entropy, sigmoid

LABELS, PROBABILITIES = [1, 0, 1, 1, 0], [0.9, 0.2, 0.6, 0.3, 0.5]
FIVE = np.array(LABELS, dtype=float), np.array(PROBABILITIES)
FIVE_LOGITS = FIVE[0], np.array([2.0, -1.5, 0.5, -0.75, 0.25])
CLOSE = 1e-12  # some thousand ulp of float64: a sum in another order or a log more passes, a wrong formula does not

SUM = "Your values are those of a sum, not of a mean."
SIGN = "Your values have the wrong sign: a loss is never negative."
SWAPPED = "The two terms are swapped: a label of 1 asks for the probability of 1."
BITS = "Your values are in bits: the logarithm is to the base 2, not the natural one."
CLIPPED = "A clip, or a small number added to a probability, caps your loss."
TINY = 1e-30  # a probability below every clip that is in use

CLIPS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)


def terms(y: Any, p: Any) -> Any:
    """Return each label's log-likelihood by the textbook line, in float64."""
    y, p = np.asarray(y, dtype=float), np.asarray(p)
    return y * np.log(p) + (1 - y) * np.log(1 - p)


def mean(y: Any, p: Any) -> float:
    """Return the mean loss, exact on probabilities."""
    return float(binary_cross_entropy(y, p))


def clipped(loss: Answer, probability: Answer = np.asarray) -> tuple[Mistake, ...]:
    """Make a loss of clipped probabilities, which may have to be computed first, for each bound that is in use."""

    def at(bound: float) -> Answer:
        return lambda y, given: loss(y, np.clip(probability(given), bound, 1 - bound))

    return tuple(Mistake(at(bound), CLIPPED) for bound in CLIPS)


LOSSES = (
    Mistake(lambda y, p: -np.sum(terms(y, p)), SUM),
    Mistake(lambda y, p: np.mean(terms(y, p)), SIGN),
    Mistake(lambda y, p: -np.mean(terms(1 - np.asarray(y), p)), SWAPPED),
    Mistake(lambda y, p: -np.mean(terms(y, p)) / np.log(2), BITS),
    Mistake(lambda y, p: -np.mean(y * np.log(p)), "Only the labels of 1 count in yours: what of the others?"),
    Mistake(lambda y, p: -terms(y, p), "You return a loss for each label: one number for all of them is wanted."),
    Mistake(lambda y, p: -np.mean(terms(y, sigmoid(p))), "A sigmoid is taken of what is a probability already."),
    *clipped(lambda y, p: -np.mean(terms(y, p))),
)
