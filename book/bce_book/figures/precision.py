"""Figures of the chapter *precision*: how finely numbers are spaced, and how far formulas of one loss are off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.logits import error_panels, name_lines
from bce_book.figures.style import BLACK, BLUE, GREEN, ORANGE, PINK, Panels, figure
from bce_lib import sigmoid


@figure()
def resolution(axes: Axes) -> None:
    """Draw how far the next float32 number is, in logits, from a logit kept as itself or as a probability.

    Examples
    --------
    >>> from bce_book.figures import precision
    >>> axes = precision.resolution()
    """
    z = np.linspace(-104, 104, 1665) + 1 / 16
    prob = sigmoid(z)
    rounded = prob.astype(np.float32)
    # Below 1 the spacing is half of that above it, which is what np.spacing would say at 1 itself.
    gap = np.where(rounded < 1, np.spacing(rounded), np.float32(2.0**-24)).astype(np.float64)
    as_probability = gap / (prob * sigmoid(-z))
    seen = as_probability < 1
    axes.plot(z[seen], as_probability[seen], color=ORANGE, label="kept as the probability σ(z)")
    axes.plot(z, np.spacing(np.abs(z).astype(np.float32)), color=GREEN, label="kept as the logit z")
    axes.annotate("beyond, only\n1 is left", (17, 1e-2), (8, 0), textcoords="offset points", va="center")
    axes.annotate("σ(z) is\nsubnormal", (-87, 1e-2), (12, 0), textcoords="offset points", va="center")
    axes.annotate("kept as the\nprobability σ(z)", (-45, 4e-8), ha="center", va="top", color=ORANGE, weight="bold")
    axes.annotate("kept as the\nlogit z", (60, 1.5e-6), ha="center", va="top", color=GREEN, weight="bold")
    axes.set(
        xlabel="logit z",
        ylabel="distance to the next float32,\nin logits",
        yscale="log",
        xlim=(-110, 110),
        ylim=(1e-9, 3),
    )


def _by_label(errors: Mapping[str, Mapping[Any, ArrayLike]]) -> dict[str, dict[str, ArrayLike]]:
    """Return errors given by formula and then by label as errors by the name of the label and then by formula."""
    by_label: dict[str, dict[str, ArrayLike]] = {}
    for name, found in errors.items():
        for label, values in found.items():
            by_label.setdefault(f"label {label:g}", {})[name] = values
    return by_label


@figure(panels=lambda errors: len(_by_label(errors)), figsize=(5.6, 6.4), sharex=True, sharey=True)
def forms(panels: Panels, errors: Mapping[str, Mapping[Any, ArrayLike]], z: ArrayLike) -> None:
    """Draw the errors of up to five formulas over the logit together, one panel per label.

    Parameters
    ----------
    errors : mapping from str to mapping to array_like
        By the name of a formula and then by the label, the errors in ulp, as for
        :func:`bce_book.figures.logits.error_panels`.
    z : array_like
        The logits where they were measured.

    Examples
    --------
    >>> from bce_book.figures import precision
    >>> errors = {"a": {1: [0.5, 0.5], 0: [2.0, 0.5]}, "b": {1: [1.0, 0.5], 0: [9.0, 0.5]}}
    >>> [panel.get_title(loc="left") for panel in precision.forms(errors, [-1.0, 1.0])]
    ['label 1', 'label 0']
    """
    lines = (
        (ORANGE, (0, (3.5, 1.5))),
        (PINK, (0, (1, 1.5))),
        (BLUE, (0, (5, 1.5, 1, 1.5))),
        (GREEN, "-"),
        (BLACK, ":"),
    )
    looks = {
        name: {"label": name, "color": colour, "linestyle": dash}
        for name, (colour, dash) in zip(errors, lines, strict=False)
    }
    error_panels(_by_label(errors), z, looks=looks, axes=panels)
    for panel in panels:
        panel.set_ylabel("error in ulp")
    panels[-1].set_xlabel("logit z")
    name_lines(panels, errors, looks)


@figure()
def stairs(axes: Axes, computed: Mapping[str, ArrayLike], margin: ArrayLike) -> None:
    """Draw what formulas return in a tail as multiples of the right answer, log1p(exp(−margin)).

    Parameters
    ----------
    computed : mapping from str to array_like
        By the name of a formula, its losses of predictions of label 0 that are right by these margins.
    margin : array_like
        The margins m > 0, rising.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_book.figures import precision
    >>> axes = precision.stairs({"exp": np.exp([-8.0, -9.0])}, [8.0, 9.0])
    """
    m = np.asarray(margin, dtype=np.float64)
    right = np.log1p(np.exp(-m))
    axes.axhline(1, color=GREEN)
    axes.annotate("right", (m[0], 1), (2, 5), textcoords="offset points", color=GREEN)
    for (name, values), colour in zip(computed.items(), (BLUE, ORANGE, PINK, BLACK), strict=False):
        axes.plot(m, np.asarray(values, dtype=np.float64) / right, color=colour, linewidth=1.5, label=name)
    axes.set(
        xlabel="margin m: the logit is −m, the label 0",
        ylabel="returned / right",
        xlim=(m[0], m[-1]),
        ylim=(-0.05, 2.6),
    )
    axes.legend(loc="upper left")
