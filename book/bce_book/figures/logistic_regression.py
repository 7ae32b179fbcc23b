"""Figures of the chapter *logistic_regression*: how a classifier is trained on real tumours, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from bce_book.figures.style import BLUE, GREEN, NEGATIVE, ORANGE, POSITIVE, Panels, figure
from bce_lib import logit, sigmoid

_RIGHT, _WRONG = "#e3eef6", "#fae3d4"


@figure(panels=2, figsize=(5.8, 4.8), sharex=True)
def without_penalty(panels: Panels, train: ArrayLike, test: ArrayLike, lengths: ArrayLike) -> None:
    """Draw how losses and length of the weights change over the iterations of Newton's method on separable data.

    Parameters
    ----------
    train, test : array_like of float
        The mean loss after iteration 0, 1, ….
    lengths : array_like of float
        The length of the vector of weights after each.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.without_penalty([0.7, 0.2, 0.1], [0.7, 0.3, 0.4], [0, 5, 9])
    """
    train, test, lengths = (np.asarray(values, dtype=float) for values in (train, test, lengths))
    iterations = np.arange(len(train))
    for values, color, name in ((train, BLUE, "training set"), (test, ORANGE, "test set")):
        panels[0].semilogy(iterations, values, "o-", color=color, markersize=5)
        panels[0].annotate(
            name, (iterations[-1], values[-1]), (8, 0), textcoords="offset points", va="center", color=color
        )
    lowest = int(np.argmin(test))
    panels[0].annotate(
        "least test loss",
        (lowest, test[lowest]),
        (0, 22),
        textcoords="offset points",
        ha="center",
        arrowprops={"arrowstyle": "->"},
    )
    panels[1].plot(iterations, lengths, "o-", color=GREEN, markersize=5)
    panels[0].set(ylabel="nats", title="Mean loss")
    _plain_ticks(panels[0], [0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
    panels[1].set(
        xlabel="iteration of Newton's method",
        ylabel="length",
        title="Weights",
        xlim=(-0.3, iterations[-1] * 1.27 + 0.3),
        xticks=iterations,
    )
    for panel in panels:
        _steady(panel)
    panels[0].get_figure(root=True).align_ylabels()


@figure(figsize=(5.8, 3.8))
def losses(axes: Axes, steps: ArrayLike, descent: Mapping[str, ArrayLike], newton: Mapping[str, ArrayLike]) -> None:
    """Draw the mean loss on the training and the test set over the steps of gradient descent and of Newton's method.

    Parameters
    ----------
    steps : array_like of int
        At how many steps the losses of gradient descent were taken.
    descent : mapping of str to array_like of float
        Its losses on the sets named ``"training"`` and ``"test"`` at those steps.
    newton : mapping of str to array_like of float
        The losses of Newton's method after iteration 0, 1, ….

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> curves = {"training": [0.7, 0.2, 0.1], "test": [0.7, 0.3, 0.2]}
    >>> axes = logistic_regression.losses([0, 10, 100], curves, curves)
    """
    for name, line in (("training", "-"), ("test", "--")):
        axes.plot(np.asarray(steps), np.asarray(descent[name]), line, color=BLUE, label=f"gradient descent, {name} set")
        values = np.asarray(newton[name])
        axes.plot(
            np.arange(len(values)), values, line, marker="o", markersize=5, color=ORANGE, label=f"Newton, {name} set"
        )
    axes.set_xscale("symlog", linthresh=1)
    axes.set_yscale("log")
    last = int(np.max(np.asarray(steps)))
    ticks = [0, *(10**k for k in range(len(str(last))))]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    _plain_ticks(axes, [0.05, 0.1, 0.2, 0.5])
    axes.set(xlabel="steps", ylabel="mean loss in nats", xlim=(0, last * 1.1), ylim=(0.045, 0.85))
    axes.legend(loc="upper right")


@figure(figsize=(5.8, 3.8))
def convergence(axes: Axes, newton: ArrayLike, descent: ArrayLike) -> None:
    """Draw the distance from the best weights after each iteration of Newton's method and each step of descent.

    Parameters
    ----------
    newton, descent : array_like of float
        The largest error of a weight after iteration 0, 1, ….

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.convergence([1, 1e-1, 1e-2, 1e-4, 1e-8], [1, 0.9, 0.8, 0.7, 0.6])
    """
    newton, descent = np.asarray(newton, dtype=float), np.asarray(descent, dtype=float)
    for values, color, name in ((descent, BLUE, "gradient descent"), (newton, ORANGE, "Newton")):
        axes.semilogy(np.arange(len(values)), values, "o-", color=color, label=name)
    axes.annotate(
        "gradient descent", (len(descent) - 1, descent[-1]), (0, 9), textcoords="offset points", ha="right", color=BLUE
    )
    for k, error in enumerate(newton):
        if k >= len(newton) - 4:
            axes.annotate(
                f"{error:.0e}", (k, error), (-9, -3), textcoords="offset points", ha="right", va="center", color=ORANGE
            )
    before = max(len(newton) - 3, 0)
    axes.annotate("Newton", (before, newton[before]), (12, -2), textcoords="offset points", color=ORANGE)
    axes.set(
        xlabel="iteration",
        ylabel="largest error of a weight",
        xticks=np.arange(len(newton)),
        ylim=(min(newton[-1], 1.0) / 100, 20),
    )
    _steady(axes)


@figure(figsize=(5.8, 3.4))
def scores(axes: Axes, y_true: ArrayLike, logits: ArrayLike, thresholds: Sequence[float] = (0.5,)) -> None:
    """Draw each example as a dot at its logit, label 1 above the line and label 0 below, and where thresholds cut.

    Parameters
    ----------
    y_true : array_like of {0, 1}
        The labels.
    logits : array_like of float
        The logits predicted.
    thresholds : sequence of float
        Probabilities from which on a prediction counts as class 1.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.scores([1, 1, 0], [2.0, -0.5, -1.0], thresholds=[0.5, 0.1])
    """
    labels, z = np.asarray(y_true), np.asarray(logits, dtype=float)
    width = (z.max() - z.min()) / 62
    tallest = 1
    for label, sign, color, name in ((1, 1, POSITIVE, "malignant"), (0, -1, NEGATIVE, "benign")):
        places = np.sort(z[labels == label])
        levels = _stacked(places, width)
        axes.plot(
            places,
            sign * (levels + 0.8),
            "o",
            color=color,
            markersize=4.6,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=name,
        )
        tallest = max(tallest, int(levels.max(initial=0)) + 1)
    axes.axhline(0, color="black", linewidth=1)
    for rank, threshold in enumerate(sorted(thresholds)):
        place = float(logit(threshold))
        side, align = ((5, -4), "left") if rank == len(thresholds) - 1 else ((-5, -4), "right")
        axes.axvline(place, color="black", linestyle="--", linewidth=1.3)
        axes.annotate(
            f"p = {threshold:.2g}", (place, tallest * 1.25), side, textcoords="offset points", ha=align, va="top"
        )
    axes.annotate("malignant", (z.max(), tallest * 0.75), ha="right", color=POSITIVE)
    axes.annotate("benign", (z.min(), -tallest * 0.75), color=NEGATIVE)
    axes.set(xlabel="logit", yticks=[], ylim=(-tallest * 1.25, tallest * 1.25))
    axes.spines["left"].set_visible(False)
    _steady(axes)


@figure(
    panels=lambda matrices: len(matrices),
    columns=lambda matrices: len(matrices),
    figsize=lambda matrices: (2.9 * len(matrices), 3.0),
    sharey=True,
)
def confusion(panels: Panels, matrices: Sequence[ArrayLike], titles: Sequence[str]) -> None:
    """Draw confusion matrices side by side, the errors in the warm colour.

    Parameters
    ----------
    matrices : sequence of array_like of int
        Each of shape (2, 2), the true class down and the predicted one across, as scikit-learn returns it.
    titles : sequence of str
        What stands above each.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.confusion([[[90, 0], [2, 51]]], ["p from 0.5"])
    """
    meaning = (("rightly cleared", "false alarms"), ("missed", "found"))
    for panel, matrix, title in zip(panels, matrices, titles, strict=True):
        counts = np.asarray(matrix)
        for row in (0, 1):
            for column in (0, 1):
                color = _RIGHT if row == column else _WRONG
                panel.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=color, edgecolor="white", lw=3))
                panel.text(column, row - 0.06, f"{counts[row, column]}", ha="center", va="center", fontsize=20)
                panel.text(column, row + 0.25, meaning[row][column], ha="center", va="center")
        panel.set(
            title=title,
            xlabel="predicted",
            xlim=(-0.5, 1.5),
            ylim=(1.5, -0.5),
            aspect="equal",
            xticks=[0, 1],
            xticklabels=["benign", "malignant"],
        )
        panel.set_yticks([0, 1], ["benign", "malignant"], rotation=90, va="center")
        panel.tick_params(length=0)
        panel.grid(visible=False)
        panel.spines[:].set_visible(False)
    panels[0].set_ylabel("in truth")


@figure(figsize=(5.8, 4.6))
def boundary(
    axes: Axes,
    features: ArrayLike,
    y_true: ArrayLike,
    names: Sequence[str],
    logits: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    """Draw examples over two features, the probability that a model gives to label 1, and where it decides.

    Parameters
    ----------
    features : array_like of float
        Of shape (n, 2), in their own units.
    y_true : array_like of {0, 1}
        The labels.
    names : sequence of two str
        What the features are called.
    logits : callable
        Takes features of shape (m, 2) and returns their m logits.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.boundary([[0, 0], [1, 2]], [0, 1], ["a", "b"], lambda x: x.sum(axis=1) - 1.5)
    """
    points, labels = np.asarray(features, dtype=float), np.asarray(y_true)
    low, high = points.min(axis=0), points.max(axis=0)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    grid = np.meshgrid(*(np.linspace(start, stop, 201) for start, stop in zip(low, high, strict=True)))
    probability = sigmoid(logits(np.stack([axis.ravel() for axis in grid], axis=1))).reshape(grid[0].shape).round(9)
    axes.contourf(
        *grid, probability, levels=[0, 0.1, 0.5, 0.9, 1], colors=["#d6e6f2", "#ecf3f9", "#fcefe6", "#f8dcc8"], zorder=0
    )
    lines = axes.contour(*grid, probability, levels=[0.1, 0.5, 0.9], colors="black", linewidths=[1, 2, 1])
    for level, parts in zip(lines.levels, lines.allsegs, strict=True):
        corners = np.concatenate([np.empty((0, 2)), *parts])
        if len(corners):
            end = corners[np.argmin(corners[:, 1])]
            axes.annotate(f"{level:.1f}", end, (3, 6), textcoords="offset points", fontsize=9)
    for label, color, marker, name in ((0, NEGATIVE, "o", "benign"), (1, POSITIVE, "^", "malignant")):
        axes.plot(
            *points[labels == label].T,
            marker,
            color=color,
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=name,
        )
    axes.set(xlabel=names[0], ylabel=names[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.grid(visible=False)
    axes.legend(loc="lower right", frameon=True, framealpha=0.9)
    _steady(axes)


@figure(figsize=(5.8, 4.2))
def paths(
    axes: Axes, objective: Callable[[float, float], float], walks: Mapping[str, ArrayLike], names: Sequence[str]
) -> None:
    """Draw walks over two weights from the same start on the contours of the objective.

    Parameters
    ----------
    objective : callable
        Takes the two weights and returns the height.
    walks : mapping of str to array_like of float
        Each of shape (steps, 2), one line per walk.
    names : sequence of two str
        What the weights belong to.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> walks = {"down": [[0, 0], [1, 1]]}
    >>> axes = logistic_regression.paths(lambda a, b: (a - 1)**2 + (b - 1)**2, walks, ["a", "b"])
    """
    # Rounded, here and below, so that the picture does not depend on the last bits of a sum.
    tracks = {name: np.round(np.asarray(walk, dtype=float), 6) for name, walk in walks.items()}
    visited = np.concatenate(list(tracks.values()))
    low, high = visited.min(axis=0), visited.max(axis=0)
    low, high = np.round(low - 0.2 * (high - low), 2), np.round(high + 0.35 * (high - low), 2)
    across, up = (np.linspace(start, stop, 81) for start, stop in zip(low, high, strict=True))
    heights = np.array([[round(float(objective(a, b)), 6) for a in across] for b in up])
    bottom = heights.min()
    levels = bottom + (heights.max() - bottom) * np.geomspace(0.001, 0.9, 14)
    axes.contour(across, up, heights, levels=np.round(levels, 6), colors="#9a9a9a", linewidths=0.9)
    for (name, steps), color in zip(tracks.items(), (BLUE, ORANGE, GREEN), strict=False):
        axes.plot(*steps.T, "o-", color=color, markersize=3.5, linewidth=1.5)
        axes.annotate(
            name,
            steps[min(3, len(steps) - 1)],
            (8, -16),
            textcoords="offset points",
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )
    axes.annotate("start", visited[0], (-6, 6), textcoords="offset points", ha="right")
    axes.set(xlabel=f"weight of {names[0]}", ylabel=f"weight of {names[1]}")
    axes.grid(visible=False)
    _steady(axes)


@figure(figsize=(5.8, 3.8))
def gaps(axes: Axes, steps: ArrayLike, excess: Mapping[str, ArrayLike]) -> None:
    """Draw how far above the least objective the descents still are, step by step, both axes logarithmic.

    Parameters
    ----------
    steps : array_like of int
        At how many steps, from 1 on.
    excess : mapping of str to array_like of float
        For each descent by name, how far above the least it is at those steps. Cut off where it falls below 1e-7.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.gaps([1, 10, 100], {"scaled": [1, 0.1, 0.01], "raw": [1, 0.9, 0.8]})
    """
    counts = np.asarray(steps)
    for (name, values), color in zip(excess.items(), (BLUE, ORANGE, GREEN), strict=False):
        heights = np.asarray(values, dtype=float)
        seen = heights > 1e-7
        axes.loglog(counts[seen], heights[seen], color=color, label=name)
        middle = int(seen.sum()) // 2
        axes.annotate(
            name,
            (counts[seen][middle], heights[seen][middle]),
            (-8, -14),
            textcoords="offset points",
            ha="right",
            color=color,
        )
    axes.set(xlabel="steps of gradient descent", ylabel="mean objective above its least, in nats")
    _steady(axes)


def _stacked(places: NDArray[np.float64], width: float) -> NDArray[np.int64]:
    """Return for sorted places the lowest level each at which it is at least a width away from those before it."""
    levels = np.zeros(len(places), dtype=np.int64)
    for i, place in enumerate(places):
        taken = set(levels[:i][places[:i] > place - width].tolist())
        levels[i] = next(level for level in range(i + 1) if level not in taken)
    return levels


def _plain_ticks(axes: Axes, heights: Sequence[float]) -> None:
    """Mark these heights on a logarithmic axis, and no others, as decimal numbers."""
    axes.set_yticks(heights, [f"{height:g}" for height in heights])
    axes.set_yticks([], minor=True)


def _steady(axes: Axes) -> None:
    """Round the limits to three digits: the layout, and so the bytes of the picture, depend on their last bits."""
    limits = [f"{value:.2e}" for value in (*axes.get_xlim(), *axes.get_ylim())]
    left, right, bottom, top = map(float, limits)
    axes.set(xlim=(left, right), ylim=(bottom, top))
