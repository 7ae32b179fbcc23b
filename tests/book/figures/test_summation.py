"""What the figures of the chapter on summation draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import summation as figures

COUNTS = [1, 10, 100]
ERRORS = {"float32": [0.0, 1e-8, 1e-6], "float64": [0.0, 0.0, 1e-16]}
MEANS = {"float32": [0.5, 0.4, 0.2], "float64": [0.5, 0.5, 0.5]}

CALLS = {
    "running_means": lambda axes=None: figures.running_means(COUNTS, MEANS, 0.5, axes=axes),
    "sum_errors": lambda axes=None: figures.sum_errors(COUNTS, ERRORS, axes=axes),
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
            assert height == value if value else lowest < height < 2.0**-53
            assert lowest < height < highest


def test_half_the_spacing_at_1_of_either_format_is_marked() -> None:
    axes = CALLS["sum_errors"]()
    assert {drawn.get_ydata()[0] for drawn in axes.lines[-2:]} == {2.0**-24, 2.0**-53}


@pytest.mark.parametrize("name", CALLS)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(name) -> None:
    axes = plt.figure().add_subplot()
    assert CALLS[name](axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
