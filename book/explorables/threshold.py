"""The threshold over the predictions for patients who were held out: who is called malignant, and what it costs."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_curve
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import bce_lib as bce
from explorables.style import BLUE, GREEN, INK, MUTED, NEGATIVE, POSITIVE, named, styled
from explorables.tumours import Array, split

LOGITS = (-20.0, 40.0)
"""The logits drawn: all predictions lie between."""

TOP, BOTTOM = 26, 36
"""How many patients a bar may have upwards and downwards."""

MARKS = {"1/21": 1 / 21, "1/2": 1 / 2}
"""The two thresholds of the chapter."""


def with_logs(features: Array) -> Array:
    """Return the features with the logarithm of each that is a standard error, as the chapter takes it."""
    return np.where(["error" in name for name in split().names], np.log(features + 1e-3), features)


@cache
def predictions() -> Array:
    """Return the logits that the chapter's model gives to the training set's patients while they are held out."""
    parts = split()
    model = make_pipeline(
        FunctionTransformer(with_logs), StandardScaler(), LogisticRegression(C=1.0, solver="newton-cholesky")
    )
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    return np.asarray(cross_val_predict(model, parts.raw_train, parts.y_train, cv=folds, method="decision_function"))


def bars() -> list[dict[str, Any]]:
    """Return how many of each class have a logit in each bin of width 1; benign ones are counted downwards."""
    edges = np.arange(LOGITS[0], LOGITS[1] + 1)
    logits, labels = predictions(), split().y_train
    return [
        {"from": float(start), "to": float(start + 1), "count": int(sign * count), "class": name}
        for label, sign, name in ((0, -1, "benign"), (1, 1, "malignant"))
        for start, count in zip(edges[:-1], np.histogram(logits[labels == label], edges)[0], strict=True)
        if count
    ]


def roc() -> list[dict[str, float]]:
    """Return the corners of the ROC curve."""
    false, true, _ = roc_curve(split().y_train, predictions(), drop_intermediate=False)
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
                scale=alt.Scale(domain=[-BOTTOM, TOP], nice=False),
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
    fixed = []
    for (name, threshold), align, shift in zip(MARKS.items(), ("right", "left"), (-4, 4), strict=True):
        mark = alt.Chart(alt.Data(values=[{"z": float(bce.logit(threshold)), "top": TOP, "name": name}]))
        mark = mark.encode(alt.X("z:Q", scale=z))
        fixed += [
            mark.mark_rule(color=INK, strokeWidth=1.2, strokeDash=[5, 3]),
            mark.mark_text(align=align, baseline="top", dx=shift, color=INK).encode(alt.Y("top:Q"), text="name:N"),
        ]
    cut = alt.Chart(named("cut")).mark_rule(color=GREEN, strokeWidth=3).encode(alt.X("z:Q", scale=z))
    x = alt.X("false:Q", title="false alarms, of the benign", scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    y = alt.Y("true:Q", title="found, of the malignant", scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    chance = (
        alt.Chart(alt.Data(values=[{"false": 0, "true": 0}, {"false": 1, "true": 1}]))
        .mark_line(color=MUTED, strokeDash=[3, 3], strokeWidth=1)
        .encode(x, y)
    )
    curve = alt.Chart(alt.Data(values=roc())).mark_line(color=BLUE).encode(x, y, order="order:Q")
    return {
        "scores": styled(alt.layer(counts, cut, *fixed), title="The predictions, and the threshold", height=226),
        "roc": styled(alt.layer(chance, curve), title="ROC: every threshold, and this one", height=260),
    }


def data() -> dict[str, Any]:
    """Return the labels of the patients, the probabilities predicted, and the logits that are drawn."""
    return {"labels": split().y_train.tolist(), "probabilities": bce.sigmoid(predictions()).tolist(), "logits": LOGITS}
