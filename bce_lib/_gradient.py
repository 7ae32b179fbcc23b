r"""The derivatives of binary cross-entropy by the logit.

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

import math

from bce_lib.logits import step
from bce_lib.reduction import reduce_derivative
from bce_lib.sigmoid import magnitude
from bce_lib.validation import Array, Axis, Namespace, Reduction, check_elements


def gradient_kernel(xp: Namespace, y_true: Array, logits: Array, pos_weight: Array | None = None) -> Array:
    """Compute ±(c − d·e) / (1 + e), the sign in the shares."""
    positive = step(xp, logits)
    negative = 1 - positive
    against, agreeing = positive - y_true, y_true - negative
    if pos_weight is not None:
        against, agreeing = against * (positive + negative * pos_weight), agreeing * (negative + positive * pos_weight)
    e = xp.exp(-magnitude(xp, logits))
    return (against - agreeing * e) / (1 + e)


def loss_and_gradient(
    xp: Namespace,
    y_true: Array,
    logits: Array,
    pos_weight: Array | None = None,
    loss: Array | None = None,
    gradient: Array | None = None,
) -> Array:
    """Return what the kernel of the loss does, to the bit, in `loss`, and write what that of the gradient does.

    The exponential is computed once for both, and few temporaries are made. `xp` is PyTorch or NumPy, whose functions
    take ``out`` alike; the targets must have been checked, and no derivative can be taken through it.
    """
    positive = xp.greater_equal(logits, 0, out=xp.empty_like(logits))
    negative = xp.less(logits, 0, out=xp.empty_like(logits))
    against, agreeing = positive - y_true, y_true - negative
    product = against * logits
    if pos_weight is not None:
        weight = positive + negative * pos_weight
        product *= weight
        against *= weight
        agreeing *= negative + positive * pos_weight
    product = xp.nan_to_num(product, nan=0.0, posinf=math.inf)  # 0·inf is 0; a NaN logit's comes back with the tail
    e = xp.abs(logits)
    xp.exp(xp.negative(e, out=e), out=e)
    tail = xp.log1p(e)
    if pos_weight is not None:
        tail *= y_true * pos_weight + (1 - y_true)
    loss = xp.add(product, tail, out=loss)
    if gradient is not None:
        agreeing *= e
        against -= agreeing
        e += 1
        xp.divide(against, e, out=gradient)
    return loss


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
    r"""Return the derivative of `binary_cross_entropy_with_logits` by each logit.

    For one element it is :math:`\sigma(z) - y`, or with the weight p of the positive class
    :math:`(1-y)\,\sigma(z) - p\,y\,\sigma(-z)`, computed without the cancellation.

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
    return reduce_derivative(gradient_kernel, elements, axis, reduction)


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
    r"""Return the second derivative of `binary_cross_entropy_with_logits` by each logit.

    For one element it is :math:`\sigma(z)(1-\sigma(z)) = e/(1+e)^2` with :math:`e = \exp(-|z|)`, which does not depend
    on the target unless the positive class has a weight. It is never negative: the loss is convex in the logits.

    Parameters
    ----------
    y_true, logits, sample_weight, pos_weight, where, axis, reduction
        As for :func:`bce_lib.binary_cross_entropy_gradient`.

    Returns
    -------
    array
        The diagonal of the Hessian by the logits (all else is 0), of the shape and dtype of `logits`.

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
    return reduce_derivative(_hessian_kernel, elements, axis, reduction)
