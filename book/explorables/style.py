"""The house style of the charts that respond: the palette as CSS variables, so that they follow the page's theme."""

from __future__ import annotations

from typing import Any

import altair as alt

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, INK = (
    f"var(--explorable-{name})" for name in ("blue", "orange", "green", "pink", "yellow", "sky", "ink")
)
"""Okabe and Ito's palette, each colour once for the light and once for the dark theme: see explorables.css."""

MUTED, GRID = "var(--explorable-muted)", "var(--explorable-grid)"
NEGATIVE, POSITIVE = BLUE, ORANGE
"""The colours of the two classes, as in `bce_book.figures.style`."""

FONT = "system-ui, sans-serif"


def named(name: str) -> alt.NamedData:
    """Return a data set that the script fills in as the reader moves a control."""
    return alt.NamedData(name=name)


def styled(chart: Any, *, title: str = "", height: int = 240) -> Any:
    """Return a chart in the house style, as wide as the place that it is given."""
    text = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 12,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    return (
        chart.properties(
            width=300,
            height=height,
            background="transparent",
            autosize={"type": "fit-x", "contains": "padding"},
            title=alt.TitleParams(title, anchor="start", color=INK, font=FONT, fontSize=14, offset=8),
        )
        .configure(aria=False, padding=2)  # the place of the chart has one description; its thousand marks need none
        .configure_axis(gridColor=GRID, domainColor=MUTED, tickColor=MUTED, **text)
        .configure_axisY(minExtent=38)  # so that charts above each other begin at the same place
        .configure_view(stroke=None)
        .configure_legend(**text)
    )
