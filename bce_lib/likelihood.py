r"""The Bernoulli likelihood: how probable a model makes the labels that were seen.

.. math:: L = \prod_i p_i^{y_i} (1 - p_i)^{1 - y_i}, \qquad \log L = \sum_i y_i \log p_i + (1-y_i) \log(1-p_i).

Minus the logarithm, divided by the number of labels, is binary cross-entropy.
"""

from __future__ import annotations

import numpy as np

from bce_lib.elementwise import evaluate_sum
from bce_lib.probabilities import binary_cross_entropy
from bce_lib.validation import Array, Namespace, as_arrays, as_floats, check_elements, check_probabilities, dtype_name


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
    >>> print(f"{likelihood.likelihood([1, 0, 1], [0.9, 0.2, 0.6]):.3f}")
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
    >>> from bce_lib import likelihood
    >>> print(f"{likelihood.log_likelihood([1, 0, 1], [0.9, 0.2, 0.6]):.4f}")
    -0.8393
    """
    return 0 - binary_cross_entropy(y_true, y_prob, reduction="sum")


def maximum_likelihood(y_true: Array) -> Array:
    r"""Return the one probability that makes the labels most likely: their mean.

    The derivative of :math:`k \log p + (n-k) \log(1-p)` by p is 0 at :math:`p = k/n` and nowhere else in (0, 1).

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
    >>> from bce_lib import likelihood
    >>> print(likelihood.maximum_likelihood([1, 0, 1, 1]))
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
    total = evaluate_sum(_identity, xp, elements.prediction)
    return xp.astype(xp.asarray(total / count), floats.dtype)[()]


def _identity(xp: Namespace, values: Array) -> Array:
    return values
