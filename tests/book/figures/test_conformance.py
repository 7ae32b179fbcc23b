"""What the figures of the chapter *conformance* draw."""

from __future__ import annotations

import numpy as np
import pytest

from bce_book.figures import conformance
from bce_book.zoo.formulas import logaddexp_form, max_form
from bce_lib.audit import Report, audit, checks


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {"max": audit(max_form), "logaddexp": audit(logaddexp_form)}


def test_the_matrix_has_a_mark_for_each_check_that_applies(reports):
    axes = conformance.matrix(reports)
    marks = {collection.get_label(): collection.get_offsets().data for collection in axes.collections}
    for status, label in (("pass", "passed"), ("fail", "failed")):
        expected = {
            (column, row)
            for row, report in enumerate(reports.values())
            for column, check in enumerate(checks)
            if report[check.name].status == status
        }
        assert {tuple(place) for place in marks[label]} == expected
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["max", "logaddexp"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [check.name for check in checks]


def test_the_errors_stand_at_their_values_and_those_of_one_loss_in_one_row(reports):
    axes = conformance.errors(reports, ("float32", "float64"))
    lines = {line.get_label(): line for line in axes.lines}
    assert set(lines) == {f"{what}, {dtype}" for what in ("loss", "gradient") for dtype in ("float32", "float64")}
    found = lines["loss, float32"].get_xdata()
    assert found == pytest.approx([report["loss-hard-float32"].value for report in reports.values()])
    assert np.round(lines["loss, float32"].get_ydata()).tolist() == [0, 1]
    assert len(lines["gradient, float32"].get_xdata()) == 0  # NumPy does not differentiate
    assert axes.get_xscale() == "log"


def test_an_infinite_error_stands_at_the_edge(reports):
    hopeless = audit(lambda y, z: np.where(z > 5, np.inf, max_form(y, z)).astype(z.dtype))
    axes = conformance.errors({"hopeless": hopeless})
    assert axes.lines[0].get_xdata() == [axes.get_xlim()[1]]


def test_axes_that_are_given_are_drawn_on(reports):
    axes = conformance.matrix(reports)
    assert conformance.errors(reports, axes=axes) is axes
