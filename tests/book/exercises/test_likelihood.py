"""The grader of the chapter *likelihood*: what is right passes, and a mistake as people write it is named."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.special import xlog1py, xlogy
from scipy.stats import bernoulli

import bce_lib as bce
from bce_book import exercises
from bce_book.exercises.results import Answer
from graders import assert_fails, assert_passes


def by_loop(y: Any, p: Any) -> float:
    return math.fsum(math.log(q if label == 1 else 1 - q) for label, q in zip(y, p, strict=True))


def likelihood(y: Any, p: Any) -> float:
    result = 1.0
    for label, q in zip(y, p, strict=True):
        result *= q if label == 1 else 1 - q
    return result


def by_exponent(y: Any, p: Any) -> float:
    mantissa, exponent = 1.0, 0
    for label, q in zip(y, p, strict=True):
        mantissa, shift = math.frexp(mantissa * (q if label == 1 else 1 - q))
        exponent += shift
    return math.log(mantissa) + exponent * math.log(2)


def by_fractions(y: Any, p: Any) -> float:
    exact = math.prod(Fraction(q) if label == 1 else 1 - Fraction(q) for label, q in zip(y, p, strict=True))
    return math.log(exact.numerator) - math.log(exact.denominator)


def by_both_terms(y: Any, p: Any) -> float:
    total = 0.0
    for label, q in zip(y, p, strict=True):
        total += label * math.log(q) + (1 - label) * math.log(1 - q)
    return total


def by_arrays(y: Any, p: Any) -> Any:
    y, p = np.array(y), np.array(p)
    return np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


def prints(y: Any, p: Any) -> None:
    print(by_loop(y, p))


RIGHT = {
    "library": lambda y, p: float(bce.log_likelihood(y, p)),
    "loop": by_loop,
    "both terms": by_both_terms,
    "np.where": lambda y, p: np.log(np.where(np.array(y) == 1, p, 1 - np.array(p))).sum(),
    "NumPy": by_arrays,
    "power": lambda y, p: sum(math.log(q**a * (1 - q) ** (1 - a)) for a, q in zip(y, p, strict=True)),
    "SciPy": lambda y, p: bernoulli.logpmf(y, p).sum(),
    "xlogy": lambda y, p: np.sum(xlogy(y, p) + xlog1py(1 - np.array(y), -np.array(p))),
    "product with an exponent": by_exponent,
    "fractions": by_fractions,
    "from the loss": lambda y, p: -len(y) * float(bce.binary_cross_entropy(y, p)),
    "an array of no dimension": lambda y, p: np.array(by_loop(y, p)),
}

WRONG = {
    "minus": (lambda y, p: -by_loop(y, p), "at most 0"),
    "mean": (lambda y, p: by_loop(y, p) / len(y), "a mean"),
    "loss": (lambda y, p: -by_arrays(y, p) / len(y), "at most 0"),  # of one label: the sign alone
    "swapped": (lambda y, p: by_loop(1 - np.array(y), p), "swapped"),
    "arguments swapped": (lambda p, y: by_arrays(y, p), "in the other order"),
    "bits": (lambda y, p: by_loop(y, p) / math.log(2), "in bits"),
    "base 10": (lambda y, p: sum(math.log10(q if a else 1 - q) for a, q in zip(y, p, strict=True)), "base 10"),
    "rounded": (lambda y, p: round(by_loop(y, p), 4), "rounded"),
    "no logarithm": (likelihood, "the likelihood itself"),
    "logarithm of a product": (lambda y, p: math.log(likelihood(y, p)), "underflows"),
    "logarithm of a product, by NumPy": (lambda y, p: np.log(likelihood(y, p)), "underflows"),
    "logarithm of a padded product": (lambda y, p: math.log(likelihood(y, p) + 1e-300), "How small is the product"),
    "logarithm of a sum": (
        lambda y, p: math.log(sum(q if a else 1 - q for a, q in zip(y, p, strict=True))),
        "A logarithm of a sum",
    ),
    "the labels of 1 alone": (lambda y, p: float(np.sum(y * np.log(p))), "Only the labels of 1"),
    "labels unseen": (lambda y, p: sum(map(math.log, p)), "never look at the label"),
    "not summed": (lambda y, p: [by_loop([a], [q]) for a, q in zip(y, p, strict=True)], "for each label"),
    "lists as arrays": (lambda y, p: np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)), "given lists"),
    "printed": (prints, "You print the result"),
    "sigmoid": (lambda y, p: by_arrays(y, 1 / (1 + np.exp(-np.array(p)))), "probability already"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes(answer: Answer) -> None:
    assert_passes(exercises.likelihood, answer)


@pytest.mark.parametrize(("answer", "hint"), WRONG.values(), ids=WRONG)
def test_a_mistake_as_people_write_it_is_named(answer: Answer, hint: str) -> None:
    assert_fails(exercises.likelihood, answer, hint)
