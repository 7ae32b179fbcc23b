r"""Binary cross-entropy of probabilities, exactly: no clip.

.. math:: \ell(y, p) = -y \log p - (1-y) \log(1-p), \qquad 0 \cdot \log 0 = 0.

Where a prediction is certain and right the loss is 0; where it is certain and wrong it is infinite, as the likelihood
says. Use it where probabilities are all there is. Where there are logits, use them: a probability above 1/2 has kept
only the digits that fit between it and 1.
"""

from __future__ import annotations

from array_api_compat import is_jax_namespace

from bce_lib._arrays import Array, Namespace, dtype_name
from bce_lib._checks import Axis, Reduction, check_elements, check_probabilities
from bce_lib._reductions import reduce_elements

_BESIDE_0, _BESIDE_1 = 2.0**-100, 2.0**-24


def loss_kernel(xp: Namespace, y_true: Array, y_prob: Array, *, by_xla: bool | None = None) -> Array:
    """Return the loss of each element: the kernel of cross-entropy and entropy too.

    `by_xla` says whether XLA may compute it; if not given, it does for JAX's arrays.
    """
    # A logarithm whose coefficient is 0 is taken a little beside, where it is finite, so that 0·log 0 is 0, in autograd
    # as well. From 0 to 1 ceil is 0 only at 0 and floor 1 only at 1; comparisons keep compilers from vector code.
    above_0 = y_prob + (_BESIDE_0 - _BESIDE_0 * xp.ceil(y_true))
    below_1 = y_prob - _BESIDE_1 * xp.floor(y_true)
    positive, negative = (
        y_true * xp.log(above_0),
        (1 - y_true) * _log_of_complement(xp, below_1, is_jax_namespace(xp) if by_xla is None else by_xla),
    )
    # 0 − x and not −x: a loss of nothing is 0, not −0.
    return 0 - (positive + negative)


def _log_of_complement(xp: Namespace, p: Array, by_xla: bool) -> Array:
    if not (by_xla and dtype_name(p) == "float64"):
        return xp.log1p(-p)
    # XLA's log1p in float64 is off by up to 129 ulp for arguments between −0.53 and −0.28 (jax-ml/jax#39707). There the
    # rounding of 1 − p costs no more than its last digit, and log does.
    large, zero = p > 0.25, xp.zeros_like(p)
    return xp.where(large, xp.log(1 - xp.where(large, p, zero)), xp.log1p(-xp.where(large, zero, p)))


def binary_cross_entropy(
    y_true: Array,
    y_prob: Array,
    *,
    sample_weight: Array | None = None,
    where: Array | None = None,
    axis: Axis = None,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the binary cross-entropy of probabilities, in nats, without a clip.

    .. math:: \ell(y, p) = -y \log p - (1-y) \log(1-p), \qquad 0 \cdot \log 0 = 0.

    Parameters
    ----------
    y_true : array_like
        Targets: booleans, integers, or floats from 0 to 1. The order of the two arrays is that of scikit-learn and
        Keras; PyTorch's is the other way round.
    y_prob : array_like of float
        Predicted probabilities of class 1 in [0, 1], of the shape of `y_true`. NaN stays NaN where its label counts.
    sample_weight : array_like, optional
        Weight of each element: one number, or an array with as many axes as `y_prob`, of length 1 where it repeats.
    where : array_like of bool, optional
        The elements that count. What lies outside may be anything.
    axis : int or tuple of int, optional
        The axes to reduce; all of them if not given.
    reduction : {"mean", "sum", "weighted_mean", "none"}
        ``"mean"`` divides by the number of selected elements, ``"weighted_mean"`` by the sum of their weights.

    Returns
    -------
    array
        The loss, from 0 to inf, in the dtype of `y_prob`.

    Raises
    ------
    TypeError
        If arrays of different libraries meet, or a dtype is not one of real numbers.
    ValueError
        If the shapes differ, a target or a probability lies outside [0, 1], a target is NaN, a weight is negative or
        not finite, the axis or reduction does not exist, or a mean is asked for of nothing.

    See Also
    --------
    bce_lib.binary_cross_entropy_with_logits : The same of logits: prefer it where there are any.
    bce_lib.vectorized.binary_cross_entropy : The textbook line, with its clip.

    References
    ----------
    Thomas M. Cover, Joy A. Thomas: *Elements of Information Theory*, 2nd ed. (Wiley, 2006), §2.1 for the convention
    :math:`0 \log 0 = 0`.

    Examples
    --------
    >>> from bce_lib import binary_cross_entropy
    >>> print(f"{binary_cross_entropy([1, 0, 1], [0.9, 0.2, 0.6]):.6f}")
    0.279777
    >>> print(binary_cross_entropy([1, 0, 1], [1.0, 0.0, 0.0], reduction="none"))
    [ 0.  0. inf]
    """
    elements = check_elements("y_prob", y_true, y_prob, sample_weight=sample_weight, where=where)
    fix = "are they logits? Then use binary_cross_entropy_with_logits"
    check_probabilities(elements.xp, "y_prob", elements.prediction, fix, elements.where)
    return reduce_elements(loss_kernel, elements, axis, reduction)
