"""The checks of the audit, by what they look at; `CHECKS` has all of them, in the order of a report."""

from bce_lib.audit._check import Check
from bce_lib.audit._checks import gradients, labels, memory, reductions, tails, values

CHECKS: tuple[Check, ...] = (
    *values.CHECKS,
    *tails.CHECKS,
    *gradients.CHECKS,
    *labels.CHECKS,
    *reductions.CHECKS,
    *memory.CHECKS,
)
