"""What each figure of the chapter on entropy draws: the library's values, at the right places, on the right axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal

from bce_book.figures import entropy as figures
from bce_book.figures.style import NEGATIVE, POSITIVE
from bce_lib import cross_entropy, entropy, kl_divergence, surprise

CALLS = {
    "halvings": lambda axes=None: figures.halvings(axes=axes),
    "code_lengths": lambda axes=None: figures.code_lengths([1.0, 0.65, 0.53, 0.5], 0.47, axes=axes),
    "loss_split": lambda axes=None: figures.loss_split(0.3, axes=axes),
    "training": lambda axes=None: figures.training([0.7, 0.4, 0.35], [0.4, 0.1, 0.05], axes=axes),
    "expected_losses": lambda axes=None: figures.expected_losses([0.1, 0.5, 0.8], axes=axes),
    "tangent": lambda axes=None: figures.tangent(0.2, 0.6, axes=axes),
    "divergence_errors": lambda axes=None: figures.divergence_errors([1e-3, 1e-2], {"one": [1e-9, 0.0]}, axes=axes),
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


def test_halvings_are_one_bit_apart():
    axes = figures.halvings()
    dots = points(axes)
    assert_allclose(dots[:, 0], 0.5 ** np.arange(6))
    assert_allclose(dots[:, 1], np.arange(6), atol=1e-15)
    curve = curves(axes)[0]
    assert_allclose(curve[:, 1], surprise(curve[:, 0], unit="bits"))


def test_the_scale_on_the_right_is_in_nats():
    axes = figures.halvings()
    axes.figure.canvas.draw()
    right = axes.child_axes[0]
    assert_allclose(np.array(right.get_ylim()), np.array(axes.get_ylim()) * np.log(2))
    assert "nats" in right.get_ylabel()


def test_code_lengths_start_at_blocks_of_one():
    sizes = [1.0, 0.65, 0.53, 0.5]
    axes = figures.code_lengths(sizes, 0.47)
    assert_allclose(points(axes), np.column_stack([[1, 2, 3, 4], sizes]))
    bound = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert_allclose(bound.get_ydata(), 0.47)
    assert "0.470" in words(axes)


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


def test_the_line_touches_the_entropy_and_lies_above_it():
    q = 0.2
    arch, line = curves(figures.tangent(q, 0.6))
    height = np.interp(arch[:, 0], line[:, 0], line[:, 1])
    gap = height - arch[:, 1]
    assert np.all(gap > -1e-15)
    assert arch[np.argmin(gap), 0] == pytest.approx(q)
    assert_allclose(gap, kl_divergence(arch[:, 0], np.full(len(arch), q)), atol=1e-14)


def test_the_line_ends_in_the_losses_of_the_two_labels():
    axes = figures.tangent(0.2, 0.6)
    ends = {line.get_color(): line.get_xydata()[0] for line in axes.lines if line.get_marker() == "o"}
    assert_allclose(ends[NEGATIVE], [0, surprise(0.8)])
    assert_allclose(ends[POSITIVE], [1, surprise(0.2)])
    assert f"{kl_divergence(0.6, 0.2):.2f}" in words(axes)


def test_the_squared_error_is_least_at_the_truth_and_the_absolute_error_at_an_end():
    truths = [0.1, 0.3, 0.8]
    proper, improper = figures.scores(truths)
    assert_allclose(points(proper), [[p, p * (1 - p)] for p in truths], atol=1e-15)
    assert_allclose(points(improper), [[round(p), min(p, 1 - p)] for p in truths], atol=1e-15)
    for p, bowl, line in zip(truths, curves(proper), curves(improper), strict=True):
        assert_allclose(bowl[:, 1], p * (1 - bowl[:, 0]) ** 2 + (1 - p) * bowl[:, 0] ** 2)
        assert_allclose(np.diff(line[:, 1]), (1 - 2 * p) / (len(line) - 1), atol=1e-15)


def test_scores_draws_on_two_given_axes():
    _, given = plt.subplots(1, 2)
    drawn = figures.scores([0.3], axes=given)
    assert list(drawn) == list(given)
    assert all(axes.get_ylabel() and axes.get_title() + axes.get_title(loc="left") for axes in drawn)
    assert drawn[-1].get_xlabel()


def test_an_error_of_nothing_is_drawn_below_all_others():
    axes = figures.divergence_errors([1e-3, 1e-2], {"one": [1e-9, 0.0], "other": [1e-5, 1e-6]})
    assert_allclose(points(axes, "."), [[1e-3, 1e-9], [1e-2, 1e-17], [1e-3, 1e-5], [1e-2, 1e-6]])
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert {"one", "other"} <= {text.get_text() for text in axes.texts}


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
