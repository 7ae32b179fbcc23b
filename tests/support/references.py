"""The right answers on the grids, computed once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from mpmath import mp, mpf

import grids
from bce_lib.accuracy import exact_function
from bounds import read_by
from engines import JAX, NUMPY, Engine

NEGLIGIBLE = 20_000  # exp(−m) beyond this margin is nothing that a floating-point number could show


def exact(function: Callable[..., np.ndarray], kind: str, engine: Engine, dtype: str, *options: float) -> np.ndarray:
    """Return an exact function of labels and logits on the grid of that kind, as the engine reads its numbers."""
    return _exact(function, kind, JAX if engine is JAX and kind != "hard" else NUMPY, dtype, *options)


@lru_cache
def _exact(function: Callable[..., np.ndarray], kind: str, engine: Engine, dtype: str, *options: float) -> np.ndarray:
    labels, scores = (read_by(engine, dtype, values) for values in getattr(grids, kind)(dtype))
    return function(labels, scores, *options)


@lru_cache
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
