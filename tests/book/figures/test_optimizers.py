"""What the figures of *optimizers* draw: the numbers that they are given."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from bce_book.figures import optimizers as figures
from bce_book.figures.style import STYLE_SHEET

FIGURES = {
    "descents": lambda axes=None: figures.descents(
        {"down": {0: 1.0, 1: 0.5, 10: 0.1}, "up": {0: 1.0, 1: 1e9}}, axes=axes
    ),
    "paths": lambda axes=None: figures.paths(
        lambda a, b: (a - 1) ** 2 + (b - 1) ** 2,
        {"one": [[0, 0], [1.0, 1.0]], "other": [[0, 0], [1.0, 0.0]]},
        [1.0, 1.0],
        ["u", "v"],
        axes=axes,
    ),
    "errors": lambda axes=None: figures.errors({"Newton": [1, 1e-1, 1e-3], "descent": [1, 0.9, 0.8, 0.7]}, axes=axes),
    "passes": lambda axes=None: figures.passes(
        {"all": [[1, 0.1, 0.05]], "32": [[0.5, 0.4, 0.3], [0.7, 0.2, 0.1]]}, axes=axes
    ),
}


def lines(axes):
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def texts(axes):
    return {text.get_text() for text in axes.texts}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_draws_where_it_is_told_to_and_names_its_axes(name):
    axes = plt.figure().add_subplot()
    assert FIGURES[name](axes) is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert len(plt.get_fignums()) == 1


def test_descents_start_at_the_left_edge_and_one_leaves_the_picture():
    axes = FIGURES["descents"]()
    assert lines(axes)["down"].tolist() == [[0.5, 1.0], [1, 0.5], [10, 0.1]]
    assert lines(axes)["up"][-1, 1] > axes.get_ylim()[1] > 1.0
    assert texts(axes) == {"down", "up"}
    assert axes.get_xlim()[0] == 0.5
    assert [label.get_text() for label in axes.get_xticklabels()][:2] == ["0", "1"]


def test_paths_draw_the_walks_and_the_bottom():
    axes = FIGURES["paths"]()
    drawn = lines(axes)
    assert drawn["one"].tolist() == [[0, 0], [1, 1]]
    assert drawn["other"].tolist() == [[0, 0], [1, 0]]
    assert drawn["bottom"].tolist() == [[1, 1]]
    assert {"one", "other", "start"} == texts(axes)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight of u", "weight of v")


def test_errors_are_drawn_from_the_first_step_on():
    axes = FIGURES["errors"]()
    assert lines(axes)["Newton"].tolist() == [[1, 1e-1], [2, 1e-3]]
    assert lines(axes)["descent"].tolist() == [[1, 0.9], [2, 0.8], [3, 0.7]]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_passes_draw_the_middle_run_and_how_far_the_runs_lie_apart():
    axes = FIGURES["passes"]()
    np.testing.assert_allclose(lines(axes)["32"], [[1, 0.6], [2, 0.3], [3, 0.2]])
    bars = [segment.tolist() for segment in axes.collections[1].get_segments()]
    assert bars == [[[1, 0.5], [1, 0.7]], [[2, 0.2], [2, 0.4]], [[3, 0.1], [3, 0.3]]]


@pytest.mark.parametrize("seed", range(3))
def test_pictures_do_not_hang_on_the_last_bits(seed):
    rng = np.random.default_rng(seed)
    falling, walk = np.geomspace(0.7, 1e-5, 40), np.cumsum(rng.normal(size=(30, 2)), axis=0)

    def draw(noise):
        def off(values):
            return values * (1 + noise * rng.normal(size=np.shape(values)))

        yield figures.descents({"down": dict(enumerate(off(falling)))})
        yield figures.paths(lambda a, b: off((a - 1) ** 2 + 3 * b**2), {"w": off(walk)}, off(np.ones(2)), ["a", "b"])
        yield figures.errors({"w": off(falling)})
        yield figures.passes({"w": off(falling)[None]})

    def picture(axes):
        out = io.StringIO()
        axes.get_figure(root=True).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()

    with plt.style.context(STYLE_SHEET):
        for plain, disturbed in zip(draw(0.0), draw(1e-15), strict=True):
            assert picture(plain) == picture(disturbed)
