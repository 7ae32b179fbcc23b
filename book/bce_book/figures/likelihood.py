"""Figures of the chapter *likelihood*: a curve and its likelihoods, all outcomes, and where all of them are best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product as all_sequences

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from bce_book.figures.style import BLACK, GREEN, NEGATIVE, PINK, POSITIVE, SKY, Panels, figure
from bce_lib import binary_cross_entropy_with_logits, likelihood, log_likelihood, maximum_likelihood, sigmoid

DARK_GREEN = "#006e51"
"""A shade of the colour in which words can be read on white."""

FloatArray = npt.NDArray[np.float64]


@figure(figsize=(5.6, 3.4))
def outcomes(axes: Axes, y_true: Sequence[int], y_prob: Sequence[float]) -> None:
    """Draw the probability that a model gives to each sequence of labels that could have come, the seen one marked.

    Parameters
    ----------
    y_true : sequence of {0, 1}
        The labels; n of them make 2^n bars, so keep n small.
    y_prob : sequence of float
        The predicted probabilities of label 1.

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
