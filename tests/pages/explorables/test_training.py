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


def descended(rate: float, scaling: str, start: tuple[float, float], steps: int) -> dict[str, float]:
    """Walk on the features themselves, raw (about their means) or scaled, and return what the page shows."""
    from explorables.training import problem
    from explorables.tumours import PAIR, split

    scaled, labels, best = problem()
    spread = split().spread[[split().names.index(name) for name in PAIR]] if scaling == "raw" else np.ones(2)
    features = scaled * spread
    length = rate * 4 * len(labels) / np.linalg.eigvalsh(features.T @ features)[-1]
    w = np.array(start) / spread
    for _ in range(steps + 1):
        z = best[0] + features @ w
        slope = features.T @ bce.binary_cross_entropy_gradient(labels, z, reduction="none") / len(labels)
        here, w = w, w - length * slope
    return {
        "step": steps,
        "loss": float(bce.binary_cross_entropy_with_logits(labels, z)),
        "area": here[0] * spread[0],
        "smoothness": here[1] * spread[1],
        "slope": float(np.hypot(*slope)),
        "accuracy": np.mean((z >= 0) == labels),
    }


# L is an eigenvalue, which two libraries find to a few last bits; each step adds its own.
@on_page
@pytest.mark.parametrize(
    ("rate", "scaling", "start", "steps"),
    [
        (1.0, "scaled", (0.0, 0.0), 1),
        (1.0, "scaled", (13.0, -1.0), 12),
        (6.0, "scaled", (2.0, 5.0), 20),
        (40.0, "scaled", (-2.0, -2.0), 3),
        (1.0, "raw", (0.0, 0.0), 11),
        (3.0, "raw", (5.0, 4.0), 30),
    ],
)
def test_the_steps_are_those_of_numpy(
    rate: float, scaling: str, start: tuple[float, float], steps: int, training: Explorable
) -> None:
    a, b = start
    (found,) = training.computed([{"rate": rate, "steps": steps, "a": a, "b": b, "scaling": scaling}])
    for name, value in descended(rate, scaling, start, steps).items():
        assert found[f"{name}.here"] == pytest.approx(value, rel=1e-12, abs=1e-13), name


@on_page
def test_from_the_origin_with_steps_of_one_l_it_walks_as_the_figure_does(training: Explorable) -> None:
    from explorables.training import STEPS, walks

    for scaling, path in walks().items():
        places = [{"rate": 1, "steps": k, "a": 0, "b": 0, "scaling": scaling} for k in (1, 7, STEPS)]
        for place, found in zip(places, training.computed(places), strict=True):
            here = [found["area.here"], found["smoothness.here"]]
            assert here == pytest.approx(path[int(place["steps"])], rel=1e-12, abs=1e-15)


@on_page
def test_the_start_is_dragged_and_the_whole_walk_follows(training: Explorable) -> None:
    end = training.value("area.here"), training.value("smoothness.here")
    training.drag(0, -70, 60)
    values = training.values()
    assert float(values["a"]) < 12
    assert float(values["b"]) > 0
    walk = training.page.evaluate("() => explorables.shown.training.views.surface.data('walk')")
    assert [walk[0]["a"], walk[0]["b"]] == [values["a"], values["b"]]
    assert len(walk) == 41
    assert (training.value("area.here"), training.value("smoothness.here")) != end


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
def test_the_walks_of_the_figure_are_drawn_too(training: Explorable) -> None:
    words = training.frame.locator('[data-chart="surface"] svg text').all_text_contents()
    assert {"scaled", "raw"} <= set(words)


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
def test_the_sentence_says_what_the_walk_does(training: Explorable) -> None:
    assert "led up" not in training.summary()
    training.set(rate=25.0)
    assert "led up" in training.summary()
    training.set(rate=1.0, scaling="raw")
    assert "hardly moved" in training.summary()
    training.press("again")
    assert training.summary().startswith("After 0 steps on raw features")
    assert training.value("step.here") == 0


PLAYED = """async () => {
  const {root, sentence, status, cells} = explorables.shown.training, seen = [];
  for (let i = 0; i < 40; i += 1) {
    await new Promise(requestAnimationFrame);
    seen.push([sentence.textContent, cells["step.here"].cell.textContent, status.textContent]);
  }
  return seen;
}"""


@on_page
def test_while_it_plays_the_sentence_is_right_in_every_frame_and_nothing_is_spoken(training: Explorable) -> None:
    spoken = training.spoken()
    training.press("play")
    seen = training.page.evaluate(PLAYED)
    training.press("play")
    assert len({sentence for sentence, _, _ in seen}) > 20
    for sentence, steps, status in seen:
        assert sentence.startswith(f"After {steps} steps on scaled features")
        assert status == spoken
    assert training.spoken() == training.summary()


@on_page
def test_play_walks_until_it_is_paused(training: Explorable) -> None:
    training.press("play")
    training.page.wait_for_function("() => explorables.shown.training.values.steps > 60")
    training.press("play")
    taken = training.control("steps")
    training.page.wait_for_timeout(200)
    assert training.control("steps") <= taken + 1


def test_nothing_moves_by_itself_where_the_reader_wants_no_motion(visit: Callable[..., Page]) -> None:
    page = visit(f"{explorables()['training'][0]}.html", reduced_motion="reduce", without="**/mathjax/**")
    still = Explorable(page, "training")
    assert still.frame.locator('button[name="play"]').inner_text() == "100 steps"
    still.press("play")
    assert still.value("step.here") == 140
