"""A check: a name, a reason, and a measurement that passes, fails, or does not apply."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bce_lib._extras import require
from bce_lib.accuracy import error_in_ulp
from bce_lib.audit._chapters import CHAPTERS
from bce_lib.audit._frameworks import load
from bce_lib.audit._inputs import Exact, Numbers, Takes
from bce_lib.audit._report import Finding, Status
from bce_lib.audit._subject import (
    ORDERS,
    Loss,
    NotApplicable,
    Order,
    Refused,
    Subject,
    TimeUp,
    WrongResult,
    run_with_limit,
)

LIMIT = 10.0
"""How many ulp a loss or gradient may be off: one decimal digit. A formula that loses none needs three or four, most of
which are its library's own exp and log1p."""

TIME_LIMIT = 10.0
"""Seconds a check."""


class Outcome(NamedTuple):
    """What a check measured: whether that is right, the figure in words, the input that shows it, and the figure."""

    passed: bool
    measured: str
    input: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Check:
    """One question to a loss.

    Call it to ask: ``check(loss, framework="torch")`` takes the keywords of :func:`bce_lib.audit.audit` and returns a
    `Finding`.

    Attributes
    ----------
    name : str
        Short, and the name of a pytest parameter: ``str(check)``.
    title : str
        What it looks at, in a line.
    why : str
        Why that matters, in a sentence.
    chapter : str
        Where the book explains it, as a path in the repository.
    """

    name: str
    title: str
    why: str
    chapter: str
    _measure: Callable[[Subject], Outcome]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def __call__(
        self,
        loss: Loss,
        *,
        takes: Takes = "logits",
        order: Order = "y_true, prediction",
        framework: str = "numpy",
        gradient: Loss | None = None,
        time_limit: float = TIME_LIMIT,
    ) -> Finding:
        """Put the loss through this check alone."""
        return self.examine(subject_of(loss, takes, order, framework, gradient), time_limit)

    def examine(self, subject: Subject, time_limit: float) -> Finding:
        """Put a loss through this check; whatever it does becomes a finding."""
        subject.printed = io.StringIO()
        try:
            with (
                redirect_stdout(subject.printed),
                redirect_stderr(subject.printed),
                warnings.catch_warnings(record=True) as subject.warned,
            ):
                warnings.simplefilter("always")
                outcome = run_with_limit(time_limit, partial(self._measure, subject))
        except NotApplicable as reason:
            return self._finding("not applicable", Outcome(True, str(reason)))
        except TimeUp:
            return self._finding("fail", Outcome(False, f"does not return within {time_limit:g} s"))
        except (Refused, WrongResult) as error:
            return self._finding("fail", Outcome(False, str(error)))
        except Exception as error:  # of a result such as no check has thought of: that is a finding too
            return self._finding("fail", Outcome(False, f"its result cannot be compared: {error}"))
        return self._finding("pass" if outcome.passed else "fail", outcome)

    def not_run(self, reason: str) -> Finding:
        """Return the finding of a check that could not be asked."""
        return self._finding("not applicable", Outcome(True, reason))

    def _finding(self, status: Status, outcome: Outcome) -> Finding:
        return Finding(self.name, status, outcome.measured, outcome.input, self.why, self.chapter, outcome.value)


def check(name: str, *, title: str, why: str, chapter: str) -> Callable[[Callable[[Subject], Outcome]], Check]:
    """Make a check of a function that measures; `chapter` is the stem of the chapter that explains it."""
    return partial(Check, name, title, why, f"notebooks/{CHAPTERS[chapter]}.ipynb")


def subject_of(loss: Loss, takes: str, order: str, framework: str, gradient: Loss | None) -> Subject:
    """Check the keywords of an audit and return the loss as its checks want it.

    Raises
    ------
    TypeError
        If the loss or the gradient cannot be called.
    ValueError
        If a keyword is unknown.
    ModuleNotFoundError
        If the framework, or mpmath, is not installed.
    """
    require("mpmath", "bce_lib.audit")  # for the references
    for name, function in (("loss", loss), ("gradient", gradient)):
        if function is not None and not callable(function):
            raise TypeError(f"{name} is a {type(function).__name__}, which cannot be called: pass a function")
    if takes not in ("logits", "probabilities"):
        raise ValueError(f"takes={takes!r} is unknown: use 'logits' or 'probabilities'")
    normalised = ", ".join(part.strip() for part in order.split(","))
    if normalised not in ORDERS:
        raise ValueError(f"order={order!r} is unknown: use {ORDERS[0]!r} or {ORDERS[1]!r}")
    return Subject(loss, takes, normalised, load(framework), gradient)  # type: ignore[arg-type]


def ulp(error: float) -> str:
    """Return an error in ulp in words."""
    if np.isinf(error):
        return "infinitely far off"
    return f"{error:.2g} ulp" if error < 100 else f"{error:.1e} ulp"


def place(y: float, prediction: float, dtype: str = "") -> str:
    """Return an input in words."""
    return f"y_true={y:g}, prediction={prediction:.9g}" + (f" ({dtype})" if dtype else "")


def worst(
    y: Numbers, predictions: Numbers, computed: Numbers, exact: Exact, dtype: str, limit: float = LIMIT
) -> Outcome:
    """Return the largest error in ulp of the dtype, and where it is."""
    errors = error_in_ulp(computed, exact, dtype)
    at = int(np.argmax(errors))
    measured = f"largest error {ulp(errors[at])}"
    if errors[at] > limit:
        measured += f": {computed[at] + 0:.7g} for {float(exact[at]):.7g}"
    return Outcome(bool(errors[at] <= limit), measured, place(y[at], predictions[at], dtype), float(errors[at]))


def agrees(computed: Any, expected: Any, dtype: str = "float32") -> bool:
    """Tell whether numbers are the same but for the last decimal digit of the dtype."""
    left, right = np.asarray(computed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    epsilon = LIMIT * {"float32": 2.0**-23, "float64": 2.0**-52}[dtype]
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=epsilon, atol=0, equal_nan=True))
