"""The grader of the chapter *keras*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Any

import keras
import pytest
from keras import ops
from keras.losses import binary_crossentropy

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib.adapters.keras import BinaryCrossentropy
from engines import skip_without
from graders import assert_fails, assert_passes
from places import ROOT


def terms(y: Any, z: Any) -> Any:
    return y * ops.softplus(-z) + (1 - y) * ops.softplus(z)


def with_flag(y: Any, z: Any) -> Any:
    return binary_crossentropy(y, z, from_logits=True)


def of_probability(y: Any, z: Any) -> Any:
    p = 1.0 * ops.sigmoid(z)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def clipped(y: Any, z: Any) -> Any:
    p = ops.clip(1.0 * ops.sigmoid(z), 1e-7, 1 - 1e-7)
    return -(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def away_from_the_kink(y: Any, z: Any) -> Any:
    """Return the library's formula, with a slope of 1 for |z| at 0."""
    against, m = ops.where(z < 0, y, 1 - y), ops.where(z < 0, -z, z)
    return against * m + ops.log1p(ops.exp(-m))


def logaddexp(y: Any, z: Any) -> Any:
    nothing = ops.zeros_like(z)
    return y * ops.logaddexp(nothing, -z) + (1 - y) * ops.logaddexp(nothing, z)


def with_a_kink(y: Any, z: Any) -> Any:
    against = ops.where(z < 0, y, 1 - y)
    return against * ops.abs(z) + ops.log1p(ops.exp(-ops.abs(z)))


RIGHT = {
    "softplus": terms,
    "log-sigmoids": lambda y, z: -(y * ops.log_sigmoid(z) + (1 - y) * ops.log_sigmoid(-z)),
    "activations": lambda y, z: (
        y * keras.activations.softplus(-z) + (1.0 - ops.cast(y, "float32")) * keras.activations.softplus(z)
    ),
    "flat": lambda y, z: ops.squeeze(terms(y, z), -1),
    "mean along the last axis": lambda y, z: ops.mean(terms(y, z), axis=-1),
    "away from the kink": away_from_the_kink,
    "drop-in": BinaryCrossentropy(from_logits=True, reduction=None),
}

WRONG = {
    "flag forgotten": (binary_crossentropy, "flag is forgotten"),
    "sigmoid twice": (lambda y, z: with_flag(y, 1.0 * ops.sigmoid(z)), "sigmoid is taken twice"),
    "minus": (lambda y, z: -terms(y, z), "wrong sign"),
    "base 10": (lambda y, z: terms(y, z) / math.log(10), "base 10"),
    "rounded": (lambda y, z: ops.round(terms(y, z), 3), "rounded"),
    "printed": (lambda y, z: print(terms(y, z)), "You print the result"),
    "swapped": (lambda y, z: terms(1 - y, z), "terms are swapped"),
    "logits first": (lambda y, z: terms(z, y), "the labels first"),
    "logits first, the library": (
        lambda y, z: bce.binary_cross_entropy_with_logits(z.numpy(), y.numpy(), reduction="none"),
        "do the labels come first",
    ),
    "label 1 alone": (lambda y, z: y * ops.softplus(-z), "Only the labels of 1"),
    "hard labels alone": (lambda y, z: ops.softplus(ops.where(y == 1, -z, z)), "labels 0 and 1 alone"),
    "mean": (lambda y, z: ops.mean(terms(y, z)), "The mean over the batch"),
    "sum": (lambda y, z: ops.sum(terms(y, z)), "The sum over the batch"),
    "a row and a column": (lambda y, z: terms(y[:, 0], z), "another shape"),
    "clip": (clipped, "A clip stands"),
    "by way of the probability": (of_probability, "rounded probability"),
    "overflows": (
        lambda y, z: y * ops.log1p(ops.exp(-z)) + (1 - y) * ops.log1p(ops.exp(z)),
        "exponential overflows",
    ),
    "subtracts": (lambda y, z: ops.softplus(z) - y * z, "where label 1 is predicted rightly"),
    "subtracts for label 0": (lambda y, z: (1 - y) * z + ops.softplus(-z), "where label 0 is predicted rightly"),
    "without a gradient": (lambda y, z: terms(y, ops.stop_gradient(z)), "so that the gradient finds its way"),
}

if keras.backend.backend() == "tensorflow":  # where |z| has no slope at 0, and Keras' own loss subtracts
    WRONG |= {
        "kink of relu": (lambda y, z: ops.relu(z) - z * y + ops.log1p(ops.exp(-ops.abs(z))), "have a kink at 0"),
        "kink of the size": (with_a_kink, "have a kink at 0"),
        "kink of logaddexp": (logaddexp, "have a kink at 0"),
        "Keras' own": (with_flag, "as in the loss of Keras"),
        "Keras' own operation": (
            lambda y, z: ops.binary_crossentropy(y, z, from_logits=True),
            "as in the loss of Keras",
        ),
    }
else:
    RIGHT |= {"logaddexp": logaddexp, "Keras' own": with_flag}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.keras, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.keras, answer, hint)


@pytest.mark.slow  # imports TensorFlow in a process of its own
@pytest.mark.skipif(keras.backend.backend() == "tensorflow", reason="this is that process")
def test_the_same_on_tensorflow_which_the_notebook_runs_on() -> None:
    skip_without("tensorflow")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env=os.environ | {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
