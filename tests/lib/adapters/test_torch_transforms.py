"""The drop-in for PyTorch under all that PyTorch can do to a loss: autograd, its transforms, compilers, autocast."""

from __future__ import annotations

import copy
import pickle
import shutil
from typing import Any

import numpy as np
import pytest

from bce_lib.accuracy import error_in_ulp, exact_gradient, exact_loss

torch = pytest.importorskip("torch")

from torch.autograd import forward_ad  # noqa: E402

from bce_lib.adapters.torch import BCEWithLogitsLoss, binary_cross_entropy_with_logits  # noqa: E402

# PyTorch's own, from its transforms and its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated. Methods on autograd:DeprecationWarning"),
]


def moderate(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return 3 * torch.randn(shape, generator=generator, dtype=dtype), torch.rand(shape, generator=generator, dtype=dtype)


def slope(loss: Any, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    at = z.clone().requires_grad_()
    return torch.autograd.grad(loss(at, y), at)[0]


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


def test_the_derivative_with_respect_to_the_label_is_minus_the_logit():
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


@pytest.mark.slow  # compiles
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


@pytest.mark.slow  # compiles
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


@pytest.mark.slow  # compiles C++
@pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++"))), reason="PyTorch's compiler needs one of C++")
def test_what_inductor_compiles_keeps_both_tails():
    torch._dynamo.reset()
    # The instruction set is read from the processor: to try it out as well takes longer than the loss.
    compiled = torch.compile(BCEWithLogitsLoss(reduction="none"), fullgraph=True, options={"cpp.vec_isa_ok": True})
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


@pytest.mark.slow  # imports scikit-learn
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
