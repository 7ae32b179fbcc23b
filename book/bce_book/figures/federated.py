"""Figures of the chapter *federated*: how near the rounds come to the best model, and what gradients give away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, ORANGE, Panels, figure

_PITCH, _MARGIN = 30, 58
"""The distance of images of 28 pixels, and the room for the names of their rows, in pixels."""


@figure(panels=lambda excess: len(excess), columns=2, figsize=(5.6, 3.4), sharey=True)
def rounds(panels: Panels, excess: Mapping[str, Mapping[str, ArrayLike]]) -> None:
    """Draw how far federated averaging is from the least loss, round by round, one panel per way of dealing data out.

    Parameters
    ----------
    excess : mapping from str to mapping from str to array_like of float
        By the title of a panel, of which there are two, and by the name of a line, at most three, the loss above the
        least one after 0, 1, 2 … rounds.

    Examples
    --------
    >>> from bce_book.figures import federated
    >>> axes = federated.rounds({"mixed": {"1 step": [0.4, 0.2]}, "one digit each": {"1 step": [0.4, 0.3]}})
    """
    looks: tuple[tuple[str, Any], ...] = ((BLACK, "-"), (BLUE, (0, (4.0, 1.5))), (ORANGE, (0, (1.5, 1.0))))
    for panel, (title, lines) in zip(panels, excess.items(), strict=True):
        for (name, values), (color, dash) in zip(lines.items(), looks, strict=False):
            panel.semilogy(np.asarray(values), color=color, linestyle=dash, label=name)
        last = len(np.asarray(next(iter(lines.values())))) - 1
        panel.set(xlabel="round", xlim=(0, last), ylim=(1e-5, 0.6))
        panel.set_title(title, loc="left", fontsize=10)
    panels[0].set_ylabel("loss above the least")
    panels[-1].legend(loc="lower left")


def _size(rows: Mapping[str, ArrayLike]) -> tuple[float, float]:
    """Return the size of the figure in which rows of images fill the width beside their names."""
    columns = len(np.reshape(next(iter(rows.values())), (-1, 784)))
    return 5.6, 5.6 * len(rows) * _PITCH / (columns * _PITCH + _MARGIN)


@figure(figsize=_size)
def images(axes: Axes, rows: Mapping[str, ArrayLike]) -> None:
    """Draw images of 28 × 28 pixels in rows with a name, ink dark; what is not between paper and ink is cut off there.

    Parameters
    ----------
    rows : mapping from str to array_like of float
        By the name of a row, its images, of shape (n, 784), 0 for paper and 1 for ink. The same n in every row.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import federated
    >>> axes = federated.images({"sent": np.eye(3, 784), "found": np.eye(3, 784)})
    """
    arrays = [np.asarray(values, dtype=np.float64).reshape(-1, 28, 28) for values in rows.values()]
    columns = len(arrays[0])
    canvas = np.zeros((len(arrays) * _PITCH, columns * _PITCH))
    for i, array in enumerate(arrays):
        for j, image in enumerate(array):
            canvas[i * _PITCH + 1 : i * _PITCH + 29, j * _PITCH + 1 : j * _PITCH + 29] = np.clip(image, 0, 1)
    axes.imshow(canvas, cmap="gray_r", vmin=0, vmax=1, interpolation="none")
    for i, name in enumerate(rows):
        axes.text(-4, (i + 0.5) * _PITCH, name, ha="right", va="center")
        if i:
            axes.axhline(i * _PITCH - 0.5, color="#cccccc", linewidth=0.8)
    axes.set(xlim=(-_MARGIN, columns * _PITCH), ylim=(len(arrays) * _PITCH, 0))
    axes.set_axis_off()
