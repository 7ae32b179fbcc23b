"""The house style of the figures in one place: the colours, the style sheet and the decorator that makes the axes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from math import ceil
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar, overload

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from numpy.typing import NDArray

Panels: TypeAlias = NDArray[Any]
"""The axes of a figure that has several, in an array of one dimension."""

P = ParamSpec("P")
Drawn_co = TypeVar("Drawn_co", Axes, Panels, covariant=True)

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
least 12 on the pages' dark ground, where figures.css inverts them: tests/book/figures/test_style.py computes it.
"""

NEGATIVE, POSITIVE = BLUE, ORANGE
"""The colours of the two classes, the same in every chapter."""

WRITTEN = {ORANGE: "#A84300", GREEN: "#00724F", PINK: "#A0467A", YELLOW: "#8A5F00", SKY: "#346E8E"}
"""The shades in which words stand beside a line of the palette: letters are thin, and need 4.5 to 1 on white."""

STYLE_SHEET = str(Path(__file__).with_name("book.mplstyle"))


def use() -> None:
    """Switch Matplotlib to the book's style and, in a notebook, to pictures that repeat byte for byte.

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

        # The book shows the SVG. Jupyter shows the PNG in a notebook that it does not trust, where it hides an SVG.
        set_matplotlib_formats("svg", "png", metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]


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
    count: int, axes: Sequence[Axes] | Panels | None = None, *, columns: int = 1, **figure_options: Any
) -> Panels:
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


class Figure(Protocol[P, Drawn_co]):
    """A figure as it is called: with axes to draw on, or without."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Drawn_co: ...
    @overload
    def __call__(self, *args: Any, axes: Sequence[Axes] | Panels | Axes | None, **kwargs: Any) -> Drawn_co: ...


@overload
def figure(
    *, panels: int | Callable[..., int], **options: Any
) -> Callable[[Callable[Concatenate[Panels, P], None]], Figure[P, Panels]]: ...
@overload
def figure(**options: Any) -> Callable[[Callable[Concatenate[Axes, P], None]], Figure[P, Axes]]: ...
def figure(*, panels: Any = None, **options: Any) -> Any:
    """Make a figure of a function that draws on the axes that are its first argument.

    The figure takes the function's other arguments and the optional keyword ``axes``. It draws there, or else on new
    axes in the book's style, and returns them. Words in a colour of the palette get the shade that can be read. Its
    docstring is the function's with two additions: ``axes`` among the parameters, and what is returned.

    Parameters
    ----------
    panels : int or callable, optional
        How many axes the figure has. The function then gets them in an array, even if there is only one; without
        ``panels`` it gets a single Axes.
    **options
        Passed to :func:`new_axes` or :func:`new_panels`, for example ``figsize=(5.6, 3)``.

    Returns
    -------
    callable
        The decorator.

    Raises
    ------
    ValueError
        When the figure is called with another number of axes than it has panels.

    Notes
    -----
    Where the layout depends on what is drawn, ``panels`` or an option is a function of those arguments of the figure
    that it names: ``@figure(panels=lambda curves: len(curves))`` above ``def losses(panels, curves, title)``.

    Examples
    --------
    >>> from bce_book.figures.style import BLUE, figure
    >>> @figure(figsize=(4, 3))
    ... def line(axes, heights):
    ...     axes.plot(heights, color=BLUE)
    >>> axes = line([1, 2, 4])
    >>> line([4, 2, 1], axes=axes) is axes
    True
    """
    several = panels is not None

    def decorator(draw: Callable[..., None]) -> Callable[..., Any]:
        signature = _signature(draw, "Panels" if several else "Axes")

        @wraps(draw)
        def drawn(*args: Any, axes: Any = None, **kwargs: Any) -> Any:
            call = signature.bind(*args, axes=axes, **kwargs)
            call.apply_defaults()
            count = _chosen(panels, call.arguments)
            layout = {name: _chosen(option, call.arguments) for name, option in options.items()}
            where = new_panels(count, axes, **layout) if several else new_axes(axes, **layout)
            draw(where, *args, **kwargs)
            for each in where if isinstance(where, np.ndarray) else [where]:
                _darken_words(each)
            return where

        drawn.__signature__ = signature  # type: ignore[attr-defined]
        drawn.__annotations__ = {name: each.annotation for name, each in signature.parameters.items()}
        drawn.__annotations__["return"] = signature.return_annotation
        drawn.__doc__ = _docstring(draw.__doc__ or "", several)
        return drawn

    return decorator


def _darken_words(axes: Axes) -> None:
    """Write the words on the axes, and in their legend, in the darker shades of their colours."""
    legend = axes.get_legend()
    for text in [*axes.texts, *(legend.get_texts() if legend else [])]:
        text.set_color(WRITTEN.get(to_hex(text.get_color()).upper(), text.get_color()))


def _chosen(option: Any, arguments: Mapping[str, Any]) -> Any:
    """Return an option as it is or, if it is a function, what it makes of the arguments that it names."""
    if not callable(option):
        return option
    return option(**{name: arguments[name] for name in inspect.signature(option).parameters})


def _signature(draw: Callable[..., None], kind: str) -> inspect.Signature:
    """Return the signature of a figure: its function's, but with the axes as an optional keyword at the end."""
    drawing = inspect.signature(draw)
    _, *arguments = drawing.parameters.values()
    axes = inspect.Parameter("axes", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=f"{kind} | None")
    return drawing.replace(parameters=[*arguments, axes], return_annotation=kind)


def _docstring(drawing: str, several: bool) -> str:
    """Return the docstring of a figure: its function's, with the axes among the parameters and what is returned."""
    summary, *sections = re.split(r"\n\n(?=[A-Z][A-Za-z ]*\n-{3,}\n)", inspect.cleandoc(drawing))
    if not sections or not sections[0].startswith("Parameters\n"):
        sections.insert(0, "Parameters\n----------")
    kind = "sequence of matplotlib.axes.Axes" if several else "matplotlib.axes.Axes"
    place = "Where to draw, one for each panel" if several else "Where to draw"
    sections[0] += f"\naxes : {kind}, optional\n    {place}; by default on a new figure."
    returned = "numpy.ndarray of matplotlib.axes.Axes" if several else "matplotlib.axes.Axes"
    sections.insert(1, f"Returns\n-------\n{returned}\n    The axes drawn on.")
    return "\n\n".join([summary, *sections])
