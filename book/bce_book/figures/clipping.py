"""Figures of the chapter *clipping*: where float32 stops below 1, and the slope that a clip makes 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import NEGATIVE, ORANGE, PINK, figure

_GREY = "#767676"
_STEP = 2.0**-24
"""The spacing of the float32 numbers just below 1."""


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
            color="#595959" if awake == 0 else colour,
        )
    axes.set(xlabel="logit z of an example with label 1", ylabel="pull towards the label: −dℓ/dz", ylim=(-0.05, 1.25))
    axes.annotate("← confidently wrong", (0.01, 0.97), xycoords="axes fraction", va="top", fontsize=9)
    axes.annotate("right →", (0.99, 0.97), xycoords="axes fraction", va="top", ha="right", fontsize=9)
