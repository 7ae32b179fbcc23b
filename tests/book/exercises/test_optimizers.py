"""The grader of the chapter *optimizers*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy_gradient, sigmoid
from graders import assert_fails, assert_passes


def one_step(w: Any, X: Any, y: Any, rate: Any) -> Any:
    off = sigmoid(w[0] + X @ w[1:]) - y
    return w - rate * np.append(off.mean(), X.T @ off / len(y))


def with_ones(w: Any, X: Any, y: Any, rate: Any) -> Any:
    X = np.column_stack([np.ones(len(X)), X])
    return [*(w - rate * X.T @ (sigmoid(X @ w) - y) / len(y))]


def step_with(slope: Answer) -> Answer:
    """Return a step along a slope made of features, labels, logits and the weights without the intercept."""

    def step(w: Any, X: Any, y: Any, rate: Any) -> Any:
        return w - rate * slope(X, y, w[0] + X @ w[1:], w[1:])

    return step


def along(X: Any, off: Any) -> Any:
    return np.append(off.mean(), X.T @ off / len(off))


def by_division(X: Any, y: Any, z: Any, w: Any) -> Any:
    p = 1 / (1 + np.exp(-z))
    return along(X, p * (1 - p) * (p - y) / (p * (1 - p)))


def by_loop(w: Any, X: Any, y: Any, rate: Any) -> Any:
    slope = np.zeros(len(w))
    for row, label in zip(X, y, strict=True):
        features = np.array([1, *row])
        slope += (expit(features @ w) - label) * features / len(y)
    return w - rate * slope


def on_a_copy(w: Any, X: Any, y: Any, rate: Any) -> Any:
    new, off = w.copy(), expit(w[0] + X @ w[1:]) - y
    new[0] -= rate * off.mean()
    new[1:] -= rate * (off[:, None] * X).mean(axis=0)
    return new


def by_library(w: Any, X: Any, y: Any, rate: Any) -> Any:
    return w - rate * along(X, binary_cross_entropy_gradient(y, w[0] + X @ w[1:], reduction="none"))


def in_place(w: Any, X: Any, y: Any, rate: Any) -> Any:
    w -= rate * along(X, sigmoid(w[0] + X @ w[1:]) - y)
    return w


RIGHT = {
    "intercept apart": one_step,
    "column of ones": with_ones,
    "loop": by_loop,
    "on a copy": on_a_copy,
    "library's gradient": by_library,
    "textbook's sigmoid": step_with(lambda X, y, z, w: along(X, 1 / (1 + np.exp(-z)) - y)),
    "hyperbolic tangent": step_with(lambda X, y, z, w: along(X, 0.5 + 0.5 * np.tanh(z / 2) - y)),
    "sum over examples": step_with(lambda X, y, z, w: np.r_[sum(expit(z) - y), (expit(z) - y) @ X] / len(y)),
    "einsum": step_with(
        lambda X, y, z, w: np.r_[np.mean(expit(z) - y), np.einsum("i,ij->j", expit(z) - y, X) / len(y)]
    ),
}

WRONG = {
    "uphill": (lambda w, X, y, rate: one_step(w, X, y, -rate), "leads up"),
    "sum": (lambda w, X, y, rate: one_step(w, X, y, rate * len(y)), "the sum"),
    "intercept stands still": (
        step_with(lambda X, y, z, w: np.append(0, along(X, sigmoid(z) - y)[1:])),
        "intercept stands still",
    ),
    "no intercept returned": (lambda *case: one_step(*case)[1:], "missing from the new weights"),
    "gradient": (lambda w, X, y, rate: (w - one_step(w, X, y, rate)) / rate, "not yet the step"),
    "no rate": (lambda w, X, y, rate: one_step(w, X, y, 1), "rate is missing"),
    "no intercept in the logit": (step_with(lambda X, y, z, w: along(X, sigmoid(X @ w) - y)), "missing from the logit"),
    "no sigmoid": (step_with(lambda X, y, z, w: along(X, z - y)), "sigmoid is missing"),
    "squared error": (
        step_with(lambda X, y, z, w: along(X, (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z))),
        "squared error",
    ),
    "decision": (step_with(lambda X, y, z, w: along(X, (z >= 0) - y)), "A decision"),
    "transposed": (step_with(lambda X, y, z, w: along(X.T, sigmoid(z) - y)), "shapes do not fit"),
    "written shape": (step_with(lambda X, y, z, w: along(X, sigmoid(z) - y) * len(y) / 5), "shape written down"),
    "hard labels alone": (
        step_with(lambda X, y, z, w: along(X, np.where(y == 1, expit(z) - 1, expit(z)))),
        "whether a label is 1",
    ),
    "all weights": (lambda w, X, y, rate: w - rate * X.T @ (expit(X @ w) - y) / len(y), "shapes do not fit"),
    "printed": (lambda *case: print(one_step(*case)), "You print"),
    "rounded": (lambda *case: one_step(*case).round(3), "rounded"),
    "in place": (in_place, "Work on a copy"),
    "textbook's division": (step_with(by_division), "divide by a probability"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.optimizers, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.optimizers, answer, hint)
