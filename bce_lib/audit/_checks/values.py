"""Checks of what a loss returns for ordinary predictions: anything at all, the right number, every digit of it."""

from __future__ import annotations

import numpy as np

from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import Check, Outcome, check, place, worst
from bce_lib.audit._inputs import Numbers
from bce_lib.audit._subject import ORDERS, NotApplicable, Refused, Subject

_KINDS = {"element": "one number per target", "row": "one number per row", "one": "one number in all"}


@check(
    "answers",
    title="answers a plain call with finite floating-point numbers",
    why="Whatever does not answer ordinary labels and predictions cannot be judged any further.",
    chapter="conformance",
)
def answers(subject: Subject) -> Outcome:
    """Call it on ordinary predictions."""
    y, predictions = inputs.moderate(subject.takes)
    losses = subject.losses(y, predictions)
    if np.isfinite(losses).all():
        return Outcome(True, f"returns {_KINDS[subject.layout]}")
    at = int(np.argmin(np.isfinite(losses)))
    return Outcome(False, f"returns {losses[at]:g}", place(y[at], predictions[at], "float32"))


@check(
    "quiet",
    title="prints nothing and warns of nothing on valid input",
    why="A loss is called millions of times: what it prints drowns a log, and a warning that always comes is not read.",
    chapter="clipping",
)
def quiet(subject: Subject) -> Outcome:
    """Call it on every kind of valid input and look at what came out besides."""
    for labels in ((0.0, 1.0), (0.3,)):
        try:
            subject.losses(*inputs.moderate(subject.takes, labels))
        except Refused:
            if labels == (0.0, 1.0):
                raise
    subject.on_grid("hard", "loss", "float32")
    subject.losses(*inputs.tail(subject.takes, 1, "float32"))
    if text := subject.printed.getvalue().strip():
        return Outcome(False, f"prints {text.splitlines()[0][:80]!r}")
    if subject.warned:
        first = subject.warned[0]
        return Outcome(False, f"warns: {first.category.__name__}: {str(first.message).splitlines()[0][:120]}")
    return Outcome(True, "nothing printed, no warning")


@check(
    "moderate",
    title="is right to three digits where predictions are moderate",
    why="Here every formula agrees, so a difference is a mistake in the formula or in how the loss is called.",
    chapter="loop",
)
def moderate(subject: Subject) -> Outcome:
    """Compare with the definition, and with the usual mistakes."""
    y, predictions = inputs.moderate(subject.takes)
    losses = subject.losses(y, predictions)
    right = _definition(subject, y, predictions)
    errors = np.abs(losses - right) / right
    at = int(np.argmax(np.where(np.isnan(errors), np.inf, errors)))
    if errors[at] <= 1e-3:
        digits = int(-np.log10(max(errors[at], 1e-15)))
        return Outcome(True, f"right to {digits} digits", "", float(errors[at]))
    measured = f"{losses[at]:.4g} for {right[at]:.4g}{_diagnosis(subject, y, predictions, losses)}"
    return Outcome(False, measured, place(y[at], predictions[at], "float32"), float(errors[at]))


def _definition(subject: Subject, y: Numbers, predictions: Numbers) -> Numbers:
    return inputs.right_loss(subject.takes, y, predictions).astype(np.float64)


def _diagnosis(subject: Subject, y: Numbers, predictions: Numbers, losses: Numbers) -> str:
    """Name the usual mistake that gives just these numbers."""
    for mistake, numbers in _mistakes(subject, y, predictions).items():
        if np.allclose(losses, numbers, rtol=1e-3, atol=1e-6):
            return f": {mistake}"
    return ""


def _mistakes(subject: Subject, y: Numbers, predictions: Numbers) -> dict[str, Numbers]:
    def of_logits(labels: Numbers, z: Numbers) -> Numbers:
        return np.logaddexp(0, z) - labels * z

    right = _definition(subject, y, predictions)
    other = ORDERS[subject.order == ORDERS[0]]
    if subject.takes == "probabilities":
        other_kind, positive = of_logits(y, predictions), -y * np.log(predictions)
        as_logits = "it takes logits: try takes='logits'"
        swapped = {}
    else:
        other_kind = of_logits(y, 1 / (1 + np.exp(-predictions)))
        as_logits, positive = "the sigmoid is taken twice", y * np.logaddexp(0, -predictions)
        swapped = {f"the arguments are swapped: try order={other!r}": of_logits(predictions, y)}
        swapped["the logarithm of the sigmoid is taken for a logit"] = of_logits(y, -np.logaddexp(0, -predictions))
    return {
        "the minus sign is missing": -right,
        "the two terms are swapped: label 1 has the loss of label 0": _definition(subject, 1 - y, predictions),
        "it is in bits, not in nats: the logarithm is to base 2": right / np.log(2),
        "it is to base 10: the natural logarithm is wanted": right / np.log(10),
        "the term of label 0 is missing": positive,
        "the term of label 1 is missing": right - positive,
        as_logits: other_kind,
        **swapped,
    }


def _accuracy(kind: str, dtype: str) -> Check:
    labels = {"hard": "labels 0 and 1", "soft": "labels between 0 and 1"}[kind]

    @check(
        f"loss-{kind}-{dtype}",
        title=f"largest error of the loss, {labels}, {dtype}, predictions of every size",
        why={
            "hard": "A loss that is off by more than its last digit misleads whoever compares, logs or debugs with it.",
            "soft": "Smoothed and averaged labels meet a subtraction of nearly equal numbers in most formulas.",
        }[kind],
        chapter="logits",
    )
    def accuracy(subject: Subject) -> Outcome:
        if dtype not in subject.framework.dtypes:
            raise NotApplicable(f"{subject.framework.name} has no {dtype}")
        if kind == "soft":
            require_soft_labels(subject)
        y, predictions = subject.grid(kind, dtype)  # type: ignore[arg-type]
        computed = subject.on_grid(kind, "loss", dtype)  # type: ignore[arg-type]
        return worst(y, predictions, computed, inputs.right_loss(subject.takes, y, predictions), dtype)

    return accuracy


def require_soft_labels(subject: Subject) -> None:
    """Raise NotApplicable where the loss takes no labels between 0 and 1: another check says so."""
    try:
        subject.losses(*inputs.moderate(subject.takes, (0.3,)))
    except Refused as error:
        raise NotApplicable(f"it takes no labels between 0 and 1: it {error}") from error


CHECKS = (
    answers,
    quiet,
    moderate,
    _accuracy("hard", "float32"),
    _accuracy("hard", "float64"),
    _accuracy("soft", "float32"),
    _accuracy("soft", "float64"),
)
