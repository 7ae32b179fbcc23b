"""What Keras' binary cross-entropy computes on the backend in use, printed as JSON.

Keras reads the name of its backend once, when it is imported, so that there is one process a backend::

    KERAS_BACKEND=jax python book/scripts/keras_losses.py

The backend is tensorflow if none is named; the others are jax, torch and numpy. The chapter *keras* puts the answers of
all four side by side. Besides Keras and the backend it needs bce_lib, and scikit-learn for the data.

A loss is a list, one number an example. Where Keras raises an error, the name of the error stands in its place.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or TensorFlow writes to standard error at its import
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from bce_book.datasets import load_tumours  # noqa: E402
from bce_lib.adapters import keras as ours  # noqa: E402

Answers = dict[str, Any]
logging.getLogger("tensorflow").setLevel("ERROR")  # or it warns of several models in one process
BinaryCrossentropy = keras.losses.BinaryCrossentropy
binary_crossentropy = keras.losses.binary_crossentropy


def main() -> Answers:
    """Return all the answers of the backend in use."""
    parts = (
        flags,
        sigmoids,
        clips,
        doubles,
        dtypes,
        edges,
        shapes,
        weights,
        smoothing,
        slopes,
        curves,
        mended,
        training,
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what deserves a warning is the chapter's subject
        answers = {part.__name__: part() for part in parts}
    return {"backend": keras.backend.backend(), "keras": keras.__version__, **answers}


def answer(call: Callable[[], Any]) -> Any:
    """Return what a call returns as a list of numbers, or the name of the error that it raises."""
    try:
        return [float(value) for value in np.ravel(keras.ops.convert_to_numpy(call()))]
    except (ValueError, RuntimeError) as error:
        return type(error).__name__


def column(values: Any, dtype: str = "float32") -> np.ndarray:
    """Return values as a column: one prediction a row, for which Keras' function returns one loss a row."""
    return np.array(values, dtype).reshape(-1, 1)


def losses(y_true: Any, y_pred: Any, *, dtype: str = "float32", by: Any = binary_crossentropy, **options: Any) -> Any:
    """Return the losses of examples in a column of the dtype, by Keras' function or by another."""
    return answer(lambda: by(column(y_true, dtype), column(y_pred, dtype), **options))


def flags() -> Answers:
    """Return what four logits cost with the flag, and without it."""
    y, z = [1, 0, 1, 0], [3.0, -1.5, 0.4, 3.0]
    return {f"from_logits={flag}": losses(y, z, from_logits=flag) for flag in (True, False)}


def sigmoids() -> Answers:
    """Return what a wrong logit of 20 costs after a sigmoid, on four ways from there to the loss."""

    def after(way: Callable[[Any], Any], **options: Any) -> Any:
        p = keras.ops.sigmoid(keras.ops.convert_to_tensor(column([20.0])))
        return answer(lambda: binary_crossentropy(column([0]), way(p), **options))

    return {
        "p": after(lambda p: p),
        "p * 1": after(lambda p: p * 1),
        "p as a NumPy array": after(keras.ops.convert_to_numpy),
        "p, from_logits=True": after(lambda p: p, from_logits=True),
    }


def clips() -> Answers:
    """Return what certain predictions cost: wrong with label 1 and 0, then right with label 1 and 0."""
    certain = [1, 0, 1, 0], [0, 1, 1, 0]
    return {
        "function, float32": losses(*certain),
        "function, float64": losses(*certain, dtype="float64"),
        "function, float16": losses(*certain, dtype="float16"),
        "class, float64": losses(*certain, dtype="float64", by=BinaryCrossentropy(reduction=None)),
        "class, float16": losses(*certain, dtype="float16", by=BinaryCrossentropy(reduction=None)),
    }


def doubles() -> Answers:
    """Return what the probability 0.3 costs in float64, label 1: rightly 1.2039728043259361."""
    calls = {
        "ops.binary_crossentropy": keras.ops.binary_crossentropy,
        "losses.binary_crossentropy": binary_crossentropy,
        "BinaryCrossentropy()": BinaryCrossentropy(),
        "BinaryCrossentropy(dtype='float64')": BinaryCrossentropy(dtype="float64"),
    }
    return {name: losses([1], [0.3], dtype="float64", by=call) for name, call in calls.items()}


def dtypes() -> Answers:
    """Return the dtype of what the function returns of float64."""
    value = binary_crossentropy(column([1], "float64"), column([0.3], "float64"))
    return {"losses.binary_crossentropy": keras.backend.standardize_dtype(value.dtype)}


def edges() -> Answers:
    """Return what infinite logits cost, and targets that are no probability."""
    inf = float("inf")
    return {
        "infinite": losses([1, 1, 0, 0], [inf, -inf, -inf, inf], from_logits=True),
        "target 2, logit 3": losses([2], [3], from_logits=True),
        "target 2, probability 0.9": losses([2], [0.9]),
    }


def shapes() -> Answers:
    """Return the losses of labels of one shape and logits of another, by the function and by the class."""
    y, z = np.float32([1, 0, 1, 0]), np.float32([3.0, -1.5, 0.4, 3.0])
    pairs = {
        "(4,) and (4,)": (y, z),
        "(4, 1) and (4, 1)": (column(y), column(z)),
        "(2, 2) and (2, 2)": (y.reshape(2, 2), z.reshape(2, 2)),
        "(4,) and (4, 1)": (y, column(z)),
        "(1, 4) and (4,)": (y[None, :], z),
        "() and (4, 1)": (y[0], column(z)),
    }
    forms = {"function": partial(binary_crossentropy, from_logits=True), "class": BinaryCrossentropy(from_logits=True)}
    return {
        f"{form}, {shape}": answer(lambda form=form, pair=pair: forms[form](*pair))
        for form in forms
        for shape, pair in pairs.items()
    }


