"""Figures of the chapter *fused*: what travels through memory, how far polynomials are off, and a race."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, ORANGE, SKY, Panels, figure


@figure(figsize=(5.6, 1.9))
def passes(axes: Axes, bytes_moved: Mapping[str, ArrayLike]) -> None:
    """Draw the bytes that ways of computing the loss move between processor and memory, pass by pass.

    Parameters
    ----------
    bytes_moved : mapping from str to array_like
        For each way, the bytes per element of each of its passes.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> axes = fused.passes({"two passes": [8, 12], "one pass": [12]})
    """
    largest = max(float(np.sum(parts)) for parts in bytes_moved.values())
    for row, (_, parts) in enumerate(bytes_moved.items()):
        edges = np.concatenate([[0.0], np.cumsum(parts)])
        axes.barh(
            row,
            np.diff(edges),
            left=edges[:-1],
            height=0.55,
            edgecolor="white",
            color=[(BLUE, SKY)[i % 2] for i in range(len(edges) - 1)],
        )
        count = len(edges) - 1
        axes.annotate(
            f"{count} pass{'es' if count > 1 else ''}, {edges[-1]:g} bytes",
            (edges[-1], row),
            (5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set(
        yticks=range(len(bytes_moved)),
        yticklabels=list(bytes_moved),
        xlim=(0, 1.45 * largest),
        xlabel="bytes that move, per element",
    )
    axes.invert_yaxis()
    axes.grid(visible=False)


@figure(panels=lambda errors: len(errors), columns=2, sharey=True, figsize=(5.6, 3.4))
def polynomial_errors(panels: Panels, errors: Mapping[str, Mapping[str, ArrayLike]], sizes: ArrayLike) -> None:
    """Draw how far polynomials are off over their number of coefficients: one panel per function, one line per kind.

    Parameters
    ----------
    errors : mapping from str to mapping from str to array_like
        By function and then by kind, the largest relative error for each size.
    sizes : array_like
        The numbers of coefficients.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> panels = fused.polynomial_errors({"exp": {"fitted": [1e-3, 1e-5]}}, [3, 4])
    """
    for panel, (function, lines) in zip(panels, errors.items(), strict=True):
        for (_, values), (color, marker) in zip(lines.items(), ((SKY, "s"), (ORANGE, "o"), (BLACK, "^")), strict=False):
            panel.plot(sizes, values, color=color, marker=marker, markersize=4, linewidth=1.2)
        for bits, name in ((24, "float32"), (53, "float64")):
            panel.axhline(2.0**-bits, color="#777777", linewidth=1, linestyle=":")
            panel.annotate(
                name,
                (1, 2.0**-bits),
                (-2, 2),
                xycoords=("axes fraction", "data"),
                ha="right",
                textcoords="offset points",
                color="#555555",
                fontsize=9,
            )
        panel.set_yscale("log", base=2)
        panel.set_title(function, loc="left")
        panel.set(xlabel="coefficients", ylim=(2.0**-58, 1.0), xlim=(2.5, np.max(sizes) + 0.5))
        panel.yaxis.set_minor_formatter(NullFormatter())
    panels[0].set_ylabel("largest relative error")
    kinds = next(iter(errors.values()))
    panels[0].figure.legend(panels[0].lines[: len(kinds)], kinds, loc="outside upper center", ncols=3)


@figure(figsize=lambda ns: (5.6, 0.9 + 0.3 * len(ns)))
def race(axes: Axes, ns: Mapping[str, float], base: str) -> None:
    """Draw how long ways of computing the same thing take: dots, as multiples of one of them.

    Parameters
    ----------
    ns : mapping from str to float
        The time per element of each way, in the order of the rows.
    base : str
        The way whose time is 1.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> axes = fused.race({"NumPy": 7.0, "one pass": 0.7}, base="one pass")
    """
    ratios = [each / ns[base] for each in ns.values()]
    axes.axvline(1, color="#777777", linewidth=1, linestyle=":")
    for row, (name, ratio) in enumerate(zip(ns, ratios, strict=True)):
        axes.plot(ratio, row, "o", color=ORANGE if name == base else BLUE, markersize=7)
        side, shift = ("left", 8) if ratio >= 1 else ("right", -8)
        axes.annotate(_times(ratio), (ratio, row), (shift, 0), textcoords="offset points", va="center", ha=side)
    axes.set_xscale("log")
    axes.set(
        yticks=range(len(ns)),
        yticklabels=list(ns),
        ylim=(len(ns) - 0.5, -0.5),
        xlim=(min(ratios) / 5, 8 * max(ratios)),
        xlabel=f"time, as a multiple of that of {base}",
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _times(ratio: float) -> str:
    return f"× {ratio:.0f}" if ratio >= 10 else f"× {ratio:.2g}"
