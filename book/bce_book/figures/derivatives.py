"""Figures of the chapter *derivatives*: a training that never starts, and the steps of differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, figure

Loss = Callable[[Any], Any]
"""A loss as a function of the logit alone, real or complex."""

Difference = Callable[[Loss, float, float], float]
"""An estimate of the derivative of a loss at a logit with a step."""

STEPS = 10.0 ** np.arange(-20, 0.01, 0.25)
"""Four steps per decade, from 1e-20 to 1."""


@figure(figsize=(5.6, 3.2))
def from_zero(axes: Axes, losses: Mapping[str, Sequence[float]]) -> None:
    """Draw the loss over the steps of training from weights of 0, one line per formula.

    Parameters
    ----------
    losses : mapping of str to sequence of float
        The name of each formula, and the loss before the first step and after each.

    Examples
    --------
    >>> from bce_book.figures import derivatives
    >>> axes = derivatives.from_zero({"with abs": [0.7, 0.7], "with where": [0.7, 0.5]})
    """
    for (name, values), colour in zip(losses.items(), (BLACK, ORANGE, BLUE), strict=False):
        axes.plot(values, color=colour, label=name)
        end = len(values) - 1, values[-1]
        axes.annotate(name, end, (0, 8), textcoords="offset points", ha="right", color=colour, weight="bold")
    axes.set(xlabel="step", ylabel="loss in nats", ylim=(0, 0.8), xlim=(0, max(map(len, losses.values())) - 1))


@figure(figsize=(5.6, 4.2))
def step_sizes(axes: Axes, methods: Mapping[str, Difference], loss: Loss, logit: float, derivative: float) -> None:
    """Draw the relative error of finite differences over their step, from 1e-20 to 1.

    An error below 1e-17 is drawn at 1e-17.

    Parameters
    ----------
    methods : mapping of str to callable
        Names, and functions ``method(loss, logit, step)`` that estimate the derivative.
    loss : callable
        The loss as a function of the logit.
    logit : float
        Where the derivative is taken.
    derivative : float
        What it is there.

    Examples
    --------
    >>> from bce_book.figures import derivatives
    >>> forward = lambda f, z, h: (f(z + h) - f(z)) / h
    >>> axes = derivatives.step_sizes({"forward": forward}, lambda z: z * z, 1.0, 2.0)
    """
    styles = ((BLUE, 1.5, 4), (GREEN, 1.5, 4), (ORANGE, 5.0, 0))
    for (name, method), (colour, width, size) in zip(methods.items(), styles, strict=False):
        errors = [abs(method(loss, logit, h) - derivative) / abs(derivative) for h in STEPS]
        behind: dict[str, Any] = {"alpha": 0.5, "zorder": 1} if width > 2 else {"alpha": 1.0, "zorder": 2}
        look = {"color": colour, "linewidth": width, "markersize": size, **behind}
        axes.plot(STEPS, np.maximum(errors, 1e-17), "o-", label=name, **look)
    axes.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error", xlim=(1e-20, 2), ylim=(5e-18, 10))
    axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.42))
    axes.annotate("rounding", (1e-11, 3e-4), ha="left", va="bottom")
    axes.annotate("the series,\ncut off", (1e-1, 3e-15), ha="center", va="center")
