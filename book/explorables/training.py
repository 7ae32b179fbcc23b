"""Gradient descent on two features of the tumours: the loss over the two weights, and the patients over the features.

The intercept is held where the best model of the two features has it, so that the lowest point of the surface is that
model. Scaled or raw, the features count from their means: then the two problems differ in nothing but the units.
Weights are counted in units of the scaled features on both charts, whichever features the descent walks on. The two
walks of the chapter's figure are there from the beginning, and the reader's own beside them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import numpy as np
from contourpy import contour_generator

import bce_lib as bce
from explorables.style import BLUE, GREEN, INK, MUTED, NEGATIVE, ORANGE, PINK, POSITIVE, named, styled
from explorables.tumours import PAIR, Array, newton, split

FROM, TO = (-2.0, -2.0), (14.0, 6.0)
"""The part of the surface that is drawn: weight of the area, weight of the smoothness."""

AREA, SMOOTHNESS = (100.0, 4400.0), (0.06, 0.24)
"""The part of the patients' plane that is drawn."""

STEPS = 40
"""How many steps the walks of the figure have."""

LEVELS = (0.126, 0.13, 0.137, 0.15, 0.17, 0.2, 0.25, 0.32, 0.42, 0.55, 0.7, 0.9, 1.2, 1.6, 2.1)


@cache
def problem() -> tuple[Array, Array, Array]:
    """Return the two scaled features of the training set, its labels, and the best intercept and weights."""
    parts = split()
    columns = [1 + parts.names.index(name) for name in PAIR]
    scaled = parts.standardised(parts.raw_train)
    best = newton(scaled[:, [0, *columns]], parts.y_train, np.zeros(3))
    return scaled[:, columns], parts.y_train, best


def loss(a: float, b: float) -> float:
    """Return the mean loss of the training set at two weights."""
    features, labels, best = problem()
    return float(bce.binary_cross_entropy_with_logits(labels, best[0] + features @ np.array([a, b])))


def scalings() -> dict[str, Array]:
    """Return what each kind of features has for a unit, counted in those of the scaled features."""
    parts = split()
    return {"scaled": np.ones(2), "raw": parts.spread[[parts.names.index(name) for name in PAIR]]}


def steepest(units: Array) -> float:
    """Return L, the most that the loss can curve over features in these units."""
    features, labels, _ = problem()
    return float(np.linalg.norm(features * units, ord=2) ** 2 / (4 * len(labels)))


def walk(units: Array) -> Array:
    """Return the weights after each step of 1/L on features in these units, counted in those of the scaled features."""
    features, labels, best = problem()
    own, weights, path = features * units, np.zeros(2), [np.zeros(2)]
    for _ in range(STEPS):
        errors = bce.binary_cross_entropy_gradient(labels, best[0] + own @ weights, reduction="none")
        weights = weights - own.T @ errors / len(labels) / steepest(units)
        path.append(weights * units)
    return np.array(path)


def walks() -> dict[str, Array]:
    """Return the two walks of the chapter's figure."""
    return {name: walk(units) for name, units in scalings().items()}


def contours() -> list[dict[str, float]]:
    """Return the lines of equal loss, cut into runs, rounded to what a screen shows."""
    across, up = np.linspace(FROM[0], TO[0], 81), np.linspace(FROM[1], TO[1], 61)
    heights = np.array([[loss(a, b) for a in across] for b in up])
    generator = contour_generator(across, up, heights)
    runs = [(level, run) for level in LEVELS for run in generator.lines(level)]
    return [
        {"a": round(float(a), 3), "b": round(float(b), 3), "run": number, "corner": corner}
        for number, (_, run) in enumerate(runs)
        for corner, (a, b) in enumerate(run)
    ]


def patients() -> list[dict[str, Any]]:
    """Return the training set's patients with their two raw features."""
    parts = split()
    area, smoothness = (parts.raw_train[:, parts.names.index(name)] for name in PAIR)
    return [
        {"area": float(x), "smoothness": float(s), "class": ("benign", "malignant")[y]}
        for x, s, y in zip(area, smoothness, parts.y_train, strict=True)
    ]


