"""The mark and the cover draw what the library computes, and the files in the repository are those drawings."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import draw_identity
from bce_book.figures import style
from bce_lib import binary_cross_entropy
from colours import colour, contrast

FILES = ["cover.svg", *draw_identity.INKS]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def test_the_mark_is_the_loss_of_either_label_and_where_they_cross() -> None:
    lines = {line.get_label(): line for line in draw_identity.mark().lines}
    for y in (0, 1):
        p, loss = lines[f"label {y}"].get_data()
        np.testing.assert_array_equal(loss, binary_cross_entropy(np.full(p.shape, y), p, reduction="none"))
    (dot,) = [line for line in lines.values() if line.get_marker() == "o"]
    assert dot.get_data() == ([0.5], [np.log(2)])


def test_the_cover_is_the_expected_loss_and_its_lowest_points_are_the_entropy() -> None:
    *curves, entropy, dots = draw_identity.cover().lines
    for curve in curves:
        q = float(curve.get_label().removeprefix("q = "))
        p, expected = curve.get_data()
        np.testing.assert_allclose(expected, -q * np.log(p) - (1 - q) * np.log1p(-p), rtol=1e-12)
        assert abs(p[expected.argmin()] - q) <= np.diff(p).max()  # the least of those drawn is beside the truth
    truths, least = dots.get_data()
    np.testing.assert_allclose(truths, np.linspace(0, 1, len(curves))[1:-1])
    np.testing.assert_allclose(least, -truths * np.log(truths) - (1 - truths) * np.log1p(-truths), rtol=1e-12)
    p, height = entropy.get_data()
    np.testing.assert_allclose(height, -p * np.log(p) - (1 - p) * np.log1p(-p), rtol=1e-12)


def test_the_cover_mixes_the_colours_of_the_labels() -> None:
    *curves, _, _ = draw_identity.cover().lines
    assert np.allclose(curves[0].get_color(), colour(style.NEGATIVE))
    assert np.allclose(curves[-1].get_color(), colour(style.POSITIVE))


@pytest.mark.parametrize(
    ("name", "grounds"),
    [
        ("logo.svg", ["#ffffff"]),
        ("logo-dark.svg", ["#121212"]),
        ("favicon.svg", ["#ffffff", "#202124"]),
    ],
)
def test_the_mark_is_seen_on_its_ground(name: str, grounds: list[str]) -> None:
    for ground in grounds:
        assert min(contrast(colour(ink), colour(ground)) for ink in draw_identity.INKS[name]) >= 3


def test_they_draw_on_given_axes() -> None:
    for draw in (draw_identity.mark, draw_identity.cover):
        _, axes = plt.subplots()
        assert draw(axes=axes) is axes


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    draw_identity.write(folder)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_the_files_repeat_byte_for_byte(name: str, fresh: Path, tmp_path: Path) -> None:
    draw_identity.write(tmp_path)
    assert (tmp_path / name).read_bytes() == (fresh / name).read_bytes()


def test_each_file_is_written_and_no_other(fresh: Path) -> None:
    assert sorted(path.name for path in fresh.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_file_in_the_repository_is_this_drawing(
    name: str, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # found from any folder
    drawn, stored = ((folder / name).read_text(encoding="utf-8") for folder in (fresh, draw_identity.FOLDER))
    # Names made of a hash follow the last bit of every coordinate, which another processor may round otherwise.
    drawn, stored = (re.sub(r"[mp][0-9a-f]{10}", "hash", text) for text in (drawn, stored))
    assert NUMBER.sub("#", drawn) == NUMBER.sub("#", stored), "write it anew: python tools/draw_identity.py"
    numbers = [np.array(NUMBER.findall(text), dtype=float) for text in (drawn, stored)]
    np.testing.assert_allclose(*numbers, atol=0.01, rtol=0)
