"""What the figures of the chapter *underflow* draw."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("svg")

import matplotlib.pyplot as plt

from bce_book.figures import underflow as figures


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_lines_end_where_the_products_do():
    axes = figures.products()
    coin_sum, coin_product, _, better_sum, better_product = axes.get_lines()[:5]
    assert coin_product.get_xdata()[-1] == 1074
    np.testing.assert_allclose(coin_product.get_ydata(), coin_sum.get_ydata()[:1074], rtol=1e-12)
    assert better_product.get_xdata()[-1] == 2000
    assert np.ptp(better_product.get_ydata()[1456:]) == 0  # as the alternative text in the chapter says
    assert better_product.get_ydata()[1455] > better_product.get_ydata()[1456]
    np.testing.assert_allclose(better_sum.get_ydata()[-1], 2000 * np.log10(0.6), rtol=1e-12)
    assert {"0 from 1075 labels on", "stops falling", "p = 0.5", "p = 0.6"} <= set(texts(axes))


def test_each_error_stands_over_its_distance_and_an_error_of_zero_at_the_bottom():
    distances = [1e-3, 1e-2]
    axes = figures.divergence_errors(distances, {"one": [1e-9, 0.0], "other": [1e-5, 1e-6]})
    one, other, line = axes.get_lines()
    for curve, heights in ((one, [1e-9, 1e-17]), (other, [1e-5, 1e-6])):
        assert list(curve.get_xdata()) == distances
        assert list(curve.get_ydata()) == heights
    assert set(line.get_ydata()) == {1}
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert {"one", "other"} <= set(texts(axes))


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.products(axes=axes),
        lambda axes: figures.divergence_errors([1e-3, 1e-2], {"one": [1e-9, 0.0]}, axes=axes),
    ],
)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(draw):
    axes = plt.figure().add_subplot()
    assert draw(axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
