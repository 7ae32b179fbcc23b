"""What the figures of *logistic_regression* draw: the numbers that they are given, and the library's values."""

from __future__ import annotations

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import logistic_regression as figures
from bce_book.figures.style import STYLE_SHEET
from bce_lib import logit, sigmoid


@pytest.fixture
def given():
    _, axes = plt.subplots(1, 2)
    return axes


def lines(axes):
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def texts(axes):
    return {text.get_text() for text in axes.texts}


def points(axes, label):
    return lines(axes)[label]


def test_without_penalty_draws_both_losses_and_the_lengths():
    train, test, lengths = [0.7, 0.2, 0.1], [0.7, 0.3, 0.4], [0.0, 5.0, 9.0]
    above, below = figures.without_penalty(train, test, lengths)
    drawn = [line.get_ydata().tolist() for line in above.get_lines()]
    assert drawn == [train, test]
    assert below.get_lines()[0].get_ydata().tolist() == lengths
    assert above.get_yscale() == "log"
    assert {"training set", "test set", "least test loss"} <= texts(above)
    lowest = next(text for text in above.texts if text.get_text() == "least test loss")
    assert lowest.xy == (1, 0.3)
    assert below.get_xlabel() == "iteration of Newton's method"
    assert above.get_ylabel() == "nats"


def test_losses_draws_a_line_a_method_and_set():
    steps = [0, 10, 100]
    descent = {"training": [0.7, 0.2, 0.1], "test": [0.7, 0.3, 0.2]}
    newton = {"training": [0.7, 0.1], "test": [0.7, 0.2]}
    axes = figures.losses(steps, descent, newton)
    for name in ("training", "test"):
        np.testing.assert_array_equal(
            points(axes, f"gradient descent, {name} set"), np.column_stack([steps, descent[name]])
        )
        np.testing.assert_array_equal(points(axes, f"Newton, {name} set"), np.column_stack([[0, 1], newton[name]]))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("steps", "mean loss in nats")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0", "1", "10", "100"]


def test_convergence_is_logarithmic_and_names_the_last_errors():
    newton, descent = [1, 1e-1, 1e-2, 1e-4, 1e-8], [1, 0.9, 0.8, 0.7, 0.6]
    axes = figures.convergence(newton, descent)
    assert points(axes, "Newton")[:, 1].tolist() == newton
    assert points(axes, "gradient descent")[:, 1].tolist() == descent
    assert axes.get_yscale() == "log"
    assert {"1e-08", "1e-04", "1e-02", "1e-01", "Newton", "gradient descent"} == texts(axes)


def test_scores_puts_every_example_at_its_logit_and_on_its_side():
    y, z = np.array([1, 0, 1, 0, 0]), np.array([3.0, -2.0, -0.5, -2.0, 0.25])
    axes = figures.scores(y, z, [0.5, 0.1])
    malignant, benign = points(axes, "malignant"), points(axes, "benign")
    np.testing.assert_array_equal(malignant[:, 0], np.sort(z[y == 1]))
    np.testing.assert_array_equal(benign[:, 0], np.sort(z[y == 0]))
    assert (malignant[:, 1] > 0).all()
    assert (benign[:, 1] < 0).all()
    assert len({tuple(place) for place in benign}) == 3, "equal logits are stacked"
    upright = [line.get_xdata()[0] for line in axes.get_lines() if line.get_linestyle() == "--"]
    np.testing.assert_allclose(sorted(upright), logit([0.1, 0.5]))
    assert {"p = 0.1", "p = 0.5"} <= texts(axes)


def test_dots_of_one_level_keep_their_distance():
    z = np.sort(np.random.default_rng(0).normal(size=200))
    width = 0.1
    levels = figures._stacked(z, width)
    for level in range(levels.max() + 1):
        assert (np.diff(z[levels == level]) >= width).all()


def test_confusion_shows_the_counts_and_the_errors_in_another_colour():
    matrix = np.array([[90, 1], [2, 51]])
    (axes,) = figures.confusion([matrix], ["at 1/2"])
    assert {"90", "1", "2", "51", "missed", "false alarms", "found", "rightly cleared"} == texts(axes)
    colours = {(round(p.get_y() + 0.5), round(p.get_x() + 0.5)): p.get_facecolor() for p in axes.patches}
    assert colours[0, 0] == colours[1, 1] != colours[0, 1] == colours[1, 0]
    assert axes.get_title(loc=mpl.rcParams["axes.titlelocation"]) == "at 1/2"
    # row 1, column 0 is a malignant tumour called benign
    missed = next(text for text in axes.texts if text.get_text() == "missed")
    assert missed.get_position()[0] == 0
    assert round(missed.get_position()[1]) == 1
    assert [label.get_text() for label in axes.get_xticklabels()] == ["benign", "malignant"]


