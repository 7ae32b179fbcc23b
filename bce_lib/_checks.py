"""What goes in: arrays of one library, of one shape, with targets in [0, 1].

Every public function passes its arguments through here, so bad input gives the same error everywhere: it names the
argument, the value or shape that is wrong, and the mend. Nothing here changes an array in place.

Values can be looked at only where they exist. In a traced array (``jax.jit``, ``torch.compile``, ``torch.func.vmap``),
on PyTorch's ``meta`` device and in a lazy Dask array they do not yet; there the shapes and dtypes are still checked.
"""

from __future__ import annotations

import math
import operator
import sys
from functools import cache
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np
from array_api_compat import array_namespace, is_array_api_obj, is_dask_array, is_numpy_array, is_torch_array
from array_api_compat import device as device_of

Array = Any
Namespace = Any
Axis = int | tuple[int, ...] | None
Reduction = Literal["none", "mean", "sum", "weighted_mean"]

REDUCTIONS = ("none", "mean", "sum", "weighted_mean")
FLOATS = ("float16", "bfloat16", "float32", "float64")
OPTIONAL = ("sample_weight", "weight", "pos_weight", "where")
MISSING = "leave missing labels out with where=~isnan({target})"
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


class Elements(NamedTuple):
    """The checked arguments of a loss: arrays of one namespace that broadcast to the shape of `prediction`."""

    xp: Namespace
    y_true: Array
    prediction: Array
    sample_weight: Array | None = None
    pos_weight: Array | None = None
    where: Array | None = None


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
            kinds = ", ".join(f"{name} is a {_type_name(value)}" for name, value in given.items())
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


def _type_name(value: Any) -> str:
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
    mend = "booleans are decisions: pass the scores they came from" if dtype == "bool" else f"use {', '.join(FLOATS)}"
    raise TypeError(f"{name} has dtype {dtype}: {mend}")


