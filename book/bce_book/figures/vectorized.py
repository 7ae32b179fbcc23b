"""Figures of the chapter *vectorized*: the results behind the line, its speed, and the matrix of the (n, 1) trap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bce_book.figures.style import BLACK, NEGATIVE, PINK, POSITIVE, Panels, figure
from bce_lib import binary_cross_entropy, entropy

_GREY = "#767676"


@figure(figsize=(5.6, 4.2))
def anatomy(axes: Axes, y_true: Sequence[float], y_prob: Sequence[float]) -> None:
    """Write out every result that the line makes on its way, one row each, and grey what a label has crossed out.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels.
    y_prob : sequence of float
        The predicted probabilities of label 1, inside (0, 1).

    Examples
    --------
    >>> from bce_book.figures import vectorized
    >>> axes = vectorized.anatomy([1, 0], [0.9, 0.2])
    """
    y, p = np.asarray(y_true, dtype=float), np.asarray(y_prob, dtype=float)
    positive, negative = y * np.log(p), (1 - y) * np.log(1 - p)
    rows = [
        ("given:  y", y),
        ("given:  p", p),
        ("1   log p", np.log(p)),
        ("2   y · log p", positive),
        ("3   1 − y", 1 - y),
        ("4   1 − p", 1 - p),
        ("5   log(1 − p)", np.log(1 - p)),
        ("6   (1 − y) · log(1 − p)", negative),
        ("7   2 + 6", positive + negative),
    ]
    crossed = {3: y == 0, 7: y == 1}
    for height, (name, values) in enumerate(rows):
        weight = "bold" if height < 2 else "normal"
        axes.text(-4.0, height, name, va="center", fontsize=11, fontweight=weight)
        for i, value in enumerate(values):
            gone = height in crossed and crossed[height][i]
            colour = _GREY if gone else POSITIVE if y[i] == 1 else NEGATIVE
            face, edge = ("#f4f4f4", "#bbbbbb") if gone else (colour + "22", colour)
            corner = (i - 0.46, height - 0.4)
            axes.add_patch(Rectangle(corner, 0.92, 0.8, facecolor=face, edgecolor=edge, linewidth=0.8))
            whole = height in (0, 4)
            number = "0" if gone else f"{value:.0f}" if whole else f"{value:.2f}".replace("-", "−")
            axes.text(i, height, number, ha="center", va="center", fontsize=11, color=_GREY if gone else BLACK)
    loss = binary_cross_entropy(y, p)
    axes.text(-4.0, len(rows), "minus the mean", va="center", fontsize=11)
    axes.text((len(y) - 1) / 2, len(rows), f"{loss:.2f}", ha="center", va="center", fontsize=12, fontweight="bold")
    axes.axhline(1.5, color=_GREY, linewidth=0.8)
    axes.set(xlim=(-4.1, len(y) - 0.4), ylim=(len(rows) + 0.5, -0.6))
    axes.set_axis_off()


@figure(figsize=(5.6, 3.8))
def speed(axes: Axes, sizes: Sequence[int], ratios: Sequence[float]) -> None:
    """Draw how many times as fast as the loop the line was, over the number of labels.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of labels.
    ratios : sequence of float
        Time of the loop over time of the line, for each.

    Examples
    --------
    >>> from bce_book.figures import vectorized
    >>> axes = vectorized.speed([1, 100, 10_000], [0.1, 2.0, 20.0])
    """
    axes.loglog(sizes, ratios, "o-", color=PINK, markeredgecolor="white", markersize=8)
    axes.axhline(1, color="black", linestyle="--", linewidth=1.5, zorder=0)
    for size, ratio in zip(sizes, ratios, strict=True):
        axes.annotate(f"{ratio:.1f}", (size, ratio), (0, 9), textcoords="offset points", ha="center")
    axes.annotate("the line is faster ↑", (max(sizes), 1), (0, 6), textcoords="offset points", ha="right")
    axes.annotate("the loop is faster ↓", (max(sizes), 1), (0, -14), textcoords="offset points", ha="right")
    axes.set(
        xlabel="number of labels n",
        ylabel="time of the loop / time of the line",
        ylim=(min(min(ratios), 1) / 2, max(max(ratios), 1) * 3),
    )


@figure(figsize=(5.6, 4.4))
def trap(axes: Axes, y_true: Sequence[float], y_prob: Sequence[float]) -> None:
    """Draw the n × n terms that labels (n,) and predictions (n, 1) make; the n right ones stand on the diagonal.

    Parameters
    ----------
    y_true, y_prob
        As for :func:`anatomy`.

    Examples
    --------
    >>> from bce_book.figures import vectorized
    >>> axes = vectorized.trap([1, 0], [0.9, 0.2])
    """
    y, p = np.asarray(y_true, dtype=float), np.asarray(y_prob, dtype=float)[:, None]
    terms = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    n = len(y)
    edges = np.arange(n + 1) - 0.5
    axes.pcolormesh(edges, edges, terms, cmap="Greys", vmin=0, vmax=2 * terms.max(), edgecolors="white", linewidth=1)
    for (i, j), term in np.ndenumerate(terms):
        right = i == j
        axes.text(j, i, f"{term:.2f}", ha="center", va="center", fontsize=12, fontweight="bold" if right else "normal")
        if right:
            axes.add_patch(
                Rectangle(
                    (j - 0.47, i - 0.47),
                    0.94,
                    0.94,
                    fill=False,
                    linewidth=2.5,
                    edgecolor=POSITIVE if y[j] == 1 else NEGATIVE,
                )
            )
    axes.set(
        xlabel="label of patient j, shape (n,)",
        ylabel="prediction for patient i, shape (n, 1)",
        xticks=range(n),
        yticks=range(n),
        xlim=(-0.5, n - 0.5),
        ylim=(n - 0.5, -0.5),
    )
    axes.set_xticklabels([f"{value:g}" for value in y])
    axes.set_yticklabels([f"{value:g}" for value in p[:, 0]])
    axes.set_title(f"mean of the diagonal {np.mean(np.diag(terms)):.4f}, of all {np.mean(terms):.4f}")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


@figure(panels=2, figsize=(5.6, 5.8))
def training(
    panels: Panels,
    histories: Mapping[str, Sequence[float]],
    predictions: Mapping[str, Sequence[float]],
    y_true: Sequence[float],
) -> None:
    """Draw the loss that two trainings reported, and below it what their models ended up predicting.

    Parameters
    ----------
    histories : mapping of str to sequence of float
        The reported loss at each step, by the name of the training; two of them.
    predictions : mapping of str to sequence of float
        The probabilities at the end, by the same names.
    y_true : sequence of {0, 1}
        The labels.

    Examples
    --------
    >>> from bce_book.figures import vectorized
    >>> axes = vectorized.training({"a": [0.7, 0.3], "b": [0.7, 0.6]}, {"a": [0.9, 0.1], "b": [0.5, 0.5]}, [1, 0])
    """
    above, below = panels
    y = np.asarray(y_true, dtype=float)
    for (name, history), colour in zip(histories.items(), (BLACK, PINK), strict=False):
        above.plot(history, color=colour)
        above.annotate(
            name,
            (len(history) - 1, history[-1]),
            (0, 6),
            textcoords="offset points",
            ha="right",
            color=colour,
        )
    floor = float(entropy(float(y.mean())))
    above.axhline(floor, color=_GREY, linestyle="--", linewidth=1.2, zorder=0)
    above.annotate(
        f"entropy of the labels {floor:.2f}",
        (0.98, floor),
        (0, -12),
        ha="right",
        color="#595959",
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
    )
    above.set(xlabel="step", ylabel="reported loss", ylim=(0, None))
    # Neighbours in the list are spread over the height of a row, the same way at each run.
    spread = (np.arange(len(y)) * 0.618034) % 1 - 0.5
    for row, values in enumerate(predictions.values()):
        for label, colour in ((0, NEGATIVE), (1, POSITIVE)):
            chosen = y == label
            height = row + 0.22 * (2 * label - 1) + 0.36 * spread[chosen]
            below.plot(
                np.asarray(values)[chosen],
                height,
                "o",
                markersize=4,
                color=colour,
                alpha=0.7,
                markeredgewidth=0,
                label=f"label {label}" if row == 0 else None,
            )
    below.set(
        xlabel="predicted probability at the end",
        xlim=(-0.02, 1.02),
        yticks=range(len(predictions)),
        ylim=(len(predictions) - 0.4, -0.7),
    )
    below.set_yticklabels(predictions)
    below.axvline(y.mean(), color=_GREY, linestyle="--", linewidth=1.2, zorder=0)
    below.annotate(
        f"share of label 1: {y.mean():.2f}",
        (y.mean(), -0.7),
        (5, -1),
        textcoords="offset points",
        va="top",
        color="#595959",
    )
    below.grid(visible=False, axis="y")
    below.legend(loc="lower right", handletextpad=0.1)
