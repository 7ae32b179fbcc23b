r"""PyTorch's ``BCEWithLogitsLoss``, right in both tails: in a training script one word changes.

.. code-block:: python

    from torch.nn import BCEWithLogitsLoss              # before
    from bce_lib.adapters.torch import BCEWithLogitsLoss  # after

The order of the arguments is PyTorch's, ``(input, target)``, the other way round than in the rest of the library.

In eager mode the kernels of loss and gradient run together, block by block, so that nearly all that they need stays in
the processor's cache. Compiled, they are left whole for the compiler to fuse. What is asked for more rarely (``vmap``,
forward mode, second derivatives, derivatives by the targets or the weights) PyTorch derives from the core's kernels.
"""

from __future__ import annotations

import math
from itertools import repeat
from typing import Any

from bce_lib._arrays import range_of
from bce_lib._blockwise import Kernel, Values
from bce_lib._checks import check_elements
from bce_lib._extras import require
from bce_lib._gradient import gradient_kernel
from bce_lib._logits import loss_kernel
from bce_lib._reductions import weighted

require("torch", "bce_lib.adapters.torch")

import torch  # noqa: E402
from array_api_compat import torch as xp  # noqa: E402
from torch import Tensor  # noqa: E402
from torch.autograd.forward_ad import unpack_dual  # noqa: E402

BLOCK = 131_072
"""Elements a block and thread, on a CPU: at 4 bytes each, half a megabyte an array (benchmarks/adapters.py)."""


