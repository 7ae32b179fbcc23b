"""The array libraries that every test of accuracy runs on, and the dtypes that each computes with.

A test that touches a library which is not installed is skipped, and says which: only NumPy must be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from array_api_compat import array_namespace

from bce_lib.accuracy import as_float64


class Library:
    """A module that is imported when it is first used; where it is missing, that skips the test that uses it."""

    def __init__(self, name: str, *submodules: str) -> None:
        """Take the name of the module, and of submodules to import with it."""
        self.name, self.submodules = name, submodules

    def __getattr__(self, name: str) -> Any:
        """Return what the module has of that name."""
        if name.startswith("__"):  # pytest looks for those as it collects, when nothing should be skipped yet
            raise AttributeError(name)
        module = pytest.importorskip(self.name)
        for submodule in self.submodules:
            import_module(f"{self.name}.{submodule}")
        return getattr(module, name)


array_api_strict, dask, jax, pandas, torch = (
    Library("array_api_strict"),
    Library("dask", "array"),
    Library("jax", "numpy"),
    Library("pandas"),
    Library("torch"),
)


def skip_without(*packages: str) -> None:
    """Skip the test where a package is not installed, which another process is to import."""
    for package in packages:
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")


@dataclass(frozen=True)
class Engine:
    """An array library: its name, its floating-point dtypes, and how it makes an array of NumPy's."""

    name: str
    dtypes: tuple[str, ...]
    convert: Callable[[np.ndarray, str], Any]

    def array(self, values: Any, dtype: str) -> Any:
        """Return numbers that the dtype can hold as an array of this library."""
        return self.convert(np.asarray(values), dtype)

    def labels(self, values: Any, dtype: str) -> Any:
        """Return labels as an array of this library: classes as integers, and what is a number in the dtype."""
        return self.convert(values, "int32") if values.dtype.kind == "i" else self.array(values, dtype)

    def namespace(self) -> Any:
        """Return the namespace that the library computes with: NumPy itself, else that of array-api-compat."""
        return np if self.name == "numpy" else array_namespace(self.array(np.zeros(1), "float32"))

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as this library's users run it on many numbers: JAX's compile it.

        Without that, JAX compiles every operation in it by itself, a dozen for each shape and dtype.
        """
        if self.name != "jax":
            return function
        whole = function if isinstance(function, partial) else partial(function)
        try:
            return _jitted(whole.func, *whole.args, **whole.keywords)
        except TypeError:  # of an option that is an array, which cannot be looked up
            return jax.jit(function)

    def each(self, *functions: Callable[..., Any]) -> Callable[..., list[Any]]:
        """Return a function that returns what each of these does; JAX compiles them as one."""
        return self.compiled(lambda *arguments, **options: [call(*arguments, **options) for call in functions])

    def elementwise(
        self, function: Callable[..., Any], dtype: str, labels: np.ndarray, scores: np.ndarray, **options: Any
    ) -> np.ndarray:
        """Return a loss or derivative of every element as float64, computed in the dtype."""
        with self.computing(dtype):
            each = self.compiled(partial(function, reduction="none", **options))
            return as_float64(each(self.labels(labels, dtype), self.array(scores, dtype)))

    @contextmanager
    def computing(self, dtype: str) -> Iterator[None]:
        """Provide what a computation in the dtype must run in.

        JAX has float64 only where it is asked for. Dask and array-api-strict compute with NumPy, which warns where a
        weight takes the largest logits to infinity, and of the logarithm of 0.
        """
        precise = jax.enable_x64(dtype == "float64") if self.name == "jax" else nullcontext()
        with precise, np.errstate(over="ignore", divide="ignore"):
            yield

    def __repr__(self) -> str:
        """Name the engine in the names of tests."""
        return self.name


def _dask(values: np.ndarray, dtype: str) -> Any:
    # Two chunks an axis, so that nothing passes because there is only one.
    chunks = tuple(max(1, -(-length // 2)) for length in values.shape)
    return dask.array.from_array(values.astype(dtype), chunks=chunks)


def _strict(values: np.ndarray, dtype: str) -> Any:
    return array_api_strict.asarray(values.astype(dtype))


ENGINES = (
    Engine("numpy", ("float16", "float32", "float64"), lambda values, dtype: values.astype(dtype)),
    Engine(
        "torch",
        ("float16", "bfloat16", "float32", "float64"),
        lambda values, dtype: torch.tensor(values).to(getattr(torch, dtype)),
    ),
    Engine(
        "jax",
        ("float16", "bfloat16", "float32", "float64"),
        lambda values, dtype: jax.numpy.asarray(values, dtype=dtype),
    ),
    Engine("dask", ("float16", "float32", "float64"), _dask),
    Engine("strict", ("float32", "float64"), _strict),
)

NUMPY, TORCH, JAX, DASK, STRICT = ENGINES

EVERY_ENGINE_AND_DTYPE = [(engine, dtype) for engine in ENGINES for dtype in engine.dtypes]


# Typed, because 1 and 1.0 are two options to a compiler.
@lru_cache(maxsize=128, typed=True)
def _jitted(function: Callable[..., Any], *arguments: Any, **options: Any) -> Callable[..., Any]:
    """Return the same compiled function for the same options, so that each dtype and shape is compiled once."""
    return jax.jit(partial(function, *arguments, **options))


def derivative(engine: Engine, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return what autograd finds for the derivative of an elementwise function with respect to its last argument.

    It is PyTorch's, or JAX's when compiled.
    """
    if engine is JAX:
        return engine.compiled(partial(_slope, function, **options))(*arguments)
    *others, at = arguments
    point = at.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(*others, point, **options).sum(), point)
    return slope


def second_derivative(engine: Engine, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return what autograd finds for the second derivative with respect to the last argument."""
    if engine is JAX:
        return engine.compiled(partial(_slope, _slope, function, **options))(*arguments)
    *others, at = arguments
    point = at.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(*others, point, **options).sum(), point, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), point)
    return curvature


def _slope(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return JAX's derivative with respect to the last argument."""
    *others, at = arguments
    return jax.grad(lambda at: function(*others, at, **options).sum())(at)
