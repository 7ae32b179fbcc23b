"""Figures of the chapter *underflow*: products at the bottom of float64, and the digits of small divergences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, PINK, figure

DARK_PINK, DARK_GREEN = "#9c3f76", "#006e51"
"""Shades of two colours in which words can be read on white."""


@figure(figsize=(5.6, 4.4))
def products(axes: Axes, n_labels: int = 2000) -> None:
    """Draw the product of n equal probabilities in float64 as n grows, and the sum of their logarithms.

    The probabilities are 0.5, whose product becomes 0, and 0.6, whose product stops falling.

    Parameters
    ----------
    n_labels : int, default 2000
        How far to go.

    Examples
    --------
    >>> from bce_book.figures import underflow
    >>> axes = underflow.products(1200)
    """
    information = np.finfo(np.float64)
    count = np.arange(1, n_labels + 1)
    axes.axhspan(np.log10(information.smallest_subnormal), np.log10(information.tiny), color="#dddddd", linewidth=0)
    looks = ((0.5, PINK, DARK_PINK, (0.33, "right", -14)), (0.6, GREEN, DARK_GREEN, (0.4, "left", 8)))
    for p, colour, ink, (where, side, shift) in looks:
        running = np.cumprod(np.full(n_labels, p))
        n = count[running > 0]
        heights = np.log10(running[: n.size])
        dies = n.size < n_labels
        axes.plot(count, count * np.log10(p), color=colour, linewidth=7, alpha=0.3)
        axes.plot(n, heights, color=colour, linewidth=1.8)
        if dies:
            axes.plot(n[-1], heights[-1], "X", color=colour, markersize=10, markeredgecolor="white")
        words: dict[str, Any] = {"textcoords": "offset points", "color": ink, "fontweight": "bold"}
        place = where * n_labels
        axes.annotate(f"p = {p}", (place, place * np.log10(p)), (shift, 0), ha=side, **words)
        end, below = (f"0 from {n[-1] + 1} labels on", (-10, -16)) if dies else ("stops falling", (0, 14))
        axes.annotate(end, (n[-1], heights[-1]), below, ha="right", **words)
    single = np.log10(np.finfo(np.float32).smallest_subnormal)
    axes.axhline(single, color=BLACK, linestyle=":", linewidth=1.5)
    axes.annotate("the smallest float32", (n_labels, single), (0, 5), textcoords="offset points", ha="right")
    axes.annotate("float64 gives up digits", (0, np.log10(information.tiny)), (6, 5), textcoords="offset points")
    axes.set(
        xlabel="number of labels", ylabel="base-10 logarithm of the likelihood", xlim=(0, n_labels), ylim=(-480, 0)
    )
    keys = [Line2D([], [], color="#bdbdbd", linewidth=7), Line2D([], [], color=BLACK, linewidth=1.8)]
    axes.legend(keys, ["sum of the logarithms", "logarithm of the product"], loc="lower left")


@figure(figsize=(5.6, 4.2))
def divergence_errors(axes: Axes, distances: Sequence[float], errors: Mapping[str, Sequence[float]]) -> None:
    """Draw the relative error of ways to compute the divergence, over the distance of the belief from the truth.

    Both scales are logarithmic.

    Parameters
    ----------
    distances : sequence of float
        The distances ``|q − p|``, ascending.
    errors : mapping of str to sequence of float
        For each way by name, its relative error at each distance. An error of 0 is drawn at 1e-17, below all that
        float64 can show otherwise.

    Examples
    --------
    >>> from bce_book.figures import underflow
    >>> axes = underflow.divergence_errors([1e-6, 1e-3], {"by subtraction": [1e-4, 1e-10]})
    """
    for (name, values), colour in zip(errors.items(), (ORANGE, BLUE, GREEN), strict=False):
        heights = np.maximum(values, 1e-17)
        axes.plot(distances, heights, ".", color=colour, markersize=5)
        at = len(heights) // 4
        near = heights[max(at - 12, 0) : at + 13]
        axes.annotate(
            name, (distances[at], np.max(near)), (0, 12), textcoords="offset points", color=colour, weight="bold"
        )
    axes.axhline(1, color=BLACK, linestyle="--", linewidth=1.2)
    axes.annotate(
        "above the line: not one digit is right", (distances[-1], 1), (0, 4), textcoords="offset points", ha="right"
    )
    axes.set(xlabel="distance of q from p", ylabel="relative error", xscale="log", yscale="log", ylim=(5e-18, 1e10))
