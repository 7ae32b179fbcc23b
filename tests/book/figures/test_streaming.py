"""What the figures of the chapter on streaming draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import streaming as figures

COUNTS = [1, 10, 100]
ERRORS = {"float32": [0.0, 1e-8, 1e-6], "pair": [0.0, 0.0, 1e-31]}
MEANS = {"float32": [0.5, 0.4, 0.2], "float64": [0.5, 0.5, 0.5]}
STREAMED = [{"rows": 1000 * i, "RssAnon": 20.0 + i, "RssFile": 10.0 * i} for i in range(4)]
LOADED = [{"rows": 1000 * i, "RssAnon": 90.0 * i, "RssFile": 12.0 * i} for i in range(4)]
TABLE = np.arange(1, 10).reshape(3, 3) / 10.0

CALLS = {
    "running_means": lambda axes=None: figures.running_means(COUNTS, MEANS, 0.5, axes=axes),
    "sum_errors": lambda axes=None: figures.sum_errors(COUNTS, ERRORS, axes=axes),
    "memory": lambda axes=None: figures.memory(STREAMED, LOADED, 160, axes=axes),
    "shift_map": lambda axes=None: figures.shift_map(TABLE, axes=axes),
}


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


def test_running_means_are_drawn_over_their_counts_beside_the_right_one() -> None:
    axes = CALLS["running_means"]()
    for name, values in MEANS.items():
        np.testing.assert_array_equal(line(axes, name), (COUNTS, values))
    assert set(line(axes, "right")[1]) == {0.5}
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[0] == 0


def test_errors_are_drawn_over_their_counts_and_an_error_of_nothing_at_the_lower_edge() -> None:
    axes = CALLS["sum_errors"]()
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    lowest, highest = axes.get_ylim()
    for name, values in ERRORS.items():
        counts, heights = line(axes, name)
        np.testing.assert_array_equal(counts, COUNTS)
        for height, value in zip(heights, values, strict=True):
            assert height == value if value else lowest < height < 1e-34
            assert lowest < height < highest


def test_memory_is_that_of_each_process_in_mb_over_thousands_of_rows() -> None:
    axes = CALLS["memory"]()
    expected = {
        "loading: its own memory": [0, 90, 180, 270],
        "streaming: its own memory": [20, 21, 22, 23],
        "streaming: pages of the file, on loan": [0, 10, 20, 30],
    }
    for name, values in expected.items():
        np.testing.assert_array_equal(line(axes, name), ([0, 1, 2, 3], values))
    assert any(set(drawn.get_ydata()) == {160} for drawn in axes.lines)
    assert axes.get_ylim()[1] > 270


def test_the_limit_is_seen_where_nothing_comes_near_it() -> None:
    assert figures.memory(STREAMED, STREAMED, 500).get_ylim()[1] > 500


def test_a_cell_of_the_map_stands_at_its_shift_and_shows_its_mean() -> None:
    axes = CALLS["shift_map"]()
    written = {text.xy: text.get_text() for text in axes.texts}
    assert len(written) == 9
    assert written[(1, -1)] == "0.30"  # up and to the right
    assert written[(-1, 1)] == "0.70"  # down and to the left
    np.testing.assert_array_equal(axes.collections[0].get_array(), TABLE)
    assert axes.yaxis.get_inverted()


@pytest.mark.parametrize("name", CALLS)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(name) -> None:
    axes = plt.figure().add_subplot()
    assert CALLS[name](axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
