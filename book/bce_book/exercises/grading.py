"""What a grader is made of: checks in rising order, usual mistakes with a name, and the grade that they give.

A grader calls the answer and looks at what comes back. The first check that does not hold makes the grade: what must
hold, the call that shows that it does not, what came back, and a hint. If a usual mistake (a sum for a mean, a missing
minus) would have given the same, the hint names it. The solution is never among them.

Whatever else the answer does, nothing at all, raising, changing its arguments, never returning, is a grade too and no
traceback: the machinery is the audit's (:mod:`bce_lib.audit`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from textwrap import fill
from typing import Any, NamedTuple, Protocol

import numpy as np

from bce_lib.accuracy import as_float64
from bce_lib.audit._inputs import Numbers
from bce_lib.audit._subject import Refused, TimeUp, WrongResult, run_with_limit

__all__ = ["Check", "Examination", "Grade", "Mistake", "Problem", "Wrong", "equal", "grade", "holds", "shown"]

Answer = Callable[..., Any]
Case = tuple[Any, ...]

TIME_LIMIT = 10.0
"""Seconds a check."""

_WIDTH = 72
_LABELS = {"expected": "must hold", "tried": "tried", "got": "got", "hint": "hint"}


@dataclass(frozen=True)
class Grade:
    """What a grader has to say about an answer.

    It prints as text; in a condition it counts as ``passed``.

    Attributes
    ----------
    exercise : str
        The name of the grader.
    passed : bool
        Whether every check held.
    held : int
        How many checks held before the first that did not.
    checks : int
        How many there are.
    expected : str
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
    held: int
    checks: int
    expected: str = ""
    tried: str = ""
    got: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        """Tell whether every check held."""
        return self.passed

    def __repr__(self) -> str:
        """Return the grade as text, in lines that fit below a cell."""
        if self.passed:
            return f"✓ {self.exercise}: all {self.checks} checks passed"
        if not self.tried and not self.got:
            return f"– {self.exercise}: nothing here yet\n{_paragraph('', self.hint)}"
        told = [(label, getattr(self, name)) for name, label in _LABELS.items()]
        head = f"✗ {self.exercise}: {self.held} of {self.checks} checks passed"
        return "\n".join([head, *(_paragraph(label, text) for label, text in told if text)])


def _paragraph(label: str, text: str) -> str:
    first = f"  {label + ':':<11}" if label else "  "
    return fill(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)


class Mistake(NamedTuple):
    """A wrong answer that people give, and the hint that names what is wrong in it."""

    answer: Answer
    hint: str


class Problem(NamedTuple):
    """What a check found wrong: the call that shows it, what came back, and a hint better than the check's own."""

    tried: str
    got: str
    hint: str = ""


class Examination(Protocol):
    """What a grader asks of anything in its list of checks; `Check` is the usual one."""

    @property
    def must(self) -> str:
        """Return what must hold, in a sentence."""

    @property
    def hint(self) -> str:
        """Return where to look."""

    def problem(self, answer: Answer, mistakes: Sequence[Mistake]) -> Problem | None:
        """Return what is wrong with the answer, or None."""


class Nothing(Exception):
    """The answer returned None: its body is still empty."""


class Changed(Exception):
    """The answer changed an argument in place."""


class Wrong(NamedTuple):
    """Which result is wrong, and in words what is, where showing it does not say enough."""

    case: int
    got: str = ""


Judge = Callable[[list[Any]], Wrong | None]


