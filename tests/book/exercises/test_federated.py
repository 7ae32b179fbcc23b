"""The grader of the chapter *federated*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def read(by_weights: Any, by_bias: Any) -> Any:
    return by_weights / by_bias, 1 if by_bias < 0 else 0


def by_loop(by_weights: Any, by_bias: Any) -> Any:
    x = []
    for slope in by_weights:
        x.append(slope / by_bias)
    return x, int(by_bias < 0)


def by_projection(by_weights: Any, by_bias: Any) -> Any:
    return np.linalg.solve(np.eye(len(by_weights)) * by_bias, by_weights), np.signbit(by_bias)


def by_fractions(by_weights: Any, by_bias: Any) -> Any:
    return [float(Fraction(slope) / Fraction(by_bias)) for slope in by_weights], by_bias < 0


RIGHT = {
    "division": read,
    "loop": by_loop,
    "a boolean label": lambda by_weights, by_bias: (by_weights / by_bias, by_bias < 0),
    "a list": lambda by_weights, by_bias: [by_weights / by_bias, 1.0 if by_bias < 0 else 0.0],
    "inverse": lambda by_weights, by_bias: (by_weights * (1 / by_bias), int(by_bias <= 0)),
    "sign": lambda by_weights, by_bias: (by_weights / by_bias, (1 - np.sign(by_bias)) / 2),
    "copysign": lambda by_weights, by_bias: (np.divide(by_weights, by_bias), 0.5 - math.copysign(0.5, by_bias)),
    "PyTorch": lambda by_weights, by_bias: (torch.tensor(by_weights) / by_bias, torch.tensor(float(by_bias < 0))),
    "linear equations": by_projection,
    "fractions": by_fractions,
    "size and sign apart": lambda by_weights, by_bias: (
        np.sign(by_bias) * by_weights / abs(by_bias),
        int(not by_bias > 0),
    ),
}

WRONG = {
    "label turned": (lambda w, b: (w / b, int(b > 0)), "the wrong one"),
    "product": (lambda w, b: (w * b, int(b < 0)), "once more"),
    "upside down": (lambda w, b: (b / w, int(b < 0)), "upside down"),
    "difference": (lambda w, b: (w - b, int(b < 0)), "not a summand"),
    "gradient": (lambda w, b: (w, int(b < 0)), "as it was given"),
    "sign lost": (lambda w, b: (w / np.abs(b), int(b < 0)), "wrong sign"),
    "error as label": (lambda w, b: (w / b, b), "the error of the prediction"),
    "signed label": (lambda w, b: (w / b, 1 if b < 0 else -1), "1 or -1"),
    "threshold": (lambda w, b: (w / b, int(b < -0.5)), "in the sign of the error"),
    "label always 1": (lambda w, b: (w / b, 1), "if the label is 0"),
    "features alone": (lambda w, b: w / b, "features alone"),
    "label first": (lambda w, b: (int(b < 0), w / b), "features come first"),
    "unit length": (lambda w, b: (-w / np.linalg.norm(w) * np.sign(-b), int(b < 0)), "a length"),
    "clipped": (lambda w, b: ((w / b).clip(0, 1), int(b < 0)), "clip the features"),
    "small number": (lambda w, b: (w / (b + 1e-8), int(b < 0)), "a small number"),
    "tiny number": (lambda w, b: (w / (b + 1e-12), int(b < 0)), "a small number"),
    "small is none": (lambda w, b: (w / b if abs(b) > 1e-9 else w * 0, int(b < 0)), "taken for none"),
    "swapped": (lambda b, w: (w / b, int(b < 0)), "in the other order"),
    "three features": (lambda w, b: (np.array([w[0], w[1], w[2]]) / b, int(b < 0)), "a certain number"),
    "printed": (lambda w, b: print(read(w, b)), "You print"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.federated, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.federated, answer, hint)
