r"""Softmax and cross-entropy of classes that exclude each other: the sibling of the binary loss for more than two.

With logits :math:`z_1, \dots, z_K`, the largest of them :math:`z_t` (any one, where several are the largest) and the
gaps :math:`g_k = z_t - z_k`, which are at least 0,

.. math:: -\log \operatorname{softmax}(z)_k = g_k + \log\Bigl(1 + \sum_{j \ne t} e^{-g_j}\Bigr).

Both terms are at least 0, so nothing cancels; no exponent is positive, so nothing overflows. The sum runs over the
*others*: a sum that includes the largest rounds its own tail away before the logarithm sees it, and a confident right
prediction then costs exactly 0. With the two logits 0 and z this is the binary loss of z. Chapter *softmax* derives it
and compares.

Conventions. Logits have one axis of classes, the last one unless `class_axis` says otherwise; all others number the
samples. The shape of `y_true` says what it holds. Without the axis of classes it holds *indices*, integers from 0 to
K − 1. With it, it holds *distributions* over the classes, hard (one-hot) or soft, which sum to 1.

A logit of −∞ makes its class impossible, and one of +∞ makes it certain. Where several are +∞, or all −∞, there is no
distribution, and everything is NaN. A NaN among the logits of a sample makes all of that sample NaN.

Accuracy. Where the result is rounded from a wider dtype (half precision, and float32 on NumPy and Dask) the loss is off
by at most 0.51 ulp, else by at most 4 ulp for up to ten classes. The gradient that autograd finds is off by at most
5 ulp where the likeliest class is the right one, and elsewhere by at most 2.5 ulp of 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bce_lib._arrays import Array, Namespace, as_arrays
from bce_lib._blockwise import BLOCK, Values, working_dtype
from bce_lib._checks import Elements, Reduction
from bce_lib._class_labels import check_log_probabilities, check_samples, classes_last, numbers_of_classes
from bce_lib._reductions import reduce, weighted

RowKernel = Callable[..., Array]
"""A function ``kernel(xp, *arrays)`` of arrays whose last axis holds the classes."""


# The formula


def _gaps(xp: Namespace, logits: Array) -> tuple[Array, Array, Array]:
    """Return the gaps to the largest logit, the exponentials of minus the gaps, and their sum over all but that one."""
    top = numbers_of_classes(xp, logits) == xp.argmax(logits, axis=-1, keepdims=True)
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
    named = numbers_of_classes(xp, surprises) == y_true[..., None]
    found = xp.sum(xp.where(named, surprises, zero), axis=-1)
    # An index that no class has is an error where it can be looked at. In a traced or lazy array it is NaN.
    known = (y_true >= 0) & (y_true < surprises.shape[-1])
    return xp.where(known, found, xp.full_like(found, math.nan))


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
    dtype = working_dtype(xp, scores)
    if labels and labels[0].ndim < scores.ndim:
        return [*labels, xp.astype(scores, dtype, copy=False)]
    return [xp.astype(array, dtype, copy=False) for array in arrays]


def _map_classes(kernel: RowKernel, logits: Array, class_axis: int) -> Array:
    """Apply a kernel that returns as many numbers as there are classes: the body of softmax and its logarithm."""
    xp, arrays = as_arrays(logits=logits)
    scores, place = classes_last(xp, "logits", arrays["logits"], class_axis)
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
    dtype = working_dtype(xp, scores)
    losses = _by_rows(kernel, xp, labels, scores, shape=scores.shape[:-1], dtype=dtype)
    weight, where = samples.sample_weight, samples.where
    values = weighted(Values(xp, lambda _, losses: losses, (losses,), dtype), weight, where)
    return reduce(values, scores.dtype, weight=weight, where=where, reduction=reduction)


# What is public


def softmax(logits: Array, *, class_axis: int = -1) -> Array:
    r"""Turn logits into probabilities that add up to 1, :math:`p_k = e^{z_k} / \sum_j e^{z_j}`.

    Parameters
    ----------
    logits : array_like of float
        Of any shape with at least one axis. −inf makes a class impossible; see the reference page of these functions.
    class_axis : int
        The axis of the classes.

    Returns
    -------
    array
        Probabilities of the shape and dtype of `logits`. The relative error of each is a few roundings, however small
        it is: ``softmax([0.0, -100.0])`` ends in 3.72e-44, not 0.

    Raises
    ------
    TypeError
        If `logits` do not hold real numbers, or `class_axis` is not a whole number.
    ValueError
        If the axis does not exist, or has no classes.

    See Also
    --------
    bce_lib.sigmoid : The probability of the second of two classes, from the difference of their logits.
    bce_lib.log_softmax : Its logarithm, which does not round to 0 beside 1.

    References
    ----------
    John S. Bridle: Probabilistic interpretation of feedforward classification network outputs. *Neurocomputing*
    (Springer, 1990), for the name.

    Examples
    --------
    >>> from bce_lib import softmax
    >>> print(softmax([2.0, -1.0, 0.5]).round(4))
    [0.7856 0.0391 0.1753]
    """
    return _map_classes(_softmax_kernel, logits, class_axis)


def log_softmax(logits: Array, *, class_axis: int = -1) -> Array:
    r"""Return the logarithm of the softmax, :math:`z_k - \log \sum_j e^{z_j}`, accurate where the softmax rounds to 1.

    Parameters
    ----------
    logits : array_like of float
        Of any shape with at least one axis.
    class_axis : int
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
    >>> from bce_lib import log_softmax
    >>> for value in log_softmax([0.0, 50.0, 1000.0])[1:]:
    ...     print(f"{value:.4g}")
    -950
    0
    >>> print(log_softmax([0.0, 50.0])[1])
    -1.9287498479639178e-22
    """
    return _map_classes(_log_softmax_kernel, logits, class_axis)


def negative_log_likelihood(
    y_true: Array,
    log_probs: Array,
    *,
    sample_weight: Array | None = None,
    where: Array | None = None,
    class_axis: int = -1,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the negative log-likelihood of labels under log-probabilities, :math:`-\sum_k y_k \log p_k`, in nats.

    Parameters
    ----------
    y_true : array_like
        As for :func:`cross_entropy_with_logits`.
    log_probs : array_like of float
        Logarithms of probabilities, as :func:`log_softmax` returns them: along `class_axis` their exponentials add up
        to 1, to about half the digits of the dtype. −inf is the logarithm of 0; NaN stays NaN where its label counts.
    sample_weight, where, class_axis, reduction
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
    >>> from bce_lib import log_softmax, negative_log_likelihood
    >>> print(f"{negative_log_likelihood([0, 2], log_softmax([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]])):.4f}")
    2.6481
    """
    samples = check_samples("log_probs", y_true, log_probs, sample_weight, where, class_axis)
    check_log_probabilities(samples.xp, samples.prediction, samples.where)
    return _reduced(_nll_kernel, samples, reduction)


