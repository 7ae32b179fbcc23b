"""The grader of the chapter *underflow*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import xlog1py

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_cases(p: float, q: float) -> float:
    total = 0.0
    for truth, belief in ((p, q), (1 - p, 1 - q)):
        if truth > 0:
            difference = p - q if truth is p else q - p
            total += truth * math.log1p(difference / belief)
    return total


def by_where(p: float, q: float) -> Any:
    truth, belief, d = np.array([p, 1 - p]), np.array([q, 1 - q]), np.array([p - q, q - p])
    return np.sum(np.where(truth == 0, 0, truth * np.log1p(d / belief)))


def mirrored(p: float, q: float) -> float:
    first = -p * math.log1p((q - p) / p) if p > 0 else 0.0
    return first - ((1 - p) * math.log1p((p - q) / (1 - p)) if p < 1 else 0.0)


def by_atanh(p: float, q: float) -> float:
    first = 2 * p * math.atanh((p - q) / (p + q)) if p > 0 else 0.0
    return first + (2 * (1 - p) * math.atanh((q - p) / (2 - p - q)) if p < 1 else 0.0)


def by_gauss(p: float, q: float) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(40)
    s = (nodes + 1) / 2
    t = p + s * (q - p)
    return float((q - p) ** 2 * np.sum(s / (t * (1 - t)) * weights / 2))


def by_quad(p: float, q: float) -> float:
    def slope(s: float) -> float:
        t = p + s * (q - p)
        return s / (t * (1 - t)) if s > 0 else 0.0

    return (q - p) ** 2 * quad(slope, 0, 1, epsabs=0, epsrel=1e-13)[0]


def by_many_digits(p: float, q: float) -> float:
    with mpmath.workdps(60):
        a, b = mpmath.mpf(p), mpmath.mpf(q)
        terms = [x * mpmath.log(x / y) for x, y in ((a, b), (1 - a, 1 - b)) if x > 0]
        return float(mpmath.fsum(terms))


def by_decimals(p: float, q: float) -> float:
    with localcontext() as context:
        context.prec = 60
        a, b = Decimal(p), Decimal(q)
        return float(sum(x * (x / y).ln() for x, y in ((a, b), (1 - a, 1 - b)) if x > 0))


RIGHT = {
    "library": lambda p, q: bce.kl_divergence(p, q),
    "cases": by_cases,
    "np.where": by_where,
    "xlog1py": lambda p, q: xlog1py(p, (p - q) / q) + xlog1py(1 - p, (q - p) / (1 - q)),
    "mirrored": mirrored,
    "atanh": by_atanh,
    "Gauss": by_gauss,
    "quad": by_quad,
    "mpmath": by_many_digits,
    "decimal": by_decimals,
    "hard labels apart": lambda p, q: float(bce.cross_entropy(p, q)) if p in (0, 1) else by_cases(p, q),
}


def subtracted(p: float, q: float) -> float:
    return float(bce.cross_entropy(p, q) - bce.entropy(p))


def quotients(p: float, q: float) -> float:
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


def in_arrays(p: float, q: float) -> Any:
    d = np.float64(p - q)
    return p * np.log1p(d / q) + (1 - p) * np.log1p(-d / (1 - q))


def prints(p: float, q: float) -> None:
    print(by_cases(p, q))


WRONG = {
    "subtraction": (subtracted, "subtract two numbers"),
    "subtraction, at least 0": (lambda p, q: max(0.0, subtracted(p, q)), "subtract two numbers"),
    "quotients": (quotients, "round a number near 1"),
    "quotient minus 1": (
        lambda p, q: p * math.log1p(p / q - 1) + (1 - p) * math.log1p((1 - p) / (1 - q) - 1),
        "round a number near 1",
    ),
    "of p from q": (lambda p, q: by_cases(q, p), "what is true gives the weights"),
    "cross-entropy": (lambda p, q: bce.cross_entropy(p, q), "the cross-entropy"),
    "entropy": (lambda p, q: bce.entropy(p), "where is the belief"),
    "one term": (lambda p, q: p * math.log(p / q), "one of two outcomes"),
    "parabola": (lambda p, q: (p - q) ** 2 / (2 * p * (1 - p)), "the parabola"),
    "same sign twice": (
        lambda p, q: p * math.log1p((p - q) / q) + (1 - p) * math.log1p((p - q) / (1 - q)),
        "opposite signs",
    ),
    "difference not divided": (
        lambda p, q: p * math.log1p(p - q) + (1 - p) * math.log1p(q - p),
        "relative to the belief",
    ),
    "over the truth": (
        lambda p, q: p * np.log1p((p - q) / p) + (1 - p) * np.log1p((q - p) / (1 - p)),
        "relative to the belief",
    ),
    "minus": (lambda p, q: -by_cases(p, q), "wrong sign"),
    "bits": (lambda p, q: by_cases(p, q) / math.log(2), "in bits"),
    "base 10": (lambda p, q: by_cases(p, q) / math.log(10), "base 10"),
    "rounded": (lambda p, q: round(by_cases(p, q), 6), "rounded"),
    "NaN at a certain truth": (in_arrays, "0 times an infinite"),
    "error at a certain truth": (
        lambda p, q: p * math.log1p((p - q) / q) + (1 - p) * math.log1p((q - p) / (1 - q)),
        "The logarithm of 0 is an error",
    ),
    "truth clipped": (lambda p, q: by_cases(min(max(p, 1e-7), 1 - 1e-7), q), "away from 0 and 1"),
    "a list": (lambda p, q: [by_cases(p, q)], "another shape"),
    "printed": (prints, "You print the result"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.underflow, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.underflow, answer, hint)
