"""The graders of the chapters that derive the loss and write it down: likelihood, entropy, a loop, a line of NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import bce_lib
from bce_book.exercises.common_mistakes import (
    BITS,
    CLOSE,
    FIVE,
    LABELS,
    LOSSES,
    PROBABILITIES,
    SIGN,
    SWAPPED,
    TINY,
    clipped,
    mean,
    terms,
)
from bce_book.exercises.grading import Answer, Grade, Mistake, grade, holds

__all__ = ["entropy", "likelihood", "loop", "vectorized"]


def likelihood(answer: Answer) -> Grade:
    """Grade a log-likelihood: that of all labels together, in nats, and of 2,000 labels too.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two lists as long as each other, labels 0 or 1 and the probabilities of label 1:
        one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import math
    >>> def product(y_true, y_prob):
    ...     return math.log(math.prod(p if y == 1 else 1 - p for y, p in zip(y_true, y_prob)))
    >>> exercises.likelihood(product)
    ✗ likelihood: 2 of 3 checks passed
      must hold: 2,000 labels are no trouble.
      tried:     product([1, 0, 1, 1, 0, 1, …], 2000 numbers, [0.9, 0.2,
                 0.6, 0.3, 0.5, 0.9, …], 2000 numbers)
      got:       raises ValueError: math domain error
      hint:      The product underflows to 0 before the logarithm is taken.
    """

    def total(y: Any, p: Any) -> float:
        return float(np.sum(terms(y, p)))

    def product(y: Any, p: Any) -> float:
        likelihood = math.prod(q if label == 1 else 1 - q for label, q in zip(y, p, strict=True))
        return math.log(likelihood) if likelihood else -math.inf

    mistakes = (
        Mistake(lambda y, p: -total(y, p), "The sign: a probability is at most 1, and its logarithm at most 0."),
        Mistake(lambda y, p: total(y, p) / len(y), "Your values are those of a mean, not of a sum."),
        Mistake(lambda y, p: total(1 - np.asarray(y), p), SWAPPED),
        Mistake(lambda y, p: total(y, p) / math.log(2), BITS),
        Mistake(lambda y, p: math.exp(total(y, p)), "This is the likelihood itself: its logarithm is wanted."),
        Mistake(product, "The product underflows to 0 before the logarithm is taken."),
        Mistake(
            lambda y, p: math.log(math.prod(q if a else 1 - q for a, q in zip(y, p, strict=True))),
            "The product underflows to 0 before the logarithm is taken.",
        ),
    )
    return grade(
        "likelihood",
        answer,
        [
            holds(
                "The logarithm of the probability of one label.",
                "Which probability did the model give to this label?",
                ([1], [0.8]),
                ([0], [0.8]),
                expected=total,
                rtol=CLOSE,
            ),
            holds(
                "Independent labels, all together.",
                "What becomes of a product when its logarithm is taken?",
                (LABELS, PROBABILITIES),
                expected=total,
                rtol=CLOSE,
            ),
            holds(
                "2,000 labels are no trouble.",
                "How small is the product by then?",
                (LABELS * 400, PROBABILITIES * 400),
                expected=total,
                rtol=1e-9,
            ),
        ],
        mistakes,
    )


def entropy(answer: Answer) -> Grade:
    """Grade a cross-entropy in nats, certainties included.

    Parameters
    ----------
    answer : callable
        ``answer(p, q)``, of two numbers from 0 to 1, the true probability and the believed one: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.entropy(lambda p, q: p * np.log(q) + (1 - p) * np.log(1 - q))
    ✗ entropy: 0 of 3 checks passed
      must hold: The expected surprise of who believes q where p is true.
      tried:     answer(0.7, 0.4)
      got:       -0.794651
      hint:      Your values have the wrong sign: a loss is never negative.
    """

    def right(p: float, q: float) -> float:
        return float(bce_lib.cross_entropy(p, q))

    def naive(p: float, q: float) -> float:
        return float(-(p * np.log(q) + (1 - p) * np.log(1 - q)))

    mistakes = (
        Mistake(lambda p, q: -naive(p, q), SIGN),
        Mistake(lambda p, q: right(q, p), "The two are swapped: what is true gives the weights, not the surprises."),
        Mistake(lambda p, q: right(p, q) / math.log(2), BITS),
        Mistake(lambda p, q: float(bce_lib.kl_divergence(p, q)), "This is the divergence: the entropy is missing."),
        Mistake(lambda p, q: float(bce_lib.entropy(p)), "This is the entropy of what is true; where is the belief?"),
        Mistake(lambda p, q: -p * np.log(q), "Only one of two outcomes counts in yours."),
        *clipped(naive),
        Mistake(naive, "0 times an infinite surprise is NaN to a computer: what never happens surprises nobody."),
        Mistake(
            lambda p, q: -(p * math.log(q) + (1 - p) * math.log(1 - q)),
            "The logarithm of 0 is an error: what never happens surprises nobody.",
        ),
    )
    return grade(
        "entropy",
        answer,
        [
            holds(
                "The expected surprise of who believes q where p is true.",
                "How surprising is each of the outcomes, and how often does it come?",
                (0.7, 0.4),
                (0.2, 0.9),
                (0.5, TINY),
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "Where belief and truth agree, the entropy.",
                "Nothing special should be needed here.",
                (0.3, 0.3),
                (0.5, 0.5),
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "A certainty that is right surprises by 0.",
                "What does an outcome add that never happens?",
                (1.0, 1.0),
                (0.0, 0.0),
                (1.0, 0.5),
                expected=right,
                rtol=CLOSE,
            ),
        ],
        mistakes,
    )


def loop(answer: Answer) -> Grade:
    """Grade a loss written as a loop: the mean surprise, in nats.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two lists as long as each other, labels 0 or 1 and the probabilities of label 1:
        one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> def my_loss(y_true, y_prob):
    ...     ...  # your code here
    >>> exercises.loop(my_loss)
    – loop: nothing here yet
      Replace the three dots by your code, let it return its result, and run
      the cell again.
    """
    certain = Mistake(
        lambda y, p: -sum(a * math.log(q) + (1 - a) * math.log(1 - q) for a, q in zip(y, p, strict=True)) / len(y),
        "You take both logarithms, and one of them is of 0: take only the one that the label asks for.",
    )
    return grade(
        "loop",
        answer,
        [
            holds(
                "The surprise at one label.",
                "Which probability did the model give to what happened?",
                ([1], [0.8]),
                ([0], [0.8]),
                ([1], [TINY]),
                expected=mean,
                rtol=CLOSE,
            ),
            holds(
                "Of several labels, the mean.",
                "What do you divide by, and when?",
                (LABELS, PROBABILITIES),
                expected=mean,
                rtol=CLOSE,
            ),
            holds(
                "A certain prediction that is right costs nothing.",
                "Which logarithm is needed for this label?",
                ([1, 0], [1.0, 0.0]),
                expected=mean,
                rtol=CLOSE,
            ),
        ],
        (*LOSSES, certain),
    )


def vectorized(answer: Answer) -> Grade:
    """Grade the loss as a line of NumPy: the mean over all terms, in nats.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two arrays of one shape, whatever it is, labels from 0 to 1 and probabilities
        strictly between 0 and 1: one number.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.vectorized(lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y))
    ✗ vectorized: 1 of 3 checks passed
      must hold: Of a matrix, the mean over all of its terms.
      tried:     answer([[1, 0], [1, 1]], [[0.9, 0.2], [0.6, 0.3]])
      got:       1.02165
      hint:      len counts rows, not terms.
    """
    matrix = FIVE[0][:4].reshape(2, 2), FIVE[1][:4].reshape(2, 2)
    mistakes = (
        *LOSSES,
        Mistake(lambda y, p: -np.sum(terms(y, p)) / len(y), "len counts rows, not terms."),
        Mistake(lambda y, p: -np.mean(terms(y, p), axis=0), "The mean goes along one axis only."),
        Mistake(lambda y, p: -np.mean(terms(y, p), axis=-1), "The mean goes along one axis only."),
    )
    return grade(
        "vectorized",
        answer,
        [
            holds(
                "Of several labels, the mean.",
                "Does each label choose its own logarithm?",
                FIVE,
                (np.array([1.0, 0.0]), np.array([TINY, 0.5])),
                expected=mean,
                rtol=CLOSE,
            ),
            holds(
                "Of a matrix, the mean over all of its terms.",
                "How many terms are there?",
                matrix,
                expected=mean,
                rtol=CLOSE,
            ),
            holds(
                "Soft labels count with their share.",
                "What does a label of 0.3 ask for?",
                (np.array([0.3, 0.7]), np.array([0.4, 0.9])),
                expected=mean,
                rtol=CLOSE,
            ),
        ],
        mistakes,
    )
