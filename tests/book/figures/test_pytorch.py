"""What the figures of the chapter *pytorch* draw: the steps that the names take, and the numbers given."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from bce_book.figures import pytorch as figures
from bce_book.figures.style import NEGATIVE, POSITIVE


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


def test_curves_draw_every_step_of_every_training():
    axes = figures.curves({"long": [3.0, 2.0, 1.0], "short": [0.5, 0.4]})
    steps, values = line(axes, "long").get_data()
    assert list(steps) == [0, 1, 2]
    assert list(values) == [3, 2, 1]
    assert list(line(axes, "short").get_ydata()) == [0.5, 0.4]
    assert axes.get_xlim() == (0, 2)
    assert axes.get_yscale() == "log"


def test_curves_tell_two_trainings_apart():
    axes = figures.curves({str(i): [1.0, 2.0] for i in range(2)})
    assert len({found.get_color() for found in axes.get_lines()}) == 2


def test_gradients_have_the_colour_of_their_label_and_the_dash_of_their_loss():
    z = [-1.0, 0.0, 1.0]
    axes = figures.gradients(z, {1: [-0.7, -0.5, -0.3], 0: [0.3, 0.5, 0.7]}, {1: [-1, -0.5, 0], 0: [0, 0.5, 1]})
    for label, colour in ((1, POSITIVE), (0, NEGATIVE)):
        solid, dashed = (line(axes, f"label {label}, {name}") for name in ("Sigmoid, BCELoss", "BCEWithLogitsLoss"))
        assert solid.get_color() == dashed.get_color() == colour
        assert solid.get_linestyle() != dashed.get_linestyle()
    assert line(axes, "label 1, Sigmoid, BCELoss").get_ydata().tolist() == [-0.7, -0.5, -0.3]
    assert line(axes, "label 0, BCEWithLogitsLoss").get_ydata().tolist() == [0, 0.5, 1]
    assert axes.get_xlim() == (-1, 1)


@pytest.mark.parametrize(
    "draw",
    [
        figures.names,
        lambda axes: figures.curves({"a": [1.0, 2.0]}, axes=axes),
        lambda axes: figures.gradients([0, 1], {1: [0, 0]}, {1: [0, 0]}, axes=axes),
    ],
)
def test_a_figure_draws_where_it_is_told_to(draw):
    _, given = plt.subplots()
    assert draw(axes=given) is given
    assert len(plt.get_fignums()) == 1
