"""What goes into a loss of samples that have a class each: indices or distributions, and an axis of classes.

What every loss checks is in :mod:`bce_lib._checks`; here is what a label of many classes needs besides. As there,
values are looked at where they exist, nothing is changed in place, and an error names the fix.
"""

from __future__ import annotations

import math
import operator

import numpy as np
from array_api_compat import device as device_of
from array_api_compat import is_dask_array

from bce_lib._arrays import FLOATS, INTEGERS, Array, Namespace, as_arrays, as_floats, dtype_name, range_of
from bce_lib._blockwise import working_dtype
from bce_lib._checks import Elements, check_elements


def numbers_of_classes(xp: Namespace, scores: Array) -> Array:
    """Return the numbers of the classes, 0 to K − 1."""
    return xp.arange(scores.shape[-1], **({} if is_dask_array(scores) else {"device": device_of(scores)}))


def classes_last(xp: Namespace, name: str, scores: Array, axis: int) -> tuple[Array, int]:
    """Return the scores as floats with the classes along the last axis, and where that axis was.

    Raises
    ------
    TypeError
        If the axis is not a whole number, or the scores are no real numbers.
    ValueError
        If the axis does not exist or has no classes, or a length is unknown.
    """
    shape = tuple(scores.shape)
    try:
        number = operator.index(axis)
    except TypeError as error:
        raise TypeError(f"class_axis={axis!r} is not a whole number: classes lie along one axis, as in -1") from error
    if not -len(shape) <= number < len(shape):
        fix = f"{name} of one sample have the shape (K,)" if shape == () else "class_axis is where the classes lie"
        raise ValueError(f"class_axis={number} does not exist in {name} of shape {shape}: {fix}")
    if any(length is None or math.isnan(length) for length in shape):
        raise ValueError(f"{name} has the unknown shape {shape}: call its compute_chunk_sizes() first")
    if shape[number] == 0:
        raise ValueError(f"{name} of shape {shape} has no classes along axis {number}")
    place = number % len(shape)
    return xp.moveaxis(as_floats(xp, name, scores), place, -1), place


def check_samples(
    name: str, y_true: Array, scores: Array, sample_weight: Array | None, where: Array | None, axis: int
) -> Elements:
    """Check the arguments of a loss; return indices or distributions, and scores, with the classes along the last axis.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, a dtype is not one of real numbers, or indices are not integers.
    ValueError
        If shapes do not fit, an index names no class, a distribution is none, or a weight is negative or not finite.
    """
    if type(y_true) is int:  # the label of one sample: as_arrays would take a Python number for a float
        y_true = np.int64(y_true)
    xp, arrays = as_arrays(**{"y_true": y_true, name: scores, "sample_weight": sample_weight, "where": where})
    scores, place = classes_last(xp, name, arrays[name], axis)
    labels = _labels_like(xp, name, arrays["y_true"], scores, place)
    first = scores[..., 0]
    for argument in ("sample_weight", "where"):
        _check_one_a_sample(argument, arrays[argument], tuple(first.shape))
    # One element a sample: what else weights and selections must be is what the binary loss asks of them.
    options = {"sample_weight": arrays["sample_weight"], "where": arrays["where"]}
    samples = check_elements(name, xp.zeros_like(first), first, **options)
    if labels.ndim == scores.ndim:
        selected = None if samples.where is None else samples.where[..., None]
        check_elements(name, labels, scores, where=selected)
        _check_sums(xp, labels, scores, samples.where)
    else:
        _check_indices(xp, labels, scores.shape[-1], samples.where)
    return samples._replace(y_true=labels, prediction=scores)


def _labels_like(xp: Namespace, name: str, labels: Array, scores: Array, place: int) -> Array:
    """Return distributions with the classes last, or indices of the library's usual integers, as the shape says."""
    kind, own, lead = dtype_name(labels), tuple(labels.shape), tuple(scores.shape[:-1])
    full = (*lead[:place], scores.shape[-1], *lead[place:])
    if own == full:
        return xp.moveaxis(labels, place, -1)
    if own != lead:
        raise ValueError(f"y_true has shape {own} but {name} has shape {full}: {_fix_of_shapes(own, full, place)}")
    if kind not in INTEGERS:
        raise TypeError(f"y_true has dtype {kind}: class indices are integers, for example y_true.astype(int)")
    return xp.astype(labels, numbers_of_classes(xp, scores).dtype, copy=False)


