"""The grader of the chapter *keras*: a loss for a model that ends in a linear layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from keras import ops
from keras.losses import binary_crossentropy

from bce_book.exercises.audit_requirement import AuditRequirement
from bce_book.exercises.cases import MODERATE, SURE_AND_RIGHT, SURE_AND_WRONG, losses
from bce_book.exercises.common_mistakes import SWAPPED_LOSSES
from bce_book.exercises.grading import Criterion, Grade, Mistake, Requirement, agrees_with, grade_answer
from bce_book.exercises.results import Answer, Case
from bce_book.exercises.slips import ROUNDED
from bce_lib.audit import Report, audit


def keras(answer: Answer) -> Grade:
    """Grade a loss for a Keras model that ends in a linear layer, on the backend that Keras runs on.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, both columns: one loss per row. Labels are numbers from 0 to 1.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> def my_loss(y_true, logits):
    ...     ...  # your code here
    >>> exercises.keras(my_loss)
    – keras: nothing here yet
      Replace the three dots with your code, let it return its result, and
      run the cell again.
    """
    return grade_answer("keras", answer, REQUIREMENTS, MISTAKES)


def _right(y: Any, z: Any) -> Any:
    return losses(y, z)[:, 0]


def _losses_of_rows(loss: Answer, y: Any, z: Any) -> Any:
    """Return what a loss gives for tensors of Keras' backend, as an array of NumPy, of shape (n,) where it is right."""
    result = loss(ops.convert_to_tensor(y), ops.convert_to_tensor(z))
    if result is None or result is ...:
        return None
    values = ops.convert_to_numpy(result)
    return values[:, 0] if values.shape == y.shape else values


def _agreement(statement: str, hint: str, labels_and_logits: Case) -> Requirement:
    columns = [tuple(values[:, None] for values in labels_and_logits)]
    return Requirement(statement, columns, agrees_with(_right, columns, rtol=1e-5), hint, _losses_of_rows)


_SOFT = np.array([0.3, 0.75, 0.5, 0.9], dtype=np.float32), np.array([2.0, -1.5, 0.5, -3.0], dtype=np.float32)


def _audit(answer: Answer, only: Sequence[str]) -> Report:
    """Audit an answer that is given columns, as the exercise says; the audit itself calls a loss with flat arrays."""

    def of_flat(y: Any, z: Any) -> Any:
        losses = answer(ops.reshape(y, (-1, 1)), ops.reshape(z, (-1, 1)))
        return ops.reshape(losses, ops.shape(z))

    return audit(of_flat, framework="keras", only=only)


REQUIREMENTS: tuple[Criterion, ...] = (
    _agreement(
        "One loss per row: the surprise at its label.",
        "What does a logit of 0 cost? Which class does a positive logit speak for? And do the labels come first?",
        MODERATE,
    ),
    _agreement(
        "Soft labels: a label of 0.3 counts 0.3 of the loss of label 1 and 0.7 of that of label 0.",
        "Yours is right for the labels 0 and 1 alone. What does it make of the rest of a soft label?",
        _SOFT,
    ),
    _agreement(
        "A wrong and sure prediction costs as much as its logit is wide.",
        "What is cut off, or overflows, where a logit is large?",
        SURE_AND_WRONG,
    ),
    _agreement(
        "A right and sure prediction costs little, and not nothing.",
        "Which of your steps rounds to 0 or 1?",
        SURE_AND_RIGHT,
    ),
    AuditRequirement(
        "Both tails keep their digits, in the loss and in its gradient.",
        "Stay within keras.ops, so that the gradient finds its way, and let no term be the difference of two large"
        " ones.",
        partial(_audit, only=("tail-1", "tail-0", "gradient-float32")),
    ),
    AuditRequirement(
        "At a logit of exactly 0 the gradient is ½ − y.",
        "Everything is right up to here, but |z| and max(z, 0) have a kink at 0, and the backend has to choose a slope"
        " there. Which form has no kink, or which choice of slope at 0 gives the right sum?",
        partial(_audit, only=("gradient-zero",)),
    ),
    AuditRequirement(
        "Soft labels keep their digits.",
        "Right for the labels 0 and 1: at a soft label two large numbers are subtracted, as in the loss of Keras on"
        " TensorFlow. Which form adds positive terms only?",
        partial(_audit, only=("loss-soft-float32",)),
    ),
)


def _terms(y: Any, z: Any) -> Any:
    return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)


def _of_probability(y: Any, z: Any) -> Any:
    p = ops.sigmoid(z) * 1.0
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def _clipped(y: Any, z: Any) -> Any:
    p = ops.clip(ops.sigmoid(z) * 1.0, 1e-7, 1 - 1e-7)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def _rounded(y: Any, z: Any, decimals: int) -> Any:
    return ops.round(_terms(y, z), decimals)


MISTAKES = (
    Mistake(
        _clipped,
        "A clip stands between you and the loss: it caps what a wrong prediction costs, and where it is flat nothing is"
        " learned.",
    ),
    Mistake(
        binary_crossentropy,
        "The flag is forgotten: without it Keras believes that your logits are probabilities, and clips them.",
    ),
    Mistake(
        _of_probability,
        "Between the sigmoid and the logarithm stands a rounded probability, and what was rounded away there does not"
        " come back: start from the logit.",
    ),
    Mistake(
        lambda y, z: _terms(y, ops.sigmoid(z)),
        "The sigmoid is taken twice: the model is linear, and your formula has a sigmoid of its own already.",
    ),
    Mistake(
        lambda y, z: ops.softplus(y) - y * z,
        "The arguments are in PyTorch's order, the logits first. Keras' order is asked for: the labels first.",
    ),
    Mistake(lambda y, z: _terms(1 - y, z), SWAPPED_LOSSES),
    Mistake(
        lambda y, z: ops.mean(_terms(y, z)),
        "The mean over the batch is taken: Keras needs one loss per row, or weights cannot tell the rows apart.",
    ),
    Mistake(
        lambda y, z: ops.sum(_terms(y, z)),
        "The sum over the batch is taken: Keras needs one loss per row, or weights cannot tell the rows apart.",
    ),
    Mistake(
        lambda y, z: ops.softplus(z) - y * z,
        "Two nearly equal numbers are subtracted where label 1 is predicted rightly: take each class from its own"
        " side.",
    ),
    Mistake(
        lambda y, z: (1 - y) * z + ops.softplus(-z),
        "Two nearly equal numbers are subtracted where label 0 is predicted rightly: take each class from its own"
        " side.",
    ),
    Mistake(
        lambda y, z: y * ops.log1p(ops.exp(-z)) + (1 - y) * ops.log1p(ops.exp(z)),
        "The exponential overflows beyond 88: its argument must never be large and positive.",
    ),
    Mistake(lambda y, z: y * ops.softplus(-z), "Only the labels of 1 count in yours: what of the others?"),
    *(Mistake(partial(_rounded, decimals=decimals), ROUNDED) for decimals in (2, 3, 4)),
)
