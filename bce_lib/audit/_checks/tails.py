"""Checks of a loss where predictions are sure: the tails, the symmetry of the classes, infinity, NaN, and clips."""

from __future__ import annotations

import numpy as np

from bce_lib.accuracy import error_in_ulp
from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import LIMIT, Check, Outcome, check, place, worst
from bce_lib.audit._subject import NotApplicable, Refused, Subject


def _tail(label: int) -> Check:
    @check(
        f"tail-{label}",
        title=f"keeps its digits where label {label} is predicted rightly and ever surer, float32",
        why="A loss that falls to 0 there cannot tell which of two sure models is the better.",
        chapter="logits",
    )
    def tail(subject: Subject) -> Outcome:
        y, predictions = inputs.tail(subject.takes, label, "float32")
        losses = subject.losses(y, predictions)
        exact = inputs.right_loss(subject.takes, y, predictions)
        lost = np.flatnonzero(~(np.abs(losses / exact.astype(np.float64) - 1) < 0.5))
        if lost.size == 0:
            return worst(y, predictions, losses, exact, "float32")
        at = int(lost[0])
        measured = f"{losses[at] + 0:.3g} for {float(exact[at]):.3g}"  # + 0: no −0
        error = float(np.max(error_in_ulp(losses, exact, "float32")))
        return Outcome(False, f"{measured}, lost from there on", place(label, predictions[at], "float32"), error)

    return tail


@check(
    "symmetry",
    title="treats the two classes alike: loss(1, z) is loss(0, −z) to the bit",
    why="Naming the classes the other way round must not change what a model learns.",
    chapter="logits",
)
def symmetry(subject: Subject) -> Outcome:
    """Compare each loss with that of its mirror image."""
    if subject.takes == "logits":
        predictions = np.concatenate([inputs.tail("logits", 1, "float32")[1], np.linspace(-4, 4, 33)])
        mirrored = -predictions
    else:  # dyadic numbers, so that p and 1 − p are both exact
        predictions = np.concatenate([inputs.tail("probabilities", 1, "float32")[1], np.arange(1, 64) / 64])
        mirrored = 1 - predictions
    ones, zeros = np.ones_like(predictions), np.zeros_like(predictions)
    left, right = subject.losses(ones, predictions), subject.losses(zeros, mirrored)
    if subject.takes == "logits":
        differ, said = ~((left == right) | (np.isnan(left) & np.isnan(right))), "equal to the bit"
    else:  # log p and log1p(−(1 − p)) are rounded apart
        spacing = np.spacing(np.abs(right).astype(np.float32)).astype(np.float64)
        differ, said = ~(np.abs(left - right) <= LIMIT * spacing), "equal but for the last digit"
    if not differ.any():
        return Outcome(True, said)
    gaps = np.where(differ, np.abs(left - right) / np.maximum(np.abs(left), np.abs(right)), 0)
    # The first prediction that one class has lost altogether says more than a last bit elsewhere.
    at = int(np.argmax(np.where(np.isnan(gaps), 1, gaps)))
    measured = f"loss(1, {predictions[at]:.9g}) = {left[at]:.3g} but loss(0, {mirrored[at]:.9g}) = {right[at]:.3g}"
    return Outcome(False, measured, place(1, predictions[at], "float32"))


@check(
    "infinite",
    title="infinite logits (or probabilities 0 and 1): 0 where right, infinite where wrong, never NaN",
    why="One NaN in a batch makes the loss of the batch, and every weight after the next step, NaN.",
    chapter="logits",
)
def infinite(subject: Subject) -> Outcome:
    """Ask for the four combinations of label and certainty."""
    low, high = (-np.inf, np.inf) if subject.takes == "logits" else (0.0, 1.0)
    for y, prediction, right in ((1.0, high, 0.0), (0.0, low, 0.0), (1.0, low, np.inf), (0.0, high, np.inf)):
        where = place(y, prediction, "float32")
        try:
            found = float(subject.losses(np.array([y]), np.array([prediction]))[0])
        except Refused as error:
            return Outcome(False, str(error), where)
        if found != right:
            return Outcome(False, f"{found:.4g} for {right:g}", where, found)
    return Outcome(True, "0 where right, inf where wrong")


