"""The graders of parts 3 and 4 accept what is right, and tell every usual mistake by its name and not by its mend."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from keras import ops

import bce_lib as bce
from bce_book import exercises
from bce_lib import cross_entropy_with_logits

Answer = Callable[..., Any]


def torch_terms(z: Any, y: Any) -> Any:
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z))


def torch_library(z: Any, y: Any) -> Any:
    return bce.binary_cross_entropy_with_logits(y, z, reduction="none")


def keras_terms(y: Any, z: Any) -> Any:
    return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)


def keras_library(y: Any, z: Any) -> Any:
    return keras.losses.binary_crossentropy(y, z, from_logits=True)


def numpy_library(y: Any, z: Any) -> Any:
    return bce.binary_cross_entropy_with_logits(y, z, reduction="none")


def by_gaps(y: Any, z: Any) -> Any:
    rows, gap = np.arange(len(y)), z.max(axis=1, keepdims=True) - z
    others = np.exp(-gap)
    others[rows, z.argmax(axis=1)] = 0
    return np.mean(gap[rows, y] + np.log1p(others.sum(axis=1)))


def one_step(w: Any, X: Any, y: Any, rate: Any) -> Any:
    off = bce.sigmoid(w[0] + X @ w[1:]) - y
    return w - rate * np.append(off.mean(), X.T @ off / len(y))


def with_ones(w: Any, X: Any, y: Any, rate: Any) -> Any:
    X = np.column_stack([np.ones(len(X)), X])
    return [*(w - rate * X.T @ (bce.sigmoid(X @ w) - y) / len(y))]


RIGHT = [
    (exercises.pytorch, torch_terms),
    (exercises.pytorch, torch_library),
    (exercises.keras, keras_terms),
    (exercises.keras, keras_library),
    (exercises.conformance, numpy_library),
    (exercises.softmax, cross_entropy_with_logits),
    (exercises.softmax, by_gaps),
    (exercises.logistic_regression, one_step),
    (exercises.logistic_regression, with_ones),
]


@pytest.mark.parametrize(("grader", "answer"), RIGHT)
def test_what_is_right_passes(grader: Answer, answer: Answer) -> None:
    grade = grader(answer)
    assert grade.passed, grade
    assert grade.held == grade.checks


def shares(z: Any, axis: int = 1) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


def at(y: Any, values: Any) -> Any:
    return values[np.arange(len(y)), y]


def shifted(y: Any, z: Any) -> Any:
    z = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum(axis=1)) - at(y, z))


def keras_clipped(y: Any, z: Any) -> Any:
    p = ops.clip(1.0 * ops.sigmoid(z), 1e-7, 1 - 1e-7)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def step_with(slope: Callable[..., Any]) -> Answer:
    """Return a step along a slope made of features, labels, logits and the weights without the intercept."""

    def step(w: Any, X: Any, y: Any, rate: Any) -> Any:
        return w - rate * slope(X, y, w[0] + X @ w[1:], w[1:])

    return step


def along(X: Any, off: Any) -> Any:
    return np.append(off.mean(), X.T @ off / len(off))


def unlearning(z: Any, y: Any) -> Any:
    return torch_terms(z.detach(), y) + 0 * z


def refuses(y: Any, z: Any) -> Any:
    raise RuntimeError("no")


def unguarded(y: Any, z: Any) -> Any:
    """Return a loss that is right for every label and finite logit, and looks at nothing."""
    m, against = np.abs(z), np.where(z >= 0, 1 - y, y)
    return against * m + np.log1p(np.exp(-m.astype(float))).astype(z.dtype)


WRONG = {
    "PyTorch, mean": (exercises.pytorch, lambda z, y: torch_terms(z, y).mean(), "The mean"),
    "PyTorch, sum": (exercises.pytorch, lambda z, y: torch_terms(z, y).sum(), "The sum"),
    "PyTorch, minus": (exercises.pytorch, lambda z, y: -torch_terms(z, y), "minus sign is missing"),
    "PyTorch, swapped": (exercises.pytorch, lambda z, y: torch_terms(z, 1 - y), "terms are swapped"),
    "PyTorch, sigmoid twice": (
        exercises.pytorch,
        lambda z, y: F.binary_cross_entropy_with_logits(torch.sigmoid(z), y, reduction="none"),
        "sigmoid is taken twice",
    ),
    "PyTorch, log-sigmoid for a logit": (
        exercises.pytorch,
        lambda z, y: F.binary_cross_entropy_with_logits(F.logsigmoid(z), y, reduction="none"),
        "expects a logit",
    ),
    "PyTorch, BCELoss": (
        exercises.pytorch,
        lambda z, y: F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none"),
        "clamp",
    ),
    "PyTorch, its own": (
        exercises.pytorch,
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
        "one of its two tails",
    ),
    "PyTorch, subtracts": (exercises.pytorch, lambda z, y: F.softplus(z) - y * z, "equal numbers are subtracted"),
    "PyTorch, detached": (exercises.pytorch, unlearning, "gradient has to reach"),
    "PyTorch, softplus": (
        exercises.pytorch,
        lambda z, y: y * F.softplus(-z) + (1 - y) * F.softplus(z),
        "straight line too soon",
    ),
    "PyTorch, wrong order": (exercises.pytorch, lambda z, y: torch_terms(y, z), "which class does a positive"),
    "Keras, flag forgotten": (exercises.keras, keras.losses.binary_crossentropy, "flag is forgotten"),
    "Keras, sigmoid twice": (
        exercises.keras,
        lambda y, z: keras_library(y, 1.0 * ops.sigmoid(z)),
        "sigmoid is taken twice",
    ),
    "Keras, minus": (exercises.keras, lambda y, z: -keras_terms(y, z), "minus sign is missing"),
    "Keras, swapped": (exercises.keras, lambda y, z: keras_terms(1 - y, z), "terms are swapped"),
    "Keras, mean": (exercises.keras, lambda y, z: ops.mean(keras_terms(y, z)), "The mean over the batch"),
    "Keras, sum": (exercises.keras, lambda y, z: ops.sum(keras_terms(y, z)), "The sum over the batch"),
    "Keras, clip": (exercises.keras, keras_clipped, "A clip stands"),
    "Keras, subtracts": (exercises.keras, lambda y, z: ops.softplus(z) - y * z, "equal numbers are subtracted"),
    "conformance, minus": (exercises.conformance, lambda y, z: -numpy_library(y, z), "minus sign is missing"),
    "conformance, mean": (exercises.conformance, lambda y, z: numpy_library(y, z).mean(), "The mean"),
    "conformance, swapped": (exercises.conformance, lambda y, z: numpy_library(1 - y, z), "terms are swapped"),
    "conformance, sigmoid twice": (
        exercises.conformance,
        lambda y, z: numpy_library(y, bce.sigmoid(z)),
        "sigmoid is taken twice",
    ),
    "conformance, raises": (exercises.conformance, refuses, "Compare by hand"),
    "conformance, subtracts": (exercises.conformance, lambda y, z: np.logaddexp(0, z) - z * y, "A tail is lost"),
    "conformance, soft": (
        exercises.conformance,
        lambda y, z: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))),
        "subtraction",
    ),
    "conformance, infinite": (exercises.conformance, unguarded, "0 meets infinity"),
    "conformance, any label": (exercises.conformance, lambda y, z: numpy_library(np.clip(y, 0, 1), z), "what comes in"),
    "softmax, sum": (exercises.softmax, lambda y, z: by_gaps(y, z) * len(y), "sum over the examples"),
    "softmax, not reduced": (
        exercises.softmax,
        lambda y, z: cross_entropy_with_logits(y, z, reduction="none"),
        "not yet their mean",
    ),
    "softmax, minus": (exercises.softmax, lambda y, z: -by_gaps(y, z), "minus sign is missing"),
    "softmax, wrong axis": (exercises.softmax, lambda y, z: -np.mean(np.log(at(y, shares(z, 0)))), "wrong axis"),
    "softmax, one whole": (exercises.softmax, lambda y, z: np.mean(np.log(np.exp(z).sum()) - at(y, z)), "One sum"),
    "softmax, twice": (exercises.softmax, lambda y, z: by_gaps(y, shares(z)), "softmax is taken twice"),
    "softmax, no logarithm": (exercises.softmax, lambda y, z: -np.mean(at(y, shares(z))), "logarithm is missing"),
    "softmax, none": (exercises.softmax, lambda y, z: -np.mean(at(y, z)), "softmax is missing"),
    "softmax, bits": (exercises.softmax, lambda y, z: by_gaps(y, z) / np.log(2), "in bits"),
    "softmax, overflow": (exercises.softmax, lambda y, z: -np.mean(np.log(at(y, shares(z)))), "overflows"),
    "softmax, overflow of a sum": (
        exercises.softmax,
        lambda y, z: np.mean(np.log(np.exp(z).sum(axis=1)) - at(y, z)),
        "overflows",
    ),
    "softmax, tail": (exercises.softmax, shifted, "the tail is lost"),
    "softmax, log of a share": (
        exercises.softmax,
        lambda y, z: -np.mean(np.log(at(y, shares(z - z.max(axis=1, keepdims=True))))),
        "infinite surprise",
    ),
    "step, uphill": (exercises.logistic_regression, lambda w, X, y, rate: one_step(w, X, y, -rate), "leads up"),
    "step, sum": (exercises.logistic_regression, lambda w, X, y, rate: one_step(w, X, y, rate * len(y)), "The sum"),
    "step, intercept stands still": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: np.append(0, along(X, bce.sigmoid(z) - y)[1:])),
        "intercept stands still",
    ),
    "step, no intercept returned": (
        exercises.logistic_regression,
        lambda *case: one_step(*case)[1:],
        "missing among the new weights",
    ),
    "step, gradient": (
        exercises.logistic_regression,
        lambda w, X, y, rate: (w - one_step(w, X, y, rate)) / rate,
        "not yet the step",
    ),
    "step, no rate": (exercises.logistic_regression, lambda w, X, y, rate: one_step(w, X, y, 1), "rate is missing"),
    "step, no intercept in the logit": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, bce.sigmoid(X @ w) - y)),
        "missing from the logit",
    ),
    "step, no sigmoid": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, z - y)),
        "sigmoid is missing",
    ),
    "step, squared error": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, (bce.sigmoid(z) - y) * bce.sigmoid(z) * bce.sigmoid(-z))),
        "squared error",
    ),
    "step, decision": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, (z >= 0) - y)),
        "A decision",
    ),
    "step, transposed": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X.T, bce.sigmoid(z) - y)),
        "how much is",
    ),
    "step, written shape": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, bce.sigmoid(z) - y) * len(y) / 5),
        "shape written down",
    ),
    "step, textbook's division": (
        exercises.logistic_regression,
        step_with(lambda X, y, z, w: along(X, (p := 1 / (1 + np.exp(-z))) * (1 - p) * (p - y) / (p * (1 - p)))),
        "divided by",
    ),
}

MENDS = ["logsigmoid", "softplus(", "log1p", "log_sigmoid", "logaddexp", ".max(", "X.T", "mean(", "sigmoid("]
"""What a solution is made of, as one would write it."""


@pytest.mark.parametrize("mistake", WRONG)
def test_a_usual_mistake_is_told_by_its_name_and_not_by_its_mend(mistake: str) -> None:
    grader, answer, named = WRONG[mistake]
    with np.errstate(all="ignore"):
        grade = grader(answer)
    assert not grade.passed
    assert named in grade.hint, grade
    assert grade.expected
    assert grade.got
    assert not [mend for mend in MENDS if mend in repr(grade.hint)]


@pytest.mark.parametrize("grader", [grader for grader, _ in RIGHT])
def test_an_empty_cell_is_told_to_be_empty(grader: Answer) -> None:
    grade = grader(lambda *_: ...)
    assert not grade.passed
    assert "nothing here yet" in repr(grade)


@pytest.mark.parametrize("mistake", WRONG)
def test_a_grade_fits_below_a_cell(mistake: str) -> None:
    grader, answer, _ = WRONG[mistake]
    with np.errstate(all="ignore"):
        assert max(map(len, repr(grader(answer)).splitlines())) <= 72


def test_importing_the_graders_loads_no_framework() -> None:
    code = "import sys, bce_lib.audit.exercises; print(*[n for n in ('torch', 'keras', 'jax') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