def test_boundary_draws_the_points_and_the_three_probabilities():
    x, y = np.array([[0.0, 0.0], [4.0, 4.0], [1.0, 3.0]]), np.array([0, 1, 1])

    def linear(features):
        return 2 * (features[:, 0] + features[:, 1] - 4)

    axes = figures.boundary(x, y, ["a", "b"], linear)
    np.testing.assert_array_equal(points(axes, "malignant"), x[y == 1])
    np.testing.assert_array_equal(points(axes, "benign"), x[y == 0])
    sets = [c for c in axes.collections if c.get_edgecolor().size and len(c.levels) == 3]
    for level, corners in zip(sets[0].levels, sets[0].allsegs, strict=True):
        np.testing.assert_allclose(sigmoid(linear(corners[0])), level, atol=2e-3)
    assert {"0.1", "0.5", "0.9"} == texts(axes)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("a", "b")


def test_boundary_does_without_a_line_that_lies_outside():
    axes = figures.boundary([[0, 0], [1, 1]], [0, 1], ["a", "b"], lambda x: x[:, 0] + 5)
    assert texts(axes) == set()


def test_paths_draws_the_walks():
    walks = {"one": np.array([[0, 0], [1.0, 1.0]]), "other": np.array([[0, 0], [1.0, 0.0]])}
    axes = figures.paths(lambda a, b: (a - 1) ** 2 + (b - 1) ** 2, walks, ["u", "v"])
    drawn = [line.get_xydata().tolist() for line in axes.get_lines()]
    assert drawn == [walk.tolist() for walk in walks.values()]
    assert {"one", "other", "start"} == texts(axes)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight of u", "weight of v")


def test_gaps_are_cut_off_where_rounding_begins_to_show():
    steps, excess = [1, 10, 100], {"scaled": [1, 1e-5, 1e-12], "raw": [1, 0.9, 0.8]}
    axes = figures.gaps(steps, excess)
    assert points(axes, "scaled").tolist() == [[1, 1], [10, 1e-5]]
    assert points(axes, "raw")[:, 1].tolist() == excess["raw"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.losses(
            [0, 1], {"training": [1, 1], "test": [1, 1]}, {"training": [1], "test": [1]}, axes=axes
        ),
        lambda axes: figures.convergence([1, 0.1], [1, 0.9], axes=axes),
        lambda axes: figures.scores([0, 1], [-1.0, 1.0], axes=axes),
        lambda axes: figures.boundary([[0, 0], [1, 1]], [0, 1], ["a", "b"], lambda x: x[:, 0] - 0.5, axes=axes),
        lambda axes: figures.paths(lambda a, b: a * a + b * b, {"w": [[1, 1], [0, 0]]}, ["a", "b"], axes=axes),
        lambda axes: figures.gaps([1, 2], {"w": [1, 0.5]}, axes=axes),
    ],
)
def test_a_figure_draws_on_the_axes_given(draw, given):
    before = len(plt.get_fignums())
    assert draw(given[0]) is given[0]
    assert given[0].has_data()
    assert len(plt.get_fignums()) == before


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.without_penalty([1, 0.5], [1, 0.6], [0, 1], axes=axes),
        lambda axes: figures.confusion([np.eye(2, dtype=int)] * 2, ["a", "b"], axes=axes),
    ],
)
def test_a_figure_of_two_panels_draws_on_the_axes_given(draw, given):
    panels = draw(given)
    assert list(panels) == list(given)
    assert len(plt.get_fignums()) == 1


def picture(axes):
    figure = np.ravel(axes)[0].get_figure(root=True)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_pictures_do_not_hang_on_the_last_bits(seed):
    rng = np.random.default_rng(seed)
    z, y = 5 * rng.normal(size=100), rng.integers(0, 2, size=100)
    falling = np.geomspace(0.7, 1e-5, 40)
    walk = np.cumsum(rng.normal(size=(30, 2)), axis=0)
    x = rng.normal(size=(100, 2))

    def draw(noise):
        def off(values):
            return values * (1 + noise * rng.normal(size=np.shape(values)))

        yield figures.without_penalty(off(falling[:9]), off(falling[:9]), off(np.arange(9.0)))
        yield figures.scores(y, off(z), [0.5, 0.1])
        yield figures.boundary(x, y, ["a", "b"], lambda at: off(at @ [2.1, 3.2] - 0.3))
        yield figures.paths(lambda a, b: off((a - 1) ** 2 + 3 * b**2), {"w": off(walk)}, ["a", "b"])
        yield figures.gaps(np.arange(1, 41), {"w": off(falling)})

    with plt.style.context(STYLE_SHEET):
        for plain, disturbed in zip(draw(0.0), draw(1e-15), strict=True):
            assert picture(plain) == picture(disturbed)
