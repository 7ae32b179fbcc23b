"""Sums whose order does not matter to the last bit or so.

Each addition of two floats also yields its rounding error, exactly; the errors are added up beside the sum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from array_api_compat import device as device_of
from array_api_compat import is_dask_array

from bce_lib._arrays import Array, Namespace


def fsum(parts: Iterable[float]) -> float:
    """Add numbers up with one rounding; beyond the largest float64 the sum is infinite, and not an error."""
    try:
        return math.fsum(parts)
    except OverflowError:  # finite parts with an infinite sum
        return math.inf


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Return a + b rounded, and the rounding error, which is a float too (Knuth); of floats or of arrays.

    With s = a + b and t = s − a, the part of b that is in s, the error is (a − (s − t)) + (b − t).
    """
    total = a + b
    shift = total - a
    return total, (a - (total - shift)) + (b - shift)


def compensated_sum(xp: Namespace, values: Array, axes: tuple[int, ...] | None) -> Array:
    r"""Add values up so that their order does not matter to the last bit or so.

    The array is folded in half again and again. Each addition also yields its rounding error, exactly (`two_sum`). The
    errors are added up beside the sum and added to it at the end, as if it had been carried in twice the precision.

    Parameters
    ----------
    xp
        The namespace of `values`.
    values
        Any shape.
    axes
        The axes to sum along, non-negative; None for all of them.

    References
    ----------
    T. Ogita, S. M. Rump, S. Oishi: Accurate sum and dot product. SIAM Journal on Scientific Computing 26 (2005).
    """
    if is_dask_array(values):  # chunks are summed where they lie: folding would pull them together
        return xp.sum(values, axis=axes)
    if xp is not np:
        return _folded(xp, _summed_axes_last(xp, values, axes))
    with np.errstate(over="ignore", invalid="ignore"):
        return _folded(xp, _summed_axes_last(xp, values, axes))


def _folded(xp: Namespace, high: Array) -> Array:
    """Add up along the last axis."""
    low = xp.zeros(high.shape[:-1], dtype=high.dtype, device=device_of(high))
    while high.shape[-1] > 1:
        half = high.shape[-1] // 2
        a, b, rest = high[..., :half], high[..., half : 2 * half], high[..., 2 * half :]
        folded, errors = two_sum(a, b)
        low = low + xp.sum(errors, axis=-1)
        high = xp.concat((folded, rest), axis=-1) if rest.shape[-1] else folded
    total = xp.sum(high, axis=-1)
    # An infinite sum has NaN for its rounding error.
    return xp.where(xp.isfinite(total), total + low, total)


def _summed_axes_last(xp: Namespace, values: Array, axes: tuple[int, ...] | None) -> Array:
    if axes is None:
        return xp.reshape(values, (-1,))
    kept = tuple(axis for axis in range(values.ndim) if axis not in axes)
    lead = tuple(values.shape[axis] for axis in kept)
    length = math.prod([values.shape[axis] for axis in axes])
    return xp.reshape(xp.permute_dims(values, kept + axes), (*lead, length))
