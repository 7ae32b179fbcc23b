"""The figure of the first page draws what the library computes, and the file in the repository is that figure."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import draw_overview
from bce_lib import binary_cross_entropy_with_logits

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def test_the_loss_is_drawn_for_both_labels() -> None:
    lines = {line.get_label(): line for line in draw_overview.loss().lines}
    for y in (0, 1):
        z, height = lines[f"label {y}"].get_data()
        expected = binary_cross_entropy_with_logits(np.full(z.shape, y), z, reduction="none")
        np.testing.assert_array_equal(height, expected)


def test_the_curves_cross_at_log_2() -> None:
    (dot,) = [line for line in draw_overview.loss().lines if line.get_marker() == "o"]
    assert dot.get_xdata() == [0]
    assert dot.get_ydata() == [np.log(2)]


def test_the_ticks_name_the_probability_of_their_logit() -> None:
    names = [tick.get_text() for tick in draw_overview.loss().get_xticklabels()]
    assert names == ["−6\n0.2%", "−3\n4.7%", "0\n50.0%", "3\n95.3%", "6\n99.8%"]


def test_a_float32_probability_ends_where_it_rounds_to_1() -> None:
    lines = {line.get_label(): line for line in draw_overview.from_probability().lines}
    z, exact = lines["from the logit"].get_data()
    reached, through = lines["from a float32 probability"].get_data()
    np.testing.assert_array_equal(exact, binary_cross_entropy_with_logits(np.ones(z.shape), z, reduction="none"))
    # The last float32 below 1 is 1 − 2⁻²⁴, and the sigmoid lies half way between it and 1 at z = 25 log 2.
    assert np.isclose(through[-1], 2.0**-24, rtol=1e-6)
    assert 0 <= 25 * np.log(2) - reached[-1] < z[1] - z[0]
    # Every step is a multiple of the spacing of the float32 numbers below 1.
    assert np.allclose(through / 2.0**-24, np.round(through / 2.0**-24), rtol=1e-4)


def test_the_panels_draw_on_given_axes() -> None:
    _, axes = plt.subplots()
    assert draw_overview.loss(axes=axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    _, axes = plt.subplots()
    assert draw_overview.from_probability(axes=axes) is axes
    assert axes.get_yscale() == "log"


def test_the_figure_repeats_byte_for_byte(tmp_path: Path) -> None:
    draw_overview.write(tmp_path / "first.svg")
    draw_overview.write(tmp_path / "second.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_the_file_in_the_repository_is_this_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # found from any folder
    draw_overview.write(tmp_path / "overview.svg")
    fresh, stored = (path.read_text(encoding="utf-8") for path in (tmp_path / "overview.svg", draw_overview.FILE))
    # Names made of a hash follow the last bit of every coordinate, which another processor may round otherwise.
    fresh, stored = (re.sub(r"[mp][0-9a-f]{10}", "hash", text) for text in (fresh, stored))
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", stored), "write it anew: python tools/draw_overview.py"
    numbers = [np.array(NUMBER.findall(text), dtype=float) for text in (fresh, stored)]
    np.testing.assert_allclose(*numbers, atol=0.01, rtol=0)


def test_the_file_stands_on_white_and_asks_no_other_host_for_anything() -> None:
    svg = draw_overview.FILE.read_text(encoding="utf-8")
    assert "fill: #ffffff" in svg
    assert not re.search(r"(?:href|src)=\"(?:https?:)?//", svg)
    assert "<dc:date>" not in svg
