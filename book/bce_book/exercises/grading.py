"""What a grader is made of: requirements in rising order, usual mistakes with a name, and the grade that they give.

A grader calls the answer and looks at what comes back. The first requirement that is not met makes the grade: what must
hold, the call that shows that it does not, what came back, and a hint. If a usual mistake (a sum for a mean, a missing
minus) would have given the same, the hint names it. The solution is never among them.

Whatever else the answer does, nothing at all, raising, changing its arguments, never returning, is a grade too and not
a traceback: the machinery is the audit's (:mod:`bce_lib.audit`).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from textwrap import fill
from typing import Any, NamedTuple, Protocol

from bce_book.exercises.results import (
    Answer,
    Case,
    agrees,
    describe_call,
    describe_value,
    is_same_result,
    name_of,
)
from bce_book.exercises.slips import PRINTED, SWAPPED_ARGUMENTS, slip_of_types, slip_of_values
from bce_lib.audit._subject import Refused, TimeUp, WrongResult, run_with_limit

__all__ = [
    "Criterion",
    "Fault",
    "Grade",
    "Judge",
    "Mistake",
    "Rejection",
    "Requirement",
    "agreement",
    "agrees_with",
    "grade_answer",
]

TIME_LIMIT = 10.0
"""Seconds per requirement."""

_WIDTH = 72
_LABELS = {"requirement": "must hold", "tried": "tried", "got": "got", "hint": "hint"}
_EMPTY_CELL = "Replace the three dots with your code, let it return its result, and run the cell again."


@dataclass(frozen=True)
class Grade:
    """What a grader has to say about an answer.

    It prints as text; in a condition it counts as ``passed``.

    Attributes
    ----------
    exercise : str
        The name of the grader.
    passed : bool
        Whether every requirement is met.
    met : int
        How many requirements are met before the first that is not.
    total : int
        How many there are.
    requirement : str
        What must hold and does not, in a sentence.
    tried : str
        The call that shows it.
    got : str
        What came back.
    hint : str
        Where to look. Never the solution.
    """

    exercise: str
    passed: bool
    met: int
    total: int
    requirement: str = ""
    tried: str = ""
    got: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        """Tell whether every requirement is met."""
        return self.passed

    def __repr__(self) -> str:
        """Return the grade as text, in lines that fit below a cell."""
        if self.passed:
            return f"✓ {self.exercise}: all {self.total} checks passed"
        if not self.tried and not self.got:
            return f"– {self.exercise}: nothing here yet\n{_paragraph('', self.hint)}"
        texts = [(label, getattr(self, name)) for name, label in _LABELS.items()]
        head = f"✗ {self.exercise}: {self.met} of {self.total} checks passed"
        return "\n".join([head, *(_paragraph(label, text) for label, text in texts if text)])


def _paragraph(label: str, text: str) -> str:
    first = f"  {label + ':':<11}" if label else "  "
    return fill(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)


class Mistake(NamedTuple):
    """A wrong answer that people give, and the hint that names what is wrong in it."""

    answer: Answer
    hint: str


class Fault(NamedTuple):
    """How an answer fails: the call that shows it, what came back, and a hint better than the requirement's own."""

    tried: str
    got: str
    hint: str = ""


class Criterion(Protocol):
    """What `grade_answer` needs of anything in its list of requirements; `Requirement` is the usual one."""

    @property
    def statement(self) -> str:
        """Return what must hold, in a sentence."""

    @property
    def hint(self) -> str:
        """Return where to look."""

    def find_fault(self, answer: Answer, mistakes: Sequence[Mistake]) -> Fault | None:
        """Return how the answer fails, or None."""


class NothingReturned(Exception):
    """The answer returned None: its body is still empty."""


class ResultPrinted(Exception):
    """The answer printed its result and returned None."""


class ArgumentChanged(Exception):
    """The answer changed an argument in place."""


class Rejection(NamedTuple):
    """Which case has a result that is wrong, in words what is where showing it does not say enough, and a hint."""

    case: int
    got: str = ""
    hint: str = ""