class BCEWithLogitsLoss(torch.nn.BCEWithLogitsLoss):
    r"""Binary cross-entropy of logits, in nats: PyTorch's module with the library's loss.

    It *is* a ``torch.nn.BCEWithLogitsLoss``, with its arguments, its buffers and its ``state_dict``, so that either
    loads what the other has saved, and code that asks for the one accepts the other.

    Parameters
    ----------
    weight : torch.Tensor, optional
        Weight of each element, of at least 0; broadcast to the shape of the input by PyTorch's rules.
    size_average, reduce : bool, optional
        Deprecated by PyTorch; they override `reduction`.
    reduction : {"mean", "sum", "none"}
        ``"mean"`` divides by the number of elements.
    pos_weight : torch.Tensor, optional
        Weight of the positive class: one number, or one a class along the last axis.

    See Also
    --------
    bce_lib.adapters.torch.binary_cross_entropy_with_logits : The same as a function; what is computed, and what raises.

    References
    ----------
    PyTorch's documentation of ``torch.nn.BCEWithLogitsLoss``.

    Examples
    --------
    >>> import torch
    >>> from bce_lib.adapters.torch import BCEWithLogitsLoss
    >>> logits = torch.tensor([-17.0, 20.0], requires_grad=True)
    >>> loss = BCEWithLogitsLoss(reduction="sum")(logits, torch.tensor([0.0, 1.0]))
    >>> print(f"{loss.item():.4e}")  # PyTorch's own loses the first element's share
    4.3461e-08
    >>> loss.backward()
    >>> print([f"{slope:.3e}" for slope in logits.grad.tolist()])  # and the second's gradient
    ['4.140e-08', '-2.061e-09']
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of the logits `input`."""
        return binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    pos_weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    r"""Return the binary cross-entropy of logits, in nats, as ``torch.nn.functional`` would.

    .. math:: \ell(z, y) = -w_+\,y \log \sigma(z) - (1-y) \log(1 - \sigma(z)).

    Parameters
    ----------
    input : torch.Tensor
        Logits, of any shape, on any device. Infinite ones are fine; NaN stays NaN.
    target : torch.Tensor
        Targets from 0 to 1, of the shape of the input; booleans and integers too.
    weight, pos_weight, reduction
        As for :class:`BCEWithLogitsLoss`. An element of weight 0 adds nothing, whatever its loss.

    Returns
    -------
    torch.Tensor
        The loss, in the dtype to which PyTorch promotes input and target, or float32 under autocast. Half precision is
        computed in float32 and rounded once.

    Raises
    ------
    TypeError
        If an argument is not a tensor of real numbers.
    ValueError
        If the shapes differ, a target lies outside [0, 1] or is NaN, a weight is negative or not finite, the reduction
        does not exist, or the mean is asked for of nothing. Values cannot be looked at under ``torch.compile``,
        ``torch.func.vmap`` and on the ``meta`` device; on an accelerator a look waits for them.

    References
    ----------
    PyTorch's documentation of ``torch.nn.functional.binary_cross_entropy_with_logits``.

    Examples
    --------
    >>> import torch
    >>> from bce_lib.adapters.torch import binary_cross_entropy_with_logits
    >>> loss = binary_cross_entropy_with_logits(torch.tensor([2.0, -1.0, 0.5]), torch.tensor([1, 0, 1]))
    >>> print(f"{loss.item():.6f}")
    0.304756
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown: use one of 'mean', 'sum', 'none'")
    y_true, logits, *weights = _checked(input, target, weight, pos_weight)
    count = logits.numel()
    if reduction == "mean" and count == 0:
        raise ValueError(f"reduction='mean' of an input of shape {tuple(logits.shape)}: there is nothing to average")
    dtype = torch.promote_types(logits.dtype, y_true.dtype)
    device = logits.device.type
    if device != "meta" and torch.is_autocast_enabled(device):
        dtype = torch.promote_types(dtype, torch.float32)
    computed_in = torch.promote_types(dtype, torch.float32)
    arrays = [None if array is None else array.to(computed_in) for array in (y_true, logits, *weights)]
    divisor = {"none": None, "sum": 1, "mean": count}[reduction]
    if _only_logits_move(*arrays):
        result: Tensor = _Losses.apply(divisor, *arrays)  # type: ignore[no-untyped-call]
    else:
        result = _reduced(_evaluate(loss_kernel, *arrays), divisor)
    return result.to(dtype)


def _checked(input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None) -> tuple[Any, ...]:
    """Return targets, logits and weights, once they are found to be in order."""
    for name, value in (("input", input), ("target", target)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} is a {type(value).__name__}: pass a torch.Tensor")
    if weight is not None and weight.ndim < input.ndim:  # PyTorch lets leading axes be left out
        weight = weight.reshape((1,) * (input.ndim - weight.ndim) + tuple(weight.shape))
    if torch.compiler.is_compiling():  # there are no values yet, and the compiler checks the rest
        mend = "target and input differ in shape: every prediction needs its own target"
        torch._check(input.shape == target.shape, lambda: mend)  # type: ignore[no-untyped-call]
        return target, input, weight, pos_weight
    elements = check_elements(
        "input",
        target,
        input,
        target_name="target",
        weight_name="weight",
        sample_weight=weight,
        pos_weight=pos_weight,
        missing="give missing labels a target and weight 0",
    )
    return elements.y_true, elements.prediction, elements.sample_weight, elements.pos_weight


def _only_logits_move(y_true: Any, logits: Any, *weights: Any) -> bool:
    """Return whether the first derivative, in reverse, is the only one that can be asked for.

    Not so where another tensor requires one, in forward mode, and in the transforms of ``torch.func``, whose tensors
    own no memory. There the core is differentiated by PyTorch: through a ``Function``, forward mode over forward mode
    gives wrong numbers (pytorch/pytorch#197867), and the compiler refuses ``vmap``.
    """
    others = [array for array in (y_true, *weights) if array is not None]
    if any(array.requires_grad for array in others):
        return False
    if torch.compiler.is_compiling():
        return torch.is_grad_enabled() and logits.requires_grad and not torch._C._are_functorch_transforms_active()
    try:
        return all(array.data_ptr() and not _has_tangent(array) for array in (logits, *others))
    except RuntimeError:
        return False


def _has_tangent(array: Tensor) -> bool:
    return unpack_dual(array).tangent is not None  # type: ignore[no-untyped-call]


def _evaluate(kernel: Kernel, y_true: Any, logits: Any, weight: Any, pos_weight: Any) -> Any:
    """Evaluate a kernel of the core on every element, and weigh; any derivative can be taken through it."""
    arrays = (y_true, logits) if pos_weight is None else (y_true, logits, pos_weight)
    return weighted(Values(xp, kernel, arrays, logits.dtype), weight).array(logits.dtype)


def _reduced(losses: Any, divisor: int | None) -> Any:
    return losses if divisor is None else losses.sum() / divisor


class _Losses(torch.autograd.Function):
    """The weighted loss of each element, or the sum of all over a divisor, and its derivative."""

    @staticmethod
    def forward(ctx: Any, divisor: int | None, *arrays: Any) -> Any:
        if torch.compiler.is_compiling():
            result, slopes = _reduced(_evaluate(loss_kernel, *arrays), divisor), None
        else:
            result, slopes = _in_blocks(divisor, ctx.needs_input_grad[2], *arrays)
        ctx.save_for_backward(*arrays, slopes)
        ctx.divisor = divisor
        return result

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> tuple[Any, ...]:
        *arrays, slopes = ctx.saved_tensors
        if slopes is None or torch.is_grad_enabled():  # compiled, or to be differentiated in turn
            slope = upstream[0] * (_evaluate(gradient_kernel, *arrays) / (ctx.divisor or 1))
        elif ctx.divisor is not None and slopes.device.type == "cpu" and range_of(xp, upstream[0]) == (1, 1):
            slope = slopes  # the loss is where the graph ends: there is nothing to multiply, and nothing to allocate
        else:
            slope = upstream[0] * slopes
        return None, None, slope, None, None


def _in_blocks(divisor: int | None, differentiate: bool, *arrays: Any) -> tuple[Any, Any]:
    """Return the losses, or their sum over the divisor, and the derivatives where they are asked for."""
    _, logits, weight, _ = arrays
    shape, count, device = logits.shape, logits.numel(), logits.device
    losses = torch.empty(shape, dtype=logits.dtype, device=device) if divisor is None else None
    slopes = torch.empty(shape, dtype=logits.dtype, device=device) if differentiate else None
    without = None if weight is None or bool(weight.all()) else weight == 0
    size = BLOCK * torch.get_num_threads() if device.type == "cpu" else count

    def blocks(array: Any) -> Any:
        if array is None:
            return repeat(None)
        return (array.reshape(1).expand(count) if array.numel() == 1 else array.expand(shape).reshape(-1)).split(size)

    operands = (*arrays, without, losses, slopes)
    sums: list[Any] = []
    for y, z, w, p, masked, loss, slope in [operands] if count <= size else zip(*map(blocks, operands), strict=False):
        loss = _loss_and_gradient(y, z, p, loss, slope)
        for values in (loss, slope):
            if w is not None and values is not None:
                values *= w
                if masked is not None:
                    values.masked_fill_(masked, 0)
        if divisor is not None:
            sums.append(loss.sum())
        if divisor not in (None, 1) and slope is not None:
            slope /= divisor
    return losses if divisor is None else torch.stack(sums).sum() / divisor, slopes


def _loss_and_gradient(
    y_true: Tensor,
    logits: Tensor,
    pos_weight: Tensor | None = None,
    loss: Tensor | None = None,
    gradient: Tensor | None = None,
) -> Tensor:
    """Return what the core's kernel of the loss does, to the bit, in `loss`, and write what that of the gradient does.

    The exponential is computed once for both, and few temporaries are made. The targets must have been checked, and no
    derivative can be taken through it.
    """
    positive = torch.greater_equal(logits, 0, out=torch.empty_like(logits))
    negative = torch.less(logits, 0, out=torch.empty_like(logits))
    against, agreeing = positive - y_true, y_true - negative
    product = against * logits
    if pos_weight is not None:
        weight = positive + negative * pos_weight
        product *= weight
        against *= weight
        agreeing *= negative + positive * pos_weight
    product = torch.nan_to_num(product, nan=0.0, posinf=math.inf)  # 0·inf is 0; a NaN logit's comes back with the tail
    e = torch.abs(logits)
    torch.exp(torch.negative(e, out=e), out=e)
    tail = torch.log1p(e)
    if pos_weight is not None:
        tail *= y_true * pos_weight + (1 - y_true)
    loss = torch.add(product, tail, out=loss)
    if gradient is not None:
        agreeing *= e
        against -= agreeing
        e += 1
        torch.divide(against, e, out=gradient)
    return loss