@dataclass(frozen=True)
class Check:
    """One thing that must hold of an answer.

    Attributes
    ----------
    must : str
        What must hold, in a sentence that does not say how to get there.
    cases : sequence of tuple
        The arguments of each call.
    judge : callable
        Called with the list of the results, one a case; returns the first that is `Wrong`, or None.
    hint : str
        Where to look, if no usual mistake explains the results.
    ask : callable, optional
        ``ask(answer, *case)`` instead of ``answer(*case)``, for what is more than a call.
    """

    must: str
    cases: Sequence[Case]
    judge: Judge
    hint: str
    ask: Callable[..., Any] | None = None

    def problem(self, answer: Answer, mistakes: Sequence[Mistake]) -> Problem | None:
        """Return what is wrong with the answer, or None."""
        results = self._results(answer)
        wrong = self._verdict(results)
        if wrong is None:
            return None
        named = (mistake.hint for mistake in mistakes if self._explains(results, mistake))
        got = wrong.got or shown(results[wrong.case])
        return Problem(call(answer, self.cases[wrong.case]), got, next(named, ""))

    def _results(self, answer: Answer) -> list[Any]:
        function = partial(self.ask, answer) if self.ask else answer
        return [_outcome(function, case) for case in self.cases]

    def _verdict(self, results: list[Any]) -> Wrong | None:
        raised = (Wrong(at) for at, result in enumerate(results) if isinstance(result, Refused))
        return next(raised, None) or self.judge(results)

    def _explains(self, results: list[Any], mistake: Mistake) -> bool:
        """Tell whether the mistake, which must be one here, gives the same results."""
        mistaken = self._results(mistake.answer)
        return self._verdict(mistaken) is not None and all(map(same, results, mistaken))


def equal(expected: Answer, cases: Sequence[Case], *, rtol: float, atol: float = 0.0) -> Judge:
    """Make a judge: each result has the shape and the values that a function of ours gives for the same case.

    Values count as equal up to `rtol` of ours (or `atol`, where ours may be anything close to 0). Where ours is a
    tuple, each part is compared.
    """

    def judge(results: list[Any]) -> Wrong | None:
        for at, (case, result) in enumerate(zip(cases, results, strict=True)):
            try:
                fits = _compare(result, expected(*case), rtol, atol)
            except WrongResult as error:
                return Wrong(at, str(error))
            if not fits:
                return Wrong(at)
        return None

    return judge


def holds(must: str, hint: str, *cases: Case, expected: Answer, rtol: float, atol: float = 0.0) -> Check:
    """Make the usual check: on these cases the answer's results are those of a function of ours."""
    return Check(must, cases, equal(expected, cases, rtol=rtol, atol=atol), hint)


def grade(
    exercise: str,
    answer: Any,
    checks: Sequence[Examination],
    mistakes: Sequence[Mistake] = (),
    *,
    time_limit: float | None = None,
) -> Grade:
    """Put an answer through checks, in their order, up to the first that does not hold.

    Parameters
    ----------
    exercise : str
        The name of the grader.
    answer : callable
        What the reader wrote.
    checks : sequence of Check
        What must hold, the plainest first: a hint about the last digit helps nobody whose sign is wrong.
    mistakes : sequence of Mistake
        What people often write instead, the likeliest first.
    time_limit : float, optional
        Seconds a check may take; ten if not given.

    Returns
    -------
    Grade
        Whatever the answer does.
    """
    limit = TIME_LIMIT if time_limit is None else time_limit
    say = partial(Grade, exercise, False, checks=len(checks))
    if answer is ... or answer is None:
        return say(0, hint=_EMPTY)
    if not callable(answer):
        return say(
            0,
            expected="The grader is given the function itself, which it then calls.",
            tried="the answer",
            got=shown(answer),
            hint="Pass the name alone, without brackets behind it.",
        )
    for held, check in enumerate(checks):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                problem = run_with_limit(limit, partial(check.problem, answer, mistakes))
        except Nothing:
            if not held:
                return say(0, hint=_EMPTY)
            problem = Problem(_name(answer), "nothing: None", "Is there a path through your code without a return?")
        except Changed as change:
            problem = Problem(
                str(change),
                "the argument is not the same after the call",
                "Work on a copy, or make new arrays: the caller still needs the old one.",
            )
        except TimeUp:
            problem = Problem(_name(answer), f"nothing within {limit:g} s", "Does a loop of yours ever end?")
        if problem is not None:
            return say(held, expected=check.must, tried=problem.tried, got=problem.got, hint=problem.hint or check.hint)
    return Grade(exercise, True, len(checks), len(checks))


_EMPTY = "Replace the three dots by your code, let it return its result, and run the cell again."


