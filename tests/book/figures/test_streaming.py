"""What the figures of the chapter on streaming draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import streaming as figures

STREAMED = [{"rows": 1000 * i, "RssAnon": 20.0 + i, "RssFile": 10.0 * i} for i in range(4)]
LOADED = [{"rows": 1000 * i, "RssAnon": 90.0 * i, "RssFile": 12.0 * i} for i in range(4)]

CALLS = {
    "parts": lambda axes=None: figures.parts([1, 3, 4], [0.1, 0.5, 0.2], axes=axes),
    "memory": lambda axes=None: figures.memory(STREAMED, LOADED, 160, axes=axes),
}


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


def test_a_part_is_as_wide_as_its_divisor_and_as_high_as_its_mean() -> None:
    axes = CALLS["parts"]()
    bars = [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in axes.patches]
    np.testing.assert_allclose(bars, [(0, 1, 0.1), (1, 3, 0.5), (4, 4, 0.2)])
    assert axes.get_xlim() == (0, 8)
    assert axes.get_ylim()[1] > 0.5


def test_both_means_are_drawn_as_lines() -> None:
    axes = CALLS["parts"]()
    np.testing.assert_allclose(line(axes, "mean of all, 0.30")[1], 0.3)  # area 2.4 over width 8
    np.testing.assert_allclose(line(axes, "mean of the means, 0.27")[1], 0.8 / 3)


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


@pytest.mark.parametrize("name", CALLS)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(name) -> None:
    axes = plt.figure().add_subplot()
    assert CALLS[name](axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
