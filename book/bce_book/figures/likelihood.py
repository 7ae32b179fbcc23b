"""Figures of the chapter *likelihood*: the product, its underflow, its logarithm, and where all of them are best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product as all_sequences

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bce_book.figures.style import BLACK, GREEN, NEGATIVE, PINK, POSITIVE, SKY, Panels, figure
from bce_lib import binary_cross_entropy_with_logits, likelihood, log_likelihood, maximum_likelihood, sigmoid

DARK_PINK, DARK_SKY, DARK_GREEN = "#9c3f76", "#0b6aa2", "#006e51"
"""Shades of three colours in which words can be read on white."""

FloatArray = npt.NDArray[np.float64]


@figure(figsize=(5.6, 2.9))
def product(axes: Axes, y_true: Sequence[int], y_prob: Sequence[float]) -> None:
    """Draw the likelihood being multiplied up: each example keeps a part of what was left, in its class's colour.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels.
    y_prob : sequence of float
        The predicted probabilities of label 1.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.product([1, 0], [0.9, 0.2])
    """
    factors = [p if y == 1 else 1 - p for y, p in zip(y_true, y_prob, strict=True)]
    kept = np.cumprod(factors)
    before = np.concatenate([[1.0], kept[:-1]])
    names = [f"patient {i}, label {y}: × {f:g}" for i, (y, f) in enumerate(zip(y_true, factors, strict=True), start=1)]
    axes.barh(names, before, color="#e2e2e2")
    axes.barh(names, kept, color=[POSITIVE if y == 1 else NEGATIVE for y in y_true])
    for row, (width, value) in enumerate(zip(before, kept, strict=True)):
        axes.annotate(f"{value:.4g}", (width, row), (6, 0), textcoords="offset points", va="center")
    axes.invert_yaxis()
    axes.set(xlabel="probability of the labels so far", xlim=(0, 1.1), xticks=np.linspace(0, 1, 6))
    axes.grid(visible=False, axis="y")


@figure(figsize=(5.6, 3.4))
def outcomes(axes: Axes, y_true: Sequence[int], y_prob: Sequence[float]) -> None:
    """Draw the probability that a model gives to each sequence of labels that could have come, the seen one marked.

    Parameters
    ----------
    y_true, y_prob
        As for :func:`product`; n labels make 2^n bars, so keep n small.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.outcomes([1, 0], [0.9, 0.2])
    """
    sequences = sorted(all_sequences((0, 1), repeat=len(y_true)), key=lambda s: -float(likelihood(s, y_prob)))
    heights = [float(likelihood(s, y_prob)) for s in sequences]
    seen = sequences.index(tuple(y_true))
    axes.bar(range(len(heights)), heights, color=[GREEN if i == seen else "#bdbdbd" for i in range(len(heights))])
    even = 1 / len(heights)
    axes.axhline(even, color=BLACK, linestyle="--", linewidth=1.5)
    axes.annotate(
        f"a coin gives each {even:.4g}",
        (len(heights) - 0.5, even),
        (0, 5),
        textcoords="offset points",
        ha="right",
    )
    written = " ".join(str(y) for y in y_true)
    axes.annotate(
        f"what happened: {written}\nlikelihood {heights[seen]:.4g}",
        (seen, heights[seen]),
        (18, 26),
        textcoords="offset points",
        color=DARK_GREEN,
        fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": GREEN, "shrinkB": 2},
    )
    axes.set(
        xlabel=f"the {len(heights)} sequences of labels that could have come",
        xticks=[],
        ylabel="probability under the model",
        xlim=(-0.7, len(heights) - 0.3),
    )
    axes.grid(visible=False, axis="x")


@figure(figsize=(5.6, 4.4))
def underflow(axes: Axes, n_labels: int = 2000) -> None:
    """Draw the product of n equal probabilities in float64 as n grows, and the sum of their logarithms.

    The probabilities are 0.5, whose product becomes 0, and 0.6, whose product stops falling.

    Parameters
    ----------
    n_labels : int, default 2000
        How far to go.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.underflow(1200)
    """
    information = np.finfo(np.float64)
    count = np.arange(1, n_labels + 1)
    axes.axhspan(np.log10(information.smallest_subnormal), np.log10(information.tiny), color="#dddddd", linewidth=0)
    for p, colour, label_at in ((0.5, PINK, (0.33, "right", -14)), (0.6, GREEN, (0.4, "left", 8))):
        products = np.cumprod(np.full(n_labels, p))
        n = count[products > 0]
        heights = np.log10(products[: n.size])
        axes.plot(count, count * np.log10(p), color=colour, linewidth=7, alpha=0.3)
        axes.plot(n, heights, color=colour, linewidth=1.8)
        where, side, shift = label_at
        ink = DARK_PINK if colour == PINK else DARK_GREEN
        axes.annotate(
            f"p = {p}",
            (where * n_labels, where * n_labels * np.log10(p)),
            (shift, 0),
            textcoords="offset points",
            ha=side,
            color=ink,
            fontweight="bold",
        )
        if n.size < n_labels:
            axes.plot(n[-1], heights[-1], "X", color=colour, markersize=10, markeredgecolor="white")
        end = f"0 from {n[-1] + 1} labels on" if n.size < n_labels else "stops falling"
        axes.annotate(
            end,
            (n[-1], heights[-1]),
            (-10, -16) if n.size < n_labels else (0, 14),
            textcoords="offset points",
            ha="right",
            color=ink,
            fontweight="bold",
        )
    single = np.log10(np.finfo(np.float32).smallest_subnormal)
    axes.axhline(single, color=BLACK, linestyle=":", linewidth=1.5)
    axes.annotate("the smallest float32", (n_labels, single), (0, 5), textcoords="offset points", ha="right")
    axes.annotate("float64 gives up digits", (0, np.log10(information.tiny)), (6, 5), textcoords="offset points")
    axes.set(
        xlabel="number of labels",
        ylabel="base-10 logarithm of the likelihood",
        xlim=(0, n_labels),
        ylim=(-480, 0),
    )
    keys = [Line2D([], [], color="#bdbdbd", linewidth=7), Line2D([], [], color=BLACK, linewidth=1.8)]
    axes.legend(keys, ["sum of the logarithms", "logarithm of the product"], loc="lower left")


@figure(panels=3, sharex=True, figsize=(5.6, 6.2))
def one_probability(panels: Panels, y_true: Sequence[int]) -> None:
    """Draw likelihood, log-likelihood and loss of one probability for all labels, one above the other.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels, both kinds among them.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.one_probability([1, 0, 1])
    """
    n, best, grid = len(y_true), float(maximum_likelihood(y_true)), np.linspace(0.02, 0.98, 481)
    logarithm = log_likelihoods(y_true, grid)
    peak = float(log_likelihood(y_true, [best] * n))
    views = (
        ("likelihood", np.exp(logarithm), np.exp(peak), SKY, -38),
        ("log-likelihood", logarithm, peak, GREEN, -24),
        ("loss", -logarithm / n, -peak / n, PINK, 9),
    )
    for panel, (name, heights, optimum, colour, shift) in zip(panels, views, strict=True):
        panel.plot(grid, heights, color=colour)
        panel.axvline(best, color=BLACK, linestyle="--", linewidth=1)
        panel.plot(best, optimum, "o", color=BLACK, markersize=7)
        panel.annotate(
            f"{optimum:.4g}".replace("-", "−"),
            (best, optimum),
            (7, shift),
            textcoords="offset points",
        )
        panel.set(ylabel=name, xlim=(0, 1))
    panels[0].set_ylim(0, None)
    panels[1].set_ylim(peak - 6, peak + 0.8)
    panels[2].set_ylim(0, -peak / n + 6 / n)
    panels[2].set_xlabel("one probability p of label 1, for every patient")


@figure(panels=lambda counts: len(counts), sharex=True, figsize=lambda counts: (5.6, 1.5 * len(counts) + 0.6))
def narrowing(panels: Panels, y_true: Sequence[int], counts: Sequence[int]) -> None:
    """Draw the likelihood of one probability, relative to its maximum, for the first n labels and several n.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels, in an order that means nothing.
    counts : sequence of int
        How many of them, from few to many; at least two counts.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.narrowing([1, 0, 0] * 100, [3, 30, 300])
    """
    grid = np.linspace(0.001, 0.999, 999)
    for panel, n in zip(panels, counts, strict=True):
        best = float(maximum_likelihood(y_true[:n]))
        relative = np.exp(log_likelihoods(y_true[:n], grid) - float(log_likelihood(y_true[:n], [best] * n)))
        panel.plot(grid, relative, color=SKY)
        panel.fill_between(grid, relative, color=SKY, alpha=0.25)
        panel.axvline(best, color=BLACK, linestyle="--", linewidth=1)
        panel.text(0.98, 0.8, f"{n} tumours\nbest p = {best:.3f}", ha="right", va="top", transform=panel.transAxes)
        panel.set(xlim=(0, 1), ylim=(0, 1.08), yticks=[0, 0.5, 1])
    panels[len(counts) // 2].set_ylabel("likelihood, as a part of its maximum")
    panels[-1].set_xlabel("one probability p of label 1, for every tumour")


@figure(figsize=(5.6, 3.8))
def alternatives(axes: Axes, y_true: Sequence[int]) -> None:
    """Draw three losses of one probability for all labels, each with its minimum: logarithmic, squared, absolute.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels, more of one kind than of the other.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.alternatives([1, 0, 1])
    """
    share, grid = float(maximum_likelihood(y_true)), np.linspace(0, 1, 1001)
    inside = grid[10:-10]
    losses = (
        ("minus the logarithm", inside, -log_likelihoods(y_true, inside) / len(y_true), PINK),
        ("absolute", grid, share * (1 - grid) + (1 - share) * grid, BLACK),
        ("squared", grid, share * (1 - grid) ** 2 + (1 - share) * grid**2, SKY),
    )
    for name, p, heights, colour in losses:
        axes.plot(p, heights, color=colour)
        lowest = int(np.argmin(heights))
        axes.plot(p[lowest], heights[lowest], "o", color=colour, markersize=9, markeredgecolor="white", clip_on=False)
        at = 0.2 if name != "squared" else 0.3
        axes.annotate(
            name,
            (at, float(np.interp(at, p, heights))),
            (8, 5),
            textcoords="offset points",
            color={SKY: DARK_SKY, PINK: DARK_PINK}.get(colour, colour),
        )
    axes.set(xlabel="one probability p of label 1, for every patient", ylabel="loss", xlim=(0, 1), ylim=(0, 1.8))


@figure(panels=2, figsize=(5.6, 5.8))
def logistic_curve(
    panels: Panels, x: Sequence[float], y_true: Sequence[int], slope: float, midpoint: float, least: float
) -> None:
    """Draw a logistic curve with a bar for the likelihood of each label, and the loss over the slope of the curve.

    A bar begins at the other label and ends at the curve: the likelier the label, the nearer it comes.

    Parameters
    ----------
    x : sequence of float
        What was measured of each example.
    y_true : sequence of {0, 1}
        The labels.
    slope, midpoint : float
        Of the curve, ``sigmoid(slope * (x - midpoint))``.
    least : float
        The least loss that any such curve has, drawn as a line.

    Examples
    --------
    >>> from bce_book.figures import likelihood
    >>> axes = likelihood.logistic_curve([1, 3, 2, 2.5], [0, 1, 1, 0], slope=1, midpoint=2, least=0.5)
    """
    inputs, y = np.asarray(x, np.float64), np.asarray(y_true)
    margin = 0.25 * float(np.ptp(inputs))
    grid = np.linspace(inputs.min() - margin, inputs.max() + margin, 301)
    top, bottom = panels
    top.plot(grid, sigmoid(slope * (grid - midpoint)), color=BLACK)
    for label, colour, marker in ((0, NEGATIVE, "o"), (1, POSITIVE, "s")):
        at = inputs[y == label]
        top.vlines(at, 1 - label, sigmoid(slope * (at - midpoint)), color=colour, linewidth=6, alpha=0.5)
        top.plot(at, np.full(at.size, label), marker, color=colour, markersize=9, clip_on=False)
    for i, (at, label) in enumerate(zip(inputs, y, strict=True), start=1):
        top.annotate(str(i), (at, label), (0, 9 if label == 1 else -18), textcoords="offset points", ha="center")
    top.set(xlabel="diameter in cm", ylabel="probability of label 1", ylim=(-0.16, 1.16), yticks=np.linspace(0, 1, 5))

    def loss(slope: float) -> float:
        return float(binary_cross_entropy_with_logits(y.astype(np.float64), slope * (inputs - midpoint)))

    slopes = np.linspace(-2, 6, 321)
    bottom.axhline(least, color=BLACK, linestyle="--", linewidth=1)
    bottom.annotate("least of all curves", (6, least), (-4, -14), textcoords="offset points", ha="right")
    bottom.plot(slopes, [loss(s) for s in slopes], color=PINK)
    bottom.plot(slope, loss(slope), "o", color=BLACK, markersize=8)
    bottom.set(xlabel=f"slope, the midpoint at {midpoint:g}", ylabel="loss in nats", xlim=(-2, 6), ylim=(0, 2.5))


def log_likelihoods(y_true: Sequence[int], grid: FloatArray) -> FloatArray:
    """Return the log-likelihood of the labels for each probability of the grid, the same for all labels.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels.
    grid : numpy.ndarray
        Probabilities inside (0, 1).

    Returns
    -------
    numpy.ndarray
        One value for each of the grid's.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures.likelihood import log_likelihoods
    >>> print(log_likelihoods([1, 0], np.array([0.5])).round(4))
    [-1.3863]
    """
    ones = float(np.sum(y_true))
    return ones * np.log(grid) + (len(y_true) - ones) * np.log1p(-grid)
