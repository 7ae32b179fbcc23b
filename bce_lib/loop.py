"""Binary cross-entropy as its definition says it: a for-loop and an if, in plain Python.

Slow on purpose. It is what the faster forms are compared with, and what to read first.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, log

__all__ = ["binary_cross_entropy", "surprise"]


def surprise(probability: float) -> float:
    """Return how surprising an event of that probability is, −log p in nats; an impossible event, infinitely.

    Parameters
    ----------
    probability : float
        A number from 0 to 1.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ValueError
        If the number lies outside [0, 1].

    References
    ----------
    Claude E. Shannon: A Mathematical Theory of Communication. Bell System Technical Journal 27 (1948).

    Examples
    --------
    >>> from bce_lib.loop import surprise
    >>> print(f"{surprise(0.5):.4f} {surprise(1.0):.4f} {surprise(0.0)}")
    0.6931 0.0000 inf
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability={probability} lies outside [0, 1]; is it a logit? Then pass sigmoid(logit)")
    return abs(log(probability)) if probability > 0 else inf


def binary_cross_entropy(y_true: Iterable[int], y_prob: Iterable[float]) -> float:
    r"""Return the mean surprise at the labels, in nats, given the probabilities predicted for class 1.

    .. math:: -\frac1n \sum_{i=1}^n \begin{cases} \log p_i & y_i = 1 \\ \log (1 - p_i) & y_i = 0 \end{cases}

    Parameters
    ----------
    y_true : iterable of {0, 1}
        The labels.
    y_prob : iterable of float
        The predicted probabilities of label 1, as many.

    Returns
    -------
    float
        At least 0; ``inf`` if something happened that was held impossible.

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1, a probability lies outside [0, 1], the numbers of labels and probabilities
        differ, or there are none.

    See Also
    --------
    bce_lib.binary_cross_entropy : The same for arrays, soft labels and weights.

    References
    ----------
    Kevin P. Murphy: *Probabilistic Machine Learning: An Introduction* (MIT Press, 2022), §10.2.3.

    Examples
    --------
    >>> from bce_lib.loop import binary_cross_entropy
    >>> print(f"{binary_cross_entropy([1, 0, 1], [0.9, 0.2, 0.6]):.6f}")
    0.279777
    """
    labels, probabilities = list(y_true), list(y_prob)
    if len(labels) != len(probabilities):
        raise ValueError(f"y_true has {len(labels)} values but y_prob has {len(probabilities)}: give one for each")
    if not labels:
        raise ValueError("y_true and y_prob are empty: the mean of no losses is not a number")
    total = 0.0
    for y, p in zip(labels, probabilities, strict=True):
        if not 0 <= p <= 1:
            raise ValueError(f"y_prob contains {p}, outside [0, 1]; is it a logit? Then pass sigmoid(logit)")
        if y == 1:
            total += surprise(p)
        elif y == 0:
            total += surprise(1 - p)
        else:
            raise ValueError(f"y_true contains {y}: a label is 0 or 1; bce_lib.binary_cross_entropy takes soft labels")
    return total / len(labels)
