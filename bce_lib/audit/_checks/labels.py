"""Checks of what a loss does with its labels: soft, integer and boolean ones, and those that are none."""

from __future__ import annotations

import numpy as np

from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import Outcome, agrees, check, place
from bce_lib.audit._subject import NotApplicable, Refused, Subject, single_number


@check(
    "labels-soft",
    title="takes labels between 0 and 1",
    why="Label smoothing, mixtures, several raters and distillation all give such labels.",
    chapter="logits",
)
def labels_soft(subject: Subject) -> Outcome:
    """Compare with the definition at moderate predictions."""
    y, predictions = inputs.moderate(subject.takes, (0.3, 0.875))
    losses = subject.losses(y, predictions)
    right = inputs.right_loss(subject.takes, y, predictions).astype(np.float64)
    errors = np.abs(losses - right) / right
    at = int(np.argmax(np.where(np.isnan(errors), np.inf, errors)))
    if errors[at] <= 1e-3:
        return Outcome(True, "takes them")
    return Outcome(False, f"{losses[at]:.4g} for {right[at]:.4g}", place(y[at], predictions[at], "float32"))


@check(
    "labels-integer",
    title="integer and boolean labels give what floats give, or an error",
    why="Labels come out of a table as integers or booleans, and 1 − y or −y of unsigned ones wraps round silently.",
    chapter="conformance",
)
def labels_integer(subject: Subject) -> Outcome:
    """Compare three dtypes of labels with float32; an error is no silent mistake."""
    y, predictions = inputs.moderate(subject.takes)
    expected = subject.values(subject.call(*_rows(subject, y, predictions)))
    refused = {}
    for dtype in ("int64", "uint8", "bool"):
        try:
            found = subject.values(subject.call(*_rows(subject, y, predictions, dtype)))
        except Refused as error:
            refused[dtype] = error.kind
            continue
        if not agrees(found, expected):
            at = int(np.argmax(np.nan_to_num(np.abs(found - expected), nan=np.inf).reshape(-1)))
            measured = f"{found.reshape(-1)[at]:.4g} for {expected.reshape(-1)[at]:.4g}"
            return Outcome(False, f"{measured} with labels of dtype {dtype}", f"{dtype} labels 0 and 1")
    if not refused:
        return Outcome(True, "int64, uint8 and bool: as floats")
    return Outcome(True, "refused: " + ", ".join(f"{dtype} ({kind})" for dtype, kind in refused.items()))


def _rows(
    subject: Subject, y: inputs.Numbers, predictions: inputs.Numbers, dtype: str = "float32"
) -> tuple[object, object]:
    if subject.layout == "row":
        y, predictions = y[:, None], predictions[:, None]
    labels = np.asarray(y) if dtype == "float32" else np.asarray(y).astype(dtype)
    return subject.framework.array(labels, dtype), subject.array(predictions)


@check(
    "labels-outside",
    title="refuses labels outside [0, 1]",
    why="Labels coded −1 and 1, or 1 and 2, train a model for something else, and the loss may fall below 0.",
    chapter="loop",
)
def labels_outside(subject: Subject) -> Outcome:
    """Pass labels of the usual wrong codings."""
    prediction = 3.0 if subject.takes == "logits" else 0.875
    refusal = ""
    for label in (2.0, -1.0, 255.0):
        try:
            found = subject.losses(np.array([label]), np.array([prediction]))[0]
        except Refused as error:
            refusal = str(error)
            continue
        if not np.isnan(found):
            return Outcome(False, f"returns {found:.4g}", place(label, prediction), float(found))
        refusal = "returns NaN"
    return Outcome(True, f"it {refusal}")


@check(
    "labels-nan",
    title="a label of NaN is refused, or makes the loss NaN",
    why="A missing label that counts as an ordinary one is trained on.",
    chapter="conformance",
)
def labels_nan(subject: Subject) -> Outcome:
    """Pass one missing label, in either tail and between."""
    for prediction in (-2.0, 0.5, 2.0) if subject.takes == "logits" else (0.125, 0.5, 0.875):
        try:
            found = subject.losses(np.array([np.nan]), np.array([prediction]))[0]
        except Refused as error:
            refusal = f"it {error}"
            continue
        if not np.isnan(found):
            return Outcome(False, f"returns {found:.4g}", place(np.nan, prediction), float(found))
        refusal = "it returns NaN"
    return Outcome(True, refusal)


@check(
    "shapes",
    title="labels (n, 1) against predictions (n,): an error or the right loss, never an n × n matrix",
    why="Broadcasting pairs every label with every prediction, and the model learns to say the same to everybody.",
    chapter="vectorized",
)
def shapes(subject: Subject) -> Outcome:
    """Pass a column with a row, either way round."""
    y, predictions = inputs.batch(subject.takes)
    losses = inputs.right_loss(subject.takes, y, predictions).astype(np.float64)
    right = {"element": losses, "row": losses, "one": np.array(losses.mean())}[subject.layout]
    said = "gives the right loss"
    for left, other in ((y[:, None], predictions), (y, predictions[:, None])):
        where = f"labels of shape {left.shape}, predictions of shape {other.shape}"
        try:
            found = subject.values(subject.call(subject.array(left), subject.array(other)))
        except Refused as error:
            said = f"it {error}"
            continue
        squeezed = found.reshape(-1) if found.size == y.size and subject.layout != "one" else found.reshape(found.shape)
        sums = found.size == 1 and np.allclose(found, losses.sum(), rtol=1e-3)
        if sums or (squeezed.shape == right.shape and np.allclose(squeezed, right, rtol=1e-3)):
            continue
        if found.size == 1:
            pairs = inputs.right_loss(subject.takes, *inputs.grid(y, predictions)).astype(np.float64)
            every = f", the mean over all {pairs.size} pairs" if np.allclose(found, pairs.mean(), rtol=1e-3) else ""
            return Outcome(False, f"returns {single_number(found):.4g} for {losses.mean():.4g}{every}", where)
        return Outcome(False, f"returns the shape {found.shape}", where)
    return Outcome(True, said)


@check(
    "empty",
    title="no targets: no losses, a sum of 0, a mean that is NaN or an error",
    why="An empty batch whose mean is 0 looks perfect.",
    chapter="conformance",
)
def empty(subject: Subject) -> Outcome:
    """Pass arrays of length 0."""
    shape = (0, 1) if subject.layout == "row" else (0,)
    try:
        result = subject.call(subject.array(np.zeros(shape)), subject.array(np.zeros(shape)))
        found = subject.values(result)
    except Refused as error:
        return Outcome(True, f"it {error}")
    if subject.layout != "one" or found.size != 1:
        return Outcome(found.size == 0, f"returns the shape {found.shape}", "labels and predictions of shape (0,)")
    value = single_number(found)
    if np.isnan(value) or (value == 0 and adds_up(subject)):
        return Outcome(True, f"returns {value:g}")
    return Outcome(False, f"returns {value:g}", "labels and predictions of shape (0,)", value)


def adds_up(subject: Subject) -> bool:
    """Tell whether the loss of two targets is the sum of their losses and not the mean."""
    if subject.layout != "one":
        raise NotApplicable("it does not reduce")
    y, predictions = (values[:2] for values in inputs.moderate(subject.takes))
    both = subject.values(subject.call(subject.array(y), subject.array(predictions)))
    return bool(np.isclose(single_number(both), subject.losses(y, predictions).sum(), rtol=1e-3))


CHECKS = (labels_soft, labels_integer, labels_outside, labels_nan, shapes, empty)
