"""Figures of the chapter *gradient*: a race of two losses, what they do to a mistake, and in what they are convex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, PINK, Panels, figure
from bce_lib import binary_cross_entropy_with_logits, sigmoid

Array = npt.NDArray[Any]

BCE, SQUARED = BLUE, ORANGE
"""The colours of the two losses in this chapter, in the explorable figure too."""


@figure(figsize=(5.6, 3.6))
def race(axes: Axes, runs: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Draw the weight of a neuron over the steps of training, a line per data set and a colour per loss.

    Parameters
    ----------
    runs : mapping of str to sequence of sequence of float
        The name of each loss, and for each data set the weight before the first step and after each.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.race({"BCE": [[-8, 3], [-8, 2]], "squared error": [[-8, -8]]})
    """
    axes.axhline(0, color=BLACK, linewidth=0.8)
    for (name, lines), colour in zip(runs.items(), (BCE, SQUARED), strict=False):
        for line in lines:
            axes.plot(line, color=colour, linewidth=1, alpha=0.7, label=name)
        last_to_cross = max(next((i for i, w in enumerate(line) if w > 0), len(line) - 1) for line in lines)
        look: dict[str, Any] = {"color": colour, "weight": "bold", "va": "top"}
        axes.annotate(name, (last_to_cross, 0), (8, -8), textcoords="offset points", **look)
    steps = max(len(line) for lines in runs.values() for line in lines) - 1
    axes.set(xlabel="step", ylabel="weight w", xlim=(0, steps))


@figure(panels=2, figsize=(5.6, 5.6), sharex=True)
def four_losses(panels: Panels) -> None:
    r"""Draw BCE, the squared error, the hinge and the focal loss for label 1 over the logit, and their derivatives.

    With :math:`p = \sigma(z)` they are :math:`-\log p`, :math:`(1-p)^2`, :math:`\max(0, 1-z)` and
    :math:`-(1-p)^2 \log p`.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> losses, slopes = gradient.four_losses()
    """
    z = np.linspace(-6, 6, 601)
    p, q = sigmoid(z), sigmoid(-z)
    bce = binary_cross_entropy_with_logits(np.ones_like(z), z, reduction="none")
    curves = {
        "binary cross-entropy": (bce, -q, BCE, "-"),
        "squared error of σ(z)": (q**2, -2 * p * q**2, SQUARED, (0, (3.5, 1.5))),
        "hinge": (np.maximum(0, 1 - z), np.where(z < 1, -1.0, 0.0), GREEN, (0, (1, 1.5))),
        "focal, γ = 2": (q**2 * bce, -(q**2) * (2 * p * bce + q), PINK, (0, (5, 1.5, 1, 1.5))),
    }
    for name, (loss, slope, colour, dash) in curves.items():
        for panel, heights in zip(panels, (loss, slope), strict=True):
            panel.plot(z, heights, color=colour, linestyle=dash, label=name)
    panels[0].set(ylabel="loss", xlim=(-6, 6), ylim=(0, 6.5))
    panels[1].set(ylabel="derivative", xlabel="logit z of an example with label 1", ylim=(-1.6, 0.1))
    panels[0].legend(loc="upper right")


@figure(panels=2, columns=2, figsize=(5.6, 3.2), sharex=True)
def landscapes(panels: Panels, inputs: Array, labels: Array, start: float = -8.0) -> None:
    """Draw the mean loss of one neuron over its only weight, for BCE and the squared error, with a chord each.

    A dot marks where the training of both starts.

    Parameters
    ----------
    inputs, labels : numpy.ndarray
        The examples.
    start : float
        The first weight.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import gradient
    >>> bce, squared = gradient.landscapes(np.array([-1.0, 1.0, 0.5]), np.array([0, 1, 0]))
    """
    weights = np.linspace(-12, 8, 401)
    curves = zip(panels, _mean_losses(weights, inputs, labels).items(), ((start, 6.0), (-12.0, 0.0)), strict=True)
    for panel, (name, (losses, colour)), ends in curves:
        panel.plot(weights, losses, color=colour)
        panel.plot(ends, np.interp(ends, weights, losses), "--", color=BLACK, linewidth=1.2)
        panel.plot(start, np.interp(start, weights, losses), "o", color=colour, markersize=9, markeredgecolor="white")
        panel.set(title=name, xlabel="weight w", xlim=(-12, 8), ylim=(0, 1.08 * losses.max()))
    panels[0].set_ylabel("mean loss")


@figure(panels=2, columns=2, figsize=(5.6, 2.9))
def valleys(panels: Panels, inputs: Sequence[float], labels: Sequence[float]) -> None:
    """Draw the mean loss of one neuron over its only weight, for the squared error and BCE, with a dot at each minimum.

    Parameters
    ----------
    inputs, labels : sequence of float
        The examples.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> squared, bce = gradient.valleys([1.0, 1.0, 10.0], [0, 0, 1])
    """
    weights = np.linspace(-3.5, 2, 551)
    curves = _mean_losses(weights, inputs, labels)
    for panel, name in zip(panels, ("squared error", "BCE"), strict=True):
        losses, colour = curves[name]
        low = [i for i in range(1, len(weights) - 1) if losses[i - 1] > losses[i] < losses[i + 1]]
        panel.plot(weights, losses, color=colour)
        panel.plot(weights[low], losses[low], "o", color=colour, markersize=9, markeredgecolor="white")
        panel.set(title=name, xlabel="weight w", ylabel="mean loss", xlim=(-3.5, 2), ylim=(0, 1.08 * losses.max()))


def _mean_losses(weights: Array, inputs: Any, labels: Any) -> dict[str, tuple[Array, str]]:
    """Return the mean loss at each weight, and a colour, by the name of the loss."""
    z = np.outer(weights, np.asarray(inputs, dtype=float))
    y = np.broadcast_to(np.asarray(labels, dtype=float), z.shape)
    squared = np.mean((sigmoid(z) - y) ** 2, axis=1)
    return {"BCE": (binary_cross_entropy_with_logits(y, z, axis=1), BCE), "squared error": (squared, SQUARED)}
