"""Figures of the chapter *softmax*: probabilities that share one whole, and ten real digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from bce_book.figures.style import BLACK, GREEN, ORANGE, PINK, SKY, YELLOW, figure, new_panels
from bce_lib import sigmoid, softmax

_RIGHT, _WRONG = "#e3eef6", "#D55E00"

_PITCH = 30
"""The pixels from one column of images to the next; an image has 28."""


@figure()
def probabilities(axes: Axes, others: Sequence[float] = (0.0, -1.0)) -> None:
    """Draw how the softmax shares out one whole while the first logit moves and the others stand still.

    Parameters
    ----------
    others : sequence of float
        The logits of the other classes.

    Examples
    --------
    >>> from bce_book.figures import softmax
    >>> axes = softmax.probabilities([0.0, -1.0])
    """
    z = np.linspace(-6, 6, 241)
    shares = softmax(np.column_stack([z, *(np.full_like(z, other) for other in others)]))
    edges = np.column_stack([np.zeros_like(z), np.cumsum(shares, axis=1)])
    for k, color in zip(range(shares.shape[1]), (ORANGE, SKY, GREEN, PINK, YELLOW), strict=False):
        axes.fill_between(z, edges[:, k], edges[:, k + 1], color=color, alpha=0.55, linewidth=0)
        middle = 48 if k else 192
        height = (edges[middle, k] + edges[middle, k + 1]) / 2
        axes.annotate(f"class {k}", (z[middle], height), ha="center", va="center")
    rest = float(np.log(np.sum(np.exp(others))))
    axes.plot(z, sigmoid(z - rest), color=BLACK, linewidth=1.5, linestyle="--")
    axes.annotate(f"σ(z₀ − {rest:.2f})", (rest, 0.5), (-8, 2), textcoords="offset points", ha="right")
    names = ", ".join(f"z{'₀₁₂₃₄'[k]} = {other:g}".replace("-", "−") for k, other in enumerate(others, start=1))
    axes.set(xlabel=f"logit z₀ of class 0, beside {names}", ylabel="probabilities", xlim=(-6, 6), ylim=(0, 1))
    axes.grid(visible=False)


@figure(figsize=lambda images, captions, columns: _size(len(images), columns, captioned=bool(captions)))
def digits(axes: Axes, images: ArrayLike, captions: Sequence[str] = (), columns: int = 10) -> None:
    """Draw images of 28 × 28 pixels in rows, ink dark, with a caption below each.

    Parameters
    ----------
    images : array_like of float
        Of shape (n, 784), each row from 0 (paper) to its own largest value (ink).
    captions : sequence of str
        One for each image, or none.
    columns : int
        Images per row.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import softmax
    >>> axes = softmax.digits(np.eye(2, 784), ["first", "second"], columns=2)
    """
    _mosaic(axes, np.asarray(images, dtype=np.float64), captions, columns, "gray_r")


@figure(figsize=lambda weights, columns: _size(np.shape(weights)[1], columns, captioned=True))
def templates(axes: Axes, weights: ArrayLike, columns: int = 5) -> None:
    """Draw the weights of linear classifiers on 28 × 28 pixels, orange where ink speaks for the class, purple against.

    Parameters
    ----------
    weights : array_like of float
        Of shape (784, n), one column per class.
    columns : int
        Images per row.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import softmax
    >>> axes = softmax.templates(np.eye(784, 10))
    """
    images = np.asarray(weights, dtype=np.float64).T
    _mosaic(axes, images, [f"{k}" for k in range(len(images))], columns, "PuOr_r")


@figure(figsize=(5.0, 4.8))
def confusion(axes: Axes, matrix: ArrayLike) -> None:
    """Draw a confusion matrix: the true class down, the predicted one across; errors the darker, the more there are.

    Parameters
    ----------
    matrix : array_like of int
        Of shape (K, K), as scikit-learn returns it.

    Examples
    --------
    >>> from bce_book.figures import softmax
    >>> axes = softmax.confusion([[9, 1], [2, 8]])
    """
    counts = np.asarray(matrix)
    classes = len(counts)
    most = max(1, int((counts - np.diag(np.diag(counts))).max()))
    for row, column in np.ndindex(counts.shape):
        count = int(counts[row, column])
        if count == 0:
            continue
        right = row == column
        axes.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                1,
                1,
                facecolor=_RIGHT if right else _WRONG,
                alpha=1 if right else round(0.12 + 0.6 * count / most, 3),
                linewidth=0,
            )
        )
        axes.text(column, row, f"{count}", ha="center", va="center")
    axes.set(
        xlabel="predicted",
        ylabel="in truth",
        xlim=(-0.5, classes - 0.5),
        ylim=(classes - 0.5, -0.5),
        xticks=range(classes),
        yticks=range(classes),
        aspect="equal",
    )
    axes.tick_params(length=0)
    axes.grid(visible=False)


@figure(figsize=(5.6, 3.0))
def sums(axes: Axes, totals: ArrayLike) -> None:
    """Draw how often the probabilities of all classes add up to how much.

    Parameters
    ----------
    totals : array_like of float
        The sum for each example, from 0 to 2.

    Examples
    --------
    >>> from bce_book.figures import softmax
    >>> axes = softmax.sums([0.4, 0.95, 1.0, 1.05, 1.3])
    """
    values = np.asarray(totals, dtype=np.float64)
    heights, edges = np.histogram(values, bins=np.linspace(0, 2, 41))
    axes.stairs(heights, edges, fill=True, color=SKY, alpha=0.7)
    axes.axvline(1, color=BLACK, linewidth=1.5, linestyle="--")
    top = float(heights.max()) * 1.15
    axes.annotate("a softmax: always 1", (1, top), (-6, -4), textcoords="offset points", ha="right", va="top")
    axes.set(xlabel="sum of the probabilities of one example", ylabel="examples", xlim=(0, 2), ylim=(0, top))
    axes.grid(visible=False, axis="x")


def attributes(
    truth: Mapping[str, ArrayLike], means: Mapping[str, ArrayLike], *, axes: Sequence[Axes] | None = None
) -> NDArray[Any]:
    """Draw what models say of attributes, on average over each digit, beside what is true, one panel per attribute.

    Parameters
    ----------
    truth : mapping from str to array_like of {0, 1}
        By the name of an attribute, whether each of the ten digits has it.
    means : mapping from str to array_like of float
        By the name of a model, its mean probabilities, of shape (10, number of attributes).
    axes : sequence of matplotlib.axes.Axes, optional
        Where to draw, one for each attribute.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        The panels in the order of the attributes.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import softmax
    >>> axes = softmax.attributes({"even": [1, 0] * 5}, {"a model": np.full((10, 1), 0.5)})
    """
    panels = new_panels(len(truth), axes, figsize=(5.6, 1.55 * len(truth) + 0.9), sharex=True)
    looks = ((GREEN, "o"), (ORANGE, "v"), (PINK, "s"))
    for i, (panel, (name, has)) in enumerate(zip(panels, truth.items(), strict=True)):
        panel.bar(range(10), np.asarray(has, dtype=float), width=0.8, color="#dddddd", label="in truth")
        for (model, values), (color, marker) in zip(means.items(), looks, strict=False):
            panel.plot(
                range(10),
                np.asarray(values)[:, i],
                marker,
                color=color,
                markersize=7,
                markeredgecolor="white",
                label=model,
            )
        panel.axhline(0.5, color=BLACK, linewidth=1, linestyle=":")
        panel.set_title(name, loc="left", fontweight="bold")
        panel.set(ylim=(0, 1.05), xlim=(-0.6, 9.6), xticks=range(10), yticks=[0, 0.5, 1])
        panel.grid(visible=False)
    panels[-1].set_xlabel("digit")
    if axes is None:
        panels[0].figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return panels


def _layout(count: int, columns: int, *, captioned: bool) -> tuple[int, int, int]:
    """Return the rows and the columns of a mosaic of images, and the pixels from one row to the next."""
    return ceil(count / columns), min(columns, count), 34 if captioned else _PITCH


def _size(count: int, columns: int, *, captioned: bool) -> tuple[float, float]:
    """Return the size of the figure that a mosaic fills."""
    rows, columns, step = _layout(count, columns, captioned=captioned)
    return 5.6, 5.6 * rows * step / (columns * _PITCH)


def _mosaic(axes: Axes, images: NDArray[Any], captions: Sequence[str], columns: int, colormap: str) -> None:
    """Draw images in one picture, each scaled by its own largest value, with captions below them."""
    rows, columns, step = _layout(len(images), columns, captioned=bool(captions))
    canvas = np.zeros((rows * step, columns * _PITCH))
    for i, image in enumerate(images):
        top, left = i // columns * step, i % columns * _PITCH + 1
        canvas[top : top + 28, left : left + 28] = image.reshape(28, 28) / np.abs(image).max()
        if captions:
            axes.text(left + 14, top + 31, captions[i], ha="center", va="center")
    low = -1 if colormap == "PuOr_r" else 0
    axes.imshow(canvas, cmap=colormap, vmin=low, vmax=1, interpolation="none")
    axes.set_axis_off()
