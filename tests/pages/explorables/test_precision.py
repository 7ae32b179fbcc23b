"""The explorable of float32 computes what float32 computes: each form, step by step, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from bce_lib import binary_cross_entropy_with_logits
from bce_lib.accuracy import error_in_ulp, exact_loss
from rendered import on_explorable
from responding import Explorable

f32 = np.float32
MARGINS = [
    0.0,
    0.1,
    2.0,
    8.0,
    14.5,
    15.0,
    16.5,
    16.625,
    17.0,
    17.375,
    18.0,
    20.0,
    88.0,
    88.75,
    89.0,
    103.5,
    104.0,
    120.0,
]
LOGITS = sorted({sign * margin for margin in MARGINS for sign in (1, -1)})
LABELS = ["1", "0", "0.999", "0.001"]
FORMS = ["textbook", "clipped", "pytorch", "folded", "library"]
on_page = on_explorable("precision")


def rounded(function: Callable[[Any], Any], x: Any) -> Any:
    """Compute a function of a float32 in float64, and round it once."""
    return f32(function(np.float64(x)))


def of_probability(y: Any, p: Any) -> Any:
    return -(y * rounded(np.log, p) + (f32(1) - y) * rounded(np.log, f32(1) - p))


def sigmoid(z: Any) -> Any:
    return f32(1) / (f32(1) + rounded(np.exp, -z))


def pytorch(y: Any, z: Any) -> Any:
    log_sigmoid = np.minimum(z, f32(0)) - rounded(np.log1p, rounded(np.exp, -np.abs(z)))
    return (f32(1) - y) * z - log_sigmoid


def folded(y: Any, z: Any) -> Any:
    c = f32(1) - y if z >= 0 else y
    return c * np.abs(z) + rounded(np.log1p, rounded(np.exp, -np.abs(z)))


STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "textbook": lambda y, z: of_probability(y, sigmoid(z)),
    "clipped": lambda y, z: of_probability(y, np.clip(sigmoid(z), f32(1e-7), f32(1) - f32(1e-7))),
    "pytorch": pytorch,
    "folded": folded,
    "library": lambda y, z: binary_cross_entropy_with_logits(np.array([y]), np.array([z]), reduction="none")[0],
}


@pytest.fixture
def precision(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("precision")


def same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))


@on_page
@pytest.mark.parametrize("label", LABELS)
def test_every_form_is_float32s_to_the_bit_and_its_error_is_that_against_50_digits(
    label: str, precision: Explorable
) -> None:
    y = f32(label)
    for z, found in zip(LOGITS, precision.computed({"z": z, "y": label} for z in LOGITS), strict=True):
        right = exact_loss(np.array([y]), np.array([f32(z)]))
        assert found["exact.value"] == pytest.approx(float(right[0]), rel=1e-12)
        for form in FORMS:
            with np.errstate(all="ignore"):
                computed = STEPS[form](y, f32(z))
            assert computed.dtype == np.float32
            assert same(found[f"{form}.value"], float(computed)), (form, z)
            error = float(error_in_ulp(np.array([computed]), right)[0])
            # The page's right answer is one of float64: up to 2⁻²⁷ of the 2²⁴ ulp of a float32 is its own error.
            assert found[f"{form}.ulp"] == pytest.approx(error, rel=1e-12, abs=2.0**-27), (form, z)


@on_page
def test_pytorchs_form_is_that_of_pytorch_but_for_the_last_bit_of_its_exponential(precision: Explorable) -> None:
    for label in LABELS:
        y = torch.tensor(float(label))
        for z, found in zip(LOGITS, precision.computed({"z": z, "y": label} for z in LOGITS), strict=True):
            theirs = F.binary_cross_entropy_with_logits(torch.tensor(z), y).item()
            ours = found["pytorch.value"]
            # One spacing of the largest number on the way: of the logit where it is added and subtracted again.
            detour = z < 0 and label != "1"
            assert abs(ours - theirs) <= np.spacing(f32(max(abs(z) if detour else 0.0, theirs))), (label, z)
            if detour:
                assert (ours == 0) == (theirs == 0), (label, z)


@on_page
@pytest.mark.parametrize(
    ("z", "label", "form", "words"),
    [
        (15.0, "1", "textbook", "a staircase, off by 17%"),
        (17.0, "1", "textbook", "NaN: 0 · ∞"),
        (17.0, "0", "textbook", "infinite"),
        (-18.0, "0", "textbook", "0: rounded away"),
        (-89.0, "1", "textbook", "infinite"),
        (100.0, "0", "clipped", "capped, off by 84%"),
        (20.0, "1", "clipped", "on the clip's floor, 58 times as much"),
        (-12.0, "0", "pytorch", "a staircase, off by 6.9%"),  # 6 · 2⁻²⁰ of log1p(e⁻¹²)
        (-17.0, "0", "pytorch", "0: rounded away"),
        (17.0, "1", "pytorch", "right"),
        (-17.0, "0", "library", "right"),
    ],
)
def test_the_verdict_says_what_happened(z: float, label: str, form: str, words: str, precision: Explorable) -> None:
    precision.set(y=label)
    precision.set(z=z)
    assert precision.text(f"{form}.verdict").startswith(words)


@on_page
def test_the_sentence_names_the_forms_that_are_wrong(precision: Explorable) -> None:
    precision.set(y="0")
    precision.set(z=-17.0)
    assert "PyTorch's form (0)" in precision.summary()
    assert "bce_lib" not in precision.summary()
    precision.set(z=1.0)
    assert precision.summary().endswith("All five forms return it, to its last bit or two.")


@on_page
def test_the_lines_stop_where_there_is_no_number_and_a_rail_says_why(precision: Explorable) -> None:
    precision.set(y="1")
    rails = precision.page.evaluate("() => explorables.shown.precision.views.error.data('rails')")
    ends = {(rail["name"], rail["kind"]): (rail["from"], rail["to"]) for rail in rails}
    assert ends == {("textbook", "∞"): (-119.5, -88.5), ("textbook", "NaN"): (16.5, 119.5)}
    curves = precision.page.evaluate("() => explorables.shown.precision.views.error.data('curves')")
    gaps = {row["x"] for row in curves if row["height"] is None}
    assert gaps == {x for x in np.arange(-119.5, 120) if x <= -88.5 or x >= 16.5}
    assert max(row["height"] for row in curves if row["name"] in ("folded", "library")) < 5


@on_page
def test_the_close_up_shows_the_saw_teeth_around_the_logit_chosen(precision: Explorable) -> None:
    precision.set(y="0")
    precision.set(z=-14.0)
    curves = precision.page.evaluate("() => explorables.shown.precision.views.near.data('curves')")
    drawn = {row["x"]: row["height"] for row in curves if row["name"] == "pytorch"}
    for step, height in drawn.items():
        z = f32(-14 + step)
        assert height == pytest.approx(float(pytorch(f32(0), z)) / np.log1p(np.exp(np.float64(z))), rel=1e-12)
    assert min(drawn.values()) == 0
    assert max(drawn.values()) > 1.9
