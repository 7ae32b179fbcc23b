"""Figures of the chapter *clipping*: what a clip caps, where float32 stops below 1, what dies, and what is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, PINK, POSITIVE, Panels, figure
from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits, sigmoid

_GREY = "#767676"
_PINK_TEXT = "#A0467A"  # the palette's pink, darkened until it can be read as text
_STEP = 2.0**-24
"""The spacing of the float32 numbers just below 1."""


@figure(panels=2, figsize=(5.6, 6.8), sharex=True)
def caps(panels: Panels) -> None:
    """Draw the loss over the probability that was given to what happened, with the caps of four conventions.

    Above for label 1, where that probability is p itself; below for label 0, where it is 1 − p and p is near 1.

    Examples
    --------
    >>> from bce_book.figures import clipping
    >>> axes = clipping.caps()
    """
    given = np.geomspace(1e-50, 1, 1001)
    conventions: list[tuple[str, type, float, str]] = [
        ("float32, clip 1e-7", np.float32, 1e-7, ORANGE),
        ("float32, clip 1e-15", np.float32, 1e-15, BLUE),
        ("float64, clip 2.2e-16", np.float64, float(np.finfo(np.float64).eps), GREEN),
    ]
    for panel, label in zip(panels, (1, 0), strict=True):
        panel.plot(given, -np.log(given), color=_GREY, linestyle="--", linewidth=1.2, label="exact")
        for name, dtype, clip, colour in conventions:
            panel.plot(given, _clipped(label, given, dtype, clip), color=colour, label=name)
        panel.plot(given, _clamped(label, given), color=PINK, label="float32, log clamped at −100")
        panel.set_xscale("log")
        panel.set(ylim=(0, 122), ylabel=f"loss at label {label}, in nats")
    panels[0].set_xlim(1, given[0])
    panels[0].legend(loc="upper left")
    for panel, label in zip(panels, (1, 0), strict=True):
        for name, dtype, clip, colour in conventions:
            cap = float(_clipped(label, given[:1], dtype, clip)[0])
            if np.isfinite(cap):
                side, align = ((-4, -4), "top") if name.endswith("1e-15") else ((-4, 3), "bottom")
                panel.annotate(
                    f"{cap:.3f}", (given[0], cap), side, textcoords="offset points", ha="right", va=align, color=colour
                )
        panel.annotate(
            "100", (given[0], 100), (-4, -4), textcoords="offset points", ha="right", va="top", color=_PINK_TEXT
        )
    edge = _STEP / 2
    panels[1].annotate("", (edge, 120), (edge, 60), arrowprops={"arrowstyle": "->", "color": BLUE, "linewidth": 2})
    panels[1].annotate(
        "clip 1e-15: ∞\nas if there were none", (edge, 72), (8, 0), textcoords="offset points", color=BLUE, va="center"
    )
    panels[1].set(xlabel="probability that was given to what happened")


@figure(figsize=(5.6, 4.6))
def staircase(axes: Axes, clip: float = 1e-7) -> None:
    """Draw the loss at label 0 that float32 probabilities just below 1 can have, and where a clip lands.

    Parameters
    ----------
    clip : float
        The clip to mark; its ``1 - clip`` is rounded to the nearest step.

    Examples
    --------
    >>> from bce_book.figures import clipping
    >>> axes = clipping.staircase(1e-7)
    """
    landed = float(1 - np.float32(1 - clip))
    distance = np.linspace(0.02, 6.98, 1393) * _STEP
    axes.plot(distance, -np.log(distance), color=_GREY, linestyle="--", linewidth=1.2)
    axes.annotate(
        "real numbers: −log(1 − p)",
        (0.3 * _STEP, -np.log(0.3 * _STEP)),
        (6, 2),
        textcoords="offset points",
        color="#595959",
    )
    for step in range(1, 7):
        height = -np.log(step * _STEP)
        axes.plot([(step - 0.5) * _STEP, (step + 0.5) * _STEP], [height, height], color=NEGATIVE)
        axes.plot(step * _STEP, height, "o", color=NEGATIVE, markeredgecolor="white", markersize=8)
        if step != round(landed / _STEP):  # that one is labelled by the clip
            axes.annotate(
                f"{height:.3f}",
                (step * _STEP, height),
                (-3, -6),
                textcoords="offset points",
                ha="right",
                va="top",
                color=NEGATIVE,
            )
    axes.axvspan(0, _STEP / 2, color="#eeeeee", zorder=0)
    axes.annotate("p rounds to 1: the loss is ∞", (0.25 * _STEP, 14.3), ha="center", va="bottom", rotation=90)
    axes.plot([clip, clip], [14.2, -np.log(clip)], color=ORANGE, linewidth=1.2, linestyle=":")
    axes.plot(clip, -np.log(clip), "o", color=ORANGE, markeredgecolor="white", markersize=8)
    name = f"{clip:g}".replace("e-0", "e-")
    axes.annotate(
        f"a clip at {name} means {-np.log(clip):.3f}",
        (clip, -np.log(clip)),
        (10, 8),
        textcoords="offset points",
        color=ORANGE,
    )
    if landed > 0:
        axes.annotate(
            "",
            (landed, -np.log(landed)),
            (clip, -np.log(clip)),
            arrowprops={"arrowstyle": "->", "color": ORANGE, "linewidth": 1.5, "shrinkA": 4, "shrinkB": 4},
        )
        axes.annotate(
            f"and gets {-np.log(landed):.3f}",
            (landed, -np.log(landed)),
            (12, 4),
            textcoords="offset points",
            color=ORANGE,
        )
    axes.set(
        xlim=(0, 6.6 * _STEP),
        ylim=(14.2, 18),
        ylabel="loss at label 0, in nats",
        xlabel="distance of p from 1, in steps of the float32 numbers (2⁻²⁴ = 5.96e-8)",
    )
    axes.set_xticks([step * _STEP for step in range(7)], [str(step) for step in range(7)])


@figure(figsize=(5.6, 3.8))
def gradients(axes: Axes, logits: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
    """Draw how strongly each loss pulls at a logit whose label is 1: minus its derivative.

    Parameters
    ----------
    logits : sequence of float
        Where the derivatives were taken.
    curves : mapping of str to sequence of float
        For each loss by name, the derivatives with respect to the logit; the first is drawn boldest.

    Examples
    --------
    >>> from bce_book.figures import clipping
    >>> axes = clipping.gradients([-1.0, 1.0], {"from logits": [-0.73, -0.27]})
    """
    widths, styles = (5.0, 2.0, 2.0), ("-", "-", "--")
    for (name, derivative), colour, width, line in zip(
        curves.items(), ("#bbbbbb", ORANGE, PINK), widths, styles, strict=False
    ):
        pull = -np.asarray(derivative)
        axes.plot(logits, pull, color=colour, linewidth=width, linestyle=line)
        awake = int(np.argmax(pull > 0.5))  # where the pull first passes a half, coming from the left
        height, side = (pull[0], (2, 6)) if awake == 0 else (0.4, (7, 0))
        axes.annotate(
            name,
            (logits[awake], height),
            side,
            textcoords="offset points",
            color="#595959" if awake == 0 else _PINK_TEXT if colour == PINK else colour,
        )
    axes.set(xlabel="logit z of an example with label 1", ylabel="pull towards the label: −dℓ/dz", ylim=(-0.05, 1.25))
    axes.annotate("← confidently wrong", (0.01, 0.97), xycoords="axes fraction", va="top", fontsize=9)
    axes.annotate("right →", (0.99, 0.97), xycoords="axes fraction", va="top", ha="right", fontsize=9)


@figure(figsize=(5.6, 4.2))
def errors(axes: Axes, y_prob: Sequence[float], curves: Mapping[str, Sequence[float]]) -> None:
    """Draw errors in units in the last place over the prediction, both on logarithmic axes.

    Errors below 0.01 stand at 0.01.

    Parameters
    ----------
    y_prob : sequence of float
        The predictions, in (0, 1).
    curves : mapping of str to sequence of float
        For each of up to four forms by name, the errors.

    Examples
    --------
    >>> from bce_book.figures import clipping
    >>> axes = clipping.errors([0.1, 0.2], {"line": [3.0, 1.0], "exact": [0.4, 0.3]})
    """
    styles = ((PINK, 6), (ORANGE, 3), (BLACK, 3), (BLUE, 3))  # the first shows behind the others
    for (name, ulps), (colour, size) in zip(curves.items(), styles, strict=False):
        shown = np.maximum(np.asarray(ulps, dtype=float), 1e-2)
        axes.loglog(y_prob, shown, ".", markersize=size, markeredgewidth=0, color=colour, label=name)
    axes.axhline(0.5, color=_GREY, linestyle="--", linewidth=1.2, zorder=0)
    axes.annotate(
        "up to half an ulp: correctly rounded", (min(y_prob), 0.5), (0, 4), textcoords="offset points", color="#595959"
    )
    axes.set(xlabel="predicted probability p, label 0", ylabel="error in ulp", ylim=(5e-3, 1e22))
    axes.legend(loc="upper right", markerscale=3)


@figure(figsize=(5.6, 3.8))
def rounded_sigmoid(axes: Axes) -> None:
    """Draw the exact loss at label 0 of a sigmoid that was rounded to float32, beside the loss of the logit itself.

    Examples
    --------
    >>> from bce_book.figures import clipping
    >>> axes = clipping.rounded_sigmoid()
    """
    logits = np.linspace(12.0, 20.0, 1601)
    zeros = np.zeros_like(logits)
    truth = binary_cross_entropy_with_logits(zeros, logits, reduction="none")
    rounded = sigmoid(logits).astype(np.float32)
    losses = binary_cross_entropy(zeros, rounded, reduction="none")
    end = float(logits[np.isfinite(losses)].max())
    axes.plot(logits, truth, color=POSITIVE, label="from the logit")
    finite = np.where(np.isfinite(losses), losses, np.nan)
    axes.plot(logits, finite, color=NEGATIVE, label="from the float32 probability")
    axes.axvspan(end, 20, color="#eeeeee", zorder=0)
    axes.annotate("σ(z) has rounded to 1:\nthe loss from it is ∞", ((end + 20) / 2, 13.2), ha="center", va="center")
    axes.set(xlabel="logit z of an example with label 0", ylabel="loss in nats", xlim=(12, 20), ylim=(12, 20))
    axes.legend(loc="upper left")


def _clipped(label: int, given: np.ndarray[Any, Any], dtype: type, clip: float) -> np.ndarray[Any, Any]:
    """Return the textbook loss of a clipped prediction that gave the probability `given` to what happened."""
    prediction = np.clip((given if label == 1 else 1 - given).astype(dtype), clip, 1 - clip)
    return _surprise(label, prediction)


def _clamped(label: int, given: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the loss of PyTorch's ``BCELoss`` in float32: its logarithm never falls below −100."""
    prediction = (given if label == 1 else 1 - given).astype(np.float32)
    return np.asarray(np.minimum(_surprise(label, prediction), 100))


def _surprise(label: int, prediction: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    # 1 − p is rounded to the predictions' format. The logarithm is not: its last bits depend on the processor.
    happened = (prediction if label == 1 else 1 - prediction).astype(np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(happened))
