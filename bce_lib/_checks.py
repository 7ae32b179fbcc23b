"""What goes in: arrays of one library, of one shape, with targets in [0, 1].

Every public function passes its arguments through here, so bad input gives the same error everywhere: it names the
argument, the value or shape that is wrong, and the fix. Nothing here changes an array in place. Where values cannot be
looked at (:mod:`bce_lib._arrays`), shapes and dtypes are still checked.
"""

from __future__ import annotations

import math
import operator
from typing import Any, Literal, NamedTuple

import numpy as np

from bce_lib._arrays import FLOATS, INTEGERS, Array, Namespace, as_arrays, as_floats, dtype_name, range_of, to_numpy

Axis = int | tuple[int, ...] | None
Reduction = Literal["none", "mean", "sum", "weighted_mean"]

REDUCTIONS = ("none", "mean", "sum", "weighted_mean")
MISSING = "leave missing labels out with where=~isnan({target})"


class Elements(NamedTuple):
    """The checked arguments of a loss: arrays of one namespace that broadcast to the shape of `prediction`."""

    xp: Namespace
    y_true: Array
    prediction: Array
    sample_weight: Array | None = None
    pos_weight: Array | None = None
    where: Array | None = None


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
    # numpy.lib.array_utils.normalize_axis_tuple does as much, but torch.compile does not trace it.
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
    look_at_targets: bool = True,
) -> Elements:
    """Check the arguments of a loss and return them as arrays that belong together; errors call them by their names.

    `missing` is what to do with missing labels, in words. A loss that looks at the values of the targets itself passes
    ``look_at_targets=False``.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, or a dtype is not one of real numbers.
    ValueError
        If shapes differ, a target lies outside [0, 1], or a weight is negative, infinite or NaN.
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
    if look_at_targets:
        check_targets(xp, target_name, prediction_name, labels, scores, selected, missing)
    return Elements(xp, labels, scores, arrays[weight_name], arrays["pos_weight"], selected)


def _check_same_shape(target: str, name: str, y_true: Array, prediction: Array) -> None:
    left, right = tuple(y_true.shape), tuple(prediction.shape)
    for argument, shape in ((target, left), (name, right)):
        if any(length is None or math.isnan(length) for length in shape):
            raise ValueError(f"{argument} has the unknown shape {shape}: call its compute_chunk_sizes() first")
    if left == right:
        return
    column, row = (target, name) if len(left) > len(right) else (name, target)
    if math.prod(left) == math.prod(right) and abs(len(left) - len(right)) == 1:
        fix = f"a column met a row, which would broadcast to a matrix: pass {column}.reshape({row}.shape)"
    elif () in (left, right):
        fix = "a single number is not broadcast: give every prediction its target"
    else:
        fix = "every prediction needs its own target"
    raise ValueError(f"{target} has shape {left} but {name} has shape {right}: {fix}")


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
    fix = "give it the shape of the predictions, with 1 for an axis along which it repeats, or pass one number"
    if name != "pos_weight" and missing > 0 and own[0] == shape[0]:
        fix = f"one per sample? Then pass {name}.reshape({(-1,) + (1,) * (len(shape) - 1)})"
    raise ValueError(f"{name} has shape {own} but the predictions have shape {tuple(shape)}: {fix}")


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
    values = np.ravel(to_numpy(seen))
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    examples = ", ".join(f"{values[i]:g} at position {i}" for i in wrong[:3])
    other = range_of(xp, prediction)
    if np.isnan(values[wrong]).all():
        fix = missing.format(target=target)
    elif set(np.unique(values)) <= {-1, 1}:
        fix = f"for labels −1 and 1 pass ({target} + 1) / 2"
    elif name == "logits" and other is not None and 0 <= other[0] <= other[1] <= 1:
        fix = f"the {name} all lie in [0, 1], so perhaps the two are swapped: the order is ({target}, {name})"
    else:
        fix = "a target is 0, 1, or a probability between them"
    raise ValueError(f"{target} has {wrong.size} of {values.size} values outside [0, 1] ({examples}): {fix}")


def check_probabilities(xp: Namespace, name: str, prob: Array, fix: str, where: Array | None = None) -> None:
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
        raise ValueError(f"{name} reaches from {bounds[0]:g} to {bounds[1]:g}, outside [0, 1]: {fix}")


def _check_weights(xp: Namespace, name: str, weight: Array) -> None:
    bounds = None if dtype_name(weight) == "bool" else range_of(xp, weight)
    if bounds is not None and not (bounds[0] >= 0 and bounds[1] < math.inf):
        found = bounds[1] if bounds[0] >= 0 else bounds[0]
        raise ValueError(f"{name} contains {found:g}: weights must be finite numbers of at least 0")
