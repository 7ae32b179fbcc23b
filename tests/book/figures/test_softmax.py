"""What the figures of the chapter on the softmax draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from bce_book.figures import softmax as figures
from bce_lib import softmax


def test_the_shares_fill_the_whole_and_the_rim_of_class_0_is_its_softmax() -> None:
    axes = figures.probabilities([0.0, -1.0])
    z, rim = axes.lines[0].get_data()
    expected = softmax(np.column_stack([z, 0 * z, 0 * z - 1]))[:, 0]
    np.testing.assert_allclose(rim, expected, rtol=1e-12)
    heights = [area.get_paths()[0].get_extents() for area in axes.collections]
    assert len(heights) == 3
    assert (heights[0].y0, heights[-1].y1) == (0, pytest.approx(1))
    assert "z₁ = 0, z₂ = −1" in axes.get_xlabel()


def test_every_image_is_in_its_place_scaled_by_its_own_ink() -> None:
    images = np.zeros((3, 784))
    images[0, 0], images[1, 27], images[2, 783] = 255, 51, 1
    axes = figures.digits(images, ["a", "b", "c"], columns=2)
    canvas = axes.images[0].get_array()
    assert canvas.shape == (2 * 34, 2 * 30)
    places = {tuple(place) for place in np.argwhere(canvas)}
    assert places == {(0, 1), (0, 31 + 27), (34 + 27, 1 + 27)}
    assert canvas.max() == canvas[0, 1] == canvas[0, 58] == 1
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    assert figures.digits(images[:2]).images[0].get_array().shape == (30, 60)


def test_a_template_is_a_column_of_weights_and_keeps_its_sign() -> None:
    weights = np.zeros((784, 2))
    weights[28, 0], weights[0, 1] = -3, 0.5
    axes = figures.templates(weights, columns=2)
    canvas = axes.images[0].get_array()
    assert (canvas[1, 1], canvas[0, 31]) == (-1, 1)
    assert axes.images[0].get_clim() == (-1, 1)
    assert [text.get_text() for text in axes.texts] == ["0", "1"]


def test_counts_stand_in_their_cells_and_the_most_frequent_error_is_the_darkest() -> None:
    axes = figures.confusion([[9, 0, 1], [4, 6, 0], [2, 0, 8]])
    shown = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in axes.texts}
    assert shown == {(0, 0): "9", (0, 2): "1", (1, 0): "4", (1, 1): "6", (2, 0): "2", (2, 2): "8"}
    dark = {
        (box.get_y() + 0.5, box.get_x() + 0.5): box.get_alpha() for box in axes.patches if isinstance(box, Rectangle)
    }
    assert dark[0, 2] < dark[2, 0] < dark[1, 0]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("in truth", "predicted")


def test_the_histogram_counts_every_sum() -> None:
    axes = figures.sums([0.01, 0.99, 1.02, 1.03, 1.94])
    heights, edges, _ = axes.patches[0].get_data()
    assert heights.sum() == 5
    assert heights[np.searchsorted(edges, 1.02, side="right") - 1] == 2
    assert axes.lines[0].get_xdata()[0] == 1


def test_bars_are_the_truth_and_markers_what_the_models_say() -> None:
    truth = {"even": [1, 0] * 5, "odd": [0, 1] * 5}
    means = {"model": np.arange(20).reshape(10, 2) / 20, "other": np.full((10, 2), 0.5)}
    panels = figures.attributes(truth, means)
    for i, (panel, has) in enumerate(zip(panels, truth.values(), strict=True)):
        np.testing.assert_array_equal([bar.get_height() for bar in panel.patches], has)
        np.testing.assert_array_equal(panel.lines[0].get_ydata(), means["model"][:, i])
        np.testing.assert_array_equal(panel.lines[1].get_ydata(), 0.5)
    assert [panel.get_title(loc="left") for panel in panels] == ["even", "odd"]
    assert {text.get_text() for text in panels[0].figure.legends[0].get_texts()} == {"in truth", "model", "other"}


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.probabilities(axes=axes),
        lambda axes: figures.digits(np.ones((2, 784)), axes=axes),
        lambda axes: figures.templates(np.ones((784, 2)), axes=axes),
        lambda axes: figures.confusion(np.eye(3, dtype=int), axes=axes),
        lambda axes: figures.sums([1.0, 0.9], axes=axes),
    ],
)
def test_a_figure_draws_where_it_is_told_to(draw) -> None:
    axes = plt.figure().add_subplot()
    assert draw(axes) is axes
    assert axes.has_data()


def test_panels_are_drawn_where_they_are_told_to() -> None:
    truth = {"even": [1, 0] * 5, "odd": [0, 1] * 5}
    _, others = plt.subplots(1, 2)
    assert list(figures.attributes(truth, {"model": np.zeros((10, 2))}, axes=others)) == list(others)
    assert all(axes.has_data() for axes in others)
