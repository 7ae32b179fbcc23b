"""The graders of parts 1 and 2: what is right passes, and each usual mistake is named."""

from __future__ import annotations

import math

import numpy as np
import pytest

import bce_lib
from bce_lib.audit import exercises
from bce_lib.audit.exercises import building, grading
from bce_lib.likelihood import log_likelihood
from bce_lib.loop import binary_cross_entropy as by_loop


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


@pytest.mark.parametrize("name", building.__all__)
def test_a_right_answer_passes(name):
    assert getattr(exercises, name)(RIGHT[name]), getattr(exercises, name)(RIGHT[name])


def mistakes(name, monkeypatch):
    seen = []
    monkeypatch.setattr(building, "grade", lambda *arguments: seen.append(arguments))
    getattr(building, name)(RIGHT[name])
    monkeypatch.undo()
    return seen[0][3]


@pytest.mark.parametrize("name", building.__all__)
def test_each_usual_mistake_fails_and_its_hint_names_it(name, monkeypatch):
    for mistake in mistakes(name, monkeypatch):
        grade = getattr(exercises, name)(mistake.answer)
        assert not grade
        assert grade.hint == mistake.hint, grade
        assert max(map(len, repr(grade).splitlines())) <= 72


def nothing(*_):
    ...


def raises(*_):
    return math.log(0)


def text(*_):
    return "0.5"


def changes(y, *_):
    if isinstance(y, float):
        return 1.0
    y[0] = 7
    return 1.0


@pytest.mark.parametrize("name", building.__all__)
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
