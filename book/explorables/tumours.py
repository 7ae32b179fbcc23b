"""The data and the split of the chapters on logistic regression and optimizers, for their explorables.

The steps are the chapters' own; tests compare what comes out with the outputs that the chapters print.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

import bce_lib as bce
from bce_book.datasets import load_tumours

Array = NDArray[np.float64]
PAIR = ("worst area", "worst smoothness")


@dataclass(frozen=True)
class Split:
    """A training and a test set of raw features, and the scale of the first."""

    raw_train: Array
    raw_test: Array
    y_train: NDArray[np.int64]
    y_test: NDArray[np.int64]
    names: list[str]

    @property
    def mean(self) -> Array:
        """Return the means of the training set."""
        return np.asarray(self.raw_train.mean(axis=0))

    @property
    def spread(self) -> Array:
        """Return the standard deviations of the training set."""
        return np.asarray(self.raw_train.std(axis=0))

    def standardised(self, raw: Array) -> Array:
        """Return features in units of their spread, behind a column of ones."""
        return np.column_stack([np.ones(len(raw)), (raw - self.mean) / self.spread])


@cache
def split() -> Split:
    """Return the chapters' split: a quarter is put aside for the test."""
    tumours = load_tumours()
    parts: Any = train_test_split(
        tumours.features, tumours.target, test_size=0.25, stratify=tumours.target, random_state=0
    )
    return Split(*parts, names=list(tumours.feature_names))


def newton(features: Array, labels: NDArray[np.int64], penalty: Array, iterations: int = 20) -> Array:
    """Return the weights of least loss and penalty."""
    w = np.zeros(features.shape[1])
    for _ in range(iterations):
        z = features @ w
        slope = features.T @ bce.binary_cross_entropy_gradient(labels, z, reduction="sum") + penalty * w
        bend = bce.binary_cross_entropy_hessian(labels, z, reduction="sum")
        w = w - np.linalg.solve(features.T @ (bend[:, None] * features) + np.diag(penalty), slope)
    return w
