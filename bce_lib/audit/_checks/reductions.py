"""Checks of how a loss makes one number of many, and of its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_lib.accuracy import error_in_ulp
from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import LIMIT, Outcome, check, place, worst
from bce_lib.audit._inputs import Numbers
from bce_lib.audit._subject import NotApplicable, Refused, Subject, single_number

WEIGHTS = np.array([2.0, 0.5, 0.0, 1.0, 3.0, 0.25])


def _batch(subject: Subject, shape: tuple[int, ...] = (6,), **options: Any) -> Numbers:
    arrays = (subject.array(values.reshape(shape)) for values in inputs.batch(subject.takes))
    return subject.values(subject.call(*arrays, **options))


def _losses(subject: Subject) -> Numbers:
    return inputs.right_loss(subject.takes, *inputs.batch(subject.takes)).astype(np.float64)


def _close(found: Numbers, expected: Any) -> bool:
    return found.shape == np.shape(expected) and bool(np.allclose(found, expected, rtol=1e-5))


@check(
    "reduction",
    title="is a mean over all targets, or their sum, or one loss per target",
    why="A loss that divides by anything else changes the learning rate with the shape of a batch.",
    chapter="pytorch",
)
def reduction(subject: Subject) -> Outcome:
    """Compare a vector and a matrix of targets with the mean and the sum of their losses."""
    losses = _losses(subject)
    if subject.layout == "row":
        return _judged(_batch(subject, (2, 3)), losses.reshape(2, 3).mean(1), (2, 3), "the mean along the last axis")
    if subject.layout == "element":
        outcome = _judged(_batch(subject), losses, (6,), "one loss per target")
        matrix = _matrix(subject)
        if not outcome.passed or matrix is None:
            return outcome
        if _close(matrix, losses.reshape(2, 3).mean(1)):
            return Outcome(True, "one loss per target, or for a matrix the mean of each row")
        return _judged(matrix, losses.reshape(2, 3), (2, 3), "one loss per target")
    divisors = {}
    for found, shape in ((_batch(subject), (6,)), (_matrix(subject), (2, 3))):
        if found is None:
            continue
        where = f"labels and predictions of shape {shape}"
        if found.size != 1:
            return Outcome(False, f"returns {found.size} numbers", where)
        divisors[shape] = float(losses.sum() / single_number(found))
        if min(abs(divisors[shape] - 6), abs(divisors[shape] - 1)) > 1e-3:
            return Outcome(False, f"divides the sum by {divisors[shape]:.4g}", where, divisors[shape])
    if max(divisors.values()) - min(divisors.values()) > 1e-3:
        return Outcome(False, "a mean of a vector, and a sum of a matrix, or the other way round", "(6,) and (2, 3)")
    return Outcome(True, "the mean: divides by the number of targets" if divisors[6,] > 2 else "the sum")


def _matrix(subject: Subject) -> Numbers | None:
    """Return what it makes of a matrix, if it takes one: to refuse it is no silent mistake."""
    try:
        return _batch(subject, (2, 3))
    except Refused:
        return None


def _judged(found: Numbers, expected: Numbers, shape: tuple[int, ...], said: str) -> Outcome:
    if _close(found, expected):
        return Outcome(True, said)
    return Outcome(False, f"returns the shape {found.shape}, or other numbers", f"labels of shape {shape}")


@check(
    "sample-weight",
    title="weights of the targets multiply their losses; weights of 1 change nothing",
    why="What a weighted mean divides by (the number of targets, or the sum of weights) differs between libraries, and "
    "so does the learning rate.",
    chapter="pytorch",
)
def sample_weight(subject: Subject) -> Outcome:
    """Compare weighted losses with the products, and find out what a mean divides by."""
    name = subject.option("sample_weight", "weight", "weights")
    if name is None:
        raise NotApplicable("it has no sample_weight or weight")
    shape = (6, 1) if subject.layout == "row" else (6,)

    def weighted(weights: Numbers) -> Numbers:
        return _batch(subject, shape, **{name: subject.array(weights.reshape(shape))})

    if not _close(weighted(np.ones(6)), _batch(subject, shape)):
        return Outcome(False, "weights of 1 change the loss", f"{name} of ones")
    products = _losses(subject) * WEIGHTS
    found = weighted(WEIGHTS)
    if subject.layout != "one":
        return Outcome(_close(found, products), "multiplies each loss", f"{name}={WEIGHTS.tolist()}")
    divisor = float(products.sum() / single_number(found))
    named = {"adds up": 1.0, "divides by the number of targets": 6.0, "divides by the sum of weights": WEIGHTS.sum()}
    for said, number in named.items():
        if abs(divisor / number - 1) < 1e-4:
            return Outcome(True, said)
    return Outcome(False, f"divides the weighted sum by {divisor:.4g}", f"{name}={WEIGHTS.tolist()}", divisor)


@check(
    "pos-weight",
    title="pos_weight=1 changes nothing, to the bit; pos_weight=3 triples the loss of label 1",
    why="A weight of 1 that costs digits, or gives NaN where there was none, goes unnoticed for years.",
    chapter="pytorch",
)
def pos_weight(subject: Subject) -> Outcome:
    """Compare with the loss without it, over predictions of every size."""
    if subject.takes == "probabilities" or subject.option("pos_weight") is None:
        raise NotApplicable("it has no pos_weight")
    y, logits = subject.grid("hard", "float32")
    for labels, scores in ((y, logits), (np.array([1.0, 0.0]), np.array([np.inf, -np.inf]))):
        try:
            unweighted = subject.losses(labels, scores)
        except Refused as error:
            raise NotApplicable(f"without a pos_weight it {error}") from error
        found = subject.losses(labels, scores, pos_weight=subject.array(1.0))
        differs = np.flatnonzero(~((found == unweighted) | (np.isnan(found) & np.isnan(unweighted))))
        if differs.size:
            at = int(differs[np.argmax(np.nan_to_num(np.abs(found / unweighted - 1)[differs], nan=np.inf))])
            measured = f"pos_weight=1 gives {found[at]:.9g} where {unweighted[at]:.9g} is given without"
            return Outcome(False, measured, place(labels[at], scores[at], "float32"))
    y, logits = inputs.moderate("logits")
    tripled = subject.losses(y, logits, pos_weight=subject.array(3.0))
    exact = inputs.right_loss("logits", y, logits, 3.0)
    if error_in_ulp(tripled, exact, "float32").max() > LIMIT:
        return worst(y, logits, tripled, exact, "float32")._replace(passed=False)
    return Outcome(True, "1 changes nothing, 3 triples")


CHECKS = (reduction, sample_weight, pos_weight)