def cross_entropy_with_logits(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    where: Array | None = None,
    class_axis: int = -1,
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
        What the model returns *before* a softmax, one number per class along `class_axis`.
    sample_weight : array_like, optional
        Weight of each sample: one number, or an array with as many axes as there are besides that of the classes, of
        length 1 where it repeats.
    where : array_like of bool, optional
        The samples that count, of such a shape as well. What lies outside may be anything, NaN and the index −100
        included.
    class_axis : int
        The axis of the classes.
    reduction : {"mean", "sum", "weighted_mean", "none"}
        ``"mean"`` divides by the number of selected samples, ``"weighted_mean"`` by the sum of their weights.

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
    bce_lib.negative_log_likelihood : The same from log-probabilities.

    References
    ----------
    Christopher M. Bishop: *Pattern Recognition and Machine Learning* (Springer, 2006), eq. 4.108.

    Examples
    --------
    >>> from bce_lib import cross_entropy_with_logits
    >>> logits = [[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]]
    >>> print(f"{cross_entropy_with_logits([0, 2], logits):.4f}")
    2.6481
    >>> print(cross_entropy_with_logits([[1, 0, 0], [0, 0.25, 0.75]], logits, reduction="none").round(4))
    [0.2413 3.805 ]
    >>> print(f"{cross_entropy_with_logits(1, [0.0, 50.0]):.4e}")
    1.9287e-22
    """
    samples = check_samples("logits", y_true, logits, sample_weight, where, class_axis)
    return _reduced(_cross_entropy_kernel, samples, reduction)
