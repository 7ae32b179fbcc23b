r"""Write the book's mark and its cover, drawn from the formula.

The mark is what the loss of one prediction looks like: :math:`-\log p` where the label is 1 and :math:`-\log(1-p)`
where it is 0, over the probability p. The two cross where the model does not know, at log 2.

The cover is what the loss looks like on average: if label 1 comes with the probability q, then predicting p costs

.. math:: -q \log p - (1 - q) \log(1 - p),

one curve for each q. Each is lowest where the prediction is the truth, and there it is the entropy of q.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from bce_book.figures.style import BLACK, NEGATIVE, POSITIVE, STYLE_SHEET, figure
from bce_lib import binary_cross_entropy, cross_entropy, entropy

FOLDER = Path(__file__).resolve().parent.parent / "book" / "_static"
"""Where the book looks for the files."""

INKS = {
    "logo.svg": (POSITIVE, NEGATIVE, BLACK),
    "logo-dark.svg": ("#f5a05c", "#6cc0f0", "#ffffff"),
    "favicon.svg": ("#e06a1b", "#2f8fcf", "#808080"),
}
"""The colours of the mark for label 1, for label 0 and for the crossing: on light, on dark, and on either."""


@figure(figsize=(64 / 72, 64 / 72))
def mark(axes: Axes, inks: tuple[str, str, str] = INKS["logo.svg"]) -> None:
    """Draw the book's mark: the losses of the two labels, which cross at log 2.

    Parameters
    ----------
    inks : tuple of str
        The colours for label 1, for label 0 and for the crossing.
    """
    p = np.linspace(0.06, 0.995, 60)
    for y, ink, at in ((1.0, inks[0], p), (0.0, inks[1], 1 - p)):
        loss = binary_cross_entropy(np.full_like(at, y), at, reduction="none")
        axes.plot(at, loss, color=ink, linewidth=7, solid_capstyle="round", label=f"label {y:.0f}")
    axes.plot(0.5, np.log(2), "o", color=inks[2], markersize=13, markeredgewidth=0)
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.3, 3.1))
    axes.axis("off")


@figure(figsize=(10, 3.4))
def cover(axes: Axes) -> None:
    """Draw the cover: what predicting p costs on average, one curve for each truth q, least along the entropy."""
    p = 1 / (1 + np.exp(-np.linspace(-6, 6, 241)))  # closer together where the curves are steep
    truths = np.linspace(0, 1, 21)
    for q in truths:
        expected = cross_entropy(np.full_like(p, q), p)
        axes.plot(p, expected, color=_between(q), linewidth=1.4, label=f"q = {q:.2f}")
    axes.plot(p, entropy(p), color=BLACK, linewidth=2.4, label="entropy")
    axes.plot(truths[1:-1], entropy(truths[1:-1]), "o", color=BLACK, markersize=4.5)
    axes.set(xlim=(0, 1), ylim=(-0.05, 2.6))
    axes.axis("off")


def write(folder: str | Path = FOLDER) -> None:
    """Write the mark, light, dark and for the browser's tab, and the cover, as SVG: the same bytes each time."""
    edge_to_edge = {
        "figure.constrained_layout.use": False,
        "savefig.transparent": True,
        "figure.subplot.left": 0,
        "figure.subplot.right": 1,
        "figure.subplot.bottom": 0,
        "figure.subplot.top": 1,
    }
    with plt.style.context([STYLE_SHEET, edge_to_edge]):
        _, axes = plt.subplots(figsize=(10, 3.4))
        _save(cover(axes=axes), Path(folder, "cover.svg"))
        for name, inks in INKS.items():
            _, axes = plt.subplots(figsize=(64 / 72, 64 / 72))
            _save(mark(inks, axes=axes), Path(folder, name))


def _save(axes: Axes, path: Path) -> None:
    drawing = axes.get_figure(root=True)
    assert drawing is not None
    drawing.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawing)


def _between(q: float) -> tuple[float, ...]:
    """Return the mixture of the colours of the two labels in which label 1 has the share q."""
    return tuple((1 - q) * np.array(to_rgb(NEGATIVE)) + q * np.array(to_rgb(POSITIVE)))


if __name__ == "__main__":
    write()