Judge = Callable[[list[Any]], Rejection | None]


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold of an answer.

    Attributes
    ----------
    statement : str
        What must hold, in a sentence that does not say how to get there.
    cases : sequence of tuple
        The arguments of each call.
    judge : callable
        Called with the list of the results, one per case; returns the `Rejection` of the first that is wrong, or None.
    hint : str
        Where to look, if no usual mistake explains the results.
    measure : callable, optional
        ``measure(answer, *case)`` gives the result instead of ``answer(*case)``, for what is more than a call.
    """

    statement: str
    cases: Sequence[Case]
    judge: Judge
    hint: str
    measure: Callable[..., Any] | None = None

    def find_fault(self, answer: Answer, mistakes: Sequence[Mistake]) -> Fault | None:
        """Return how the answer fails, or None."""
        results = self._results_of(answer)
        rejection = self._first_rejection(results)
        if rejection is None:
            return None
        hints = (mistake.hint for mistake in mistakes if self._is_explained_by(mistake, results))
        hint = next(hints, "") or self._slip(answer, results) or rejection.hint
        got = rejection.got or describe_value(results[rejection.case])
        return Fault(describe_call(answer, self.cases[rejection.case]), got, hint)

    def _slip(self, answer: Answer, results: list[Any]) -> str:
        """Return the hint of a slip that has nothing to do with the exercise; an empty text if there is none."""
        if hint := slip_of_types(results, self.cases):
            return hint
        if self.measure is None and all(len(case) >= 2 for case in self.cases):
            turned = [_result_of(answer, (case[1], case[0], *case[2:])) for case in self.cases]
            if self._first_rejection(turned) is None:
                return SWAPPED_ARGUMENTS
        return ""

    def _results_of(self, answer: Answer) -> list[Any]:
        function = partial(self.measure, answer) if self.measure else answer
        return [_result_of(function, case) for case in self.cases]

    def _first_rejection(self, results: list[Any]) -> Rejection | None:
        errors = (Rejection(case) for case, result in enumerate(results) if isinstance(result, Refused))
        return next(errors, None) or self.judge(results)

    def _is_explained_by(self, mistake: Mistake, results: list[Any]) -> bool:
        """Tell whether the mistake, which must be one here, gives the same results."""
        mistaken = self._results_of(mistake.answer)
        return self._first_rejection(mistaken) is not None and all(map(is_same_result, results, mistaken))


def agrees_with(expected: Answer, cases: Sequence[Case], *, rtol: float, atol: float = 0.0) -> Judge:
    """Make a judge: each result has the shape and the values that a function of ours gives for the same case.

    Values count as equal up to `rtol` of ours (or `atol`, where ours may be anything close to 0). Where ours is a
    tuple, each part is compared.
    """

    def judge(results: list[Any]) -> Rejection | None:
        wanted = [expected(*case) for case in cases]
        for number, (result, right) in enumerate(zip(results, wanted, strict=True)):
            try:
                if agrees(result, right, rtol, atol):
                    continue
                got = ""
            except WrongResult as error:
                got = str(error)
            return Rejection(number, got, slip_of_values(results, wanted, rtol))
        return None

    return judge


def agreement(statement: str, hint: str, *cases: Case, expected: Answer, rtol: float, atol: float = 0.0) -> Requirement:
    """Make the usual requirement: on these cases the answer's results are those of a function of ours."""
    return Requirement(statement, cases, agrees_with(expected, cases, rtol=rtol, atol=atol), hint)


def grade_answer(
    exercise: str,
    answer: Any,
    requirements: Sequence[Criterion],
    mistakes: Sequence[Mistake] = (),
    *,
    time_limit: float | None = None,
) -> Grade:
    """Put an answer through requirements, in their order, up to the first that is not met.

    Parameters
    ----------
    exercise : str
        The name of the grader.
    answer : callable
        What the reader wrote.
    requirements : sequence of Criterion
        What must hold, the plainest first: a hint about the last digit helps nobody whose sign is wrong.
    mistakes : sequence of Mistake
        What people often write instead, the likeliest first.
    time_limit : float, optional
        Seconds that a requirement may take; ten if not given.

    Returns
    -------
    Grade
        Whatever the answer does.

    Examples
    --------
    >>> from bce_book.exercises.grading import Mistake, agreement, grade_answer
    >>> doubled = agreement("The number, twice.", "What is 3 and 3?", (3,), expected=lambda x: 2 * x, rtol=0)
    >>> grade_answer("double", lambda x: x**2, [doubled], [Mistake(lambda x: x * x, "That is the square.")])
    ✗ double: 0 of 1 checks passed
      must hold: The number, twice.
      tried:     answer(3)
      got:       9
      hint:      That is the square.
    """
    limit = TIME_LIMIT if time_limit is None else time_limit
    failed = partial(Grade, exercise, False, total=len(requirements))
    if answer is ... or answer is None:
        return failed(0, hint=_EMPTY_CELL)
    if not callable(answer):
        return failed(
            0,
            requirement="The grader is given the function itself, which it then calls.",
            tried="the answer",
            got=describe_value(answer),
            hint="Pass the name alone, without brackets after it.",
        )
    for met, required in enumerate(requirements):
        try:
            fault = _find_fault(required, answer, mistakes, limit)
        except ResultPrinted as printed:
            fault = Fault(name_of(answer), f"nothing: None, but it prints {str(printed)!r}", PRINTED)
        except NothingReturned:
            if not met:
                return failed(0, hint=_EMPTY_CELL)
            fault = Fault(name_of(answer), "nothing: None", "Is there a path through your code without a return?")
        if fault is not None:
            hint = fault.hint or required.hint
            return failed(met, requirement=required.statement, tried=fault.tried, got=fault.got, hint=hint)
    return Grade(exercise, True, len(requirements), len(requirements))


def _find_fault(required: Criterion, answer: Answer, mistakes: Sequence[Mistake], limit: float) -> Fault | None:
    """Return how the answer fails, out of time and a changed argument included, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run_with_limit(limit, partial(required.find_fault, answer, mistakes))
    except ArgumentChanged as change:
        return Fault(
            str(change),
            "the argument is not the same after the call",
            "Work on a copy, or make new arrays: the caller still needs the old one.",
        )
    except TimeUp:
        return Fault(name_of(answer), f"nothing within {limit:g} s", "Does a loop of yours ever end?")


def _result_of(answer: Answer, case: Case) -> Any:
    """Return what the answer gives, or the error that it raises."""
    given, printed = deepcopy(case), io.StringIO()
    try:
        with redirect_stdout(printed):
            result = answer(*given)
    except NotImplementedError as error:
        raise NothingReturned from error
    except (NothingReturned, ResultPrinted):
        raise
    except Exception as error:
        return Refused(error)
    if result is None or result is ...:
        if text := printed.getvalue().strip():
            raise ResultPrinted(text[:40])
        raise NothingReturned
    if not all(map(_is_unchanged, case, given)):
        raise ArgumentChanged(describe_call(answer, case))
    return result


def _is_unchanged(before: Any, after: Any) -> bool:
    return callable(before) or isinstance(before, str) or before is None or is_same_result(before, after, 0.0)
