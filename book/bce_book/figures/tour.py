"""The figure of the chapter *tour*: a training that works."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import BLUE, GREEN, PINK, figure
from bce_lib import entropy


@figure(figsize=(5.6, 3.2))
def training(axes: Axes, losses: Sequence[float], share: float) -> None:
    """Draw the loss over the steps of a training, with the loss of a coin and of the best constant prediction.

    Parameters
    ----------
    losses : sequence of float
        The mean loss in nats at each step.
    share : float
        The share of label 1 among the labels.

    Examples
    --------
    >>> from bce_book.figures import tour
    >>> axes = tour.training([0.69, 0.4, 0.3], share=0.4)
    """
    constant = float(entropy(share))
    axes.plot(range(len(losses)), losses, color=BLUE, linewidth=2)
    for level, words, colour, below in (
        (np.log(2), "½ for everybody: log 2", PINK, False),
        (constant, "the best constant prediction", GREEN, True),
    ):
        axes.axhline(level, color=colour, linewidth=1)
        place, align = ((0, -4), "top") if below else ((0, 3), "bottom")
        axes.annotate(
            words, (len(losses) - 1, level), place, textcoords="offset points", ha="right", va=align, color=colour
        )
    axes.set(xlabel="step of the training", ylabel="loss in nats", xlim=(0, len(losses) - 1), ylim=(0, 0.8))
