"""Graders for the exercises "Write it yourself", one per chapter.

``exercises.loop(my_loss)`` calls the reader's function and returns a `Grade`: that all is well, or what must hold and
does not, the call that shows it, what came back, and a hint. It never returns the solution.

The grader of a chapter is the function with the chapter's stem in the module of that name after an underscore, ``loop``
in ``_loop.py``. It is imported when it is asked for, so no chapter waits for the framework of another, and a new grader
is a new file and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from bce_book.exercises.grading import Grade
from bce_book.exercises.results import Answer

STEMS = [module.name[1:] for module in iter_modules(__path__) if module.name.startswith("_")]
"""The chapters that have a grader."""

__all__ = ["Grade", *STEMS]


def __getattr__(name: str) -> Callable[[Answer], Grade]:
    if name not in STEMS:
        raise AttributeError(f"no exercise of a chapter {name!r} is graded; there are {', '.join(STEMS)}")
    grader: Callable[[Answer], Grade] = getattr(import_module(f"{__name__}._{name}"), name)
    return grader


def __dir__() -> list[str]:
    return [*globals(), *STEMS]
