"""How far the functions may be off: the table of the design, and what is added where XLA drops subnormal numbers."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

import grids
import numpy as np
from engines import JAX, NUMPY, Engine
from mpmath import mpf

from bce_lib.accuracy import as_float64, error_in_ulp

ROUNDED_ONCE = 0.51  # computed in a wider precision: 1/2 for the rounding, and a little for what came before

# The largest errors in ulp.
FLOAT64 = {"loss": 2.0, "gradient": 2.5, "hessian": 4.0}
FLOAT32 = {"loss": 3.0, "gradient": 3.0, "hessian": 4.0}
ELEMENTARY = {"float32": 3.0, "float64": 2.0}
LOGIT = 3.0
# XLA's own log1p is off by up to 1.9 ulp in float64, where the others are by less than 1.
XLA_FLOAT64_LOSS = 2.5
# Of a gradient with soft labels the error relative to itself is unbounded near sigmoid(z) = y. So it is absolute, in
# units of half an ulp of 1.
FLOAT32_SOFT_GRADIENT = 2.5


def bound(function: str, engine: Engine, dtype: str, *, weighted: bool = False) -> float:
    """Return the largest error in ulp that the function may have; a weight adds products, and an ulp."""
    if dtype in ("float16", "bfloat16") or (engine is NUMPY and dtype == "float32"):
        return ROUNDED_ONCE
    if engine is JAX and dtype == "float64" and function in ("loss", "softplus", "log_sigmoid"):
        return XLA_FLOAT64_LOSS + weighted
    if function in ("sigmoid", "softplus", "log_sigmoid"):
        return ELEMENTARY[dtype]
    if function == "logit":
        return LOGIT
    return (FLOAT64 if dtype == "float64" else FLOAT32)[function] + weighted


def soft_gradient_bound(engine: Engine, dtype: str, weight: float = 1.0) -> float:
    """Return the largest absolute error of a gradient with soft labels, which lies between −weight and 1."""
    units = FLOAT32_SOFT_GRADIENT if dtype == "float32" and engine is not NUMPY else bound("gradient", engine, dtype)
    return units * 2.0 ** (ceil(log2(max(1.0, weight))) - grids.PRECISION[dtype])


def errors(engine: Engine, dtype: str, computed: Any, exact: np.ndarray, *, weight: float = 1.0, sums: bool = False) -> np.ndarray:
    """Return the errors in ulp, with 0 where XLA dropped a subnormal number.

    On a CPU, XLA tells the processor to take every number below the smallest normal one for 0, whether it comes in or
    goes out; JAX calls that intended (jax-ml/jax#16200) and there is no switch (openxla/xla#22858). So the tail of a
    loss ends there instead of fading out: a result of that size may be exactly 0, and a sum (`sums`) may lack a summand
    of that size. Nothing else is forgiven.

    A `weight` multiplies what was dropped, and on every engine the error of a number that was subnormal before it.
    """
    found = error_in_ulp(computed, exact)
    largest = max(1.0, weight) * grids.SMALLEST_NORMAL[dtype]
    found[[abs(right) < largest for right in exact]] /= max(1.0, weight)
    if engine is JAX and dtype != "float16":  # which is computed in float32
        values = as_float64(computed)
        for i in np.flatnonzero(found > ROUNDED_ONCE):
            lacking = abs(exact[i] - mpf(float(values[i])))
            if lacking < largest and (sums or values[i] == 0):
                found[i] = 0.0
    return found


def log1p_of_xla_is_off(engine: Engine, dtype: str, argument: np.ndarray) -> np.ndarray:
    """Tell where XLA's log1p in float64 on a CPU is wrong by up to 129 ulp (jax-ml/jax#39707), whatever is built on it."""
    return (argument > -0.53) & (argument < -0.28) & (engine is JAX and dtype == "float64")


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
