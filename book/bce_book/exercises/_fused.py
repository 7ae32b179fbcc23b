"""The grader of the chapter *fused*: the mean loss and its gradient in one pass over chunks."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_LOGITS
from bce_book.exercises.common_mistakes import SUM, WRONG_SIGN
from bce_book.exercises.grading import Grade, Mistake, Rejection, Requirement, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid

_loss, _slopes = binary_cross_entropy_with_logits, binary_cross_entropy_gradient


def fused(answer: Answer) -> Grade:
    """Grade the mean loss and its gradient in one pass over chunks, in little memory.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits, chunk)``, of two float64 arrays of the shape (n,), labels from 0 to 1 and logits, and
        the length of a chunk, which need not divide n: the mean loss in nats, and its derivative with respect to each
        logit, of the shape (n,).

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import bce_lib as bce
    >>> def whole(y_true, logits, chunk):
    ...     loss = bce.binary_cross_entropy_with_logits(y_true, logits)
    ...     return loss, bce.binary_cross_entropy_gradient(y_true, logits, reduction="sum")
    >>> exercises.fused(whole)
    ✗ fused: 0 of 6 checks passed
      must hold: Chunks of one length: the mean loss, and its gradient.
      tried:     whole([1, 0, 1, 1], [2, -1.5, 0.5, -0.75], 2)
      got:       (0.484822, [-0.119203, 0.182426, -0.377541, -0.679179])
      hint:      Your gradient is that of the sum.
    """
    return grade_answer("fused", answer, REQUIREMENTS, MISTAKES)


def _loss_and_slopes(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    return _loss(y, z), _slopes(y, z)


def _peak_memory(answer: Answer, y: Any, z: Any, chunk: int) -> float:
    """Return the memory that a call takes at its peak, in multiples of that of the logits."""
    answer(y[:chunk], z[:chunk], chunk)  # what only a first call takes, such as imports, is none of its results
    tracemalloc.start()
    try:
        answer(y, z, chunk)
        return tracemalloc.get_traced_memory()[1] / float(z.nbytes)
    finally:
        tracemalloc.stop()


def _reject_much_memory(peaks: list[Any]) -> Rejection | None:
    """Allow the gradient, once more where its chunks are joined, and some chunks."""
    return Rejection(0, f"{peaks[0]:.1f} times the memory of the logits at the peak") if peaks[0] > 2.5 else None


_y, _z = WITH_LOGITS

REQUIREMENTS = (
    agreement(
        "Chunks of one length: the mean loss, and its gradient.",
        "What is divided by what, and when?",
        (_y[:4], _z[:4], 2),
        expected=_loss_and_slopes,
        rtol=CLOSE,
    ),
    agreement(
        "The last chunk may be shorter, and a chunk may be longer than all the data.",
        "Which labels are in which chunk?",
        (_y, _z, 2),
        (_y, _z, 7),
        expected=_loss_and_slopes,
        rtol=CLOSE,
    ),
    agreement(
        "A label between 0 and 1 belongs to both classes, each with its share.",
        "What if the label is neither 0 nor 1?",
        (np.array([0.3, 0.9, 0.25, 0.6]), np.array([2.0, -1.5, -0.5, 0.75]), 3),
        expected=_loss_and_slopes,
        rtol=CLOSE,
    ),
    agreement(
        "At a logit of exactly 0, the slope of one loss is ½ minus the label.",
        "Which part of your code takes the sign of a logit, or an absolute value? What is it at 0?",
        (np.array([1.0, 0.0, 0.25]), np.zeros(3), 2),
        expected=_loss_and_slopes,
        rtol=CLOSE,
    ),
    agreement(
        "Right and sure: small, but not 0.",
        "Which subtraction could be avoided?",
        (np.array([1.0, 1.0, 0.0]), np.array([20.0, 45.0, -20.0]), 2),
        expected=_loss_and_slopes,
        rtol=1e-12,
    ),
    Requirement(
        "No intermediate result is longer than a chunk.",
        [(np.tile(_y, 8_000), np.tile(_z, 8_000), 500)],
        _reject_much_memory,
        "Which of your arrays have as many numbers as the logits? Only the gradient needs them.",
        _peak_memory,
    ),
)


def _chunks(z: Any, chunk: int, overlap: int = 0) -> list[slice]:
    return [slice(start, start + chunk + overlap) for start in range(0, z.size, chunk)]


def _mean_of_means(y: Any, z: Any, chunk: int) -> Any:
    return np.mean([_loss(y[part], z[part]) for part in _chunks(z, chunk)])


def _slopes_of_means(y: Any, z: Any, chunk: int) -> Any:
    return np.concatenate([_slopes(y[part], z[part]) for part in _chunks(z, chunk)])


def _without_last_chunk(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    whole = z.size - z.size % chunk
    slopes = np.where(np.arange(z.size) < whole, _slopes(y, z), 0)
    return _loss(y[:whole], z[:whole], reduction="sum") / z.size, slopes


def _overlapping_chunks(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    total = sum(_loss(y[part], z[part], reduction="sum") for part in _chunks(z, chunk, 1))
    return total / z.size, _slopes(y, z)


def _hard_loss(y: Any, z: Any) -> Any:
    return np.mean(np.logaddexp(0, (1 - 2 * y) * z))


def _hard_slopes(y: Any, z: Any) -> Any:
    return np.where(y == 1, -sigmoid(-z), sigmoid(z)) / z.size


def _slopes_by_sign(y: Any, z: Any) -> Any:
    return np.where(z == 0, 0, _slopes(y, z))


HARD = "Your formula knows the labels 0 and 1 only: between them, both classes have a share."
SIGN = "At a logit of exactly 0 your slope is 0, as is the sign of 0: it should be ½ minus the label."
OWN_MEAN = "Each chunk's gradient is that of its own mean: all of the labels share in the mean."

MISTAKES = (
    Mistake(lambda y, z, _: (_loss(y, z, reduction="sum"), _slopes(y, z)), "Your loss is a sum, not a mean."),
    Mistake(lambda y, z, _: (_loss(y, z), _slopes(y, z, reduction="sum")), "Your gradient is that of the sum."),
    Mistake(lambda y, z, _: (_loss(y, z, reduction="sum"), _slopes(y, z, reduction="sum")), SUM),
    Mistake(lambda y, z, _: (-_loss(y, z), _slopes(y, z)), WRONG_SIGN),
    Mistake(lambda y, z, chunk: (_mean_of_means(y, z, chunk), _slopes_of_means(y, z, chunk)), OWN_MEAN),
    Mistake(lambda y, z, chunk: (_loss(y, z), _slopes_of_means(y, z, chunk)), OWN_MEAN),
    Mistake(
        lambda y, z, chunk: (_mean_of_means(y, z, chunk), _slopes(y, z)),
        "A mean of means counts a short chunk in full.",
    ),
    Mistake(lambda y, z, _: (_hard_loss(y, z), _slopes(y, z)), HARD),
    Mistake(lambda y, z, _: (_loss(y, z), _hard_slopes(y, z)), HARD),
    Mistake(lambda y, z, _: (_hard_loss(y, z), _hard_slopes(y, z)), HARD),
    Mistake(lambda y, z, _: (_loss(y, z), _slopes_by_sign(y, z)), SIGN),
    Mistake(_without_last_chunk, "The last chunk is shorter, and it is missing."),
    Mistake(_overlapping_chunks, "Your chunks overlap: some labels are counted twice."),
    Mistake(
        lambda y, z, _: (_loss(y, z), (sigmoid(z) - y) / z.size),
        "The sigmoid minus the label loses its digits in the tail.",
    ),
    Mistake(
        lambda y, z, _: (np.mean(np.log(1 + np.exp(z)) - y * z), _slopes(y, z)),
        "The difference of two large numbers loses a small loss.",
    ),
)
