"""Four losses of one logit, and their slopes."""

from __future__ import annotations

from typing import Any

import altair as alt

from explorables.style import BLUE, GREEN, INK, ORANGE, PINK, named, styled

NAMES = ["bce", "squared", "hinge", "focal"]
COLOURS = [BLUE, ORANGE, GREEN, PINK]
DASHES = [[1, 0], [7, 3], [2, 3], [10, 3, 2, 3]]


def _panel(title: str, column: str, low: float, high: float) -> Any:
    x = alt.X("z:Q", title="logit z", scale=alt.Scale(domain=[-6, 6], nice=False))
    y = alt.Y(f"{column}:Q", title=None, scale=alt.Scale(domain=[low, high], nice=False))
    colour = alt.Color("name:N", scale=alt.Scale(domain=NAMES, range=COLOURS), legend=None)
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=NAMES, range=DASHES), legend=None)
    curves = alt.Chart(named("curves")).mark_line(clip=True).encode(x, y, colour, dash)
    here = alt.Chart(named("here")).mark_rule(color=INK, strokeDash=[4, 3]).encode(x)
    points = alt.Chart(named("here")).mark_point(filled=True, size=90, opacity=1, clip=True).encode(x, y, colour)
    return styled(alt.layer(curves, here, points), title=title)


def charts() -> dict[str, Any]:
    """Return the charts: the losses over the logit, and their slopes."""
    return {"loss": _panel("Loss", "loss", 0, 6.5), "slope": _panel("Slope", "slope", -1.6, 1.6)}
