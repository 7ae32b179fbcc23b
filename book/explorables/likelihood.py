"""A logistic curve over the five patients: the likelihood of each label, and the loss over the curve's slope."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from sklearn.linear_model import LogisticRegression

from explorables.style import INK, MUTED, NEGATIVE, POSITIVE, named, styled

DIAMETERS = [3.0, 1.0, 2.5, 1.5, 2.0]
LABELS = [1, 0, 1, 1, 0]
"""The patients of the chapter. Their classes overlap, or ever steeper curves would be ever better."""

TOP = 2.5
"""The largest loss that is drawn."""


def charts() -> dict[str, Any]:
    """Return the charts: the curve with a bar for each likelihood, and the loss over the slope."""
    return {"curve": _curve(), "loss": _loss()}


def data() -> dict[str, Any]:
    """Return the patients, and the curve that makes their labels most likely, found by scikit-learn."""
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14).fit(np.c_[DIAMETERS], LABELS)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return {
        "diameters": DIAMETERS,
        "labels": LABELS,
        "best": {"slope": slope, "midpoint": -intercept / slope},
        "top": TOP,
    }


def _curve() -> Any:
    x = alt.X("x:Q", title="diameter in cm", scale=alt.Scale(domain=[0.5, 3.5], nice=False))
    up = alt.Scale(domain=[-0.16, 1.16], nice=False)
    axis = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    colour = alt.Color("y:N", scale=alt.Scale(domain=[0, 1], range=[NEGATIVE, POSITIVE]), legend=None)
    shape = alt.Shape("y:N", scale=alt.Scale(domain=[0, 1], range=["circle", "square"]), legend=None)
    patients = alt.Chart(named("patients"))
    curve = alt.Chart(named("curve")).mark_line(color=INK).encode(x, alt.Y("p:Q", title=None, scale=up, axis=axis))
    bars = patients.mark_rule(strokeWidth=6, opacity=0.55).encode(x, alt.Y("other:Q", scale=up), alt.Y2("p:Q"), colour)
    points = patients.mark_point(filled=True, size=80, opacity=1).encode(x, alt.Y("y:Q", scale=up), colour, shape)
    numbers = patients.mark_text(fontSize=12, color=INK).encode(x, alt.Y("beside:Q", scale=up), alt.Text("name:N"))
    return styled(alt.layer(bars, curve, points, numbers), title="Probability of label 1")


def _loss() -> Any:
    x = alt.X("slope:Q", title="slope, the midpoint as chosen", scale=alt.Scale(domain=[-2, 6], nice=False))
    y = alt.Y("loss:Q", title=None, scale=alt.Scale(domain=[0, TOP], nice=False))
    curve = alt.Chart(named("valley")).mark_line(color=INK, clip=True).encode(x, y)
    least = alt.Chart(named("least")).mark_rule(color=MUTED, strokeDash=[5, 4]).encode(y)
    words = (
        alt.Chart(named("least"))
        .mark_text(color=INK, align="right", dy=12, dx=-2, fontSize=12)
        .encode(y, x=alt.datum(6), text=alt.datum("least of all curves"))
    )
    return styled(alt.layer(least, words, curve), title="Loss: the mean surprise, in nats")
