"""Figures of the chapter *entropy*: surprise, the price of a wrong belief, and why honesty is cheapest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, PINK, POSITIVE, SKY, Panels, figure
from bce_lib import cross_entropy, entropy, surprise

GRID = np.linspace(0.005, 0.995, 397)
"""Probabilities that stay clear of 0 and 1, where surprise has no bound."""


@figure(figsize=(5.6, 3.8))
def halvings(axes: Axes) -> None:
    """Draw surprise over probability, with a dot at each halving of the probability: one bit more each time.

    The scale is in bits; a second one, on the right, is in nats.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.halvings()
    """
    grid = np.geomspace(2**-5.5, 1, 400)
    axes.plot(grid, surprise(grid, unit="bits"), color=BLACK)
    halves = 0.5 ** np.arange(6)
    axes.plot(halves, surprise(halves, unit="bits"), "o", color=ORANGE, markersize=9, markeredgecolor="white")
    for bits, name in enumerate(["1", "1/2", "1/4", "1/8", "1/16", "1/32"]):
        side, align = ((0, 12), "center") if bits == 0 else ((10, 4), "left")
        words = f"p = {name}: {bits} bit{'s' * (bits != 1)}"
        axes.annotate(words, (0.5**bits, bits), side, textcoords="offset points", ha=align)
    axes.set(xlabel="probability p of what happened", ylabel="surprise in bits", xlim=(0, 1.12), ylim=(-0.15, 5.6))
    axes.set_xticks(np.arange(6) / 5)
    nats = axes.secondary_yaxis("right", functions=(lambda bits: bits * np.log(2), lambda nats: nats / np.log(2)))
    nats.set_ylabel("the same in nats")


@figure(figsize=(5.6, 3.2))
def code_lengths(axes: Axes, bits_a_flip: Sequence[float], bound: float) -> None:
    """Draw how many bits per flip a code on blocks of 1, 2, 3, … flips has taken, and the bound below it.

    Parameters
    ----------
    bits_a_flip : sequence of float
        What was measured, for blocks of 1, 2, 3, … flips.
    bound : float
        The loss in bits per flip.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.code_lengths([1.0, 0.65, 0.53], 0.47)
    """
    lengths = np.arange(1, len(bits_a_flip) + 1)
    axes.axhline(bound, color=BLACK, linestyle="--", linewidth=1.5)
    axes.annotate(f"the loss of the prediction, {bound:.3f} bits", (1, bound), (0, -13), textcoords="offset points")
    axes.plot(lengths, bits_a_flip, "o-", color=ORANGE, markersize=8, markeredgecolor="white")
    for length, height in zip(lengths[:3], bits_a_flip, strict=False):
        words = f"{height:.3f}: no code at all" if length == 1 else f"{height:.3f}"
        axes.annotate(words, (length, height), (9, 3), textcoords="offset points")
    axes.set(xlabel="flips in a block", ylabel="bits a flip", xticks=lengths, ylim=(0, 1.08))


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
    axes.set(xlabel="step of gradient descent", ylabel="nats, logarithmic scale", yscale="log")


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


@figure(figsize=(5.6, 4.2))
def tangent(axes: Axes, q: float, p: float) -> None:
    """Draw the entropy over the true probability, and the expected loss of one prediction: a tangent to it.

    Parameters
    ----------
    q : float
        The prediction, where the line touches.
    p : float
        A true probability at which the gap between the two, the divergence, is marked.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.tangent(0.2, 0.6)
    """
    whole = np.linspace(0, 1, 401)
    axes.plot(whole, entropy(whole), color=BLACK)
    axes.plot([0, 1], cross_entropy(np.array([0.0, 1.0]), np.array([q, q])), color=GREEN)
    axes.plot(q, entropy(q), "o", color=GREEN, markersize=9, markeredgecolor="white", zorder=3)
    axes.plot(0, surprise(1 - q), "o", color=NEGATIVE, markersize=9, clip_on=False, zorder=3)
    axes.plot(1, surprise(q), "o", color=POSITIVE, markersize=9, clip_on=False, zorder=3)
    low, high = float(entropy(p)), float(cross_entropy(p, q))
    axes.annotate(
        "",
        (p, low),
        (p, high),
        arrowprops={"arrowstyle": "<->", "color": ORANGE, "linewidth": 2, "shrinkA": 0, "shrinkB": 0},
    )
    offset: dict[str, Any] = {"textcoords": "offset points"}
    axes.annotate(
        f"divergence of {q:g}\nfrom {p:g}: {high - low:.2f}",
        (p, (low + high) / 2),
        (9, 0),
        va="center",
        color=ORANGE,
        **offset,
    )
    axes.annotate("entropy of p", (p, low), (0, -20), ha="center", **offset)
    axes.annotate(f"expected loss of saying {q:g}", (p - 0.02, high), (-4, 6), ha="right", color=GREEN, **offset)
    axes.annotate("touches here", (q, entropy(q)), (8, -12), color=GREEN, **offset)
    axes.annotate(
        f"the loss at label 0: −log {1 - q:g}",
        (0, surprise(1 - q)),
        (48, 0),
        color=NEGATIVE,
        va="center",
        arrowprops={"arrowstyle": "-", "color": NEGATIVE, "linewidth": 1, "shrinkB": 5},
        **offset,
    )
    axes.annotate(f"the loss at label 1: −log {q:g}", (1, surprise(q)), (-12, 4), ha="right", color=POSITIVE, **offset)
    axes.set(xlabel="true probability p", ylabel="nats", xlim=(0, 1), ylim=(0, 1.1 * float(surprise(min(q, 1 - q)))))


@figure(panels=2, figsize=(5.6, 5.8), sharex=True)
def scores(panels: Panels, truths: Sequence[float]) -> None:
    """Draw the expected Brier score and the expected absolute error over the prediction, with their minima.

    The Brier score, above, is proper; the absolute error, below, is not.

    Parameters
    ----------
    truths : sequence of float
        True probabilities, not 0.5, at which every prediction has the same absolute error.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> proper, improper = entropy.scores([0.3, 0.8])
    """
    whole = np.linspace(0, 1, 401)
    titles = ["squared error (Brier): proper", "absolute error: improper"]
    for panel, title, power in zip(panels, titles, (2, 1), strict=True):
        for p in truths:
            expected = p * (1 - whole) ** power + (1 - p) * whole**power
            best = int(np.argmin(expected))
            colour = _between_the_classes(p)
            panel.plot(whole, expected, color=colour, label=f"p = {p:g}")
            panel.plot(
                whole[best],
                expected[best],
                "o",
                color=colour,
                markersize=9,
                markeredgecolor="white",
                clip_on=False,
                zorder=3,
            )
            align, side = _beside_a_minimum(p, float(whole[best]))
            panel.annotate(
                f"p = {p:g}",
                (whole[best], expected[best]),
                side,
                textcoords="offset points",
                ha=align,
                color=colour,
                weight="bold",
            )
        panel.set(ylabel="expected score", title=title, xlim=(0, 1), ylim=(0, 0.95))
    panels[-1].set_xlabel("prediction q")


@figure(figsize=(5.6, 4.2))
def divergence_errors(axes: Axes, distances: Sequence[float], errors: Mapping[str, Sequence[float]]) -> None:
    """Draw the relative error of ways to compute the divergence, over the distance of the prediction from the truth.

    Both scales are logarithmic.

    Parameters
    ----------
    distances : sequence of float
        The distances ``|q − p|``, ascending.
    errors : mapping of str to sequence of float
        For each way by name, its relative error at each distance. An error of 0 is drawn at 1e-17, below all that
        float64 can show otherwise.

    Examples
    --------
    >>> from bce_book.figures import entropy
    >>> axes = entropy.divergence_errors([1e-6, 1e-3], {"by subtraction": [1e-4, 1e-10]})
    """
    for (name, values), colour in zip(errors.items(), (ORANGE, BLUE, GREEN, PINK), strict=False):
        heights = np.maximum(values, 1e-17)
        axes.plot(distances, heights, ".", color=colour, markersize=5)
        at = len(heights) // 4
        near = heights[max(at - 12, 0) : at + 13]
        axes.annotate(
            name, (distances[at], np.max(near)), (0, 12), textcoords="offset points", color=colour, weight="bold"
        )
    axes.axhline(1, color=BLACK, linestyle="--", linewidth=1.2)
    axes.annotate(
        "above the line: not one digit is right", (distances[-1], 1), (0, 4), textcoords="offset points", ha="right"
    )
    axes.set(xlabel="distance of q from p", ylabel="relative error", xscale="log", yscale="log", ylim=(5e-18, 1e10))


def _beside_a_bowl(p: float) -> tuple[str, tuple[int, int]]:
    """Return the alignment of a bowl's label and its offset in points from the lowest place, clear of the arch.

    Under a steep side of the arch there is room inwards, over a flat one outwards, and at the top below all curves.
    """
    inwards, outwards = ("left", "right") if p < 0.5 else ("right", "left")
    direction = 1 if p < 0.5 else -1
    if abs(p - 0.5) > 0.25:
        return inwards, (8 * direction, -14)
    return ("center", (0, -26)) if abs(p - 0.5) < 0.1 else (outwards, (4 * direction, 7))


def _beside_a_minimum(p: float, place: float) -> tuple[str, tuple[int, int]]:
    """Return the alignment of a minimum's label and its offset in points: above it, or inwards from an end.

    There a straight line of slope ±(1 − 2p) leaves it, and the label keeps below a steep one and above a flat one.
    """
    if 0 < place < 1:
        return "center", (0, 7)
    height = -12 if abs(1 - 2 * p) > 0.5 else 20
    return ("left", (8, height)) if place == 0 else ("right", (-8, height))


def _between_the_classes(p: float) -> tuple[float, ...]:
    """Mix the colours of the two classes: the more probable label 1, the more of its colour."""
    return tuple(
        (1 - p) * negative + p * positive for negative, positive in zip(to_rgb(NEGATIVE), to_rgb(POSITIVE), strict=True)
    )
