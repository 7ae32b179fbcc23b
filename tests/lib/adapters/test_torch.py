"""The drop-in for PyTorch: its signature, its numbers, layouts, bad input, and what the audit says of it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import grids
from bce_lib._gradient import gradient_kernel
from bce_lib._logits import loss_kernel
from bce_lib.accuracy import as_float64, error_in_ulp, exact_gradient, exact_hessian, exact_loss
from bce_lib.audit import audit
from bounds import assert_within, soft_gradient_bound
from engines import TORCH
from references import exact

torch = pytest.importorskip("torch")

from array_api_compat import torch as xp  # noqa: E402

from bce_lib.adapters.torch import (  # noqa: E402
    BCEWithLogitsLoss,
    _loss_and_gradient,
    binary_cross_entropy_with_logits,
)

LOSS = {"float32": 3.0, "float64": 2.25, "float16": 0.51, "bfloat16": 0.51}
GRADIENT = {"float32": 3.0, "float64": 2.5}
BLOCK, COUNT = 1000, 3210  # three blocks and a part of one


def moderate(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return 3 * torch.randn(shape, generator=generator, dtype=dtype), torch.rand(shape, generator=generator, dtype=dtype)


def slope(loss: Any, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    at = z.clone().requires_grad_()
    return torch.autograd.grad(loss(at, y), at)[0]


# Signature and values


def test_the_signature_is_pytorchs_own():
    own, theirs = (
        inspect.signature(kind.__init__).parameters for kind in (BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss)
    )
    assert list(own) == list(theirs)
    assert {name: p.default for name, p in own.items()} == {name: p.default for name, p in theirs.items()}
    assert list(inspect.signature(BCEWithLogitsLoss.forward).parameters) == ["self", "input", "target"]


WEIGHTS = [
    {},
    {"weight": torch.tensor([0.5, 2.0, 1.0])},
    {"weight": torch.tensor([[0.5], [2.0], [1.0], [3.0]])},
    {"weight": torch.tensor(2.5)},
    {"pos_weight": torch.tensor([3.0, 0.25, 1.0])},
    {"pos_weight": torch.tensor(4.0)},
    {"weight": torch.tensor([0.5, 2.0, 1.0]), "pos_weight": torch.tensor([3.0, 0.25, 1.0])},
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda weights: ", ".join(weights) or "plain")
def test_values_and_gradients_are_pytorchs_where_those_are_right(weights, reduction):
    z, y = moderate((4, 3), torch.float32)
    own, theirs = (kind(reduction=reduction, **weights) for kind in (BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss))
    torch.testing.assert_close(own(z, y), theirs(z, y), rtol=2e-6, atol=0)
    torch.testing.assert_close(
        slope(lambda a, b: own(a, b).sum(), z, y), slope(lambda a, b: theirs(a, b).sum(), z, y), rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_the_loss_keeps_its_digits(kind, dtype):
    y, z = (TORCH.array(values, dtype) for values in getattr(grids, kind)(dtype))
    found = binary_cross_entropy_with_logits(z, y, reduction="none")
    assert found.dtype == z.dtype
    labels, logits = getattr(grids, kind)(dtype)
    assert_within(LOSS[dtype], error_in_ulp(found, exact(exact_loss, kind, TORCH, dtype)), y=labels, z=logits)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_keeps_its_digits(dtype):
    labels, logits = grids.hard(dtype)
    y, z = TORCH.array(labels, dtype), TORCH.array(logits, dtype)
    found = slope(lambda a, b: binary_cross_entropy_with_logits(a, b, reduction="sum"), z, y)
    assert_within(GRADIENT[dtype], error_in_ulp(found, exact(exact_gradient, "hard", TORCH, dtype)), y=labels, z=logits)


def test_the_classes_are_treated_alike_to_the_bit():
    z = TORCH.array(grids.logits("float32"), "float32")
    ones, zeros = torch.ones_like(z), torch.zeros_like(z)
    left, right = (binary_cross_entropy_with_logits(a, b, reduction="none") for a, b in ((z, ones), (-z, zeros)))
    assert torch.equal(left.nan_to_num(nan=-1), right.nan_to_num(nan=-1))


def test_a_pos_weight_of_1_changes_no_bit():
    z = TORCH.array(grids.logits("float32"), "float32")
    for label in (0.0, 0.3, 1.0):
        y = torch.full_like(z, label)
        plain = binary_cross_entropy_with_logits(z, y, reduction="none")
        weighted = binary_cross_entropy_with_logits(z, y, pos_weight=torch.tensor(1.0), reduction="none")
        assert torch.equal(plain.nan_to_num(nan=-1), weighted.nan_to_num(nan=-1))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_of_soft_labels_is_off_by_a_few_halves_of_an_ulp_of_1(dtype):
    labels, logits = grids.soft(dtype)
    y, z = TORCH.array(labels, dtype), TORCH.array(logits, dtype)
    found = as_float64(slope(lambda a, b: binary_cross_entropy_with_logits(a, b, reduction="sum"), z, y))
    right = exact(exact_gradient, "soft", TORCH, dtype)
    off = [abs(a - b) for a, b in zip(found, right, strict=True) if not np.isnan(a)]
    assert np.isnan(found).sum() == np.isnan(logits).sum()
    assert max(off) <= soft_gradient_bound(TORCH, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_derivative_of_the_gradient_keeps_its_digits(dtype):
    labels, logits = grids.hard(dtype)
    y, z = TORCH.array(labels, dtype), TORCH.array(logits, dtype).requires_grad_()
    loss = binary_cross_entropy_with_logits(z, y, reduction="sum")
    (first,) = torch.autograd.grad(loss, z, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), z)
    assert_within(GRADIENT[dtype], error_in_ulp(first, exact(exact_gradient, "hard", TORCH, dtype)), y=labels, z=logits)
    assert_within(GRADIENT[dtype], error_in_ulp(second, exact(exact_hessian, "hard", TORCH, dtype)), y=labels, z=logits)


@pytest.mark.parametrize("pos_weight", [None, 3.0, 0.375, 0.0])
@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_both_kernels_at_once_are_each_alone_to_the_bit(dtype, kind, pos_weight):
    y, z = (TORCH.array(values, dtype) for values in getattr(grids, kind)(dtype))
    weight = None if pos_weight is None else TORCH.array(pos_weight, dtype)
    slopes = torch.empty_like(z)
    losses = _loss_and_gradient(y, z, weight, gradient=slopes)
    np.testing.assert_array_equal(losses, loss_kernel(xp, y, z, weight))
    np.testing.assert_array_equal(slopes, gradient_kernel(xp, y, z, weight))


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"weight": torch.linspace(0, 2, COUNT).reshape(-1, 3)},
        {"weight": torch.tensor(0.0)},
        {"pos_weight": torch.tensor([3.0])},
        {"pos_weight": torch.tensor([0.5, 2.0, 1.0]), "weight": torch.tensor([[0.0], *[[2.5]] * (COUNT // 3 - 1)])},
    ],
    ids=lambda weights: ", ".join(weights) or "plain",
)
def test_in_blocks_it_is_what_it_is_in_one(weights, monkeypatch):
    z, y = moderate((COUNT // 3, 3), torch.float32)
    z[[0, 500, -1]] = torch.tensor([torch.inf, -torch.inf, torch.nan])
    losses, total, mean = (BCEWithLogitsLoss(reduction=name, **weights) for name in ("none", "sum", "mean"))
    whole, slopes = losses(z, y), slope(total, z, y)
    monkeypatch.setattr("bce_lib.adapters.torch.BLOCK", BLOCK // torch.get_num_threads())
    torch.testing.assert_close(losses(z, y), whole, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(slope(total, z, y), slopes, rtol=0, atol=0, equal_nan=True)
    z[[0, 500, -1]] = 0
    exact_mean = losses(z, y).double().mean().item()
    assert mean(z, y).item() == pytest.approx(exact_mean, rel=2e-7)


def test_a_sum_of_many_keeps_its_digits():
    """Within the losses' own bound: adding them up in blocks costs no more than a rounding or two."""
    z, y = moderate((1_000_000,), torch.float32)
    y = (y < 0.02).float()
    total = binary_cross_entropy_with_logits(z - 5, y, reduction="sum")
    right = binary_cross_entropy_with_logits((z - 5).double(), y.double(), reduction="sum")
    assert abs(total.double() - right) <= 3 * np.spacing(np.float32(right))


