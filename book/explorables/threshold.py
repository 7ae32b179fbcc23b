"""The threshold over the predictions for the test set: who is called malignant, and what that is worth."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import numpy as np
from sklearn.metrics import roc_curve

import bce_lib as bce
from explorables.style import BLUE, INK, MUTED, NEGATIVE, ORANGE, POSITIVE, named, styled
from explorables.tumours import Array, newton, split

LOGITS = (-20.0, 30.0)
"""The logits drawn: all predictions lie between."""


@cache
def predictions() -> Array:
    """Return the logits that the chapter's model of thirty features gives to the test set."""
    parts = split()
    penalty = np.ones(31)
    penalty[0] = 0
    w = newton(parts.standardised(parts.raw_train), parts.y_train, penalty)
    return np.asarray(parts.standardised(parts.raw_test) @ w)


def bars() -> list[dict[str, Any]]:
    """Return how many of each class have a logit in each bin of width 1; benign ones are counted downwards."""
    edges = np.arange(LOGITS[0], LOGITS[1] + 1)
    logits, labels = predictions(), split().y_test
    return [
        {"from": float(start), "to": float(start + 1), "count": int(sign * count), "class": name}
        for label, sign, name in ((0, -1, "benign"), (1, 1, "malignant"))
        for start, count in zip(edges[:-1], np.histogram(logits[labels == label], edges)[0], strict=True)
        if count
    ]


def roc() -> list[dict[str, float]]:
    """Return the corners of the ROC curve."""
    false, true, _ = roc_curve(split().y_test, predictions(), drop_intermediate=False)
    return [{"false": float(x), "true": float(y), "order": i} for i, (x, y) in enumerate(zip(false, true, strict=True))]


def charts() -> dict[str, Any]:
    """Return the charts: the predictions with the threshold, and the ROC curve with the point reached."""
    z = alt.Scale(domain=list(LOGITS), nice=False)
    counts = (
        alt.Chart(alt.Data(values=bars()))
        .mark_bar(binSpacing=1)
        .encode(
            alt.X("from:Q", title="logit", scale=z),
            alt.X2("to:Q"),
            alt.Y(
                "count:Q",
                title="patients",
                scale=alt.Scale(domain=[-14, 8], nice=False),
                axis=alt.Axis(format="d", labelExpr="abs(datum.value)"),
            ),
            alt.Y2(datum=0),
            alt.Color(
                "class:N",
                scale=alt.Scale(domain=["malignant", "benign"], range=[POSITIVE, NEGATIVE]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
        )
    )
    cut = alt.Chart(named("cut")).mark_rule(color=INK, strokeWidth=2, strokeDash=[5, 3]).encode(alt.X("z:Q", scale=z))
    x = alt.X("false:Q", title="false alarms, of the benign", scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    y = alt.Y("true:Q", title="found, of the malignant", scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    chance = (
        alt.Chart(alt.Data(values=[{"false": 0, "true": 0}, {"false": 1, "true": 1}]))
        .mark_line(color=MUTED, strokeDash=[3, 3], strokeWidth=1)
        .encode(x, y)
    )
    curve = alt.Chart(alt.Data(values=roc())).mark_line(color=BLUE).encode(x, y, order="order:Q")
    here = alt.Chart(named("here")).mark_point(filled=True, size=120, color=ORANGE, opacity=1).encode(x, y)
    return {
        "scores": styled(alt.layer(counts, cut), title="The predictions, and the threshold", height=226),
        "roc": styled(alt.layer(chance, curve, here), title="ROC: every threshold, and this one", height=260),
    }


def data() -> dict[str, Any]:
    """Return the labels of the test set, the probabilities predicted, and the logits that are drawn."""
    return {"labels": split().y_test.tolist(), "probabilities": bce.sigmoid(predictions()).tolist(), "logits": LOGITS}
