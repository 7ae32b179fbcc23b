"""Figures of the chapter *loop*: the surprise at each label, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import NEGATIVE, POSITIVE, figure
from bce_lib.loop import binary_cross_entropy, surprise


@figure()
def surprises(axes: Axes, y_true: Sequence[int], y_prob: Sequence[float]) -> None:
    """Draw the surprise at either label over the prediction, and each example on the curve of its label.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels.
    y_prob : sequence of float
        The predicted probabilities of label 1, inside (0, 1).

    Examples
    --------
    >>> from bce_book.figures import loop
    >>> axes = loop.surprises([1, 0], [0.9, 0.2])
    """
    grid = np.linspace(0.02, 0.98, 481)
    axes.plot(grid, -np.log(grid), color=POSITIVE, label="label 1: −log p")
    axes.plot(grid, -np.log1p(-grid), color=NEGATIVE, label="label 0: −log(1 − p)")
    for number, (y, p) in enumerate(zip(y_true, y_prob, strict=True), start=1):
        height = surprise(p if y == 1 else 1 - p)
        axes.plot(p, height, "o", markersize=9, color=POSITIVE if y == 1 else NEGATIVE, markeredgecolor="white")
        # Beside the dot, where its own curve is lower; above it, where the curves cross and at the edge.
        crowded = abs(p - 0.5) < 0.05 or not 0.15 < p < 0.85
        place, align = ((0, 13), "center") if crowded else ((8, 4), "left") if y == 1 else ((-8, 4), "right")
        axes.annotate(f"patient {number}", (p, height), place, textcoords="offset points", ha=align)
    axes.set(xlabel="predicted probability p of label 1", ylabel="surprise in nats", xlim=(0, 1), ylim=(0, 4))
    axes.legend(loc="upper center")


@figure(figsize=(5.6, 2.8))
def contributions(axes: Axes, y_true: Sequence[int], y_prob: Sequence[float]) -> None:
    """Draw what each example adds to the loss, the largest first, and the mean of them all.

    Parameters
    ----------
    y_true, y_prob
        As for :func:`surprises`.

    Examples
    --------
    >>> from bce_book.figures import loop
    >>> axes = loop.contributions([1, 0], [0.9, 0.2])
    """
    heights = [surprise(p if y == 1 else 1 - p) for y, p in zip(y_true, y_prob, strict=True)]
    order = np.argsort(heights)
    names = [f"patient {i + 1}: {y_true[i]}, p = {y_prob[i]:g}" for i in order]
    bars = axes.barh(names, [heights[i] for i in order], color=[POSITIVE if y_true[i] else NEGATIVE for i in order])
    axes.bar_label(bars, fmt="%.2f", padding=5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    mean = binary_cross_entropy(y_true, y_prob)
    axes.axvline(mean, color="black", linestyle="--", linewidth=1.5, zorder=0)
    axes.annotate(f"mean {mean:.2f}", (mean, -0.3), (6, 0), textcoords="offset points", va="center")
    axes.set(xlabel="surprise in nats", xlim=(0, max(heights) * 1.12))
    axes.grid(visible=False, axis="y")
