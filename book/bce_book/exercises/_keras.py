"""The grader of the chapter *keras*: a loss for a model that ends in a linear layer."""

from __future__ import annotations

from functools import partial
from typing import Any

from keras import ops
from keras.losses import binary_crossentropy

from bce_book.exercises.audit_requirement import AuditRequirement
from bce_book.exercises.cases import MODERATE, SURE_AND_RIGHT, SURE_AND_WRONG, losses
from bce_book.exercises.common_mistakes import NO_MINUS, SWAPPED_LOSSES
from bce_book.exercises.grading import Criterion, Grade, Mistake, Requirement, agrees_with, grade_answer
from bce_book.exercises.results import Answer, Case
from bce_lib.audit import audit


def keras(answer: Answer) -> Grade:
    """Grade a loss for a Keras model that ends in a linear layer, on the backend that Keras runs on.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, both columns: one loss per row.

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


REQUIREMENTS: tuple[Criterion, ...] = (
    _agreement(
        "One loss per row: the surprise at its label.",
        "What does a logit of 0 cost? And which class does a positive logit speak for?",
        MODERATE,
    ),
    _agreement(
        "A wrong and sure prediction costs as much as its logit is wide.",
        "Something cuts large losses off.",
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
        partial(audit, framework="keras", only=("tail-1", "tail-0", "symmetry", "gradient-float32", "gradient-zero")),
    ),
)


def _softplus_terms(y: Any, z: Any) -> Any:
    return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)


def _clipped(y: Any, z: Any) -> Any:
    p = ops.clip(ops.sigmoid(z) * 1.0, 1e-7, 1 - 1e-7)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


MISTAKES = (
    Mistake(
        _clipped,
        "A clip stands between you and the loss: it caps what a wrong prediction costs, and where it is flat nothing is"
        " learnt.",
    ),
    Mistake(
        binary_crossentropy,
        "The flag is forgotten: without it Keras believes that your logits are probabilities, and clips them.",
    ),
    Mistake(
        lambda y, z: _softplus_terms(y, ops.sigmoid(z)),
        "The sigmoid is taken twice: the model is linear, and your formula has a sigmoid of its own already.",
    ),
    Mistake(lambda y, z: -_softplus_terms(y, z), NO_MINUS),
    Mistake(lambda y, z: _softplus_terms(1 - y, z), SWAPPED_LOSSES),
    Mistake(
        lambda y, z: ops.mean(_softplus_terms(y, z)),
        "The mean over the batch is taken: Keras needs one loss per row, or weights cannot tell the rows apart.",
    ),
    Mistake(
        lambda y, z: ops.sum(_softplus_terms(y, z)),
        "The sum over the batch is taken: Keras needs one loss per row, or weights cannot tell the rows apart.",
    ),
    Mistake(
        lambda y, z: ops.softplus(z) - y * z,
        "Two nearly equal numbers are subtracted where label 1 is predicted rightly: take each class from its own"
        " side.",
    ),
)
