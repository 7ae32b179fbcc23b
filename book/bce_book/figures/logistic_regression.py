"""Figures of the chapter *logistic_regression*: the patients, how well they are predicted, and the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from bce_book.figures.style import BLACK, BLUE, GREEN, NEGATIVE, ORANGE, POSITIVE, Panels, figure
from bce_lib import logit

_MUTED = "#8a8a8a"


@figure(figsize=(5.6, 3.8))
def patients(
    axes: Axes,
    features: ArrayLike,
    y_true: ArrayLike,
    names: Sequence[str],
    marked: Mapping[str, tuple[float, float]] | None = None,
) -> None:
    """Draw examples over two features, and a ring with a name around those that are marked.

    Parameters
    ----------
    features : array_like of float
        Of shape (n, 2), in their own units.
    y_true : array_like of {0, 1}
        The labels.
    names : sequence of two str
        What the features are called.
    marked : mapping of str to (float, float), optional
        By what is written beside it, the place of an example that gets a ring.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.patients([[0, 0], [1, 2]], [0, 1], ["a", "b"], {"one": (1, 2)})
    """
    points, labels = np.asarray(features, dtype=float), np.asarray(y_true)
    for label, color, marker, name in ((0, NEGATIVE, "o", "benign"), (1, POSITIVE, "^", "malignant")):
        axes.plot(
            *points[labels == label].T,
            marker,
            color=color,
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=name,
        )
    leftmost = min((x for x, _ in (marked or {}).values()), default=0.0)
    for words, (x, y) in (marked or {}).items():
        place, align = ((-11, 9), "right") if x == leftmost else ((11, 9), "left")
        axes.plot(x, y, "o", markersize=14, markerfacecolor="none", markeredgecolor=BLACK, markeredgewidth=1.6)
        axes.annotate(
            words,
            (x, y),
            place,
            textcoords="offset points",
            ha=align,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.legend(loc="upper right", frameon=True, framealpha=0.9)
    _steady(axes)


@figure()
def strengths(axes: Axes, strengths: ArrayLike, train: ArrayLike, held_out: ArrayLike) -> None:
    """Draw the loss on data that were trained on and on data that were not, over the strength C of the penalty.

    Parameters
    ----------
    strengths : array_like of float
        The values of C.
    train, held_out : array_like of float
        Of shape (values of C, repeats): the mean loss of each repeat of the cross-validation.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.strengths([0.1, 1], [[0.1, 0.1], [0.05, 0.05]], [[0.12, 0.1], [0.09, 0.08]])
    """
    c = np.asarray(strengths, dtype=float)
    for values, color, marker, name, below in (
        (train, BLUE, "o", "trained on", -34),
        (held_out, ORANGE, "s", "held out", 12),
    ):
        repeats = np.asarray(values, dtype=float)
        axes.loglog(c, repeats, color=color, linewidth=0.8, alpha=0.5)
        axes.loglog(c, repeats.mean(axis=1), marker, linestyle="-", color=color, markersize=5, label=name)
        axes.annotate(
            name,
            (c[-1], repeats[-1].mean()),
            (4, below),
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=color,
        )
    axes.set_xticks(c, [f"{value:g}" for value in c])
    axes.set_xticks([], minor=True)
    _plain_ticks(axes, [0.01, 0.02, 0.05, 0.1, 0.2])
    axes.set(xlabel="C: a large C is a weak penalty", ylabel="loss in nats", ylim=(0.01, 0.35))
    _steady(axes)


@figure(panels=2, columns=2, figsize=(6.2, 3.3))
def curves(panels: Panels, y_true: ArrayLike, models: Mapping[str, ArrayLike], threshold: float) -> None:
    """Draw the ROC curve and the precision-recall curve of models, and where a threshold lies on each.

    Parameters
    ----------
    y_true : array_like of {0, 1}
        The labels.
    models : mapping of str to array_like of float
        The probabilities that each model predicts.
    threshold : float
        The probability that is marked on the curves.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> panels = logistic_regression.curves([0, 1, 0, 1], {"model": [0.1, 0.4, 0.6, 0.9]}, 0.5)
    """
    labels = np.asarray(y_true)
    for (name, predicted), color, line in zip(models.items(), (BLUE, ORANGE, GREEN), ("-", "--", ":"), strict=False):
        p = np.asarray(predicted, dtype=float)
        cuts = np.unique([*p, threshold])[::-1]
        found = np.array([np.mean(p[labels == 1] >= cut) for cut in cuts])
        alarms = np.array([np.mean(p[labels == 0] >= cut) for cut in cuts])
        called = np.array([np.sum(p >= cut) for cut in cuts])
        right = np.divide(found * np.sum(labels == 1), called, out=np.ones(len(cuts)), where=called > 0)
        here = int(np.flatnonzero(cuts == threshold)[0])
        panels[0].plot([0, *alarms, 1], [0, *found, 1], line, color=color, label=name)
        panels[1].plot(found, right, line, color=color, label=name)
        for panel, x, y in ((panels[0], alarms, found), (panels[1], found, right)):
            panel.plot(x[here], y[here], "o", color=color, markersize=8, markeredgecolor="white")
    panels[0].plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (2, 2)))
    panels[1].axhline(labels.mean(), color=_MUTED, linewidth=1, linestyle=(0, (2, 2)))
    panels[0].set(title="ROC", xlabel="false alarms, of the benign", ylabel="found, of the malignant")
    panels[1].set(
        title="Precision and recall", xlabel="found, of the malignant (recall)", ylabel="malignant, of the called"
    )
    for panel in panels:
        panel.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.05), aspect="equal")
    panels[0].legend(loc="lower right")


@figure(figsize=(5.0, 4.0))
def reliability(axes: Axes, predicted: ArrayLike, happened: ArrayLike, intervals: ArrayLike, counts: ArrayLike) -> None:
    """Draw how often the event happened among examples that were given about the same probability.

    Parameters
    ----------
    predicted, happened : array_like of float
        For each group, its mean prediction and the share of label 1 in it.
    intervals : array_like of float
        Of shape (groups, 2): an interval for each share.
    counts : array_like of int
        How many examples are in each group.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.reliability([0.1, 0.8], [0.0, 0.9], [[0.0, 0.2], [0.7, 1.0]], [20, 10])
    """
    p, share, ends = (np.asarray(values, dtype=float) for values in (predicted, happened, intervals))
    axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (2, 2)))
    axes.vlines(p, ends[:, 0], ends[:, 1], color=BLUE, linewidth=1.6)
    axes.plot(p, share, "o", color=BLUE, markersize=7, markeredgecolor="white")
    for x, y, count in zip(p, share, np.asarray(counts), strict=True):
        axes.annotate(f"{count}", (x, y), (7, -3 if y < 0.95 else -11), textcoords="offset points", fontsize=9)
    axes.set(
        xlabel="mean predicted probability",
        ylabel="share that was malignant",
        xlim=(-0.03, 1.06),
        ylim=(-0.04, 1.04),
        aspect="equal",
    )


@figure(figsize=(5.8, 3.4))
def scores(axes: Axes, y_true: ArrayLike, logits: ArrayLike, thresholds: Mapping[str, float]) -> None:
    """Draw how many examples have which logit, label 1 upwards and label 0 downwards, and where thresholds cut.

    Parameters
    ----------
    y_true : array_like of {0, 1}
        The labels.
    logits : array_like of float
        The logits predicted.
    thresholds : mapping of str to float
        Probabilities from which on a prediction counts as class 1, by what is written beside them.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.scores([1, 1, 0], [2.0, -0.5, -1.0], {"p = 1/2": 0.5})
    """
    labels, z = np.asarray(y_true), np.asarray(logits, dtype=float)
    edges = np.arange(np.floor(z.min()), np.ceil(z.max()) + 1)
    highest = 1
    for label, sign, color, name in ((1, 1, POSITIVE, "malignant"), (0, -1, NEGATIVE, "benign")):
        counts, _ = np.histogram(z[labels == label], edges)
        axes.bar(edges[:-1], sign * counts, width=0.9, align="edge", color=color, label=name)
        highest = max(highest, int(counts.max(initial=0)))
    axes.axhline(0, color=BLACK, linewidth=1)
    order = sorted(thresholds, key=thresholds.__getitem__)
    for rank, words in enumerate(order):
        place = float(logit(thresholds[words]))
        shift, align = ((5, -2), "left") if rank == len(order) - 1 else ((-5, -2), "right")
        axes.axvline(place, color=BLACK, linestyle="--", linewidth=1.3)
        axes.annotate(words, (place, highest * 1.25), shift, textcoords="offset points", ha=align, va="top")
    axes.annotate("malignant", (edges[-1], highest * 0.7), ha="right", color=POSITIVE)
    axes.annotate("benign", (edges[0], -highest * 1.1), color=NEGATIVE)
    axes.yaxis.set_major_formatter(lambda height, _: f"{abs(height):.0f}")
    axes.set(xlabel="logit", ylabel="patients", ylim=(-highest * 1.25, highest * 1.25))
    _steady(axes)


@figure(figsize=(5.8, 6.2))
def weights(axes: Axes, weights: Mapping[str, float], intervals: Mapping[str, tuple[float, float]]) -> None:
    """Draw the weights of a model, the largest first, each with an interval.

    Parameters
    ----------
    weights : mapping of str to float
        By the names of the features.
    intervals : mapping of str to (float, float)
        The ends of an interval for each of them. A weight whose interval holds 0 is drawn hollow.

    Examples
    --------
    >>> from bce_book.figures import logistic_regression
    >>> axes = logistic_regression.weights({"a": 1.0, "b": -0.2}, {"a": (0.5, 1.4), "b": (-0.6, 0.1)})
    """
    names = sorted(weights, key=lambda name: abs(weights[name]))
    for row, name in enumerate(names):
        low, high = intervals[name]
        color = POSITIVE if weights[name] > 0 else NEGATIVE
        axes.hlines(row, low, high, color=color, linewidth=1.5)
        face = "white" if low <= 0 <= high else color
        axes.plot(weights[name], row, "o", markersize=6, markeredgecolor=color, markerfacecolor=face)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="weight per standard deviation of the feature", ylim=(-0.7, len(names) - 0.3))
    axes.grid(visible=False, axis="y")
    _steady(axes)


def _plain_ticks(axes: Axes, heights: Sequence[float]) -> None:
    """Mark these heights on a logarithmic axis, and no others, as decimal numbers."""
    axes.set_yticks(heights, [f"{height:g}" for height in heights])
    axes.set_yticks([], minor=True)


def _steady(axes: Axes) -> None:
    """Round the limits to three digits: the layout, and so the bytes of the picture, depend on their last bits."""
    limits = [f"{value:.2e}" for value in (*axes.get_xlim(), *axes.get_ylim())]
    left, right, bottom, top = map(float, limits)
    axes.set(xlim=(left, right), ylim=(bottom, top))
