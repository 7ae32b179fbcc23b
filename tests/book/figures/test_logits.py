"""What the figures of the chapter *logits* draw: their data against the library's values, not their pixels."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import logits as figures
from bce_lib import binary_cross_entropy_with_logits, sigmoid


def line(axes, label):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def test_training_marks_the_last_loss_before_nan():
    axes = figures.training({"dies": [0.7, 0.5, np.nan, np.nan], "lives": [0.7, 0.5, 0.4, 0.3]})
    (cross,) = [line for line in axes.get_lines() if line.get_marker() == "X"]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (1, 0.5)
    assert [text.get_text() for text in axes.texts] == ["step 2: NaN"]
    assert list(line(axes, "lives").get_ydata()) == [0.7, 0.5, 0.4, 0.3]


def test_digits_are_the_fewest_of_each_stretch_and_none_for_what_is_no_number():
    z = [-1.5, -1.2, -0.5, 0.5]
    computed = {"a": [1.0, 1.001, np.nan, 1.0], "b": [1.1, 1.0, np.inf, 0.0]}
    axes = figures.digits(computed, np.ones(4), z)
    first, second = (patch.get_data() for patch in axes.patches)
    assert first.edges.tolist() == [-2, -1, 0, 1]
    assert first.values == pytest.approx([3, 0, 24 * np.log10(2)], rel=1e-6)
    assert second.values == pytest.approx([1, 0, 0], rel=1e-6)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]


@pytest.mark.parametrize("y", [0, 0.25, 1])
def test_pieces_add_up_to_the_loss(y):
    axes = figures.pieces(y)
    hinge, loss = axes.get_lines()
    z, values = loss.get_data()
    right = binary_cross_entropy_with_logits(np.full_like(z, y), z, reduction="none")
    assert values == pytest.approx(right, rel=1e-14)
    assert (hinge.get_ydata() <= values).all()
    assert f"y = {y:g}" in axes.get_xlabel()


def test_panels_show_the_largest_error_of_each_stretch():
    z = [-1.5, -1.1, 0.5, 1.0]
    (axes,) = figures.error_panels({"name": {1: [1.0, 3.0, 2.0, 5.0], 0: [0.2, 0.1, 0.4, 0.3]}}, z)
    ones, zeros = (patch.get_data() for patch in axes.patches)
    assert ones.edges.tolist() == [-2, -1, 0, 1]
    assert ones.values[[0, 2]].tolist() == [3, 5]  # the last edge belongs to the last stretch
    assert np.isnan(ones.values[1])  # nothing was measured there
    assert zeros.values[[0, 2]].tolist() == [0.2, 0.4]
    assert axes.get_title(loc="left") == "name"


def test_panels_keep_infinite_apart_from_large_and_small_on_the_axis():
    (axes,) = figures.error_panels({"name": {1: [np.inf, 1e30, 0.0]}}, [0.5, 1.5, 2.5])
    infinite, large, none = axes.patches[0].get_data().values
    assert infinite > large > figures.NOTHING_RIGHT
    assert 0 < none < figures.BEST
    low, high = axes.get_ylim()
    assert low < none < infinite < high


def test_linear_panels_show_errors_as_they_are():
    (axes,) = figures.error_panels({"name": {0: [0.0, 2.5]}}, [0.5, 1.5], linear_to=3)
    assert axes.patches[0].get_data().values.tolist() == [0, 2.5]
    assert axes.get_ylim() == (0, 3)
    assert axes.get_yscale() == "linear"


def test_panels_name_the_labels_and_axes_once():
    errors = {f"formula {i}": {0.999: [1.0], 0.001: [1.0]} for i in range(3)}
    panels = figures.error_panels(errors, [0.5])
    texts = [text.get_text() for text in panels[0].figure.legends[0].get_texts()]
    assert texts[:2] == ["label 0.999", "label 0.001"]
    assert [panel.get_ylabel() for panel in panels] == ["error in ulp", "", "error in ulp"]
    assert panels[-1].get_xlabel() == "logit z"


def test_learned_probabilities_are_where_the_expected_loss_is_least():
    axes = figures.learned()
    share, twice = line(axes, "… after Sigmoid").get_data()
    inside = (twice > 0) & (twice < 1)
    assert sigmoid(twice[inside]) == pytest.approx(share[inside], rel=1e-12)
    share, half = line(axes, "… after LogSigmoid").get_data()
    inside = half < 1
    assert half[inside] / (1 + half[inside]) == pytest.approx(share[inside], rel=1e-12)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.training({"a": [0.7, np.nan], "b": [0.7, 0.6]}, axes=axes),
        lambda axes: figures.pieces(1, axes=axes),
        lambda axes: figures.digits({"a": [0.1, 0.2]}, [0.1, 0.2], [-0.5, 0.5], axes=axes),
        figures.learned,
    ],
)
def test_draws_on_the_axes_given(draw):
    _, given = plt.subplots()
    assert draw(axes=given) is given
    assert given.get_xlabel()
    assert given.get_ylabel()
    assert len(plt.get_fignums()) == 1


def test_panels_draw_on_the_axes_given():
    figure, given = plt.subplots(1, 2)
    panels = figures.error_panels({"a": {1: [1.0]}, "b": {1: [2.0]}}, [0.5], axes=given)
    assert list(panels) == list(given)
    assert not figure.legends
    assert len(plt.get_fignums()) == 1