def charts() -> dict[str, Any]:
    """Return the charts: the loss over the weights, the patients over the features."""
    a = alt.X("a:Q", title=f"weight of {PAIR[0]}", scale=alt.Scale(domain=[FROM[0], TO[0]], nice=False))
    b = alt.Y("b:Q", title=f"weight of {PAIR[1]}", scale=alt.Scale(domain=[FROM[1], TO[1]], nice=False))
    lines = (
        alt.Chart(alt.Data(values=contours()))
        .mark_line(strokeWidth=1, color=MUTED, opacity=0.7)
        .encode(a, b, detail="run:N", order="corner:Q")
    )
    fixed = []
    for (name, path), color in zip(walks().items(), (BLUE, ORANGE), strict=True):
        rows = [{"a": round(float(x), 4), "b": round(float(y), 4), "step": k} for k, (x, y) in enumerate(path)]
        drawn = alt.Chart(alt.Data(values=rows)).encode(a, b)
        middle = alt.Chart(alt.Data(values=[rows[STEPS // 2] | {"name": name}])).encode(a, b, text="name:N")
        fixed += [
            drawn.mark_line(color=color, strokeWidth=1.5).encode(order="step:Q"),
            drawn.mark_point(filled=True, color=color, size=16, opacity=1),
            middle.mark_text(color=INK, dy=-11),
        ]
    own = alt.Chart(named("walk")).mark_line(clip=True, color=PINK, strokeWidth=1.5).encode(a, b, order="step:Q")
    steps = alt.Chart(named("dots")).mark_point(clip=True, filled=True, color=PINK, size=18, opacity=1).encode(a, b)
    here = alt.Chart(named("here")).mark_point(clip=True, filled=True, color=PINK, size=110, opacity=1).encode(a, b)
    cross = {"shape": "cross", "filled": True, "size": 110, "opacity": 1}
    bottom = alt.Chart(named("bottom")).mark_point(color=GREEN, clip=True, **cross).encode(a, b)
    thousands = alt.Axis(values=[1000, 2000, 3000, 4000])
    area = alt.X("area:Q", title=PAIR[0], scale=alt.Scale(domain=list(AREA), nice=False), axis=thousands)
    smoothness = alt.Y("smoothness:Q", title=PAIR[1], scale=alt.Scale(domain=list(SMOOTHNESS), nice=False))
    classes = ["benign", "malignant"]
    dots = (
        alt.Chart(alt.Data(values=patients()))
        .mark_point(filled=True, size=26, opacity=0.75)
        .encode(
            area,
            smoothness,
            alt.Color(
                "class:N",
                scale=alt.Scale(domain=classes, range=[NEGATIVE, POSITIVE]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            alt.Shape("class:N", scale=alt.Scale(domain=classes, range=["circle", "triangle-up"])),
        )
    )
    line = alt.Chart(named("boundary")).mark_line(clip=True, color=INK, strokeWidth=2).encode(area, smoothness)
    return {
        "surface": styled(
            alt.layer(lines, *fixed, own, steps, bottom, here), title="The loss over the weights", height=270
        ),
        "boundary": styled(alt.layer(dots, line), title="The patients, and p = 1/2", height=236),
    }


def data() -> dict[str, Any]:
    """Return the patients and the scale of their features, the intercept and the best weights."""
    parts = split()
    chosen = [parts.names.index(name) for name in PAIR]
    _, labels, best = problem()
    return {
        "raw": parts.raw_train[:, chosen].tolist(),
        "labels": labels.tolist(),
        "mean": parts.mean[chosen].tolist(),
        "spread": parts.spread[chosen].tolist(),
        "best": best.tolist(),
        "steepest": {name: steepest(units) for name, units in scalings().items()},
        "from": FROM,
        "to": TO,
        "area": AREA,
        "smoothness": SMOOTHNESS,
    }
