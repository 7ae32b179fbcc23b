"""What the figures of the chapter *keras* draw: the numbers that they were given, not their pixels."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import keras as figures
from bce_book.figures.style import NEGATIVE, POSITIVE


def line(axes, label):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def test_a_number_costs_what_was_measured_as_a_logit_and_as_a_probability():
    axes = figures.handed_over([-1, 0, 1], {1: [1.3, 0.7, 0.3], 0: [0.3, 0.7, 1.3]}, {1: [16.1, 16.1, 0.0]})
    assert line(axes, "label 1, as a logit").get_ydata().tolist() == [1.3, 0.7, 0.3]
    assert line(axes, "label 0, as a logit").get_ydata().tolist() == [0.3, 0.7, 1.3]
    assert line(axes, "label 1, as a probability").get_data()[1].tolist() == [16.1, 16.1, 0.0]
    assert axes.get_xlim() == (-1, 1)


def test_labels_have_their_colours_and_the_two_readings_their_dashes():
    axes = figures.handed_over([0, 1], {1: [1, 0], 0: [0, 1]}, {1: [1, 0], 0: [0, 1]})
    for label, colour in ((1, POSITIVE), (0, NEGATIVE)):
        logit, prob = (line(axes, f"label {label}, as a {what}") for what in ("logit", "probability"))
        assert logit.get_color() == prob.get_color() == colour
        assert logit.get_linestyle() != prob.get_linestyle()


def test_the_caps_of_the_clip_lie_inside_the_axes():
    axes = figures.handed_over([0, 1], {}, {1: [16.118, 0]})
    low, high = axes.get_ylim()
    assert low < 0 < 16.118 < high


def test_frozen_trainings_are_the_flat_ones_and_all_are_named():
    curves = {"moves": [100.0, 20.0, 4.0], "stands": [6.0, 6.0, 6.0], "stands too": [6.0, 6.0, 6.0]}
    axes = figures.frozen(curves)
    for name, values in curves.items():
        assert line(axes, name).get_data()[0].tolist() == [0, 1, 2]
        assert line(axes, name).get_ydata().tolist() == values
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(curves)
    assert axes.get_yscale() == "log"


def test_frozen_trainings_that_coincide_are_told_apart():
    axes = figures.frozen({"a": [6.0, 6.0], "b": [6.0, 6.0], "c": [6.0, 6.0]})
    looks = {(each.get_color(), each.get_linestyle(), each.get_linewidth()) for each in axes.get_lines()}
    assert len(looks) == 3


def test_training_draws_the_curves_and_their_relative_difference():
    first, second = np.array([0.8, 0.4, 0.2]), np.array([0.8, 0.4 * (1 + 1e-6), 0.2 * (1 - 1e-5)])
    upper, lower = figures.training({"PyTorch": first, "Keras": second})
    assert np.array_equal(line(upper, "PyTorch").get_ydata(), first)
    assert np.array_equal(line(upper, "Keras").get_ydata(), second)
    apart = lower.get_lines()[0].get_ydata()
    assert apart[1:] == pytest.approx([1e-6, 1e-5], rel=1e-6)


def test_no_difference_is_drawn_at_the_foot_of_the_axis_and_a_large_one_at_its_head():
    _, lower = figures.training({"a": [1.0, 1.0], "b": [1.0, 1.00009]})
    none, large = lower.get_lines()[0].get_ydata()
    low, high = lower.get_ylim()
    assert low < none < 2.0**-23 < large < high


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: figures.handed_over([0, 1], {1: [1, 0]}, {1: [1, 0]}, axes=axes),
        lambda axes: figures.frozen({"a": [6.0, 5.0]}, axes=axes),
    ],
)
def test_draws_on_the_axes_given(draw):
    _, given = plt.subplots()
    assert draw(given) is given
    assert given.get_xlabel()
    assert given.get_ylabel()
    assert len(plt.get_fignums()) == 1


def test_training_draws_on_the_two_axes_given():
    _, given = plt.subplots(2, 1)
    panels = figures.training({"a": [1.0, 0.5], "b": [1.0, 0.5]}, axes=given)
    assert list(panels) == list(given)
    assert all(panel.get_ylabel() for panel in panels)
    assert len(plt.get_fignums()) == 1
