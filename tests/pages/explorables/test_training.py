"""The explorable of gradient descent takes the steps that NumPy and bce_lib take."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Page

import bce_lib as bce
from places import notebook_of
from rendered import explorables, on_explorable
from responding import Explorable

on_page = on_explorable("training")


@pytest.fixture
def training(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("training")


def descended(power: float, scaling: str, steps: int) -> dict[str, float]:
    """Walk on the features themselves, raw (about their means) or scaled, and return what the page shows."""
    from explorables.training import problem
    from explorables.tumours import PAIR, split

    scaled, labels, best = problem()
    spread = split().spread[[split().names.index(name) for name in PAIR]] if scaling == "raw" else np.ones(2)
    features = scaled * spread
    w = np.zeros(2)
    for _ in range(steps + 1):
        z = best[0] + features @ w
        slope = features.T @ bce.binary_cross_entropy_gradient(labels, z, reduction="none") / len(labels)
        here, w = w, w - 10**power * slope
    return {
        "step": steps,
        "loss": float(bce.binary_cross_entropy_with_logits(labels, z)),
        "area": here[0] * spread[0],
        "smoothness": here[1] * spread[1],
        "slope": float(np.hypot(*slope)),
        "accuracy": np.mean((z >= 0) == labels),
    }


# On the raw features a rate of 1e-5 is short enough, 1 far too long: the second step starts from a loss of thousands.
@on_page
@pytest.mark.parametrize(
    ("power", "scaling", "tens", "ones"),
    [
        (0.0, "scaled", 0, 1),
        (0.0, "scaled", 1, 2),
        (1.2, "scaled", 2, 0),
        (-2.0, "scaled", 3, 0),
        (-5.5, "raw", 1, 1),
        (0.0, "raw", 0, 2),
    ],
)
def test_the_steps_are_those_of_numpy(power: float, scaling: str, tens: int, ones: int, training: Explorable) -> None:
    if scaling == "raw":
        training.set(scaling=scaling)
    if power:
        training.set(rate=power)
    for _ in range(tens):
        training.press("ten")
    for _ in range(ones):
        training.press("step")
    for name, value in descended(power, scaling, 10 * tens + ones).items():
        assert training.value(f"{name}.here") == pytest.approx(value, rel=1e-12, abs=1e-300), name


@on_page
def test_the_bottom_is_where_no_step_leads_down(training: Explorable) -> None:
    from explorables.training import loss, problem

    _, _, best = problem()
    a, b = training.value("area.bottom"), training.value("smoothness.bottom")
    assert [a, b] == best[1:].tolist()
    assert training.value("loss.bottom") == pytest.approx(loss(a, b), rel=1e-12)
    assert training.value("slope.bottom") < 1e-12
    assert all(loss(a + x, b + y) > loss(a, b) for x, y in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)))


def test_the_walks_and_the_bottom_are_those_that_the_chapter_prints() -> None:
    from explorables.training import STEPS, problem, walks

    cells = nbformat.read(notebook_of("optimizers"), as_version=4).cells
    printed = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))
    for name, path in walks().items():
        assert f"{name:6}: weights {path[-1][0]:.2f}, {path[-1][1]:.2f} after {STEPS} steps" in printed
    _, a, b = problem()[2]
    assert f"bottom: weights {a:.2f}, {b:.2f}" in printed


@on_page
def test_the_walks_are_drawn_before_the_reader_has_taken_a_step(training: Explorable) -> None:
    words = training.frame.locator('[data-chart="surface"] svg text').all_text_contents()
    assert {"scaled", "raw"} <= set(words)
    assert training.value("step.here") == 0


def test_the_contours_are_lines_of_equal_loss() -> None:
    from explorables.training import LEVELS, contours, loss

    runs: dict[float, list[float]] = {}
    for corner in contours():
        runs.setdefault(corner["run"], []).append(loss(corner["a"], corner["b"]))
    assert len(runs) >= len(LEVELS)
    for heights in runs.values():
        level = min(LEVELS, key=lambda level: abs(level - heights[0]))  # noqa: B023
        assert heights == pytest.approx([level] * len(heights), rel=5e-3)  # straight between the points of the grid


@on_page
def test_a_step_that_leads_up_is_said_to(training: Explorable) -> None:
    training.press("step")
    assert "lowered the loss" in training.summary()
    assert "left the picture" not in training.summary()
    training.set(scaling="raw")
    training.press("step")
    assert "led up" in training.summary()
    assert "left the picture" in training.summary()
    training.press("again")
    assert training.value("step.here") == 0


@on_page
def test_play_walks_until_it_is_paused(training: Explorable) -> None:
    training.press("play")
    training.page.wait_for_function("() => explorables.shown.training.state.path.length > 20")
    training.press("play")
    taken = training.page.evaluate("explorables.shown.training.state.path.length")
    training.page.wait_for_timeout(300)
    assert training.page.evaluate("explorables.shown.training.state.path.length") <= taken + 1


def test_nothing_moves_by_itself_where_the_reader_wants_no_motion(visit: Callable[..., Page]) -> None:
    page = visit(f"{explorables()['training'][0]}.html", reduced_motion="reduce", without="**/mathjax/**")
    still = Explorable(page, "training")
    assert still.frame.locator('button[name="play"]').inner_text() == "100 steps"
    still.press("play")
    assert still.value("step.here") == 100
