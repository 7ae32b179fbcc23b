"""What the figures of the chapter *clipping* draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import clipping as figures
from bce_lib import binary_cross_entropy


def test_the_stairs_are_the_losses_of_the_last_float32_numbers():
    axes = figures.staircase()
    dots = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) == 1]
    stairs = {float(dot.get_xdata()[0]): float(dot.get_ydata()[0]) for dot in dots}
    p, expected = np.float32(1), []
    for _ in range(6):
        p = np.nextafter(p, np.float32(0))
        expected.append((1 - float(p), binary_cross_entropy([0.0], [float(p)])))
    assert stairs.pop(1e-7) == pytest.approx(-np.log(1e-7))  # the clip that the figure marks
    assert sorted(stairs.items()) == [pytest.approx(pair) for pair in expected]


def test_the_clip_lands_on_the_second_stair():
    texts = [text.get_text() for text in figures.staircase(1e-7).texts]
    assert "a clip at 1e-7 means 16.118" in texts
    assert "and gets 15.942" in texts


def test_gradients_are_drawn_with_their_sign_changed_and_named():
    logits = np.linspace(-20, 5, 101)
    curves = {"whole": -np.ones(101), "dead": np.where(logits < -16, 0.0, -1.0)}
    axes = figures.gradients(logits, curves)
    for line, derivative in zip(axes.lines, curves.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), -derivative)
    assert set(curves) <= {text.get_text() for text in axes.texts}


def test_figures_draw_on_the_axes_they_are_given():
    _, axes = plt.subplots(1, 2)
    assert figures.staircase(axes=axes[0]) is axes[0]
    assert figures.gradients([0.0, 1.0], {"a": [-1.0, -1.0]}, axes=axes[1]) is axes[1]
    assert len(plt.get_fignums()) == 1
