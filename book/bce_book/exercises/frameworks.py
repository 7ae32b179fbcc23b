"""Graders for the chapters of part 3: a loss in PyTorch, one in Keras, one that passes the audit, and a softmax.

Where the question is whether a loss is right everywhere, the audit itself is asked: `Audited` makes some of its checks
one check of a grader. Frameworks are imported when a grader is called that needs one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bce_book.exercises.grading import Answer, Check, Examination, Grade, Mistake, Problem, equal, grade, holds
from bce_lib import binary_cross_entropy_with_logits, cross_entropy_with_logits
from bce_lib.audit import audit
from bce_lib.audit._frameworks import FrameworkName
from bce_lib.audit._inputs import Numbers
from bce_lib.audit._subject import Order

__all__ = ["conformance", "keras", "pytorch", "softmax"]

LABELS: Any = np.array([1, 0, 1, 0, 1], dtype=np.float32)
LOGITS: Any = np.array([2.0, -1.0, -0.5, 3.0, 0.25], dtype=np.float32)
"""Ordinary predictions, right and wrong ones, no two alike: every formula agrees here."""

SURE_LABELS: Any = np.array([1, 0, 1, 0], dtype=np.float32)
WRONG_AND_SURE: Any = np.array([-40, 40, -95, 95], dtype=np.float32)
RIGHT_AND_SURE: Any = np.array([20, -20, 60, -60], dtype=np.float32)


@dataclass(frozen=True)
class Audited:
    """Checks of the audit, by name, as one check of a grader; all of them if none is named."""

    must: str
    hint: str
    checks: Sequence[str] | None = None
    framework: FrameworkName = "numpy"
    order: Order = "y_true, prediction"

    def problem(self, answer: Answer, mistakes: Sequence[Mistake]) -> Problem | None:
        """Return the first finding of the audit that is a failure, or None."""
        report = audit(answer, order=self.order, framework=self.framework, only=self.checks)
        if report.passed:
            return None
        first = report.failures[0]
        return Problem(f"the audit's check {first.check}, {first.input or 'all of its inputs'}", first.measured)


def _loss(y: Any, z: Any) -> Any:
    return binary_cross_entropy_with_logits(y, z, reduction="none")


# ------------------------------------------------------------------------------------------------------------- PyTorch


def pytorch(answer: Answer) -> Grade:
    """Grade a loss in PyTorch from logits that is right in both tails, with the gradient that autograd finds.

    Parameters
    ----------
    answer : callable
        ``answer(logits, targets)``, in PyTorch's order: one loss a target.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import torch
    >>> exercises.pytorch(lambda z, y: torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), y))
    ✗ pytorch: 0 of 7 checks passed
      must hold: One loss for each target, as PyTorch's reduction="none".
      tried:     answer([2, -1, -0.5, 3, 0.25] (float32), [1, 0, 1, 0, 1]
                 (float32))
      got:       one number, not an array of shape (5,)
      hint:      The mean over the targets is taken: return the loss of
                 each, and let the caller reduce.
    """
    import torch
    import torch.nn.functional as F

    def cases(z: Numbers, y: Numbers) -> list[tuple[Any, Any]]:
        return [(torch.tensor(z), torch.tensor(y))]

    def ours(z: Any, y: Any) -> Any:
        return _loss(y, z)

    def slopes(function: Answer, z: Any, y: Any) -> Any:
        point = z.clone().requires_grad_()
        return torch.autograd.grad(function(point, y).sum(), point)[0]

    def right_slopes(z: Any, y: Any) -> Any:
        return slopes(ours, z, y)

    def of_probability(z: Any, y: Any) -> Any:
        return F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none")

    def of_library(z: Any, y: Any) -> Any:
        return F.binary_cross_entropy_with_logits(z, y, reduction="none")

    ordinary, wrong = cases(LOGITS, LABELS), cases(WRONG_AND_SURE, SURE_LABELS)
    right = cases(RIGHT_AND_SURE, SURE_LABELS)
    mistakes = [
        Mistake(
            lambda z, y: ours(z, y).mean(),
            "The mean over the targets is taken: return the loss of each, and let the caller reduce.",
        ),
        Mistake(
            lambda z, y: ours(z, y).sum(),
            "The sum over the targets is taken: return the loss of each, and let the caller reduce.",
        ),
        Mistake(lambda z, y: -ours(z, y), "The minus sign is missing: a surprise is never negative."),
        Mistake(lambda z, y: ours(z, 1 - y), "The two terms are swapped: label 1 has the loss of label 0."),
        Mistake(
            lambda z, y: ours(torch.sigmoid(z), y),
            "The sigmoid is taken twice: one of your functions has it built in, and you have added another before it.",
        ),
        Mistake(
            lambda z, y: ours(F.logsigmoid(z), y),
            "The logarithm of the sigmoid is handed to a function that expects a logit.",
        ),
        Mistake(
            lambda z, y: F.softplus(z) - y * z,
            "Two nearly equal numbers are subtracted where label 1 is predicted"
            " rightly: which form of the loss has positive terms only?",
        ),
        Mistake(
            of_probability,
            "Between the sigmoid and the logarithm stands a rounded probability, and behind it a"
            " clamp: what was rounded away there does not come back.",
        ),
        Mistake(
            of_library,
            "This is what PyTorch's own loss returns: one of its two tails is lost in a subtraction of"
            " nearly equal numbers.",
        ),
    ]
    by_slopes = Check(
        "Autograd finds the right gradient where the model is wrong and sure.",
        wrong,
        equal(right_slopes, wrong, rtol=1e-5),
        "The gradient has to reach the logits: stay within PyTorch's own functions, detach nothing, and clamp nothing.",
        ask=slopes,
    )
    by_audit = [
        Audited(
            "Both tails keep their digits, in the loss and in its gradient.",
            "Where the model is right and sure, the loss is tiny: it must not be the difference of two large numbers,"
            " nor the logarithm of a number near 1.",
            ("tail-1", "tail-0", "symmetry", "gradient-float32", "gradient-zero"),
            "torch",
            "prediction, y_true",
        ),
        Audited(
            "So they do in float64.",
            "Right in float32 and wrong in float64: a function that you call goes over to a straight line too soon. Is"
            " there another one without such a threshold?",
            ("loss-hard-float64", "gradient-float64"),
            "torch",
            "prediction, y_true",
        ),
    ]
    checks: list[Examination] = [
        Check(
            'One loss for each target, as PyTorch\'s reduction="none".',
            ordinary,
            _one_each(len(LOGITS)),
            "Look at the shape of what you return.",
        ),
        holds(
            "Each is the surprise at its target.",
            "What does a logit of 0 cost? And which class does a positive logit speak for?",
            *ordinary,
            expected=ours,
            rtol=1e-5,
        ),
        holds(
            "A wrong and sure prediction costs as much as its logit is wide.",
            "Something cuts large losses off.",
            *wrong,
            expected=ours,
            rtol=1e-5,
        ),
        by_slopes,
        holds(
            "A right and sure prediction costs little, and not nothing.",
            "Which of your steps rounds to 0 or 1?",
            *right,
            expected=ours,
            rtol=1e-5,
        ),
        *by_audit,
    ]
    return grade("pytorch", answer, checks, mistakes)


def _one_each(count: int) -> Any:
    """Make a judge: one number a target, whatever it is."""

    def zeros(*_: Any) -> Numbers:
        return np.zeros(count)

    return equal(zeros, [()], rtol=0, atol=np.inf)


# --------------------------------------------------------------------------------------------------------------- Keras


def keras(answer: Answer) -> Grade:
    """Grade a loss for a Keras model that ends in a linear layer, on the backend that Keras runs on.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, both columns: one loss a row.

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
      Replace the three dots by your code, let it return its result, and run
      the cell again.
    """
    from keras import losses, ops

    def cases(y: Numbers, z: Numbers) -> list[tuple[Any, Any]]:
        return [(y[:, None], z[:, None])]

    def ours(y: Any, z: Any) -> Any:
        return _loss(y, z)[:, 0]

    def ask(function: Answer, y: Any, z: Any) -> Any:
        found = function(ops.convert_to_tensor(y), ops.convert_to_tensor(z))
        if found is None or found is ...:
            return None
        found = ops.convert_to_numpy(found)
        return found[:, 0] if found.shape == y.shape else found

    def check(must: str, hint: str, y: Numbers, z: Numbers) -> Check:
        these = cases(y, z)
        return Check(must, these, equal(ours, these, rtol=1e-5), hint, ask)

    def softplus_terms(y: Any, z: Any) -> Any:
        return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)

    def clipped(y: Any, z: Any) -> Any:
        p = ops.clip(ops.sigmoid(z) * 1.0, 1e-7, 1 - 1e-7)
        return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))

    mistakes = [
        Mistake(
            clipped,
            "A clip stands between you and the loss: it caps what a wrong prediction costs, and where it"
            " is flat nothing is learnt.",
        ),
        Mistake(
            losses.binary_crossentropy,
            "The flag is forgotten: without it Keras believes that your logits are probabilities, and clips them.",
        ),
        Mistake(
            lambda y, z: softplus_terms(y, ops.sigmoid(z)),
            "The sigmoid is taken twice: the model is linear, and your formula has a sigmoid of its own already.",
        ),
        Mistake(lambda y, z: -softplus_terms(y, z), "The minus sign is missing: a surprise is never negative."),
        Mistake(lambda y, z: softplus_terms(1 - y, z), "The two terms are swapped: label 1 has the loss of label 0."),
        Mistake(
            lambda y, z: ops.mean(softplus_terms(y, z)),
            "The mean over the batch is taken: Keras needs one loss a row, or weights cannot tell the rows apart.",
        ),
        Mistake(
            lambda y, z: ops.sum(softplus_terms(y, z)),
            "The sum over the batch is taken: Keras needs one loss a row, or weights cannot tell the rows apart.",
        ),
        Mistake(
            lambda y, z: ops.softplus(z) - y * z,
            "Two nearly equal numbers are subtracted where label 1 is"
            " predicted rightly: take each class from its own side.",
        ),
    ]
    checks: list[Examination] = [
        check(
            "One loss a row: the surprise at its label.",
            "What does a logit of 0 cost? And which class does a positive logit speak for?",
            LABELS,
            LOGITS,
        ),
        check(
            "A wrong and sure prediction costs as much as its logit is wide.",
            "Something cuts large losses off.",
            SURE_LABELS,
            WRONG_AND_SURE,
        ),
        check(
            "A right and sure prediction costs little, and not nothing.",
            "Which of your steps rounds to 0 or 1?",
            SURE_LABELS,
            RIGHT_AND_SURE,
        ),
        Audited(
            "Both tails keep their digits, in the loss and in its gradient.",
            "Stay within keras.ops, so that the"
            " gradient finds its way, and let no term be the difference of two large ones.",
            ("tail-1", "tail-0", "symmetry", "gradient-float32", "gradient-zero"),
            "keras",
        ),
    ]
    return grade("keras", answer, checks, mistakes)


# --------------------------------------------------------------------------------------------------------- conformance


def conformance(answer: Answer) -> Grade:
    """Grade a loss in NumPy that is to pass the whole audit, with the easier questions first.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: one loss a target.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.conformance(lambda y, z: z * y - np.logaddexp(0, z))
    ✗ conformance: 0 of 7 checks passed
      must hold: One loss for each target.
      tried:     answer([1, 0, 1, 0, 1] (float32), [2, -1, -0.5, 3, 0.25]
                 (float32))
      got:       [-0.126928, -0.313262, -0.974077, -3.04859, -0.575939]
      hint:      The minus sign is missing: a surprise is never negative.
    """
    checks: list[Examination] = [
        holds(
            "One loss for each target.",
            "Compare by hand: what does a logit of 0 cost? And which class does a positive logit speak for?",
            (LABELS, LOGITS),
            expected=_loss,
            rtol=1e-5,
        ),
        Audited(
            "Ordinary predictions get the right loss.",
            "Every formula agrees here, so it is a mistake in the formula, or in the order of the arguments.",
            ("answers", "moderate"),
        ),
        Audited(
            "Labels 0 and 1 keep their digits in both tails.",
            "A tail is lost where nearly equal numbers are subtracted, or where 1 is added to something tiny.",
            ("loss-hard-float32", "loss-hard-float64", "tail-1", "tail-0", "symmetry", "saturation", "quiet"),
        ),
        Audited(
            "Soft labels keep their digits.",
            "A subtraction of nearly equal numbers is left: which form has terms that are never negative?",
            ("loss-soft-float32", "loss-soft-float64", "labels-soft"),
        ),
        Audited(
            "An infinite logit has the loss 0 or infinity, and a NaN stays one.",
            "Somewhere 0 meets infinity in a product: what should the product be where its coefficient is 0?",
            ("infinite", "nan"),
        ),
        Audited(
            "What makes no sense is refused.",
            "Look at what comes in, before you compute: what must the labels be, and what the two shapes?",
            ("labels-outside", "shapes"),
        ),
        Audited("Every check of the audit passes.", "Ask the audit itself, and read why this check matters."),
    ]
    mistakes = [
        Mistake(
            lambda y, z: np.mean(_loss(y, z)),
            "The mean over the targets is taken: the audit could live with it,"
            " this exercise asks for the loss of each.",
        ),
        Mistake(lambda y, z: -_loss(y, z), "The minus sign is missing: a surprise is never negative."),
        Mistake(lambda y, z: _loss(1 - y, z), "The two terms are swapped: label 1 has the loss of label 0."),
        Mistake(lambda y, z: _loss(y, 1 / (1 + np.exp(-z))), "The sigmoid is taken twice."),
    ]
    return grade("conformance", answer, checks, mistakes)


# ------------------------------------------------------------------------------------------------------------- softmax

CLASSES = np.array([0, 2, 1, 2, 0])
SCORES = np.array([[2.0, -1.0, 0.5], [0.3, 3.0, -2.0], [1.0, 1.2, 4.0], [-0.5, 0.1, 1.5], [0.7, -0.2, 0.4]])
SURE_SCORES = np.array([[45.0, 0.0, -1.0], [3.0, -2.0, 44.0]])


def softmax(answer: Answer) -> Grade:
    """Grade the mean cross-entropy of classes by number, from one row of scores an example.

    Parameters
    ----------
    answer : callable
        ``answer(y, z)``: `y` of shape (n,) holds classes, `z` of shape (n, K) scores; one number, the mean.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def sum_for_mean(y, z):
    ...     return np.sum(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])
    >>> exercises.softmax(sum_for_mean)
    ✗ softmax: 0 of 4 checks passed
      must hold: The mean surprise at the true classes, one number.
      tried:     sum_for_mean([0, 2, 1, 2, 0] (int64), an array of shape (5,
                 3))
      got:       9.30528
      hint:      The sum over the examples is there, not their mean.
    """
    checks: list[Examination] = [
        holds(
            "The mean surprise at the true classes, one number.",
            "Is it the score of the true class that you take, row by row, and the whole row that shares the one?",
            (CLASSES, SCORES),
            expected=cross_entropy_with_logits,
            rtol=1e-9,
        ),
        holds(
            "Only differences of scores count.",
            "Take scores of a thousand apart by hand: which of your numbers is too large or too small for a float?",
            (CLASSES, SCORES + 1000),
            (CLASSES, SCORES - 1000),
            expected=cross_entropy_with_logits,
            rtol=1e-9,
        ),
        holds(
            "A wrong and sure prediction has a finite loss.",
            "Which of your numbers is too large or too small for a float?",
            (np.array([1]), np.array([[700.0, -100.0, 1.0]])),
            expected=cross_entropy_with_logits,
            rtol=1e-9,
        ),
        holds(
            "A right and sure prediction costs little, and not nothing.",
            "A sum with 1 in it drowns what is small: which function of NumPy adds the 1 without rounding?",
            (np.array([0, 2]), SURE_SCORES),
            expected=cross_entropy_with_logits,
            rtol=1e-9,
        ),
    ]
    return grade("softmax", answer, checks, _SOFTMAX_MISTAKES)


def _shares(z: Numbers, axis: int = 1) -> Numbers:
    return np.asarray(np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True))


def _at(y: Numbers, values: Numbers) -> Numbers:
    return np.asarray(values[np.arange(len(y)), y])


def _shifted(y: Numbers, z: Numbers) -> Any:
    z = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum(axis=1)) - _at(y, z))


def _of_share(y: Numbers, z: Numbers) -> Any:
    return np.mean(-np.log(_at(y, _shares(z))))


def _of_shifted_share(y: Numbers, z: Numbers) -> Any:
    return _of_share(y, z - z.max(axis=1, keepdims=True))


_OVERFLOW = (
    "The exponential of a large score overflows, and that of a small one becomes 0: only differences count, so which"
    " number may be taken off all scores of a row?"
)

_SOFTMAX_MISTAKES = [
    Mistake(
        _shifted,
        "The overflow is gone, and the tail is lost: a sum that contains 1 moves in steps. Leave the"
        " largest out of it.",
    ),
    Mistake(_of_shifted_share, "A share that has become 0 has an infinite surprise: do you need the share at all?"),
    Mistake(_of_share, _OVERFLOW),
    Mistake(lambda y, z: np.mean(np.log(np.exp(z).sum(axis=1)) - _at(y, z)), _OVERFLOW),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="sum"),
        "The sum over the examples is there, not their mean.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z, reduction="none"),
        "One loss an example is there, and not yet their mean.",
    ),
    Mistake(lambda y, z: -cross_entropy_with_logits(y, z), "The minus sign is missing: a surprise is never negative."),
    Mistake(
        lambda y, z: np.mean(-np.log(_at(y, _shares(z, axis=0)))),
        "The shares add up along the wrong axis: it is the classes of one example that share the one, not the"
        " examples of one class.",
    ),
    Mistake(
        lambda y, z: np.mean(np.log(np.exp(z).sum()) - _at(y, z)),
        "One sum over all scores of all examples: each example has a whole of its own.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, _shares(z)),
        "The softmax is taken twice: shares are taken for scores.",
    ),
    Mistake(
        lambda y, z: -np.mean(_at(y, _shares(z))),
        "The logarithm is missing: this is minus the share of the true class.",
    ),
    Mistake(
        lambda y, z: -np.mean(_at(y, z)),
        "The softmax is missing: this is minus the score of the true class, and has no lower bound.",
    ),
    Mistake(
        lambda y, z: cross_entropy_with_logits(y, z) / np.log(2),
        "It is in bits, not in nats: the logarithm is to base 2.",
    ),
]
