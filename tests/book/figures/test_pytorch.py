"""What the figures of the chapter *pytorch* draw: the steps that the names take, and the numbers that they are given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from torch import nn

from bce_book.figures import pytorch as figures
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits


def line(axes, label):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def test_a_bar_of_the_names_reaches_from_its_first_station_to_its_last():
    axes = figures.names()
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert bars == list(figures.STEPS.values())
    assert [text.get_text() for text in axes.texts][: len(bars)] == list(figures.STEPS)
    assert [label.get_text() for label in axes.get_xticklabels()] == list(figures.STATIONS)


def test_bars_of_layers_and_of_losses_have_two_colours():
    colours = {name: bar.get_facecolor() for name, bar in zip(figures.STEPS, figures.names().patches, strict=True)}
    layers = {colours[name] for name in figures.LAYERS}
    losses = {colours[name] for name in figures.STEPS if name not in figures.LAYERS}
    assert len(layers) == len(losses) == 1
    assert layers != losses


@pytest.mark.parametrize("name", figures.STEPS)
def test_the_steps_are_those_that_the_name_takes(name):
    """Each name equals the chain of single steps between its two stations."""
    logits = torch.tensor([[-1.5, 0.5], [0.25, 2.0]], dtype=torch.float64)
    one_number = name in ("Sigmoid", "LogSigmoid", "BCELoss", "BCEWithLogitsLoss")
    target = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64) if one_number else torch.tensor([1, 0])
    start, end = figures.STEPS[name]
    probability = torch.sigmoid(logits) if one_number else torch.softmax(logits, dim=1)
    stations = [logits, probability, torch.log(probability)]
    if one_number:
        stations.append(-(target * torch.log(probability) + (1 - target) * torch.log(1 - probability)))
    else:
        stations.append(-stations[2][[0, 1], target])
    if name in figures.LAYERS:
        layer = getattr(nn, name)() if one_number else getattr(nn, name)(dim=1)
        found = layer(stations[start])
    else:
        found = getattr(nn, name)(reduction="none")(stations[start], target)
    torch.testing.assert_close(found, stations[end])


def test_errors_of_loss_and_gradient_stand_side_by_side():
    z = [-0.5, 0.5]
    loss = {"a": {1: [1.0, 2.0], 0: [3.0, 4.0]}, "b": {1: [5.0, 6.0], 0: [7.0, 8.0]}}
    gradient = {
        name: {y: [10 * value for value in values] for y, values in found.items()} for name, found in loss.items()
    }
    grid = figures.errors(loss, gradient, z)
    assert grid.shape == (2, 2)
    for row, name in zip(grid, loss, strict=True):
        assert row[0].get_title(loc="left") == name
        for axes, found in zip(row, (loss[name], gradient[name]), strict=True):
            for patch, values in zip(axes.patches, found.values(), strict=True):
                assert patch.get_data().values.tolist() == values
    legend = grid[0, 0].figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()][:2] == ["label 1", "label 0"]
    for handle, patch in zip(legend.legend_handles, grid[0, 0].patches, strict=False):
        assert to_hex(handle.get_color()) == to_hex(patch.get_edgecolor())


def test_tails_are_multiples_of_the_right_loss_and_the_right_gradient():
    m = np.array([2.0, 5.0, 8.0])
    right_loss = binary_cross_entropy_with_logits(np.zeros(3), -m, reduction="none")
    right_gradient = binary_cross_entropy_gradient(np.ones(3), m, reduction="none")
    left, right = figures.tails({"twice": 2 * right_loss, "none": 0 * m}, {"thrice": 3 * right_gradient}, m)
    np.testing.assert_allclose(line(left, "twice").get_ydata(), 2, rtol=1e-12)
    np.testing.assert_array_equal(line(left, "none").get_ydata(), 0)
    np.testing.assert_allclose(line(right, "thrice").get_ydata(), 3, rtol=1e-12)
    np.testing.assert_array_equal(line(right, "thrice").get_xdata(), m)


def test_tails_draw_on_the_axes_given():
    figure, given = plt.subplots(1, 2)
    assert list(figures.tails({"a": [0.1, 0.05]}, {"a": [-0.1, -0.05]}, [2.0, 3.0], axes=given)) == list(given)
    assert plt.get_fignums() == [figure.number]


def test_curves_draw_every_step_of_every_training():
    axes = figures.curves({"long": [3.0, 2.0, 1.0], "short": [0.5, 0.4]}, right=0.25, ylabel="share", ylim=(0.1, 10))
    steps, values = line(axes, "long").get_data()
    assert list(steps) == [0, 1, 2]
    assert list(values) == [3, 2, 1]
    assert list(line(axes, "short").get_ydata()) == [0.5, 0.4]
    assert 0.25 in [list(found.get_ydata())[0] for found in axes.get_lines()]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 2), (0.1, 10))
    assert (axes.get_yscale(), axes.get_ylabel()) == ("log", "share")


def test_curves_tell_four_trainings_apart():
    axes = figures.curves({str(i): [1.0, 2.0] for i in range(4)})
    looks = {(found.get_color(), found.get_linestyle(), found.get_linewidth()) for found in axes.get_lines()}
    assert len(looks) == len({found.get_color() for found in axes.get_lines()}) == 4


@pytest.mark.parametrize("draw", [figures.names, lambda axes: figures.curves({"a": [1.0, 2.0]}, axes=axes)])
def test_a_figure_draws_where_it_is_told_to(draw):
    _, given = plt.subplots()
    assert draw(axes=given) is given
    assert len(plt.get_fignums()) == 1
