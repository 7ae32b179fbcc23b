"""Figures of the chapter *summation*: a sum that stands still, and how far ways of adding are off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, SKY, figure

_COLOURS = (ORANGE, BLUE, SKY, GREEN)
_NOTHING = 1e-18
"""Where an error of exactly 0 is drawn, on a scale that has no 0."""


@figure()
def running_means(axes: Axes, counts: ArrayLike, means: Mapping[str, ArrayLike], right: float) -> None:
    """Draw the mean so far over the number of losses added up, one line per way of adding.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        How many losses had been added.
    means : mapping of str to array_like of float, shape (n,)
        The sum so far, divided by the count, by name of the way of adding.
    right : float
        The mean that is right.

    Examples
    --------
    >>> from bce_book.figures import summation
    >>> axes = summation.running_means([1, 10], {"float32": [0.7, 0.6]}, right=0.6)
    """
    for (name, values), colour in zip(means.items(), _COLOURS, strict=False):
        axes.plot(np.asarray(counts), np.asarray(values), color=colour, label=name)
    axes.axhline(right, color=BLACK, linestyle=":", linewidth=1.5, label="right")
    axes.set(xscale="log", xlabel="losses added up", ylabel="sum so far / count, in nats")
    axes.set(xlim=_ends(counts), ylim=(0, 1.35 * right))
    axes.legend(loc="lower left")


@figure(figsize=(5.6, 4.0))
def sum_errors(axes: Axes, counts: ArrayLike, errors: Mapping[str, ArrayLike]) -> None:
    """Draw the relative error of sums over the number of summands, on logarithmic scales.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        How many numbers were added.
    errors : mapping of str to array_like of float, shape (n,)
        The relative errors, by name of the way of adding; an error of 0 is drawn at the lower edge.

    Examples
    --------
    >>> from bce_book.figures import summation
    >>> axes = summation.sum_errors([1, 10], {"float32": [0.0, 1e-8]})
    """
    for (name, values), colour in zip(errors.items(), _COLOURS, strict=False):
        heights = np.maximum(np.asarray(values, dtype=np.float64), _NOTHING)
        axes.plot(np.asarray(counts), heights, color=colour, marker="o", markersize=4, linewidth=1.2, label=name)
    for bits, name in ((24, "u of float32"), (53, "u of float64")):
        axes.axhline(2.0**-bits, color=BLACK, linestyle=":", linewidth=1.0)
        axes.annotate(
            name,
            (1, 2.0**-bits),
            (4, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    axes.set(xscale="log", yscale="log", xlabel="numbers added up", ylabel="relative error of the sum")
    axes.set(xlim=_ends(counts), ylim=(_NOTHING / 2, 1e-1))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def _ends(counts: ArrayLike) -> tuple[float, float]:
    values = np.asarray(counts, dtype=np.float64)
    return float(values.min()), float(values.max())