def _outcome(answer: Answer, case: Case) -> Any:
    """Return what the answer gives, or the error that it raises."""
    given = deepcopy(case)
    try:
        result = answer(*given)
    except NotImplementedError as error:
        raise Nothing from error
    except Nothing:
        raise
    except Exception as error:
        return Refused(error)
    if result is None or result is ...:
        raise Nothing
    if not all(map(_unchanged, case, given)):
        raise Changed(call(answer, case))
    return result


def _unchanged(before: Any, after: Any) -> bool:
    return callable(before) or isinstance(before, str) or before is None or same(before, after, 0.0)


def same(left: Any, right: Any, rtol: float = 1e-6) -> bool:
    """Tell whether two results are the same, be they numbers, tuples, errors or anything else."""
    if isinstance(left, Refused) and isinstance(right, Refused):
        return left.kind == right.kind
    if isinstance(left, tuple | list) and isinstance(right, tuple | list) and _is_nested(left) | _is_nested(right):
        return len(left) == len(right) and all(same(a, b, rtol) for a, b in zip(left, right, strict=True))
    try:
        a, b = _numbers(left), _numbers(right)
    except WrongResult:
        return bool(type(left) is type(right) and repr(left) == repr(right))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=rtol, atol=0, equal_nan=True))


def _is_nested(values: Any) -> bool:
    return any(hasattr(value, "shape") or isinstance(value, tuple | list) for value in values)


def _numbers(result: Any) -> Numbers:
    if isinstance(result, int | float | list | tuple):
        try:
            return np.asarray(result, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise WrongResult(_kind(result)) from error
    if not hasattr(result, "dtype") or not hasattr(result, "shape"):
        raise WrongResult(_kind(result))
    try:
        return as_float64(result.detach() if hasattr(result, "detach") else result)
    except (TypeError, ValueError) as error:
        raise WrongResult(f"an array of {result.dtype}") from error


def _compare(result: Any, wanted: Any, rtol: float, atol: float) -> bool:
    if isinstance(wanted, tuple):
        if not isinstance(result, tuple | list) or len(result) != len(wanted):
            raise WrongResult(f"{shown(result)}, not {len(wanted)} results")
        return all(_compare(part, ours, rtol, atol) for part, ours in zip(result, wanted, strict=True))
    values, right = _numbers(result), _numbers(wanted)
    if values.shape != right.shape:
        raise WrongResult(f"{_shape(values)}, not {_shape(right)}")
    return bool(np.allclose(values, right, rtol=rtol, atol=atol, equal_nan=True))


def _shape(values: Numbers) -> str:
    return "one number" if values.shape == () else f"an array of shape {values.shape}"


def _kind(result: Any) -> str:
    article = "an" if type(result).__name__[0] in "aeiou" else "a"
    return f"{article} {type(result).__name__}, not numbers"


def shown(value: Any) -> str:
    """Return a result or an argument in words: numbers with six digits, long arrays with their first few."""
    if isinstance(value, Refused):
        return str(value)
    if isinstance(value, bool | str):
        return repr(value)
    if isinstance(value, tuple | list) and _is_nested(value):
        return f"({', '.join(map(shown, value))})"
    try:
        numbers = _numbers(value)
    except WrongResult as kind:
        return str(kind)
    if numbers.ndim == 0:
        return f"{float(numbers) + 0:.6g}"
    if numbers.ndim > 1 and numbers.size > 6:
        return _shape(numbers)
    if numbers.ndim > 1:
        return f"[{', '.join(map(shown, numbers))}]"
    some = ", ".join(f"{number + 0:.6g}" for number in numbers[:6])
    return f"[{some}]" if numbers.size <= 6 else f"[{some}, …], {numbers.size} numbers"


def call(answer: Answer, case: Case) -> str:
    """Return a call as one would write it."""
    return f"{_name(answer)}({', '.join(map(_argument, case))})"


def _argument(value: Any) -> str:
    name = str(getattr(value, "dtype", "")).rpartition(".")[2]
    return f"{shown(value)} ({name})" if name in ("float16", "float32", "int64", "bool") else shown(value)


def _name(answer: Answer) -> str:
    name = str(getattr(answer, "__name__", "") or type(answer).__name__)
    return "answer" if name == "<lambda>" else name
