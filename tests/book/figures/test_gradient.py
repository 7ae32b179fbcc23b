"""What the figures of the chapter *gradient* draw are the library's numbers."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import gradient
from bce_lib import binary_cross_entropy_with_logits, sigmoid


def lines(axes: plt.Axes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {str(line.get_label()): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines}


def labelled(axes: plt.Axes) -> bool:
    return bool(axes.get_xlabel()) and bool(axes.get_ylabel())


def test_race_draws_every_run_and_names_each_loss_once():
    axes = gradient.race({"a": [[-8, -1, 3], [-8, 2, 3]], "b": [[-8, -7, -6]]})
    drawn = [list(line.get_ydata()) for line in axes.lines if line.get_label() in ("a", "b")]
    assert drawn == [[-8, -1, 3], [-8, 2, 3], [-8, -7, -6]]
    assert [text.get_text() for text in axes.texts] == ["a", "b"]
    assert [text.xy[0] for text in axes.texts] == [2, 2]
    assert labelled(axes)


def test_four_losses_are_their_definitions_and_the_derivatives_are_theirs():
    losses, slopes = (lines(panel) for panel in gradient.four_losses())
    z, bce = losses["binary cross-entropy"]
    assert np.array_equal(bce, binary_cross_entropy_with_logits(np.ones_like(z), z, reduction="none"))
    np.testing.assert_allclose(losses["squared error of σ(z)"][1], (1 - sigmoid(z)) ** 2, rtol=1e-9)
    np.testing.assert_allclose(losses["focal, γ = 2"][1], (1 - sigmoid(z)) ** 2 * bce, rtol=1e-9)
    assert np.array_equal(losses["hinge"][1], np.where(z < 1, 1 - z, 0))
    assert list(losses) == list(slopes)
    for name, (z, values) in losses.items():
        numeric = np.gradient(values, z)
        smooth = (np.abs(z - 1) > 0.05) & (np.abs(z) < 5.9) if name == "hinge" else np.abs(z) < 5.9
        np.testing.assert_allclose(slopes[name][1][smooth], numeric[smooth], atol=1e-4)


def simulated(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=200)
    return x, (rng.random(200) < sigmoid(3 * x)).astype(float)


@pytest.mark.parametrize("seed", range(3))
def test_the_chord_of_bce_lies_above_its_curve_and_that_of_the_squared_error_below(seed):
    sides = []
    for panel in gradient.landscapes(*simulated(seed)):
        x, y = panel.lines[0].get_data()
        ends, heights = panel.lines[1].get_data()
        inside = (x > ends[0] + 0.5) & (x < ends[1] - 0.5)
        above = np.interp(x[inside], ends, heights) > y[inside]
        assert np.all(above) or not np.any(above)
        sides.append(bool(above[0]))
    assert sides == [True, False]


def test_landscapes_are_mean_losses_and_the_dot_is_the_start():
    x, y = simulated(0)
    bce, squared = gradient.landscapes(x, y, start=-4.0)
    w, losses = bce.lines[0].get_data()
    assert np.isclose(losses[0], binary_cross_entropy_with_logits(y, w[0] * x), rtol=1e-14)
    w, losses = squared.lines[0].get_data()
    assert np.isclose(losses[0], np.mean((sigmoid(w[0] * x) - y) ** 2), rtol=1e-14)
    for panel, title in ((bce, "BCE"), (squared, "squared error")):
        assert panel.lines[2].get_xdata() == -4
        assert panel.get_title() == title


def test_valleys_marks_two_for_the_squared_error_and_one_for_bce():
    left, right = gradient.valleys([1, 1, 1, 1, 1, 10], [0, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(left.lines[1].get_xdata(), [-1.39, 0.12], atol=0.011)
    np.testing.assert_allclose(right.lines[1].get_xdata(), [0.16], atol=0.011)
    assert left.get_title() == "squared error"
    assert labelled(left)


def test_panels_are_drawn_where_asked():
    _, given = plt.subplots(1, 2)
    assert list(gradient.four_losses(axes=given)) == list(given)
    with pytest.raises(ValueError, match="this figure has 2 panels"):
        gradient.four_losses(axes=given[:1])


def test_single_axes_are_drawn_on_where_given():
    _, given = plt.subplots()
    assert gradient.race({"a": [[-1.0, 0.5]]}, axes=given) is given
