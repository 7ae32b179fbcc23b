"""What an answer returns: read as numbers, compared with another result, and put into words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bce_lib.accuracy import as_float64
from bce_lib.audit._subject import Refused, WrongResult

__all__ = [
    "Answer",
    "Case",
    "Numbers",
    "agrees",
    "as_numbers",
    "describe_call",
    "describe_value",
    "is_same_result",
    "name_of",
]

Answer = Callable[..., Any]
"""What the reader wrote."""

Case = tuple[Any, ...]
"""The arguments of one call."""

Numbers = NDArray[np.float64]


def as_numbers(result: Any) -> Numbers:
    """Return a result as float64, of whatever array library it is.

    Raises
    ------
    WrongResult
        If it is not made of numbers; the message says what it is.
    """
    if isinstance(result, int | float | list | tuple):
        try:
            return np.asarray(result, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise WrongResult(_describe_type(result)) from error
    if not hasattr(result, "dtype") or not hasattr(result, "shape"):
        raise WrongResult(_describe_type(result))
    try:
        return as_float64(result.detach() if hasattr(result, "detach") else result)
    except (TypeError, ValueError) as error:
        raise WrongResult(f"an array of {result.dtype}") from error


def agrees(result: Any, wanted: Any, rtol: float, atol: float = 0.0) -> bool:
    """Tell whether a result has the values of the one wanted; where that is a tuple, each part is compared.

    Raises
    ------
    WrongResult
        If it has another shape, or is not made of numbers; the message says so.
    """
    if isinstance(wanted, tuple):
        if not isinstance(result, tuple | list) or len(result) != len(wanted):
            raise WrongResult(f"{describe_value(result)}, not {len(wanted)} results")
        return all(agrees(part, ours, rtol, atol) for part, ours in zip(result, wanted, strict=True))
    values, right = as_numbers(result), as_numbers(wanted)
    if values.shape != right.shape:
        raise WrongResult(f"{_describe_shape(values)}, not {_describe_shape(right)}")
    return bool(np.allclose(values, right, rtol=rtol, atol=atol, equal_nan=True))


def is_same_result(left: Any, right: Any, rtol: float = 1e-6) -> bool:
    """Tell whether two results are the same, be they numbers, tuples, errors or anything else."""
    if isinstance(left, Refused) and isinstance(right, Refused):
        return left.kind == right.kind
    if isinstance(left, tuple | list) and isinstance(right, tuple | list) and _is_nested(left) | _is_nested(right):
        return len(left) == len(right) and all(is_same_result(a, b, rtol) for a, b in zip(left, right, strict=True))
    try:
        a, b = as_numbers(left), as_numbers(right)
    except WrongResult:
        return bool(type(left) is type(right) and repr(left) == repr(right))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=0, equal_nan=True))


def describe_value(value: Any) -> str:
    """Return a result or an argument in words: numbers with six digits, long arrays with their first few."""
    if isinstance(value, Refused):
        return str(value)
    if isinstance(value, bool | str):
        return repr(value)
    if isinstance(value, tuple | list) and _is_nested(value):
        return f"({', '.join(map(describe_value, value))})"
    try:
        numbers = as_numbers(value)
    except WrongResult as error:
        return str(error)
    if numbers.ndim == 0:
        return f"{float(numbers) + 0:.6g}"
    if numbers.ndim > 1 and numbers.size > 6:
        return _describe_shape(numbers)
    if numbers.ndim > 1:
        return f"[{', '.join(map(describe_value, numbers))}]"
    first = ", ".join(f"{number + 0:.6g}" for number in numbers[:6])
    return f"[{first}]" if numbers.size <= 6 else f"[{first}, …], {numbers.size} numbers"


def describe_call(answer: Answer, case: Case) -> str:
    """Return a call as one would write it."""
    return f"{name_of(answer)}({', '.join(map(_describe_argument, case))})"


def name_of(answer: Answer) -> str:
    """Return the name of a function; "answer" for one that has none."""
    name = str(getattr(answer, "__name__", "") or type(answer).__name__)
    return "answer" if name == "<lambda>" else name


def _is_nested(values: Any) -> bool:
    return any(hasattr(value, "shape") or isinstance(value, tuple | list) for value in values)


def _describe_argument(value: Any) -> str:
    dtype = str(getattr(value, "dtype", "")).rpartition(".")[2]
    words = describe_value(value)
    return f"{words} ({dtype})" if dtype in ("float16", "float32", "int64", "bool") else words


def _describe_shape(values: Numbers) -> str:
    return "one number" if values.shape == () else f"an array of shape {values.shape}"


def _describe_type(result: Any) -> str:
    article = "an" if type(result).__name__[0] in "aeiou" else "a"
    return f"{article} {type(result).__name__}, not numbers"
