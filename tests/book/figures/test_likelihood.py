"""What the figures of the chapter *likelihood* draw."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("svg")

import matplotlib.pyplot as plt

import bce_lib as library
from bce_book.figures import likelihood as figures
from bce_lib import sigmoid

LABELS = [1, 0, 1, 1, 0]
PROBABILITIES = [0.9, 0.2, 0.6, 0.3, 0.5]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_product_ends_at_the_likelihood():
    axes = figures.product(LABELS, PROBABILITIES)
    before, kept = ([bar.get_width() for bar in bars] for bars in axes.containers)
    np.testing.assert_allclose(kept[-1], library.likelihood(LABELS, PROBABILITIES), rtol=1e-14)
    np.testing.assert_allclose(np.divide(kept, before), [0.9, 0.8, 0.6, 0.3, 0.5], rtol=1e-14)
    assert before[1:] == kept[:-1]
    assert texts(axes) == ["0.9", "0.72", "0.432", "0.1296", "0.0648"]


def test_product_colours_the_classes():
    axes = figures.product(LABELS, PROBABILITIES)
    colours = [bar.get_facecolor() for bar in axes.containers[1]]
    assert [colour == colours[0] for colour in colours] == [y == LABELS[0] for y in LABELS]


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


def test_underflow_ends_where_the_product_does():
    axes = figures.underflow()
    coin_sum, coin_product, _, better_sum, better_product = axes.get_lines()[:5]
    assert coin_product.get_xdata()[-1] == 1074
    np.testing.assert_allclose(coin_product.get_ydata(), coin_sum.get_ydata()[:1074], rtol=1e-12)
    assert better_product.get_xdata()[-1] == 2000
    assert np.ptp(better_product.get_ydata()[1456:]) == 0
    assert better_product.get_ydata()[1455] > better_product.get_ydata()[1456]
    np.testing.assert_allclose(better_sum.get_ydata()[-1], 2000 * np.log10(0.6), rtol=1e-12)
    assert {"0 from 1075 labels on", "stops falling", "p = 0.5", "p = 0.6"} <= set(texts(axes))


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


def test_narrowing_has_its_maximum_of_one_at_the_mean():
    labels = [1, 0, 0, 0] * 50
    axes = figures.narrowing(labels, [8, 32, 200])
    widths = []
    for panel in axes:
        curve, line = panel.get_lines()
        assert list(line.get_xdata()) == [0.25, 0.25]
        p, heights = curve.get_data()
        np.testing.assert_allclose(p[np.argmax(heights)], 0.25, atol=1e-3)
        np.testing.assert_allclose(np.max(heights), 1, rtol=1e-6)
        widths.append(np.sum(heights > 0.5))
    assert 1.8 < widths[0] / widths[1] < 2.2
    assert 2.3 < widths[1] / widths[2] < 2.7  # √(200/32) = 2.5
    assert texts(axes[2]) == ["200 tumours\nbest p = 0.250"]


def test_alternatives_have_their_minima_where_the_chapter_says():
    axes = figures.alternatives(LABELS)
    minima = [line.get_xdata()[0] for line in axes.get_lines()[1::2]]
    np.testing.assert_allclose(minima, [0.6, 1.0, 0.6], atol=1e-12)
    assert texts(axes) == ["minus the logarithm", "absolute", "squared"]


def test_log_likelihoods_are_the_library_s():
    grid = np.array([0.1, 0.5, 0.7])
    expected = [library.log_likelihood(LABELS, [p] * 5) for p in grid]
    np.testing.assert_allclose(figures.log_likelihoods(LABELS, grid), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.product(LABELS, PROBABILITIES, axes=axes),
        lambda axes: figures.outcomes(LABELS, PROBABILITIES, axes=axes),
        lambda axes: figures.underflow(axes=axes),
        lambda axes: figures.alternatives(LABELS, axes=axes),
    ],
)
def test_draws_on_given_axes(draw):
    _, axes = plt.subplots()
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.one_probability(LABELS, axes=axes),
        lambda axes: figures.narrowing(LABELS, [2, 4, 5], axes=axes),
    ],
)
def test_draws_on_given_panels(draw):
    _, axes = plt.subplots(3)
    assert draw(axes) is axes
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
