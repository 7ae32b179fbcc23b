"""How a formula meets the arrays: in a wider precision, in blocks that fit the cache, on any array library.

A *kernel* is a function ``kernel(xp, *arrays)`` of arrays of one shape and one floating-point dtype, written against
the Python array API. On NumPy it sees float64 blocks, whatever was passed in, and the result is rounded once: float32
comes out as good as correctly rounded, and no temporary array is ever larger than a block. So it does on Dask, whose
chunks are blocks already. Elsewhere it sees the whole arrays in their own dtype (float32 for half precision), so that
autograd, ``jit`` and ``vmap`` all apply.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from array_api_compat import device as device_of
from array_api_compat import is_dask_array

from bce_lib.validation import Array, Namespace, as_arrays, as_floats, dtype_name

Kernel = Callable[..., Array]

BLOCK = 16_384
"""Elements a block: at 8 bytes each, 128 kB an array, so that a kernel's few temporaries stay in the second-level
cache. Of the powers of two the fastest, with 8,192 and 32,768 close by. Blocks of 1,024 take 1.4 to 2.4 times as long,
because each costs some calls of Python, and blocks of a million 1.4 to 2 times (benchmarks/elementwise.py)."""


def evaluate(kernel: Kernel, xp: Namespace, *arrays: Array, dtype: Any) -> Array:
    """Apply a kernel to arrays that broadcast to the shape of the first, and return the values rounded to `dtype`."""
    if xp is np:
        result = np.empty(arrays[0].shape, dtype)
        for *inputs, output in blocks(*arrays, out=result):
            output[...] = kernel(np, *inputs)
        return result
    return xp.astype(kernel(xp, *in_working_precision(xp, *arrays)), dtype, copy=False)


def evaluate_sum(kernel: Kernel, xp: Namespace, *arrays: Array) -> Array:
    """Apply a kernel and add its values up, without ever holding all of them on NumPy; the sum is in float64 there."""
    if xp is np:
        # Each float32 value is exact in float64, where a plain sum of a block loses nothing that float32 could show.
        exact = any(dtype_name(array) == "float64" for array in arrays[:2])
        parts = [_block_sum(kernel(np, *inputs), exact) for inputs in blocks(*arrays)]
        return np.float64(fsum(parts))
    return compensated_sum(xp, kernel(xp, *in_working_precision(xp, *arrays)), None)


def map_elements(kernel: Kernel, name: str, argument: Any) -> Array:
    """Apply a kernel of one argument to anything array-like: the whole body of an elementary function."""
    xp, arrays = as_arrays(**{name: argument})
    array = as_floats(xp, name, arrays[name])
    result = evaluate(kernel, xp, array, dtype=array.dtype)
    return result[()] if xp is np else result


def working_dtype(xp: Namespace, array: Array) -> Any:
    """Return the dtype to compute in: float64 on NumPy and Dask, else the array's own; for half precision float32."""
    if xp is np or is_dask_array(array):
        return xp.float64
    return xp.float32 if dtype_name(array) in ("float16", "bfloat16") else array.dtype


def in_working_precision(xp: Namespace, *arrays: Array) -> list[Array]:
    """Convert all arrays to the dtype that the second of them (the prediction; or the only one) is computed in."""
    dtype = working_dtype(xp, arrays[min(1, len(arrays) - 1)])
    return [xp.astype(array, dtype, copy=False) for array in arrays]


def blocks(*arrays: Array, out: Array | None = None, size: int | None = None) -> Iterator[tuple[Array, ...]]:
    """Yield the arrays in blocks of float64; NumPy's iterator broadcasts, converts and follows any memory layout."""
    operands = list(arrays) if out is None else [*arrays, out]
    access: list[Any] = [["readonly"]] * len(arrays) + [["writeonly"]] * (len(operands) - len(arrays))
    iterator = np.nditer(
        operands,
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=access,
        op_dtypes=[np.float64] * len(operands),
        casting="same_kind",
        buffersize=size or BLOCK,
    )
    # Infinite logits and certain predictions pass through exp, log and 0·inf on purpose; each kernel says how.
    with iterator, np.errstate(all="ignore"):
        for block in iterator:
            yield block if len(operands) > 1 else (block,)


def _block_sum(values: Array, exact: bool) -> Array:
    return compensated_sum(np, values, None) if exact else np.sum(values)


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
