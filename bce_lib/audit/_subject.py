"""The loss under audit: how to call it, whatever it returns, and how not to wait for it without limit."""

from __future__ import annotations

import contextvars
import ctypes
import inspect
import io
import threading
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from typing import Any, Literal, TypeVar

import numpy as np

from bce_lib._arrays import FLOATS, dtype_name
from bce_lib.accuracy import as_float64
from bce_lib.audit import _inputs as inputs
from bce_lib.audit._frameworks import Array, Framework
from bce_lib.audit._inputs import Numbers, Takes

Loss = Callable[..., Any]
Order = Literal["y_true, prediction", "prediction, y_true"]
ORDERS: tuple[Order, Order] = ("y_true, prediction", "prediction, y_true")
Layout = Literal["element", "row", "one"]
T = TypeVar("T")


class Refused(Exception):
    """The loss raised an error."""

    def __init__(self, error: BaseException) -> None:
        lines = str(error).strip().splitlines()
        text = lines[0] if lines else ""
        self.kind = type(error).__name__
        shown = f"{text[:157]}…" if len(text) > 160 else text
        super().__init__(f"raises {self.kind}: {shown}" if shown else f"raises {self.kind}")


class WrongResult(Exception):
    """The loss returned something that is not a loss."""


class NotApplicable(Exception):
    """A check has nothing to say about this loss; the message says why."""


class TimeUp(BaseException):
    """The loss did not return in time. Not an Exception, so that no handler in the loss swallows it."""


