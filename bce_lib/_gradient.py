r"""The derivatives of binary cross-entropy with respect to the logit.

.. math::

    \frac{\partial \ell}{\partial z} = \sigma(z) - y, \qquad
    \frac{\partial^2 \ell}{\partial z^2} = \sigma(z)\,(1 - \sigma(z)).

Subtracting y from a rounded sigmoid loses every digit in a tail. With :math:`m = |z|`, :math:`e = \exp(-m)`, the
label's share c against the logit's sign and its share d for it (c + d = 1),

.. math::

    \frac{\partial \ell}{\partial z} = \pm \frac{c - d\,e}{1 + e} \;(z \gtrless 0), \qquad
    \frac{\partial^2 \ell}{\partial z^2} = \frac{e}{(1 + e)^2},

in which nothing cancels for hard labels, where c or d is 0. The Hessian of a loss of many elements is diagonal in the
logits, so its diagonal is all there is to return.
"""

from __future__ import annotations

from bce_lib._arrays import Array, Namespace
from bce_lib._checks import Axis, Reduction, check_elements
from bce_lib._logits import step
from bce_lib._reductions import derivative
from bce_lib._sigmoid import magnitude


def gradient_kernel(xp: Namespace, y_true: Array, logits: Array, pos_weight: Array | None = None) -> Array:
    """Compute ±(c − d·e) / (1 + e), the sign in the shares."""
    positive = step(xp, logits)
    negative = 1 - positive
    against, agreeing = positive - y_true, y_true - negative
    if pos_weight is not None:
        against, agreeing = against * (positive + negative * pos_weight), agreeing * (negative + positive * pos_weight)
    e = xp.exp(-magnitude(xp, logits))
    return (against - agreeing * e) / (1 + e)


def _hessian_kernel(xp: Namespace, y_true: Array, logits: Array, pos_weight: Array | None = None) -> Array:
    e = xp.exp(-magnitude(xp, logits))
    # (1 + e)² multiplied out: where e is small, so is the part of it that is rounded more than once.
    curvature = e / (1 + e * (2 + e))
    if pos_weight is None:
        return curvature
    return (y_true * pos_weight + (1 - y_true)) * curvature


def binary_cross_entropy_gradient(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    pos_weight: Array | None = None,
    where: Array | None = None,
    axis: Axis = None,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the derivative of `binary_cross_entropy_with_logits` with respect to each logit.

    For one element it is :math:`\sigma(z) - y`, or with the weight :math:`w_+` of the positive class
    :math:`(1-y)\,\sigma(z) - w_+\,y\,\sigma(-z)`, computed without the cancellation.

    Parameters
    ----------
    y_true, logits, sample_weight, pos_weight, where, axis, reduction
        As for :func:`bce_lib.binary_cross_entropy_with_logits`. The derivative is that of the loss *so reduced*: for
        ``"mean"`` each element is divided by the number of elements averaged; ``"none"`` and ``"sum"`` leave it.

    Returns
    -------
    array
        The derivatives, in nats a unit of logit, of the shape and dtype of `logits`; 0 outside `where`.

    Raises
    ------
    TypeError, ValueError
        As :func:`bce_lib.binary_cross_entropy_with_logits`.

    References
    ----------
    Christopher M. Bishop: *Pattern Recognition and Machine Learning* (Springer, 2006), eq. 4.91, for
    :math:`\sigma(z) - y`.

    Examples
    --------
    >>> from bce_lib import binary_cross_entropy_gradient
    >>> print(binary_cross_entropy_gradient([1, 0], [0.0, 0.0], reduction="none"))
    [-0.5  0.5]
    >>> print(f"{binary_cross_entropy_gradient(1, 40.0):.4e}")
    -4.2484e-18
    """
    elements = check_elements("logits", y_true, logits, sample_weight=sample_weight, pos_weight=pos_weight, where=where)
    return derivative(gradient_kernel, elements, axis, reduction)


def binary_cross_entropy_hessian(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    pos_weight: Array | None = None,
    where: Array | None = None,
    axis: Axis = None,
    reduction: Reduction = "mean",
) -> Array:
    r"""Return the second derivative of `binary_cross_entropy_with_logits` with respect to each logit.

    For one element it is :math:`\sigma(z)(1-\sigma(z)) = e/(1+e)^2` with :math:`e = \exp(-|z|)`, which does not depend
    on the target unless the positive class has a weight. It is never negative: the loss is convex in the logits.

    Parameters
    ----------
    y_true, logits, sample_weight, pos_weight, where, axis, reduction
        As for :func:`bce_lib.binary_cross_entropy_gradient`.

    Returns
    -------
    array
        The diagonal of the Hessian with respect to the logits (all else is 0), of the shape and dtype of `logits`.

    Raises
    ------
    TypeError, ValueError
        As :func:`bce_lib.binary_cross_entropy_with_logits`.

    References
    ----------
    Christopher M. Bishop: *Pattern Recognition and Machine Learning* (Springer, 2006), eq. 4.97.

    Examples
    --------
    >>> from bce_lib import binary_cross_entropy_hessian
    >>> print(binary_cross_entropy_hessian([1, 0], [0.0, 2.0], reduction="none").round(4))
    [0.25  0.105]
    """
    elements = check_elements("logits", y_true, logits, sample_weight=sample_weight, pos_weight=pos_weight, where=where)
    return derivative(_hessian_kernel, elements, axis, reduction)
