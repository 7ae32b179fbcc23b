"""The graders of the exercises, found by their files, and what a test of any of them needs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from bce_book.exercises.grading import Grade
from bce_book.exercises.results import Answer
from places import ROOT, notebook_of

Grader = Callable[[Answer], Grade]

STEMS = sorted(path.stem[1:] for path in (ROOT / "book" / "bce_book" / "exercises").glob("_[!_]*.py"))
WIDTH = 72
"""Characters that fit below a cell."""


def module_of(stem: str) -> ModuleType:
    """Return the module of a grader."""
    return import_module(f"bce_book.exercises._{stem}")


def messages(stem: str) -> list[str]:
    """Return every text of a grader's own that a reader may see."""
    module = module_of(stem)
    texts = [text for required in module.REQUIREMENTS for text in (required.statement, required.hint)]
    return [*texts, *(mistake.hint for mistake in module.MISTAKES)]


def solution(stem: str) -> str:
    """Return the code of the chapter's own solution: the function that its last graded cell passes to the grader."""
    cells = json.loads(notebook_of(stem).read_text(encoding="utf-8"))["cells"]
    codes = ["".join(cell["source"]) for cell in cells if "exercise" not in cell["metadata"].get("tags", [])]
    passed = [call[1] for code in codes if (call := re.search(rf"^exercises\.{stem}\((\w+)\)", code, re.MULTILINE))]
    assert passed, f"no cell of the chapter {stem} grades a solution"
    definition = rf"^def {passed[-1]}\(.*(?:\n(?:    .*)?)+"
    return [found[0] for code in codes if (found := re.search(definition, code, re.MULTILINE))][-1]


def assert_passes(grader: Grader, answer: Answer) -> None:
    """Assert that an answer meets every requirement."""
    grade = grader(answer)
    assert grade.passed, grade
    assert grade.met == grade.total > 0


def assert_fails(grader: Grader, answer: Answer, hint: str) -> None:
    """Assert that an answer fails with a hint that contains these words, in a grade that shows why."""
    grade = grader(answer)
    assert not grade.passed
    assert hint in grade.hint, grade
    assert grade.requirement
    assert grade.got
    assert max(map(len, repr(grade).splitlines())) <= WIDTH


def naive_sigmoid(z: Any) -> Any:
    """Return probabilities by the formula of the books."""
    return 1 / (1 + np.exp(-z))


def naive_losses(y: Any, p: Any) -> Any:
    """Return the losses of probabilities by the formula of the books."""
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def clipped_losses(y: Any, p: Any) -> Any:
    """Return the losses of probabilities that are kept away from 0 and 1."""
    return naive_losses(y, np.clip(p, 1e-12, 1 - 1e-12))


def losses_clipped_below(y: Any, p: Any) -> Any:
    """Return the losses where each logarithm's argument is kept away from 0."""
    return -(y * np.log(np.maximum(p, 1e-15)) + (1 - y) * np.log(np.maximum(1 - p, 1e-15)))


def padded_losses(y: Any, p: Any) -> Any:
    """Return the losses where a small number is added to each logarithm's argument."""
    return -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


def mean_of(losses: Answer) -> Answer:
    """Return the mean of what a function of arrays gives, as a function of lists or arrays."""
    return lambda *given: np.mean(losses(*map(np.asarray, given)))
