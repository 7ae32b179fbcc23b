r"""Likelihood, entropy, cross-entropy and Kullback–Leibler divergence of yes-or-no events.

.. math::

    H(p) = -p \log p - (1-p) \log(1-p), \quad
    H(p, q) = -p \log q - (1-p) \log(1-q), \quad
    D(p \| q) = H(p, q) - H(p) \ge 0.

Binary cross-entropy is :math:`H(y, p)`: the entropy of the target plus the divergence of the prediction from it. It is
also minus the logarithm of the Bernoulli likelihood

.. math:: L = \prod_i p_i^{y_i} (1 - p_i)^{1 - y_i}, \qquad \log L = \sum_i y_i \log p_i + (1-y_i) \log(1-p_i),

divided by the number of labels.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from bce_lib._arrays import Array, Namespace, as_arrays, as_floats, dtype_name
from bce_lib._blockwise import Kernel, Values, map_elements, working_dtype
from bce_lib._checks import check_elements, check_probabilities
from bce_lib._probabilities import binary_cross_entropy, loss_kernel

Unit = Literal["nats", "bits"]

_NATS_PER_UNIT = {"nats": 1.0, "bits": math.log(2.0)}
_FIX = "a probability is wanted here, not a logit or a percentage"


def surprise(p: Array, *, unit: Unit = "nats") -> Array:
    r"""Return how surprising an event of probability p is, :math:`-\log p`.

    Parameters
    ----------
    p : array_like of float
        Probabilities in [0, 1], of any shape. NaN stays NaN.
    unit : {"nats", "bits"}
        Natural logarithm or logarithm to base 2.

    Returns
    -------
    array
        At least 0, infinite for an impossible event, of the shape and dtype of `p`.

    Raises
    ------
    TypeError
        If `p` does not hold real numbers.
    ValueError
        If a probability lies outside [0, 1] or the unit is neither of the two.

    References
    ----------
    Claude E. Shannon: A Mathematical Theory of Communication. Bell System Technical Journal 27 (1948).

    Examples
    --------
    >>> from bce_lib import surprise
    >>> print(surprise([1.0, 0.5, 0.25, 0.0], unit="bits"))
    [ 0.  1.  2. inf]
    """
    return _of_one(_surprise_kernel, p, unit)


def entropy(p: Array, *, unit: Unit = "nats") -> Array:
    r"""Return the expected surprise of a yes-or-no event of probability p, :math:`-p \log p - (1-p) \log(1-p)`.

    Parameters
    ----------
    p : array_like of float
        Probabilities in [0, 1], of any shape. NaN stays NaN.
    unit : {"nats", "bits"}
        Natural logarithm or logarithm to base 2.

    Returns
    -------
    array
        From 0, where the outcome is certain, to log 2 nats or 1 bit at 1/2; of the shape and dtype of `p`.

    Raises
    ------
    TypeError, ValueError
        As :func:`surprise`.

    References
    ----------
    Thomas M. Cover, Joy A. Thomas: *Elements of Information Theory*, 2nd ed. (Wiley, 2006), eq. 2.5.

    Examples
    --------
    >>> from bce_lib import entropy
    >>> print(entropy([0.0, 0.5, 1.0], unit="bits"))
    [0. 1. 0.]
    """
    return _of_one(_entropy_kernel, p, unit)


def cross_entropy(p: Array, q: Array, *, unit: Unit = "nats") -> Array:
    r"""Return the expected surprise of someone who believes q where p is true, :math:`-p \log q - (1-p) \log(1-q)`.

    Parameters
    ----------
    p : array_like of float
        True probabilities in [0, 1].
    q : array_like of float
        Believed probabilities in [0, 1], of the shape of `p`.
    unit : {"nats", "bits"}
        Natural logarithm or logarithm to base 2.

    Returns
    -------
    array
        At least the entropy of p, elementwise, of the shape and dtype of `q`.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, or a dtype is not one of real numbers.
    ValueError
        If the shapes differ, a value lies outside [0, 1], or the unit is neither of the two.

    References
    ----------
    Thomas M. Cover, Joy A. Thomas: *Elements of Information Theory*, 2nd ed. (Wiley, 2006), theorem 5.4.3: coding for q
    what is distributed as p takes the entropy of p and their divergence.

    Examples
    --------
    >>> from bce_lib import cross_entropy
    >>> print(f"{cross_entropy(0.75, 0.5, unit='bits'):.1f}")
    1.0
    """
    return _of_two(loss_kernel, p, q, unit)


def kl_divergence(p: Array, q: Array, *, unit: Unit = "nats") -> Array:
    r"""Return the surprise that believing q costs where p is true, :math:`D(p \| q) = H(p, q) - H(p)`.

    The difference is not taken. With :math:`d = p - q`, which is exact where the two are close, it is computed there as
    :math:`p \log(1 + d/q) + (1-p) \log(1 - d/(1-q))`, with an error of some roundings of d instead of some of 1. Where
    they are not, it is about as large as d or larger, and so are its roundings.

    Parameters
    ----------
    p, q : array_like of float
        True and believed probabilities in [0, 1], of one shape.
    unit : {"nats", "bits"}
        Natural logarithm or logarithm to base 2.

    Returns
    -------
    array
        At least 0, elementwise, 0 where p equals q, of the shape and dtype of `q`.

    Raises
    ------
    TypeError, ValueError
        As :func:`cross_entropy`.

    References
    ----------
    Solomon Kullback, Richard A. Leibler: On Information and Sufficiency. Annals of Mathematical Statistics 22 (1951).

    Examples
    --------
    >>> from bce_lib import kl_divergence
    >>> print(f"{kl_divergence(0.75, 0.5, unit='bits'):.4f}")
    0.1887
    >>> print(kl_divergence([0.3, 0.5], [0.3, 0.0]))
    [ 0. inf]
    """
    return _of_two(_divergence_kernel, p, q, unit)


def _surprise_kernel(xp: Namespace, p: Array) -> Array:
    return 0 - xp.log(p)


def _entropy_kernel(xp: Namespace, p: Array) -> Array:
    return loss_kernel(xp, p, p)


def _divergence_kernel(xp: Namespace, p: Array, q: Array) -> Array:
    difference = p - q
    total = _share_of_divergence(xp, p, q, difference) + _share_of_divergence(xp, 1 - p, 1 - q, -difference)
    return xp.where(total < 0, xp.zeros_like(q), total)


def _share_of_divergence(xp: Namespace, p: Array, q: Array, difference: Array) -> Array:
    # 0·log(0/q) is 0: the quotient is taken for 1 where its coefficient is 0, so that autograd finds 0 there as well.
    a, b = (xp.where(p == 0, xp.ones_like(q), array) for array in (p, q))
    # log(p/q) is log1p(d/q) while |d| ≤ q/2: there p − q is exact. Further away d/q rounds to −1 once p < 2⁻⁵⁴ q, and
    # p/q overflows from a subnormal q. The quotient of the square roots does neither.
    close = xp.abs(difference) <= q / 2
    near = xp.log1p(difference / xp.where(close, b, xp.ones_like(q)))
    return p * xp.where(close, near, 2 * xp.log(xp.sqrt(a) / xp.sqrt(b)))


def _of_one(kernel: Kernel, p: Array, unit: str) -> Array:
    xp, arrays = as_arrays(p=p)
    prob = as_floats(xp, "p", arrays["p"])
    check_probabilities(xp, "p", prob, _FIX)
    return map_elements(_in_unit(kernel, unit), "p", prob)


def _of_two(kernel: Kernel, p: Array, q: Array, unit: str) -> Array:
    elements = check_elements("q", p, q, target_name="p")
    xp, believed = elements.xp, elements.prediction
    check_probabilities(xp, "q", believed, _FIX)
    arrays, dtype = (elements.y_true, believed), working_dtype(xp, believed)
    values = Values(xp, _in_unit(kernel, unit), arrays, dtype).array(believed.dtype)
    return values[()] if xp is np else values


def _in_unit(kernel: Kernel, unit: str) -> Kernel:
    if unit not in _NATS_PER_UNIT:
        raise ValueError(f"unit={unit!r} is unknown: use 'nats' or 'bits'")
    # Converted within the kernel, so that there is one rounding, from the precision that the kernel is computed in.
    return kernel if unit == "nats" else lambda xp, *arrays: kernel(xp, *arrays) / _NATS_PER_UNIT[unit]


def likelihood(y_true: Array, y_prob: Array) -> Array:
    r"""Return the probability of seeing just these labels, :math:`\prod_i p_i^{y_i} (1 - p_i)^{1 - y_i}`.

    It underflows to 0 at some hundreds of labels, which is the first reason for taking its logarithm.

    Parameters
    ----------
    y_true : array_like
        Labels in [0, 1].
    y_prob : array_like of float
        Predicted probabilities of label 1, of the shape of `y_true`.

    Returns
    -------
    array
        One number in [0, 1], in the dtype of `y_prob` (on NumPy multiplied up in float64).

    Raises
    ------
    TypeError, ValueError
        As :func:`bce_lib.binary_cross_entropy`; no labels at all have the likelihood 1.

    References
    ----------
    Ronald A. Fisher: On the Mathematical Foundations of Theoretical Statistics. Phil. Trans. A 222 (1922).

    Examples
    --------
    >>> from bce_lib import likelihood
    >>> print(f"{likelihood([1, 0, 1], [0.9, 0.2, 0.6]):.3f}")
    0.432
    """
    elements = check_elements("y_prob", y_true, y_prob)
    xp, prob = elements.xp, elements.prediction
    check_probabilities(xp, "y_prob", prob, "are they logits? Then pass sigmoid(logits)")
    dtype = np.float64 if xp is np else prob.dtype
    y, p = xp.astype(elements.y_true, dtype), xp.astype(prob, dtype)
    return xp.astype(xp.prod(p**y * (1 - p) ** (1 - y)), prob.dtype)


def log_likelihood(y_true: Array, y_prob: Array) -> Array:
    r"""Return the logarithm of the likelihood, :math:`\sum_i y_i \log p_i + (1-y_i) \log(1-p_i)`, in nats.

    Parameters
    ----------
    y_true, y_prob : array_like
        As for :func:`likelihood`.

    Returns
    -------
    array
        One number from −∞ to 0, in the dtype of `y_prob`: minus the sum of the binary cross-entropies.

    Raises
    ------
    TypeError, ValueError
        As :func:`bce_lib.binary_cross_entropy`.

    References
    ----------
    David R. Cox: The Regression Analysis of Binary Sequences. J. R. Stat. Soc. B 20 (1958).

    Examples
    --------
    >>> from bce_lib import log_likelihood
    >>> print(f"{log_likelihood([1, 0, 1], [0.9, 0.2, 0.6]):.4f}")
    -0.8393
    """
    return 0 - binary_cross_entropy(y_true, y_prob, reduction="sum")


def maximum_likelihood(y_true: Array) -> Array:
    r"""Return the one probability that makes the labels most likely: their mean.

    The derivative of :math:`k \log p + (n-k) \log(1-p)` with respect to p is 0 at :math:`p = k/n` and nowhere else in
    (0, 1).

    Parameters
    ----------
    y_true : array_like
        Labels in [0, 1], at least one.

    Returns
    -------
    array
        One number in [0, 1]: of the labels' dtype if it is floating point, else of the library's default one.

    Raises
    ------
    TypeError
        If the labels are not real numbers.
    ValueError
        If there are none, or one lies outside [0, 1].

    References
    ----------
    Ronald A. Fisher (1922), as for :func:`likelihood`.

    Examples
    --------
    >>> from bce_lib import maximum_likelihood
    >>> print(maximum_likelihood([1, 0, 1, 1]))
    0.75
    """
    xp, arrays = as_arrays(y_true=y_true)
    labels = arrays["y_true"]
    is_bool = dtype_name(labels) == "bool"
    floats = xp.astype(labels, xp.asarray(0.0).dtype) if is_bool else as_floats(xp, "y_true", labels)
    elements = check_elements("y_prob", floats, floats)
    count = elements.prediction.size if xp is np else int(np.prod(labels.shape))
    if count == 0:
        raise ValueError("y_true is empty: no labels make no probability most likely")
    values = Values(xp, lambda _, labels: labels, (floats,), working_dtype(xp, floats))
    return xp.astype(xp.asarray(values.sum(floats.dtype) / count), floats.dtype)[()]