def weights() -> Answers:
    """Return the loss of four examples: without weights, with weights, and with weights but in a row, by reduction."""
    y, p, w = np.float32([1, 0, 1, 1]), np.float32([0.9, 0.2, 0.6, 0.3]), np.float32([1, 1, 1, 5])

    def reduced(reduction: str) -> Any:
        loss = BinaryCrossentropy(reduction=reduction)
        values = [loss(column(y), column(p)), loss(column(y), column(p), sample_weight=w), loss(y, p, sample_weight=w)]
        return [float(value) for value in values]

    return {name: reduced(name) for name in ("sum", "sum_over_batch_size", "mean", "mean_with_sample_weight")}


def smoothing() -> Answers:
    """Return what the probability 0.95 costs with labels smoothed by 0.1, label 1 and label 0."""
    return {"label_smoothing=0.1": losses([1, 0], [0.95, 0.95], label_smoothing=0.1)}


def slopes() -> Answers:
    """Return the derivative of the loss by the logits −40, −20, 0 and 20, label 1, with a sigmoid and without."""
    z = column([-40, -20, 0, 20])

    def of(prediction: Callable[[Any], Any], **options: Any) -> Any:
        loss = lambda logits: binary_crossentropy(np.ones_like(z), prediction(logits), **options)  # noqa: E731
        return answer(lambda: derivative(loss, z))

    return {"logits": of(lambda logits: logits, from_logits=True), "sigmoid": of(keras.ops.sigmoid)}


def derivative(loss: Callable[[Any], Any], z: np.ndarray) -> Any:
    """Return the derivative of the sum of losses by each logit, from the backend's own differentiation."""
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            logits = tf.Variable(z)
            with tf.GradientTape() as tape:
                total = tf.reduce_sum(loss(tf.identity(logits)))
            return tape.gradient(total, logits)
        case "jax":
            import jax

            return jax.grad(lambda logits: loss(logits).sum())(z)
        case "torch":
            import torch

            leaf = torch.tensor(z, requires_grad=True)
            loss(leaf).sum().backward()
            return leaf.grad
        case backend:
            raise RuntimeError(f"Keras does not differentiate on {backend}")


def curves() -> Answers:
    """Return the losses over a grid of logits, label 1 and label 0, from the logit and from its probability."""
    z = np.linspace(-60, 60, 961)
    p = keras.ops.convert_to_numpy(keras.ops.sigmoid(keras.ops.convert_to_tensor(np.float32(z))))
    return {
        "z": z.tolist(),
        "logits": [losses(np.full_like(z, y), z, from_logits=True) for y in (0, 1)],
        "probabilities": [losses(np.full_like(z, y), p) for y in (0, 1)],
    }


def mended() -> Answers:
    """Return what certain predictions, infinite logits and the tails cost by the loss of bce_lib."""
    inf, each = float("inf"), ours.BinaryCrossentropy(reduction=None)
    of_logits = ours.BinaryCrossentropy(from_logits=True, reduction=None)
    return {
        "certain": losses([1, 0, 1, 0], [0, 1, 1, 0], by=each),
        "infinite": losses([1, 1, 0, 0], [inf, -inf, -inf, inf], by=of_logits),
        "tails": losses([1, 0], [17, -17], by=of_logits),
        "target 2": losses([2], [3], by=of_logits),
    }


def training() -> Answers:
    """Return the losses and the accuracy of three trainings, and of the first the losses from six starts."""
    if keras.backend.backend() == "numpy":
        return {}  # Keras predicts on it, and does not train
    return {
        "Keras, sigmoid": fit("sigmoid", "binary_crossentropy"),
        "Keras, logits": fit(None, BinaryCrossentropy(from_logits=True)),
        "bce_lib, sigmoid": fit("sigmoid", ours.BinaryCrossentropy(), epochs=2),
        "starts": [fit("sigmoid", "binary_crossentropy", epochs=2, seed=seed)["losses"] for seed in range(6)],
    }


def fit(activation: str | None, loss: Any, epochs: int = 40, seed: int = 0) -> Answers:
    """Train a model on the tumours as they are, unscaled."""
    tumours = load_tumours()
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation=activation)])
    model.set_weights(start(seed))
    model.compile(keras.optimizers.Adam(0.01), loss)
    run = model.fit(tumours.features, tumours.target, batch_size=569, shuffle=False, epochs=epochs, verbose=0)
    output = keras.ops.convert_to_numpy(model(tumours.features))[:, 0]
    positive = output > (0 if activation is None else 0.5)
    return {
        "losses": [float(loss) for loss in run.history["loss"]],
        "accuracy": float((positive == tumours.target).mean()),
    }


def start(seed: int) -> list[np.ndarray]:
    """Return weights drawn as Keras draws them by default, but the same on every backend, and a bias of 0."""
    limit = np.sqrt(6 / (30 + 1))
    return [np.random.default_rng(seed).uniform(-limit, limit, (30, 1)).astype("float32"), np.zeros(1, "float32")]


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
