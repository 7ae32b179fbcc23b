"""The house style of the figures, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, BLACK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
)
"""Okabe and Ito's palette (2008), which readers with any colour vision can tell apart.

Where a colour-blind eye has lost a hue, they still differ in brightness, or between blue and yellow. In CIELAB, where
about 2.3 is just noticed, any two are at least 16 apart for an eye that lacks one of the three kinds of cones, and at
least 12 on the pages' dark ground, where figures.css inverts them: tests/figures/test_style.py computes it.
"""

NEGATIVE, POSITIVE = BLUE, ORANGE
"""The colours of the two classes, the same in every chapter."""

STYLE_SHEET = str(Path(__file__).with_name("book.mplstyle"))


def use() -> None:
    """Switch Matplotlib to the book's style and, in a notebook, to SVG pictures that repeat byte for byte.

    Examples
    --------
    >>> from bce_book.figures import style
    >>> style.use()
    """
    plt.style.use(STYLE_SHEET)
    try:
        shell = get_ipython()  # type: ignore[name-defined]
    except NameError:
        return  # a script: there is no notebook to configure
    if shell.has_trait("kernel"):
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]


def new_axes(axes: Axes | None = None, **figure_options: Any) -> Axes:
    """Return the axes to draw on: those given, or the only ones of a new figure in the book's style.

    Parameters
    ----------
    axes : matplotlib.axes.Axes, optional
        Where to draw, for example one panel of a larger figure.
    **figure_options
        Passed to ``matplotlib.pyplot.subplots`` for a new figure, for example ``figsize=(5.6, 3)``.

    Returns
    -------
    matplotlib.axes.Axes
        Ready to draw on.

    Examples
    --------
    >>> from bce_book.figures import style
    >>> axes = style.new_axes(figsize=(4, 3))
    >>> axes.get_xscale()
    'linear'
    """
    if axes is not None:
        return axes
    with plt.style.context(STYLE_SHEET):
        _, axes = plt.subplots(**figure_options)
        return axes


def new_panels(
    count: int, axes: Sequence[Axes] | NDArray[Any] | None = None, *, columns: int = 1, **figure_options: Any
) -> NDArray[Any]:
    """Return the panels to draw on: those given, or those of a new figure in the book's style.

    Parameters
    ----------
    count : int
        How many are needed.
    axes : sequence of matplotlib.axes.Axes, optional
        Where to draw: as many axes, in an array of any shape.
    columns : int
        Panels side by side in a new figure.
    **figure_options
        Passed to ``matplotlib.pyplot.subplots`` for a new figure, for example ``sharex=True``.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        Of one dimension.

    Raises
    ------
    ValueError
        If another number of axes is given.

    Examples
    --------
    >>> from bce_book.figures import style
    >>> panels = style.new_panels(3, columns=2, figsize=(5.6, 4))
    >>> panels.shape
    (3,)
    """
    if axes is not None:
        given = np.asarray(axes, dtype=object)
        given = given if given.ndim == 1 else given.ravel()
        if given.size != count:
            raise ValueError(f"axes holds {given.size} axes: this figure has {count} panels")
        return given
    with plt.style.context(STYLE_SHEET):
        _, grid = plt.subplots(ceil(count / columns), columns, squeeze=False, **figure_options)
    for spare in grid.ravel()[count:]:
        spare.set_visible(False)
    return np.asarray(grid.ravel()[:count])
