"""How far the functions may be off: the table of the design, and what is added where XLA drops subnormal numbers."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

import numpy as np
from mpmath import mpf

import grids
from bce_lib.accuracy import as_float64, error_in_ulp
from engines import DASK, JAX, NUMPY, Engine

ROUNDED_ONCE = 0.51  # computed in a wider precision: 1/2 for the rounding, and a little for what came before

# The largest errors in ulp.
FLOAT64 = {"loss": 2.0, "gradient": 2.5, "hessian": 3.0, "logit": 3.5, "loss of probabilities": 2.5}
FLOAT32 = {"loss": 3.0, "gradient": 3.0, "hessian": 3.0, "logit": 3.5, "loss of probabilities": 3.0}
ALIKE = {
    "sigmoid": "gradient",
    "softplus": "loss",
    "log_sigmoid": "loss",
}  # with a hard label they are the same function

# Autograd finds e·(1/(1 + e)) for the gradient, a rounding more than e/(1 + e), and a sum for the second derivative.
FLOAT64 |= {"gradient by autograd": 3.0, "hessian by autograd": 5.0}
FLOAT32 |= {"gradient by autograd": 3.0, "hessian by autograd": 5.0}

# For up to ten classes: a sum of nine terms more than the binary loss.
OF_CLASSES = {"loss of classes": 4.0, "softmax": 5.0, "gradient of classes": 5.0}
FLOAT64 |= OF_CLASSES
FLOAT32 |= OF_CLASSES

# Where a library's own functions are less accurate than the others': ten million random points find nothing larger.
ABOVE = {
    ("torch", "float64", "loss"): 2.25,
    ("jax", "float64", "loss"): 3.0,  # XLA's log1p in float64 is off by 1.9 ulp; the others' are by less than 1
    ("jax", "float32", "loss"): 3.5,  # and in float32 by 2.4
    ("jax", "float64", "gradient"): 2.75,  # XLA's exp is off by 1.5
    ("jax", "float64", "loss of probabilities"): 3.0,  # log1p again, and 1 − p
    ("strict", "float32", "loss"): 4.0,  # NumPy's exp in float32 is off by 2.5
    ("strict", "float32", "gradient"): 4.0,
    ("strict", "float32", "hessian"): 4.0,
    ("strict", "float32", "loss of probabilities"): 4.0,
}

# Of a gradient with soft labels the error relative to itself is unbounded near sigmoid(z) = y. So it is absolute, in
# units of half an ulp of 1.
SOFT_GRADIENT = 2.5


def bound(function: str, engine: Engine, dtype: str, *, weighted: bool = False) -> float:
    """Return the largest error in ulp that the function may have; a weight adds products, and an ulp."""
    if dtype in ("float16", "bfloat16") or (engine in (NUMPY, DASK) and dtype == "float32"):
        return ROUNDED_ONCE
    function = ALIKE.get(function, function)
    usual = (FLOAT64 if dtype == "float64" else FLOAT32)[function]
    return ABOVE.get((engine.name, dtype, function), usual) + weighted


def soft_gradient_bound(engine: Engine, dtype: str, weight: float = 1.0) -> float:
    """Return the largest absolute error of a gradient with soft labels, which lies between −weight and 1."""
    units = min(SOFT_GRADIENT, bound("gradient", engine, dtype))
    return units * 2.0 ** (ceil(log2(max(1.0, weight))) - grids.PRECISION[dtype])


def errors(
    engine: Engine, dtype: str, computed: Any, exact: np.ndarray, *, weight: float = 1.0, sums: int = 0
) -> np.ndarray:
    """Return the errors in ulp, with 0 where XLA dropped a subnormal number.

    On a CPU, XLA tells the processor to take every number below the smallest normal one for 0, whether it comes in or
    goes out; JAX calls that intended (jax-ml/jax#16200) and there is no switch (openxla/xla#22858). So the tail of a
    loss ends there instead of fading out: a result of that size may be exactly 0, and a sum may lack so many summands
    (`sums`) of that size. Nothing else is forgiven.

    A `weight` multiplies what was dropped, and on every engine the error of a number that was subnormal before it.
    """
    found = error_in_ulp(computed, exact)
    largest = max(1.0, weight) * grids.SMALLEST_NORMAL[dtype]
    found[np.abs(exact) < largest] /= max(1.0, weight)
    if engine is JAX and dtype != "float16":  # which is computed in float32
        values = as_float64(computed)
        for place in zip(*np.nonzero(found > ROUNDED_ONCE), strict=True):
            lacking = abs(exact[place] - mpf(float(values[place])))
            if lacking < max(1, sums) * largest and (sums or values[place] == 0):
                found[place] = 0.0
    return found


def read_by(engine: Engine, dtype: str, values: np.ndarray) -> np.ndarray:
    """Return the numbers that the engine takes the given ones for: see `errors`."""
    if engine is JAX and dtype != "float16":
        return np.where(np.abs(values) < grids.SMALLEST_NORMAL[dtype], 0.0, values)
    return values


def assert_within(limit: float, found: np.ndarray, **arguments: np.ndarray) -> None:
    """Assert that no error exceeds the limit, or say how large it is, and where."""
    worst = int(np.argmax(found))
    place = ", ".join(f"{name}={values[worst]!r}" for name, values in arguments.items())
    assert found[worst] <= limit, f"off by {found[worst]:.4g}, allowed {limit:.4g}, at {place}"
