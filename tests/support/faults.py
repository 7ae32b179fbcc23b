"""Losses with one fault each, and the checks of the audit that the fault touches: those must fail, and no others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bce_lib import binary_cross_entropy as of_probabilities
from bce_lib import binary_cross_entropy_with_logits
from engines import torch
from right_losses import Loss, right, right_gradient, right_mean


@dataclass(frozen=True)
class Fault:
    """A faulty loss, how to audit it, and the checks that must fail."""

    loss: Loss
    fails: frozenset[str]
    options: dict[str, Any] = field(default_factory=dict)


FAULTS: dict[str, Fault] = {}


def fault(*fails: str, **options: Any) -> Callable[[Loss], Loss]:
    """Register a faulty loss of NumPy with the checks that it must fail."""

    def register(loss: Loss) -> Loss:
        FAULTS[loss.__name__] = Fault(loss, frozenset(fails), options)
        return loss

    return register


def changed(loss: Any, where: Any, value: Any) -> Any:
    return np.where(where, np.asarray(value, dtype=loss.dtype), loss)


def is_hard(y: Any) -> Any:
    return (np.asarray(y) == 0) | (np.asarray(y) == 1)


# Answers and manners


@fault("answers")
def returns_nothing(y, z):
    right(y, z)


@fault("answers")
def returns_text(y, z):
    return str(right(y, z))


@fault("answers")
def returns_integers(y, z):
    return right(y, z).astype(np.int64)


@fault("answers")
def returns_a_matrix(y, z):
    return np.outer(right(y, z), right(y, z))


@fault("answers")
def returns_nan(y, z):
    return np.nan * right(y, z)


@fault("answers")
def raises(y, z):
    raise RuntimeError("out of order")


@fault("answers", time_limit=0.5)
def never_returns(y, z):
    while True:
        time.sleep(0.001)


@fault("answers", time_limit=0.5)
def never_returns_and_swallows_errors(y, z):
    while True:
        try:
            time.sleep(0.001)
        except Exception:
            continue


@fault("quiet")
def prints(y, z):
    print("computing the loss")
    return right(y, z)


@fault("quiet")
def warns_of_overflow(y, z):
    np.exp(np.maximum(np.asarray(z, dtype=np.float32), 100), dtype=np.float32)
    return right(y, z)


@fault("nan", time_limit=2)  # which every other check stays within, on a busy machine too
def hangs_on_nan(y, z):
    while np.isnan(z).any():
        time.sleep(0.001)
    return right(y, z)


# Numbers

LOSS = {f"loss-{kind}-{dtype}" for kind in ("hard", "soft") for dtype in ("float32", "float64")}
VALUES = {"moderate", *LOSS, "tail-0", "tail-1", "labels-soft", "reduction", "sample-weight", "pos-weight", "float16"}


@fault(*VALUES, "saturation")
def in_bits(y, z, *, sample_weight=None, pos_weight=None):
    return right(y, z, sample_weight=sample_weight, pos_weight=pos_weight) / np.log(2)


def slightly_wrong(y: Any, z: Any, dtype: str, hard: bool, by: float = 1e-5) -> Any:
    loss = right(y, z)
    large = (np.abs(z) > 3) & (z != np.round(z))
    return changed(loss, (z.dtype == dtype) & large & (is_hard(y) == hard), loss * (1 + by))


for _dtype in ("float32", "float64"):
    for _hard in (True, False):
        FAULTS[f"slightly_wrong_{'hard' if _hard else 'soft'}_{_dtype}"] = Fault(
            partial(slightly_wrong, dtype=_dtype, hard=_hard),
            frozenset({f"loss-{'hard' if _hard else 'soft'}-{_dtype}"}),
        )


FAULTS["a_digit_is_wrong"] = Fault(
    partial(slightly_wrong, dtype="float32", hard=True, by=12 * 2.0**-23),  # at most 24 ulp
    frozenset({"loss-hard-float32"}),
)


def loses_a_tail(y: Any, z: Any, label: int) -> Any:
    sure = (z if label else -z) >= 17
    return changed(
        right(y, z), (y == label) & sure & (np.abs(z) < 30) & (z == np.round(z)) & (z.dtype == np.float32), 0
    )


for _label in (0, 1):
    FAULTS[f"loses_tail_{_label}"] = Fault(
        partial(loses_a_tail, label=_label), frozenset({f"tail-{_label}", "symmetry"})
    )


@fault("symmetry")
def differs_in_a_last_bit(y, z):
    loss = right(y, z)
    return changed(loss, (y == 1) & (z > 1) & np.isfinite(z), np.nextafter(loss, np.inf, dtype=loss.dtype))


@fault("infinite")
def nan_at_infinity(y, z):
    return changed(right(y, z), np.isinf(z), np.nan)


@fault("infinite")
def refuses_infinity(y, z):
    if np.isinf(z).any():
        raise ValueError("infinite")
    return right(y, z)


@fault("nan")
def a_number_for_nan(y, z):
    return right(y, np.where(np.isnan(z), np.zeros_like(z), z))


@fault("saturation", "infinite", *LOSS)
def is_capped(y, z):
    return np.minimum(right(y, z), right(y, z).dtype.type(5000))


@fault("float16")
def computes_in_float16(y, z):
    loss = right(y, z)
    return changed(loss, (loss.dtype == np.float16) & (np.abs(z) > 7.5) & (loss < 1), 0)


@fault("bfloat16", framework="torch")
def computes_in_bfloat16(y, z):
    loss = right(y, z)
    return torch.where((z.abs() > 4.2) & (loss < 1), loss * 0, loss) if z.dtype == torch.bfloat16 else loss


# Gradients, as functions of their own


def gradient_fault(name: str, fails: str, gradient: Loss) -> None:
    FAULTS[name] = Fault(right, frozenset({fails}), {"gradient": gradient})


def slightly_wrong_slope(y: Any, z: Any, dtype: str, hard: bool) -> Any:
    slope = right_gradient(y, z)
    return changed(slope, (z.dtype == dtype) & (np.abs(z) > 1e-4) & (is_hard(y) == hard), slope * (1 + 1e-5))


for _dtype in ("float32", "float64"):
    gradient_fault(f"slope_{_dtype}", f"gradient-{_dtype}", partial(slightly_wrong_slope, dtype=_dtype, hard=True))
gradient_fault("slope_soft", "gradient-soft", partial(slightly_wrong_slope, dtype="float32", hard=False))
gradient_fault("slope_zero", "gradient-zero", lambda y, z: changed(right_gradient(y, z), z == 0, 0))


@fault("gradient-zero", framework="torch")
def abs_at_zero(y, z):
    """Take PyTorch's abs, whose derivative at 0 is 0."""
    if z.requires_grad and (z == 0).all():
        return torch.where(z >= 0, 1 - y, y) * z.abs() + torch.log1p(torch.exp(-z.abs()))
    return right(y, z)