@check(
    "nan",
    title="a prediction of NaN gives NaN",
    why="A NaN that turns into a number hides that the model has diverged.",
    chapter="conformance",
)
def nan(subject: Subject) -> Outcome:
    """Pass NaN; an error is as good."""
    for y in inputs.HARD:
        try:
            found = float(subject.losses(np.array([y]), np.array([np.nan]))[0])
        except Refused as error:
            return Outcome(True, f"refused: it {error}")
        if not np.isnan(found):
            return Outcome(False, f"{found:.4g} for NaN", place(y, np.nan), found)
    return Outcome(True, "NaN")


@check(
    "saturation",
    title="grows without a limit where a prediction is wrong and ever surer: no clip",
    why="Beyond a clip the loss no longer falls as the model improves, and its gradient is 0: the worst examples teach "
    "nothing.",
    chapter="clipping",
)
def saturation(subject: Subject) -> Outcome:
    """Follow the loss to where it should be largest, and name what holds it."""
    caps: dict[int, float] = {}
    first = ""
    for label in (1, 0):
        y, predictions = inputs.wrong(subject.takes, label)
        losses = subject.losses(y, predictions)
        right = inputs.right_loss(subject.takes, y, predictions).astype(np.float64)
        held = np.flatnonzero(~(np.abs(losses / right - 1) < 0.01))
        if held.size:
            caps[label] = float(losses[-1])
            first = first or place(label, predictions[held[0]], "float32")
    if not caps:
        return Outcome(True, "follows the right loss")
    if not np.isfinite(list(caps.values())).all():
        return Outcome(False, "is " + " and ".join(f"{cap:g} for label {y}" for y, cap in caps.items()), first)
    limits = ", ".join(f"{cap:.5g} for label {y}" for y, cap in caps.items())
    return Outcome(False, f"at most {limits}: {_cause(max(caps.values()))}", first, max(caps.values()))


def _cause(cap: float) -> str:
    if abs(cap - 100) < 0.01:
        return "the logarithm is clamped at −100"
    if abs(cap - 24 * np.log(2)) < 0.01:
        return "1 − p has been rounded to the last float32 before 1"
    return f"a clip at {np.exp(-cap):.1e}"


@check(
    "predictions-outside",
    title="refuses a probability outside [0, 1]",
    why="It is most often a logit, and the loss of it a number that means nothing.",
    chapter="pytorch",
)
def predictions_outside(subject: Subject) -> Outcome:
    """Pass what cannot be a probability."""
    if subject.takes == "logits":
        raise NotApplicable("every real number is a logit")
    for prediction in (1.5, -0.5):
        for y in inputs.HARD:
            try:
                found = float(subject.losses(np.array([y]), np.array([prediction]))[0])
            except Refused as error:
                refusal = str(error)
                continue
            if not np.isnan(found):
                return Outcome(False, f"returns {found:.4g}", place(y, prediction), found)
            refusal = "returns NaN"
    return Outcome(True, f"it {refusal}")


def _half(dtype: str) -> Check:
    @check(
        dtype,
        title=f"is right in {dtype}, where predictions are moderate and where they are sure",
        why="Mixed precision hands the loss such numbers, and a loss computed in them has two or three digits at best.",
        chapter="logits",
    )
    def half(subject: Subject) -> Outcome:
        if dtype not in subject.framework.dtypes:
            raise NotApplicable(f"{subject.framework.name} has no {dtype}")
        y, predictions = inputs.half(subject.takes, dtype)
        try:
            subject.losses(y[:1], predictions[:1], dtype)
        except Refused as error:
            raise NotApplicable(f"it takes no {dtype}: it {error}") from error
        losses = subject.losses(y, predictions, dtype)
        exact = inputs.right_loss(subject.takes, y, predictions)
        lost = np.flatnonzero(np.isnan(losses))
        if lost.size:
            return Outcome(False, "NaN", place(y[lost[0]], predictions[lost[0]], dtype), np.inf)
        return worst(y, predictions, losses, exact, dtype)

    return half


CHECKS = (
    _tail(1),
    _tail(0),
    symmetry,
    infinite,
    nan,
    saturation,
    predictions_outside,
    _half("float16"),
    _half("bfloat16"),
)
