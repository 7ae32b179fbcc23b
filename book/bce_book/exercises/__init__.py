"""Graders for the exercises "Write it yourself", one a chapter.

``exercises.loop(my_loss)`` calls the reader's function and returns a `Grade`: that all is well, or what must hold and
does not, the call that shows it, what came back, and a hint. It never returns the solution.
"""

from __future__ import annotations

from bce_book.exercises.definition import entropy, likelihood, loop, vectorized
from bce_book.exercises.frameworks import conformance, keras, pytorch, softmax
from bce_book.exercises.grading import Grade
from bce_book.exercises.numerics import clipping, fused, gradient, logits
from bce_book.exercises.training import logistic_regression

__all__ = [
    "Grade",
    "clipping",
    "conformance",
    "entropy",
    "fused",
    "gradient",
    "keras",
    "likelihood",
    "logistic_regression",
    "logits",
    "loop",
    "pytorch",
    "softmax",
    "vectorized",
]
