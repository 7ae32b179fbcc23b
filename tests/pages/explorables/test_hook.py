"""The explorable of the first page computes what three codes compute in float32, and what they send back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

import browsing
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits
from rendered import explorables, on_explorable
from responding import Explorable

f32 = np.float32
MARGINS = [0.0, 0.25, 3.0, 9.5, 15.0, 16.0, 16.5, 16.75, 17.0, 17.5, 20.0, 30.0, 40.0]
PLACES = [(label, sign * margin) for label in "01" for margin in MARGINS for sign in (1, -1)]
EPS = f32(1e-7)
on_page = on_explorable("hook")


@pytest.fixture
def hook(explorable: Callable[[str], Explorable]) -> Explorable:
    return explorable("hook")


def computed(hook: Explorable) -> Any:
    """Return the places, and at each what the page computes."""
    return zip(PLACES, hook.computed({"z": z, "y": label} for label, z in PLACES), strict=True)


def rounded(function: Callable[[Any], Any], x: Any) -> Any:
    """Compute a function of a float32 in float64, and round it once."""
    return f32(function(np.float64(x)))


def sigmoid(z: Any) -> Any:
    return f32(1) / (f32(1) + rounded(np.exp, -z))


def of_probability(y: Any, p: Any) -> Any:
    return -(y * rounded(np.log, p) + (f32(1) - y) * rounded(np.log, f32(1) - p))


def slope_of_probability(y: Any, p: Any) -> Any:
    return ((f32(1) - y) / (f32(1) - p) - y / p) * (p * (f32(1) - p))


@on_page
def test_from_the_logit_it_is_the_library(hook: Explorable) -> None:
    for (label, z), found in computed(hook):
        y, logit = np.array([label], f32), np.array([z], f32)
        assert found["logit.loss"] == binary_cross_entropy_with_logits(y, logit, reduction="none")[0]
        assert found["logit.slope"] == binary_cross_entropy_gradient(y, logit, reduction="none")[0]


@on_page
@pytest.mark.parametrize("code", ["textbook", "clipped"])
def test_the_two_others_are_numpys_to_the_bit(code: str, hook: Explorable) -> None:
    for (label, z), found in computed(hook):
        with np.errstate(all="ignore"):
            y, p = f32(label), sigmoid(f32(z))
            q = p if code == "textbook" else np.clip(p, EPS, f32(1) - EPS)
            loss, slope = of_probability(y, q), slope_of_probability(y, q) if p == q else f32(0)
        assert loss.dtype == slope.dtype == f32
        assert np.array_equal([found[f"{code}.loss"], found[f"{code}.slope"]], [loss, slope], equal_nan=True), (
            label,
            z,
        )


@on_page
@pytest.mark.parametrize("code", ["textbook", "clipped"])
def test_they_break_where_pytorch_breaks_on_the_same_lines(code: str, hook: Explorable) -> None:
    for (label, z), found in computed(hook):
        y, logit = torch.tensor(float(label)), torch.tensor(z, requires_grad=True)
        p = torch.sigmoid(logit)
        if code == "clipped":
            p = p.clamp(1e-7, 1 - 1e-7)
        loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
        (slope,) = torch.autograd.grad(loss, logit)
        for name, theirs in (("loss", loss.item()), ("slope", slope.item())):
            ours = found[f"{code}.{name}"]
            assert np.isfinite(ours) == np.isfinite(theirs), (name, label, z)
            # One last bit of a probability near 1 is a large part of what is left to 1.
            left = max(float(np.exp(-abs(z))), 2.0**-24)
            assert not np.isfinite(theirs) or abs(ours - theirs) <= 2.0**-23 / left * max(1.0, abs(theirs)), (
                name,
                label,
                z,
            )


@on_page
@pytest.mark.parametrize(
    ("label", "z", "words"),
    [
        (
            "0",
            30.0,
            "sure and wrong: the textbook line answers infinity, the clipped one stands at 15.94 with a slope of 0",
        ),
        ("1", -30.0, "sure and wrong: the clipped one stands at 16.12 with a slope of 0 and stops learning"),
        ("1", 30.0, "sure and right: the textbook line answers NaN"),
        ("0", -30.0, "sure and right: the textbook line answers 0,"),
        ("0", 8.0, "sure and wrong, and all three codes agree: loss 8.00, slope 1.00."),
        ("1", 0.0, "undecided, and all three codes agree: loss 0.69, slope \N{MINUS SIGN}0.50."),
    ],
)
def test_the_sentence_says_what_happened(label: str, z: float, words: str, hook: Explorable) -> None:
    hook.set(y=label)
    hook.set(z=z)
    assert words in hook.summary()
    assert ("From the logit" in hook.summary()) == ("agree" not in words)


@on_page
def test_lines_stop_where_there_is_no_number_and_a_rail_says_why(hook: Explorable) -> None:
    for label, kind in (("0", "∞"), ("1", "NaN")):
        hook.set(y=label)
        rails = hook.page.evaluate("() => explorables.shown.hook.views.loss.data('rails')")
        assert [(rail["kind"], rail["from"], rail["to"]) for rail in rails] == [(kind, 16.75, 40)]
        curves = hook.page.evaluate("() => explorables.shown.hook.views.loss.data('curves')")
        gaps = {row["z"] for row in curves if row["loss"] is None}
        assert min(gaps) == 16.75


@on_page
def test_the_point_is_dragged_in_both_charts(hook: Explorable) -> None:
    hook.drag(0, -80, 0)
    assert hook.control("z") < 15
    assert "agree" in hook.summary()
    hook.drag(1, 80, 0)
    assert hook.control("z") > 20
    assert "infinity" in hook.summary()


def test_a_finger_beside_the_point_calls_it_by_a_tap_or_sideways(visit: Callable[..., Page]) -> None:
    page = visit(f"{explorables()['hook'][0]}.html", width=browsing.PHONE, without="**/mathjax/**")
    hook = Explorable(page, "hook")
    hook.show(0)
    box = hook.frame.locator('[data-chart="loss"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
    hook.page.touchscreen.tap(x, y)
    page.wait_for_function("() => explorables.shown.hook.values.z < 0")
    assert hook.handles()[0]["middle"][0] == pytest.approx(x, abs=3)
    hook.swipe(x, y, 80, 0)
    assert hook.handles()[0]["middle"][0] == pytest.approx(x + 80, abs=3)
