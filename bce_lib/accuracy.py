r"""What the right answer is, and how far an answer is from it, in units in the last place.

The references are computed with mpmath in 50 digits from the definition, from the very numbers that the arrays hold.
An *ulp* is the spacing of the floating-point numbers where the right answer lies, so that half an ulp is the best that
rounding allows. It means the same at 1e-30 as at 1e30, as no absolute tolerance does. Below the smallest normal number
the spacing no longer shrinks, and neither does the ulp.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bce_lib._arrays import FLOATS, dtype_name
from bce_lib._extras import require

if TYPE_CHECKING:
    from mpmath import mpf

__all__ = [
    "as_float64",
    "error_in_ulp",
    "exact_cross_entropy",
    "exact_function",
    "exact_gradient",
    "exact_gradient_of_probability",
    "exact_hessian",
    "exact_loss",
    "exact_loss_of_probability",
]

DIGITS = 50

# A tail exp(−m) beyond this margin is below 1e-8000: nothing that a floating-point number could show.
_NEGLIGIBLE_TAIL = 20_000

# Digits of the significand, the exponent of the smallest positive (subnormal) number and that of the first power of two
# too large, all to base 2.
_FORMATS = {
    "float16": (11, -24, 16),
    "bfloat16": (8, -133, 128),
    "float32": (24, -149, 128),
    "float64": (53, -1074, 1024),
}


@cache
def _mpmath() -> Any:
    return require("mpmath", "bce_lib.accuracy").mp


def exact_loss(y_true: Any, logits: Any, pos_weight: float = 1.0) -> np.ndarray[Any, Any]:
    r"""Return :math:`-w_+\,y \log \sigma(z) - (1-y) \log(1-\sigma(z))` to 50 digits.

    Parameters
    ----------
    y_true, logits : array_like of float
        Targets and logits of one shape.
    pos_weight : float
        The weight :math:`w_+` of the positive class.

    Returns
    -------
    numpy.ndarray of mpmath.mpf
        In nats, of the shape of the arguments; NaN where the logit is NaN.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    The mpmath development team: *mpmath*, a Python library for arbitrary-precision floating-point arithmetic.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_loss
    >>> from mpmath import nstr
    >>> print(nstr(exact_loss([0.0], [-17.0])[0], 12))
    4.13993763309e-8
    """
    mp = _mpmath()

    def loss(y: mpf, z: mpf) -> mpf:
        tail = mp.log1p(mp.exp(-abs(z))) if abs(z) < _NEGLIGIBLE_TAIL else mp.mpf(0)
        positive, negative = pos_weight * y, 1 - y
        against = negative if z >= 0 else positive
        return (against * abs(z) if against else 0) + (positive + negative) * tail

    return _elementwise(loss, y_true, logits)


def exact_gradient(y_true: Any, logits: Any, pos_weight: float = 1.0) -> np.ndarray[Any, Any]:
    r"""Return the slope of the loss over the logit, :math:`(1-y)\,\sigma(z) - w_+\,y\,\sigma(-z)`, to 50 digits.

    Parameters, returns and errors are those of :func:`exact_loss`.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_gradient
    >>> from mpmath import nstr
    >>> print(nstr(exact_gradient([1.0], [20.0])[0], 12))
    -2.06115361819e-9
    """
    return _elementwise(lambda y, z: (1 - y) * _sigmoid(z) - pos_weight * y * _sigmoid(-z), y_true, logits)


def exact_hessian(y_true: Any, logits: Any, pos_weight: float = 1.0) -> np.ndarray[Any, Any]:
    r"""Return the curvature of the loss over the logit, :math:`(1-y+w_+\,y)\,\sigma(z)\,\sigma(-z)`, to 50 digits.

    Parameters, returns and errors are those of :func:`exact_loss`.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_hessian
    >>> from mpmath import nstr
    >>> print(nstr(exact_hessian([1.0], [2.0])[0], 12))
    0.104993585404
    """
    return _elementwise(lambda y, z: (1 - y + pos_weight * y) * _sigmoid(z) * _sigmoid(-z), y_true, logits)


def exact_loss_of_probability(y_true: Any, y_prob: Any) -> np.ndarray[Any, Any]:
    r"""Return :math:`-y \log p - (1-y) \log(1-p)` to 50 digits, infinite where a certain prediction is wrong.

    Parameters, returns and errors are those of :func:`exact_loss`, with probabilities in the place of logits.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_loss_of_probability
    >>> from mpmath import nstr
    >>> print(nstr(exact_loss_of_probability([0.0], [1e-20])[0], 12))
    1.0e-20
    """
    mp = _mpmath()

    def surprise(share: mpf, probability: mpf) -> mpf:
        if share == 0:
            return mp.mpf(0)
        return -share * mp.log(probability) if probability > 0 else mp.inf

    # 1 − p needs more digits than 50 to be exact for a subnormal p, so its logarithm is taken by log1p.
    def loss(y: mpf, p: mpf) -> mpf:
        right = -(1 - y) * mp.log1p(-p) if p < 1 else surprise(1 - y, mp.mpf(0))
        return surprise(y, p) + (right if y < 1 else 0)

    return _elementwise(loss, y_true, y_prob)


def exact_gradient_of_probability(y_true: Any, y_prob: Any) -> np.ndarray[Any, Any]:
    r"""Return the slope of the loss over the probability, :math:`-y/p + (1-y)/(1-p)`, to 50 digits.

    Parameters, returns and errors are those of :func:`exact_loss`, with probabilities in the place of logits. A term
    whose coefficient is 0 is 0; where a certain prediction is wrong the slope is infinite.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_gradient_of_probability
    >>> from mpmath import nstr
    >>> print(nstr(exact_gradient_of_probability([1.0], [0.25])[0], 12))
    -4.0
    """
    mp = _mpmath()

    def share(coefficient: mpf, probability: mpf) -> mpf:
        if coefficient == 0:
            return mp.mpf(0)
        return coefficient / probability if probability > 0 else mp.inf

    return _elementwise(lambda y, p: share(1 - y, 1 - p) - share(y, p), y_true, y_prob)


def exact_cross_entropy(y_true: Any, logits: Any) -> np.ndarray[Any, Any]:
    r"""Return :math:`-\sum_k y_k \log \operatorname{softmax}(z)_k` of every sample to 50 digits.

    Parameters
    ----------
    y_true : array_like
        Class indices of shape (n,), or distributions over the classes of shape (n, K).
    logits : array_like of float
        Of shape (n, K), the classes along the last axis.

    Returns
    -------
    numpy.ndarray of mpmath.mpf
        In nats, of shape (n,); NaN where a logit is NaN, several are inf, or all are −inf.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_cross_entropy
    >>> from mpmath import nstr
    >>> print(nstr(exact_cross_entropy([1], [[0.0, 17.0, -2.0]])[0], 12))
    4.70021725208e-8
    """
    mp = _mpmath()
    scores, labels = np.asarray(logits, dtype=np.float64), np.asarray(y_true)
    if scores.ndim != 2 or labels.shape not in (scores.shape, scores.shape[:1]):
        shapes = f"{labels.shape} and {scores.shape}"
        raise ValueError(f"the arguments have the shapes {shapes}: pass (n,) or (n, K) and (n, K)")
    shares = np.eye(scores.shape[1])[labels] if labels.ndim == 1 else labels.astype(np.float64)
    result = np.empty(len(scores), dtype=object)
    with mp.workdps(DIGITS):
        for i, (y, z) in enumerate(zip(shares.tolist(), scores.tolist(), strict=True)):
            result[i] = sum(
                (mp.mpf(share) * term for share, term in zip(y, _surprises(z), strict=True) if share), mp.mpf(0)
            )
    return result


def exact_function(function: Callable[[mpf], mpf], argument: Any) -> np.ndarray[Any, Any]:
    """Return a function of one argument at the very numbers that an array holds, to 50 digits.

    Parameters
    ----------
    function : callable
        From one mpmath number to another.
    argument : array_like of float
        Any shape.

    Returns
    -------
    numpy.ndarray of mpmath.mpf
        Of the shape of the argument; NaN where it is NaN.

    Examples
    --------
    >>> from bce_lib.accuracy import exact_function
    >>> from mpmath import mp, nstr
    >>> print(nstr(exact_function(mp.exp, [1.0])[0], 12))
    2.71828182846
    """
    return _elementwise(lambda x, _: function(x), argument, argument)


def error_in_ulp(
    computed: Any, exact: np.ndarray[Any, Any], dtype: str | None = None
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how many units in the last place the computed numbers are off.

    Parameters
    ----------
    computed : array
        Floating-point numbers of any library.
    exact : numpy.ndarray of mpmath.mpf
        The right answers, of the same shape.
    dtype : {"float16", "bfloat16", "float32", "float64"}, optional
        The format whose ulp is meant; that of `computed` if not given.

    Returns
    -------
    numpy.ndarray of float64
        At least 0. It is 0 for an infinity or a NaN where one belongs, and inf for one where none does or for a number
        where one of them belongs. An infinity belongs where the right answer rounds to one.

    Raises
    ------
    TypeError
        If the dtype is not one of floating point.
    ValueError
        If the shapes differ.

    References
    ----------
    J.-M. Muller: On the definition of ulp(x). INRIA research report 5504 (2005).

    Examples
    --------
    >>> import numpy as np
    >>> from bce_lib.accuracy import error_in_ulp, exact_loss
    >>> computed = np.float32([np.log1p(np.exp(-17.0))])
    >>> print(error_in_ulp(computed, exact_loss([0.0], [-17.0])) < 0.51)
    [ True]
    """
    mp = _mpmath()
    dtype = dtype or dtype_name(computed)
    if dtype not in FLOATS:
        raise TypeError(f"computed has dtype {dtype}: an ulp is defined for {', '.join(FLOATS)}")
    values = as_float64(computed)
    if values.shape != exact.shape:
        raise ValueError(f"computed has shape {values.shape} but exact has shape {exact.shape}")
    digits, smallest, beyond = _FORMATS[dtype]
    overflow = mp.ldexp(2 ** (digits + 1) - 1, beyond - digits - 1)  # half an ulp above the largest number

    def error(value: float, right: mpf) -> float:
        if abs(right) >= overflow:
            right = mp.sign(right) * mp.inf
        if mp.isnan(right) or mp.isinf(right) or not np.isfinite(value):
            same = bool(mp.isnan(right) and np.isnan(value)) or mp.mpf(value) == right
            return 0.0 if same else np.inf
        ulp_exponent = max(int(mp.frexp(right)[1]) - digits, smallest) if right else smallest
        return float(mp.ldexp(abs(mp.mpf(value) - right), -ulp_exponent))

    with mp.workdps(DIGITS):
        errors = [error(float(value), right) for value, right in zip(values.flat, exact.flat, strict=True)]
    return np.array(errors).reshape(values.shape)


