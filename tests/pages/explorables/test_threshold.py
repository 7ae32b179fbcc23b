"""The explorable of the threshold counts as scikit-learn does, over the predictions that the chapter prints."""

from __future__ import annotations

import re
from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from sklearn import metrics

import bce_lib as bce
from places import ROOT, page_of
from rendered import on_explorable
from responding import Explorable

CHAPTER = page_of("logistic_regression")
THRESHOLDS = [0.0, 0.01, 1 / 21, 0.3, 0.5, 0.87, 0.99]
on_page = on_explorable("threshold")


@pytest.fixture
def threshold(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("threshold")


def test_the_predictions_are_those_of_the_chapter() -> None:
    from explorables.threshold import predictions
    from explorables.tumours import split

    y, z = split().y_train, predictions()
    notebook = nbformat.read(ROOT / f"{CHAPTER}.ipynb", as_version=4)
    printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    row = re.search(r"^with logs +: loss (\S+).*missed (\d+).*alarms (\d+)", printed, flags=re.MULTILINE)
    assert row is not None
    (_, alarms), (missed, _) = metrics.confusion_matrix(y, z >= bce.logit(1 / 21))
    assert row.groups() == (f"{bce.binary_cross_entropy_with_logits(y, z):.3f}", str(missed), str(alarms))


@on_page
def test_the_counts_and_shares_are_those_of_scikit_learn(threshold: Explorable) -> None:
    from explorables.threshold import predictions
    from explorables.tumours import split

    y, p = split().y_train, bce.sigmoid(predictions())
    cuts = [*THRESHOLDS, float(np.sort(p)[len(p) // 2])]  # the last one is a prediction itself: it is called
    for cut, found_at in zip(cuts, threshold.computed({"threshold": cut} for cut in cuts), strict=True):
        called = p >= cut
        (cleared, alarms), (missed, found) = metrics.confusion_matrix(y, called)
        assert [found_at[f"malignant.{c}"] for c in ("called", "cleared")] == [found, missed]
        assert [found_at[f"benign.{c}"] for c in ("called", "cleared")] == [alarms, cleared]
        shares = {
            "precision": metrics.precision_score(y, called),
            "recall": metrics.recall_score(y, called),
            "specificity": metrics.recall_score(y, called, pos_label=0),
            "false_alarms": 1 - metrics.recall_score(y, called, pos_label=0),
            "accuracy": metrics.accuracy_score(y, called),
        }
        assert found_at["cost.value"] == alarms + 20 * missed
        for name, share in shares.items():
            assert found_at[f"{name}.value"] == pytest.approx(share, rel=1e-12), (name, cut)


@on_page
def test_the_point_lies_on_the_curve_of_scikit_learn(threshold: Explorable) -> None:
    from explorables.threshold import predictions, roc
    from explorables.tumours import split

    false, true, _ = metrics.roc_curve(split().y_train, predictions(), drop_intermediate=False)
    assert np.array_equal([[corner["false"], corner["true"]] for corner in roc()], np.column_stack([false, true]))
    for cut in (0.1, 0.9):
        threshold.set(threshold=cut)
        point = [threshold.value("false_alarms.value"), threshold.value("recall.value")]
        assert np.abs(np.column_stack([false, true]) - point).sum(axis=1).min() < 1e-12


@on_page
def test_the_line_and_the_point_are_dragged(threshold: Explorable) -> None:
    threshold.drag(0, 60, 0)  # from the logit −3 to the right, past 0
    line = float(threshold.values()["threshold"])
    assert line > 0.5
    before = threshold.value("recall.value")
    threshold.drag(1, 0, -50)
    assert threshold.value("recall.value") < before
    assert float(threshold.values()["threshold"]) > line
    assert threshold.value("false_alarms.value") < 0.05


@on_page
def test_the_shares_are_in_per_cent_with_one_digit(threshold: Explorable) -> None:
    shares = [threshold.text(f"{name}.value") for name in ("precision", "recall", "specificity", "accuracy")]
    assert all(re.fullmatch(r"\d+\.\d%", share) for share in shares)
    assert re.fullmatch(r"\d+", threshold.text("cost.value"))


@on_page
def test_the_precision_of_nobody_is_said_to_be_undefined(threshold: Explorable) -> None:
    assert "undefined" not in threshold.summary()
    threshold.set(threshold=1.0)  # no prediction is that sure
    assert threshold.value("malignant.called") + threshold.value("benign.called") == 0
    assert threshold.text("precision.value") == "undefined"
    assert "Precision is 0 of 0: undefined" in threshold.summary()


def test_every_prediction_is_in_a_bar() -> None:
    from explorables.threshold import bars, predictions
    from explorables.tumours import split

    y, z = split().y_train, predictions()
    assert sum(abs(bar["count"]) for bar in bars()) == len(y)
    for bar in bars():
        inside = (z >= bar["from"]) & (z < bar["to"]) & (y == (bar["class"] == "malignant"))
        assert abs(bar["count"]) == inside.sum()
        assert (bar["count"] > 0) == (bar["class"] == "malignant")
