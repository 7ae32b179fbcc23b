"""The grader of the chapter *fused*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from bce_lib import fused
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


def stable(y: Any, z: Any) -> tuple[Any, Any]:
    """Return each loss and slope, by expit and logaddexp."""
    losses = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return losses, (1 - y) * expit(z) - y * expit(-z)


def folded(y: Any, z: Any) -> tuple[Any, Any]:
    """Return each loss and slope, by the folded form."""
    m, t = np.abs(z), np.exp(-np.abs(z))
    c = np.where(z >= 0, 1 - y, y)
    slope = (c - (1 - c) * t) / (1 + t)
    return c * m + np.log1p(t), np.where(z >= 0, slope, -slope)


def over_chunks(form: Any) -> Answer:
    def answer(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
        sums, gradient, start = [], np.zeros(len(z)), 0
        while start < len(z):
            losses, gradient[start : start + chunk] = form(y[start : start + chunk], z[start : start + chunk])
            sums.append(losses.sum())
            start += chunk
        gradient /= len(z)
        return math.fsum(sums) / len(z), gradient

    return answer


def nearly_equal_parts(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    parts = np.array_split(np.arange(z.size), -(-z.size // chunk))
    gradient, total = np.empty_like(z), 0.0
    for part in parts:
        losses, gradient[part] = stable(y[part], z[part])
        total += losses.sum() / z.size
        gradient[part] /= z.size
    return total, gradient


def compiled_chunks(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    gradient, total = np.empty_like(z), 0.0
    for start in range(0, z.size, chunk):
        part = slice(start, start + chunk)
        total += fused.loss_and_gradient(y[part], z[part], reduction="sum", gradient_out=gradient[part])[0]
    gradient /= z.size
    return total / z.size, gradient


def element_by_element(y: Any, z: Any, _: int) -> list[Any]:
    total, gradient = 0.0, np.empty_like(z)
    for i, (label, logit) in enumerate(zip(y, z, strict=True)):
        t = math.exp(-abs(logit))
        total += (1 - label if logit >= 0 else label) * abs(logit) + math.log1p(t)
        p, q = (1 / (1 + t), t / (1 + t)) if logit >= 0 else (t / (1 + t), 1 / (1 + t))
        gradient[i] = ((1 - label) * p - label * q) / len(z)
    return [total / len(z), gradient]


def weighted_means(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
    mean, gradient = 0.0, np.empty_like(z)
    for start in range(0, z.size, chunk):
        part = slice(start, start + chunk)
        share = z[part].size / z.size
        mean += share * loss(y[part], z[part])
        gradient[part] = share * slopes(y[part], z[part])
    return mean, gradient


def by_sign(y: Any, z: Any) -> tuple[Any, Any]:
    t = np.exp(-np.abs(z))
    c = np.where(z >= 0, 1 - y, y)
    return c * np.abs(z) + np.log1p(t), np.sign(z) * (c - (1 - c) * t) / (1 + t)


def hard(y: Any, z: Any) -> tuple[Any, Any]:
    w = np.where(y == 1, -z, z)
    return np.logaddexp(0, (1 - 2 * y) * z), np.where(y == 1, -1, 1) * expit(w)


def prints(y: Any, z: Any, chunk: int) -> None:
    print(in_chunks(y, z, chunk))


RIGHT = {
    "chunks": in_chunks,
    "chunks, joined": joined,
    "expit and logaddexp": over_chunks(stable),
    "folded": over_chunks(folded),
    "library, each": over_chunks(lambda y, z: (loss(y, z, reduction="none"), slopes(y, z, reduction="none"))),
    "nearly equal parts": nearly_equal_parts,
    "compiled": compiled_chunks,
    "element by element": element_by_element,
    "weighted means": weighted_means,
}

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
    "hard labels": (over_chunks(hard), "the labels 0 and 1 only"),
    "loss of hard labels": (lambda y, z, _: (np.mean(hard(y, z)[0]), slopes(y, z)), "the labels 0 and 1 only"),
    "sign at 0": (over_chunks(by_sign), "as is the sign of 0"),
    "logits first": (lambda z, y, chunk: in_chunks(y, z, chunk), "in the other order"),
    "printed": (prints, "You print the result"),
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
