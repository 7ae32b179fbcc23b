"""What the figures of the chapter *gradient* draw are the library's numbers."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import gradient
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid


def lines(axes: plt.Axes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {str(line.get_label()): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines}


def texts(axes: plt.Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def labelled(axes: plt.Axes) -> bool:
    return bool(axes.get_xlabel()) and bool(axes.get_ylabel())


def central(f, z, h):
    return (f(z + h) - f(z - h)) / (2 * h)


def test_step_sizes_draws_the_relative_errors():
    axes = gradient.step_sizes({"central": central}, np.exp, 0.0, 1.0)
    steps, errors = lines(axes)["central"]
    assert np.array_equal(steps, gradient.STEPS)
    assert errors[-1] == abs(central(np.exp, 0.0, 1.0) - 1)
    assert errors[0] == 1  # 0 ± 1e-20 is lost beside 1 in exp
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert labelled(axes)


def test_step_sizes_keeps_an_error_of_zero_on_the_logarithmic_scale():
    axes = gradient.step_sizes({"exact": lambda f, z, h: 2.0}, np.exp, 0.0, 2.0)
    assert np.all(lines(axes)["exact"][1] == 1e-17)


def test_two_losses_draws_both_derivatives_for_either_label():
    for axes, y in zip(gradient.two_losses(), (1.0, 0.0), strict=True):
        z, bce = lines(axes)["BCE"]
        assert np.array_equal(bce, binary_cross_entropy_gradient(np.full_like(z, y), z, reduction="none"))
        z, square = lines(axes)["squared error"]
        h = 1e-5
        numeric = ((sigmoid(z + h) - y) ** 2 - (sigmoid(z - h) - y) ** 2) / (2 * h)
        np.testing.assert_allclose(square, numeric, atol=1e-10)
        assert axes.get_title() == f"label {y:.0f}"


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


def test_race_draws_the_shares_it_is_given():
    axes = gradient.race({"a": [0.1, 0.9], "b": [0.1, 0.2, 0.3]})
    assert np.array_equal(lines(axes)["a"][1], [0.1, 0.9])
    assert np.array_equal(lines(axes)["b"][1], [0.1, 0.2, 0.3])
    assert texts(axes) == ["a", "b"]
    assert labelled(axes)


def test_escape_draws_counts_and_theory():
    axes = gradient.escape([-1.0, -2.0], {"a": [2, 3]}, {"a": lambda z: 1 - z})
    assert np.array_equal(lines(axes)["a"][0], [1, 2])
    assert np.array_equal(lines(axes)["a"][1], [2, 3])
    distance, derived = axes.lines[0].get_data()
    np.testing.assert_allclose(derived, 1 + np.asarray(distance))
    assert axes.get_yscale() == "log"


def test_staircase_has_whole_steps_down_to_nothing():
    axes = gradient.staircase()
    z, steps = lines(axes)["1 minus the float32 σ(z)"]
    assert np.array_equal(steps, np.round(steps))
    assert np.all(steps[z > 25 * np.log(2)] == 0)
    assert np.all(steps[z < 25 * np.log(2)] > 0)
    z, smooth = lines(axes)["1 − σ(z)"]
    np.testing.assert_allclose(smooth * 2.0**-24, sigmoid(-z.astype(float)), rtol=1e-6)


def test_last_digits_draws_the_worst_error_of_each_cell():
    z = np.linspace(0, 20, 80, endpoint=False, dtype=np.float32)
    ours = binary_cross_entropy_gradient(np.ones_like(z), z, reduction="none")
    axes = gradient.last_digits({"subtracted": sigmoid(z) - 1, "ours": ours}, z)
    centres, subtracted = lines(axes)["subtracted"]
    assert np.array_equal(centres, np.arange(0.25, 20, 0.5))
    assert subtracted.max() > 1e7
    assert lines(axes)["ours"][1].max() < 0.51


def test_at_zero_joins_formulas_of_one_value_and_names_the_library_where_they_differ():
    axes = gradient.at_zero({"a": (-0.5, -0.5), "b": (-0.5, -1.0), "c": (-1.0, 0.0)})
    assert texts(axes)[:3] == ["a\nb (PyTorch)", "b (JAX)\nc (PyTorch)", "c (JAX)"]
    dots = [float(line.get_ydata()[0]) for line in axes.lines[1:]]
    assert dots == [-0.5, -1.0, 0.0]
    z, curve = axes.lines[0].get_data()
    np.testing.assert_allclose(curve, sigmoid(np.asarray(z)) - 1, atol=1e-15)


def test_from_zero_draws_the_losses_it_is_given():
    axes = gradient.from_zero({"stuck": [0.7, 0.7], "free": [0.7, 0.4]})
    assert np.array_equal(lines(axes)["free"][1], [0.7, 0.4])
    assert texts(axes) == ["stuck", "free"]


def test_chords_lie_above_the_convex_curves_and_below_the_others():
    panels = gradient.chords()
    sides = []
    for axes in panels:
        x, y = axes.lines[0].get_data()
        ends, heights = axes.lines[1].get_data()
        inside = (x > ends[0]) & (x < ends[1])
        middle = np.flatnonzero(inside)[inside.sum() // 2]
        sides.append(bool(np.interp(x[middle], ends, heights) > y[middle]))
    assert sides == [True, False, True, False]
    z, bce = panels[0].lines[0].get_data()
    assert np.array_equal(bce, binary_cross_entropy_with_logits(np.ones_like(z), z, reduction="none"))


def test_the_squared_error_bends_where_the_mark_is():
    mark = gradient.chords()[1].lines[2]
    z, value = float(mark.get_xdata()[0]), float(mark.get_ydata()[0])
    assert np.isclose(value, (1 - sigmoid(z)) ** 2, rtol=1e-12)
    curvature = [np.diff((1 - sigmoid(z + side + np.array([-0.01, 0, 0.01]))) ** 2, 2)[0] for side in (-0.1, 0.1)]
    assert curvature[0] < 0 < curvature[1]


def test_the_hidden_neuron_is_a_coin_half_way():
    shares, losses = gradient.hidden_neuron()
    assert shares[100] == 0.5
    assert np.isclose(losses[100], np.log(2), rtol=1e-15)
    np.testing.assert_allclose(losses, losses[::-1], rtol=1e-12)


def test_valleys_marks_two_for_the_squared_error_and_one_for_bce():
    left, right = gradient.valleys([1, 1, 1, 1, 1, 10], [0, 0, 0, 0, 1, 1])
    np.testing.assert_allclose(left.lines[1].get_xdata(), [-1.39, 0.12], atol=0.011)
    np.testing.assert_allclose(right.lines[1].get_xdata(), [0.16], atol=0.011)
    assert left.get_title() == "squared error"
    assert labelled(left)


@pytest.mark.parametrize(("figure", "count"), [(gradient.two_losses, 2), (gradient.chords, 4)])
def test_panels_are_drawn_where_asked(figure, count):
    _, given = plt.subplots(1, count)
    assert list(figure(axes=given)) == list(given)
    with pytest.raises(ValueError, match=f"this figure has {count} panels"):
        figure(axes=given[:1])


def test_single_axes_are_drawn_on_where_given():
    _, given = plt.subplots()
    assert gradient.staircase(axes=given) is given
    assert gradient.from_zero({"a": [1.0, 0.5]}, axes=given) is given
