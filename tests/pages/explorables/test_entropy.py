"""The explorable of truth and belief shows the entropies of bce_lib, in either unit, to the ends of both sliders."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import pytest

import bce_lib
from rendered import on_explorable
from responding import Explorable

PLACES = [(0.7, 0.25), (0.5, 0.5), (0.1, 0.9), (0.99, 0.01), (0.3, 0.3001), (0.0, 0.4), (1.0, 0.4), (0.42, 1e-6)]
EDGES = [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.5, 0.0), (0.5, 1.0)]
on_page = on_explorable("entropy")


@pytest.fixture
def shown(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("entropy")


def share(probability: float, surprise: float) -> float:
    """Return the part of a mean that a case has: what never happens surprises nobody."""
    return 0.0 if probability == 0 else probability * surprise


def computed(shown: Explorable, places: list[tuple[float, float]], unit: str) -> list[dict[str, float]]:
    return shown.computed({"p": p, "q": q, "unit": unit} for p, q in places)


@on_page
@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_three_are_those_of_the_library(unit: Literal["nats", "bits"], shown: Explorable) -> None:
    for (p, q), found in zip(PLACES + EDGES, computed(shown, PLACES + EDGES, unit), strict=True):
        cross, known, divergence = (
            float(value)
            for value in (
                bce_lib.cross_entropy(p, q, unit=unit),
                bce_lib.entropy(p, unit=unit),
                bce_lib.kl_divergence(p, q, unit=unit),
            )
        )
        assert found["cross.total"] == pytest.approx(cross, rel=1e-12)
        assert found["entropy.total"] == pytest.approx(known, rel=1e-12)
        assert found["divergence.total"] == pytest.approx(divergence, rel=1e-12)


@on_page
@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_areas_are_probability_times_surprise_and_add_up(unit: Literal["nats", "bits"], shown: Explorable) -> None:
    for (p, q), found in zip(PLACES + EDGES, computed(shown, PLACES + EDGES, unit), strict=True):
        for row, belief in (("cross", q), ("entropy", p)):
            yes = share(p, float(bce_lib.surprise(belief, unit=unit)))
            no = share(1 - p, float(bce_lib.cross_entropy(0.0, belief, unit=unit)))
            assert found[f"{row}.yes"] == pytest.approx(yes, rel=1e-12)
            assert found[f"{row}.no"] == pytest.approx(no, rel=1e-12)
        parts = [found[f"divergence.{column}"] for column in ("yes", "no")]
        scale = max(map(abs, parts))
        # The two are of opposite signs, and a sum of such has their absolute errors.
        assert found["divergence.total"] == pytest.approx(sum(parts), rel=1e-12, abs=1e-15 * scale)
        for part, column in zip(parts, ("yes", "no"), strict=True):
            believed, known = found[f"cross.{column}"], found[f"entropy.{column}"]
            assert part == pytest.approx(believed - known, rel=1e-12, abs=1e-15)


@on_page
def test_the_ends_are_shown_as_infinite_where_they_are_and_as_nothing_where_not(shown: Explorable) -> None:
    for p, q in EDGES:
        shown.set(p=p, q=q)
        assert "NaN" not in shown.frame.inner_text()
        if p == q:
            assert shown.text("cross.total") == shown.text("divergence.total") == "0.0000"
        else:
            assert shown.text("cross.total") == shown.text("divergence.total") == "∞"
            assert "impossible" in shown.summary()


@on_page
def test_the_edges_of_the_rectangles_stand_where_the_surprises_are(shown: Explorable) -> None:
    for p, q in [(0.7, 0.25), (0.4, 0.6)]:
        shown.set(p=p, q=q)
        edges = shown.page.evaluate(
            "explorables.shown.entropy.views.areas.data('believed').map((row) => [row.left, row.right, row.low])"
        )
        left, right = edges
        assert left == pytest.approx([0, p, -math.log(q)], rel=1e-12)
        assert right == pytest.approx([p, 1, -math.log1p(-q)], rel=1e-12)


@on_page
def test_the_belief_is_dragged_by_the_edge_of_its_rectangle_and_along_its_curve(shown: Explorable) -> None:
    shown.drag(1, 0, 40)
    assert shown.values()["q"] < 0.25
    assert shown.values()["p"] == 0.7
    before = shown.control("q")
    shown.drag(2, 60, 0)
    assert shown.control("q") > before + 0.1


@on_page
def test_the_sentence_says_that_the_true_belief_costs_nothing_more(shown: Explorable) -> None:
    shown.set(p=0.6, q=0.6)
    assert "the divergence is 0" in shown.summary()
    assert shown.value("divergence.total") == 0
