"""The drop-in for PyTorch: its signature, its numbers, and everything that PyTorch can do to a loss."""

from __future__ import annotations

import copy
import inspect
import pickle
import shutil
import subprocess
import sys
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
from torch.autograd import forward_ad  # noqa: E402

from bce_lib.adapters.torch import (  # noqa: E402
    BCEWithLogitsLoss,
    _loss_and_gradient,
    binary_cross_entropy_with_logits,
)

# PyTorch's own, from its transforms and its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated. Methods on autograd:DeprecationWarning"),
]

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


# What PyTorch can do to a module


def test_state_dicts_interchange_with_pytorchs_in_both_directions():
    made = {"weight": torch.rand(3), "pos_weight": torch.rand(3)}
    blank = {name: torch.ones(3) for name in made}
    for source, target in (
        (BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss),
        (torch.nn.BCEWithLogitsLoss, BCEWithLogitsLoss),
    ):
        loaded = target(**blank)
        loaded.load_state_dict(source(**made).state_dict())
        assert all(torch.equal(getattr(loaded, name), value) for name, value in made.items())


@pytest.mark.parametrize("again", [copy.deepcopy, lambda loss: pickle.loads(pickle.dumps(loss))])
def test_a_copy_is_the_same_loss(again):
    z, y = moderate((4, 3), torch.float32)
    loss = BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0]), reduction="sum")
    assert torch.equal(again(loss)(z, y), loss(z, y))


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"pos_weight": torch.tensor(2.0, dtype=torch.float64)},
        {"weight": torch.tensor([0.5, 2.0], dtype=torch.float64)},
    ],
    ids=str,
)
@pytest.mark.parametrize("by_label", [False, True])
def test_gradcheck_and_gradgradcheck_pass(weights, by_label):
    z, y = moderate((3, 2))
    z.requires_grad_()
    y.requires_grad_(by_label)
    loss = BCEWithLogitsLoss(**weights)
    assert torch.autograd.gradcheck(loss, (z, y))
    assert torch.autograd.gradgradcheck(loss, (z, y))


def test_the_gradient_at_a_logit_of_0_is_a_half():
    for label, right in ((0.0, 0.5), (1.0, -0.5), (0.25, 0.25)):
        assert slope(BCEWithLogitsLoss(), torch.zeros(1), torch.tensor([label])).item() == right


def test_the_second_derivative_is_that_of_the_core():
    z = torch.linspace(-20, 20, 41, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(BCEWithLogitsLoss(reduction="sum")(z, torch.ones_like(z)), z, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), z)
    expected = torch.sigmoid(z) * torch.sigmoid(-z)
    torch.testing.assert_close(second, expected.detach(), rtol=1e-14, atol=0)


def test_torch_func_differentiates_and_maps():
    z, y = moderate((5, 3))
    loss = BCEWithLogitsLoss()
    expected = torch.stack([loss(a, b) for a, b in zip(z, y, strict=True)])
    torch.testing.assert_close(torch.func.vmap(loss)(z, y), expected)
    torch.testing.assert_close(torch.func.grad(loss)(z, y), slope(loss, z, y))
    each = torch.func.vmap(torch.func.grad(loss))(z, y)
    torch.testing.assert_close(each, torch.stack([slope(loss, a, b) for a, b in zip(z, y, strict=True)]))
    hessian = torch.func.hessian(loss)(z[0], y[0])
    curvature = torch.sigmoid(z[0]) * torch.sigmoid(-z[0]) / 3
    torch.testing.assert_close(hessian, torch.diag(curvature))
    torch.testing.assert_close(torch.func.jacrev(loss)(z[0], y[0]), slope(loss, z[0], y[0]))


def test_forward_mode_gives_the_same_derivative():
    z, y = moderate((5,))
    _, tangent = torch.func.jvp(lambda at: BCEWithLogitsLoss()(at, y), (z,), (torch.ones_like(z),))
    assert tangent.item() == pytest.approx(slope(BCEWithLogitsLoss(), z, y).sum().item(), rel=1e-12)


def test_forward_mode_without_torch_func():
    z, y = moderate((5,))
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(z, torch.ones_like(z))
        tangent = forward_ad.unpack_dual(BCEWithLogitsLoss()(dual, y)).tangent
    assert tangent.item() == pytest.approx(slope(BCEWithLogitsLoss(), z, y).sum().item(), rel=1e-12)


def test_forward_mode_nests():
    """Through an autograd Function it would not, and would say nothing: pytorch/pytorch#197867."""
    z, y = moderate((3,))
    hessian = torch.func.jacfwd(torch.func.jacfwd(BCEWithLogitsLoss(reduction="sum")))(z, y)
    torch.testing.assert_close(hessian, torch.diag(torch.sigmoid(z) * torch.sigmoid(-z)))


def test_the_derivative_by_the_label_is_minus_the_logit():
    z, y = torch.tensor([-3.0, 3.0, 3.0, -3.0, 2.0]), torch.tensor([0.0, 1.0, 0.0, 1.0, 0.25], requires_grad=True)
    BCEWithLogitsLoss(reduction="sum")(z, y).backward()
    assert torch.equal(y.grad, -z)


