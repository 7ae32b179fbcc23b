"""Try every float32 logit with both labels, and print how far the compiled loss and its gradient are off.

There are 2³² of them, NaN included, so nothing is left to chance; it takes some minutes. The reference is computed in
float64 by the C library's ``exp`` and ``log1p``, whose error is below a millionth of a float32's ulp::

    python benchmarks/fused_every_logit.py

The histograms are written down for chapter *fused*.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from math import exp, frexp, ldexp, log1p
from pathlib import Path
from typing import Any

import numpy as np
from common.conditions import conditions
from numba import njit
from tqdm import tqdm

from bce_lib import fused

RESULTS = Path(__file__).parent / "results" / "fused_every_logit.json"
PIECE = 2**22
WIDTH = 0.05
"""Of a bin, in ulp."""
BINS = 80
QUANTITIES = ["loss, label 0", "loss, label 1", "gradient, label 0", "gradient, label 1"]
BOUNDS = {"loss": 2.0, "gradient": 2.5}


@njit(nogil=True)
def ulp_of_float32(value: float) -> float:
    """Return the distance from one float32 to the next, at a positive value in float64."""
    return ldexp(1.0, max(frexp(value)[1], -125) - 24)


@njit(nogil=True)
def count(logits: Any, loss: Any, gradient: Any, label: int, histograms: Any, worst: Any) -> int:
    """Add the errors to the histograms; return how many results are wrong in kind: a NaN, a sign, an infinity."""
    wrong = 0
    for i in range(logits.size):
        z = np.float64(logits[i])
        if np.isnan(z):
            wrong += not (np.isnan(loss[i]) and np.isnan(gradient[i]))
            continue
        e = exp(-abs(z))
        against = (z >= 0) != (label == 1)
        right_loss = (abs(z) if against else 0.0) + log1p(e)
        right_slope = (1.0 if against else e) / (1.0 + e)
        slope = np.float64(gradient[i]) if label == 0 else -np.float64(gradient[i])
        if np.isinf(z):
            wrong += loss[i] != right_loss or slope != right_slope
            continue
        for row, found, right in ((label, np.float64(loss[i]), right_loss), (2 + label, slope, right_slope)):
            off = abs(found - right) / ulp_of_float32(right)
            if not off < BINS * WIDTH:
                wrong += 1
                continue
            histograms[row, int(off / WIDTH)] += 1
            if off > worst[row, 0]:
                worst[row, 0], worst[row, 1] = off, z
    return wrong


def piece(start: int) -> tuple[Any, Any, int]:
    """Try the logits of some consecutive bit patterns."""
    z = np.arange(start, start + PIECE, dtype=np.uint64).astype(np.uint32).view(np.float32)
    histograms, worst, wrong = np.zeros((4, BINS), np.int64), np.zeros((4, 2)), 0
    for label in (0, 1):
        y = np.full(PIECE, label, np.float32)
        loss, gradient = fused.loss_and_gradient(y, z, reduction="none", n_threads=1)
        wrong += count(z, loss, gradient, label, histograms, worst)
    return histograms, worst, wrong


def main() -> None:
    """Print the largest errors, and write the histograms."""
    histograms, worst, wrong = np.zeros((4, BINS), np.int64), np.zeros((4, 2)), 0
    starts = range(0, 2**32, PIECE)
    piece(0)  # compiled once, before the processes are forked
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for found, errors, bad in tqdm(pool.map(piece, starts), desc="logits", total=len(starts), unit_scale=PIECE):
            histograms += found
            wrong += bad
            larger = errors[:, 0] > worst[:, 0]
            worst[larger] = errors[larger]
    print(f"all 2³² float32 logits, both labels; wrong in kind (NaN, infinity): {wrong}")
    for name, (off, z), row in zip(QUANTITIES, worst, histograms, strict=True):
        asked = BOUNDS[name.partition(",")[0]]
        half = row[: round(0.5 / WIDTH)].sum() / row.sum()
        print(
            f"  {name:<18} off by {off:.3f} ulp at most (asked: {asked}), at z = {z:.9g}; "
            f"within half an ulp: {half:.1%}"
        )
    made_on = conditions("numba")
    print(made_on)
    results = {
        "conditions": made_on,
        "width": WIDTH,
        "wrong": wrong,
        "worst": {name: {"ulp": off, "logit": z} for name, (off, z) in zip(QUANTITIES, worst.tolist(), strict=True)},
        "histograms": dict(zip(QUANTITIES, histograms.tolist(), strict=True)),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
