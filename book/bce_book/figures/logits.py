"""Figures of the chapter *logits*: a training that dies, what the loss is made of, and what formulas lose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from bce_book.figures.style import BLACK, GREEN, NEGATIVE, ORANGE, PINK, POSITIVE, SKY, figure, new_panels
from bce_lib import logit, sigmoid, softplus

BEST = 0.5
"""The error in ulp that rounding alone may cost."""

NOTHING_RIGHT = 2.0**24
"""The error in ulp of a float32 that is off by its own size: 0 in the place of a number has from half of it to all."""

Looks = Mapping[Any, Mapping[str, Any]]

_CEILING, _INFINITE, _FLOOR = 1e9, 2e10, 0.1


@figure()
def training(axes: Axes, losses: Mapping[str, Sequence[float]]) -> None:
    """Draw the losses of trainings over their steps, the first as a broad line, with a cross where one ends in NaN.

    Parameters
    ----------
    losses : mapping from str to sequence of float
        By the name of a training, its loss at each step. There are two at most.

    Examples
    --------
    >>> from bce_book.figures import logits
    >>> axes = logits.training({"dies": [0.7, 0.5, float("nan")], "lives": [0.7, 0.5, 0.4]})
    """
    for (name, values), colour, width in zip(losses.items(), (ORANGE, GREEN), (5.0, 1.8), strict=False):
        # Rounded, so that the picture does not show in which order a processor added in float32.
        heights = np.round(np.asarray(values, dtype=np.float64), 3)
        axes.plot(heights, color=colour, linewidth=width, label=name, solid_capstyle="butt")
        if np.isnan(heights).any():
            end = int(np.argmax(np.isnan(heights))) - 1
            axes.plot(end, heights[end], "X", color=BLACK, markersize=11, zorder=3)
            words = f"step {end + 1}: NaN"
            axes.annotate(words, (end, heights[end]), (0, 14), textcoords="offset points", ha="center")
    axes.set(xlabel="step", ylabel="loss in nats", ylim=(0, 0.75), xlim=(0, max(map(len, losses.values())) - 1))
    axes.legend(loc="upper right")


@figure()
def digits(axes: Axes, computed: Mapping[str, ArrayLike], exact: ArrayLike, z: ArrayLike) -> None:
    """Draw how many decimal digits of float32 losses are right, over the logit: the fewest in each stretch of one.

    Parameters
    ----------
    computed : mapping from str to array_like
        By the name of a formula, the losses that it returns. There are three at most.
    exact : array_like
        The right losses.
    z : array_like
        The logits.

    Examples
    --------
    >>> from bce_book.figures import logits
    >>> axes = logits.digits({"one": [0.11, 0.2]}, [0.1, 0.2], [-0.5, 0.5])
    """
    places, right = np.asarray(z, dtype=np.float64), np.asarray(exact, dtype=np.float64)
    edges = np.arange(np.floor(places.min()), np.ceil(places.max()) + 1)
    looks = ((ORANGE, (0, (3.5, 1.5))), (PINK, (0, (1, 1.2))), (GREEN, "-"))
    for (name, values), (colour, dash) in zip(computed.items(), looks, strict=False):
        error = np.abs(np.asarray(values, dtype=np.float64) / right - 1)
        largest = _largest(places, np.where(np.isfinite(error), error, np.inf), edges)
        right_digits = np.clip(-np.log10(np.maximum(largest, 2.0**-24)), 0, None)
        axes.stairs(right_digits, edges, baseline=None, color=colour, linestyle=dash, linewidth=2, label=name)
    axes.set(xlabel="logit z", ylabel="decimal digits that are right", xlim=(edges[0], edges[-1]), ylim=(-0.2, 8))
    axes.legend(loc="lower left")


@figure()
def pieces(axes: Axes, y: float = 1.0) -> None:
    """Draw the loss over the logit as the sum of its two terms, the hinge c·m and the bump log1p(exp(−m)).

    Parameters
    ----------
    y : float
        The label, soft ones included.

    Examples
    --------
    >>> from bce_book.figures import logits
    >>> axes = logits.pieces(1)
    """
    z = np.linspace(-6, 6, 241)
    hinge = np.where(z >= 0, 1 - y, y) * np.abs(z)
    bump = softplus(-np.abs(z))
    colour = POSITIVE if y > 0.5 else NEGATIVE
    axes.fill_between(z, 0, hinge, color=SKY, alpha=0.45, linewidth=0)
    axes.fill_between(z, hinge, hinge + bump, color=PINK, alpha=0.55, linewidth=0)
    axes.plot(z, hinge, color=BLACK, linewidth=1.2, linestyle="--")
    axes.plot(z, hinge + bump, color=colour)
    axes.annotate("c·m, a straight line\non either side of 0", (-3.4, 1.1), ha="center", va="center")
    axes.annotate(
        "log1p(exp(−m)),\nat most log 2",
        (0.35, 0.45),
        (46, 52),
        textcoords="offset points",
        va="center",
        arrowprops={"arrowstyle": "-", "color": BLACK, "linewidth": 0.8},
    )
    axes.annotate("their sum, the loss", (-3.6, 3.63), (12, 10), textcoords="offset points", color=colour)
    axes.set(xlabel=f"logit z, for the label y = {y:g}", ylabel="loss in nats", xlim=(-6, 6), ylim=(0, 6))


def error_panels(
    errors: Mapping[str, Mapping[Any, ArrayLike]],
    z: ArrayLike,
    *,
    looks: Looks | None = None,
    xlabel: str = "logit z",
    linear_to: float | None = None,
    columns: int = 2,
    width: float = 1.0,
    axes: Any = None,
) -> NDArray[Any]:
    """Draw the errors of formulas over the logit, one panel per formula, one line per label.

    A line is the largest error within each stretch of z of the given width. On the logarithmic axis an infinite or
    undefined error runs along the top, and one beyond 10⁹ ulp just below it.

    Parameters
    ----------
    errors : mapping from str to mapping to array_like
        By the name of a formula and then by the label, or another key of `looks`, the errors in ulp.
    z : array_like
        The logits where they were measured.
    looks : mapping to mapping from str, optional
        By the key of a line, its `label`, `color` and `linestyle`; those of the two labels if not given.
    xlabel : str
        What `z` is.
    linear_to : float, optional
        Draw on a linear axis up to this error instead.
    columns : int
        Panels side by side.
    width : float
        The width of the stretches of z.
    axes : array of matplotlib.axes.Axes, optional
        Where to draw, one for each formula.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        Of one dimension: the panels in the order of the formulas.

    Examples
    --------
    >>> from bce_book.figures import logits
    >>> panels = logits.error_panels({"one": {1: [0.5, 0.4], 0: [2.0, 1.0]}}, [-0.2, 0.7])
    >>> panels.shape
    (1,)
    """
    own = axes is None
    size = (6.4, 1.85 * ceil(len(errors) / columns) + 0.8)
    panels = new_panels(len(errors), axes, columns=columns, figsize=size, sharex=True, sharey=True)
    logits = np.asarray(z, dtype=np.float64)
    edges = np.arange(np.floor(logits.min() / width), np.ceil(logits.max() / width) + 1) * width
    keys: dict[Any, None] = {}
    for panel, (name, by_label) in zip(panels, errors.items(), strict=True):
        panel.set_title(name, loc="left", fontsize=10, fontweight="bold")
        panel.axhline(BEST, color=GREEN, linewidth=1)
        if linear_to is None:
            panel.axhline(NOTHING_RIGHT, color=BLACK, linewidth=1, linestyle=":")
        for label, values in by_label.items():
            keys[label] = None
            heights = _largest(logits, np.asarray(values, dtype=np.float64), edges)
            if linear_to is None:
                beyond = np.minimum(np.maximum(heights, _FLOOR), _CEILING)
                heights = np.where(np.isinf(heights), _INFINITE, beyond)
            panel.stairs(heights, edges, baseline=None, linewidth=1.6, **_look(label, looks))
        _scale(panel, edges, linear_to)
    if own:
        for panel in panels[::columns]:
            panel.set_ylabel("error in ulp")
        for panel in panels[-columns:]:
            panel.set_xlabel(xlabel)
            panel.tick_params(labelbottom=True)
        name_lines(panels, keys, looks, linear=linear_to is not None)
    return panels


@figure(figsize=(5.6, 4.2))
def learned(axes: Axes) -> None:
    """Draw what a model believes, trained to the end on each ending of quiz part one, over the true probability.

    Examples
    --------
    >>> from bce_book.figures import logits
    >>> axes = logits.learned()
    """
    share = np.linspace(0.001, 0.999, 999)
    axes.plot(share, share, color=GREEN, label="BCEWithLogitsLoss on the logit")
    axes.plot(share, np.clip(logit(share), 0, 1), color=ORANGE, label="… after Sigmoid")
    axes.plot(share, np.minimum(share / (1 - share), 1), color=PINK, label="… after LogSigmoid")
    axes.axhline(0.5, color=BLACK, linewidth=1, linestyle=":")
    for place, sides, align in (
        (1 / 3, (-6, 6), "right"),
        (1 / 2, (4, -14), "left"),
        (float(sigmoid(0.5)), (6, -14), "left"),
    ):
        axes.plot(place, 0.5, "o", color=BLACK, markersize=6)
        axes.annotate(f"{place:.2f}", (place, 0.5), sides, textcoords="offset points", ha=align)
    axes.set(xlabel="true probability of label 1", ylabel="σ(z) after training", xlim=(0, 1), ylim=(-0.02, 1.02))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1))


def _largest(z: NDArray[Any], errors: NDArray[Any], edges: NDArray[Any]) -> NDArray[Any]:
    """Return the largest error from each edge to the next, NaN where nothing was measured; the last edge counts."""
    place = np.minimum(np.searchsorted(edges, z, side="right") - 1, len(edges) - 2)
    largest = np.full(len(edges) - 1, -np.inf)
    np.maximum.at(largest, place, errors)
    return np.where(largest == -np.inf, np.nan, largest)


def _look(key: Any, looks: Looks | None) -> Mapping[str, Any]:
    """Return how a line is named and drawn; a label in the colour of its class."""
    if looks is not None:
        return looks[key]
    positive = key > 0.5
    dash: Any = "-" if positive else (0, (2.2, 1.0))
    return {"label": f"label {key:g}", "color": POSITIVE if positive else NEGATIVE, "linestyle": dash}


def _scale(panel: Axes, edges: NDArray[Any], linear_to: float | None) -> None:
    panel.set_xlim(edges[0], edges[-1])
    if linear_to is not None:
        panel.set_ylim(0, linear_to)
        return
    panel.set_yscale("log")
    panel.set_ylim(_FLOOR / 1.5, _INFINITE * 2)
    panel.set_yticks([1, 1e3, 1e6, _CEILING, _INFINITE], ["1", "10³", "10⁶", "≥10⁹", "∞"])
    panel.minorticks_off()


def name_lines(panels: NDArray[Any], keys: Iterable[Any], looks: Looks | None = None, *, linear: bool = False) -> None:
    """Name the lines of panels of errors once, above all of them.

    Parameters
    ----------
    panels : numpy.ndarray of matplotlib.axes.Axes
        The panels of one figure.
    keys : iterable
        The keys of the lines.
    looks : mapping to mapping from str, optional
        As for :func:`error_panels`.
    linear : bool
        Whether the errors are on a linear axis, where no line says that nothing is right.

    Examples
    --------
    >>> from bce_book.figures import logits, style
    >>> logits.name_lines(style.new_panels(2), (1, 0))
    """
    handles = [Line2D([], [], **_look(key, looks)) for key in keys]
    handles.append(Line2D([], [], color=GREEN, linewidth=1, label="½ ulp: the best"))
    if not linear:
        handles.append(Line2D([], [], color=BLACK, linewidth=1, linestyle=":", label="2²⁴ ulp: nothing right"))
    panels.ravel()[0].figure.legend(handles=handles, loc="outside upper center", ncols=2)
