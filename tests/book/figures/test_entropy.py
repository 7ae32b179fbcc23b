"""What each figure of the chapter on entropy draws: the library's values, at the right places, on the right axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal

from bce_book.figures import entropy as figures
from bce_book.figures.style import NEGATIVE, POSITIVE
from bce_lib import cross_entropy, entropy, kl_divergence

CALLS = {
    "loss_split": lambda axes=None: figures.loss_split(0.3, axes=axes),
    "training": lambda axes=None: figures.training([0.7, 0.4, 0.35], [0.4, 0.1, 0.05], axes=axes),
    "expected_losses": lambda axes=None: figures.expected_losses([0.1, 0.5, 0.8], axes=axes),
}


def points(axes: Axes, marker: str = "o") -> np.ndarray:
    """Return the places of all markers of a kind, a row each."""
    drawn = [line.get_xydata() for line in axes.lines if line.get_marker() == marker]
    return np.vstack(drawn)


def curves(axes: Axes) -> list[np.ndarray]:
    """Return the data of the lines that are drawn through, the shortest ones (two points) included."""
    return [np.asarray(line.get_xydata()) for line in axes.lines if line.get_linestyle() != "None"]


def words(axes: Axes) -> str:
    return " | ".join(text.get_text() for text in axes.texts)


@pytest.mark.parametrize("name", CALLS)
def test_it_draws_on_the_axes_it_is_given_and_labels_them(name):
    _, axes = plt.subplots()
    assert CALLS[name](axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()


@pytest.mark.parametrize("name", CALLS)
def test_it_makes_a_figure_of_its_own_otherwise(name):
    before = plt.get_fignums()
    axes = CALLS[name]()
    assert isinstance(axes, Axes)
    assert axes.figure.number not in before


@pytest.mark.parametrize("name", CALLS)
def test_every_text_lies_inside_the_figure_and_none_on_another(name):
    axes = CALLS[name]()
    axes.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    frame = axes.figure.bbox
    for i, box in enumerate(boxes):
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_two_layers_of_the_loss_are_entropy_and_divergence(p, unit):
    axes = figures.loss_split(p, unit=unit)
    floor, total = (curve for curve in curves(axes) if len(curve) == len(figures.GRID))
    truth = np.full(len(floor), p)
    assert_allclose(floor[:, 1], entropy(p, unit=unit))
    assert_allclose(total[:, 1], cross_entropy(truth, total[:, 0], unit=unit))
    assert_allclose(total[:, 1] - floor[:, 1], kl_divergence(truth, total[:, 0], unit=unit), atol=1e-14)
    assert unit in axes.get_ylabel()
    assert f"{entropy(p, unit=unit):.3f} {unit}" in words(axes)


def test_measured_losses_are_dots_at_their_predictions():
    axes = figures.loss_split(0.1, measured={0.2: 0.4, 0.5: 0.7})
    assert_allclose(points(axes), [[0.2, 0.4], [0.5, 0.7]])
    assert not [line for line in figures.loss_split(0.1).lines if line.get_marker() == "o"]


def test_training_draws_loss_and_excess_over_the_steps():
    axes = figures.training([0.7, 0.4, 0.35], [0.4, 0.1, 0.05])
    loss, excess = curves(axes)
    assert_array_equal(loss[:, 0], [0, 1, 2])
    assert_array_equal(loss[:, 1], [0.7, 0.4, 0.35])
    assert_array_equal(excess[:, 1], [0.4, 0.1, 0.05])
    assert axes.get_yscale() == "log"


def test_each_bowl_is_lowest_on_the_entropy_at_its_own_truth():
    truths = [0.1, 0.3, 0.5, 0.8]
    axes = figures.expected_losses(truths)
    arch, *bowls = curves(axes)
    assert_allclose(arch[:, 1], entropy(arch[:, 0]))
    assert_allclose(points(axes), np.column_stack([truths, entropy(truths)]))
    for p, bowl in zip(truths, bowls, strict=True):
        assert_allclose(bowl[:, 1], cross_entropy(np.full(len(bowl), p), bowl[:, 0]))
        assert bowl[np.argmin(bowl[:, 1]), 0] == pytest.approx(p, abs=0.0013)
        assert f"p = {p:g}" in words(axes)


def test_the_likelier_label_1_the_more_of_its_colour():
    colours = [line.get_color() for line in figures.expected_losses([0.25, 0.75]).lines if line.get_marker() == "o"]
    to_positive = [np.linalg.norm(np.subtract(colour, to_rgb(POSITIVE))) for colour in colours]
    to_negative = [np.linalg.norm(np.subtract(colour, to_rgb(NEGATIVE))) for colour in colours]
    assert to_positive[1] < to_positive[0]
    assert to_negative[0] < to_negative[1]


@pytest.mark.parametrize(("p", "q"), [(0.7, 0.25), (0.2, 0.5), (0.6, 0.9)])
def test_the_areas_are_the_cross_entropy_the_entropy_and_what_is_between(p, q):
    rectangles, curve = figures.areas(p, q)
    shared, edge = {}, {}
    for i, bar in enumerate(rectangles.patches):
        (edge if i % 2 else shared)[i // 2] = (
            bar.get_width() * bar.get_height() * (1 if not i % 2 or bar.get_fill() else -1)
        )
    more, less = (sum(max(sign * area, 0) for area in edge.values()) for sign in (1, -1))
    assert_allclose(sum(shared.values()) + more, cross_entropy(p, q), rtol=1e-14)
    assert_allclose(sum(shared.values()) + less, entropy(p), rtol=1e-14)
    assert_allclose(more - less, kl_divergence(p, q), rtol=1e-12)
    assert {"+", "−"} <= {text.get_text() for text in rectangles.texts}
    assert_allclose(points(curve), [[q, cross_entropy(p, q)]])
    assert_allclose(points(curve, "D"), [[p, entropy(p)]])


def test_areas_draws_on_two_given_axes():
    _, given = plt.subplots(1, 2)
    drawn = figures.areas(0.7, 0.3, axes=given)
    assert list(drawn) == list(given)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in drawn)
