"""The audit as a grader's requirement, where the question is whether a loss is right everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bce_book.exercises.grading import Fault, Mistake
from bce_book.exercises.results import Answer
from bce_lib.audit import Report

__all__ = ["AuditRequirement"]


@dataclass(frozen=True)
class AuditRequirement:
    """Checks of the audit as one requirement of a grader.

    Attributes
    ----------
    statement : str
        What must hold, in a sentence.
    hint : str
        Where to look.
    audit : callable
        :func:`bce_lib.audit.audit` with its keywords bound: it takes the answer alone.
    """

    statement: str
    hint: str
    audit: Callable[[Answer], Report]

    def find_fault(self, answer: Answer, mistakes: Sequence[Mistake]) -> Fault | None:
        """Return the first finding of the audit that is a failure, or None."""
        report = self.audit(answer)
        if report.passed:
            return None
        first = report.failures[0]
        return Fault(f"the audit's check {first.check}, {first.input or 'all of its inputs'}", first.measured)
