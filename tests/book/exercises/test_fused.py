"""The grader of the chapter *fused*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes

loss, slopes = bce.binary_cross_entropy_with_logits, bce.binary_cross_entropy_gradient


def in_chunks(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    total, gradient = 0.0, np.empty_like(z)
    for start in range(0, z.size, chunk):
        part = slice(start, start + chunk)
        total += loss(y[part], z[part], reduction="sum")
        gradient[part] = slopes(y[part], z[part], reduction="sum")
        gradient[part] /= z.size
    return total / z.size, gradient


def joined(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    parts = [slice(start, start + chunk) for start in range(0, z.size, chunk)]
    total = sum(loss(y[part], z[part], reduction="sum") for part in parts)
    return total / z.size, np.concatenate([slopes(y[part], z[part], reduction="sum") / z.size for part in parts])


def whole(y: Any, z: Any, _: int) -> tuple[Any, Any]:
    t = np.exp(-np.abs(z))
    losses = np.where(z > 0, 1 - y, y) * np.abs(z) + np.log1p(t)
    gradient = np.where(z >= 0, (1 - y) - y * t, (1 - y) * t - y) / (1 + t)
    return losses.mean(), gradient / z.size


def mean_of_means(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    starts = range(0, z.size, chunk)
    return np.mean([loss(y[i : i + chunk], z[i : i + chunk]) for i in starts]), in_chunks(y, z, chunk)[1]


def own_means(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    starts = range(0, z.size, chunk)
    gradient = np.concatenate([slopes(y[i : i + chunk], z[i : i + chunk]) for i in starts])
    return in_chunks(y, z, chunk)[0], gradient


def without_rest(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    total, gradient = 0.0, np.zeros_like(z)
    for start in range(0, z.size - chunk + 1, chunk):
        part = slice(start, start + chunk)
        total += loss(y[part], z[part], reduction="sum")
        gradient[part] = slopes(y[part], z[part], reduction="sum") / z.size
    return total / z.size, gradient


def overlapping(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    parts = [slice(start, start + chunk + 1) for start in range(0, z.size, chunk)]
    return sum(loss(y[part], z[part], reduction="sum") for part in parts) / z.size, in_chunks(y, z, chunk)[1]


RIGHT = {"chunks": in_chunks, "chunks, joined": joined}

WRONG = {
    "sum": (lambda y, z, _: (loss(y, z, reduction="sum"), slopes(y, z)), "Your loss is a sum"),
    "gradient of the sum": (lambda y, z, _: (loss(y, z), slopes(y, z, reduction="sum")), "that of the sum"),
    "both of the sum": (lambda y, z, _: (loss(y, z, reduction="sum"), slopes(y, z, reduction="sum")), "a sum, not"),
    "minus": (lambda y, z, _: (-loss(y, z), slopes(y, z)), "wrong sign"),
    "mean of means": (mean_of_means, "mean of means"),
    "gradients of means": (own_means, "that of its own mean"),
    "no rest": (without_rest, "it is missing"),
    "overlapping": (overlapping, "counted twice"),
    "tail of the gradient": (
        lambda y, z, _: (loss(y, z), (1 / (1 + np.exp(-z)) - y) / z.size),
        "loses its digits in the tail",
    ),
    "tail of the loss": (lambda y, z, _: (np.mean(np.logaddexp(0, z) - y * z), slopes(y, z)), "loses a small loss"),
    "whole arrays": (whole, "as many numbers as the logits"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.fused, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.fused, answer, hint)


def test_a_pass_over_whole_arrays_is_right_and_yet_not_fused() -> None:
    grade = exercises.fused(whole)
    assert grade.met == grade.total - 1
    assert "times the memory" in grade.got


def test_two_results_are_wanted() -> None:
    assert exercises.fused(lambda *_: "0.5").got == "'0.5', not 2 results"
