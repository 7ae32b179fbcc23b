"""The explorable of a logistic curve shows the likelihoods that bce_lib computes, and the best curve is the best."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import root

import bce_lib
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid
from places import notebook_of
from rendered import on_explorable
from responding import Explorable

NOTEBOOK = notebook_of("likelihood")
DIAMETERS, LABELS = np.array([3.0, 1.0, 2.5, 1.5, 2.0]), np.array([1, 0, 1, 1, 0])
START = (1.0, 2.5)
PLACES = [(-2.0, 0.5), (0.0, 1.0), (0.75, 2.0), (2.2, 1.7), (3.123, 2.05), (6.0, 3.5)]
on_page = on_explorable("likelihood")


def logits(slope: float, midpoint: float) -> np.ndarray:
    return slope * (DIAMETERS - midpoint)


def best_logits() -> np.ndarray:
    """Solve for the curve whose gradient is 0 by a way of our own, in the other pair of parameters."""

    def slopes(weights: np.ndarray) -> np.ndarray:
        errors = binary_cross_entropy_gradient(LABELS, weights[0] * DIAMETERS + weights[1])
        return np.array([errors @ DIAMETERS, errors.sum()])

    found = root(slopes, [1.0, -2.0], tol=1e-14)
    return found.x[0] * DIAMETERS + found.x[1]


@pytest.fixture
def shown(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("likelihood")


def curves(places: list[tuple[float, float]]) -> list[dict[str, float | str]]:
    return [{"slope": slope, "midpoint": midpoint} for slope, midpoint in places]


def check(found: dict[str, float], z: np.ndarray) -> None:
    """Compare all that the table says of a curve."""
    signs = np.where(LABELS == 1, 1, -1)
    surprises = binary_cross_entropy_with_logits(LABELS, z, reduction="none")
    for i in range(5):
        assert found[f"patient{i + 1}.likelihood"] == pytest.approx(sigmoid(signs * z)[i], rel=1e-12)
        assert found[f"patient{i + 1}.surprise"] == pytest.approx(surprises[i], rel=1e-12)
    # Products of 1 − p lose digits where p is nearly 1; at the places above not more than three.
    assert found["all.likelihood"] == pytest.approx(float(bce_lib.likelihood(LABELS, sigmoid(z))), rel=1e-12)
    assert found["all.surprise"] == pytest.approx(float(binary_cross_entropy_with_logits(LABELS, z)), rel=1e-12)


@on_page
def test_likelihoods_surprises_product_and_loss_are_those_of_the_library(shown: Explorable) -> None:
    for place, found in zip([START, *PLACES], shown.computed(curves([START, *PLACES])), strict=True):
        check(found, logits(*place))


@on_page
def test_the_distance_to_the_best_is_that_of_the_library(shown: Explorable) -> None:
    best = float(binary_cross_entropy_with_logits(LABELS, best_logits()))
    best_product = float(bce_lib.likelihood(LABELS, sigmoid(best_logits())))
    for place, found in zip(PLACES, shown.computed(curves(PLACES)), strict=True):
        z = logits(*place)
        assert found["best.surprise"] == pytest.approx(best, rel=1e-12)
        assert found["best.likelihood"] == pytest.approx(best_product, rel=1e-12)
        loss, product = binary_cross_entropy_with_logits(LABELS, z), bce_lib.likelihood(LABELS, sigmoid(z))
        # A difference of two losses has their absolute errors.
        assert found["behind.surprise"] == pytest.approx(float(loss) - best, rel=1e-12, abs=1e-12 * float(loss))
        assert found["behind.likelihood"] == pytest.approx(float(product) / best_product, rel=1e-12)
        assert found["behind.surprise"] > 0


@on_page
def test_the_button_goes_to_the_best_curve(shown: Explorable) -> None:
    shown.press("best")
    check(shown.computed([{}])[0], best_logits())
    assert shown.value("behind.surprise") == 0
    assert shown.value("behind.likelihood") == 1
    assert "100.0% of the best" in shown.summary()
    fields = shown.frame.locator('input[type="number"]').evaluate_all("fields => fields.map(f => f.value)")
    assert all(len(digits) <= 5 for digits in fields)


@on_page
def test_the_sentence_names_the_most_surprising_patient(shown: Explorable) -> None:
    for slope, midpoint in PLACES:
        shown.set(slope=slope, midpoint=midpoint)
        most = int(np.argmax(binary_cross_entropy_with_logits(LABELS, logits(slope, midpoint), reduction="none")))
        assert f"Patient {most + 1} is" in shown.summary()


@on_page
def test_the_curve_is_dragged_sideways_by_its_middle_and_turned_by_its_arms(shown: Explorable) -> None:
    shown.drag(0, -50, 30)
    assert shown.control("midpoint") < 2.2
    assert shown.control("slope") == 1
    for arm, up in ((1, 30), (2, 30)):
        before = shown.control("slope")
        shown.drag(arm, 0, up)
        assert (shown.control("slope") - before) * (1 if arm == 1 else -1) > 0.2


@on_page
def test_the_patients_are_those_of_the_chapter(shown: Explorable) -> None:
    source = "\n".join("".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])
    assert f"\nlabels = {LABELS.tolist()}\n" in f"\n{source}\n"
    assert f"\ndiameters = {DIAMETERS.tolist()}\n" in f"\n{source}\n"
    assert shown.page.evaluate("explorables.shown.likelihood.data.labels") == LABELS.tolist()
    assert shown.page.evaluate("explorables.shown.likelihood.data.diameters") == DIAMETERS.tolist()
    rows = shown.frame.locator("tbody th").all_text_contents()
    for i, (diameter, label) in enumerate(zip(DIAMETERS, LABELS, strict=True)):
        assert rows[i].strip() == f"{i + 1}: {diameter:g} cm, {'malignant' if label else 'benign'}"