def check_reduction(reduction: str, axis: Axis, ndim: int) -> tuple[int, ...] | None:
    """Check the name of the reduction and return the axes as non-negative numbers (``None`` means all).

    Raises
    ------
    TypeError
        If an axis is not a whole number.
    ValueError
        If the reduction is unknown, an axis does not exist or comes twice, or ``"none"`` is given an axis.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction={reduction!r} is unknown: use one of {', '.join(map(repr, REDUCTIONS))}")
    if axis is None:
        return None
    if reduction == "none":
        raise ValueError(f"axis={axis} has no meaning with reduction='none': drop it, or use 'mean' or 'sum'")
    try:
        axes = tuple(map(operator.index, axis if isinstance(axis, (tuple, list)) else (axis,)))
    except TypeError as error:
        raise TypeError(f"axis={axis!r} is not a whole number: for example axis=0, or axis=(0, 1)") from error
    for number in axes:
        if not -ndim <= number < ndim:
            raise ValueError(f"axis={number} does not exist in an array of {ndim} dimensions")
    axes = tuple(sorted(number % ndim for number in axes))
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis={axis} names an axis twice")
    return axes


def match_elements(
    prediction_name: str,
    y_true: Any,
    prediction: Any,
    *,
    target_name: str = "y_true",
    weight_name: str = "sample_weight",
    sample_weight: Any = None,
    pos_weight: Any = None,
    where: Any = None,
) -> Elements:
    """Check all but the targets' values, for a loss that looks at them itself; else as `check_elements`.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, or a dtype is not one of real numbers.
    ValueError
        If shapes differ, or a weight is negative, infinite or NaN.
    """
    arguments = {target_name: y_true, prediction_name: prediction}
    arguments |= {weight_name: sample_weight, "pos_weight": pos_weight, "where": where}
    xp, arrays = as_arrays(**arguments)
    labels, scores = arrays[target_name], as_floats(xp, prediction_name, arrays[prediction_name])
    if dtype_name(labels) not in (*FLOATS, *INTEGERS, "bool"):
        kind = dtype_name(labels)
        raise TypeError(f"{target_name} has dtype {kind}: labels are booleans, integers or floats in [0, 1]")
    _check_same_shape(target_name, prediction_name, labels, scores)
    selected = arrays["where"]
    if selected is not None:
        if dtype_name(selected) != "bool":
            raise TypeError(f"where has dtype {dtype_name(selected)}: it must be boolean, as in where=y_true >= 0")
        _check_aligned("where", selected, scores.shape)
    for name in (weight_name, "pos_weight"):
        if arrays[name] is not None:
            _check_aligned(name, arrays[name], scores.shape)
            _check_weights(xp, name, arrays[name])
    return Elements(xp, labels, scores, arrays[weight_name], arrays["pos_weight"], selected)


def check_elements(
    prediction_name: str,
    y_true: Any,
    prediction: Any,
    *,
    target_name: str = "y_true",
    weight_name: str = "sample_weight",
    sample_weight: Any = None,
    pos_weight: Any = None,
    where: Any = None,
    missing: str = MISSING,
) -> Elements:
    """Check the arguments of a loss and return them as arrays that belong together; errors call them by their names.

    `missing` is what to do with missing labels, in words.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, or a dtype is not one of real numbers.
    ValueError
        If shapes differ, a target lies outside [0, 1], or a weight is negative, infinite or NaN.
    """
    elements = match_elements(
        prediction_name,
        y_true,
        prediction,
        target_name=target_name,
        weight_name=weight_name,
        sample_weight=sample_weight,
        pos_weight=pos_weight,
        where=where,
    )
    check_targets(
        elements.xp, target_name, prediction_name, elements.y_true, elements.prediction, elements.where, missing
    )
    return elements


def _check_same_shape(target: str, name: str, y_true: Array, prediction: Array) -> None:
    left, right = tuple(y_true.shape), tuple(prediction.shape)
    for argument, shape in ((target, left), (name, right)):
        if any(length is None or math.isnan(length) for length in shape):
            raise ValueError(f"{argument} has the unknown shape {shape}: call its compute_chunk_sizes() first")
    if left == right:
        return
    column, row = (target, name) if len(left) > len(right) else (name, target)
    if math.prod(left) == math.prod(right) and abs(len(left) - len(right)) == 1:
        mend = f"a column met a row, which would broadcast to a matrix: pass {column}.reshape({row}.shape)"
    elif () in (left, right):
        mend = "a single number is not broadcast: give every prediction its target"
    else:
        mend = "every prediction needs its own target"
    raise ValueError(f"{target} has shape {left} but {name} has shape {right}: {mend}")


def _check_aligned(name: str, array: Array, shape: tuple[int, ...]) -> None:
    """Check that a weight is one number, or has length 1 where it repeats: it never enlarges the loss.

    `pos_weight` belongs to classes, so it may leave out leading axes, as in PyTorch. `sample_weight` and `where` may
    not: with as many samples as classes, (n,) would silently align with the classes.
    """
    own = tuple(array.shape)
    missing = len(shape) - len(own)
    fits = own == () or (
        (missing == 0 or (name == "pos_weight" and missing > 0))
        and all(length in (1, full) for length, full in zip(own, shape[missing:], strict=True))
    )
    if fits:
        return
    mend = "give it the shape of the predictions, with 1 for an axis along which it repeats, or pass one number"
    if name != "pos_weight" and missing > 0 and own[0] == shape[0]:
        mend = f"one a sample? Then pass {name}.reshape({(-1,) + (1,) * (len(shape) - 1)})"
    raise ValueError(f"{name} has shape {own} but the predictions have shape {tuple(shape)}: {mend}")


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


def check_targets(
    xp: Namespace,
    target: str,
    name: str,
    y_true: Array,
    prediction: Array,
    where: Array | None = None,
    missing: str = MISSING,
) -> None:
    """Check that the targets lie in [0, 1], where their values can be looked at.

    Raises
    ------
    ValueError
        If one does not, or is NaN.
    """
    if dtype_name(y_true) == "bool":
        return
    seen = y_true if where is None else xp.where(where, y_true, xp.zeros_like(y_true))
    bounds = range_of(xp, seen)
    if bounds is None or (bounds[0] >= 0 and bounds[1] <= 1):
        return
    values = np.ravel(_to_numpy(seen))
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    examples = ", ".join(f"{values[i]:g} at position {i}" for i in wrong[:3])
    other = range_of(xp, prediction)
    if np.isnan(values[wrong]).all():
        mend = missing.format(target=target)
    elif set(np.unique(values)) <= {-1, 1}:
        mend = f"for labels −1 and 1 pass ({target} + 1) / 2"
    elif name == "logits" and other is not None and 0 <= other[0] <= other[1] <= 1:
        mend = f"the {name} all lie in [0, 1], so perhaps the two are swapped: the order is ({target}, {name})"
    else:
        mend = "a target is 0, 1, or a probability between them"
    raise ValueError(f"{target} has {wrong.size} of {values.size} values outside [0, 1] ({examples}): {mend}")


def _to_numpy(array: Array) -> np.ndarray[Any, Any]:
    detached = array.detach().cpu().double() if is_torch_array(array) else array
    return np.asarray(detached)


def check_probabilities(xp: Namespace, name: str, prob: Array, mend: str, where: Array | None = None) -> None:
    """Check that probabilities lie in [0, 1]; NaN, which is no probability but not a wrong one either, may pass.

    Raises
    ------
    ValueError
        If a probability is below 0 or above 1.
    """
    seen = prob if where is None else xp.where(where, prob, xp.zeros_like(prob))
    bounds = range_of(xp, seen)
    if bounds is not None and math.isnan(bounds[0]):  # only then is a copy without the NaN worth its memory
        bounds = range_of(xp, xp.where(xp.isnan(seen), xp.zeros_like(seen), seen))
    if bounds is not None and (bounds[0] < 0 or bounds[1] > 1):
        raise ValueError(f"{name} reaches from {bounds[0]:g} to {bounds[1]:g}, outside [0, 1]: {mend}")


def _check_weights(xp: Namespace, name: str, weight: Array) -> None:
    bounds = None if dtype_name(weight) == "bool" else range_of(xp, weight)
    if bounds is not None and not (bounds[0] >= 0 and bounds[1] < math.inf):
        found = bounds[1] if bounds[0] >= 0 else bounds[0]
        raise ValueError(f"{name} contains {found:g}: weights must be finite numbers of at least 0")
