"""Figures of the chapter *fused*: polynomials, what each step to the compiled loop costs, and every float32 logit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, YELLOW, Panels, figure

_NAMES = {
    "ours": "fused",
    "ours, gradient_out": "fused",
    "loop in Python": "loop in Python",
    "compiled plainly": "the loop, compiled",
    "NumPy": "NumPy, line by line",
}
_COLORS = {"fused": ORANGE, "PyTorch eager": BLUE, "torch.compile": GREEN, "NumPy, line by line": PINK}


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
        xlabel="bytes that move, for each element",
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


@figure(figsize=(5.6, 2.8))
def steps(axes: Axes, measured: Sequence[Mapping[str, Any]]) -> None:
    """Draw what each step from the loop to the threads costs, as a multiple of NumPy's time.

    Parameters
    ----------
    measured : sequence of mapping
        Of each step its name (``side``), ``threads``, and ``ns`` per element.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> axes = fused.steps([{"side": "NumPy", "threads": 1, "ns": 7.0}, {"side": "ours", "threads": 1, "ns": 0.7}])
    """
    base = next(step["ns"] for step in measured if step["side"] == "NumPy")
    for row, step in enumerate(measured):
        ratio = step["ns"] / base
        fused = _NAMES.get(step["side"]) == "fused"
        axes.barh(row, ratio, height=0.6, left=0, color=ORANGE if fused else BLUE)
        axes.annotate(_times(ratio), (ratio, row), (4, 0), textcoords="offset points", va="center")
    labels = []
    for step in measured:
        name = _NAMES.get(step["side"], step["side"])
        threads = f", {step['threads']} thread{'s' if step['threads'] > 1 else ''}"
        labels.append(name + (threads if name == "fused" else ""))
    ratios = [step["ns"] / base for step in measured]
    axes.set_xscale("log")
    axes.set(
        yticks=range(len(labels)),
        yticklabels=labels,
        xlim=(min(ratios) / 2, 6 * max(ratios)),
        xlabel="time, as a multiple of NumPy's",
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")


def _times(ratio: float) -> str:
    return f"× {ratio:.0f}" if ratio >= 10 else f"× {ratio:.2g}"


@figure(figsize=(5.6, 3.6))
def roofline(axes: Axes, limits: Sequence[Mapping[str, float]], points: Sequence[Mapping[str, Any]]) -> None:
    """Draw what memory and arithmetic allow, and where implementations stand below.

    A program that does few operations for each byte is limited by memory, one that does many by arithmetic. Both axes
    are logarithmic; the height is a share of the arithmetic that the processor is capable of with all its threads.

    Parameters
    ----------
    limits : sequence of mapping
        For each number of ``threads``, ``bytes_per_ns`` and ``operations_per_ns``.
    points : sequence of mapping
        Each with ``name``, and with ``operations``, ``bytes`` and ``ns`` per element.

    References
    ----------
    S. Williams, A. Waterman, D. Patterson: Roofline: an insightful visual performance model for multicore
    architectures. Communications of the ACM 52(4), 2009.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> limit = {"threads": 1, "bytes_per_ns": 20, "operations_per_ns": 100}
    >>> axes = fused.roofline([limit], [{"name": "fused", "operations": 48, "bytes": 12, "ns": 0.7}])
    """
    peak = max(limit["operations_per_ns"] for limit in limits)
    intensity = np.array([2.0**k for k in np.arange(-5, 7.01, 0.05)])
    for limit, color in zip(limits, (SKY, BLUE), strict=False):
        roof = np.minimum(intensity * limit["bytes_per_ns"], limit["operations_per_ns"]) / peak
        axes.plot(intensity, roof, color=color, linewidth=1.5)
        count = int(limit["threads"])
        axes.annotate(
            f"{count} thread{'s' if count > 1 else ''}",
            (intensity[-1], roof[-1]),
            (-2, 3),
            ha="right",
            textcoords="offset points",
            color=color,
        )
    for point, color in zip(points, (PINK, GREEN, YELLOW, ORANGE, BLACK), strict=False):
        at = point["operations"] / point["bytes"], point["operations"] / point["ns"] / peak
        axes.plot(*at, "o", color=color, markersize=7)
        axes.annotate(point["name"], at, (7, 0), textcoords="offset points", va="center", ha="left", fontsize=9)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set(
        xlabel="operations for each byte that moves",
        ylabel="share of the peak",
        xlim=(2.0**-4, 2.0**6),
        ylim=(2.0**-10, 2.0),
    )
    axes.xaxis.set_major_formatter(FuncFormatter(_fraction))
    axes.yaxis.set_major_formatter(FuncFormatter(_fraction))


def _fraction(value: float, _: Any) -> str:
    return f"{value:.0f}" if value >= 1 else f"1/{1 / value:.0f}"


@figure()
def sizes(axes: Axes, counts: ArrayLike, curves: Mapping[str, ArrayLike]) -> None:
    """Draw the cost of an element over the number of elements, as a multiple of the lowest.

    Parameters
    ----------
    counts : array_like
        The numbers of elements.
    curves : mapping from str to array_like
        The time of an element for each number, by the name of the side.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> axes = fused.sizes([100, 10_000], {"ours": [100, 0.7], "NumPy": [200, 7.0]})
    """
    lowest = min(float(np.min(np.asarray(values))) for values in curves.values())
    for name, values in curves.items():
        shown = _NAMES.get(name, name)
        ratios = np.asarray(values) / lowest
        axes.plot(counts, ratios, marker="o", markersize=4, linewidth=1.5, color=_COLORS.get(shown, BLACK), label=shown)
    axes.set(xscale="log", yscale="log", xlabel="elements", ylabel="time of an element,\nas a multiple of the shortest")
    axes.set_xlim(np.min(counts) / 1.5, np.max(counts) * 1.5)
    axes.set_ylim(0.7, 2 * max(float(np.max(np.asarray(values))) for values in curves.values()) / lowest)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(loc="upper right")


@figure(
    panels=lambda histograms: len(histograms),
    columns=2,
    sharex=True,
    sharey=True,
    figsize=lambda histograms: (5.6, 0.6 + 1.8 * ceil(len(histograms) / 2)),
)
def every_logit(panels: Panels, histograms: Mapping[str, ArrayLike], width: float, bounds: Mapping[str, float]) -> None:
    """Draw how many of all float32 logits are off by how much, one panel per quantity.

    Parameters
    ----------
    histograms : mapping from str to array_like
        By quantity, how many logits there are in each bin.
    width : float
        Of a bin, in ulp; the first begins at 0.
    bounds : mapping from str to float
        By quantity, the largest error allowed.

    Examples
    --------
    >>> from bce_book.figures import fused
    >>> panels = fused.every_logit({"loss": [5, 2, 1]}, 0.5, {"loss": 2.0})
    """
    for panel, (name, counts) in zip(panels, histograms.items(), strict=True):
        values = np.asarray(counts, dtype=float)
        edges = width * np.arange(values.size + 1)
        panel.stairs(np.maximum(values, 0.5), edges, fill=True, color=BLUE, baseline=0.5)
        panel.axvline(bounds[name], color=ORANGE, linewidth=1.5)
        panel.annotate(
            "bound",
            (bounds[name], 1),
            (3, -2),
            xycoords=("data", "axes fraction"),
            va="top",
            textcoords="offset points",
            color=ORANGE,
        )
        panel.set_title(name, loc="left")
        panel.set(yscale="log", xlim=(0, 3), ylim=(0.5, 2.0**33))
        panel.set_yticks([1, 1e3, 1e6, 1e9], ["1", "thousand", "million", "billion"])
        panel.yaxis.set_minor_formatter(NullFormatter())
        panel.tick_params(axis="y", which="minor", length=0)
    for panel in panels[-2:]:
        panel.set_xlabel("error in ulp")
