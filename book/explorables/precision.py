"""Five ways to compute one loss in float32: their errors over all logits, and their staircases near one."""

from __future__ import annotations

from typing import Any

import altair as alt

from explorables.style import BLUE, FONT, GREEN, INK, MUTED, ORANGE, PINK, named, styled

NAMES = ["textbook", "clipped", "pytorch", "folded", "library"]
COLOURS = [ORANGE, PINK, BLUE, GREEN, INK]
DASHES = [[7, 3], [2, 3], [10, 3, 2, 3], [1, 0], [1, 2]]
COLOUR = alt.Color("name:N", scale=alt.Scale(domain=NAMES, range=COLOURS), legend=None)
HEIGHT, LANE = 280, 20  # pixels: of a chart, and of each line above it that says where a form has nothing to draw
POWERS = "{0: '1', 3: '10³', 6: '10⁶', 9: '≥10⁹'}[round(log(datum.value) / LN10)]"
NOTHING_RIGHT = 2.0**24
"""The error in ulp of a float32 that is off by its own size: 0 in the place of a number has from half of it to all."""


def _panel(title: str, x: alt.X, y: alt.Y, *marks: alt.Chart) -> Any:
    dash = alt.StrokeDash("name:N", scale=alt.Scale(domain=NAMES, range=DASHES), legend=None)
    curves = alt.Chart(named("curves")).mark_line(aria=False, clip=True, strokeWidth=2).encode(x, y, COLOUR, dash)
    lane = alt.Y("lane:Q", axis=None, scale=alt.Scale(domain=[HEIGHT / LANE, -0.8], nice=False, zero=False))
    rails = alt.Chart(named("rails")).encode(lane, COLOUR)
    bars = rails.mark_rule(aria=False, strokeWidth=4, clip=True).encode(alt.X("from:Q"), alt.X2("to:Q"))
    words = alt.Chart(named("rails")).encode(lane, alt.X("middle:Q"), alt.Text("kind:N"))
    words = words.mark_text(aria=False, color=INK, dy=-8, fontWeight="bold", font=FONT, fontSize=11)
    both = alt.layer(alt.layer(*marks, curves), alt.layer(bars, words)).resolve_scale(y="independent")
    return styled(both, title=title, height=HEIGHT)


def charts() -> dict[str, Any]:
    """Return the charts: the errors in ulp over the logit, and returned / right around the logit chosen."""
    wide = alt.X("x:Q", title="logit z", scale=alt.Scale(domain=[-120, 120], nice=False))
    ulp = alt.Y(
        "height:Q",
        title="error in ulp",
        scale=alt.Scale(type="log", domain=[0.06, 5e11], nice=False),
        axis=alt.Axis(values=[1, 1e3, 1e6, 1e9], labelExpr=POWERS),
    )
    dotted = alt.Chart(alt.Data(values=[{"height": NOTHING_RIGHT}]))
    nothing = dotted.mark_rule(aria=False, color=MUTED, strokeDash=[2, 3]).encode(ulp)
    marker = alt.Chart(named("marker")).mark_rule(aria=False, color=INK, strokeDash=[4, 3]).encode(wide)
    points = alt.Chart(named("here")).mark_point(aria=False, filled=True, size=60, opacity=1, clip=True)
    here = points.encode(wide, ulp, COLOUR)
    near = alt.X("x:Q", title="logit, from the one chosen", scale=alt.Scale(domain=[-2, 2], nice=False))
    ratio = alt.Y(
        "height:Q",
        title="returned / right",
        scale=alt.Scale(domain=[-0.1, 2.8], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1, 1.5, 2]),
    )
    middle = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(aria=False, color=INK, strokeDash=[4, 3]).encode(near)
    return {
        "error": _panel("Error, at all logits", wide, ulp, nothing, marker, here),
        "near": _panel("The same, close up", near, ratio, middle),
    }
