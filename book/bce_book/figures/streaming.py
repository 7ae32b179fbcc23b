"""Figures of the chapter *streaming*: what sums lose, what memory holds, and a loss for each shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, SKY, figure

_COLOURS = (ORANGE, BLUE, SKY, GREEN)
_NOTHING = 1e-35
"""Where an error of exactly 0 is drawn, on a scale that has no 0."""


@figure()
def running_means(axes: Axes, counts: ArrayLike, means: Mapping[str, ArrayLike], right: float) -> None:
    """Draw the mean so far over the number of losses added up, a line for each way of adding.

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
    >>> from bce_book.figures import streaming
    >>> axes = streaming.running_means([1, 10], {"float32": [0.7, 0.6]}, right=0.6)
    """
    for (name, values), colour in zip(means.items(), _COLOURS, strict=False):
        axes.plot(np.asarray(counts), np.asarray(values), color=colour, label=name)
    axes.axhline(right, color=BLACK, linestyle=":", linewidth=1.5, label="right")
    axes.set(xscale="log", xlabel="losses added up", ylabel="sum so far / count, in nats")
    axes.set(xlim=_ends(counts), ylim=(0, 1.35 * right))
    axes.legend(loc="lower left")


@figure(figsize=(5.6, 4.0))
def sum_errors(axes: Axes, counts: ArrayLike, errors: Mapping[str, ArrayLike]) -> None:
    """Draw the relative error of running sums over the number of summands, on logarithmic scales.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        How many numbers had been added.
    errors : mapping of str to array_like of float, shape (n,)
        The relative errors, by name of the way of adding; an error of 0 is drawn at the lower edge.

    Examples
    --------
    >>> from bce_book.figures import streaming
    >>> axes = streaming.sum_errors([1, 10], {"float32": [0.0, 1e-8]})
    """
    for (name, values), colour in zip(errors.items(), _COLOURS, strict=False):
        heights = np.maximum(np.asarray(values, dtype=np.float64), _NOTHING)
        axes.plot(np.asarray(counts), heights, color=colour, marker="o", markersize=4, linewidth=1.2, label=name)
    for bits, name in ((24, "u of float32"), (53, "u of float64"), (106, "u² of float64")):
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


@figure()
def memory(
    axes: Axes, streamed: Sequence[Mapping[str, Any]], loaded: Sequence[Mapping[str, Any]], limit: float
) -> None:
    """Draw what memory two processes hold while they go through a file: one maps it, the other loads it.

    Parameters
    ----------
    streamed, loaded : sequence of mappings
        Measurements in the order of time, each with the keys ``"rows"`` (rows done), ``"RssAnon"`` (memory of the
        process' own) and ``"RssFile"`` (pages of files), in MB.
    limit : float
        What the process that maps may allocate, in MB.

    Examples
    --------
    >>> from bce_book.figures import streaming
    >>> points = [{"rows": 0, "RssAnon": 20, "RssFile": 10}, {"rows": 9000, "RssAnon": 21, "RssFile": 15}]
    >>> axes = streaming.memory(points, points, limit=160)
    """
    lines = [
        (loaded, "RssAnon", ORANGE, "-", "loading: its own memory"),
        (streamed, "RssAnon", BLUE, "-", "streaming: its own memory"),
        (streamed, "RssFile", SKY, "--", "streaming: pages of the file, on loan"),
    ]
    for points, key, colour, style, label in lines:
        rows = [point["rows"] / 1000 for point in points]
        axes.plot(rows, [point[key] for point in points], color=colour, linestyle=style, label=label)
    axes.axhline(limit, color=BLACK, linestyle=":", linewidth=1.5)
    last = max(point["rows"] for point in streamed) / 1000
    axes.annotate("the limit", (0.02 * last, limit), (0, 4), textcoords="offset points")
    top = max(point[key] for points in (streamed, loaded) for point in points for key in ("RssAnon", "RssFile"))
    axes.set(xlabel="thousands of rows done", ylabel="memory in MB", xlim=(0, last), ylim=(0, 1.1 * max(top, limit)))
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=1)


@figure(figsize=(5.6, 4.4))
def shift_map(axes: Axes, means: ArrayLike) -> None:
    """Draw the mean loss of each shift as a table whose cells are the darker, the larger the loss.

    Parameters
    ----------
    means : array_like of float, shape (2r + 1, 2r + 1)
        Mean losses: a row for each shift down, from −r to r pixels, and a column for each to the right.

    Examples
    --------
    >>> from bce_book.figures import streaming
    >>> axes = streaming.shift_map([[0.3, 0.2, 0.3], [0.2, 0.1, 0.2], [0.3, 0.2, 0.3]])
    """
    table = np.asarray(means, dtype=np.float64)
    reach = len(table) // 2
    places = np.arange(-reach, reach + 1)
    axes.pcolormesh(places, places, table, cmap="Blues", vmin=0, vmax=1.15 * table.max(), edgecolors="white")
    for (row, column), value in np.ndenumerate(table):
        dark = value > 0.6 * table.max()
        axes.annotate(
            f"{value:.2f}",
            (places[column], places[row]),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if dark else BLACK,
        )
    axes.set(xlabel="pixels to the right", ylabel="pixels down", xticks=places, yticks=places)
    axes.set(xlim=(-reach - 0.5, reach + 0.5), ylim=(reach + 0.5, -reach - 0.5))
    axes.grid(visible=False)


def _ends(counts: ArrayLike) -> tuple[float, float]:
    values = np.asarray(counts, dtype=np.float64)
    return float(values.min()), float(values.max())
