"""Write the figure of the book's first page and of the README, which no notebook draws.

It shows the loss, and what is left of it once the probability has been rounded to float32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import NEGATIVE, POSITIVE, STYLE_SHEET, Panels, figure
from bce_lib import binary_cross_entropy_with_logits, sigmoid

FILE = Path(__file__).resolve().parent.parent / "book" / "_static" / "overview.svg"
"""Where the book and the README look for the figure."""


@figure()
def loss(axes: Axes) -> None:
    """Draw the loss of either label over the logit."""
    z = np.linspace(-6, 6, 121)
    for y, colour, position, shift in ((1.0, POSITIVE, -3.6, 12), (0.0, NEGATIVE, 3.6, -12)):
        axes.plot(z, _losses(y, z), color=colour, label=f"label {y:.0f}")
        height = float(_losses(y, np.array([position]))[0])
        axes.annotate(
            f"label {y:.0f}",
            (position, height),
            (shift, 0),
            textcoords="offset points",
            color=colour,
            ha="left" if shift > 0 else "right",
            va="center",
            weight="bold",
        )
    axes.plot(0, np.log(2), "o", color="black", markersize=6)
    axes.annotate("log 2", (0, np.log(2)), (0, 16), textcoords="offset points", ha="center", va="bottom")
    ticks = np.arange(-6, 7, 3)
    axes.set_xticks(ticks, [f"{z:d}\n{p:.1%}".replace("-", "−") for z, p in zip(ticks, sigmoid(ticks), strict=True)])
    axes.set(
        title="The loss", xlabel="logit z, and its probability", ylabel="loss in nats", xlim=(-6, 6), ylim=(0, 6.2)
    )


@figure()
def from_probability(axes: Axes) -> None:
    """Draw the loss of label 1 computed from the logit, and from a probability that float32 has rounded.

    The sigmoid is computed in float64 and rounded once, so that what is lost is lost to the format and not to a
    library's arithmetic: no float32 probability could do better.
    """
    z = np.linspace(13, 21, 401)
    rounded = sigmoid(z).astype(np.float32)
    held = rounded < 1
    through = -np.log(rounded[held].astype(np.float64))
    axes.plot(z, _losses(1.0, z), color=POSITIVE, label="from the logit")
    axes.plot(z[held], through, color="black", linewidth=1.5, label="from a float32 probability")
    last, lowest = z[held][-1], float(through[-1])
    axes.plot([last, last], [lowest, 1e-12], color="black", linewidth=1.5, linestyle=":", label="the loss falls to 0")
    axes.plot(last, lowest, "o", color="black", markersize=6)
    axes.annotate(
        "then p is 1,\nand the loss 0", (last, 3e-9), (-8, 0), textcoords="offset points", ha="right", va="center"
    )
    axes.annotate("from a float32\nprobability p", (15.5, 4e-7))
    axes.annotate("from the\nlogit", (18.5, 2.2e-8), color=POSITIVE, weight="bold")
    axes.set(title="Right and sure, in float32", xlabel="logit z, label 1", ylabel="loss in nats")
    axes.set(yscale="log", xlim=(13, 21), ylim=(5e-10, 4e-6))


def both() -> Panels:
    """Draw :func:`loss` and :func:`from_probability` side by side, in letters that can be read in the README."""
    larger = {"font.size": 12, "axes.titlesize": 14, "axes.labelsize": 12}
    margins = {"figure.constrained_layout.w_pad": 0.12, "figure.constrained_layout.h_pad": 0.12}
    with plt.style.context([STYLE_SHEET, larger, margins]):
        axes: Panels = plt.subplots(1, 2, figsize=(7.6, 3.8))[1]
        loss(axes=axes[0])
        from_probability(axes=axes[1])
        return axes


def write(path: str | Path = FILE) -> None:
    """Write :func:`both` as an SVG on a white card, the same bytes each time."""
    with plt.style.context(STYLE_SHEET):
        drawing = both()[0].figure
        drawing.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(drawing)


def _losses(y: float, z: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    return binary_cross_entropy_with_logits(np.full_like(z, y), z, reduction="none")


if __name__ == "__main__":
    write()
