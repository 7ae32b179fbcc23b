"""What the figures of the chapter *likelihood* draw."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np

mpl.use("svg")

import matplotlib.pyplot as plt

import bce_lib as library
from bce_book.figures import likelihood as figures
from bce_lib import sigmoid

LABELS = [1, 0, 1, 1, 0]
PROBABILITIES = [0.9, 0.2, 0.6, 0.3, 0.5]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_outcomes_share_out_one_and_mark_what_happened():
    axes = figures.outcomes(LABELS, PROBABILITIES)
    heights = np.array([bar.get_height() for bar in axes.containers[0]])
    assert heights.size == 32
    np.testing.assert_allclose(heights.sum(), 1, rtol=1e-14)
    assert np.all(np.diff(heights) <= 0)
    marked = [bar for bar in axes.containers[0] if bar.get_facecolor() != axes.containers[0][0].get_facecolor()]
    assert [bar.get_height() for bar in marked] == [library.likelihood(LABELS, PROBABILITIES)]
    assert np.sum(heights > 1 / 32) == 10  # as the alternative text in the chapter says
    assert any("1 0 1 1 0" in text for text in texts(axes))


def test_one_probability_marks_the_common_optimum():
    axes = figures.one_probability(LABELS)
    assert [panel.get_ylabel() for panel in axes] == ["likelihood", "log-likelihood", "loss"]
    optimum = [0.6] * 5
    expected = [
        library.likelihood(LABELS, optimum),
        library.log_likelihood(LABELS, optimum),
        -library.log_likelihood(LABELS, optimum) / 5,
    ]
    for panel, value, best in zip(axes, expected, (np.argmax, np.argmax, np.argmin), strict=True):
        curve, line, dot = panel.get_lines()
        assert list(line.get_xdata()) == [0.6, 0.6]
        np.testing.assert_allclose(dot.get_xydata(), [[0.6, value]], rtol=1e-12)
        assert abs(curve.get_xdata()[best(curve.get_ydata())] - 0.6) < 0.002


def test_log_likelihoods_are_the_library_s():
    grid = np.array([0.1, 0.5, 0.7])
    expected = [library.log_likelihood(LABELS, [p] * 5) for p in grid]
    np.testing.assert_allclose(figures.log_likelihoods(LABELS, grid), expected, rtol=1e-14)


def test_outcomes_are_drawn_on_given_axes():
    _, axes = plt.subplots()
    assert figures.outcomes(LABELS, PROBABILITIES, axes=axes) is axes
    assert axes.get_xlabel()
    assert len(plt.get_fignums()) == 1


def test_one_probability_is_drawn_on_three_given_panels():
    _, axes = plt.subplots(3)
    assert figures.one_probability(LABELS, axes=axes) is axes
    assert axes[-1].get_xlabel()
    assert len(plt.get_fignums()) == 1


def test_the_bars_under_a_logistic_curve_are_the_likelihoods_and_the_point_is_the_loss():
    x, least = np.array([3.0, 1.0, 2.5, 1.5, 2.0]), 0.48
    top, bottom = figures.logistic_curve(x, LABELS, slope=1.5, midpoint=2.2, least=least)
    p, y = sigmoid(1.5 * (x - 2.2)), np.array(LABELS)
    lengths = np.concatenate(
        [np.abs(np.diff([part[:, 1] for part in bars.get_segments()])).ravel() for bars in top.collections]
    )
    np.testing.assert_allclose(lengths, [*(1 - p)[y == 0], *p[y == 1]], rtol=1e-14)
    line, curve, here = bottom.get_lines()
    np.testing.assert_allclose(line.get_ydata(), least)
    np.testing.assert_allclose(here.get_xydata(), [[1.5, -library.log_likelihood(LABELS, p) / 5]], rtol=1e-14)
    np.testing.assert_allclose(np.interp(1.5, *curve.get_data()), here.get_ydata(), rtol=1e-4)
    assert texts(top) == ["1", "2", "3", "4", "5"]


def test_a_logistic_curve_is_drawn_on_two_given_panels():
    _, axes = plt.subplots(2)
    assert figures.logistic_curve([1, 2, 3], [0, 1, 0], 1, 2, 0.5, axes=axes) is axes
    assert all(panel.get_xlabel() and panel.get_ylabel() for panel in axes)
