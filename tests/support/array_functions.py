"""The functions of two arrays, labels and predictions, that must take the same arrays and refuse the same."""

from __future__ import annotations

import numpy as np

import bce_lib
from bce_lib import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    binary_cross_entropy_hessian,
    binary_cross_entropy_with_logits,
)

OF_LOGITS = [binary_cross_entropy_with_logits, binary_cross_entropy_gradient, binary_cross_entropy_hessian]
TWO_ARGUMENTS = [*OF_LOGITS, binary_cross_entropy, bce_lib.likelihood, bce_lib.log_likelihood]
Y, Z, P = np.array([1, 0, 1]), np.array([1.0, -2.0, 3.0]), np.array([0.9, 0.2, 0.6])


def name(value: object) -> str:
    return getattr(value, "__name__", str(value))


def predictions(function) -> np.ndarray:
    return Z if function in OF_LOGITS else P
