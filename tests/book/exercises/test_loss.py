"""The graders of parts 1 and 2: what is right passes, and each usual mistake is named."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import bce_lib
from bce_book import exercises
from bce_book.exercises import definition, grading, numerics
from bce_lib import log_likelihood
from bce_lib.loop import binary_cross_entropy as by_loop
from places import ROOT

GRADERS = {name: module for module in (definition, numerics) for name in module.__all__}


def clipped(y, p):
    epsilon = np.finfo(p.dtype).eps
    return bce_lib.binary_cross_entropy(y, np.clip(p, epsilon, 1 - epsilon), reduction="none")


def in_chunks(y, z, chunk):
    total, gradient = 0.0, np.empty_like(z)
    for start in range(0, z.size, chunk):
        part = slice(start, start + chunk)
        total += bce_lib.binary_cross_entropy_with_logits(y[part], z[part], reduction="sum")
        gradient[part] = bce_lib.binary_cross_entropy_gradient(y[part], z[part], reduction="sum")
    return total / z.size, gradient / z.size


RIGHT = {
    "clipping": clipped,
    "fused": in_chunks,
    "likelihood": lambda y, p: float(log_likelihood(y, p)),
    "entropy": lambda p, q: float(bce_lib.entropy.cross_entropy(p, q)),
    "loop": by_loop,
    "vectorized": lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "logits": lambda y, z: np.where(z > 0, 1 - y, y) * np.abs(z) + np.log1p(np.exp(-np.abs(z))),
    "gradient": lambda y, z: bce_lib.binary_cross_entropy_gradient(y, z),
}


@pytest.mark.parametrize("name", sorted(GRADERS))
def test_a_right_answer_passes(name):
    assert getattr(exercises, name)(RIGHT[name]), getattr(exercises, name)(RIGHT[name])


def made_of(name, monkeypatch):
    """Return the checks and the mistakes of a grader."""
    seen = []
    monkeypatch.setattr(GRADERS[name], "grade", lambda *arguments: seen.append(arguments))
    getattr(GRADERS[name], name)(RIGHT[name])
    monkeypatch.undo()
    return seen[0][2:4]


@pytest.mark.parametrize("name", sorted(GRADERS))
def test_each_usual_mistake_fails_and_its_hint_names_it(name, monkeypatch):
    for mistake in made_of(name, monkeypatch)[1]:
        grade = getattr(exercises, name)(mistake.answer)
        assert not grade
        assert grade.hint == mistake.hint, grade
        assert max(map(len, repr(grade).splitlines())) <= 72


def mean_of(terms):
    return lambda *given: np.mean(terms(*map(np.asarray, given)))


def terms(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def capped(y, p):
    return terms(y, np.clip(p, 1e-12, 1 - 1e-12))


def one_sided(y, p):
    return -(y * np.log(np.maximum(p, 1e-15)) + (1 - y) * np.log(np.maximum(1 - p, 1e-15)))


def padded(y, p):
    return -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


def by_probability(z):
    return 1 / (1 + np.exp(-z))


WRONG = {
    "entropy, clip": ("entropy", capped, "clip"),
    "entropy, sign": ("entropy", lambda p, q: -terms(p, q), "wrong sign"),
    "loop, clip": ("loop", mean_of(capped), "clip"),
    "loop, clip below": ("loop", mean_of(one_sided), "clip"),
    "loop, padded": ("loop", mean_of(padded), "small number added"),
    "loop, swapped": ("loop", mean_of(lambda y, p: terms(1 - y, p)), "swapped"),
    "loop, sum": ("loop", lambda y, p: by_loop(y, p) * len(y), "a sum"),
    "loop, minus": ("loop", lambda y, p: -by_loop(y, p), "wrong sign"),
    "loop, sigmoid": ("loop", mean_of(lambda y, p: terms(y, by_probability(p))), "probability already"),
    "vectorized, clip": ("vectorized", mean_of(capped), "clip"),
    "vectorized, clip below": ("vectorized", mean_of(one_sided), "clip"),
    "vectorized, padded": ("vectorized", mean_of(padded), "small number added"),
    "vectorized, swapped": ("vectorized", mean_of(lambda y, p: terms(1 - y, p)), "swapped"),
    "vectorized, sum": ("vectorized", lambda y, p: np.sum(terms(y, p)), "a sum"),
    "vectorized, minus": ("vectorized", mean_of(lambda y, p: -terms(y, p)), "wrong sign"),
    "vectorized, axis": ("vectorized", lambda y, p: np.mean(terms(y, p), axis=0), "one axis"),
    "vectorized, sigmoid": ("vectorized", mean_of(lambda y, p: terms(y, by_probability(p))), "probability already"),
    "logits, clip": ("logits", lambda y, z: capped(y, by_probability(z)), "clip"),
    "logits, sum": ("logits", lambda y, z: np.sum(RIGHT["logits"](y, z)), "one number"),
    "logits, sigmoid twice": ("logits", lambda y, z: RIGHT["logits"](y, by_probability(z)), "twice"),
    "logits, swapped": ("logits", lambda y, z: RIGHT["logits"](1 - y, z), "swapped"),
    "gradient, swapped": ("gradient", lambda y, z: (by_probability(z) - (1 - y)) / len(y), "swapped"),
    "gradient, sum": ("gradient", lambda y, z: by_probability(z) - y, "of the sum"),
    "gradient, sign": ("gradient", lambda y, z: (y - by_probability(z)) / len(y), "wrong sign"),
    "gradient, sigmoid twice": ("gradient", lambda y, z: (by_probability(by_probability(z)) - y) / len(y), "twice"),
    "gradient, no sigmoid": ("gradient", lambda y, z: (z - y) / len(y), "logit is compared"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_as_people_write_it_is_named(mistake):
    name, answer, named = WRONG[mistake]
    with np.errstate(all="ignore"):
        grade = getattr(exercises, name)(answer)
    assert not grade
    assert named in grade.hint, grade


NOTEBOOKS = ROOT / "notebooks"


def solution(name):
    """Return the code of the chapter's own solution."""
    for file in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            code = "".join(cell["source"])
            if f"exercises.{name}(solution)" in code:
                return code.partition("exercises.")[0]
    raise AssertionError(f"no chapter solves {name}")


