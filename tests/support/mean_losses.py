"""What the tests of `MeanLoss` and of its sums share: batches, losses of them, and when two losses are the same."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bce_lib._double_double import exactly
from bce_lib._loss_sums import Sums
from bce_lib.streaming import MeanLoss

LABELS = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
LOGITS = st.floats(-40, 40) | st.floats(-700, 700)
WEIGHTS = st.sampled_from([0.0, 1.0]) | st.floats(0, 1e6)


@st.composite
def batches(draw: Callable[..., Any], least: int = 0, most: int = 30) -> tuple[np.ndarray, ...]:
    """Draw labels, logits and weights of one length."""
    length = draw(st.integers(least, most))
    return tuple(draw(arrays(np.float64, length, elements=kind)) for kind in (LABELS, LOGITS, WEIGHTS))


def examples(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hard labels, logits and weights, some of them 0: simulated."""
    generator = np.random.default_rng(seed)
    y, z = generator.integers(0, 2, count), 3 * generator.standard_normal(count)
    return y, z, generator.integers(0, 4, count) * generator.random(count)


def loss_of(y: Any, z: Any, w: Any = None) -> MeanLoss:
    """Return the loss of one batch."""
    return MeanLoss().update(np.array(y), np.array(z), None if w is None else np.array(w))


def assert_same_to(bound: Fraction, a: MeanLoss, b: MeanLoss) -> None:
    """Assert that two losses have seen as many elements, and that no sum differs by more than that part of itself."""
    assert a._sums[:2] == b._sums[:2]
    for name, left, right in zip(Sums._fields[2:], a._sums[2:], b._sums[2:], strict=True):
        assert abs(exactly(left) - exactly(right)) <= bound * exactly(left), name
