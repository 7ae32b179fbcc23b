"""What the figures of the chapter *clipping* draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import clipping as figures
from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits, vectorized


def line_named(axes, name):
    return next(line for line in axes.lines if line.get_label() == name)


@pytest.mark.parametrize(
    ("name", "dtype", "clip"),
    [
        ("float32, clip 1e-7", np.float32, 1e-7),
        ("float32, clip 1e-15", np.float32, 1e-15),
        ("float64, clip 2.2e-16", np.float64, 2.0**-52),
    ],
)
@pytest.mark.parametrize("label", [0, 1])
def test_a_certain_error_costs_the_cap_of_the_librarys_clipped_line(name, dtype, clip, label):
    axes = figures.caps()[1 - label]
    with np.errstate(divide="ignore"):
        cap = vectorized.binary_cross_entropy([label], np.array([1 - label], dtype), clip=clip)
    line = line_named(axes, name)
    worst = line.get_ydata()[np.argmin(line.get_xdata())]
    assert worst == pytest.approx(cap, rel=1e-6)
    assert not np.isfinite(cap) or f"{cap:.3f}" in [text.get_text() for text in axes.texts]


def test_the_caps_are_those_of_the_chapter():
    above, below = figures.caps()
    numbers = [[text.get_text() for text in axes.texts if text.get_text()[:1].isdigit()] for axes in (above, below)]
    assert sorted(numbers[0]) == ["100", "16.118", "34.539", "36.044"]
    assert sorted(numbers[1]) == ["100", "15.942", "36.044"]


def test_the_dashed_line_of_the_caps_is_the_exact_loss():
    above, below = figures.caps()
    for axes in (above, below):
        given, loss = line_named(axes, "exact").get_data()
        ones = np.ones_like(given)
        np.testing.assert_allclose(loss, binary_cross_entropy(ones, given, reduction="none"), rtol=1e-14)
        assert axes.get_xlim() == (1, 1e-50)


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


def test_errors_are_drawn_on_logarithmic_axes_and_zero_is_shown():
    axes = figures.errors([0.1, 0.2], {"line": [3.0, 1e12], "exact": [0.0, 0.3]})
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    np.testing.assert_array_equal(line_named(axes, "line").get_ydata(), [3.0, 1e12])
    np.testing.assert_array_equal(line_named(axes, "exact").get_ydata(), [0.01, 0.3])


def test_the_rounded_sigmoid_follows_the_logit_until_it_is_one():
    axes = figures.rounded_sigmoid()
    z, truth = line_named(axes, "from the logit").get_data()
    np.testing.assert_allclose(
        truth, binary_cross_entropy_with_logits(np.zeros_like(z), z, reduction="none"), rtol=1e-14
    )
    loss = line_named(axes, "from the float32 probability").get_ydata()
    # The sigmoid is 1 from half a step below 1 on: exp(−z) < 2**-25.
    np.testing.assert_array_equal(np.isnan(loss), z > 25 * np.log(2))
    np.testing.assert_allclose(loss[z < 13], truth[z < 13], rtol=1e-3)
    assert np.nanmax(loss) == pytest.approx(24 * np.log(2))


def test_figures_draw_on_the_axes_they_are_given():
    _, axes = plt.subplots(3, 2)
    pair = axes[:2, 0]
    assert figures.caps(axes=pair) is pair
    assert figures.staircase(axes=axes[0, 1]) is axes[0, 1]
    assert figures.gradients([0.0, 1.0], {"a": [-1.0, -1.0]}, axes=axes[1, 1]) is axes[1, 1]
    assert figures.errors([0.1], {"a": [1.0]}, axes=axes[2, 0]) is axes[2, 0]
    assert figures.rounded_sigmoid(axes=axes[2, 1]) is axes[2, 1]
    assert len(plt.get_fignums()) == 1
