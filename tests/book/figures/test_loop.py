"""What the figures of the chapter on the loop draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import loop as figures
from bce_lib.loop import binary_cross_entropy, surprise

LABELS = [1, 0, 1, 1, 0]
PROBABILITIES = [0.9, 0.2, 0.6, 0.3, 0.5]


def test_the_two_curves_are_the_surprise_at_either_label() -> None:
    ones, zeros, *_ = figures.surprises(LABELS, PROBABILITIES).lines
    for curve, probability_of in ((ones, lambda p: p), (zeros, lambda p: 1 - p)):
        p, height = curve.get_data()
        np.testing.assert_allclose(height, [surprise(probability_of(x)) for x in p], rtol=1e-14)


def test_every_example_stands_on_the_curve_of_its_own_label() -> None:
    _, _, *dots = figures.surprises(LABELS, PROBABILITIES).lines
    for dot, y, p in zip(dots, LABELS, PROBABILITIES, strict=True):
        assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (p, surprise(p if y else 1 - p))


def test_bars_are_the_surprises_from_the_largest_down_and_the_line_is_their_mean() -> None:
    axes = figures.contributions(LABELS, PROBABILITIES)
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted(surprise(p if y else 1 - p) for y, p in zip(LABELS, PROBABILITIES, strict=True))
    assert axes.lines[0].get_xdata()[0] == binary_cross_entropy(LABELS, PROBABILITIES)
    assert axes.get_yticklabels()[-1].get_text().startswith("patient 4")


@pytest.mark.parametrize("figure", [figures.surprises, figures.contributions])
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(figure) -> None:
    axes = plt.figure().add_subplot()
    assert figure(LABELS, PROBABILITIES, axes=axes) is axes
    assert axes.get_xlabel()
