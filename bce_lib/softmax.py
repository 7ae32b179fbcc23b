r"""Softmax and cross-entropy of classes that exclude each other: the sibling of the binary loss for more than two.

With logits :math:`z_1, \dots, z_K`, the largest of them :math:`z_t` (any one, where several are the largest) and the
gaps :math:`g_k = z_t - z_k`, which are at least 0,

.. math:: -\log \operatorname{softmax}(z)_k = g_k + \log\Bigl(1 + \sum_{j \ne t} e^{-g_j}\Bigr).

Both terms are at least 0, so nothing cancels; no exponent is positive, so nothing overflows. The sum runs over the
*others*: a sum that includes the largest rounds its own tail away before the logarithm sees it, and a confident right
prediction then costs exactly 0. With the two logits 0 and z this is the binary loss of :mod:`bce_lib.logits`. Chapter
*softmax* derives it and compares.

Conventions. Logits have one axis of classes, the last one unless `axis` says otherwise; all others number the samples.
The shape of `y_true` says what it holds. Without the axis of classes it holds *indices*, integers from 0 to K − 1. With
it, it holds *distributions* over the classes, hard (one-hot) or soft, which sum to 1.

A logit of −∞ makes its class impossible, and one of +∞ makes it certain. Where several are +∞, or all −∞, there is no
distribution, and everything is NaN. A NaN among the logits of a sample makes all of that sample NaN.

Accuracy. Where the result is rounded from a wider dtype (half precision, and float32 on NumPy and Dask) the loss is off
by at most 0.51 ulp, else by at most 4 ulp for up to ten classes. The gradient that autograd finds is off by at most
5 ulp where the likeliest class is the right one, and elsewhere by at most 2.5 ulp of 1.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import device as device_of
from array_api_compat import is_dask_array

from bce_lib.elementwise import BLOCK, in_working_precision, working_dtype
from bce_lib.reduction import reduce_loss
from bce_lib.validation import (
    FLOATS,
    INTEGERS,
    Array,
    Elements,
    Namespace,
    Reduction,
    as_arrays,
    as_floats,
    check_elements,
    dtype_name,
    range_of,
)

RowKernel = Callable[..., Array]
"""A function ``kernel(xp, *arrays)`` of arrays whose last axis holds the classes."""


# The formula


def _gaps(xp: Namespace, logits: Array) -> tuple[Array, Array, Array]:
    """Return the gaps to the largest logit, the exponentials of minus the gaps, and their sum over all but that one."""
    top = _classes(xp, logits) == xp.argmax(logits, axis=-1, keepdims=True)
    zero = xp.zeros_like(logits)
    # A mask, where max would do, because autograd must give the derivative to the very logit that the sum leaves out.
    # At a tie the libraries' max gives it to another one, or a part to each.
    largest = xp.sum(xp.where(top, logits, zero), axis=-1, keepdims=True)
    # The largest has the gap 0, and ∞ − ∞ is not computed. Where it is −∞, or NaN, the gap is NaN.
    known = top & (logits > -math.inf)
    base, at = xp.where(known, zero, largest), xp.where(known, zero, logits)
    gap = base - at
    # The exponential turns an absolute error of the gap into a relative one of its own: at a gap of 700, half an ulp
    # into hundreds. So what the subtraction lost is multiplied in again; it is small, and exp(−lost) is 1 − lost.
    exponential = xp.exp(-gap)
    exponential = exponential - exponential * _lost(xp, base, at, gap)
    others = xp.sum(xp.where(top, zero, exponential), axis=-1, keepdims=True)
    return gap, exponential, others


def _lost(xp: Namespace, base: Array, at: Array, gap: Array) -> Array:
    """Return what rounding took from the gap, base − at, exactly (Knuth's two-sum); 0 where the gap is infinite."""
    finite, zero = xp.isfinite(gap), xp.zeros_like(gap)
    base, at, gap = (xp.where(finite, term, zero) for term in (base, at, gap))
    shift = gap - base
    return (base - (gap - shift)) - (at + shift)


def _softmax_kernel(xp: Namespace, logits: Array) -> Array:
    _, exponential, others = _gaps(xp, logits)
    return exponential / (1 + others)


def _surprise_kernel(xp: Namespace, logits: Array) -> Array:
    """Return −log softmax, from 0 to inf."""
    gap, _, others = _gaps(xp, logits)
    return gap + xp.log1p(others)


def _log_softmax_kernel(xp: Namespace, logits: Array) -> Array:
    return 0 - _surprise_kernel(xp, logits)  # 0 − x and not −x: the logarithm of 1 is 0, not −0


def _cross_entropy_kernel(xp: Namespace, y_true: Array, logits: Array) -> Array:
    return _expected(xp, y_true, _surprise_kernel(xp, logits))


def _nll_kernel(xp: Namespace, y_true: Array, log_probs: Array) -> Array:
    return _expected(xp, y_true, 0 - log_probs)


def _expected(xp: Namespace, y_true: Array, surprises: Array) -> Array:
    """Return the mean of the surprises over a distribution of labels; an index takes the one that it names."""
    zero = xp.zeros_like(surprises)
    if y_true.ndim == surprises.ndim:
        # 0·inf is 0. A finite surprise stays in a product of 0, whose derivative by the label it is.
        nothing = (y_true == 0) & ~xp.isfinite(surprises)
        return xp.sum(y_true * xp.where(nothing, zero, surprises), axis=-1)
    named = _classes(xp, surprises) == y_true[..., None]
    found = xp.sum(xp.where(named, surprises, zero), axis=-1)
    # An index that no class has is an error where it can be looked at. In a traced or lazy array it is NaN.
    known = (y_true >= 0) & (y_true < surprises.shape[-1])
    return xp.where(known, found, xp.full_like(found, math.nan))


def _classes(xp: Namespace, scores: Array) -> Array:
    """Return the numbers of the classes, 0 to K − 1."""
    return xp.arange(scores.shape[-1], **({} if is_dask_array(scores) else {"device": device_of(scores)}))


# How it meets the arrays


def _by_rows(kernel: RowKernel, xp: Namespace, *arrays: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """Apply a kernel to arrays whose last axis holds the classes, the last of them the scores; round once to `dtype`.

    On NumPy it sees float64, as many rows at a time as fit the cache. Elsewhere it sees the whole arrays.
    """
    scores = arrays[-1]
    if xp is not np:
        return xp.astype(kernel(xp, *_in_working_precision(xp, *arrays)), dtype, copy=False)
    result = np.empty(shape, dtype)
    lead, step = scores.ndim - 1, max(1, BLOCK // scores.shape[-1])
    count = math.prod(scores.shape[:lead])
    *inputs, output = (array.reshape(count, *array.shape[lead:]) for array in (*arrays, result))
    with np.errstate(all="ignore"):  # infinite logits pass through exp and ∞ − ∞ on purpose
        for start in range(0, count, step):
            rows = slice(start, start + step)
            output[rows] = kernel(np, *_in_working_precision(np, *(array[rows] for array in inputs)))
    return result


def _in_working_precision(xp: Namespace, *arrays: Array) -> list[Array]:
    """Convert the scores, which come last, and with them the distributions; indices stay integers."""
    *labels, scores = arrays
    if labels and labels[0].ndim == scores.ndim:
        return in_working_precision(xp, *arrays)
    return [*labels, *in_working_precision(xp, scores)]


def _map_classes(kernel: RowKernel, logits: Array, axis: int) -> Array:
    """Apply a kernel that returns as many numbers as there are classes: the body of softmax and its logarithm."""
    xp, arrays = as_arrays(logits=logits)
    scores, place = _classes_last(xp, "logits", arrays["logits"], axis)
    return xp.moveaxis(_by_rows(kernel, xp, scores, shape=scores.shape, dtype=scores.dtype), -1, place)


def _reduced(kernel: RowKernel, samples: Elements, reduction: Reduction) -> Array:
    """Return the loss of each sample, or what the reduction makes of them all."""
    xp, labels, scores = samples.xp, samples.y_true, samples.prediction
    selected = samples.where
    if samples.sample_weight is not None:
        counted = samples.sample_weight != 0
        selected = counted if selected is None else selected & counted
    if selected is not None:
        # Nothing comes back through the scores of a sample that does not count, no NaN of its label either.
        scores = xp.where(selected[..., None], scores, xp.zeros_like(scores))
    losses = _by_rows(kernel, xp, labels, scores, shape=scores.shape[:-1], dtype=working_dtype(xp, scores))
    each = Elements(xp, losses, losses, samples.sample_weight, None, samples.where)
    result = reduce_loss(lambda xp, y_true, loss, pos_weight: loss, each, None, reduction)
    if xp is not np:
        return xp.astype(result, scores.dtype, copy=False)
    with np.errstate(over="ignore"):  # a loss beyond the largest float16 is inf in float16
        return np.asarray(result).astype(scores.dtype)[()]


# What goes in


def _classes_last(xp: Namespace, name: str, scores: Array, axis: int) -> tuple[Array, int]:
    """Return the scores as floats with the classes along the last axis, and where that axis was."""
    shape = tuple(scores.shape)
    try:
        number = operator.index(axis)
    except TypeError as error:
        raise TypeError(f"axis={axis!r} is not a whole number: classes lie along one axis, as in axis=-1") from error
    if not -len(shape) <= number < len(shape):
        mend = f"{name} of one sample have the shape (K,)" if shape == () else "axis is where the classes lie"
        raise ValueError(f"axis={number} does not exist in {name} of shape {shape}: {mend}")
    if any(length is None or math.isnan(length) for length in shape):
        raise ValueError(f"{name} has the unknown shape {shape}: call its compute_chunk_sizes() first")
    if shape[number] == 0:
        raise ValueError(f"{name} of shape {shape} has no classes along axis {number}")
    place = number % len(shape)
    return xp.moveaxis(as_floats(xp, name, scores), place, -1), place


def _check_samples(
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
    scores, place = _classes_last(xp, name, arrays[name], axis)
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
        raise ValueError(f"y_true has shape {own} but {name} has shape {full}: {_mend_of_shapes(own, full, place)}")
    if kind not in INTEGERS:
        raise TypeError(f"y_true has dtype {kind}: class indices are integers, for example y_true.astype(int)")
    return xp.astype(labels, _classes(xp, scores).dtype, copy=False)


def _mend_of_shapes(own: tuple[int, ...], full: tuple[int, ...], place: int) -> str:
    lead = full[:place] + full[place + 1 :]
    if len(own) == len(full) and math.prod(own) == math.prod(lead):
        return f"one index a sample? Then pass y_true.reshape({lead})"
    for axis in range(len(full)):
        if own == full[:axis] + full[axis + 1 :]:
            return f"do the classes lie along axis {axis}? Then pass axis={axis}"
    if own == ():
        return "a single label is not broadcast: give every sample its own"
    return f"class indices have the shape {lead}, distributions over the classes {full}"


def _check_one_a_sample(name: str, array: Array | None, lead: tuple[int, ...]) -> None:
    own = () if array is None else tuple(array.shape)
    if own == () or (len(own) == len(lead) and all(n in (1, full) for n, full in zip(own, lead, strict=True))):
        return
    raise ValueError(f"{name} has shape {own} but the samples have shape {lead}: it takes one number a sample, with 1 "
                     "for an axis along which it repeats, or one number for all")


def _check_indices(xp: Namespace, labels: Array, classes: int, where: Array | None) -> None:
    bounds = range_of(xp, labels if where is None else xp.where(where, labels, xp.zeros_like(labels)))
    if bounds is None or (bounds[0] >= 0 and bounds[1] < classes):
        return
    low, high = map(int, bounds)
    if classes == 1:
        mend = "for one logit a sample use binary_cross_entropy_with_logits"
    elif low < 0:
        mend = "leave samples without a label out with where=y_true >= 0"
    elif low >= 1 and high == classes:
        mend = "if they are numbered from 1, pass y_true - 1"
    else:
        mend = "every class needs a logit"
    raise ValueError(f"y_true reaches from {low} to {high}, but the {classes} classes are numbered from 0 to "
                     f"{classes - 1}: {mend}")


_TOLERANCE = {"bfloat16": 0.09, "float16": 0.03}
"""How far a sum of probabilities may be from 1, about the root of the spacing at 1; 0.0003 for all other dtypes."""


def _check_sums(xp: Namespace, labels: Array, scores: Array, where: Array | None) -> None:
    totals = xp.sum(xp.astype(labels, working_dtype(xp, scores)), axis=-1)
    low, high = _range_of_sums(xp, totals, where)
    tolerance = _TOLERANCE.get(dtype_name(labels), 0.0003)
    if low < 1 - tolerance or high > 1 + tolerance:
        hard = dtype_name(labels) not in FLOATS
        mend = "where several classes may be true at once, or none, use binary_cross_entropy_with_logits"
        mend = mend if hard else f"divide each by its sum; or {mend}"
        raise ValueError(f"y_true has the shape of the scores, so it holds distributions over the {labels.shape[-1]} "
                         f"classes, but their sums reach from {low:.4g} to {high:.4g} and are not 1: {mend}")


def _check_log_probabilities(xp: Namespace, log_probs: Array, where: Array | None) -> None:
    """Check that the probabilities add up to 1: NaN may pass."""
    with np.errstate(over="ignore"):
        totals = xp.sum(xp.exp(xp.astype(log_probs, working_dtype(xp, log_probs))), axis=-1)
    low, high = _range_of_sums(xp, totals, where)
    tolerance = _TOLERANCE.get(dtype_name(log_probs), 0.0003)
    if low < 1 - tolerance or high > 1 + tolerance:
        raise ValueError(f"log_probs are logarithms of probabilities, but these would add up to {low:.4g} … {high:.4g} "
                         "and not 1: for logits use cross_entropy_with_logits, of probabilities pass the logarithm")


def _range_of_sums(xp: Namespace, totals: Array, where: Array | None) -> tuple[float, float]:
    """Return the least and the largest sum; 1 and 1 where there are none to see, and for what is NaN or left out."""
    ignored = xp.isnan(totals) if where is None else xp.isnan(totals) | ~where
    return range_of(xp, xp.where(ignored, xp.ones_like(totals), totals)) or (1.0, 1.0)


# What is public


def softmax(logits: Array, *, axis: int = -1) -> Array:
    r"""Turn logits into probabilities that add up to 1, :math:`p_k = e^{z_k} / \sum_j e^{z_j}`.

    Parameters
    ----------
    logits : array_like of float
        Of any shape with at least one axis. −inf makes a class impossible; see :mod:`bce_lib.softmax`.
    axis : int
        The axis of the classes.

    Returns
    -------
    array
        Probabilities of the shape and dtype of `logits`. The relative error of each is a few roundings, however small
        it is: ``softmax([0.0, -100.0])`` ends in 3.72e-44, not 0.

    Raises
    ------
    TypeError
        If `logits` do not hold real numbers, or `axis` is not a whole number.
    ValueError
        If the axis does not exist, or has no classes.

    See Also
    --------
    bce_lib.sigmoid : The probability of the second of two classes, from the difference of their logits.
    bce_lib.softmax.log_softmax : Its logarithm, which does not round to 0 beside 1.

    References
    ----------
    John S. Bridle: Probabilistic interpretation of feedforward classification network outputs. *Neurocomputing*
    (Springer, 1990), for the name.

    Examples
    --------
    >>> from bce_lib.softmax import softmax
    >>> print(softmax([2.0, -1.0, 0.5]).round(4))
    [0.7856 0.0391 0.1753]
    """
    return _map_classes(_softmax_kernel, logits, axis)


def log_softmax(logits: Array, *, axis: int = -1) -> Array:
    r"""Return the logarithm of the softmax, :math:`z_k - \log \sum_j e^{z_j}`, accurate where the softmax rounds to 1.

    Parameters
    ----------
    logits : array_like of float
        Of any shape with at least one axis.
    axis : int
        The axis of the classes.

    Returns
    -------
    array
        Numbers of at most 0, in nats, of the shape and dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        As :func:`softmax`.

    References
    ----------
    Pierre Blanchard, Desmond J. Higham, Nicholas J. Higham: Accurately computing the log-sum-exp and softmax functions.
    *IMA Journal of Numerical Analysis* 41 (2021), for log1p of the sum without its largest term.

    Examples
    --------
    >>> from bce_lib.softmax import log_softmax
    >>> for value in log_softmax([0.0, 50.0, 1000.0])[1:]:
    ...     print(f"{value:.4g}")
    -950
    0
    >>> print(log_softmax([0.0, 50.0])[1])
    -1.9287498479639178e-22
    """
    return _map_classes(_log_softmax_kernel, logits, axis)


def nll(
    y_true: Array,
    log_probs: Array,
    *,
    sample_weight: Array | None = None,
    where: Array | None = None,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the negative log-likelihood of labels under log-probabilities, :math:`-\sum_k y_k \log p_k`, in nats.

    Parameters
    ----------
    y_true : array_like
        As for :func:`cross_entropy_with_logits`.
    log_probs : array_like of float
        Logarithms of probabilities, as :func:`log_softmax` returns them: along `axis` their exponentials add up to 1,
        to about half the digits of the dtype. −inf is the logarithm of 0; NaN stays NaN where its label counts.
    sample_weight, where, axis, reduction
        As for :func:`cross_entropy_with_logits`.

    Returns
    -------
    array
        The loss in the dtype of `log_probs`.

    Raises
    ------
    TypeError
        As :func:`cross_entropy_with_logits`.
    ValueError
        As :func:`cross_entropy_with_logits`; and where the exponentials do not add up to 1, which is how bare logits
        and probabilities without their logarithm are found.

    References
    ----------
    PyTorch names the same function ``torch.nn.functional.nll_loss``, which checks nothing of its input.

    Examples
    --------
    >>> from bce_lib.softmax import log_softmax, nll
    >>> print(f"{nll([0, 2], log_softmax([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]])):.4f}")
    2.6481
    """
    samples = _check_samples("log_probs", y_true, log_probs, sample_weight, where, axis)
    _check_log_probabilities(samples.xp, samples.prediction, samples.where)
    return _reduced(_nll_kernel, samples, reduction)


def cross_entropy_with_logits(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    where: Array | None = None,
    axis: int = -1,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the cross-entropy of labels and the softmax of logits, in nats.

    For a sample with the logits :math:`z`, whose label is the class c, or the distribution :math:`y` over the classes,

    .. math:: \ell(c, z) = -\log \operatorname{softmax}(z)_c, \qquad
              \ell(y, z) = -\sum_k y_k \log \operatorname{softmax}(z)_k .

    Parameters
    ----------
    y_true : array_like
        Class indices: integers from 0 to K − 1, of the shape of `logits` without the axis of classes. Or distributions
        of the shape of `logits`: booleans, integers, or floats from 0 to 1 that add up to 1 along that axis. The shape
        decides. The order of the two arrays is that of scikit-learn and Keras; PyTorch's is the other way round.
    logits : array_like of float
        What the model returns *before* a softmax, one number a class along `axis`.
    sample_weight : array_like, optional
        Weight of each sample: one number, or an array with as many axes as there are besides that of the classes, of
        length 1 where it repeats.
    where : array_like of bool, optional
        The samples that count, of such a shape as well. What lies outside may be anything, NaN and the index −100
        included.
    axis : int
        The axis of the classes. (In the binary loss, which has none, `axis` says what to reduce.)
    reduction : {"mean", "sum", "weighted_mean", "none"}
        See :mod:`bce_lib.reduction`; ``"mean"`` divides by the number of selected samples.

    Returns
    -------
    array
        The loss, of at least 0, in the dtype of `logits`: of their shape without the axis of classes for ``"none"``,
        else one number. On NumPy it is computed in float64 and rounded once. Two logits whose difference is beyond the
        largest number are taken to be infinitely far apart.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, a dtype is not one of real numbers, or class indices are not integers.
    ValueError
        If the shapes do not fit, an index names no class, a distribution leaves [0, 1] or does not add up to 1, a
        weight is negative or not finite, the axis or reduction does not exist, or a mean is asked for of nothing. In a
        traced or lazy array, whose values cannot be looked at, an index that names no class gives NaN.

    See Also
    --------
    bce_lib.binary_cross_entropy_with_logits : For two classes, and for several that may be true at once.
    bce_lib.softmax.nll : The same from log-probabilities.

    References
    ----------
    Christopher M. Bishop: *Pattern Recognition and Machine Learning* (Springer, 2006), eq. 4.108.

    Examples
    --------
    >>> from bce_lib.softmax import cross_entropy_with_logits
    >>> logits = [[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]]
    >>> print(f"{cross_entropy_with_logits([0, 2], logits):.4f}")
    2.6481
    >>> print(cross_entropy_with_logits([[1, 0, 0], [0, 0.25, 0.75]], logits, reduction="none").round(4))
    [0.2413 3.805 ]
    >>> print(f"{cross_entropy_with_logits(1, [0.0, 50.0]):.4e}")
    1.9287e-22
    """
    samples = _check_samples("logits", y_true, logits, sample_weight, where, axis)
    return _reduced(_cross_entropy_kernel, samples, reduction)
