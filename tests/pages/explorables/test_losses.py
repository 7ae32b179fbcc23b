"""The explorable of four losses shows what bce_lib computes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid
from rendered import on_explorable
from responding import Explorable

PLACES = [(-6.0, 1.0), (-3.0, 1.0), (0.0, 0.0), (0.7, 0.35), (1.0, 1.0), (2.5, 0.0), (6.0, 0.05)]
on_page = on_explorable("losses")


@pytest.fixture
def losses(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("losses")


@on_page
def test_bce_and_its_slope_are_those_of_the_library(losses: Explorable) -> None:
    for (z, y), found in zip(PLACES, losses.computed({"z": z, "y": y} for z, y in PLACES), strict=True):
        assert found["bce.loss"] == pytest.approx(float(binary_cross_entropy_with_logits(y, z)), rel=1e-12)
        assert found["bce.slope"] == pytest.approx(float(binary_cross_entropy_gradient(y, z)), rel=1e-12)


@on_page
def test_the_squared_error_and_its_slope_are_those_of_the_sigmoid(losses: Explorable) -> None:
    for (z, y), found in zip(PLACES, losses.computed({"z": z, "y": y} for z, y in PLACES), strict=True):
        p, error = float(sigmoid(z)), float(binary_cross_entropy_gradient(y, z))
        assert found["squared.loss"] == pytest.approx((p - y) ** 2, rel=1e-12)
        assert found["squared.slope"] == pytest.approx(2 * error * p * float(sigmoid(-z)), rel=1e-12)


@on_page
@pytest.mark.parametrize("name", ["hinge", "focal"])
def test_the_other_two_are_their_definitions_and_the_slope_is_the_difference(name: str, losses: Explorable) -> None:
    def hinge(z: float) -> float:
        return max(0.0, 1 - z)

    def focal(z: float) -> float:
        return float((1 - sigmoid(z)) ** 2 * binary_cross_entropy_with_logits(1.0, z))

    of_one = {"hinge": hinge, "focal": focal}[name]

    def loss(y: float, z: float) -> float:
        return y * of_one(z) + (1 - y) * of_one(-z)

    for (z, y), found in zip(PLACES, losses.computed({"z": z, "y": y} for z, y in PLACES), strict=True):
        assert found[f"{name}.loss"] == pytest.approx(loss(y, z), rel=1e-12)
        if name == "focal" or abs(abs(z) - 1) > 0.01:  # the hinge has no slope at its corner
            h = np.cbrt(np.finfo(float).eps)
            difference = (loss(y, z + h) - loss(y, z - h)) / (2 * h)
            assert found[f"{name}.slope"] == pytest.approx(difference, rel=1e-7, abs=1e-9)


@on_page
def test_the_logit_is_dragged_in_both_charts(losses: Explorable) -> None:
    for handle in (0, 1):
        before = losses.control("z")
        losses.drag(handle, 60, 0)
        assert losses.control("z") > before + 1
    assert losses.values()["y"] == 1
