"""What the figures of the chapter *derivatives* draw are the numbers that they are given, and errors as they are."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

from bce_book.figures import derivatives


def lines(axes: plt.Axes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {str(line.get_label()): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines}


def central(f, z, h):
    return (f(z + h) - f(z - h)) / (2 * h)


def test_from_zero_draws_the_losses_it_is_given():
    axes = derivatives.from_zero({"stuck": [0.7, 0.7], "free": [0.7, 0.4]})
    assert np.array_equal(lines(axes)["free"][1], [0.7, 0.4])
    assert [text.get_text() for text in axes.texts] == ["stuck", "free"]
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_step_sizes_draws_the_relative_errors():
    axes = derivatives.step_sizes({"central": central}, np.exp, 0.0, 1.0)
    steps, errors = lines(axes)["central"]
    assert np.array_equal(steps, derivatives.STEPS)
    assert errors[-1] == abs(central(np.exp, 0.0, 1.0) - 1)
    assert errors[0] == 1  # 0 ± 1e-20 is lost beside 1 in exp
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_step_sizes_keeps_an_error_of_zero_on_the_logarithmic_scale():
    axes = derivatives.step_sizes({"exact": lambda f, z, h: 2.0}, np.exp, 0.0, 2.0)
    assert np.all(lines(axes)["exact"][1] == 1e-17)


def test_axes_are_drawn_on_where_given():
    _, given = plt.subplots()
    assert derivatives.from_zero({"a": [1.0, 0.5]}, axes=given) is given
