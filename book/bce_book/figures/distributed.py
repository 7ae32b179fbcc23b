"""Figures of the chapter *distributed*: one training on two processes, and what uneven shards teach a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLUE, ORANGE, PINK, SKY, Panels, figure

_LOOKS: tuple[tuple[str, float, Any], ...] = ((SKY, 5.0, "-"), (BLUE, 1.5, (0, (2.0, 2.0))))
"""Lines that lie on each other are told apart by their width."""


@figure(panels=2, figsize=(5.6, 4.6), height_ratios=(3, 2), sharex=True)
def curves(panels: Panels, losses: Mapping[str, ArrayLike], alone: ArrayLike, difference: ArrayLike) -> None:
    """Draw the loss curves of one training on one and on two processes, and below them their difference.

    Parameters
    ----------
    losses : mapping from str to array_like of float
        By the name of a run, at most two, the loss of each step.
    alone : array_like of float
        The loss that one process sees of its own part of each batch.
    difference : array_like of float
        The difference of the two runs at each step, in multiples of the dtype's epsilon.

    Examples
    --------
    >>> from bce_book.figures import distributed
    >>> axes = distributed.curves({"one": [0.7, 0.5], "two": [0.7, 0.5]}, [0.8, 0.4], [0.0, 0.5])
    """
    above, below = panels
    above.plot(np.asarray(alone), color=PINK, linewidth=1, label="process 0 alone")
    for (name, values), (color, width, dash) in zip(losses.items(), _LOOKS, strict=False):
        above.plot(np.asarray(values), color=color, linewidth=width, linestyle=dash, label=name)
    above.set(ylabel="loss of the batch", ylim=(0, 0.8))
    above.legend()
    below.plot(np.asarray(difference), "o", color=BLUE, markersize=4)
    steps = len(np.asarray(difference))
    below.set(xlabel="step", ylabel="difference, in ε", xlim=(-1, steps), ylim=(-2.4, 2.4), yticks=[-2, -1, 0, 1, 2])


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
    >>> axes = distributed.by_digit({"scaled losses": [0.9] * 10, "mean losses": [0.8] * 10})
    """
    for (name, shares), color, left in zip(correct.items(), (SKY, ORANGE), (-0.4, 0.0), strict=False):
        axes.bar(np.arange(10) + left, np.asarray(shares), width=0.38, align="edge", color=color, label=name)
    axes.set(xlim=(-0.6, 9.6), ylim=(0.5, 1.0), xticks=range(10), xlabel="digit", ylabel="right about even or odd")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(visible=False, axis="x")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
