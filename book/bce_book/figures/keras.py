"""Figures of the chapter *keras*: what its losses make of a prediction, and what that does to a training.

They draw what the chapter measured: nothing here needs Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, PINK, POSITIVE, Panels, figure

_LEAST = 1e-8
"""Where a difference of 0 is drawn on the logarithmic axis."""


@figure()
def handed_over(
    axes: Axes, numbers: ArrayLike, as_logits: Mapping[float, ArrayLike], as_probabilities: Mapping[float, ArrayLike]
) -> None:
    """Draw what a number costs that is handed over as a logit, and what it costs as a probability.

    Parameters
    ----------
    numbers : array_like
        The predictions, rising.
    as_logits, as_probabilities : mapping from float to array_like
        By the label, the loss of each prediction, taken for a logit or for a probability.

    Examples
    --------
    >>> from bce_book.figures import keras
    >>> axes = keras.handed_over([0, 1], {1: [0.69, 0.31]}, {1: [16.1, 0.0]})
    """
    x = np.asarray(numbers, dtype=np.float64)
    axes.axvspan(0, 1, color=GREEN, alpha=0.15, linewidth=0)
    axes.annotate("probabilities", (0.5, 17.6), ha="center", va="bottom", color=GREEN, annotation_clip=False)
    for losses, name, dash in ((as_logits, "as a logit", (0, (2.2, 1.0))), (as_probabilities, "as a probability", "-")):
        for label, values in losses.items():
            colour = POSITIVE if label > 0.5 else NEGATIVE
            axes.plot(
                x, np.asarray(values, dtype=np.float64), color=colour, linestyle=dash, label=f"label {label:g}, {name}"
            )
    axes.set(xlabel="the number handed over", ylabel="loss in nats", xlim=(x[0], x[-1]), ylim=(-0.4, 17.3))
    axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.5))


@figure()
def frozen(axes: Axes, losses: Mapping[str, ArrayLike]) -> None:
    """Draw the losses of trainings that began from the same weights, on a logarithmic axis.

    Parameters
    ----------
    losses : mapping from str to array_like
        By the name of a training, its loss after each epoch.

    Examples
    --------
    >>> from bce_book.figures import keras
    >>> axes = keras.frozen({"one": [100.0, 10.0, 1.0], "other": [6.0, 6.0, 6.0]})
    """
    looks: list[dict[str, Any]] = [
        {"color": BLUE},
        {"color": ORANGE, "linewidth": 4.5, "alpha": 0.45},
        {"color": BLACK, "linestyle": "--", "linewidth": 1.6},
    ]
    epochs = max(len(np.asarray(values)) for values in losses.values())
    for (name, values), look in zip(losses.items(), looks, strict=False):
        curve = np.asarray(values, dtype=np.float64)
        axes.plot(np.arange(len(curve)), curve, label=name, **look)
    axes.set(xlabel="epoch", ylabel="loss as reported, in nats", yscale="log", xlim=(0, epochs - 1), ylim=(1, 200))
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    axes.legend(loc="lower left")


@figure(panels=2, figsize=(5.6, 4.6), sharex=True, height_ratios=[2, 1])
def training(panels: Panels, losses: Mapping[str, ArrayLike]) -> None:
    """Draw the losses of trainings over the epochs, and below how far each is from the first.

    Parameters
    ----------
    losses : mapping from str to array_like
        By the name of a training, its loss after each epoch. The first is the one that the others are compared with.

    Examples
    --------
    >>> from bce_book.figures import keras
    >>> panels = keras.training({"one": [0.7, 0.5, 0.4], "other": [0.7, 0.50001, 0.4]})
    """
    upper, lower = panels
    curves = {name: np.asarray(values, dtype=np.float64) for name, values in losses.items()}
    (first, reference), *others = curves.items()
    epoch = np.arange(len(reference))
    upper.plot(epoch, reference, color=BLUE, linewidth=6, alpha=0.35, label=first)
    for (name, curve), colour, dash in zip(others, (ORANGE, BLACK, PINK), ("--", ":", "-."), strict=False):
        upper.plot(epoch, curve, color=colour, linestyle=dash, label=name)
        apart = np.maximum(np.abs(curve / reference - 1), _LEAST)
        lower.plot(epoch, apart, color=colour, linestyle="none", marker=".", markersize=5)
    upper.set(ylabel="loss in nats", xlim=(0, epoch[-1]), ylim=(0, 1.05 * float(reference.max())))
    upper.legend(loc="upper right")
    lower.axhline(2.0**-23, color=GREEN, linewidth=1)
    words, corner = "2⁻²³: float32", (epoch[-1], 2.0**-23)
    lower.annotate(words, corner, (-4, 14), textcoords="offset points", ha="right", color=GREEN)
    lower.set(xlabel="epoch", ylabel="relative\ndifference", yscale="log", ylim=(_LEAST / 2, 1e-4))
    lower.set_yticks([1e-8, 1e-6, 1e-4], ["10⁻⁸", "10⁻⁶", "10⁻⁴"])
    lower.minorticks_off()
