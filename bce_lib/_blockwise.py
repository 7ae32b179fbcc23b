"""How a formula meets the arrays: in a wider precision, in blocks that fit the cache, on any array library.

A *kernel* is a function ``kernel(xp, *arrays)`` of arrays of one shape and one floating-point dtype, written against
the Python array API. On NumPy it sees float64 blocks, whatever was passed in, and the result is rounded once: float32
comes out as good as correctly rounded, and a kernel's own temporaries are never larger than a block. So it does on
Dask, whose chunks are blocks already. Elsewhere it sees the whole arrays in their own dtype (float32 for half
precision), so that autograd, ``jit`` and ``vmap`` all apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import is_dask_array

from bce_lib._arrays import Array, Namespace, as_arrays, as_floats, dtype_name
from bce_lib._summation import compensated_sum, fsum

Kernel = Callable[..., Array]

BLOCK = 16_384
"""Elements a block: at 8 bytes each, 128 kB an array, so that a kernel's few temporaries stay in the second-level
cache. Of the powers of two the fastest, with 8,192 and 32,768 close by. Blocks of 1,024 take 1.4 to 2.4 times as long,
because each costs some calls of Python, and blocks of a million 1.4 to 2 times (benchmarks/blockwise.py)."""


class Values(NamedTuple):
    """The values of a kernel on some arrays, which are computed when they are asked for.

    The arrays broadcast to the shape of the first; `dtype` is the one to compute in.
    """

    xp: Namespace
    kernel: Kernel
    arrays: tuple[Array, ...]
    dtype: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape."""
        return tuple(self.arrays[0].shape)

    def array(self, dtype: Any) -> Array:
        """Return all of them in one array, rounded to `dtype`."""
        if self.xp is not np:
            return self.xp.astype(self._whole(), dtype, copy=False)
        result = np.empty(self.shape, dtype)
        for *inputs, output in blocks(*self.arrays, out=result):
            output[...] = self.kernel(np, *inputs)
        return result

    def sum(self, dtype: Any) -> Array:
        """Return their sum; `dtype` is the one that it will be rounded to. On NumPy only a block of them exists."""
        if self.xp is not np:
            return compensated_sum(self.xp, self._whole(), None)
        # In float64 a plain sum of a block loses nothing that a narrower dtype could show.
        block_sum = np.sum if np.dtype(dtype).itemsize < 8 else _compensated
        return np.float64(fsum(block_sum(self.kernel(np, *inputs)) for inputs in blocks(*self.arrays)))

    def _whole(self) -> Array:
        return self.kernel(self.xp, *(self.xp.astype(array, self.dtype, copy=False) for array in self.arrays))


def _compensated(block: Array) -> Array:
    return compensated_sum(np, block, None)


def map_elements(kernel: Kernel, name: str, argument: Any) -> Array:
    """Apply a kernel of one argument to anything array-like: the whole body of an elementary function."""
    xp, arrays = as_arrays(**{name: argument})
    array = as_floats(xp, name, arrays[name])
    result = Values(xp, kernel, (array,), working_dtype(xp, array)).array(array.dtype)
    return result[()] if xp is np else result


def working_dtype(xp: Namespace, array: Array) -> Any:
    """Return the dtype to compute in: float64 on NumPy and Dask, else the array's own; for half precision float32."""
    if xp is np or is_dask_array(array):
        return xp.float64
    return xp.float32 if dtype_name(array) in ("float16", "bfloat16") else array.dtype


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
