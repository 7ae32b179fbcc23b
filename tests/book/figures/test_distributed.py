"""What the figures of the chapter on several processes draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import distributed as figures

LOSSES = {"one": [0.7, 0.5, 0.4], "two": [0.7, 0.5, 0.4], "four": [0.7, 0.5, 0.3]}
DIFFERENCES = {"two, float32": [0.0, 1.0, -0.5], "two, float64": [0.0, 0.0, 0.5]}
MEASURED = {
    "as in the file": {"mean of means": [0.25, 0.3], "gradient off by": [0.0, 12.0]},
    "shuffled": {"mean of means": [0.25, 0.26], "gradient off by": [0.0, 1.0]},
}
EXCESS = {"mixed": {"1": [0.4, 0.2, 0.1], "5": [0.4, 0.1, 0.01]}, "apart": {"1": [0.4, 0.3, 0.2], "5": [0.4, 0.2, 0.2]}}
CORRECT = {"corrected": np.linspace(0.6, 1, 10), "mean of means": np.linspace(1, 0.6, 10)}


def test_the_curves_lie_above_and_their_differences_below() -> None:
    above, below = figures.curves(LOSSES, [0.8, 0.4, 0.5], DIFFERENCES)
    drawn = {line.get_label(): list(line.get_ydata()) for line in above.lines}
    assert {name: drawn[name] for name in LOSSES} == LOSSES
    assert drawn["process 0 of four, its own part"] == [0.8, 0.4, 0.5]
    assert {line.get_label(): list(line.get_ydata()) for line in below.lines} == DIFFERENCES
    widths = [line.get_linewidth() for line in above.lines[1:]]
    assert widths == sorted(widths, reverse=True)  # or a later one would hide those before it


def test_no_difference_is_outside_of_what_is_drawn_up_to_two_epsilon() -> None:
    _, below = figures.curves(LOSSES, [0.8, 0.4, 0.5], DIFFERENCES)
    low, high = below.get_ylim()
    assert low < -2
    assert high > 2


def test_shares_are_drawn_in_per_cent_and_the_mean_as_a_line() -> None:
    loss, gradient = figures.mean_of_means([0.5, 0.9], 0.254, MEASURED)
    assert loss.lines[-1].get_ydata()[0] == 0.254
    for i, (name, columns) in enumerate(MEASURED.items()):
        np.testing.assert_allclose(loss.lines[i].get_xdata(), [50, 90])
        assert list(loss.lines[i].get_ydata()) == columns["mean of means"]
        assert list(gradient.lines[i].get_ydata()) == columns["gradient off by"]
        assert gradient.get_legend().get_texts()[i].get_text() == name


def test_bars_stand_side_by_side_at_their_digit() -> None:
    axes = figures.by_digit(CORRECT)
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(2, 10)
    np.testing.assert_array_equal(heights, list(CORRECT.values()))
    left = np.array([bar.get_x() for bar in axes.patches]).reshape(2, 10)
    assert np.all(np.abs(left + 0.2 - np.arange(10)) < 0.5)
    assert np.all(left[0] + 0.38 <= left[1] + 1e-12)


def test_a_panel_has_the_rounds_of_its_title() -> None:
    panels = figures.rounds(EXCESS)
    for panel, (title, lines) in zip(panels, EXCESS.items(), strict=True):
        assert panel.get_title(loc="left") == title
        assert {line.get_label(): list(line.get_ydata()) for line in panel.lines} == lines
        assert panel.get_yscale() == "log"
        assert panel.get_xlim() == (0, 2)


def test_every_image_is_in_its_row_and_cut_off_at_paper_and_ink() -> None:
    sent, found = np.zeros((2, 784)), np.zeros((2, 784))
    sent[1, 27], found[0, 0], found[1, 783] = 0.5, -2, 3
    axes = figures.images({"sent": sent, "found": found})
    canvas = axes.images[0].get_array()
    assert {tuple(place) for place in np.argwhere(canvas)} == {(1, 31 + 27), (31 + 27, 31 + 27)}
    assert (canvas[1, 58], canvas[58, 58]) == (0.5, 1)
    assert [text.get_text() for text in axes.texts] == ["sent", "found"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.by_digit(CORRECT, axes=axes),
        lambda axes: figures.images({"a": np.ones((2, 784))}, axes=axes),
    ],
)
def test_a_figure_draws_where_it_is_told_to(draw) -> None:
    axes = plt.figure().add_subplot()
    assert draw(axes) is axes
    assert axes.has_data()


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.curves(LOSSES, [0.8, 0.4, 0.5], DIFFERENCES, axes=axes),
        lambda axes: figures.mean_of_means([0.5, 0.9], 0.254, MEASURED, axes=axes),
        lambda axes: figures.rounds(EXCESS, axes=axes),
    ],
)
def test_panels_are_drawn_where_they_are_told_to(draw) -> None:
    _, grid = plt.subplots(1, 2)
    assert list(draw(grid)) == list(grid)
    assert all(axes.has_data() for axes in grid)