def test_a_weight_of_0_takes_an_element_out_whatever_its_loss():
    z, y, weight = (
        torch.tensor([torch.nan, torch.inf, 2.0]),
        torch.tensor([1.0, 0.0, 1.0]),
        torch.tensor([0.0, 0.0, 1.0]),
    )
    assert binary_cross_entropy_with_logits(z, y, weight, reduction="sum").item() == pytest.approx(0.126928, rel=1e-5)
    slopes = slope(lambda a, b: binary_cross_entropy_with_logits(a, b, weight, reduction="sum"), z, y)
    assert slopes[:2].tolist() == [0, 0]


@pytest.mark.parametrize(
    "view", [lambda x: x.t(), lambda x: x[::2, ::3], lambda x: x.flip(0), lambda x: x[:, :1].expand(-1, 9)]
)
def test_any_layout_gives_what_a_copy_gives(view):
    z, y = (view(values) for values in moderate((30, 9), torch.float32))
    copies = z.contiguous(), y.contiguous()
    loss = BCEWithLogitsLoss(reduction="none")
    assert torch.equal(loss(z, y), loss(*copies))
    mean = BCEWithLogitsLoss()
    assert torch.equal(slope(mean, z, y), slope(mean, *copies))


def test_inputs_are_left_as_they_were():
    z, y = moderate((1000,), torch.float32)
    before = z.clone(), y.clone()
    slope(BCEWithLogitsLoss(), z, y)
    assert torch.equal(z, before[0])
    assert torch.equal(y, before[1])


