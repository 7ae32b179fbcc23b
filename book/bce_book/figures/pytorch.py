"""Figures of the chapter *pytorch*: which steps its names take, and where a training finds no gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLUE, NEGATIVE, ORANGE, POSITIVE, SKY, YELLOW, figure

STATIONS = ("logit", "probability", "log-\nprobability", "loss")
"""What a classifier's output passes through."""

STEPS = {
    "Sigmoid": (0, 1),
    "LogSigmoid": (0, 2),
    "BCELoss": (1, 3),
    "BCEWithLogitsLoss": (0, 3),
    "Softmax": (0, 1),
    "LogSoftmax": (0, 2),
    "NLLLoss": (2, 3),
    "CrossEntropyLoss": (0, 3),
}
"""From which station to which each of PyTorch's names goes: four for one number, then four for one number per class."""

LAYERS = ("Sigmoid", "LogSigmoid", "Softmax", "LogSoftmax")
"""The names that go between a model and its loss."""

_STYLES: tuple[dict[str, Any], ...] = (
    {"color": ORANGE, "linewidth": 2.0},
    {"color": BLUE, "linewidth": 1.6, "linestyle": (0, (4, 2))},
)


@figure(figsize=(5.6, 3.8))
def names(axes: Axes) -> None:
    """Draw which of the steps from a logit to a loss each of PyTorch's names takes.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> axes = pytorch.names()
    """
    half = len(STEPS) // 2
    rows = [-(i + (i >= half) * 0.8) for i in range(len(STEPS))]
    for row, (name, (start, end)) in zip(rows, STEPS.items(), strict=True):
        colour = SKY if name in LAYERS else YELLOW
        axes.barh(row, end - start, left=start, height=0.66, color=colour)
        middle = (start + end) / 2
        axes.annotate(name, (middle, row), ha="center", va="center", fontsize=9, weight="bold")
    for row, words in ((rows[0], "one number\nfor two classes"), (rows[half], "one number\nper class")):
        axes.annotate(words, (3.12, row - 1.5), va="center")
    axes.set_xticks(range(len(STATIONS)), STATIONS)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(yticks=[], xlim=(-0.3, 4.2), ylim=(rows[-1] - 0.6, 0.6))
    axes.spines[:].set_visible(False)
    axes.grid(visible=False, axis="y")


@figure()
def curves(axes: Axes, histories: Mapping[str, Sequence[float]]) -> None:
    """Draw the loss at every step of two trainings, on a logarithmic axis.

    Parameters
    ----------
    histories : mapping from str to sequence of float
        By the name of the training, its losses.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> axes = pytorch.curves({"a": [1.0, 0.5, 0.3]})
    """
    for (name, history), style in zip(histories.items(), _STYLES, strict=False):
        axes.plot(range(len(history)), history, label=name, **style)
    longest = max(map(len, histories.values()))
    axes.set(xlabel="step", ylabel="loss in nats", yscale="log", xlim=(0, longest - 1), ylim=(0.02, 200.0))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


@figure(figsize=(5.6, 3.2))
def gradients(
    axes: Axes, z: ArrayLike, of_probability: Mapping[float, ArrayLike], of_logit: Mapping[float, ArrayLike]
) -> None:
    """Draw the gradient of one example over its logit, through a sigmoid and a loss of probabilities, and without.

    Parameters
    ----------
    z : array_like
        The logits, rising.
    of_probability, of_logit : mapping from float to array_like
        By the label, the gradient with respect to the logit: of ``BCELoss`` after a sigmoid, of ``BCEWithLogitsLoss``.

    Examples
    --------
    >>> from bce_book.figures import pytorch
    >>> axes = pytorch.gradients([-40, 0, 40], {1: [0, -0.5, 0]}, {1: [-1, -0.5, 0]})
    """
    # Rounded, so that the picture does not show the last bits of a processor's logits and sigmoid.
    x = np.round(np.asarray(z, dtype=np.float64), 4)
    for by_label, name, look in (
        (of_probability, "Sigmoid, BCELoss", {"linewidth": 2.0}),
        (of_logit, "BCEWithLogitsLoss", {"linewidth": 1.4, "linestyle": (0, (3, 1.5))}),
    ):
        for label, values in by_label.items():
            colour = POSITIVE if label > 0.5 else NEGATIVE
            heights = np.round(np.asarray(values, dtype=np.float64), 4)
            axes.plot(x, heights, color=colour, label=f"label {label:g}, {name}", **look)
    axes.set(xlabel="logit z", ylabel="gradient", xlim=(x[0], x[-1]), ylim=(-1.15, 1.15), yticks=[-1, 0, 1])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=8)