class Subject:
    """A loss, what it takes, and in which framework.

    A loss may return a number per target (`layout` is "element"), one a row of a matrix ("row", as Keras' functions do:
    the mean along the last axis), or one in all ("one"): the latter is probed with one target at a time.
    """

    def __init__(
        self, loss: Loss, takes: Takes, order: Order, framework: Framework, gradient: Loss | None = None
    ) -> None:
        self.loss, self.takes, self.order, self.framework, self.gradient = loss, takes, order, framework, gradient
        self.printed, self.warned = io.StringIO(), list[warnings.WarningMessage]()  # during the present check
        self._known: dict[tuple[str, ...], Numbers] = {}

    def array(self, values: Any, dtype: str = "float32") -> Array:
        """Return numbers as an array of the framework."""
        return self.framework.array(values, dtype)

    def call(self, y: Array, prediction: Array, *, function: Loss | None = None, **options: Any) -> Any:
        """Call the loss, or the function given, with its arguments in their order.

        Raises
        ------
        Refused
            If it raises an error.
        """
        try:
            return self._apply(function or self.loss, y, prediction, **options)
        except Exception as error:
            raise Refused(error) from error

    def _apply(self, function: Loss, y: Array, prediction: Array, **options: Any) -> Any:
        arguments = (y, prediction) if self.order == ORDERS[0] else (prediction, y)
        return function(*arguments, **options)

    def values(self, result: Any) -> Numbers:
        """Return what the loss returned as numbers.

        Raises
        ------
        WrongResult
            If it is no array of floating-point numbers of the framework, and no Python float.
        """
        if isinstance(result, float):
            return np.array(float(result))
        if type(result).__module__.startswith("tensorflow") and hasattr(result, "numpy"):
            result = result.numpy()
        if not hasattr(result, "dtype") or not hasattr(result, "shape"):
            raise WrongResult(f"returns a {type(result).__name__}, not numbers")
        if dtype_name(result) not in FLOATS:
            raise WrongResult(f"returns numbers of dtype {dtype_name(result)}, not floating point")
        return as_float64(result)

    @cached_property
    def layout(self) -> Layout:
        """Whether it returns a number per target, a row, or in all; found out with four targets."""
        y, prediction = (values[:4] for values in inputs.moderate(self.takes))
        shape = self.values(self.call(self.array(y), self.array(prediction))).shape
        if shape == (4,):
            return "element"
        if shape not in ((), (1,)):
            raise WrongResult(
                f"returns the shape {shape} for 4 targets: one number per target or one in all is expected"
            )
        try:
            columns = self.call(self.array(y[:, None]), self.array(prediction[:, None]))
            return "row" if self.values(columns).shape == (4,) else "one"
        except (Refused, WrongResult):
            return "one"

    def losses(self, y: Numbers, predictions: Numbers, dtype: str = "float32", **options: Any) -> Numbers:
        """Return the loss of each target.

        Raises
        ------
        Refused, WrongResult
            If the loss does not answer as it did before.
        NotApplicable
            If it answers in a narrower dtype than it was asked in.
        """

        def ask(labels: Numbers, scores: Numbers) -> Numbers:
            result = self.call(self.array(labels, dtype), self.array(scores, dtype), **options)
            self._refuse_narrower(result, dtype)
            return self.values(result)

        with self._computing(dtype):
            return self._each(ask, y, predictions)

    def gradients(self, y: Numbers, predictions: Numbers, dtype: str = "float32") -> Numbers:
        """Return the derivative of the loss of each target by its prediction.

        Raises
        ------
        Refused, WrongResult, NotApplicable
            As `losses`; and NotApplicable where there is nothing to differentiate with.
        """
        slope = self._slope

        def ask(labels: Numbers, scores: Numbers) -> Numbers:
            try:
                return self.values(slope(self.array(labels, dtype), self.array(scores, dtype)))
            except (Refused, WrongResult):
                raise
            except Exception as error:
                raise Refused(error) from error

        with self._computing(dtype):
            if dtype == "float64":
                self._refuse_narrower(self.call(*(self.array([0.5], dtype) for _ in range(2))), dtype)
            return self._each(ask, y, predictions)

    def _computing(self, dtype: str) -> AbstractContextManager[Any]:
        return self.framework.precisely() if dtype == "float64" else nullcontext()

    @cached_property
    def _slope(self) -> Callable[[Array, Array], Array]:
        if self.gradient is not None:
            return partial(self._apply, self.gradient)
        if self.framework.derivative is None:
            raise NotApplicable(f"{self.framework.name} does not differentiate, and no gradient was passed")
        return self.framework.derivative(partial(self._apply, self.loss))

    def _refuse_narrower(self, result: Any, dtype: str) -> None:
        found = dtype_name(result) if hasattr(result, "dtype") else "float64"
        if dtype in ("float32", "float64") and inputs.PRECISION.get(found, 99) < inputs.PRECISION[dtype]:
            raise NotApplicable(f"it returns {found} for {dtype}, so there is no {dtype} to judge")

    def _each(self, ask: Callable[[Numbers, Numbers], Numbers], y: Numbers, predictions: Numbers) -> Numbers:
        if self.layout == "one":
            return np.array([float(single_number(ask(y[i : i + 1], predictions[i : i + 1]))) for i in range(len(y))])
        rows = (slice(None), None) if self.layout == "row" else (slice(None),)
        found = ask(y[rows], predictions[rows]).reshape(-1) if len(y) else np.array([])
        if found.shape != y.shape:
            raise WrongResult(f"returns {found.size} numbers for {y.size} targets")
        return found

    def on_grid(self, kind: Literal["hard", "soft"], quantity: Literal["loss", "gradient"], dtype: str) -> Numbers:
        """Return losses or gradients on the points of that kind, computed once."""
        key = (kind, quantity, dtype)
        if key not in self._known:
            function = self.losses if quantity == "loss" else self.gradients
            self._known[key] = function(*self.grid(kind, dtype), dtype)
        return self._known[key]

    def grid(self, kind: Literal["hard", "soft"], dtype: str) -> tuple[Numbers, Numbers]:
        """Return the points of that kind; every fourth where each costs a call."""
        y, predictions = {"hard": inputs.hard, "soft": inputs.soft}[kind](self.takes, dtype)
        step = 4 if self.layout == "one" else 1
        return y[::step], predictions[::step]

    def option(self, *names: str) -> str | None:
        """Return which of these keyword arguments the loss takes; the first, if any."""
        try:
            parameters = inspect.signature(self.loss).parameters
        except (TypeError, ValueError):
            return None
        return next((name for name in names if name in parameters), None)


def single_number(values: Numbers) -> float:
    """Return the one number that there should be.

    Raises
    ------
    WrongResult
        If there are more, or none.
    """
    if values.size != 1:
        raise WrongResult(f"returns {values.size} numbers where one is expected")
    return float(values.reshape(()))


def run_with_limit(seconds: float, function: Callable[[], T]) -> T:
    """Run a function in a thread and return its result, or give it up after so many seconds.

    A loop of Python's is stopped then. Code that never comes back to the interpreter cannot be: its thread is left
    behind, and ends with the process.

    Raises
    ------
    TimeUp
        If it did not return in time.
    """
    outcome: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp))
        raise TimeUp
    if raised:
        raise raised[0]
    return outcome[0]
