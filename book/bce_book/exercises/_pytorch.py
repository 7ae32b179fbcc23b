"""The grader of the chapter *pytorch*: a loss of tensors whose gradient autograd finds."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from bce_book.exercises.audit_requirement import AuditRequirement
from bce_book.exercises.cases import MODERATE, SURE_AND_RIGHT, SURE_AND_WRONG, losses
from bce_book.exercises.common_mistakes import SWAPPED_LOSSES
from bce_book.exercises.grading import Criterion, Grade, Mistake, Requirement, agreement, agrees_with, grade_answer
from bce_book.exercises.results import Answer, Case, Numbers
from bce_book.exercises.slips import ROUNDED
from bce_lib.audit import audit


def pytorch(answer: Answer) -> Grade:
    """Grade a loss in PyTorch from logits that is right in both tails, with the gradient that autograd finds.

    Parameters
    ----------
    answer : callable
        ``answer(logits, targets)``, in PyTorch's order: one loss per target. Targets are numbers from 0 to 1.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import torch
    >>> exercises.pytorch(lambda z, y: torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), y))
    ✗ pytorch: 0 of 9 checks passed
      must hold: One loss for each target, as with PyTorch's
                 reduction="none".
      tried:     answer([2, -1, -0.5, 3, 0.25] (float32), [1, 0, 1, 0, 1]
                 (float32))
      got:       one number, not an array of shape (5,)
      hint:      The mean over the targets is taken: return the loss of
                 each, and let the caller reduce.
    """
    return grade_answer("pytorch", answer, REQUIREMENTS, MISTAKES)


def _tensors(labels: Any, logits: Any) -> Case:
    return torch.tensor(logits), torch.tensor(labels)


_MODERATE, _SURE_AND_WRONG, _SURE_AND_RIGHT = (_tensors(*case) for case in (MODERATE, SURE_AND_WRONG, SURE_AND_RIGHT))
_SOFT = _tensors([0.3, 0.75, 0.5, 0.9], [2.0, -1.5, 0.5, -3.0])


def _right(z: Any, y: Any) -> Any:
    return losses(y, z)


def _zeros(z: Any, y: Any) -> Numbers:
    return np.zeros(z.shape)


def _gradient(loss: Answer, z: Any, y: Any) -> Any:
    """Return what autograd finds for the sum of the losses."""
    logits = z.clone().requires_grad_()
    return torch.autograd.grad(loss(logits, y).sum(), logits)[0]


_audit = partial(audit, framework="torch", order="prediction, y_true")

REQUIREMENTS: tuple[Criterion, ...] = (
    Requirement(
        'One loss for each target, as with PyTorch\'s reduction="none".',
        [_MODERATE],
        agrees_with(_zeros, [_MODERATE], rtol=0, atol=np.inf),  # the shape alone
        "Look at the shape of what you return.",
    ),
    agreement(
        "Each is the surprise at its target.",
        "What does a logit of 0 cost? And which class does a positive logit speak for?",
        _MODERATE,
        expected=_right,
        rtol=1e-5,
    ),
    agreement(
        "Soft labels: a target of 0.3 counts 0.3 of the loss of label 1 and 0.7 of that of label 0.",
        "Yours is right for the labels 0 and 1 alone. What does it make of the rest of a soft label?",
        _SOFT,
        expected=_right,
        rtol=1e-5,
    ),
    agreement(
        "A wrong and sure prediction costs as much as its logit is wide.",
        "What is cut off, or overflows, where a logit is large?",
        _SURE_AND_WRONG,
        expected=_right,
        rtol=1e-5,
    ),
    Requirement(
        "Autograd finds the right gradient where the model is wrong and sure.",
        [_SURE_AND_WRONG],
        agrees_with(partial(_gradient, _right), [_SURE_AND_WRONG], rtol=1e-5),
        "The gradient has to reach the logits: stay within PyTorch's own functions, detach nothing, and clamp nothing.",
        _gradient,
    ),
    agreement(
        "A right and sure prediction costs little, and not nothing.",
        "Which of your steps rounds to 0 or 1?",
        _SURE_AND_RIGHT,
        expected=_right,
        rtol=1e-5,
    ),
    AuditRequirement(
        "Both tails keep their digits, in the loss and in its gradient.",
        "Where the model is right and sure, the loss is tiny: it must not be the difference of two large numbers,"
        " nor the logarithm of a number near 1.",
        partial(_audit, only=("tail-1", "tail-0", "gradient-float32")),
    ),
    AuditRequirement(
        "At a logit of exactly 0 the gradient is ½ − y.",
        "Everything is right up to here, but |z| and max(z, 0) have a kink at 0, and autograd has to choose a slope"
        " there. Which form has no kink, or which choice of slope at 0 gives the right sum?",
        partial(_audit, only=("gradient-zero",)),
    ),
    AuditRequirement(
        "Both tails keep their digits in float64 too.",
        "Right in float32 and wrong in float64: a function that you call switches to a straight line too soon. Is there"
        " another one without such a threshold?",
        partial(_audit, only=("loss-hard-float64", "gradient-float64")),
    ),
)

_PROBABILITY = (
    "Between the sigmoid and the logarithm stands a rounded probability, and what was rounded away there does not come"
    " back: start from the logit."
)


def _of_probability(z: Any, y: Any) -> Any:
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log())


def _rounded(z: Any, y: Any, decimals: int) -> Any:
    """Return rounded losses whose gradient is right: a gradient of 0 has other causes."""
    right = _right(z, y)
    return right + (torch.round(right, decimals=decimals) - right).detach()


MISTAKES = (
    Mistake(
        lambda z, y: _right(z, y).mean(),
        "The mean over the targets is taken: return the loss of each, and let the caller reduce.",
    ),
    Mistake(
        lambda z, y: _right(z, y).sum(),
        "The sum over the targets is taken: return the loss of each, and let the caller reduce.",
    ),
    Mistake(lambda z, y: _right(z, 1 - y), SWAPPED_LOSSES),
    Mistake(
        lambda z, y: _right(torch.sigmoid(z), y),
        "The sigmoid is taken twice: one of your functions has it built in, and you have added another before it.",
    ),
    Mistake(
        lambda z, y: _right(F.logsigmoid(z), y),
        "The logarithm of the sigmoid is handed to a function that expects a logit.",
    ),
    Mistake(
        lambda z, y: F.softplus(z) - y * z,
        "Two nearly equal numbers are subtracted where label 1 is predicted rightly: which form of the loss has"
        " positive terms only?",
    ),
    Mistake(
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "This is what PyTorch's own loss returns: one of its two tails is lost in a subtraction of nearly equal"
        " numbers.",
    ),
    Mistake(lambda z, y: F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none"), _PROBABILITY),
    Mistake(_of_probability, _PROBABILITY),
    Mistake(
        lambda z, y: y * torch.log1p(torch.exp(-z)) + (1 - y) * torch.log1p(torch.exp(z)),
        "The exponential overflows beyond 88: its argument must never be large and positive.",
    ),
    Mistake(lambda z, y: y * F.softplus(-z), "Only the targets of 1 count in yours: what of the others?"),
    *(Mistake(partial(_rounded, decimals=decimals), ROUNDED) for decimals in (2, 3, 4)),
)
