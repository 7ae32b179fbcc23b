r"""From one loss per element to one number: the four reductions, with weights and a selection.

With elementwise losses :math:`\ell_i`, weights :math:`w_i` (1 where none are given) and the set :math:`S` of selected
elements (all where `where` is not given):

=================== ======================================================= ==========================================
reduction           value                                                   used by
=================== ======================================================= ==========================================
``"none"``          :math:`w_i \ell_i`, and 0 outside :math:`S`
``"sum"``           :math:`\sum_S w_i \ell_i`
``"mean"``          :math:`\sum_S w_i \ell_i \;/\; |S|`                     PyTorch, Keras
``"weighted_mean"`` :math:`\sum_S w_i \ell_i \;/\; \sum_S w_i`              scikit-learn (its ``log_loss``)
=================== ======================================================= ==========================================

The two means differ by the mean weight and libraries do not say which they take, so here each has its own name. An
element of weight 0 adds nothing, whatever its loss, infinite or NaN; ``"mean"`` still counts it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bce_lib._arrays import Array, Namespace, range_of
from bce_lib._blockwise import Kernel, Values, working_dtype
from bce_lib._checks import Axis, Elements, check_reduction
from bce_lib._summation import compensated_sum


def evaluate(kernel: Kernel, elements: Elements) -> Values:
    """Return the loss of every element, ``kernel(xp, y_true, prediction)`` times its weight, and 0 if not selected.

    A positive class that has a weight of its own is passed on to the kernel as a third array.
    """
    arrays = (elements.y_true, elements.prediction, elements.pos_weight)
    given = tuple(array for array in arrays if array is not None)
    dtype = working_dtype(elements.xp, elements.prediction)
    return weighted(Values(elements.xp, kernel, given, dtype), elements.sample_weight, elements.where)


def weighted(
    values: Values, weight: Array | None, where: Array | None = None, *, divisor: Array | None = None
) -> Values:
    """Return values times their weights over the divisor, and 0 for what is not selected or has the weight 0."""
    optional = {"weight": weight, "where": where, "divisor": divisor}
    names = [name for name, array in optional.items() if array is not None]
    count = len(values.arrays)

    def kernel(xp: Namespace, *arrays: Array) -> Array:
        operands, given = arrays[:count], dict(zip(names, arrays[count:], strict=True))
        selected = given["where"] != 0 if "where" in given else None
        if "weight" in given:
            counts = given["weight"] != 0
            selected = counts if selected is None else selected & counts
        if selected is not None:
            # Masking before the kernel as well keeps a NaN outside the selection out of autograd's products 0·NaN.
            operands = tuple(xp.where(selected, array, xp.zeros_like(array)) for array in operands)
        value = values.kernel(xp, *operands)
        value = value * given["weight"] if "weight" in given else value
        value = value if selected is None else xp.where(selected, value, xp.zeros_like(value))
        return value / given["divisor"] if "divisor" in given else value

    extra: list[Any] = [optional[name] for name in names]
    return values._replace(kernel=kernel, arrays=(*values.arrays, *extra)) if names else values


def reduce(
    losses: Values,
    dtype: Any,
    *,
    weight: Array | None = None,
    where: Array | None = None,
    axis: Axis = None,
    reduction: str = "mean",
) -> Array:
    """Reduce losses, which are weighted and selected already, and round the result to `dtype`.

    `weight` and `where` say what a mean divides by.

    Raises
    ------
    ValueError
        If the reduction or axis is wrong, or a mean is asked for of no elements or of weights that add up to 0.
    """
    xp = losses.xp
    axes = check_reduction(reduction, axis, len(losses.shape))
    if reduction == "none":
        values = losses.array(dtype)
        return values[()] if xp is np else values
    total = losses.sum(dtype) if axes is None else compensated_sum(xp, losses.array(losses.dtype), axes)
    divisor = divisor_of(xp, losses.shape, losses.dtype, reduction, axes, weight, where)
    result = total if divisor is None else total / divisor
    if xp is not np:
        return xp.astype(result, dtype)
    with np.errstate(over="ignore"):  # a sum beyond the largest float16 is inf in float16
        return np.asarray(result).astype(dtype)[()]


def reduce_elements(kernel: Kernel, elements: Elements, axis: Axis, reduction: str) -> Array:
    """Return the loss of checked elements: evaluate, then reduce.

    Raises
    ------
    ValueError
        As `reduce`.
    """
    losses = evaluate(kernel, elements)
    dtype, weight, where = elements.prediction.dtype, elements.sample_weight, elements.where
    return reduce(losses, dtype, weight=weight, where=where, axis=axis, reduction=reduction)


def derivative(kernel: Kernel, elements: Elements, axis: Axis, reduction: str) -> Array:
    """Evaluate the kernel of a derivative so that it is the derivative of the loss with that reduction.

    Raises
    ------
    ValueError
        As `reduce`.
    """
    slopes = evaluate(kernel, elements)
    xp, shape = slopes.xp, slopes.shape
    axes = check_reduction(reduction, axis, len(shape))
    divisor = divisor_of(xp, shape, slopes.dtype, reduction, axes, elements.sample_weight, elements.where)
    if divisor is not None and axes is not None:
        divisor = xp.reshape(divisor, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    values = weighted(slopes, None, divisor=divisor).array(elements.prediction.dtype)
    return values[()] if xp is np else values


def divisor_of(
    xp: Namespace,
    shape: tuple[int, ...],
    dtype: Any,
    reduction: str,
    axes: tuple[int, ...] | None = None,
    weight: Array | None = None,
    where: Array | None = None,
) -> Array | None:
    """Return what a reduction divides the sum by: None, or for each mean the number of elements or sum of weights.

    Raises
    ------
    ValueError
        If that is 0.
    """
    if reduction in ("none", "sum"):
        return None
    if reduction == "weighted_mean" and weight is not None:
        cause = "the weights add up to 0"
        weight = xp.broadcast_to(xp.astype(weight, dtype), shape)
        divisor = compensated_sum(xp, weight if where is None else xp.where(where, weight, xp.zeros_like(weight)), axes)
    else:
        cause = "there is nothing to average"
        divisor = _number_of_elements(xp, shape, where, axes, dtype)
    smallest = range_of(xp, divisor)
    if smallest is not None and smallest[0] == 0:
        place = "" if axes is None else f" somewhere along axis {axes}"
        raise ValueError(
            f"reduction={reduction!r} would divide by 0: {cause}{place} (predictions of shape {shape}): "
            "use reduction='sum', or leave it out"
        )
    return divisor


def _number_of_elements(
    xp: Namespace, shape: tuple[int, ...], where: Array | None, axes: tuple[int, ...] | None, dtype: Any
) -> Array:
    if where is not None:
        return xp.astype(xp.count_nonzero(xp.broadcast_to(where, shape), axis=axes), dtype)
    kept = [] if axes is None else [n for i, n in enumerate(shape) if i not in axes]
    reduced = shape if axes is None else [shape[i] for i in axes]
    return xp.full(kept, math.prod(reduced), dtype=dtype)