def test_labels_may_be_integers_or_booleans_or_of_another_precision():
    z = torch.tensor([-3.0, 0.5, 2.0])
    y = torch.tensor([0, 1, 1])
    expected = BCEWithLogitsLoss()(z, y.float())
    for labels in (y, y.bool(), y.to(torch.uint8), y.bfloat16()):
        assert torch.equal(BCEWithLogitsLoss()(z, labels), expected)


# Bad input


@pytest.mark.parametrize(
    ("z", "y", "message"),
    [
        ([[0.5], [1.0]], [0.0, 1.0], r"target has shape \(2,\) but input has shape \(2, 1\)"),
        ([0.5, 1.0], [0.0, 2.0], "target has 1 of 2 values outside"),
        (
            [0.5, 1.0],
            [0.0, float("nan")],
            "target has 1 of 2 values outside .*: give missing labels a target and weight 0",
        ),
        ([], [], "there is nothing to average"),
    ],
)
def test_what_makes_no_sense_is_named(z, y, message):
    with pytest.raises(ValueError, match=message):
        BCEWithLogitsLoss()(torch.tensor(z), torch.tensor(y))


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["weight", "pos_weight"])
def test_a_weight_that_is_none_is_named(name, weight):
    with pytest.raises(ValueError, match=f"^{name} contains"):
        BCEWithLogitsLoss(**{name: torch.tensor(weight)})(torch.zeros(2), torch.zeros(2))


def test_an_unknown_reduction_is_named():
    with pytest.raises(ValueError, match="reduction='avg' is unknown"):
        binary_cross_entropy_with_logits(torch.zeros(2), torch.zeros(2), reduction="avg")


def test_what_is_no_tensor_is_named():
    with pytest.raises(TypeError, match="target is a list: pass a torch.Tensor"):
        binary_cross_entropy_with_logits(torch.zeros(2), [0.0, 1.0])


# Under the audit


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_it_passes_the_audit(reduction):
    report = audit(BCEWithLogitsLoss(reduction=reduction), framework="torch", order="prediction, y_true", time_limit=60)
    assert report.passed, report


def test_the_function_passes_the_audit_with_its_weights():
    report = audit(binary_cross_entropy_with_logits, framework="torch", order="prediction, y_true", time_limit=60)
    assert report.passed, report
    assert report["sample-weight"].status == report["pos-weight"].status == "pass"
