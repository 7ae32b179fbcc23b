"""Figures of the chapter *entropy*: surprise, the price of a wrong belief, and why honesty is cheapest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, POSITIVE, SKY, Panels, figure
from bce_lib import cross_entropy, entropy, surprise

GRID = np.linspace(0.005, 0.995, 397)
"""Probabilities that stay clear of 0 and 1, where surprise has no bound."""


@figure(figsize=(5.6, 3.8))
def loss_split(
    axes: Axes, p: float, *, unit: Literal["nats", "bits"] = "nats", measured: Mapping[float, float] | None = None
) -> None:
    """Draw the expected loss over the prediction q as two layers: the entropy of p, and the divergence on top.

    Parameters
    ----------
    p : float
        The true probability.
    unit : {"nats", "bits"}
        Of the vertical axis.
    measured : mapping of float to float, optional
        For each prediction the loss that was found by experiment; drawn as dots.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.loss_split(0.1, unit="bits")
    """
    truth = np.full_like(GRID, p)
    floor, total = entropy(truth, unit=unit), cross_entropy(truth, GRID, unit=unit)
    axes.fill_between(GRID, 0, floor, color=SKY, alpha=0.45, linewidth=0)
    axes.fill_between(GRID, floor, total, color=ORANGE, alpha=0.3, linewidth=0)
    axes.plot(GRID, floor, color=BLUE)
    axes.plot(GRID, total, color=ORANGE)
    top = float(cross_entropy(p, 0.9 if p < 0.5 else 0.1, unit=unit)) * 1.1
    middle = 0.72 if p < 0.5 else 0.28
    axes.text(middle, floor[0] / 2, f"entropy of p = {p:.3g}: {floor[0]:.3f} {unit}", ha="center", va="center")
    axes.text(middle, floor[0] * 1.45, "divergence: the price of believing q", ha="center", va="center")
    if measured:
        places = list(measured)
        axes.plot(places, [measured[q] for q in places], "o", color=BLACK, markersize=7, markeredgecolor="white")
    axes.axvline(p, ymax=float(floor[0]) / top, color=BLACK, linestyle=":", linewidth=1.5)
    axes.set(xlabel="prediction q", ylabel=f"expected loss in {unit}", xlim=(0, 1), ylim=(0, top))


@figure(panels=2, figsize=(5.6, 6.4))
def areas(panels: Panels, p: float, q: float) -> None:
    """Draw the mean surprise of someone who believes q where p is true: as areas, and as a place on a curve over q.

    The areas are above, the curve below.

    Parameters
    ----------
    p, q : float
        True and believed probability, inside (0, 1).

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> rectangles, curve = entropy.areas(0.7, 0.25)
    """
    left, right = panels
    for start, width, name in ((0.0, p, "it happens"), (p, 1 - p, "it does not")):
        believed, known = (float(surprise(b if start == 0 else 1 - b)) for b in (q, p))
        low, high = min(believed, known), max(believed, known)
        left.bar(start, low, width, align="edge", color=SKY, alpha=0.45, linewidth=0)
        more = believed > known
        look: dict[str, Any] = (
            {"color": ORANGE, "alpha": 0.5, "linewidth": 0}
            if more
            else {"fill": False, "edgecolor": GREEN, "linestyle": "--", "hatch": "//"}
        )
        left.bar(start, high - low, width, low, align="edge", **look)
        left.plot([start, start + width], [believed, believed], color=BLACK)
        middle = start + width / 2
        left.annotate(
            "+" if more else "−", (middle, (low + high) / 2), ha="center", va="center", weight="bold", fontsize="large"
        )
        left.annotate(name, (middle, high), (0, 6), textcoords="offset points", ha="center")
    highest = max(float(surprise(belief)) for belief in (p, 1 - p, q, 1 - q))
    left.set(xlabel="probability: p | 1 − p", ylabel="surprise in nats", xlim=(0, 1), ylim=(0, 1.15 * highest))
    floor, total = float(entropy(p)), float(cross_entropy(p, q))
    right.axhline(floor, color=BLUE, linestyle="--")
    right.plot(GRID, cross_entropy(np.full_like(GRID, p), GRID), color=BLACK)
    right.plot([q, q], [floor, total], color=ORANGE, linewidth=4)
    right.plot(p, floor, "D", color=BLUE, markersize=9)
    right.plot(q, total, "o", color=BLACK, markersize=8)
    outwards, align = (-8, "right") if q < p else (8, "left")  # the curve is on the other side
    right.annotate(
        f"divergence\n{total - floor:.3f}",
        (q, (floor + total) / 2),
        (outwards, 0),
        ha=align,
        va="center",
        textcoords="offset points",
        color=ORANGE,
    )
    right.annotate(f"entropy {floor:.3f}", (p, floor), (0, -18), textcoords="offset points", ha="center", color=BLUE)
    right.set(xlabel="belief q", ylabel="cross-entropy in nats", xlim=(0, 1), ylim=(0, 4))


@figure(figsize=(5.6, 3.8))
def training(axes: Axes, losses: Sequence[float], excess: Sequence[float]) -> None:
    """Draw a loss that levels off at its floor, and what it exceeds the floor by, which does not.

    The vertical scale is logarithmic.

    Parameters
    ----------
    losses : sequence of float
        The mean loss in nats after 0, 1, 2, … steps.
    excess : sequence of float
        The mean divergence after as many steps, each above 0.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.training([0.7, 0.4, 0.35], [0.4, 0.1, 0.05])
    """
    steps = np.arange(len(losses))
    axes.plot(steps, losses, color=BLUE)
    axes.plot(steps, excess, color=ORANGE)
    at = len(steps) * 3 // 5
    above: dict[str, Any] = {"textcoords": "offset points", "ha": "left", "va": "bottom"}
    axes.annotate("loss: entropy + divergence", (at, losses[at]), (0, 5), color=BLUE, **above)
    axes.annotate("divergence alone", (at, excess[at]), (8, 5), color=ORANGE, **above)
    axes.set(xlabel="step", ylabel="nats, logarithmic scale", yscale="log")


@figure(figsize=(5.6, 4.2))
def expected_losses(axes: Axes, truths: Sequence[float]) -> None:
    """Draw the expected loss over the prediction for several true probabilities, and the entropy through their minima.

    Parameters
    ----------
    truths : sequence of float
        True probabilities inside (0, 1).

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.expected_losses([0.3, 0.5])
    """
    top = 1.6
    whole = np.linspace(0, 1, 401)
    axes.plot(whole, entropy(whole), color=BLACK, linestyle="--", linewidth=1.5)
    axes.annotate("entropy of q", (0.93, entropy(0.93)), (-8, -9), textcoords="offset points", ha="right")
    for p in truths:
        losses = cross_entropy(np.full_like(GRID, p), GRID)
        colour = _between_the_classes(p)
        axes.plot(GRID, losses, color=colour)
        axes.plot(p, entropy(p), "o", color=colour, markersize=9, markeredgecolor="white", zorder=3)
        align, side = _beside_a_bowl(p)
        axes.annotate(
            f"p = {p:g}", (p, entropy(p)), side, textcoords="offset points", ha=align, color=colour, weight="bold"
        )
    axes.set(xlabel="prediction q", ylabel="expected loss in nats", xlim=(0, 1), ylim=(0, top))


def _beside_a_bowl(p: float) -> tuple[str, tuple[int, int]]:
    """Return the alignment of a bowl's label and its offset in points from the lowest place, clear of the arch.

    Under a steep side of the arch there is room inwards, over a flat one outwards, and at the top below all curves.
    """
    inwards, outwards = ("left", "right") if p < 0.5 else ("right", "left")
    direction = 1 if p < 0.5 else -1
    if abs(p - 0.5) > 0.25:
        return inwards, (8 * direction, -14)
    return ("center", (0, -26)) if abs(p - 0.5) < 0.1 else (outwards, (4 * direction, 7))


def _between_the_classes(p: float) -> tuple[float, ...]:
    """Mix the colours of the two classes: the more probable label 1, the more of its colour."""
    return tuple(
        (1 - p) * negative + p * positive for negative, positive in zip(to_rgb(NEGATIVE), to_rgb(POSITIVE), strict=True)
    )
