"""Arrays of any library: what they are called, and how numbers and lists become arrays beside them.

Values can be looked at only where they exist. In a traced array (``jax.jit``, ``torch.compile``, ``torch.func.vmap``),
on PyTorch's ``meta`` device and in a lazy Dask array they do not yet.
"""

from __future__ import annotations

import math
import sys
from functools import cache
from numbers import Real
from typing import Any

import numpy as np
from array_api_compat import array_namespace, is_array_api_obj, is_dask_array, is_numpy_array, is_torch_array
from array_api_compat import device as device_of

Array = Any
Namespace = Any
FLOATS = ("float16", "bfloat16", "float32", "float64")
OPTIONAL = ("sample_weight", "weight", "pos_weight", "where")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def dtype_name(array: Array) -> str:
    """Return the name of an array's dtype, the same word for every library: ``"float32"``, ``"bool"``."""
    if isinstance(array.dtype, np.dtype):
        return _numpy_name(array.dtype)
    return str(getattr(array.dtype, "name", array.dtype)).rsplit(".", 1)[-1]


@cache
def _numpy_name(dtype: np.dtype[Any]) -> str:
    return str(dtype.newbyteorder("="))  # takes longer than the loss of a hundred elements


def as_arrays(**arguments: Any) -> tuple[Namespace, dict[str, Array]]:
    """Bring the arguments into one array library and return its namespace with them.

    Lists, numbers and pandas columns become arrays of the library (and device) of the arguments that are arrays
    already, or of NumPy where none is. Weights and selections that are ``None`` stay ``None``.

    Raises
    ------
    TypeError
        If two arguments belong to different libraries, or one cannot be an array of real numbers.
    """
    for name, value in arguments.items():
        if value is None and name not in OPTIONAL:
            raise TypeError(f"{name} is None: pass an array of real numbers, for example {name}=[0.0, 1.0]")
    given = {
        name: value
        for name, value in arguments.items()
        if is_array_api_obj(value) and not isinstance(value, np.generic)
    }
    for name, value in given.items():
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(
                f"{name} is a masked array, whose mask would be lost: pass {name}.data and where=~{name}.mask"
            )
    if all(is_numpy_array(value) for value in given.values()):
        # NumPy 2 is itself a namespace of the array API; importing the wrapper of array-api-compat takes 0.1 s more.
        xp, options = np, {}
    else:
        try:
            xp = array_namespace(*given.values())
        except TypeError as error:
            kinds = ", ".join(f"{name} is a {type_name(value)}" for name, value in given.items())
            raise TypeError(f"The arrays belong to different libraries: {kinds}. Convert them to one.") from error
        reference = next(iter(given.values()))
        options = {} if is_dask_array(reference) else {"device": device_of(reference)}
    # A Python number has no precision of its own: it takes float64 where it meets that, else the library's default.
    precise = any(dtype_name(value) == "float64" for value in given.values())
    arrays = {
        name: value if value is None or name in given else _from_python(xp, name, value, precise, options)
        for name, value in arguments.items()
    }
    return xp, arrays


def type_name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__name__}"


def _from_python(xp: Namespace, name: str, value: Any, precise: bool, options: dict[str, Any]) -> Array:
    default = xp.float64 if precise else None
    try:
        if xp is not np and type(value) in (int, float):  # torch.compile can trace this, and not the way through NumPy
            return xp.asarray(float(value), dtype=default, **options)
        array = np.asarray(value)
        if array.dtype == object and all(isinstance(number, Real) for number in array.flat):
            array = array.astype(np.float64)  # integers beyond 64 bits, fractions
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"{name} cannot be made an array of numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {array.dtype}: it must hold real numbers, for example {name}=[0.0, 1.0]")
    if xp is np:
        return array
    if array.dtype == np.float64:
        return xp.asarray(array.tolist(), dtype=default, **options)
    return xp.asarray(array, **options)


def as_floats(xp: Namespace, name: str, array: Array) -> Array:
    """Return the array as floating point: floats as they are, integers in the library's default dtype.

    Raises
    ------
    TypeError
        If the dtype is neither a floating-point nor an integer one that the library computes with.
    """
    dtype = dtype_name(array)
    if dtype in FLOATS:
        return array
    if dtype in INTEGERS:
        return xp.astype(array, xp.asarray(0.0).dtype)
    fix = "booleans are decisions: pass the scores they came from" if dtype == "bool" else f"use {', '.join(FLOATS)}"
    raise TypeError(f"{name} has dtype {dtype}: {fix}")


def range_of(xp: Namespace, array: Array) -> tuple[float, float] | None:
    """Return the smallest and the largest value (NaN if there is one), or None where there are no values to see."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.compiler.is_compiling():
        return None
    if is_dask_array(array) or None in tuple(array.shape) or math.prod(array.shape) == 0:
        return None
    try:
        if torch is not None and is_torch_array(array):
            low, high = torch.aminmax(array.detach())  # both in one pass
            return float(low), float(high)
        return float(xp.min(array)), float(xp.max(array))
    except (TypeError, RuntimeError):  # what JAX's tracers, and PyTorch's batched and meta tensors, raise when read
        return None


def to_numpy(array: Array) -> np.ndarray[Any, Any]:
    """Return a copy of an array of any library, or the array itself, as NumPy's: for messages that show values."""
    detached = array.detach().cpu().double() if is_torch_array(array) else array
    return np.asarray(detached)
