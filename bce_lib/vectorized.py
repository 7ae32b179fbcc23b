r"""Binary cross-entropy as the textbooks write it: one line of NumPy, its clip explicit.

Kept to be measured and to be read. Without a clip a certain prediction gives NaN even where it is right; with one, the
loss is wrong near 0 and 1. :func:`bce_lib.binary_cross_entropy` is exact and needs neither.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_lib._arrays import Array
from bce_lib._checks import check_elements, check_probabilities

__all__ = ["binary_cross_entropy"]


def binary_cross_entropy(y_true: Array, y_prob: Array, *, clip: float | None = None) -> Any:
    r"""Return the mean of :math:`-y \log p - (1-y) \log(1-p)` in nats, computed as it is written.

    Parameters
    ----------
    y_true : array_like
        Targets in [0, 1].
    y_prob : array_like of float
        Predicted probabilities of class 1, of the shape of `y_true`. They are computed with in their own dtype.
    clip : float, optional
        Move the probabilities into ``[clip, 1 - clip]`` first, in their own dtype: in float32 ``1 - 1e-15`` is 1.

    Returns
    -------
    numpy.floating
        The mean, in the dtype of `y_prob`. NaN where a term is 0·log 0, with NumPy's own warnings, and so by design:
        this is the line as it stands in the textbooks.

    Raises
    ------
    TypeError
        If the arrays are not NumPy's, or not of real numbers.
    ValueError
        If the shapes differ, they are empty, a target or probability lies outside [0, 1], or `clip` is not in
        [0, 0.5).

    See Also
    --------
    bce_lib.binary_cross_entropy : Exact, without a clip.

    References
    ----------
    François Chollet: *Deep Learning with Python* and many a tutorial write it so; Keras clips at 1e-7.

    Examples
    --------
    >>> from bce_lib.vectorized import binary_cross_entropy
    >>> print(f"{binary_cross_entropy([1, 0, 1], [0.9, 0.2, 0.6]):.6f}")
    0.279777
    >>> print(f"{binary_cross_entropy([1.0], [0.0], clip=1e-7):.3f}")
    16.118
    """
    elements = check_elements("y_prob", y_true, y_prob)
    y, p = elements.y_true, elements.prediction
    if elements.xp is not np:
        raise TypeError(f"y_prob is a {type(p).__name__}: this form is NumPy's own; use bce_lib.binary_cross_entropy")
    check_probabilities(np, "y_prob", p, "are they logits? Then use binary_cross_entropy_with_logits")
    if p.size == 0:
        raise ValueError(f"y_prob is empty (shape {p.shape}): the mean of no losses is not a number")
    if clip is not None:
        if not 0 <= clip < 0.5:
            raise ValueError(f"clip={clip} is not in [0, 0.5): for example clip=1e-7")
        p = np.clip(p, clip, 1 - clip)
    y = y.astype(p.dtype)
    return np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p)))
