"""What Keras' binary cross-entropy computes on the backend in use, printed as JSON.

Keras reads the name of its backend once, when it is imported, so each backend needs a process of its own::

    KERAS_BACKEND=jax python book/scripts/keras_losses.py

The backend is tensorflow if none is named; the others are jax, torch and numpy. The chapter *keras* puts the answers of
all four side by side. Besides Keras and the backend it needs bce_lib, and scikit-learn for the data.

A loss is a list, one number per example. Where Keras raises an error, it is the name of the error.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or TensorFlow writes to standard error at its import
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from bce_book.datasets import load_tumours  # noqa: E402
from bce_lib.adapters import keras as adapter  # noqa: E402

Answers = dict[str, Any]
logging.getLogger("tensorflow").setLevel("ERROR")  # or it warns of several models in one process
BinaryCrossentropy = keras.losses.BinaryCrossentropy
binary_crossentropy = keras.losses.binary_crossentropy

STARTS = 20
"""So many starts are tried."""


def main() -> Answers:
    """Return all the answers of the backend in use."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what deserves a warning is the chapter's subject
        answers = {part.__name__: part() for part in (flags, sigmoids, calls, ours, training)}
    return {"keras": keras.__version__, **answers}


def answer(call: Callable[[], Any]) -> Any:
    """Return what a call returns as a list of numbers, or the name of the error that it raises."""
    try:
        return [float(value) for value in np.ravel(keras.ops.convert_to_numpy(call()))]
    except (ValueError, RuntimeError) as error:
        return type(error).__name__


def column(values: Any) -> np.ndarray:
    """Return values as a column: one prediction per row, for which Keras' function returns one loss per row."""
    return np.array(values, "float32").reshape(-1, 1)


def losses(y_true: Any, y_pred: Any, by: Any = binary_crossentropy, **options: Any) -> Any:
    """Return the losses of examples in a column, by Keras' function or by another."""
    return answer(lambda: by(column(y_true), column(y_pred), **options))


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


CALLS = {
    "label 0, logit 40": (0, 40.0, True),
    "label 0, logit -17": (0, -17.0, True),
    "label 1, logit inf": (1, float("inf"), True),
    "label 2, logit 3": (2, 3.0, True),
    "label 1, probability 0": (1, 0.0, False),
    "label 0, probability 1": (0, 1.0, False),
}
"""Label, prediction, and whether it is a logit."""


def calls() -> Answers:
    """Return what single examples cost by Keras' function."""
    return {name: losses([y], [p], from_logits=flag) for name, (y, p, flag) in CALLS.items()}


def ours() -> Answers:
    """Return what the same examples cost by the loss of bce_lib."""
    by = {flag: adapter.BinaryCrossentropy(from_logits=flag, reduction=None) for flag in (True, False)}
    return {name: losses([y], [p], by[flag]) for name, (y, p, flag) in CALLS.items()}


def training() -> Answers:
    """Return the losses of two trainings and the accuracy after them, and the first loss of several starts."""
    if keras.backend.backend() == "numpy":
        return {}  # Keras predicts on it, and does not train
    return {
        "sigmoid": fit("sigmoid", "binary_crossentropy"),
        "logits": fit(None, BinaryCrossentropy(from_logits=True)),
        "starts": starts(),
    }


def fit(activation: str | None, loss: Any, epochs: int = 28) -> Answers:
    """Train a model on the tumours as they are, unscaled."""
    tumours = load_tumours()
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation=activation)])
    model.set_weights(start(seed=0))
    model.compile(keras.optimizers.Adam(0.01), loss)
    run = model.fit(tumours.features, tumours.target, batch_size=569, shuffle=False, epochs=epochs, verbose=0)
    output = keras.ops.convert_to_numpy(model(tumours.features))[:, 0]
    positive = output > (0 if activation is None else 0.5)
    return {
        "losses": [float(loss) for loss in run.history["loss"]],
        "accuracy": float((positive == tumours.target).mean()),
    }


def starts() -> list[tuple[float, bool]]:
    """Return the first loss of each start, with a sigmoid, and whether a step of gradient descent moves it."""
    tumours = load_tumours()
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.01), "binary_crossentropy")
    found = []
    for seed in range(STARTS):
        model.set_weights(start(seed))
        run = model.fit(tumours.features, tumours.target, batch_size=569, shuffle=False, verbose=0)
        same = zip(model.get_weights(), start(seed), strict=True)
        found.append((float(run.history["loss"][0]), not all(np.array_equal(a, b) for a, b in same)))
    return found


def start(seed: int) -> list[np.ndarray]:
    """Return weights drawn as Keras draws them by default, but the same on every backend, and a bias of 0."""
    limit = np.sqrt(6 / (30 + 1))
    return [np.random.default_rng(seed).uniform(-limit, limit, (30, 1)).astype("float32"), np.zeros(1, "float32")]


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
