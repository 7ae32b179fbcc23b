"""What the audit needs to know of a framework: how it makes arrays, how it differentiates, what its arrays can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bce_lib._extras import require

Array = Any
FrameworkName = Literal["numpy", "torch", "jax", "keras", "tensorflow"]


Function = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Framework:
    """An array library as the audit uses it.

    `array` makes an array of numbers in a dtype; `derivative` turns a function of two arrays into the derivative of the
    sum of its values by the second, and is None where there is no automatic differentiation; `precisely` is what a
    computation in float64 runs in.
    """

    name: str
    dtypes: tuple[str, ...]
    array: Callable[[Any, str], Array]
    derivative: Callable[[Function], Function] | None = None
    precisely: Callable[[], AbstractContextManager[Any]] = nullcontext
    immutable: bool = False


def load(name: str) -> Framework:
    """Import the framework and describe it.

    Raises
    ------
    ModuleNotFoundError
        If it is not installed.
    ValueError
        If the audit does not know it, or does not know the backend that Keras runs on.
    """
    if name not in _LOADERS:
        raise ValueError(f"framework={name!r} is unknown: use one of {', '.join(map(repr, _LOADERS))}")
    if name != "numpy":
        require(name, f"framework={name!r}")
    return _LOADERS[name]()


def _numpy() -> Framework:
    return Framework("numpy", ("float16", "float32", "float64"), lambda values, dtype: np.array(values, dtype=dtype))


def _torch() -> Framework:
    import torch

    def array(values: Any, dtype: str) -> Array:
        return torch.tensor(np.asarray(values)).to(getattr(torch, dtype))

    def derivative(function: Function) -> Function:
        def slope(y: Array, at: Array) -> Array:
            point = at.clone().requires_grad_()
            return torch.autograd.grad(function(y, point).sum(), point)[0]

        return slope

    return Framework("torch", ("float16", "bfloat16", "float32", "float64"), array, derivative)


def _jax() -> Framework:
    import jax

    def array(values: Any, dtype: str) -> Array:
        return jax.numpy.asarray(np.asarray(values), dtype=dtype)

    def derivative(function: Function) -> Function:
        slope = jax.grad(lambda y, at: jax.numpy.sum(function(y, at)), argnums=1)
        compiled = jax.jit(slope)  # as training runs it; and a hundred times faster

        def either(y: Array, at: Array) -> Array:
            try:
                return compiled(y, at)
            except jax.errors.JAXTypeError:  # it looks at values, which do not exist while it is compiled
                return slope(y, at)

        return either

    dtypes = ("float16", "bfloat16", "float32", "float64")
    return Framework("jax", dtypes, array, derivative, lambda: jax.enable_x64(True), immutable=True)


def _tensorflow() -> Framework:
    import tensorflow as tf

    def array(values: Any, dtype: str) -> Array:
        return tf.cast(tf.constant(np.asarray(values)), dtype)

    def derivative(function: Function) -> Function:
        def slope(y: Array, at: Array) -> Array:
            with tf.GradientTape() as tape:
                tape.watch(at)
                value = function(y, at)
            found = tape.gradient(value, at)
            if found is None:
                raise TypeError("no gradient reaches the predictions: the loss leaves TensorFlow on its way")
            return tf.convert_to_tensor(found)

        return slope

    return Framework("tensorflow", ("float16", "bfloat16", "float32", "float64"), array, derivative, immutable=True)


def _keras() -> Framework:
    """Describe the backend that Keras runs on in this process: its tensors are Keras' tensors."""
    import keras

    backend = keras.backend.backend()
    backends = {"numpy": _numpy, "torch": _torch, "jax": _jax, "tensorflow": _tensorflow}
    if backend not in backends:
        raise ValueError(f"Keras runs on {backend!r}: the audit knows {', '.join(backends)}; set KERAS_BACKEND")
    return replace(backends[backend](), name="keras")


_LOADERS = {"numpy": _numpy, "torch": _torch, "jax": _jax, "keras": _keras, "tensorflow": _tensorflow}
