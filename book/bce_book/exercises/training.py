"""The grader for the chapter on logistic regression: one step of gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Answer, Grade, Mistake, grade, holds
from bce_lib import sigmoid
from bce_lib.audit._inputs import Numbers

__all__ = ["logistic_regression"]

FEATURES = np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8], [0.2, 2.0], [-1.1, -0.4]])
LABELS = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
WEIGHTS = np.array([0.3, -0.6, 0.9])
RATE = 0.5


def logistic_regression(answer: Answer) -> Grade:
    """Grade one step of gradient descent on the mean loss of a logistic regression.

    Parameters
    ----------
    answer : callable
        ``answer(w, X, y, rate)``: the new weights. ``w[0]`` is the intercept, and `X`, of shape (n, d), has no column
        of ones.

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
    >>> exercises.logistic_regression(uphill)
    ✗ logistic_regression: 0 of 4 checks passed
      must hold: From weights 0, one step along the features.
      tried:     uphill([0, 0, 0], an array of shape (5, 2), [1, 0, 1, 0,
                 1], 0.5)
      got:       [-0.05, 0.15, 0.145]
      hint:      The minus sign is missing: this step leads up, where the
                 loss is larger.
    """
    checks = [
        holds(
            "From weights 0, one step along the features.",
            "By how much is each prediction off, and along which features does it pull?",
            (np.zeros(3), FEATURES, LABELS, RATE),
            expected=_step,
            rtol=1e-9,
        ),
        holds(
            "From any weights, and with any rate.",
            "What is the logit of an example, from all of its weights?",
            (WEIGHTS, FEATURES, LABELS, RATE),
            (WEIGHTS, FEATURES, LABELS, 0.1),
            expected=_step,
            rtol=1e-9,
        ),
        holds(
            "As many weights as there are features, and one.",
            "Is a shape written down where it should be asked for?",
            (np.array([0.2, -0.4]), FEATURES[:, :1], LABELS, RATE),
            (WEIGHTS, FEATURES[:2], LABELS[:2], RATE),
            expected=_step,
            rtol=1e-9,
        ),
        holds(
            "Large features do no harm.",
            "An exponential overflows on the way, or a probability is divided by: the gradient needs neither.",
            (WEIGHTS, 1000 * FEATURES, LABELS, RATE),
            expected=_step,
            rtol=1e-9,
        ),
    ]
    return grade("logistic_regression", answer, checks, _MISTAKES)


def _off(w: Numbers, X: Numbers, y: Numbers) -> Any:
    return sigmoid(w[0] + X @ w[1:]) - y


def _slope(X: Numbers, g: Any) -> Any:
    return np.append(np.mean(g), X.T @ g / len(g))


def _step(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * _slope(X, _off(w, X, y))


def _without_intercept_in_logit(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * _slope(X, sigmoid(X @ w[1:]) - y)


def _intercept_stands_still(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * np.append(0, _slope(X, _off(w, X, y))[1:])


def _logit_for_probability(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    return w - rate * _slope(X, w[0] + X @ w[1:] - y)


def _squared_error(w: Numbers, X: Numbers, y: Numbers, rate: float) -> Any:
    g = _off(w, X, y)
    p = g + y
    return w - rate * _slope(X, g * p * (1 - p))


_MISTAKES = [
    Mistake(
        lambda w, X, y, rate: w + rate * _slope(X, _off(w, X, y)),
        "The minus sign is missing: this step leads up, where the loss is larger.",
    ),
    Mistake(
        lambda w, X, y, rate: w - rate * len(y) * _slope(X, _off(w, X, y)),
        "The sum over the examples is there, not their mean: such a step grows with the size of the data.",
    ),
    Mistake(
        _intercept_stands_still,
        "The intercept stands still: its feature is 1 for every example, and what follows from that for its slope?",
    ),
    Mistake(
        lambda w, X, y, rate: w[1:] - rate * _slope(X, _off(w, X, y))[1:],
        "The intercept is missing among the new weights.",
    ),
    Mistake(lambda w, X, y, rate: _slope(X, _off(w, X, y)), "This is the gradient, and not yet the step."),
    Mistake(lambda w, X, y, rate: w - _slope(X, _off(w, X, y)), "The rate is missing."),
    Mistake(_without_intercept_in_logit, "The intercept is missing from the logit."),
    Mistake(_logit_for_probability, "The sigmoid is missing: a logit is compared with a label."),
    Mistake(
        _squared_error,
        "This is the slope of the squared error: it has a factor that vanishes where the model is"
        " sure, and cross-entropy has not.",
    ),
    Mistake(
        lambda w, X, y, rate: w - rate * _slope(X, (w[0] + X @ w[1:] >= 0) - y),
        "A decision is compared with the label: it is the probability that has to be.",
    ),
]