def _fix_of_shapes(own: tuple[int, ...], full: tuple[int, ...], place: int) -> str:
    lead = full[:place] + full[place + 1 :]
    if len(own) == len(full) and math.prod(own) == math.prod(lead):
        return f"one index per sample? Then pass y_true.reshape({lead})"
    for axis in range(len(full)):
        if own == full[:axis] + full[axis + 1 :]:
            return f"do the classes lie along axis {axis}? Then pass class_axis={axis}"
    if own == ():
        return "a single label is not broadcast: give every sample its own"
    return f"class indices have the shape {lead}, distributions over the classes {full}"


def _check_one_a_sample(name: str, array: Array | None, lead: tuple[int, ...]) -> None:
    own = () if array is None else tuple(array.shape)
    if own == () or (len(own) == len(lead) and all(n in (1, full) for n, full in zip(own, lead, strict=True))):
        return
    raise ValueError(
        f"{name} has shape {own} but the samples have shape {lead}: it takes one number per sample, with 1 "
        "for an axis along which it repeats, or one number for all"
    )


def _check_indices(xp: Namespace, labels: Array, classes: int, where: Array | None) -> None:
    bounds = range_of(xp, labels if where is None else xp.where(where, labels, xp.zeros_like(labels)))
    if bounds is None or (bounds[0] >= 0 and bounds[1] < classes):
        return
    low, high = map(int, bounds)
    if classes == 1:
        fix = "for one logit per sample use binary_cross_entropy_with_logits"
    elif low < 0:
        fix = "leave samples without a label out with where=y_true >= 0"
    elif low >= 1 and high == classes:
        fix = "if they are numbered from 1, pass y_true - 1"
    else:
        fix = "every class needs a logit"
    raise ValueError(
        f"y_true reaches from {low} to {high}, but the {classes} classes are numbered from 0 to {classes - 1}: {fix}"
    )


_TOLERANCE = {"bfloat16": 0.09, "float16": 0.03}
"""How far a sum of probabilities may be from 1, about the root of the spacing at 1; 0.0003 for all other dtypes."""


def _check_sums(xp: Namespace, labels: Array, scores: Array, where: Array | None) -> None:
    totals = xp.sum(xp.astype(labels, working_dtype(xp, scores)), axis=-1)
    low, high = _range_of_sums(xp, totals, where)
    tolerance = _TOLERANCE.get(dtype_name(labels), 0.0003)
    if low < 1 - tolerance or high > 1 + tolerance:
        hard = dtype_name(labels) not in FLOATS
        fix = "where several classes may be true at once, or none, use binary_cross_entropy_with_logits"
        fix = fix if hard else f"divide each by its sum; or {fix}"
        raise ValueError(
            f"y_true has the shape of the scores, so it holds distributions over the {labels.shape[-1]} "
            f"classes, but their sums reach from {low:.4g} to {high:.4g} and are not 1: {fix}"
        )


def check_log_probabilities(xp: Namespace, log_probs: Array, where: Array | None) -> None:
    """Check that the probabilities add up to 1; NaN may pass.

    Raises
    ------
    ValueError
        If those of a sample do not.
    """
    with np.errstate(over="ignore"):
        totals = xp.sum(xp.exp(xp.astype(log_probs, working_dtype(xp, log_probs))), axis=-1)
    low, high = _range_of_sums(xp, totals, where)
    tolerance = _TOLERANCE.get(dtype_name(log_probs), 0.0003)
    if low < 1 - tolerance or high > 1 + tolerance:
        raise ValueError(
            f"log_probs are logarithms of probabilities, but these would add up to {low:.4g} … {high:.4g} "
            "and not 1: for logits use cross_entropy_with_logits, of probabilities pass the logarithm"
        )


def _range_of_sums(xp: Namespace, totals: Array, where: Array | None) -> tuple[float, float]:
    """Return the least and the largest sum; 1 and 1 where there are none to see, and for what is NaN or left out."""
    ignored = xp.isnan(totals) if where is None else xp.isnan(totals) | ~where
    return range_of(xp, xp.where(ignored, xp.ones_like(totals), totals)) or (1.0, 1.0)