TELLING = {"log1p", "expm1", "logaddexp", "softplus", "logsigmoid", "np.where", "np.log", "np.exp", "np.mean", "np.sum"}


@pytest.mark.parametrize("name", sorted(GRADERS))
def test_no_message_contains_the_solution(name, monkeypatch):
    checks, mistakes = made_of(name, monkeypatch)
    told = [text for check in checks for text in (check.must, check.hint)] + [mistake.hint for mistake in mistakes]
    code = solution(name)
    lines = {line.strip() for line in code.splitlines()[1:]} - {""}
    calls = set(re.findall(r"[\w.]+\(", code))
    assert lines
    assert calls
    assert [(part, text) for part in lines | calls | TELLING for text in told if part in text] == []


def nothing(*_): ...


def raises(*_):
    return math.log(0)


def text(*_):
    return "0.5"


def changes(y, *_):
    if isinstance(y, float):
        return 1.0
    y[0] = 7
    return 1.0


@pytest.mark.parametrize("name", sorted(GRADERS))
def test_whatever_an_answer_does_is_a_grade(name, monkeypatch):
    monkeypatch.setattr(grading, "TIME_LIMIT", 0.3)

    def hangs(*_):
        while True:
            pass

    grader = getattr(exercises, name)
    assert "nothing here yet" in repr(grader(nothing))
    assert "nothing here yet" in repr(grader(...))
    wanted = "'0.5', not 2 results" if name == "fused" else "a str, not numbers"
    assert wanted in repr(grader(text))
    assert "raises ValueError" in repr(grader(raises))
    assert "nothing within 0.3 s" in repr(grader(hangs))
    assert not grader(3)
    if name != "entropy":  # its arguments are numbers, which nobody can change
        assert "not the same after the call" in repr(grader(changes))


def test_a_pass_over_whole_arrays_is_right_and_yet_not_fused():
    def whole(y, z, _):
        e = np.exp(-np.abs(z))
        losses = np.where(z > 0, 1 - y, y) * np.abs(z) + np.log1p(e)
        slopes = np.where(z >= 0, (1 - y) - y * e, (1 - y) * e - y) / (1 + e)
        return losses.mean(), slopes / z.size

    grade = exercises.fused(whole)
    assert grade.held == grade.checks - 1
    assert "times the memory" in grade.got
