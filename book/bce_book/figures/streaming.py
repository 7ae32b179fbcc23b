"""Figures of the chapter *streaming*: reports of unequal weight, and what memory holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, ORANGE, SKY, figure


@figure()
def parts(axes: Axes, divisors: ArrayLike, means: ArrayLike) -> None:
    """Draw the means of parts as bars that are as wide as the parts' divisors, the mean of all, and that of the means.

    Parameters
    ----------
    divisors : array_like of float, shape (n,)
        What each mean was divided by.
    means : array_like of float, shape (n,)
        The mean loss of each part.

    Examples
    --------
    >>> from bce_book.figures import streaming
    >>> axes = streaming.parts([500, 2900], [0.05, 0.6])
    """
    # Rounded, so that the picture does not show in which order a processor added.
    widths, heights = (np.round(np.asarray(each, dtype=np.float64), 4) for each in (divisors, means))
    left = np.cumsum(widths) - widths
    axes.bar(left, heights, width=widths, align="edge", color=SKY, edgecolor=BLACK, linewidth=0.8)
    right = float(np.average(heights, weights=widths))
    axes.axhline(right, color=BLACK, label=f"mean of all, {right:.2f}")
    axes.axhline(heights.mean(), color=ORANGE, linestyle="--", label=f"mean of the means, {heights.mean():.2f}")
    axes.set(xlabel="sum of the weights", ylabel="weighted mean loss, in nats")
    axes.set(xlim=(0, widths.sum()), ylim=(0, 1.1 * heights.max()))
    axes.grid(visible=False, axis="x")
    axes.legend()


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
