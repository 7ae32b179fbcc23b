"""The grader of the chapter *federated*: an example and its label, read out of a gradient."""

from __future__ import annotations

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers

Reading = tuple[Numbers, int]
"""The features of an example, and its label."""


def federated(answer: Answer) -> Grade:
    """Grade a reading: the one example whose gradient is given, and its label.

    Parameters
    ----------
    answer : callable
        ``answer(by_weights, by_bias)``, of the gradient of a logistic regression's binary cross-entropy for one
        example: an array, with respect to the weights, and a number other than 0, with respect to the bias. The pair
        ``(x, y)``: an array of features, and 0 or 1.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> def label_turned(by_weights, by_bias):
    ...     return by_weights / by_bias, int(by_bias > 0)
    >>> exercises.federated(label_turned)
    ✗ federated: 0 of 5 checks passed
      must hold: An example of label 1.
      tried:     label_turned([-0.9, 0.15, -1.8], -0.6)
      got:       ([1.5, -0.25, 3], 0)
      hint:      Your label is the wrong one: which sign has prediction
                 minus label, if the label is 1?
    """
    return grade_answer("federated", answer, REQUIREMENTS, MISTAKES)


def _reading(by_weights: Numbers, by_bias: float) -> Reading:
    return by_weights / by_bias, int(by_bias < 0)


def _gradients(x: list[float], error: float) -> tuple[Numbers, float]:
    return error * np.array(x), error


REQUIREMENTS = (
    agreement(
        "An example of label 1.",
        "Both gradients have a factor in common. Which of the two shows it without anything else?",
        _gradients([1.5, -0.25, 3.0], -0.6),
        expected=_reading,
        rtol=1e-9,
    ),
    agreement(
        "An example of either label.",
        "Which sign has prediction minus label, if the label is 0?",
        _gradients([1.5, -0.25, 3.0], 0.6),
        _gradients([-2.0, 0.5, 1.0], -0.75),
        expected=_reading,
        rtol=1e-9,
    ),
    agreement(
        "Features may be 0, large or few.",
        "Does your code scale features, or expect a certain number of them?",
        _gradients([0.0, 17.99, 1001.0, 0.0], -0.9),
        _gradients([4.0], 0.8),
        expected=_reading,
        rtol=1e-9,
    ),
    agreement(
        "The prediction may be good.",
        "A good prediction makes both gradients small. What of them tells the label nevertheless?",
        _gradients([1.5, -0.25, 3.0], -0.03),
        _gradients([0.5, 2.0], 0.2),
        expected=_reading,
        rtol=1e-9,
    ),
    agreement(
        "The prediction may be nearly perfect.",
        "Is a small number added somewhere, or a small gradient taken for none?",
        _gradients([1.5, -0.25, 3.0], -1e-12),
        _gradients([0.5, 2.0], 1e-14),
        expected=_reading,
        rtol=1e-9,
    ),
)

_SMALL = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)

MISTAKES = (
    Mistake(
        lambda by_weights, by_bias: (by_weights / by_bias, int(by_bias > 0)),
        "Your label is the wrong one: which sign has prediction minus label, if the label is 1?",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights * by_bias, int(by_bias < 0)),
        "You multiply by the common factor once more: it has to go.",
    ),
    Mistake(lambda by_weights, by_bias: (by_bias / by_weights, int(by_bias < 0)), "Your division is upside down."),
    Mistake(
        lambda by_weights, by_bias: (by_weights - by_bias, int(by_bias < 0)),
        "You subtract: the two gradients have a factor in common, not a summand.",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights, int(by_bias < 0)),
        "This is the gradient as it was given: it has a factor that the features have not.",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights / abs(by_bias), int(by_bias < 0)),
        "The features of label 1 have the wrong sign: the factor is negative there.",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights / by_bias, by_bias),
        "Your label is the error of the prediction: 0 or 1 is wanted, and the sign tells which.",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights / by_bias, -int(np.sign(by_bias))),
        "Your label is 1 or -1: 0 or 1 is wanted.",
    ),
    Mistake(
        lambda by_weights, by_bias: (by_weights / by_bias, int(by_bias < -0.5)),
        "The label is in the sign of the error, however small the error is.",
    ),
    Mistake(
        lambda by_weights, by_bias: by_weights / by_bias, "You return the features alone: the label is wanted too."
    ),
    Mistake(
        lambda by_weights, by_bias: (int(by_bias < 0), by_weights / by_bias), "The features come first, then the label."
    ),
    Mistake(
        lambda by_weights, by_bias: (
            by_weights / by_bias / np.linalg.norm(by_weights / by_bias),
            int(by_bias < 0),
        ),
        "You divide by a length: it is the direction that you find, and not the features.",
    ),
    Mistake(
        lambda by_weights, by_bias: (np.clip(by_weights / by_bias, 0, 1), int(by_bias < 0)),
        "You clip the features: they may be any numbers.",
    ),
    *(
        Mistake(
            lambda by_weights, by_bias, small=small: (by_weights / (by_bias + small), int(by_bias < 0)),
            "You add a small number to what you divide by: the gradient may be smaller than that.",
        )
        for small in _SMALL
    ),
)
