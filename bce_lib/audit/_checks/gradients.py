"""Checks of the gradient, as the framework's automatic differentiation finds it or as a function returns it."""

from __future__ import annotations

import numpy as np

from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import LIMIT, Check, Outcome, check, place, worst
from bce_lib.audit._checks.values import require_soft_labels
from bce_lib.audit._subject import NotApplicable, Subject

_WHY = "The gradient is all that training sees of a loss: an example whose gradient is 0 teaches nothing."


def _gradient(dtype: str) -> Check:
    @check(
        f"gradient-{dtype}",
        title=f"largest error of the gradient, labels 0 and 1, {dtype}, in both tails",
        why=_WHY,
        chapter="gradient",
    )
    def gradient(subject: Subject) -> Outcome:
        if dtype not in subject.framework.dtypes:
            raise NotApplicable(f"{subject.framework.name} has no {dtype}")
        y, predictions = subject.grid("hard", dtype)
        computed = subject.on_grid("hard", "gradient", dtype)
        return worst(y, predictions, computed, inputs.right_gradient(subject.takes, y, predictions), dtype)

    return gradient


@check(
    "gradient-soft",
    title="largest error of the gradient, labels between 0 and 1, float32, as a share of its two terms",
    why="With smoothed labels the two terms nearly cancel at the best prediction: what is left must not be noise.",
    chapter="gradient",
)
def gradient_soft(subject: Subject) -> Outcome:
    """Measure in units of the last place of the larger term, since a relative error has no bound there."""
    require_soft_labels(subject)
    y, p = subject.grid("soft", "float32")
    computed = subject.on_grid("soft", "gradient", "float32")
    exact = inputs.right_gradient(subject.takes, y, p)
    scale = np.ones_like(p) if subject.takes == "logits" else y / p + (1 - y) / (1 - p)
    with np.errstate(invalid="ignore"):
        distance = np.array([abs(float(float(a) - b)) for a, b in zip(computed, exact, strict=True)])
    errors = np.where(np.isnan(distance), np.inf, distance) / scale * 2.0 ** inputs.PRECISION["float32"]
    at = int(np.argmax(errors))
    measured = f"largest error {errors[at]:.2g} · 2⁻²⁴ of its terms"
    if errors[at] > LIMIT:
        measured += f": {computed[at] + 0:.4g} for {float(exact[at]):.4g}"
    return Outcome(bool(errors[at] <= LIMIT), measured, place(y[at], p[at], "float32"), float(errors[at]))


@check(
    "gradient-zero",
    title="the gradient at a logit of exactly 0 is 1/2 − y",
    why="A network whose last layer starts at zero gives exactly 0, and an |z| in the loss has no derivative there.",
    chapter="gradient",
)
def gradient_zero(subject: Subject) -> Outcome:
    """Look at the one point where formulas with a case distinction may go wrong."""
    if subject.takes == "probabilities":
        raise NotApplicable("it takes probabilities, and there is no corner at p = 1/2")
    y = np.array(inputs.HARD)
    found = subject.gradients(y, np.zeros(2))
    return worst(y, np.zeros(2), found, inputs.right_gradient("logits", y, np.zeros(2)), "float32")


CHECKS = (_gradient("float32"), _gradient("float64"), gradient_soft, gradient_zero)
