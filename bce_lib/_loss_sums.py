"""The sums that a mean loss is made of: over one batch, over both of two, and out of a saved state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import is_cupy_array, is_dask_array, is_torch_array
from numpy.typing import NDArray

from bce_lib._arrays import Array, as_arrays, dtype_name
from bce_lib._blockwise import BLOCK, blocks
from bce_lib._checks import check_elements
from bce_lib._double_double import DoubleDouble, Floats, add, fold, two_product
from bce_lib._logits import binary_cross_entropy_with_logits

VERSION = 1
"""Of the form of a state; a state of another version is refused."""


class Sums(NamedTuple):
    """What is known of all elements seen: in the order of the formulas of :mod:`bce_lib.streaming`."""

    elements: int = 0
    weighted_elements: int = 0
    weight: DoubleDouble = DoubleDouble()
    loss: DoubleDouble = DoubleDouble()
    weight_squared: DoubleDouble = DoubleDouble()
    weight_times_loss: DoubleDouble = DoubleDouble()
    loss_squared: DoubleDouble = DoubleDouble()
    weight_of_class_1: DoubleDouble = DoubleDouble()
    loss_of_class_1: DoubleDouble = DoubleDouble()
    loss_of_class_0: DoubleDouble = DoubleDouble()


def add_sums(a: Sums, b: Sums) -> Sums:
    """Return the sums over all elements of either."""
    pairs = (add(x, y) for x, y in zip(a[2:], b[2:], strict=True))
    return Sums(a.elements + b.elements, a.weighted_elements + b.weighted_elements, *pairs)


def sums_of_batch(y_true: Array, logits: Array, sample_weight: Array | None = None) -> Sums:
    """Return the sums over a batch; nothing of it is kept.

    Raises
    ------
    TypeError, ValueError
        As :meth:`bce_lib.streaming.MeanLoss.update`.
    """
    given = {"y_true": y_true, "logits": logits, "sample_weight": sample_weight}
    arrays = {name: array for name, array in as_arrays(**given)[1].items() if array is not None}
    _check_shapes_and_dtypes(arrays)
    return _sums_of_dask(**arrays) if is_dask_array(arrays["logits"]) else _sums_of_blocks(**arrays)


def _check_shapes_and_dtypes(arrays: dict[str, Array]) -> None:
    """Check all but the values, on stand-ins without any: those are read once, block by block, and may fill a disk."""
    if is_dask_array(arrays["logits"]):  # which has no values yet
        _check(arrays)
        return
    _check({name: np.empty(0, _numpy_dtype(array)) for name, array in arrays.items()})
    kinds = {"y_true": np.False_, "logits": np.float64(0), "sample_weight": np.False_}
    _check({name: np.broadcast_to(kinds[name], array.shape) for name, array in arrays.items()})


def _check(arrays: dict[str, Array]) -> None:
    check_elements("logits", arrays["y_true"], arrays["logits"], sample_weight=arrays.get("sample_weight"))


def _numpy_dtype(array: Array) -> Any:
    name = dtype_name(array)
    return "float16" if name == "bfloat16" else name


def _sums_of_blocks(y_true: Array, logits: Array, sample_weight: Array | None = None) -> Sums:
    given = {"y_true": y_true, "logits": logits, "sample_weight": sample_weight}
    arrays = {name: _to_numpy(name, array) for name, array in given.items() if array is not None}
    sums = Sums()
    try:
        # Blocks of twice the core's size: what Python does for a block is more here.
        for block in blocks(*arrays.values(), size=2 * BLOCK):
            sums = add_sums(sums, _sums_of_block(*block))
    except ValueError:
        _check(arrays)  # which names the place in the batch, not in the block
        raise
    return sums


def _to_numpy(name: str, array: Array) -> NDArray[Any]:
    try:
        if is_torch_array(array):
            array = array.detach().cpu()
            array = array.float() if dtype_name(array) == "bfloat16" else array
        elif is_cupy_array(array):
            array = array.get()
        return np.asarray(array)
    except (TypeError, RuntimeError, NotImplementedError) as error:
        raise TypeError(
            f"{name} has no values that could be added up: call update outside of jit, vmap and the like, "
            f"with arrays that hold numbers ({type(error).__name__})"
        ) from error


def _sums_of_block(y: Floats, z: Floats, w: Floats | None = None) -> Sums:
    """Return the sums over one block of one dimension."""
    x = binary_cross_entropy_with_logits(y, z, sample_weight=w, reduction="none")
    rows = {"loss": x, "loss_of_class_1": _share(y, x), "loss_of_class_0": _share(1 - y, x)}
    rows |= {"weight_of_class_1": y} if w is None else {"weight_of_class_1": w * y, "weight": w}
    factors = {"loss_squared": (x, x)}
    factors |= {} if w is None else {"weight_squared": (w, w), "weight_times_loss": (w, x)}
    rests = {}
    for name, pair in factors.items():
        rows[name], error = two_product(*pair)
        rests[name] = DoubleDouble(float(np.sum(error)))
    pairs = dict(zip(rows, fold(np.stack(list(rows.values()))), strict=True))
    pairs |= {name: add(pairs[name], rest) for name, rest in rests.items()}
    if w is None:
        ones = DoubleDouble(float(x.size))
        pairs |= {"weight": ones, "weight_squared": ones, "weight_times_loss": pairs["loss"]}
    return Sums(x.size, x.size if w is None else int(np.count_nonzero(w)), **pairs)


def _share(share: Floats, x: Floats) -> Floats:
    """Multiply, and let no share of an infinite or NaN loss be 0."""
    product = share * x
    if not np.isfinite(x).all():
        product[share == 0] = 0.0
    return product


def _sums_of_dask(y_true: Array, logits: Array, sample_weight: Array | None = None) -> Sums:
    """Return the sums over Dask arrays: those of each chunk where it lies, then added in the order of the chunks."""
    weights = [] if sample_weight is None else [sample_weight]
    xp = as_arrays(logits=logits)[0]
    others = [xp.broadcast_to(array, logits.shape).rechunk(logits.chunks) for array in (y_true, *weights)]
    nothing = np.empty((0,) * logits.ndim, dtype=object)
    chunks = tuple((1,) * count for count in logits.numblocks)
    parts = logits.map_blocks(_part_of_chunk, *others, dtype=object, chunks=chunks, meta=nothing)
    sums = Sums()
    for part in parts.compute().flat:
        sums = add_sums(sums, part)
    return sums


def _part_of_chunk(logits: Array, y_true: Array, *weights: Array) -> NDArray[np.object_]:
    part = np.empty((1,) * logits.ndim, dtype=object)
    part[(0,) * logits.ndim] = sums_of_batch(y_true, logits, *weights)
    return part


def sums_of_state(state: Any) -> Sums:
    """Return the sums that a state holds; an error says what is wrong with it."""
    if not isinstance(state, Mapping):
        raise TypeError(f"the state is a {type(state).__name__}: it must be what MeanLoss.state() returns, a dict")
    if state.get("version") != VERSION:
        raise ValueError(f"the state has version {state.get('version')!r}: this library reads version {VERSION}")
    if set(state) - {"version"} != set(Sums._fields):
        lacking, unknown = set(Sums._fields) - set(state), set(state) - {"version", *Sums._fields}
        raise ValueError(
            f"the state lacks {sorted(lacking)} and has the unknown {sorted(unknown, key=str)}: is it of "
            "MeanLoss.state()?"
        )
    elements, weighted = (_checked_count(name, state[name]) for name in Sums._fields[:2])
    sums = Sums(elements, weighted, *(_checked_pair(name, state[name]) for name in Sums._fields[2:]))
    if weighted > elements or (weighted == 0) != (sums.weight.high == 0):
        raise ValueError(
            f"the state contradicts itself: {elements} elements, {weighted} of them of a weight above 0, "
            f"and weights that add up to {sums.weight.high:g}"
        )
    return sums


def _checked_count(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"the state has {name}={value!r}: it must be a whole number of at least 0")
    return value


def _checked_pair(name: str, value: Any) -> DoubleDouble:
    mend = "it must be two floats as hexadecimal text, as in ['0x1.8p+1', '0x0.0p+0']"
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(isinstance(part, str) for part in value):
        raise ValueError(f"the state has {name}={value!r}: {mend}")
    try:
        pair = DoubleDouble(*map(float.fromhex, value))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the state has {name}={value!r}: {mend}") from error
    # The high part is the sum of both rounded, and no sum is negative.
    if pair.high < 0 or pair.low != 0 and not (math.isfinite(pair.high) and pair.high + pair.low == pair.high):
        raise ValueError(f"the state has {name}={value!r}, which no sum of losses or weights can be")
    return pair
