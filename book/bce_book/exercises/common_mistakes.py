"""The usual mistakes with their hints, where several graders know them."""

from __future__ import annotations

import numpy as np

from bce_book.exercises.cases import log_likelihoods
from bce_book.exercises.grading import Mistake
from bce_book.exercises.results import Answer
from bce_book.exercises.slips import BASE_2 as BITS
from bce_lib import sigmoid

SUM = "Your values are those of a sum, not of a mean."
CLIPPED = "A clip, or a small number added to a probability, caps your loss."

WRONG_SIGN = "Your values have the wrong sign: a loss is never negative."
NO_MINUS = "The minus sign is missing: a surprise is never negative."

SWAPPED = "The two terms are swapped: a label of 1 asks for the probability of 1."
SWAPPED_LOSSES = "The two terms are swapped: label 1 has the loss of label 0."

CLIPS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)
"""The bounds that are in use."""


def clip_mistakes(loss: Answer, probability: Answer = np.asarray) -> tuple[Mistake, ...]:
    """Return the loss of clipped probabilities, which may have to be computed first, for each bound that is in use."""

    def clip_at(bound: float) -> Answer:
        return lambda y, given: loss(y, np.clip(probability(given), bound, 1 - bound))

    return tuple(Mistake(clip_at(bound), CLIPPED) for bound in CLIPS)


LOSS_MISTAKES = (
    Mistake(lambda y, p: -np.sum(log_likelihoods(y, p)), SUM),
    Mistake(lambda y, p: np.mean(log_likelihoods(y, p)), WRONG_SIGN),
    Mistake(lambda y, p: -np.mean(log_likelihoods(1 - np.asarray(y), p)), SWAPPED),
    Mistake(lambda y, p: -np.mean(log_likelihoods(y, p)) / np.log(2), BITS),
    Mistake(lambda y, p: -np.mean(y * np.log(p)), "Only the labels of 1 count in yours: what of the others?"),
    Mistake(
        lambda y, p: -log_likelihoods(y, p), "You return a loss for each label: one number for all of them is wanted."
    ),
    Mistake(
        lambda y, p: -np.mean(log_likelihoods(y, sigmoid(p))), "A sigmoid is taken of what is a probability already."
    ),
    *clip_mistakes(lambda y, p: -np.mean(log_likelihoods(y, p))),
)
"""What people write for the mean loss of probabilities."""
