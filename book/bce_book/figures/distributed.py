"""Figures of the chapter *distributed*: one training on many processes, uneven shards, what a gradient gives away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, ORANGE, PINK, SKY, Panels, figure

_LOOKS: tuple[tuple[str, float, Any], ...] = ((SKY, 6.0, "-"), (BLUE, 3.0, "-"), (ORANGE, 1.5, (0, (2.0, 2.0))))
"""Lines that lie on each other are told apart by their width."""

_PITCH, _MARGIN = 30, 58
"""The distance of images of 28 pixels, and the room for the names of their rows, in pixels."""


@figure(panels=2, figsize=(5.6, 5.0), height_ratios=(3, 2), sharex=True)
def curves(
    panels: Panels, losses: Mapping[str, ArrayLike], alone: ArrayLike, differences: Mapping[str, ArrayLike]
) -> None:
    """Draw the loss curves of one training on one, two and four processes, and how far they are from the first.

    The curves are above, the differences below.

    Parameters
    ----------
    losses : mapping from str to array_like of float
        By the name of a run, at most three, the loss of each step.
    alone : array_like of float
        The loss that one process sees of its own part of each batch.
    differences : mapping from str to array_like of float
        By name, at most four, the differences of a run to the first at each step, in multiples of the dtype's epsilon.

    Examples
    --------
    >>> from bce_book.figures import distributed
    >>> axes = distributed.curves({"one": [0.7, 0.5]}, [0.8, 0.4], {"two": [0.0, 0.5]})
    """
    above, below = panels
    above.plot(np.asarray(alone), color=PINK, linewidth=1, label="process 0 of four, its own part")
    for (name, values), (color, width, dash) in zip(losses.items(), _LOOKS, strict=False):
        above.plot(np.asarray(values), color=color, linewidth=width, linestyle=dash, label=name)
    above.set(ylabel="loss of the batch", ylim=(0, 0.8))
    above.legend(ncols=2)
    markers = (("o", BLUE, "none"), ("o", BLUE, BLUE), ("^", ORANGE, "none"), ("^", ORANGE, ORANGE))
    for (name, values), (marker, color, inside) in zip(differences.items(), markers, strict=False):
        below.plot(np.asarray(values), marker, color=color, markerfacecolor=inside, markersize=4, label=name)
    steps = len(np.asarray(alone))
    below.set(xlabel="step", ylabel="difference, in ε", xlim=(-1, steps), ylim=(-2.4, 2.4), yticks=[-2, -1, 0, 1, 2])
    below.legend(ncols=2, fontsize=8, loc="upper center", columnspacing=1.2, handletextpad=0.2)


@figure(panels=2, columns=2, figsize=(5.6, 3.3))
def mean_of_means(
    panels: Panels, share: ArrayLike, right: float, measured: Mapping[str, Mapping[str, ArrayLike]]
) -> None:
    """Draw how far the mean of two means is from the mean, and its gradient, the more uneven the two shards are.

    The loss is on the left, the gradient on the right.

    Parameters
    ----------
    share : array_like of float
        The share of the larger shard, from one half on.
    right : float
        The mean over all examples.
    measured : mapping from str to mapping from str to array_like of float
        By the way in which the data were cut, at most two, the ``"mean of means"`` and the distance of its gradient,
        ``"gradient off by"``, relative to the length of the right one.

    Examples
    --------
    >>> from bce_book.figures import distributed
    >>> measured = {"as in the file": {"mean of means": [0.3, 0.4], "gradient off by": [0.0, 2.0]}}
    >>> axes = distributed.mean_of_means([0.5, 0.9], 0.3, measured)
    """
    loss, gradient = panels
    shares = 100 * np.asarray(share)
    for (name, columns), (color, marker) in zip(measured.items(), ((ORANGE, "o"), (BLUE, "s")), strict=False):
        for panel, column in ((loss, "mean of means"), (gradient, "gradient off by")):
            panel.plot(shares, np.asarray(columns[column]), marker=marker, markersize=5, color=color, label=name)
    loss.axhline(right, color=BLACK, linewidth=1.5, linestyle="--")
    loss.annotate("dashed: the mean", (49, 0.205))
    loss.set(ylim=(0.2, 0.35))
    gradient.set(ylim=(0, 14))
    gradient.legend(loc="upper left", bbox_to_anchor=(0, 0.92))
    for panel, title in ((loss, "loss"), (gradient, "gradient off by, in lengths")):
        panel.set(xlim=(48, 101), xticks=[50, 60, 70, 80, 90, 100], xlabel="examples in process 0, %")
        panel.set_title(title, loc="left", fontsize=10)


@figure(figsize=(5.6, 3.0))
def by_digit(axes: Axes, correct: Mapping[str, ArrayLike]) -> None:
    """Draw the share of each digit that models get right, side by side.

    Parameters
    ----------
    correct : mapping from str to array_like of float
        By the name of a model, at most two, ten shares from 0 to 1.

    Examples
    --------
    >>> from bce_book.figures import distributed
    >>> axes = distributed.by_digit({"corrected": [0.9] * 10, "mean of means": [0.8] * 10})
    """
    for (name, shares), color, left in zip(correct.items(), (SKY, ORANGE), (-0.4, 0.0), strict=False):
        axes.bar(np.arange(10) + left, np.asarray(shares), width=0.38, align="edge", color=color, label=name)
    axes.set(xlim=(-0.6, 9.6), ylim=(0.5, 1.0), xticks=range(10), xlabel="digit", ylabel="right about even or odd")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(visible=False, axis="x")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


@figure(panels=lambda excess: len(excess), columns=2, figsize=(5.6, 3.4), sharey=True)
def rounds(panels: Panels, excess: Mapping[str, Mapping[str, ArrayLike]]) -> None:
    """Draw how far federated averaging is from the least loss, round by round, one panel per way of dealing data out.

    Parameters
    ----------
    excess : mapping from str to mapping from str to array_like of float
        By the title of a panel, of which there are two, and by the name of a line, at most three, the loss above the
        least one after 0, 1, 2 … rounds.

    Examples
    --------
    >>> from bce_book.figures import distributed
    >>> axes = distributed.rounds({"mixed": {"1 step": [0.4, 0.2]}, "one digit each": {"1 step": [0.4, 0.3]}})
    """
    looks: tuple[tuple[str, Any], ...] = ((BLACK, "-"), (BLUE, (0, (4.0, 1.5))), (ORANGE, (0, (1.5, 1.0))))
    for panel, (title, lines) in zip(panels, excess.items(), strict=True):
        for (name, values), (color, dash) in zip(lines.items(), looks, strict=False):
            panel.semilogy(np.asarray(values), color=color, linestyle=dash, label=name)
        last = len(np.asarray(next(iter(lines.values())))) - 1
        panel.set(xlabel="round", xlim=(0, last), ylim=(1e-5, 0.6))
        panel.set_title(title, loc="left", fontsize=10)
    panels[0].set_ylabel("loss above the least")
    panels[-1].legend(loc="lower left")


def _size(rows: Mapping[str, ArrayLike]) -> tuple[float, float]:
    """Return the size of the figure in which rows of images fill the width beside their names."""
    columns = len(np.reshape(next(iter(rows.values())), (-1, 784)))
    return 5.6, 5.6 * len(rows) * _PITCH / (columns * _PITCH + _MARGIN)


@figure(figsize=_size)
def images(axes: Axes, rows: Mapping[str, ArrayLike]) -> None:
    """Draw images of 28 × 28 pixels in rows with a name, ink dark; what is not between paper and ink is cut off there.

    Parameters
    ----------
    rows : mapping from str to array_like of float
        By the name of a row, its images, of shape (n, 784), 0 for paper and 1 for ink. The same n in every row.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import distributed
    >>> axes = distributed.images({"sent": np.eye(3, 784), "found": np.eye(3, 784)})
    """
    arrays = [np.asarray(values, dtype=np.float64).reshape(-1, 28, 28) for values in rows.values()]
    columns = len(arrays[0])
    canvas = np.zeros((len(arrays) * _PITCH, columns * _PITCH))
    for i, array in enumerate(arrays):
        for j, image in enumerate(array):
            canvas[i * _PITCH + 1 : i * _PITCH + 29, j * _PITCH + 1 : j * _PITCH + 29] = np.clip(image, 0, 1)
    axes.imshow(canvas, cmap="gray_r", vmin=0, vmax=1, interpolation="none")
    for i, name in enumerate(rows):
        axes.text(-4, (i + 0.5) * _PITCH, name, ha="right", va="center")
        if i:
            axes.axhline(i * _PITCH - 0.5, color="#cccccc", linewidth=0.8)
    axes.set(xlim=(-_MARGIN, columns * _PITCH), ylim=(len(arrays) * _PITCH, 0))
    axes.set_axis_off()
