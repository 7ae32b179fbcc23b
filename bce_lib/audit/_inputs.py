"""Where a loss is probed, and what is right there.

Logits and probabilities are numbers that the dtype holds exactly, so that the reference, in 50 digits, is asked the
very question that the loss is asked. No right answer is subnormal: what XLA and some processors do with such numbers is
no fault of a loss.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bce_lib.accuracy import exact_gradient, exact_gradient_of_probability, exact_loss, exact_loss_of_probability

Takes = Literal["logits", "probabilities"]
Numbers = NDArray[np.float64]
Exact = NDArray[Any]

PRECISION = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
"""Binary digits of the significand."""

FARTHEST = {"float16": 9, "bfloat16": 85, "float32": 85, "float64": 700}
"""The largest whole logit whose tail, exp(−z), is a normal number of the dtype."""

HARD = (0.0, 1.0)
SOFT = (0.001, 0.1, 0.3, 0.5, 0.9, 0.999)


def rounded_to(values: Any, dtype: str) -> Numbers:
    """Return the numbers of the dtype next to the given ones; for bfloat16 those next towards 0."""
    wide = np.asarray(values, dtype=np.float64)
    if dtype == "bfloat16":  # the upper half of a float32
        return (wide.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32).astype(np.float64)
    return wide.astype(dtype).astype(np.float64)


def grid(labels: Any, predictions: Any) -> tuple[Numbers, Numbers]:
    """Return every label with every prediction."""
    y, prediction = np.meshgrid(labels, predictions, indexing="ij")
    return np.ravel(y), np.ravel(prediction)


@lru_cache
def hard(takes: Takes, dtype: str) -> tuple[Numbers, Numbers]:
    """Return labels 0 and 1 with predictions of every size, right and wrong ones."""
    return grid(HARD, _predictions(takes, dtype))


@lru_cache
def soft(takes: Takes, dtype: str) -> tuple[Numbers, Numbers]:
    """Return labels between 0 and 1 with predictions of every size."""
    return grid(rounded_to(SOFT, dtype), _predictions(takes, dtype)[::3])


def _predictions(takes: Takes, dtype: str) -> Numbers:
    if takes == "probabilities":
        k = np.arange(1, PRECISION[dtype] + 1)
        small = 2.0 ** -np.linspace(2, FARTHEST[dtype] / np.log(2), 40)
        return rounded_to(np.concatenate([small, np.linspace(0.02, 0.98, 33), 1 - 2.0**-k]), dtype)
    farthest = FARTHEST[dtype]
    near, far = np.geomspace(1e-3, 0.5, 8), np.linspace(min(30, farthest), farthest, 12)
    beyond = [1e3, 1e4] if dtype == "float16" else [1e3, 1e4, 1e30]
    sizes = np.concatenate([near, np.linspace(0.6, min(30, farthest), 56), far, beyond])
    return rounded_to(np.concatenate([sizes, -sizes]), dtype)


@lru_cache
def tail(takes: Takes, label: int, dtype: str) -> tuple[Numbers, Numbers]:
    """Return predictions that are right, ever surer, for one label."""
    if takes == "logits":
        sizes = np.arange(5.0, FARTHEST[dtype] + 1)
        predictions = sizes if label else -sizes
    elif label:
        predictions = 1 - 2.0 ** -np.arange(4.0, PRECISION[dtype] + 1)
    else:
        predictions = 2.0 ** -np.arange(4.0, FARTHEST[dtype] / np.log(2))
    return np.full(predictions.shape, float(label)), predictions


@lru_cache
def wrong(takes: Takes, label: int) -> tuple[Numbers, Numbers]:
    """Return predictions that are wrong, ever surer, for one label, up to the last whose right loss is finite."""
    if takes == "logits":
        sizes = np.array([20.0, 30.0, 50.0, 88.0, 89.0, 100.0, 104.0, 200.0, 1e3, 1e4])
        predictions = -sizes if label else sizes
    elif label:
        predictions = rounded_to(10.0 ** -np.arange(4.0, 38.0, 3), "float32")
    else:
        predictions = 1 - 2.0 ** -np.arange(10.0, 25.0)
    return np.full(predictions.shape, float(label)), predictions


def moderate(takes: Takes, labels: tuple[float, ...] = HARD) -> tuple[Numbers, Numbers]:
    """Return ordinary predictions, on which every formula agrees."""
    logits = [-3.0, -1.5, -0.5, 0.25, 1.0, 2.5]
    probabilities = [0.0625, 0.25, 0.375, 0.5625, 0.75, 0.875]
    return grid(rounded_to(labels, "float32"), logits if takes == "logits" else probabilities)


def batch(takes: Takes) -> tuple[Numbers, Numbers]:
    """Return six ordinary predictions, whose mean loss is not that of all labels with all predictions."""
    y = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    logits = np.array([-1.5, 0.25, 2.5, -0.5, -3.0, 1.0])
    return y, logits if takes == "logits" else np.array([0.25, 0.5625, 0.875, 0.375, 0.0625, 0.75])


@lru_cache
def half(takes: Takes, dtype: str) -> tuple[Numbers, Numbers]:
    """Return labels 0 and 1 with predictions for half precision: what is moderate, and what is sure in either way."""
    if takes == "logits":
        sizes = np.concatenate([np.linspace(0.125, 9, 24), [20, 100, 1000]])
        return _without_subnormal(dtype, *grid(HARD, rounded_to(np.concatenate([sizes, -sizes]), dtype)))
    probabilities = np.concatenate([np.linspace(0.02, 0.98, 25), 2.0 ** -np.arange(2, 10), [0.0, 1.0]])
    return grid(HARD, rounded_to(probabilities, dtype))


def _without_subnormal(dtype: str, y: Numbers, logits: Numbers) -> tuple[Numbers, Numbers]:
    agrees = (y == 1) == (logits > 0)
    kept = ~agrees | (np.abs(logits) <= FARTHEST[dtype])
    return y[kept], logits[kept]


def right_loss(takes: Takes, y: Numbers, predictions: Numbers, pos_weight: float = 1.0) -> Exact:
    """Return the loss to 50 digits."""
    return exact_loss(y, predictions, pos_weight) if takes == "logits" else exact_loss_of_probability(y, predictions)


def right_gradient(takes: Takes, y: Numbers, predictions: Numbers) -> Exact:
    """Return the derivative of the loss by the prediction to 50 digits."""
    return (exact_gradient if takes == "logits" else exact_gradient_of_probability)(y, predictions)
