"""What several graders share: the numbers that they call an answer with, and what is right for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits

LABELS, PROBABILITIES = [1, 0, 1, 1, 0], [0.9, 0.2, 0.6, 0.3, 0.5]
WITH_PROBABILITIES = np.array(LABELS, dtype=float), np.array(PROBABILITIES)
WITH_LOGITS = WITH_PROBABILITIES[0], np.array([2.0, -1.5, 0.5, -0.75, 0.25])

TINY = 1e-30
"""A probability below every clip that is in use."""

CLOSE = 1e-12
"""Some thousand ulp of float64: a sum in another order or one more logarithm passes, a wrong formula does not."""


def _float32(labels: list[float], logits: list[float]) -> tuple[Any, Any]:
    return np.array(labels, dtype=np.float32), np.array(logits, dtype=np.float32)


MODERATE = _float32([1, 0, 1, 0, 1], [2, -1, -0.5, 3, 0.25])
"""Labels and logits, some right and some wrong, no two alike: every formula agrees here."""

SURE_AND_WRONG = _float32([1, 0, 1, 0], [-40, 40, -95, 95])
SURE_AND_RIGHT = _float32([1, 0, 1, 0], [20, -20, 60, -60])


def log_likelihoods(y: Any, p: Any) -> Any:
    """Return each label's log-likelihood by the textbook line, in float64."""
    y, p = np.asarray(y, dtype=float), np.asarray(p)
    return y * np.log(p) + (1 - y) * np.log(1 - p)


def mean_loss(y: Any, p: Any) -> float:
    """Return the mean loss of probabilities, exact."""
    return float(binary_cross_entropy(y, p))


def losses(y: Any, z: Any) -> Any:
    """Return each target's loss of logits, exact, in the dtype of the logits."""
    return binary_cross_entropy_with_logits(y, z, reduction="none")
