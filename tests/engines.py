"""The array libraries that every test of accuracy runs on, and the dtypes that each computes with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import array_api_strict
import dask.array
import jax
import jax.numpy
import numpy as np
import torch


@dataclass(frozen=True)
class Engine:
    """An array library: its name, its floating-point dtypes, and how it makes an array of NumPy's."""

    name: str
    dtypes: tuple[str, ...]
    convert: Callable[[np.ndarray, str], Any]

    def array(self, values: Any, dtype: str) -> Any:
        """Return numbers that the dtype can hold as an array of this library."""
        return self.convert(np.asarray(values), dtype)

    def computing(self, dtype: str) -> AbstractContextManager[Any]:
        """Return what a computation in the dtype must run in: JAX has float64 only where it is asked for."""
        return jax.enable_x64(True) if self.name == "jax" and dtype == "float64" else nullcontext()

    def __repr__(self) -> str:
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
