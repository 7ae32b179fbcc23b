"""Print what a drop-in costs beside the framework's own loss: forward and backward together, eager and compiled.

Both sides compute the mean loss of the same 4 million float32 logits and its gradient, each in a process of its own, in
turns; the ratio is the median of the rounds. A compiled side is compiled before it is timed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from common.conditions import conditions
from common.timing import in_a_process, in_turns, median_ratio, seconds
from tqdm import tqdm

COUNT = 4_000_000
BOUNDS = {"eager": 1.5, "compiled": 1.0}

CASES = [
    ("torch", "eager", "logits"),
    ("torch", "compiled", "logits"),
    *(
        (f"keras on {backend}", mode, takes)
        for backend, mode in (
            ("tensorflow", "eager"),
            ("tensorflow", "compiled"),
            ("jax", "eager"),
            ("jax", "compiled"),
            ("torch", "eager"),
        )
        for takes in ("logits", "probabilities")
    ),
]


def data() -> tuple[Any, Any]:
    generator = np.random.default_rng(0)
    logits = 5 * generator.standard_normal(COUNT, dtype=np.float32)
    return (generator.random(COUNT) < 0.5).astype(np.float32), logits


def torch_step(side: str, mode: str) -> Callable[[], Any]:
    import torch

    if side == "ours":
        from bce_lib.adapters.torch import BCEWithLogitsLoss
    else:
        from torch.nn import BCEWithLogitsLoss
    y, z = (torch.tensor(values) for values in data())
    z.requires_grad_()
    loss = BCEWithLogitsLoss()
    if mode == "compiled":
        loss = torch.compile(loss)

    def step() -> None:
        z.grad = None
        loss(z, y).backward()

    return step


def keras_step(backend: str, side: str, mode: str, takes: str) -> Callable[[], Any]:
    os.environ |= {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if side == "ours":
        from bce_lib.adapters.keras import BinaryCrossentropy
    else:
        from keras.losses import BinaryCrossentropy
    loss = BinaryCrossentropy(from_logits=takes == "logits")
    y, z = (values[:, None] for values in data())
    prediction = z if takes == "logits" else 1 / (1 + np.exp(-z))
    steps = {"tensorflow": _tensorflow_step, "jax": _jax_step, "torch": _keras_torch_step}
    return steps[backend](loss, y, prediction, mode)


def _tensorflow_step(loss: Any, y: Any, prediction: Any, mode: str) -> Callable[[], Any]:
    import tensorflow as tf

    target, at = tf.constant(y), tf.constant(prediction)

    def value_and_gradient(target: Any, at: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(at)
            value = loss(target, at)
        return value, tape.gradient(value, at)

    function = tf.function(value_and_gradient, jit_compile=True) if mode == "compiled" else value_and_gradient
    return lambda: [array.numpy() for array in function(target, at)]  # reading them waits for them


def _jax_step(loss: Any, y: Any, prediction: Any, mode: str) -> Callable[[], Any]:
    import jax

    target, at = jax.numpy.asarray(y), jax.numpy.asarray(prediction)
    step = jax.value_and_grad(lambda point: loss(target, point))
    step = jax.jit(step) if mode == "compiled" else step
    return lambda: jax.block_until_ready(step(at))


def _keras_torch_step(loss: Any, y: Any, prediction: Any, mode: str) -> Callable[[], Any]:
    import torch

    target, at = torch.tensor(y), torch.tensor(prediction, requires_grad=True)

    def step() -> None:
        at.grad = None
        loss(target, at).backward()

    return step


def measure(library: str, mode: str, takes: str, side: str) -> float:
    """Return the seconds of a step of one side, in this process."""
    framework, _, backend = library.partition(" on ")
    step = keras_step(backend, side, mode, takes) if framework == "keras" else torch_step(side, mode)
    for _ in range(3):  # compilation, and memory that is allocated once
        step()
    return seconds(step, calls=9)


def main(rounds: int) -> None:
    """Print a table of ratios."""
    print(f"Mean loss of {COUNT:,} float32 and its gradient, ours against the framework's own; median of {rounds}")
    missed = []
    for library, mode, takes in tqdm(CASES, desc="adapters", unit="case"):
        sides = {side: partial(in_a_process, __file__, library, mode, takes, side) for side in ("ours", "own")}
        times = in_turns(sides, rounds)
        ratio = median_ratio(times["ours"], times["own"])
        tqdm.write(f"  {library:<20} {mode:<9} {takes:<14} {ratio:5.2f} times (asked: {BOUNDS[mode]:.1f})")
        missed += [f"{library} {mode} {takes}"] * (ratio > BOUNDS[mode])
    print(f"more than asked: {', '.join(missed) or 'none'}")
    print(f"threads: {os.environ.get('OMP_NUM_THREADS', 'as many as cores')}")
    print(conditions("torch", "keras", "tensorflow-cpu", "jax"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measure", nargs="*", metavar="LIBRARY MODE TAKES SIDE", help="what its processes are to do")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    arguments = parser.parse_args()
    if arguments.measure:
        print(measure(*arguments.measure))
    else:
        main(arguments.rounds)