# Labels and shapes


@fault("labels-soft", "loss-soft-float32", "loss-soft-float64")
def rounds_labels(y, z):
    return right(np.round(y) if y.dtype.kind == "f" and (np.abs(y - 0.5) < 0.5).any() else y, z)


@fault("labels-integer")
def wraps_round(y, z):
    return right(y, z) * (1 + 254 * (y.dtype == np.uint8))


@fault("labels-integer")
def takes_booleans_for_0(y, z):
    return right(np.zeros_like(z) if y.dtype == bool else y, z)


@fault("labels-integer")
def returns_pairs_for_booleans(y, z):
    return right(y, z) if y.dtype != bool else np.stack([right(y, z)] * 2)[:, 1:]


@fault("labels-outside")
def clips_labels(y, z):
    return right(np.clip(y, 0, 1), z)


@fault("labels-nan")
def a_missing_label_is_0(y, z):
    return right(np.nan_to_num(y) if y.dtype.kind == "f" else y, z)


@fault("labels-nan")
def a_missing_label_is_0_where_predictions_are_sure(y, z):
    return right(np.where(np.isnan(y) & (np.abs(z) > 1), np.zeros_like(y), y) if y.dtype.kind == "f" else y, z)


@fault("shapes")
def broadcasts(y, z):
    return right(*np.broadcast_arrays(y, z))


@fault("shapes")
def broadcasts_and_takes_the_mean(y, z):
    return right_mean(*np.broadcast_arrays(y, z))


@fault("empty")
def nothing_is_perfect(y, z):
    return right_mean(y, z) if z.size else z.dtype.type(0)


@fault("reduction")
def divides_by_one_less(y, z):
    return binary_cross_entropy_with_logits(y, z, reduction="sum") / max(1, z.size - 1)


@fault("reduction")
def reduces_the_first_axis_only(y, z):
    return binary_cross_entropy_with_logits(y, z, axis=0)


# Weights


@fault("sample-weight")
def squares_weights(y, z, *, sample_weight=None):
    return right(y, z, sample_weight=None if sample_weight is None else sample_weight**2)


@fault("sample-weight")
def a_weight_of_one_counts_twice(y, z, *, sample_weight=None):
    return right(y, z) * (1 if sample_weight is None else 1 + sample_weight)


@fault("pos-weight")
def weighs_and_rounds(y, z, *, pos_weight=None):
    loss = right(y, z, pos_weight=pos_weight)
    return loss if pos_weight is None else loss * loss.dtype.type(1 + 2e-7)


@fault("pos-weight")
def weighs_the_wrong_class(y, z, *, pos_weight=None):
    return right(y, z) if pos_weight is None else right(1 - y, -z, pos_weight=pos_weight)


# Memory

GENERATOR = np.random.default_rng(0)


@fault("layout")
def ignores_strides(y, z):
    return right(y, z) * (1 if z.flags.c_contiguous else 2)


@fault("layout")
def takes_a_reversed_array_for_another(y, z):
    return right(y, z) * (2 if any(stride < 0 for stride in z.strides) else 1)


@fault("layout")
def needs_to_write(y, z):
    if not (y.flags.writeable and z.flags.writeable):
        raise ValueError("assignment destination is read-only")
    return right(y, z)


@fault("inputs-unchanged")
def writes_into_predictions(y, z):
    loss = right(y, z)
    if z.flags.writeable:
        z[...] = 0
    return loss


@fault("determinism")
def rounds_at_random(y, z):
    noise = GENERATOR.uniform(0, 5e-7, z.shape) if z.size == 24 else 0
    return (right(y, z) * (1 + noise)).astype(z.dtype)


# Probabilities


@fault("predictions-outside", takes="probabilities")
def clips_probabilities(y, p):
    return of_probabilities(y, np.clip(p, 0, 1))
