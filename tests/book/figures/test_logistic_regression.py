"""What the figures of *logistic_regression* draw: the numbers that they are given, and the shares they count."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn import metrics

from bce_book.figures import logistic_regression as figures
from bce_book.figures.style import NEGATIVE, POSITIVE, STYLE_SHEET
from bce_lib import logit

LABELS = np.array([0, 1, 0, 0, 1, 1, 0])
PREDICTED = np.array([0.1, 0.7, 0.4, 0.2, 0.9, 0.3, 0.8])


def lines(axes):
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def texts(axes):
    return {text.get_text() for text in axes.texts}


ON_ONE = {
    "patients": lambda axes=None: figures.patients([[0, 0], [1, 2]], [0, 1], ["a", "b"], axes=axes),
    "strengths": lambda axes=None: figures.strengths([0.1, 1], [[0.1], [0.05]], [[0.12], [0.09]], axes=axes),
    "reliability": lambda axes=None: figures.reliability(
        [0.1, 0.8], [0, 0.9], [[0, 0.2], [0.7, 1]], [20, 9], axes=axes
    ),
    "scores": lambda axes=None: figures.scores([0, 1], [-1.0, 1.0], {"1/2": 0.5}, axes=axes),
    "weights": lambda axes=None: figures.weights({"a": 1.0}, {"a": (0.5, 1.4)}, axes=axes),
}


@pytest.mark.parametrize("name", ON_ONE)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axis(name):
    axes = plt.figure().add_subplot()
    assert ON_ONE[name](axes) is axes
    assert axes.get_xlabel()
    assert len(plt.get_fignums()) == 1


def test_patients_are_drawn_by_class_and_some_get_a_ring():
    points = np.array([[0.0, 0.0], [4.0, 4.0], [1.0, 3.0]])
    axes = figures.patients(points, [0, 1, 1], ["a", "b"], {"one": (4.0, 4.0), "two": (0.0, 0.0)})
    np.testing.assert_array_equal(lines(axes)["malignant"], points[1:])
    np.testing.assert_array_equal(lines(axes)["benign"], points[:1])
    assert texts(axes) == {"one", "two"}
    sides = {text.get_text(): text.get_ha() for text in axes.texts}
    assert sides == {"one": "left", "two": "right"}, "the leftmost has its name on the left"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("a", "b")


def test_strengths_draw_the_mean_of_the_repeats_and_each_of_them():
    held_out = [[0.2, 0.4], [0.1, 0.1]]
    axes = figures.strengths([0.1, 1], [[0.1, 0.1], [0.05, 0.05]], held_out)
    np.testing.assert_allclose(lines(axes)["held out"], [[0.1, 0.3], [1, 0.1]])
    thin = [line.get_ydata().tolist() for line in axes.get_lines() if line.get_linewidth() < 1]
    assert [0.2, 0.1] in thin
    assert [0.4, 0.1] in thin
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "1"]


def test_curves_are_those_of_scikit_learn_and_the_dot_is_at_the_threshold():
    roc, precise = figures.curves(LABELS, {"model": PREDICTED}, 0.5)
    false, true, _ = metrics.roc_curve(LABELS, PREDICTED, drop_intermediate=False)
    drawn = {tuple(point) for point in lines(roc)["model"].round(9)}
    assert {tuple(point) for point in np.column_stack([false, true]).round(9)} <= drawn
    precision, recall, _ = metrics.precision_recall_curve(LABELS, PREDICTED)
    drawn = {tuple(point) for point in lines(precise)["model"].round(9)}
    assert {tuple(point) for point in np.column_stack([recall, precision]).round(9)[:-1]} <= drawn
    called = PREDICTED >= 0.5
    dots = [line.get_xydata()[0] for panel in (roc, precise) for line in panel.get_lines() if line.get_marker() == "o"]
    np.testing.assert_allclose(dots[0], [called[LABELS == 0].mean(), called[LABELS == 1].mean()])
    np.testing.assert_allclose(dots[1], [metrics.recall_score(LABELS, called), metrics.precision_score(LABELS, called)])
    level = [line.get_ydata()[0] for line in precise.get_lines() if len(set(line.get_ydata())) == 1]
    assert LABELS.mean() in level


def test_curves_draw_on_the_panels_given():
    _, given = plt.subplots(1, 2)
    assert list(figures.curves(LABELS, {"model": PREDICTED}, 0.5, axes=given)) == list(given)


def test_reliability_draws_shares_intervals_and_counts():
    axes = figures.reliability([0.1, 0.8], [0.0, 0.9], [[0.0, 0.2], [0.7, 1.0]], [20, 9])
    assert lines(axes)[axes.get_lines()[1].get_label()].tolist() == [[0.1, 0.0], [0.8, 0.9]]
    assert [each.tolist() for each in axes.collections[0].get_segments()] == [
        [[0.1, 0.0], [0.1, 0.2]],
        [[0.8, 0.7], [0.8, 1.0]],
    ]
    assert texts(axes) == {"20", "9"}


def test_scores_count_every_patient_and_cut_at_the_logits():
    z = np.array([3.2, -2.1, -0.5, -2.9, 0.25, 3.9])
    y = np.array([1, 0, 1, 0, 0, 1])
    axes = figures.scores(y, z, {"1/2": 0.5, "1/10": 0.1})
    heights = np.array([bar.get_height() for bar in axes.patches])
    assert heights[heights > 0].sum() == 3
    assert heights[heights < 0].sum() == -3
    (tallest,) = [bar for bar in axes.patches if bar.get_height() == 2]
    assert tallest.get_x() == 3.0
    upright = [line.get_xdata()[0] for line in axes.get_lines() if line.get_linestyle() == "--"]
    np.testing.assert_allclose(sorted(upright), logit([0.1, 0.5]))
    assert {"1/2", "1/10"} <= texts(axes)


def test_weights_stand_in_order_and_those_that_may_be_0_are_hollow():
    axes = figures.weights({"a": 0.2, "b": -1.0}, {"a": (-0.1, 0.5), "b": (-1.5, -0.5)})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"], "the largest on top"
    small, large = axes.get_lines()[:2]
    assert (small.get_xdata()[0], large.get_xdata()[0]) == (0.2, -1.0)
    assert (small.get_markerfacecolor(), large.get_markerfacecolor()) == ("white", NEGATIVE)
    assert small.get_markeredgecolor() == POSITIVE
    assert axes.collections[1].get_segments()[0].tolist() == [[-1.5, 1.0], [-0.5, 1.0]]


@pytest.mark.parametrize("seed", range(3))
def test_pictures_do_not_hang_on_the_last_bits(seed):
    rng = np.random.default_rng(seed)
    z, y = 5 * rng.normal(size=100), rng.integers(0, 2, size=100)
    w = dict(zip("abcde", rng.normal(size=5), strict=True))

    def draw(noise):
        def off(values):
            return values * (1 + noise * rng.normal(size=np.shape(values)))

        yield figures.strengths([0.1, 1], off(np.array([[0.1], [0.05]])), off(np.array([[0.12], [0.09]])))
        yield figures.scores(y, off(z), {"1/2": 0.5, "1/10": 0.1})
        yield figures.weights(
            {name: off(value) for name, value in w.items()},
            {name: (off(value - 1), off(value + 0.5)) for name, value in w.items()},
        )

    def picture(axes):
        out = io.StringIO()
        axes.get_figure(root=True).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()

    with plt.style.context(STYLE_SHEET):
        for plain, disturbed in zip(draw(0.0), draw(1e-15), strict=True):
            assert picture(plain) == picture(disturbed)