@pytest.mark.parametrize("name", ["weight", "pos_weight"])
def test_weights_have_derivatives_which_pytorchs_have_not(name):
    z, y = moderate((4, 3))
    weight = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda at: binary_cross_entropy_with_logits(z, y, **{name: at}), (weight,))
    with pytest.raises(RuntimeError, match="not differentiable"):
        torch.nn.functional.binary_cross_entropy_with_logits(z, y, **{name: weight})


@pytest.mark.parametrize(
    "transform",
    [torch.func.grad, lambda f: torch.vmap(torch.func.grad(f)), torch.vmap, torch.func.hessian],
    ids=["grad", "grad of each", "vmap", "hessian"],
)
def test_transforms_compile(transform):
    torch._dynamo.reset()
    z, y = moderate((4,) if transform is torch.func.hessian else (4, 3), torch.float32)
    function = transform(BCEWithLogitsLoss())
    compiled = torch.compile(function, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(z, y), function(z, y))


def test_backward_twice_through_a_kept_graph_gives_the_same():
    z, y = moderate((1000,), torch.float32)
    z.requires_grad_()
    loss = BCEWithLogitsLoss()(z, y)
    first, second = (torch.autograd.grad(loss, z, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("weights", [{}, {"pos_weight": torch.tensor(2.0)}], ids=str)
def test_it_compiles_whole_with_the_same_values_and_gradients(weights):
    torch._dynamo.reset()
    loss = BCEWithLogitsLoss(**weights)
    compiled = torch.compile(loss, fullgraph=True, dynamic=True, backend="aot_eager")
    for length in (7, 12):
        z, y = moderate((length,), torch.float32)
        torch.testing.assert_close(compiled(z, y), loss(z, y), rtol=1e-6, atol=0)
        torch.testing.assert_close(slope(compiled, z, y), slope(loss, z, y), rtol=1e-6, atol=1e-9)
    with pytest.raises(Exception, match="target and input differ in shape"):
        compiled(torch.zeros(3, 1), torch.zeros(3))


@pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++"))), reason="PyTorch's compiler needs one of C++")
def test_what_inductor_compiles_keeps_both_tails():
    torch._dynamo.reset()
    compiled = torch.compile(BCEWithLogitsLoss(reduction="none"), fullgraph=True)
    z = torch.tensor([-17.0, 17.0, -80.0, 20.0, 0.0, 120.0])
    y = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    assert error_in_ulp(compiled(z, y), exact_loss(y.numpy(), z.numpy())).max() < 3
    slopes = slope(lambda a, b: compiled(a, b).sum(), z, y)
    assert error_in_ulp(slopes, exact_gradient(y.numpy(), z.numpy())).max() < 3


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_under_autocast_it_computes_in_float32_as_pytorchs_does(dtype):
    z, y = torch.tensor([-5.0, 7.0]).to(dtype), torch.tensor([0.0, 0.0]).to(dtype)
    with torch.autocast("cpu", dtype=dtype):
        own, theirs = (kind(reduction="none")(z, y) for kind in (BCEWithLogitsLoss, torch.nn.BCEWithLogitsLoss))
    assert own.dtype == theirs.dtype == torch.float32
    torch.testing.assert_close(own, theirs, rtol=1e-5, atol=0)


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_on_the_meta_device_shapes_and_dtypes_come_out(reduction):
    z = torch.zeros(4, 3, device="meta", requires_grad=True)
    loss = BCEWithLogitsLoss(reduction=reduction)(z, torch.zeros(4, 3, device="meta"))
    assert loss.is_meta
    assert loss.shape == torch.nn.BCEWithLogitsLoss(reduction=reduction)(z, z.detach()).shape
    loss.sum().backward()
    assert z.grad is not None
    assert z.grad.shape == z.shape


SCRIPT = """
import torch
from torch.nn import BCEWithLogitsLoss

torch.manual_seed(0)
model = torch.nn.Linear(30, 1)
loss = BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
curve = []
for _ in range(20):
    optimizer.zero_grad()
    value = loss(model(features).squeeze(1), labels)
    value.backward()
    optimizer.step()
    curve.append(value.item())
"""


def test_one_word_is_all_that_changes_in_a_training_script():
    table = pytest.importorskip("sklearn.datasets").load_breast_cancer()
    scaled = (table.data - table.data.mean(0)) / table.data.std(0)
    data = {"features": torch.tensor(scaled).float(), "labels": torch.tensor(table.target).float()}
    curves = []
    for script in (SCRIPT, SCRIPT.replace("from torch.nn", "from bce_lib.adapters.torch")):
        names: dict[str, Any] = dict(data)
        exec(script, names)
        curves.append(names["curve"])
    assert isinstance(names["loss"], BCEWithLogitsLoss)
    np.testing.assert_allclose(*curves, rtol=1e-5)
    assert curves[0][-1] < 0.5 * curves[0][0]


# Under the audit


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_it_passes_the_audit(reduction):
    report = audit(BCEWithLogitsLoss(reduction=reduction), framework="torch", order="prediction, y_true", time_limit=60)
    assert report.passed, report


def test_the_function_passes_the_audit_with_its_weights():
    report = audit(binary_cross_entropy_with_logits, framework="torch", order="prediction, y_true", time_limit=60)
    assert report.passed, report
    assert report["sample-weight"].status == report["pos-weight"].status == "pass"


def test_importing_the_package_of_adapters_loads_neither_framework():
    code = "import sys, bce_lib.adapters; print('torch' in sys.modules, 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
