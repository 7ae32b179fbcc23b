"""Figures of the chapter *gradient*: what the derivative is, where it lasts, and where its digits get lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, PINK, POSITIVE, Panels, figure
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid
from bce_lib.accuracy import error_in_ulp, exact_gradient

Array = npt.NDArray[Any]

Loss = Callable[[Any], Any]
"""A loss as a function of the logit alone, real or complex."""

Difference = Callable[[Loss, float, float], float]
"""An estimate of the derivative of a loss at a logit with a step."""

STEPS = 10.0 ** np.arange(-20, 0.01, 0.25)
"""Four steps per decade, from 1e-20 to 1."""

DIGITS = 2.0**-24
"""Half the spacing of float32 above 1, and the whole of it below 1."""


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
    >>> from bce_book.figures import gradient
    >>> forward = lambda f, z, h: (f(z + h) - f(z)) / h
    >>> axes = gradient.step_sizes({"forward": forward}, lambda z: z * z, 1.0, 2.0)
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


@figure(panels=2, figsize=(5.6, 5.6), sharex=True)
def two_losses(panels: Panels) -> None:
    """Draw the derivatives of BCE and of the squared error with respect to the logit, one panel per label.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> left, right = gradient.two_losses()
    """
    z = np.linspace(-8, 8, 401)
    p = sigmoid(z)
    wrong, right = "confident\nand wrong", "confident\nand right"
    words = {1: (wrong, right), 0: (right, wrong)}
    for panel, y, colour in zip(panels, (1, 0), (POSITIVE, NEGATIVE), strict=True):
        panel.plot(z, binary_cross_entropy_gradient(np.full_like(z, y), z, reduction="none"), color=colour, label="BCE")
        panel.plot(z, 2 * (p - y) * p * (1 - p), "--", color=colour, label="squared error")
        panel.axhline(0, color=BLACK, linewidth=0.8)
        sign = 1 - 2 * y
        for place, text in zip((-5, 5), words[y], strict=True):
            panel.annotate(text, (place, 0.5 * sign), ha="center", va="center", fontsize=9, color="#555555")
        side = 6.3 * sign
        for name, height in (("BCE", sign), ("squared error", 0)):
            panel.annotate(name, (side, height), (0, -12 * sign), textcoords="offset points", ha="center", va="center")
        panel.set(title=f"label {y}", ylabel="derivative", xlim=(-8, 8), ylim=(-1.08, 1.08))
    panels[-1].set_xlabel("logit z")


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
        "binary cross-entropy": (bce, -q, BLUE, "-"),
        "squared error of σ(z)": (q**2, -2 * p * q**2, ORANGE, (0, (3.5, 1.5))),
        "hinge": (np.maximum(0, 1 - z), np.where(z < 1, -1.0, 0.0), GREEN, (0, (1, 1.5))),
        "focal, γ = 2": (q**2 * bce, -(q**2) * (2 * p * bce + q), PINK, (0, (5, 1.5, 1, 1.5))),
    }
    for name, (loss, slope, colour, dash) in curves.items():
        for panel, heights in zip(panels, (loss, slope), strict=True):
            panel.plot(z, heights, color=colour, linestyle=dash, label=name)
    panels[0].set(ylabel="loss", xlim=(-6, 6), ylim=(0, 6.5))
    panels[1].set(ylabel="derivative", xlabel="logit z of an example with label 1", ylim=(-1.6, 0.1))
    panels[0].legend(loc="upper right")


@figure(figsize=(5.6, 3.6))
def race(axes: Axes, right: Mapping[str, Sequence[float]]) -> None:
    """Draw the share of examples on the right side of 1/2 over the steps of training, one line per loss.

    Parameters
    ----------
    right : mapping of str to sequence of float
        The name of each loss, and the share before the first step and after each.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.race({"BCE": [0.2, 0.8], "squared error": [0.2, 0.2]})
    """
    for (name, shares), colour in zip(right.items(), (GREEN, PINK), strict=False):
        axes.plot(shares, color=colour, label=name)
        half = next((i for i, share in enumerate(shares) if share >= 0.5), len(shares) - 1)
        axes.annotate(name, (half, 0.5), (8, 0), textcoords="offset points", va="center", color=colour, weight="bold")
    axes.set(xlabel="step", ylabel="share predicted right", ylim=(0, 1), xlim=(0, max(map(len, right.values())) - 1))


@figure(figsize=(5.6, 3.8))
def escape(
    axes: Axes,
    starts: Sequence[float],
    steps: Mapping[str, Sequence[float]],
    theory: Mapping[str, Callable[[Array], Array]],
) -> None:
    """Draw how many steps a wrong prediction takes to come round, over how wrong it was, as measured and as derived.

    The number of steps is on a logarithmic scale.

    Parameters
    ----------
    starts : sequence of float
        The logits started from, all below 0, for an example of label 1.
    steps : mapping of str to sequence of float
        The name of each loss, and the steps counted from each start.
    theory : mapping of str to callable
        For each name the number of steps as a function of the start.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.escape([-1.0, -2.0], {"BCE": [2, 3]}, {"BCE": lambda z: 1 - z})
    """
    grid = np.linspace(min(starts), max(starts), 200)
    for (name, counts), colour in zip(steps.items(), (GREEN, PINK), strict=False):
        axes.plot(-grid, theory[name](grid), color=colour)
        axes.plot(-np.asarray(starts), counts, "o", color=colour, markersize=8, markeredgecolor="white", label=name)
        middle = starts[len(starts) // 2]
        height = float(theory[name](np.array([middle]))[0])
        axes.annotate(
            name, (-middle, height), (-10, 12), textcoords="offset points", ha="right", color=colour, weight="bold"
        )
    axes.set(xlabel="how far on the wrong side the logit starts", ylabel="steps to come round", yscale="log")


@figure(figsize=(5.6, 3.8))
def staircase(axes: Axes) -> None:
    """Draw the size of the gradient for label 1 in float32 as a subtraction gives it, and as it is.

    The sigmoid that is subtracted from 1 is rounded correctly, so what is lost is lost in the subtraction alone.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.staircase()
    """
    z = np.linspace(13.5, 19, 1101, dtype=np.float32)
    ones = np.ones_like(z)
    exact = -binary_cross_entropy_gradient(ones, z, reduction="none").astype(np.float64)
    steps = (ones - sigmoid(z)).astype(np.float64)
    axes.plot(z, exact / DIGITS, color=ORANGE, label="1 − σ(z)")
    axes.plot(z, steps / DIGITS, color=BLACK, linewidth=1.5, drawstyle="steps-mid", label="1 minus the float32 σ(z)")
    last = 25 * np.log(2)
    arrow = {"arrowstyle": "->", "color": BLACK}
    axes.annotate("nothing is left", (last, 0), (16, 46), textcoords="offset points", va="center", arrowprops=arrow)
    axes.set(xlabel="logit z of an example with label 1", ylabel="size of the gradient, in 2⁻²⁴")
    axes.set(xlim=(13.5, 19), ylim=(-0.6, 23), yticks=range(0, 24, 2))
    axes.legend(loc="upper right")


@figure(figsize=(5.6, 4.0))
def last_digits(axes: Axes, computed: Mapping[str, Array], logits: Array) -> None:
    """Draw the error in ulp of gradients for label 1, the largest within each half unit of the logit.

    The error is on a logarithmic scale.

    Parameters
    ----------
    computed : mapping of str to numpy.ndarray
        The name of each way, and the gradients that it gives at `logits`, in float32.
    logits : numpy.ndarray of float32
        In rising order.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_lib import sigmoid
    >>> from bce_book.figures import gradient
    >>> z = np.linspace(-1, 1, 9, dtype=np.float32)
    >>> axes = gradient.last_digits({"sigmoid − 1": sigmoid(z) - 1}, z)
    """
    exact = exact_gradient(np.ones_like(logits), logits)
    cells = np.floor(logits * 2).astype(int)
    centres = np.unique(cells)
    styles = ((BLACK, "-", 2.0), (PINK, (0, (4, 2)), 3.0), (BLUE, "-", 2.0), (ORANGE, "-", 2.0))
    for (name, gradients), (colour, line, width) in zip(computed.items(), styles, strict=False):
        errors = error_in_ulp(gradients, exact)
        worst = [errors[cells == cell].max() for cell in centres]
        axes.plot(centres / 2 + 0.25, worst, color=colour, linestyle=line, linewidth=width, label=name)
    axes.axhline(0.5, color="#888888", linestyle=":", linewidth=1.5, zorder=0)
    axes.axvline(25 * np.log(2), color="#888888", linestyle=":", linewidth=1.5, zorder=0)
    axes.set(xlabel="logit z of an example with label 1", ylabel="error in ulp", yscale="log")
    axes.legend(loc="upper left")


@figure(figsize=(5.6, 4.6))
def at_zero(axes: Axes, gradients: Mapping[str, tuple[float, float]]) -> None:
    """Draw the gradient for label 1 near the logit 0, and what formulas answer at 0 itself.

    Formulas of one value share a dot.

    Parameters
    ----------
    gradients : mapping of str to pair of float
        The name of each formula, and the derivatives that PyTorch's and JAX's autograd found through it at 0.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.at_zero({"where": (-0.5, -0.5), "abs": (0.0, -0.5)})
    """
    z = np.linspace(-2, 2, 201)
    axes.plot(z, binary_cross_entropy_gradient(np.ones_like(z), z, reduction="none"), color=POSITIVE)
    names: dict[float, list[str]] = {}
    for name, (in_torch, in_jax) in gradients.items():
        if in_torch == in_jax:
            names.setdefault(in_torch, []).append(name)
        else:
            names.setdefault(in_torch, []).append(f"{name} (PyTorch)")
            names.setdefault(in_jax, []).append(f"{name} (JAX)")
    for value, group in names.items():
        right = abs(value + 0.5) < 1e-6
        axes.plot(0, value, "o", markersize=9, color=POSITIVE if right else BLACK, markeredgecolor="white")
        side, align = ((12, -1), "top") if right else ((12, 0), "center")
        axes.annotate("\n".join(group), (0, value), side, textcoords="offset points", va=align, fontsize=9)
    axes.annotate(
        "σ(z) − 1", (-1.7, float(sigmoid(-1.7)) - 1), (0, 22), textcoords="offset points", color=POSITIVE, weight="bold"
    )
    axes.set(xlabel="logit z of an example with label 1", ylabel="gradient", ylim=(-1.75, 0.2), xlim=(-2, 2))


@figure(figsize=(5.6, 3.2))
def from_zero(axes: Axes, losses: Mapping[str, Sequence[float]]) -> None:
    """Draw the loss over the steps of training from weights of 0, one line per formula.

    Parameters
    ----------
    losses : mapping of str to sequence of float
        The name of each formula, and the loss before the first step and after each.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> axes = gradient.from_zero({"with abs": [0.7, 0.7], "with where": [0.7, 0.5]})
    """
    for (name, values), colour in zip(losses.items(), (BLACK, ORANGE, BLUE), strict=False):
        axes.plot(values, color=colour, label=name)
        end = len(values) - 1, values[-1]
        axes.annotate(name, end, (0, 8), textcoords="offset points", ha="right", color=colour, weight="bold")
    axes.set(xlabel="step", ylabel="loss in nats", ylim=(0, 0.8), xlim=(0, max(map(len, losses.values())) - 1))


@figure(panels=4, columns=2, figsize=(5.6, 6.0))
def chords(panels: Panels) -> None:
    """Draw four losses with a chord each: above the curve where the loss is convex, below it where it is not.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> panels = gradient.chords()
    """
    bce, squared, probability, hidden = panels
    z = np.linspace(-8, 4, 301)
    _with_chord(bce, z, binary_cross_entropy_with_logits(np.ones_like(z), z, reduction="none"), (-6, 3), GREEN)
    bce.set(title="BCE over z: convex", xlabel="logit z, label 1", ylabel="loss")
    _with_chord(squared, z, (1 - sigmoid(z)) ** 2, (-8, 0), PINK)
    bend = -np.log(2)
    squared.plot(bend, 4 / 9, "D", color=BLACK, markersize=6)
    squared.annotate("◆ here, at −log 2, it\nbends the other way", (-8, 0.02), fontsize=9)
    squared.set(title="Square over z: not", xlabel="logit z, label 1", ylabel="loss")
    p = np.linspace(0.03, 1, 301)
    _with_chord(probability, p, -np.log(p), (0.06, 0.9), GREEN)
    _with_chord(probability, p, (1 - p) ** 2, (0.06, 0.9), PINK)
    probability.annotate("BCE", (0.12, 3.0), color=GREEN, weight="bold")
    probability.annotate("square", (0.08, 0.12), color=PINK, weight="bold")
    probability.set(title="Both over p: convex", xlabel="probability p, label 1", ylabel="loss", ylim=(0, 3.5))
    shares, losses = hidden_neuron()
    _with_chord(hidden, shares, losses, (shares[0], shares[-1]), GREEN)
    hidden.set(title="BCE, inner weights: not", xlabel="from a net to its mirror", ylabel="loss")
    hidden.set(ylim=(0, 0.8), xticks=[0, 0.5, 1])


def hidden_neuron(weight: float = 2.0, outer: float = 4.0) -> tuple[Array, Array]:
    r"""Return the loss of the network :math:`z = v \tanh(w x)` from (w, v) to (−w, −v), which computes the same.

    Parameters
    ----------
    weight, outer : float
        The weights w and v to start from.

    Returns
    -------
    shares, losses : numpy.ndarray
        How far along the way, from 0 to 1, and the mean loss there on the inputs ±1 with the labels 1 and 0.

    Examples
    --------
    >>> from bce_book.figures.gradient import hidden_neuron
    >>> shares, losses = hidden_neuron()
    >>> bool(losses[100] > losses[0] == losses[-1])
    True
    """
    shares = np.linspace(0, 1, 201)
    scale = 1 - 2 * shares
    z = scale * outer * np.tanh(scale * weight)
    return shares, np.logaddexp(0, -z)


@figure(panels=2, columns=2, figsize=(5.6, 2.9))
def valleys(panels: Panels, inputs: Sequence[float], labels: Sequence[float]) -> None:
    """Draw the mean squared error and BCE of one neuron over its only weight, with a dot at each local minimum.

    Parameters
    ----------
    inputs, labels : sequence of float
        The examples.

    Examples
    --------
    >>> from bce_book.figures import gradient
    >>> left, right = gradient.valleys([1.0, 1.0, 10.0], [0, 0, 1])
    """
    weights = np.linspace(-3.5, 2, 551)
    z = np.outer(weights, np.asarray(inputs, dtype=float))
    y = np.broadcast_to(np.asarray(labels, dtype=float), z.shape)
    squared = np.mean((sigmoid(z) - y) ** 2, axis=1)
    curves = {"squared error": (squared, PINK), "BCE": (binary_cross_entropy_with_logits(y, z, axis=1), GREEN)}
    for panel, (name, (values, colour)) in zip(panels, curves.items(), strict=True):
        panel.plot(weights, values, color=colour)
        low = [i for i in range(1, len(weights) - 1) if values[i - 1] > values[i] < values[i + 1]]
        panel.plot(weights[low], values[low], "o", color=colour, markersize=9, markeredgecolor="white")
        panel.set(title=name, xlabel="weight", ylabel="mean loss", xlim=(-3.5, 2), ylim=(0, 1.08 * values.max()))


def _with_chord(axes: Axes, x: Array, y: Array, ends: tuple[float, float], colour: str) -> None:
    axes.plot(x, y, color=colour)
    heights = np.interp(ends, x, y)
    axes.plot(ends, heights, "o--", color=BLACK, markersize=5, linewidth=1.2)
