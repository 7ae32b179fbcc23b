"""What the figures of the chapter on several processes draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from bce_book.figures import distributed as figures

LOSSES = {"one": [0.7, 0.5, 0.4], "two": [0.7, 0.5, 0.4]}
ALONE, DIFFERENCE = [0.8, 0.4, 0.5], [0.0, 1.0, -0.5]
CORRECT = {"scaled": np.linspace(0.6, 1, 10), "means": np.linspace(1, 0.6, 10)}


def test_the_curves_lie_above_and_their_difference_below() -> None:
    above, below = figures.curves(LOSSES, ALONE, DIFFERENCE)
    drawn = {line.get_label(): list(line.get_ydata()) for line in above.lines}
    assert drawn == {"process 0 alone": ALONE, **LOSSES}
    assert [list(line.get_ydata()) for line in below.lines] == [DIFFERENCE]
    widths = [line.get_linewidth() for line in above.lines[1:]]
    assert widths == sorted(widths, reverse=True)  # or the second line would hide the first


def test_no_difference_up_to_two_epsilon_is_out_of_sight() -> None:
    _, below = figures.curves(LOSSES, ALONE, DIFFERENCE)
    low, high = below.get_ylim()
    assert low < -2
    assert high > 2


def test_bars_stand_side_by_side_at_their_digit() -> None:
    axes = figures.by_digit(CORRECT)
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(2, 10)
    np.testing.assert_array_equal(heights, list(CORRECT.values()))
    left = np.array([bar.get_x() for bar in axes.patches]).reshape(2, 10)
    assert np.all(np.abs(left + 0.2 - np.arange(10)) < 0.5)
    assert np.all(left[0] + 0.38 <= left[1] + 1e-12)


def test_a_figure_draws_where_it_is_told_to() -> None:
    axes = plt.figure().add_subplot()
    assert figures.by_digit(CORRECT, axes=axes) is axes
    assert axes.has_data()


def test_panels_are_drawn_where_they_are_told_to() -> None:
    _, grid = plt.subplots(2, 1)
    assert list(figures.curves(LOSSES, ALONE, DIFFERENCE, axes=grid)) == list(grid)
    assert all(axes.has_data() for axes in grid)