def as_float64(array: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Bring an array of any library and floating-point dtype to NumPy, every number as it is."""
    if hasattr(array, "detach"):
        array = array.detach().cpu().double()
    elif dtype_name(array) == "bfloat16":
        array = array.astype("float32")
    return np.asarray(array).astype(np.float64)


def _sigmoid(z: mpf) -> mpf:
    mp = _mpmath()
    if abs(z) > _NEGLIGIBLE_TAIL:
        return mp.mpf(z > 0)
    return 1 / (1 + mp.exp(-z)) if z >= 0 else mp.exp(z) / (1 + mp.exp(z))


def _surprises(logits: list[float]) -> list[mpf]:
    """Return −log softmax of the logits of one sample."""
    mp = _mpmath()
    top = max(range(len(logits)), key=logits.__getitem__)
    finite = -np.inf < logits[top] and not any(map(np.isnan, logits)) and logits.count(np.inf) <= 1
    if not finite:
        return [mp.nan for _ in logits]
    gaps = [mp.mpf(0) if k == top else mp.mpf(logits[top]) - mp.mpf(z) for k, z in enumerate(logits)]
    others = sum((mp.exp(-gap) for k, gap in enumerate(gaps) if k != top and gap < _NEGLIGIBLE_TAIL), mp.mpf(0))
    return [gap + mp.log1p(others) for gap in gaps]


def _elementwise(function: Callable[[mpf, mpf], mpf], left: Any, right: Any) -> np.ndarray[Any, Any]:
    mp = _mpmath()
    first, second = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"the arguments have the shapes {first.shape} and {second.shape}: they must be the same")
    result = np.empty(first.shape, dtype=object)
    with mp.workdps(DIGITS):
        for i, (a, b) in enumerate(zip(first.flat, second.flat, strict=True)):
            result.flat[i] = mp.nan if np.isnan(b) else function(mp.mpf(float(a)), mp.mpf(float(b)))
    return result
