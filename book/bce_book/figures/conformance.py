"""Figures of the chapter *conformance*: which loss passes which check, and how far the losses are off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bce_book.figures.style import BLUE, ORANGE, figure
from bce_lib.audit import Report, checks

LIGHT = "#b9d7ea"
"""A pale blue: what passes should recede behind what fails."""


@figure(figsize=lambda reports: (5.6, 0.9 + 0.155 * len(reports) + 1.0))
def matrix(axes: Axes, reports: Mapping[Any, Report]) -> None:
    """Draw which loss passes which check: one row per loss, one column per check.

    Parameters
    ----------
    reports : mapping of peer to Report
        What :func:`bce_book.zoo.survey` returned; ``str(peer)`` is the name of a row.

    Examples
    --------
    >>> from bce_lib.audit import audit
    >>> from bce_book.zoo.formulas import max_form
    >>> from bce_book.figures import conformance
    >>> axes = conformance.matrix({"max form": audit(max_form)})
    """
    for status, marker, colour, size in (("pass", "s", LIGHT, 30), ("fail", "X", ORANGE, 34)):
        places = [
            (column, row)
            for row, report in enumerate(reports.values())
            for column, check in enumerate(checks)
            if report[check.name].status == status
        ]
        x, y = np.reshape(places, (-1, 2)).T
        label = {"pass": "passed", "fail": "failed"}[status]
        axes.scatter(x, y, s=size, color=colour, marker=marker, linewidths=0, label=label)
    axes.set(xlim=(-0.7, len(checks) - 0.3), ylim=(len(reports) - 0.3, -0.7))
    axes.set_xticks(range(len(checks)), [check.name for check in checks], rotation=90, fontsize=7)
    axes.set_yticks(range(len(reports)), [str(peer) for peer in reports], fontsize=7)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=8, borderaxespad=0.2)


@figure(figsize=lambda reports: (5.6, 0.9 + 0.17 * len(reports)))
def errors(axes: Axes, reports: Mapping[Any, Report], dtypes: Sequence[str] = ("float32",)) -> None:
    """Draw the largest errors of the loss and of the gradient with labels 0 and 1, one row per loss.

    An infinite error stands at the right edge.

    Parameters
    ----------
    reports : mapping of peer to Report
        What :func:`bce_book.zoo.survey` returned.
    dtypes : sequence of str
        Of ``"float32"`` and ``"float64"``; the first is filled.

    Examples
    --------
    >>> from bce_lib.audit import audit
    >>> from bce_book.zoo.formulas import max_form
    >>> from bce_book.figures import conformance
    >>> axes = conformance.errors({"max form": audit(max_form)})
    """
    right = 1e20
    for quantity, colour, shift in (("loss-hard", BLUE, -0.15), ("gradient", ORANGE, 0.15)):
        for number, dtype in enumerate(dtypes):
            found = [(row, report[f"{quantity}-{dtype}"]) for row, report in enumerate(reports.values())]
            known = [(row, f) for row, f in found if f.status != "not applicable" and f.measured]
            values = [right if f.value is None else min(max(f.value, 0.3), right) for _, f in known]
            axes.plot(
                values,
                [row + shift for row, _ in known],
                "o",
                markersize=4,
                color=colour,
                clip_on=False,
                fillstyle="none" if number else "full",
                label=f"{quantity.removesuffix('-hard')}, {dtype}",
            )
    axes.axvspan(0.2, 10, color="0.93", zorder=0)
    axes.set(xscale="log", xlim=(0.2, right), ylim=(len(reports) - 0.4, -0.6))
    axes.set_xlabel("largest error in ulp, hard labels (grey: passes)", fontsize=8)
    axes.set_yticks(range(len(reports)), [str(peer) for peer in reports], fontsize=7)
    axes.tick_params(axis="x", labelsize=8)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, fontsize=8, borderaxespad=0.2)
