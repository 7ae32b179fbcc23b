r"""The elementary functions: the sigmoid, its inverse, and their logarithms, accurate in both tails.

All of them fold the real line at zero: with :math:`m = |z|` and :math:`e = \exp(-m)`, which cannot overflow,

.. math::

    \sigma(z) = \frac{1}{1+e} \;(z \ge 0), \quad \frac{e}{1+e} \;(z < 0),
    \qquad \operatorname{softplus}(z) = \log(1 + \exp z) = \max(z, 0) + \log(1 + e).

Conventions of the whole library: functions work element by element on NumPy arrays and on any library of the Python
array API (PyTorch, JAX, Dask, …), and on lists and numbers, which NumPy takes over. The result has the shape and the
floating-point dtype of the argument. Logarithms are natural: a loss is in nats.
"""

from __future__ import annotations

import numpy as np

from bce_lib._arrays import Array, Namespace, as_arrays, as_floats
from bce_lib._blockwise import map_elements
from bce_lib._checks import check_probabilities


def magnitude(xp: Namespace, z: Array) -> Array:
    """Return ``|z|``, with the derivative 1 at ``z = 0`` where the library takes derivatives.

    JAX's ``abs`` has the derivative 1 there too, PyTorch's has 0, which would make the gradient of a loss 0 instead of
    1/2 − y. NumPy takes none, and its ``where`` costs as much as one to five exponentials on logits of both signs, in
    random order (benchmarks/blockwise.py).
    """
    return np.abs(z) if xp is np else xp.where(z >= 0, z, -z)


def _sigmoid_kernel(xp: Namespace, z: Array) -> Array:
    e = xp.exp(-magnitude(xp, z))
    return xp.where(z >= 0, xp.ones_like(e), e) / (1 + e)


def _softplus_kernel(xp: Namespace, z: Array) -> Array:
    tail = xp.log1p(xp.exp(-magnitude(xp, z)))
    # z ≥ 0 and not z > 0: at 0 autograd must take the branch that the magnitude takes there.
    return xp.where(z >= 0, z, xp.zeros_like(z)) + tail


def _log_sigmoid_kernel(xp: Namespace, z: Array) -> Array:
    return -_softplus_kernel(xp, -z)


def _logit_kernel(xp: Namespace, p: Array) -> Array:
    # log(p / (1 − p)) loses its digits where the quotient is near 1. There it is ±log1p(quotient − 1), the quotient
    # turned over so as to be at least 1; then the argument is |2p − 1| / min(p, 1 − p), and 2p − 1 is exact from
    # p = 1/4 on (Sterbenz's lemma). An argument below 0 would meet a defect of XLA's log1p (jax-ml/jax#39707).
    low, half = p < 0.25, p < 0.5
    quotient = xp.where(low, p, magnitude(xp, 2 * p - 1)) / xp.where(half & ~low, p, 1 - p)
    ordinary = xp.log(xp.where(low, quotient, xp.ones_like(p)))
    near_one = xp.log1p(xp.where(low, xp.zeros_like(p), quotient))
    return xp.where(low, ordinary, xp.where(half, -near_one, near_one))


def sigmoid(z: Array) -> Array:
    r"""Turn a logit into a probability, :math:`\sigma(z) = 1 / (1 + e^{-z})`.

    Parameters
    ----------
    z : array_like of float
        Logits, of any shape: log-odds in nats, from −∞ to ∞. NaN stays NaN.

    Returns
    -------
    array
        Probabilities in [0, 1], of the shape and dtype of `z`. The relative error is a rounding or two in both tails:
        ``sigmoid(-100.0)`` is 3.72e-44, not 0. The upper tail rounds to 1, as any probability near 1 does in floating
        point, which is why losses should be computed from logits.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.

    See Also
    --------
    bce_lib.logit : The inverse.
    bce_lib.binary_cross_entropy_with_logits : The loss, without the detour through a probability.

    References
    ----------
    The two branches are those of N. J. Higham, *Accuracy and Stability of Numerical Algorithms* (SIAM, 2002), §1.

    Examples
    --------
    >>> from bce_lib import sigmoid
    >>> print(sigmoid([-100.0, 0.0, 2.0]).round(3))
    [0.    0.5   0.881]
    >>> print(f"{sigmoid(-100.0):.3e}")
    3.720e-44
    """
    return map_elements(_sigmoid_kernel, "z", z)


def softplus(z: Array) -> Array:
    r"""Return :math:`\log(1 + e^z)`, the loss in nats of the logit `z` when the label is 0.

    Parameters
    ----------
    z : array_like of float
        Any real numbers, of any shape. ``softplus(inf)`` is inf, ``softplus(-inf)`` is 0, NaN stays NaN.

    Returns
    -------
    array
        Numbers of at least 0, of the shape and dtype of `z`.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.

    References
    ----------
    Martin Mächler, *Accurately Computing log(1 − exp(−|a|))* (2012), a vignette of the R package Rmpfr, on when
    ``log1p`` of ``exp`` is accurate.

    Examples
    --------
    >>> from bce_lib import softplus
    >>> print(f"{softplus(-50.0):.4e}  {softplus(0.0):.4f}  {softplus(1000.0):.0f}")
    1.9287e-22  0.6931  1000
    """
    return map_elements(_softplus_kernel, "z", z)


def log_sigmoid(z: Array) -> Array:
    r"""Return :math:`\log \sigma(z)`, minus the loss in nats of the logit `z` when the label is 1.

    It is ``-softplus(-z)``: the logarithm of the sigmoid without the sigmoid, which rounds to 1 and underflows to 0.

    Parameters
    ----------
    z : array_like of float
        Logits, of any shape. ``log_sigmoid(inf)`` is 0, ``log_sigmoid(-inf)`` is −inf, NaN stays NaN.

    Returns
    -------
    array
        Numbers of at most 0, of the shape and dtype of `z`.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.

    References
    ----------
    SciPy names the same function ``scipy.special.log_expit``, PyTorch ``torch.nn.functional.logsigmoid``.

    Examples
    --------
    >>> from bce_lib import log_sigmoid
    >>> print(f"{log_sigmoid(-1000.0):.0f}  {log_sigmoid(0.0):.4f}  {log_sigmoid(50.0):.4e}")
    -1000  -0.6931  -1.9287e-22
    """
    return map_elements(_log_sigmoid_kernel, "z", z)


def logit(p: Array) -> Array:
    r"""Turn a probability into a logit, :math:`\log \frac{p}{1-p}`, the inverse of the sigmoid.

    Parameters
    ----------
    p : array_like of float
        Probabilities in [0, 1], of any shape. NaN stays NaN.

    Returns
    -------
    array
        Log-odds in nats, of the shape and dtype of `p`; −inf at 0 and inf at 1.

    Raises
    ------
    TypeError
        If `p` does not hold real numbers.
    ValueError
        If a probability lies outside [0, 1].

    References
    ----------
    SciPy's ``scipy.special.logit`` takes the same care near 1/2, where the logarithm of a quotient near 1 loses digits.

    Examples
    --------
    >>> from bce_lib import logit
    >>> print(logit([0.25, 0.5, 0.75]).round(4))
    [-1.0986  0.      1.0986]
    """
    xp, arrays = as_arrays(p=p)
    prob = as_floats(xp, "p", arrays["p"])
    check_probabilities(xp, "p", prob, "for logits there is nothing to do, they are log-odds already")
    return map_elements(_logit_kernel, "p", prob)
