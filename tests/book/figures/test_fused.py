"""What the figures of the chapter on the compiled loop draw."""

from __future__ import annotations

import numpy as np
import pytest

from bce_book.figures import fused as figures

STEPS = [
    {"side": "loop in Python", "threads": 1, "ns": 700.0},
    {"side": "NumPy", "threads": 1, "ns": 7.0},
    {"side": "ours, gradient_out", "threads": 2, "ns": 0.35},
]


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


def test_a_step_is_shown_as_a_multiple_of_numpy() -> None:
    axes = figures.steps(STEPS)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([100, 1, 0.05])
    assert [text.get_text() for text in axes.texts] == ["× 100", "× 1", "× 0.05"]
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "fused, 2 threads"


def test_the_roof_is_the_lower_of_memory_and_arithmetic() -> None:
    limits = [
        {"threads": 1, "bytes_per_ns": 10, "operations_per_ns": 50},
        {"threads": 2, "bytes_per_ns": 20, "operations_per_ns": 100},
    ]
    axes = figures.roofline(limits, [{"name": "x", "operations": 48, "bytes": 12, "ns": 0.96}])
    intensity, roof = axes.lines[0].get_data()
    np.testing.assert_allclose(roof, np.minimum(intensity * 10, 50) / 100)
    assert [float(value) for value in np.ravel(axes.lines[2].get_data())] == pytest.approx([4, 0.5])


def test_sizes_are_multiples_of_the_shortest_time() -> None:
    axes = figures.sizes([10, 100], {"ours": [4.0, 2.0], "NumPy": [40, 10]})
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [2, 1])
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [20, 5])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["fused", "NumPy, line by line"]


def test_a_histogram_shows_its_counts_and_its_bound() -> None:
    panels = figures.every_logit({"a": [5, 0, 2], "b": [1, 1, 1]}, 0.5, {"a": 2.0, "b": 2.5})
    values = panels[0].patches[0].get_data()
    np.testing.assert_array_equal(values.values, [5, 0.5, 2])
    np.testing.assert_array_equal(values.edges, [0, 0.5, 1, 1.5])
    assert list(panels[1].lines[0].get_xdata()) == [2.5, 2.5]
