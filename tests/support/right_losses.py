"""Losses that pass every check of the audit: in every framework, reduced in every way, of logits and of probabilities."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from bce_lib import binary_cross_entropy, binary_cross_entropy_gradient, binary_cross_entropy_with_logits
from bce_lib.audit import checks
from engines import JAX

Loss = Callable[..., Any]


def right(y: Any, z: Any, *, sample_weight: Any = None, pos_weight: Any = None) -> Any:
    """Return one loss per target, right in every respect."""
    return binary_cross_entropy_with_logits(y, z, sample_weight=sample_weight, pos_weight=pos_weight, reduction="none")


def right_gradient(y: Any, z: Any) -> Any:
    """Return its derivative for every target."""
    return binary_cross_entropy_gradient(y, z, reduction="none")


def right_mean(y: Any, z: Any) -> Any:
    """Return the mean loss."""
    return binary_cross_entropy_with_logits(y, z)


def _one_per_sample(y: Any, z: Any) -> Any:
    """Return one loss per target, and for a matrix the mean of each row, as Keras' losses do without a reduction."""
    return right(y, z) if np.ndim(z) < 2 else binary_cross_entropy_with_logits(y, z, axis=-1)


def _by_cases(y: Any, z: Any) -> Any:
    """Return one loss per target, after a look at the values, which JAX cannot compile."""
    if z.size and z.min() == z.max() == 12345:
        raise ValueError("that is no logit but the number of a sample")
    return right(y, z)


def _compiled(loss: Loss) -> Loss:
    """Return the loss as JAX's users run it: compiled, so that it cannot look at its labels."""

    @wraps(loss)
    def call(*arguments: Any, **options: Any) -> Any:
        return JAX.compiled(loss)(*arguments, **options)

    return call


_of_probabilities = partial(binary_cross_entropy, reduction="none")

NAMES = [check.name for check in checks]
OF_VALUES = ["labels-outside", "predictions-outside"]
WITHOUT_VALUES = [name for name in NAMES if name not in OF_VALUES]
OF_GRADIENTS = [name for name in NAMES if name.startswith("gradient")]

RIGHT: dict[str, tuple[Loss, dict[str, Any]]] = {
    "one per target": (right, {"gradient": right_gradient}),
    "mean": (right_mean, {"gradient": lambda y, z: binary_cross_entropy_gradient(y, z)}),
    "sum": (partial(binary_cross_entropy_with_logits, reduction="sum"), {}),
    "weighted mean": (partial(binary_cross_entropy_with_logits, reduction="weighted_mean"), {}),
    "rows": (partial(binary_cross_entropy_with_logits, axis=-1), {}),
    "one per sample": (_one_per_sample, {}),
    "order of PyTorch": (lambda z, y: right(y, z), {"order": "prediction, y_true"}),
    "probabilities": (binary_cross_entropy, {"takes": "probabilities"}),
    "PyTorch": (right, {"framework": "torch"}),
    "PyTorch, mean": (right_mean, {"framework": "torch"}),
    "PyTorch, probabilities": (_of_probabilities, {"framework": "torch", "takes": "probabilities"}),
    "JAX, compiled": (_compiled(right), {"framework": "jax", "only": WITHOUT_VALUES}),
    "JAX, a case distinction in Python": (_by_cases, {"framework": "jax", "only": OF_GRADIENTS}),
    "JAX, probabilities": (_of_probabilities, {"framework": "jax", "takes": "probabilities", "only": OF_VALUES}),
    "JAX, probabilities, compiled": (
        _compiled(_of_probabilities),
        {"framework": "jax", "takes": "probabilities", "only": WITHOUT_VALUES},
    ),
}
"""Losses that are right, and how to audit them.

On JAX what is not compiled is asked only what a compiled loss cannot answer; the tests of the command ask it all.
"""
