"""The figure of the chapter *tour* shows the losses and the two levels that they are compared with."""

from __future__ import annotations

import numpy as np

from bce_book.figures import tour


def test_the_losses_and_both_levels_are_drawn() -> None:
    axes = tour.training([0.7, 0.4, 0.1], share=0.25)
    curve, coin, constant = axes.lines
    np.testing.assert_array_equal(curve.get_ydata(), [0.7, 0.4, 0.1])
    assert coin.get_ydata()[0] == np.log(2)
    np.testing.assert_allclose(constant.get_ydata()[0], -0.25 * np.log(0.25) - 0.75 * np.log(0.75))
    assert [text.get_text() for text in axes.texts] == ["½ for everybody: log 2", "the best constant prediction"]
    assert axes.get_ylabel() == "loss in nats"
