"""The two functions that compute with the compiled loop: what goes in, how it is cut into tasks, what comes out."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterator
from threading import RLock, Timer
from typing import Any, NamedTuple

import numpy as np

from bce_lib._arrays import Array, dtype_name
from bce_lib._checks import Elements, Reduction, check_elements, check_reduction, check_targets
from bce_lib._reductions import divisor_of
from bce_lib._summation import fsum
from bce_lib.fused import _kernel as kernel
from bce_lib.fused._threads import default_threads, share

TASK = 128 * kernel.CHUNK
"""Elements a task: some 0.2 ms of work, so that calling it from Python costs little and no thread waits for long."""

MOST_TASKS = 8192
"""The tasks of longer arrays are longer, so that what is kept of each does not grow without end."""

BLOCK = 4 * kernel.CHUNK
"""Elements that are copied at a time where the loop cannot read an array as it lies in memory."""

FLOATS = frozenset(map(np.dtype, ("float32", "float64")))
LABELS = FLOATS | frozenset(np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64))
"""Dtypes of labels that the loop reads as they are; others are converted block by block."""

_compiled: set[tuple[Any, ...]] = set()
_compiling = RLock()


class Operands(NamedTuple):
    """What the loop reads and writes: arrays of one shape, a number for all elements, or None."""

    y_true: Array
    logits: Array
    weight: Array | None
    pos_weight: Array | None
    losses: Array | None
    gradient: Array | None


def loss(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    pos_weight: Array | None = None,
    reduction: Reduction = "mean",
    n_threads: int | None = None,
) -> Array:
    r"""Return the binary cross-entropy of logits, in nats, in one pass over memory.

    The formula is that of :func:`bce_lib.binary_cross_entropy_with_logits`.

    Parameters
    ----------
    y_true : array_like
        Targets: booleans, integers, or floats from 0 to 1, of the shape of `logits`. Those of another dtype are rounded
        to that of `logits`.
    logits : array_like of float32 or float64
        Log-odds of class 1, of any shape and memory layout. Infinite ones are fine; NaN stays NaN.
    sample_weight : array_like, optional
        Weight of each element: one number, or an array with as many axes as `logits`, of length 1 where it repeats.
    pos_weight : array_like, optional
        Weight of the positive class: one number, or one a class along the last axis.
    reduction : {"mean", "sum", "weighted_mean", "none"}
        ``"mean"`` divides by the number of selected elements, ``"weighted_mean"`` by the sum of their weights.
    n_threads : int, optional
        How many threads to use; if not given, what the environment's ``OMP_NUM_THREADS`` says, else one a core.

    Returns
    -------
    numpy scalar or array
        The loss in the dtype of `logits`; an array of their shape for ``"none"``. It is the same to the bit for any
        number of threads.

    Raises
    ------
    TypeError
        If the arrays are not NumPy's, the logits are in half precision, or a dtype is not one of real numbers.
    ValueError
        If the shapes differ, a target lies outside [0, 1] or is NaN, a weight is negative or not finite, the reduction
        does not exist, or a mean is asked for of nothing.

    References
    ----------
    J.-M. Muller: *Elementary Functions: Algorithms and Implementation*, 3rd ed. (Birkhäuser, 2016), for range reduction
    and polynomial approximation; the source of the loop says how they are used.

    Examples
    --------
    >>> from bce_lib import fused
    >>> print(f"{fused.loss([1, 0, 1], [2.0, -1.0, 0.5]):.6f}")
    0.304756
    """
    return _evaluate(y_true, logits, sample_weight, pos_weight, reduction, n_threads, with_gradient=False)[0]


def loss_and_gradient(
    y_true: Array,
    logits: Array,
    *,
    sample_weight: Array | None = None,
    pos_weight: Array | None = None,
    reduction: Reduction = "mean",
    gradient_out: Array | None = None,
    n_threads: int | None = None,
) -> tuple[Array, Array]:
    r"""Return the binary cross-entropy of logits and its derivative, in one pass over memory.

    The formulas are those of :func:`bce_lib.binary_cross_entropy_with_logits` and
    :func:`bce_lib.binary_cross_entropy_gradient`.

    Parameters
    ----------
    y_true, logits, sample_weight, pos_weight, reduction, n_threads
        As for :func:`loss`.
    gradient_out : array, optional
        Where to write the gradient: of the shape and dtype of `logits`, in memory of its own. To use the same array in
        every step of a training saves the time in which the operating system finds new memory.

    Returns
    -------
    loss : numpy scalar or array
        As of :func:`loss`.
    gradient : array
        The derivative of the loss *so reduced*, of the shape and dtype of `logits`; it is `gradient_out` if given.

    Raises
    ------
    TypeError, ValueError
        As :func:`loss`, and if `gradient_out` does not fit. Labels are looked at in the same pass, so when an error
        says that one is invalid, `gradient_out` has been written to.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_lib import fused
    >>> loss, gradient = fused.loss_and_gradient([1, 0], [0.0, 0.0], reduction="sum")
    >>> print(f"{loss:.4f}", gradient)
    1.3863 [-0.5  0.5]
    """
    return _evaluate(
        y_true, logits, sample_weight, pos_weight, reduction, n_threads, with_gradient=True, gradient=gradient_out
    )


def _evaluate(
    y_true: Any,
    logits: Any,
    sample_weight: Any,
    pos_weight: Any,
    reduction: str,
    n_threads: int | None,
    *,
    with_gradient: bool,
    gradient: Array | None = None,
) -> tuple[Array, Array]:
    elements = _checked_elements(y_true, logits, sample_weight, pos_weight)
    check_reduction(reduction, None, elements.prediction.ndim)
    _check_threads(n_threads)
    if gradient is not None:
        _check_gradient_out(gradient, elements)
    divisor = _divisor(elements, reduction)
    operands = _operands(elements, with_gradient, gradient, reduction == "none")
    total, valid = _run(operands, elements.prediction.dtype.type(divisor), n_threads)
    if not valid:
        check_targets(np, "y_true", "logits", elements.y_true, elements.prediction)
    if operands.losses is not None:
        return operands.losses[()], operands.gradient
    with np.errstate(over="ignore"):  # a sum beyond the largest float32 is inf in float32
        return elements.prediction.dtype.type(total / divisor), operands.gradient


def _checked_elements(y_true: Any, logits: Any, sample_weight: Any, pos_weight: Any) -> Elements:
    """Check all but the values of the labels. What is nearly always passed is recognised, which saves microseconds."""
    arrays = type(y_true) is np.ndarray and type(logits) is np.ndarray and y_true.shape == logits.shape
    if arrays and sample_weight is None and pos_weight is None and logits.dtype in FLOATS and y_true.dtype in LABELS:
        return Elements(np, y_true, logits)
    elements = check_elements(
        "logits", y_true, logits, sample_weight=sample_weight, pos_weight=pos_weight, look_at_targets=False
    )
    if elements.xp is not np:
        kind = f"{type(elements.prediction).__module__}.{type(elements.prediction).__name__}"
        raise TypeError(
            f"bce_lib.fused computes NumPy's arrays, and the logits are a {kind}: pass numpy.asarray(…) of "
            "each array, or use bce_lib.binary_cross_entropy_with_logits"
        )
    if dtype_name(elements.prediction) not in ("float32", "float64"):
        raise TypeError(
            f"logits have dtype {elements.prediction.dtype}, but bce_lib.fused computes float32 or float64:"
            " pass logits.astype(numpy.float32), or use bce_lib.binary_cross_entropy_with_logits"
        )
    return elements


def _check_threads(n_threads: int | None) -> None:
    if n_threads is None:
        return
    try:
        count = operator.index(n_threads)
    except TypeError as error:
        raise TypeError(f"n_threads={n_threads!r} is not a whole number: for example n_threads=2") from error
    if count < 1:
        raise ValueError(f"n_threads={count}: at least one thread is needed, or None for as many as there are cores")


def _divisor(elements: Elements, reduction: str) -> float:
    if reduction == "mean" and elements.prediction.size:
        return int(elements.prediction.size)
    divisor = divisor_of(np, elements.prediction.shape, np.float64, reduction, weight=elements.sample_weight)
    if divisor is None:
        return 1
    limits = np.finfo(elements.prediction.dtype)
    if not limits.tiny < divisor < limits.max / 4:  # twice it, and one by it, must be numbers
        raise ValueError(
            f"the weights add up to {divisor:g}, beyond what {limits.dtype} can divide by: scale "
            "them, for example to a mean of 1"
        )
    return float(divisor)


def _check_gradient_out(gradient: Array, elements: Elements) -> None:
    logits = elements.prediction
    mend = "pass numpy.empty_like(logits), or leave it out"
    if not isinstance(gradient, np.ndarray):
        raise TypeError(f"gradient_out is a {type(gradient).__name__}, not a NumPy array: {mend}")
    if gradient.shape != logits.shape or gradient.dtype != logits.dtype:
        raise ValueError(
            f"gradient_out has shape {gradient.shape} and dtype {gradient.dtype} but the logits have "
            f"shape {logits.shape} and dtype {logits.dtype}: {mend}"
        )
    if not gradient.flags.writeable:
        raise ValueError(f"gradient_out is read-only: {mend}")
    for name in ("y_true", "prediction", "sample_weight", "pos_weight"):
        array = getattr(elements, name)
        if array is not None and np.may_share_memory(gradient, array) and np.shares_memory(gradient, array):
            shown = "logits" if name == "prediction" else name
            raise ValueError(f"gradient_out lies in the memory of {shown}, which would be overwritten: {mend}")


def _operands(elements: Elements, with_gradient: bool, gradient: Array | None, with_losses: bool) -> Operands:
    y_true, logits = elements.y_true, elements.prediction
    native = logits.dtype.newbyteorder("=")
    if with_gradient and gradient is None:
        gradient = np.empty_like(logits, dtype=native, subok=False)
    losses = np.empty_like(logits, dtype=native, subok=False) if with_losses else None
    weight, pos_weight = (_number_or_array(array, logits) for array in (elements.sample_weight, elements.pos_weight))
    labels = y_true.view(np.uint8) if y_true.dtype == np.bool_ else y_true
    return Operands(_read_only(labels), _read_only(logits), weight, pos_weight, losses, gradient)


def _number_or_array(array: Array | None, logits: Array) -> Array | None:
    if array is None:
        return None
    if array.ndim == 0:
        return logits.dtype.type(array)
    return _read_only(np.broadcast_to(array, logits.shape))


def _read_only(array: Array) -> Array:
    """Return a view that cannot be written to, so that the loop need not be compiled for both kinds."""
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view


def _run(operands: Operands, divisor: Any, n_threads: int | None) -> tuple[float, bool]:
    """Compute everything, and return the sum of the losses and whether all labels lie in [0, 1]."""
    size, own = operands.logits.size, operands.logits.dtype.newbyteorder("=")
    labels = operands.y_true.dtype if operands.y_true.dtype in LABELS else own
    flat = _flattened(operands, labels, own)
    _compile(operands, labels, divisor)
    length = _task_length(size)
    tasks = -(-size // length)
    totals, valid = [0.0] * tasks, [True] * tasks

    def work(task: int) -> None:
        buffer = np.empty(kernel.CHUNK, own)
        start, stop = task * length, min((task + 1) * length, size)
        blocks = _blocks(operands, labels, own, start, stop) if flat is None else [_sliced(flat, start, stop)]
        parts = []
        for y, z, w, p, losses, gradient in blocks:
            total, good = kernel.run(y, z, w, p, divisor, buffer, losses, gradient)
            parts.append(total)
            valid[task] &= good
        totals[task] = fsum(parts)

    if tasks > 1:
        share(work, tasks, n_threads or default_threads())
    elif tasks:
        work(0)
    return fsum(totals), all(valid)


def _task_length(size: int) -> int:
    """Cut into tasks of equal length, which depends on nothing but the size: so no thread waits long for another."""
    tasks = min(MOST_TASKS, max(1, -(-size // TASK)))
    return kernel.CHUNK * max(1, -(-size // (tasks * kernel.CHUNK)))


def _flattened(operands: Operands, labels: Any, own: Any) -> list[Any] | None:
    """Return views of one dimension, or None where the loop cannot read or write an array as it lies in memory."""
    in_rows = in_columns = True
    for i, array in enumerate(operands):
        if isinstance(array, np.ndarray):
            flags = array.flags
            in_rows &= flags.c_contiguous
            in_columns &= flags.f_contiguous
            if not flags.aligned or array.dtype != (own if i else labels):
                return None
    if in_rows:
        return [array.reshape(-1) if isinstance(array, np.ndarray) else array for array in operands]
    if in_columns:
        return [array.T.reshape(-1) if isinstance(array, np.ndarray) else array for array in operands]
    return None


def _sliced(flat: list[Any], start: int, stop: int) -> list[Any]:
    return [array[start:stop] if isinstance(array, np.ndarray) else array for array in flat]


def _blocks(operands: Operands, labels: Any, own: Any, start: int, stop: int) -> Iterator[list[Any]]:
    """Yield copies of a few thousand elements, in whatever order lies best in memory; results are copied back."""
    places = [i for i, array in enumerate(operands) if isinstance(array, np.ndarray)]
    arrays: list[Any] = [operands[i] for i in places]
    written = [operands._fields[i] in ("losses", "gradient") for i in places]
    access: list[Any] = [["writeonly" if out else "readonly", "contig", "aligned", "nbo"] for out in written]
    iterator = np.nditer(
        arrays,
        flags=["external_loop", "buffered", "ranged", "delay_bufalloc"],
        op_flags=access,
        op_dtypes=[own if i else labels for i in places],
        casting="same_kind",
        buffersize=BLOCK,
    )
    with iterator:
        iterator.iterrange = start, stop  # type: ignore[misc] # it can be set
        for block in iterator:
            found = dict(zip(places, block, strict=True))
            yield [found.get(i, other) for i, other in enumerate(operands)]


def _compile(operands: Operands, labels: Any, divisor: Any) -> None:
    """Compile the loop for what is there, or load it, before any thread does; say so where it takes long."""
    kinds = (labels, type(divisor), *map(type, operands[2:]))
    if kinds in _compiled:
        return
    own = divisor.dtype
    empty = [
        np.empty(0, own if i else labels) if isinstance(array, np.ndarray) else array
        for i, array in enumerate(operands)
    ]
    inputs = [_read_only(array) if isinstance(array, np.ndarray) else array for array in empty[:4]]
    with _compiling, _Announcement():
        try:
            kernel.run(*inputs, divisor, np.empty(0, own), *empty[4:])
        except OSError:  # it is compiled, and only the cache could not be written
            kernel.run(*inputs, divisor, np.empty(0, own), *empty[4:])
    _compiled.add(kinds)


class _Announcement:
    """A line on the terminal if what happens takes longer than that many seconds."""

    def __init__(self, patience: float = 1.0) -> None:
        self._timer = Timer(patience, self._say)
        self._timer.daemon = True

    def _say(self) -> None:
        if sys.stderr is not None and sys.stderr.isatty():
            print("bce_lib.fused: compiling for this processor, once …", file=sys.stderr, flush=True)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
