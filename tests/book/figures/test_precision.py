"""What the figures of the chapter *precision* draw: their data against the library's values, not their pixels."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import precision as figures


def line(axes, label):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def test_resolution_of_the_logit_is_the_spacing_of_float32():
    z, gap = line(figures.resolution(), "kept as the logit z").get_data()
    assert np.array_equal(gap, np.spacing(np.abs(z).astype(np.float32)))


def test_resolution_of_the_probability_is_fine_on_the_left_and_ends_at_17():
    z, gap = line(figures.resolution(), "kept as the probability σ(z)").get_data()
    assert z.max() == pytest.approx(24 * np.log(2), abs=0.2)
    assert gap[(z > -80) & (z < -10)].max() < 2.0**-22
    assert gap[z == z.max()] > 0.5


def test_stairs_are_multiples_of_the_right_answer():
    margin = np.array([1.0, 2.0, 3.0])
    axes = figures.stairs({"double": 2 * np.log1p(np.exp(-margin))}, margin)
    assert line(axes, "double").get_ydata() == pytest.approx([2, 2, 2], rel=1e-14)
    assert axes.get_legend().get_texts()[0].get_text() == "double"


def test_forms_draws_the_errors_of_all_formulas_in_a_panel_for_each_label():
    errors = {"a": {1: [0.5, 4.0], 0: [2.0, np.inf]}, "b": {1: [1.0, 8.0], 0: [9.0, 3.0]}}
    panels = figures.forms(errors, [0.25, 1.25])
    assert [panel.get_title(loc="left") for panel in panels] == ["label 1", "label 0"]
    for panel, label in zip(panels, (1, 0), strict=True):
        drawn = [list(patch.get_data().values) for patch in panel.patches]
        assert drawn == [[min(value, 2e10) for value in found[label]] for found in errors.values()]
    looks = {(patch.get_edgecolor(), str(patch.get_linestyle())) for patch in panels[0].patches}
    assert len(looks) == 2
    legend = [text.get_text() for text in panels[0].figure.legends[0].get_texts()]
    assert legend[:2] == ["a", "b"]


@pytest.mark.parametrize(
    "draw", [figures.resolution, lambda axes: figures.stairs({"a": [0.1, 0.2]}, [2.0, 3.0], axes=axes)]
)
def test_draws_on_the_axes_given(draw):
    _, given = plt.subplots()
    assert draw(axes=given) is given
    assert given.get_xlabel()
    assert given.get_ylabel()
    assert len(plt.get_fignums()) == 1
