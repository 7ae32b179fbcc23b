r"""From one loss an element to one number: the four reductions, with weights and a selection.

With elementwise losses :math:`\ell_i`, weights :math:`w_i` (1 where none are given) and the set :math:`S` of selected
elements (all where `where` is not given):

=================== ======================================================= ==========================================
reduction           value                                                   named so by
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

from bce_lib.elementwise import Kernel, compensated_sum, evaluate, evaluate_sum, working_dtype
from bce_lib.validation import Array, Axis, Elements, Namespace, check_reduction, range_of


def reduce_loss(kernel: Kernel, elements: Elements, axis: Axis, reduction: str) -> Array:
    """Evaluate ``kernel(xp, y_true, prediction, pos_weight)`` on every element, weigh, select and reduce.

    Raises
    ------
    ValueError
        If the reduction or axis is wrong, or a mean is asked for of no elements or of weights that add up to 0.
    """
    xp, prediction = elements.xp, elements.prediction
    axes = check_reduction(reduction, axis, prediction.ndim)
    weighted, operands = weighted_kernel(kernel, elements)
    if reduction == "none":
        values = evaluate(weighted, xp, *operands, dtype=prediction.dtype)
        return values[()] if xp is np else values
    if axes is None:
        total = evaluate_sum(weighted, xp, *operands)
    else:
        values = evaluate(weighted, xp, *operands, dtype=working_dtype(xp, prediction))
        total = compensated_sum(xp, values, axes)
    divisor = divisor_of(elements, axes, reduction)
    result = total if divisor is None else total / divisor
    if xp is not np:
        return xp.astype(result, prediction.dtype)
    with np.errstate(over="ignore"):  # a sum beyond the largest float16 is inf in float16
        return np.asarray(result).astype(prediction.dtype)[()]


def reduce_derivative(kernel: Kernel, elements: Elements, axis: Axis, reduction: str) -> Array:
    """Evaluate the kernel of a derivative so that it is the derivative of the loss with that reduction.

    Raises
    ------
    ValueError
        As `reduce_loss`.
    """
    xp, prediction = elements.xp, elements.prediction
    axes = check_reduction(reduction, axis, prediction.ndim)
    divisor = divisor_of(elements, axes, reduction)
    if divisor is not None and axes is not None:
        divisor = xp.reshape(divisor, tuple(1 if i in axes else n for i, n in enumerate(prediction.shape)))
    weighted, operands = weighted_kernel(kernel, elements, divisor)
    values = evaluate(weighted, xp, *operands, dtype=prediction.dtype)
    return values[()] if xp is np else values


def weighted_kernel(kernel: Kernel, elements: Elements, divisor: Array | None = None) -> tuple[Kernel, list[Array]]:
    """Return a kernel that also weighs, selects and divides, and the arrays that it takes."""
    optional = {
        "pos_weight": elements.pos_weight,
        "weight": elements.sample_weight,
        "where": elements.where,
        "divisor": divisor,
    }
    names = [name for name, array in optional.items() if array is not None]
    operands = [elements.prediction, *(optional[name] for name in names)]

    def weighted(xp: Namespace, y_true: Array, prediction: Array, *arrays: Array) -> Array:
        given: dict[str, Any] = dict(zip(names, arrays, strict=True))
        weight, where = given.get("weight"), given.get("where")
        selected = None if where is None else where != 0
        if weight is not None:
            selected = weight != 0 if selected is None else selected & (weight != 0)
        if selected is not None:
            # Masking before the kernel as well keeps a NaN outside the selection out of autograd's products 0·NaN.
            y_true, prediction = (xp.where(selected, array, xp.zeros_like(array)) for array in (y_true, prediction))
        value = kernel(xp, y_true, prediction, given.get("pos_weight"))
        value = value if weight is None else value * weight
        value = value if selected is None else xp.where(selected, value, xp.zeros_like(value))
        return value / given["divisor"] if "divisor" in given else value

    return weighted, [elements.y_true, *operands]


def divisor_of(elements: Elements, axes: tuple[int, ...] | None, reduction: str) -> Array | None:
    """Return what a reduction divides the sum by: None, or for each mean the number of elements or sum of weights.

    Raises
    ------
    ValueError
        If that is 0.
    """
    if reduction in ("none", "sum"):
        return None
    xp, prediction, where = elements.xp, elements.prediction, elements.where
    dtype = working_dtype(xp, prediction)
    weighted = reduction == "weighted_mean" and elements.sample_weight is not None
    if not weighted and where is None:
        lengths = prediction.shape if axes is None else [prediction.shape[i] for i in axes]
        divisor = xp.full(
            [n for i, n in enumerate(prediction.shape) if axes is not None and i not in axes],
            math.prod(lengths),
            dtype=dtype,
        )
    elif weighted:
        weight = xp.broadcast_to(xp.astype(elements.sample_weight, dtype), prediction.shape)
        selected = weight if where is None else xp.where(where, weight, xp.zeros_like(weight))
        divisor = compensated_sum(xp, selected, axes)
    else:
        divisor = xp.astype(xp.count_nonzero(xp.broadcast_to(where, prediction.shape), axis=axes), dtype)
    smallest = range_of(xp, divisor)
    if smallest is not None and smallest[0] == 0:
        cause = "the weights add up to 0" if weighted else "there is nothing to average"
        place = "" if axes is None else f" somewhere along axis {axes}"
        raise ValueError(
            f"reduction={reduction!r} would divide by 0: {cause}{place} "
            f"(predictions of shape {tuple(prediction.shape)}): use reduction='sum', or leave it out"
        )
    return divisor
