"""The array libraries that every test of accuracy runs on, and the dtypes that each computes with.

A test that touches a library which is not installed is skipped, and says which: only NumPy must be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pytest


class Library:
    """A module that is imported when it is first used; where it is missing, that skips the test that uses it."""

    def __init__(self, name: str, *submodules: str) -> None:
        """Take the name of the module, and of submodules to import with it."""
        self.name, self.submodules = name, submodules

    def __getattr__(self, name: str) -> Any:
        """Return what the module has of that name."""
        module = pytest.importorskip(self.name)
        for submodule in self.submodules:
            import_module(f"{self.name}.{submodule}")
        return getattr(module, name)


array_api_strict, dask, jax, torch = (
    Library("array_api_strict"),
    Library("dask", "array"),
    Library("jax", "numpy"),
    Library("torch"),
)


@dataclass(frozen=True)
class Engine:
    """An array library: its name, its floating-point dtypes, and how it makes an array of NumPy's."""

    name: str
    dtypes: tuple[str, ...]
    convert: Callable[[np.ndarray, str], Any]

    def array(self, values: Any, dtype: str) -> Any:
        """Return numbers that the dtype can hold as an array of this library."""
        return self.convert(np.asarray(values), dtype)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as this library's users run it on many numbers: JAX's compile it."""
        return jax.jit(function) if self.name == "jax" else function

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


def derivative(engine: Engine, function: Callable[[Any], Any], at: Any) -> Any:
    """Return what autograd finds for the derivative of an elementwise function: PyTorch's, or JAX's when compiled."""
    if engine is JAX:
        return engine.compiled(_slope(function))(at)
    point = at.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(point).sum(), point)
    return slope


def second_derivative(engine: Engine, function: Callable[[Any], Any], at: Any) -> Any:
    """Return what autograd finds for the second derivative."""
    if engine is JAX:
        return engine.compiled(_slope(_slope(function)))(at)
    point = at.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(point).sum(), point, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), point)
    return curvature


def _slope(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return jax.grad(lambda at: function(at).sum())
