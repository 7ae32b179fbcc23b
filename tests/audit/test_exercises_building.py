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

RIGHT = {
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


def changes(y, p):
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
    assert "a str, not numbers" in repr(grader(text))
    assert "raises ValueError" in repr(grader(raises))
    assert "nothing within 0.3 s" in repr(grader(hangs))
    assert not grader(3)
    if name != "entropy":  # its arguments are numbers, which nobody can change
        assert "not the same after the call" in repr(grader(changes))
