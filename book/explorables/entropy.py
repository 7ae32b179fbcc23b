"""Entropy, cross-entropy and divergence as areas, and the cross-entropy over the belief."""

from __future__ import annotations

from typing import Any

import altair as alt

from explorables.style import BLUE, GREEN, INK, ORANGE, named, styled

TOP = 3.0
"""Where a rectangle is cut off: a number says how high it goes."""


def charts() -> dict[str, Any]:
    """Return the charts: probability times surprise as areas, and the cross-entropy over the belief."""
    return {"areas": _areas(), "curve": _curve()}


def data() -> dict[str, float]:
    """Return what the script needs to know of the charts."""
    return {"top": TOP}


def _areas() -> Any:
    x = alt.X("left:Q", title="probability: p | 1 − p", scale=alt.Scale(domain=[0, 1], nice=False))
    scale = alt.Scale(domain=[0, 1.12 * TOP], nice=False)
    y = alt.Y("low:Q", title=None, scale=scale, axis=alt.Axis(values=[0, 1, 2, 3]))
    rectangles = []
    for kind, look in {
        "shared": {"fill": BLUE, "fillOpacity": 0.35},
        "more": {"fill": ORANGE, "fillOpacity": 0.6},
        "less": {"fill": GREEN, "fillOpacity": 0.12, "stroke": GREEN, "strokeDash": [5, 3], "strokeWidth": 2},
    }.items():
        rectangles.append(alt.Chart(named(kind)).mark_rect(**look).encode(x, y, alt.X2("right:Q"), alt.Y2("high:Q")))
    believed = alt.Chart(named("believed")).mark_rule(color=INK, strokeWidth=2.5).encode(x, y, alt.X2("right:Q"))
    signs = alt.Chart(named("signs")).mark_text(color=INK, fontSize=13, fontWeight="bold").encode(x, y, text="text:N")
    heads = [
        alt.Chart(named("heads"))
        .mark_text(color=INK, fontSize=12, align=align, dx=dx)
        .encode(x=alt.datum(at), y=alt.YDatum(1.06 * TOP), text=alt.datum(words))
        for align, dx, at, words in (("left", 4, 0, "it happens"), ("right", -4, 1, "it does not"))
    ]
    return styled(alt.layer(*rectangles, believed, signs, *heads), title="Surprise times probability")


def _curve() -> Any:
    x = alt.X("q:Q", title="belief q", scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("h:Q", title=None, scale=alt.Scale(domain=[0, TOP], nice=False))
    curve = alt.Chart(named("curve")).mark_line(color=INK, clip=True).encode(x, y)
    floor = alt.Chart(named("floor")).mark_rule(color=BLUE, strokeDash=[6, 4], strokeWidth=2).encode(y)
    gap = alt.Chart(named("gap")).mark_rule(color=ORANGE, strokeWidth=5, clip=True).encode(x, y, alt.Y2("to:Q"))
    dot = {"filled": True, "size": 110, "opacity": 1}
    least = alt.Chart(named("least")).mark_point(**dot, shape="diamond", color=BLUE).encode(x, y)
    return styled(alt.layer(floor, gap, curve, least), title="Cross-entropy over the belief")
