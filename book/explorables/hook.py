"""One loss of a logit as three codes compute it in float32, and the slope that each sends back."""

from __future__ import annotations

from typing import Any

import altair as alt

from explorables.style import FONT, GREEN, INK, ORANGE, PINK, named, styled

NAMES = ["logit", "textbook", "clipped"]
COLOURS = [GREEN, ORANGE, PINK]
DASHES = [[1, 0], [7, 3], [2, 3]]
TOP = 46.0
"""The largest loss that is drawn: a rail below it says where a code answers with no number."""


def _panel(title: str, column: str, low: float, high: float) -> Any:
    x = alt.X(
        "z:Q",
        title="logit z: the larger, the surer of label 1",
        scale=alt.Scale(domain=[-40, 40], nice=False),
        axis=alt.Axis(values=[-40, -20, 0, 20, 40]),
    )
    y = alt.Y(f"{column}:Q", title=None, scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(tickCount=5))
    colour = alt.Color("name:N", scale=alt.Scale(domain=NAMES, range=COLOURS), legend=None)
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=NAMES, range=DASHES), legend=None)
    width = alt.StrokeWidth("name:N", scale=alt.Scale(domain=NAMES, range=[4, 2.5, 2.5]), legend=None)
    curves = alt.Chart(named("curves")).mark_line(clip=True).encode(x, y, colour, dash, width)
    here = alt.Chart(named("here")).mark_rule(color=INK, strokeDash=[4, 3]).encode(x)
    points = alt.Chart(named("here")).mark_point(filled=True, size=90, opacity=1, clip=True).encode(x, y, colour)
    rail = alt.Chart(named("rails")).encode(alt.X("from:Q"), alt.Y("height:Q"), alt.X2("to:Q"))
    rails = rail.mark_rule(color=ORANGE, strokeWidth=4)
    word = alt.Chart(named("rails")).encode(alt.X("from:Q"), alt.Y("height:Q"), text="kind:N")
    words = word.mark_text(align="left", dy=-9, color=INK, font=FONT, fontSize=13, fontWeight="bold")
    return styled(alt.layer(curves, here, points, rails, words), title=title, height=200)


def charts() -> dict[str, Any]:
    """Return the charts: the loss of the three codes over the logit, and their slopes."""
    return {"loss": _panel("Loss", "loss", 0, TOP), "slope": _panel("Slope: how hard it pushes", "slope", -1.3, 1.6)}
