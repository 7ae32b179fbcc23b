"""The right answers on the grids, computed once per process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from mpmath import mp, mpf

import grids
from bce_lib.accuracy import DIGITS, exact_cross_entropy, exact_function
from bounds import read_by
from engines import JAX, NUMPY, Engine

NEGLIGIBLE = 20_000  # exp(−m) beyond this margin is nothing that a floating-point number could show


def exact(function: Callable[..., np.ndarray], kind: str, engine: Engine, dtype: str, *options: float) -> np.ndarray:
    """Return an exact function of labels and logits on the grid of that kind, as the engine reads its numbers."""
    return _exact(function, kind, JAX if engine is JAX and kind != "hard" else NUMPY, dtype, *options)


@cache
def _exact(function: Callable[..., np.ndarray], kind: str, engine: Engine, dtype: str, *options: float) -> np.ndarray:
    labels, scores = (read_by(engine, dtype, values) for values in getattr(grids, kind)(dtype))
    return function(labels, scores, *options)


@cache
def exact_of(function: Callable[[Any], Any], kind: str, dtype: str) -> np.ndarray:
    """Return an exact function of one argument on the grid of that kind."""
    return exact_function(function, getattr(grids, kind)(dtype))


def sigmoid(z: mpf) -> mpf:
    """Return 1 / (1 + exp(−z))."""
    return 1 / (1 + mp.exp(-z)) if z > -NEGLIGIBLE else mpf(0)


def softplus(z: mpf) -> mpf:
    """Return log(1 + exp(z))."""
    return max(z, mpf(0)) + (mp.log1p(mp.exp(-abs(z))) if abs(z) < NEGLIGIBLE else 0)


def log_sigmoid(z: mpf) -> mpf:
    """Return log(sigmoid(z))."""
    return -softplus(-z)


def logit(p: mpf) -> mpf:
    """Return log(p / (1 − p))."""
    return mp.log(p) - mp.log1p(-p) if 0 < p < 1 else mp.inf * (2 * p - 1)


@cache
def loss_of_classes(kind: str, dtype: str, classes: int) -> np.ndarray:
    """Return the loss of every row of logits."""
    return exact_cross_entropy(grids.class_labels(kind, dtype, classes), grids.class_logits(dtype, classes))


@cache
def surprises(dtype: str, classes: int) -> np.ndarray:
    """Return −log softmax of every class of every row: that of the likeliest class, and how far its logit is above."""
    z = grids.class_logits(dtype, classes)
    least = exact_cross_entropy(z.argmax(axis=1), z)
    with mp.workdps(DIGITS):
        exactly = np.vectorize(mpf, otypes=[object])
        return least[:, None] + (exactly(z.max(axis=1))[:, None] - exactly(z))


@cache
def softmax(dtype: str, classes: int) -> np.ndarray:
    """Return the probability of every class of every row."""
    with mp.workdps(DIGITS):
        chance = np.vectorize(lambda surprise: mp.exp(-surprise) if surprise < NEGLIGIBLE else mpf(0), otypes=[object])
        return chance(surprises(dtype, classes))


@cache
def gradient_of_classes(kind: str, dtype: str, classes: int) -> np.ndarray:
    """Return softmax − y; at the index, minus the sum of the other probabilities."""
    y, chances = grids.class_labels(kind, dtype, classes), softmax(dtype, classes)
    result = np.empty(chances.shape, dtype=object)
    with mp.workdps(DIGITS):
        for (i, k), chance in np.ndenumerate(chances):
            if kind == "soft":
                result[i, k] = chance * sum(map(mpf, y[i])) - mpf(y[i][k])
            else:
                result[i, k] = -sum(np.delete(chances[i], k), mpf(0)) if y[i] == k else chance
    return result
