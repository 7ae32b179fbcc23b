"""The grader of the chapter *derivatives*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bce_book import exercises
from bce_book.exercises._derivatives import FUNCTIONS
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes

Function = Callable[[Any], Any]


def complex_step(f: Function, z: Any, h: float = 1e-20) -> Any:
    return f(z + 1j * h).imag / h


def by_loop(f: Function, z: Any) -> Any:
    if np.ndim(z) == 0:
        return complex_step(f, z)
    return [complex_step(f, number) for number in z]


def of_the_complex_type(f: Function, z: Any) -> Any:
    step = np.zeros(np.shape(z), dtype=complex)
    step.imag = 1e-40
    return np.imag(f(np.asarray(z) + step)) / 1e-40


def with_a_default(f: Function, z: Any, h: float = 1e-25) -> Any:
    return np.imag(f(np.array(z, dtype=np.complex128) + complex(0, h))) / h


def both_ways(f: Function, z: Any) -> Any:
    h = 1e-25
    return (f(z + 1j * h) - f(z - 1j * h)).imag / (2 * h)


def one_sided(f: Function, z: Any, h: float) -> Any:
    return (f(z + h) - f(z)) / h


def central(f: Function, z: Any, h: float) -> Any:
    return (f(z + h) - f(z - h)) / (2 * h)


def fourth_order(f: Function, z: Any) -> Any:
    h = 1e-3
    near, far = f(z + h) - f(z - h), f(z + 2 * h) - f(z - 2 * h)
    return (8 * near - far) / (12 * h)


RIGHT = {
    "complex step": complex_step,
    "np.imag": lambda f, z: np.imag(f(z + 1e-30j)) / 1e-30,
    "a tiny step": lambda f, z: complex_step(f, z, 1e-200),
    "the largest step that will do": lambda f, z: complex_step(f, z, 1e-16),
    "a loop that returns a list": by_loop,
    "an array of complex numbers": of_the_complex_type,
    "complex()": with_a_default,
    "to both sides": both_ways,
    "divided by i": lambda f, z: (f(z + 1e-20j) / 1e-20j).real,
    "the other way": lambda f, z: -f(z - 1e-20j).imag / 1e-20,
    "a step that grows with z": lambda f, z: np.imag(f(z + 1j * 1e-20 * (1 + np.abs(z)))) / (1e-20 * (1 + np.abs(z))),
}

WRONG = {
    "one-sided, coarse": (lambda f, z: one_sided(f, z, 1e-3), "rest of the series"),
    "backwards, coarse": (lambda f, z: one_sided(f, z, -1e-4), "rest of the series"),
    "central, coarse": (lambda f, z: central(f, z, 0.1), "rest of the series"),
    "complex, coarse": (lambda f, z: complex_step(f, z, 0.01), "rest of the series"),
    "one-sided": (lambda f, z: one_sided(f, z, 1e-8), "loses digits"),
    "central": (lambda f, z: central(f, z, 1e-5), "loses digits"),
    "fourth order": (fourth_order, "loses digits"),
    "step lost": (lambda f, z: one_sided(f, z, 1e-17), "lost beside z"),
    "half of the slope": (lambda f, z: central(f, z, 1e-5) / 2, "Half of the slope"),
    "divided by h for 2 h": (lambda f, z: 2 * central(f, z, 1e-6), "Twice too large"),
    "not divided": (lambda f, z: f(z + 1e-20j).imag, "shrinks with the step"),
    "difference not divided": (lambda f, z: f(z + 1e-3) - f(z), "shrinks with the step"),
    "real part": (lambda f, z: f(z + 1e-10j).real / 1e-10, "one part of the complex number"),
    "complex result": (lambda f, z: f(z + 1e-20j) / 1e-20, "one part of the complex number"),
    "wrong sign": (lambda f, z: f(z - 1e-20j).imag / 1e-20, "wrong sign"),
    "size": (lambda f, z: np.abs(complex_step(f, z)), "sign of the slope is lost"),
    "value": (lambda f, z: f(z), "value of the function"),
    "one loss only": (lambda f, z: 1 / (1 + np.exp(-z)) - 1, "slope of one loss"),
    "rounded": (lambda f, z: np.round(complex_step(f, z), 4), "rounded"),
    "mean": (lambda f, z: np.mean(complex_step(f, z)), "one number"),
    "first number": (lambda f, z: complex_step(f, np.ravel(z)[0]), "another shape"),
    "numbers only": (lambda f, z: complex_step(f, complex(z)), "each number of an array"),
    "a share of z": (lambda f, z: np.imag(f(z * (1 + 1e-20j))) / (1e-20 * z), "nothing where z is 0"),
    "too large beside z": (lambda f, z: complex_step(f, z, 1e-8), "step beside z"),
    "swapped arguments": (lambda z, f: f(z + 1e-20j).imag / 1e-20, "small step"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.derivatives, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.derivatives, answer, hint)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_derivatives_are_those_of_the_functions(name: str) -> None:
    function, slope = FUNCTIONS[name]
    z = np.array([1e-9, 0.5, 1.0, 3.0])
    np.testing.assert_allclose(slope(z), complex_step(function, z), rtol=1e-14)
    assert cmath.isfinite(complex(function(0.5 + 1e-20j)))
