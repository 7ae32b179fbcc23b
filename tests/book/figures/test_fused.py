"""What the figures of the chapter on the compiled loop draw."""

from __future__ import annotations

import numpy as np
import pytest

from bce_book.figures import fused as figures


def test_a_bar_is_as_long_as_the_bytes_that_all_passes_move() -> None:
    axes = figures.passes({"many": [8, 12, 4], "one": [12]})
    ends = {round(bar.get_x() + bar.get_width(), 6) for bar in axes.patches if bar.get_y() < 0.5}
    assert ends == {8, 20, 24}
    assert [text.get_text() for text in axes.texts] == ["3 passes, 24 bytes", "1 pass, 12 bytes"]


def test_the_errors_of_polynomials_stand_over_their_sizes() -> None:
    errors = {
        "exp": {"Taylor": [1e-3, 1e-4], "fitted": [1e-4, 1e-6]},
        "log": {"Taylor": [0.1, 0.05], "fitted": [1e-2, 1e-3]},
    }
    panels = figures.polynomial_errors(errors, [3, 4])
    np.testing.assert_array_equal(panels[1].lines[1].get_data(), [[3, 4], [1e-2, 1e-3]])
    assert [panel.get_title(loc="left") for panel in panels] == ["exp", "log"]
    assert [text.get_text() for text in panels[0].figure.legends[0].get_texts()] == ["Taylor", "fitted"]


def test_a_way_stands_at_its_multiple_of_the_base() -> None:
    axes = figures.race({"Python": 70.0, "NumPy": 7.0, "add": 0.35, "fused": 0.7}, base="fused")
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == pytest.approx([100, 10, 0.5, 1])
    assert [text.get_text() for text in axes.texts] == ["× 100", "× 10", "× 0.5", "× 1"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Python", "NumPy", "add", "fused"]
    assert dots[-1].get_color() != dots[0].get_color()
    assert axes.get_ylim() == (3.5, -0.5)
