"""The grader of the chapter *optimizers*: one step of gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers
from bce_lib import sigmoid


def optimizers(answer: Answer) -> Grade:
    """Grade one step of gradient descent on the mean loss of a logistic regression.

    Parameters
    ----------
    answer : callable
        ``answer(w, X, y, rate)``: the new weights, of arrays. ``w[0]`` is the intercept, `X`, of shape (n, d), has no
        column of ones, and a label may be soft.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def uphill(w, X, y, rate):
    ...     p = 1 / (1 + np.exp(-(w[0] + X @ w[1:])))
    ...     slope = np.append(np.mean(p - y), X.T @ (p - y) / len(y))
    ...     return w + rate * slope
    >>> exercises.optimizers(uphill)
    ✗ optimizers: 0 of 5 checks passed
      must hold: From weights 0, one step along the features.
      tried:     uphill([0, 0, 0], an array of shape (5, 2), [1, 0, 1, 0,
                 1], 0.5)
      got:       [-0.05, 0.15, 0.145]
      hint:      The minus sign is missing: this step leads up, where the
                 loss is larger.
    """
    return grade_answer("optimizers", answer, REQUIREMENTS, MISTAKES)


_FEATURES = np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8], [0.2, 2.0], [-1.1, -0.4]])
_LABELS = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
_WEIGHTS = np.array([0.3, -0.6, 0.9])
_RATE = 0.5


def _logits(w: Numbers, X: Numbers) -> Numbers:
    return np.asarray(w[0] + X @ w[1:])


def _errors(w: Numbers, X: Numbers, y: Numbers) -> Any:
    return sigmoid(_logits(w, X)) - y


def _slope(X: Numbers, errors: Any) -> Any:
    return np.append(np.mean(errors), X.T @ errors / len(errors))


def _step(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * _slope(X, _errors(w, X, y))


REQUIREMENTS = (
    agreement(
        "From weights 0, one step along the features.",
        "By how much is each prediction off, and along which features does it pull?",
        (np.zeros(3), _FEATURES, _LABELS, _RATE),
        expected=_step,
        rtol=1e-9,
    ),
    agreement(
        "From any weights, and with any rate.",
        "What is the logit of an example, from all of its weights?",
        (_WEIGHTS, _FEATURES, _LABELS, _RATE),
        (_WEIGHTS, _FEATURES, _LABELS, 0.1),
        expected=_step,
        rtol=1e-9,
    ),
    agreement(
        "As many weights as there are features, and one more.",
        "Is a shape written down where it should be asked for?",
        (np.array([0.2, -0.4]), _FEATURES[:, :1], _LABELS, _RATE),
        (_WEIGHTS, _FEATURES[:2], _LABELS[:2], _RATE),
        expected=_step,
        rtol=1e-9,
    ),
    agreement(
        "A label may be soft.",
        "Where do you ask whether a label is 1? Prediction minus label holds for every label from 0 to 1.",
        (_WEIGHTS, _FEATURES, np.array([0.9, 0.2, 0.5, 0.0, 1.0]), _RATE),
        expected=_step,
        rtol=1e-9,
    ),
    agreement(
        "Large features do no harm.",
        "An exponential overflows on the way, or you divide by a probability: the gradient needs neither.",
        (_WEIGHTS, 1000 * _FEATURES, _LABELS, _RATE),
        expected=_step,
        rtol=1e-9,
    ),
)


def _without_intercept_in_logit(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * _slope(X, sigmoid(X @ w[1:]) - y)


def _intercept_stands_still(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * np.append(0, _slope(X, _errors(w, X, y))[1:])


def _features_with_all_weights(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * X.T @ (sigmoid(X @ w) - y) / len(y)


def _squared_error(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    errors = _errors(w, X, y)
    p = errors + y
    return w - rate * _slope(X, errors * p * (1 - p))


MISTAKES = (
    Mistake(
        lambda w, X, y, rate: w + rate * _slope(X, _errors(w, X, y)),
        "The minus sign is missing: this step leads up, where the loss is larger.",
    ),
    Mistake(
        lambda w, X, y, rate: w - rate * len(y) * _slope(X, _errors(w, X, y)),
        "This is the sum over the examples, not their mean: such a step grows with the size of the data.",
    ),
    Mistake(
        _intercept_stands_still,
        "The intercept stands still: its feature is 1 for every example, and what follows from that for its slope?",
    ),
    Mistake(
        lambda w, X, y, rate: w[1:] - rate * _slope(X, _errors(w, X, y))[1:],
        "The intercept is missing from the new weights.",
    ),
    Mistake(lambda w, X, y, rate: _slope(X, _errors(w, X, y)), "This is the gradient, and not yet the step."),
    Mistake(lambda w, X, y, rate: w - _slope(X, _errors(w, X, y)), "The rate is missing."),
    Mistake(_without_intercept_in_logit, "The intercept is missing from the logit."),
    Mistake(
        lambda w, X, y, rate: w - rate * _slope(X, _logits(w, X) - y),
        "The sigmoid is missing: a logit is compared with a label.",
    ),
    Mistake(
        _squared_error,
        "This is the slope of the squared error: it has a factor that vanishes where the model is sure, and"
        " cross-entropy has not.",
    ),
    Mistake(
        lambda w, X, y, rate: w - rate * _slope(X, (_logits(w, X) >= 0) - y),
        "A decision is compared with the label: it is the probability that has to be.",
    ),
    Mistake(
        _features_with_all_weights,
        "The shapes do not fit. `X` has a row per example, and `w` has one number more than `X` has columns: its first"
        " is the intercept.",
    ),
)
