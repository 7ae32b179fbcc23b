"""Figures of the chapter *optimizers*: the walks down a valley, and how far they have come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLUE, GREEN, ORANGE, PINK, SKY, figure


@figure(figsize=(5.8, 3.6))
def descents(axes: Axes, heights: Mapping[str, Mapping[int, float]]) -> None:
    """Draw the objective over the steps of some descents, both axes logarithmic; what explodes leaves the picture.

    Parameters
    ----------
    heights : mapping of str to mapping of int to float
        By what is written beside the curve, the objective after some of the steps, 0 among them.

    Examples
    --------
    >>> from bce_book.figures import optimizers
    >>> axes = optimizers.descents({"learns": {0: 0.7, 1: 0.3, 9: 0.1}, "explodes": {0: 0.7, 1: 1e5}})
    """
    for (name, curve), color in zip(heights.items(), (BLUE, PINK, ORANGE), strict=False):
        # Step 0 stands at the left edge, where a logarithmic axis has no place for it.
        steps, values = np.array([max(step, 0.5) for step in curve]), np.array([*curve.values()])
        axes.loglog(steps, values, color=color, label=name)
        rising = values[-1] > values[0]
        place = (0.7, 6.0) if rising else (steps[len(steps) // 2], values[len(steps) // 2])
        axes.annotate(name, place, (6, 6), textcoords="offset points", color=color)
    axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.set_yticks([], minor=True)
    ticks = [10**k for k in range(5)]
    axes.set_xticks([0.5, *ticks], ["0", *(f"{tick:,}" for tick in ticks)])
    axes.set_xticks([], minor=True)
    axes.set(xlabel="steps", ylabel="objective in nats", xlim=(0.5, None), ylim=(0.05, 20))
    _steady(axes)


@figure(figsize=(5.8, 3.8))
def paths(
    axes: Axes,
    loss: Callable[[float, float], float],
    walks: Mapping[str, ArrayLike],
    bottom: ArrayLike,
    names: Sequence[str],
) -> None:
    """Draw walks over two weights from the same start on the contours of the loss, and its lowest point.

    Parameters
    ----------
    loss : callable
        Takes the two weights and returns the height.
    walks : mapping of str to array_like of float
        Each of shape (steps, 2), one line per walk.
    bottom : array_like of float
        The two weights of least loss.
    names : sequence of two str
        What the weights belong to.

    Examples
    --------
    >>> from bce_book.figures import optimizers
    >>> walks = {"down": [[0, 0], [1, 1]]}
    >>> axes = optimizers.paths(lambda a, b: (a - 1)**2 + (b - 1)**2, walks, [1, 1], ["a", "b"])
    """
    # Rounded, here and below, so that the picture does not depend on the last bits of a sum.
    tracks = {name: np.round(np.asarray(walk, dtype=float), 6) for name, walk in walks.items()}
    lowest = np.round(np.asarray(bottom, dtype=float), 6)
    visited = np.concatenate([*tracks.values(), lowest[None]])
    low, high = visited.min(axis=0), visited.max(axis=0)
    low, high = np.round(low - 0.2 * (high - low), 2), np.round(high + 0.3 * (high - low), 2)
    across, up = (np.linspace(start, stop, 81) for start, stop in zip(low, high, strict=True))
    heights = np.array([[round(float(loss(a, b)), 6) for a in across] for b in up])
    least = heights.min()
    levels = least + (heights.max() - least) * np.geomspace(0.001, 0.9, 14)
    axes.contour(across, up, heights, levels=np.round(levels, 6), colors="#9a9a9a", linewidths=0.9)
    for (name, steps), color in zip(tracks.items(), (BLUE, ORANGE), strict=False):
        axes.plot(*steps.T, "o-", color=color, markersize=3.5, linewidth=1.5, label=name)
        axes.annotate(
            name,
            steps[len(steps) // 2],
            (0, 10),
            textcoords="offset points",
            ha="center",
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )
    axes.plot(*lowest, "P", color=GREEN, markersize=11, markeredgecolor="white", label="bottom")
    axes.annotate("start", visited[0], (-6, 6), textcoords="offset points", ha="right")
    axes.set(xlabel=f"weight of {names[0]}", ylabel=f"weight of {names[1]}")
    axes.grid(visible=False)
    _steady(axes)


@figure()
def errors(axes: Axes, errors: Mapping[str, ArrayLike]) -> None:
    """Draw how far methods are from the best weights after each step, both axes logarithmic.

    Parameters
    ----------
    errors : mapping of str to array_like of float
        By the name of the method, the largest error of a weight after step 0, 1, …. Step 0 is not drawn.

    Examples
    --------
    >>> from bce_book.figures import optimizers
    >>> axes = optimizers.errors({"Newton": [1, 1e-1, 1e-2, 1e-4], "gradient descent": [1, 0.9, 0.8, 0.7]})
    """
    for (name, values), color in zip(errors.items(), (ORANGE, BLUE), strict=False):
        heights = np.asarray(values, dtype=float)
        steps = np.arange(1, len(heights))
        drawn = np.unique(np.geomspace(1, len(steps), 200).astype(int))
        marker = "o-" if len(steps) < 50 else "-"
        axes.loglog(drawn, heights[drawn], marker, color=color, markersize=5, label=name)
    axes.set(xlabel="steps", ylabel="largest error of a weight")
    axes.legend(loc="lower left", bbox_to_anchor=(0.12, 0))
    _steady(axes)


@figure(figsize=(5.8, 3.8))
def passes(axes: Axes, curves: Mapping[str, ArrayLike]) -> None:
    """Draw how far above the least objective trainings are after some passes over the data, both axes logarithmic.

    The line goes through the middle run, and bars reach from the lowest run to the highest.

    Parameters
    ----------
    curves : mapping of str to array_like of float
        By the name of a kind of training, its runs: of shape (runs, passes).

    Examples
    --------
    >>> from bce_book.figures import optimizers
    >>> axes = optimizers.passes({"all": [[1, 0.1]], "32": [[0.5, 0.01], [0.4, 0.02]]})
    """
    looks = ((BLUE, "-"), (ORANGE, "-"), (SKY, "--"), (PINK, "--"), (GREEN, ":"))
    for (name, values), (color, line) in zip(curves.items(), looks, strict=False):
        runs = np.asarray(values, dtype=float)
        seen = np.unique(np.geomspace(1, runs.shape[1], 14).astype(int))
        heights = runs[:, seen - 1]
        axes.loglog(seen, np.median(heights, axis=0), line, color=color, label=name)
        axes.vlines(seen, heights.min(axis=0), heights.max(axis=0), color=color, linewidth=1.2)
    axes.set(xlabel="passes over the data", ylabel="nats above the least")
    axes.legend(loc="lower left")
    _steady(axes)


def _steady(axes: Axes) -> None:
    """Round the limits to three digits: the layout, and so the bytes of the picture, depend on their last bits."""
    limits = [f"{value:.2e}" for value in (*axes.get_xlim(), *axes.get_ylim())]
    left, right, bottom, top = map(float, limits)
    axes.set(xlim=(left, right), ylim=(bottom, top))
