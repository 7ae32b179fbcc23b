"""The grader of the chapter *distributed*: the loss that a process hands over, so that the average is the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer, Numbers
from bce_lib import binary_cross_entropy_with_logits, sigmoid


def distributed(answer: Answer) -> Grade:
    """Grade the loss of a shard: averaged over all processes, it is the mean loss of all examples.

    Parameters
    ----------
    answer : callable
        ``answer(y, z, n, W)``: one number, of the arrays of labels, which may be soft, and logits of this process, the
        number of examples in all processes, and the number of processes. A process may have no examples.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> from bce_lib import binary_cross_entropy_with_logits
    >>> def own_mean(y, z, n, W):
    ...     return binary_cross_entropy_with_logits(y, z)
    >>> exercises.distributed(own_mean)
    ✗ distributed: 2 of 6 checks passed
      must hold: With unequal shards, the average of all processes is the
                 mean of all examples.
      tried:     own_mean([1, 0, 1, 1, 0], [2, -1.5, 0.5, -0.75, 0.25], 8,
                 2)
      got:       0.553046
      hint:      This is the mean of this process: a small shard has as much
                 say as a large one.
    """
    return grade_answer("distributed", answer, REQUIREMENTS, MISTAKES)


def _total(y: Numbers, z: Numbers) -> float:
    return float(binary_cross_entropy_with_logits(y, z, reduction="sum"))


def _mean(y: Numbers, z: Numbers) -> float:
    return _total(y, z) / len(y) if len(y) else 0.0


def _handed_over(y: Numbers, z: Numbers, n: int, W: int) -> float:
    return _total(y, z) * W / n


def _shard(labels: list[float], logits: list[float]) -> tuple[Numbers, Numbers]:
    return np.array(labels), np.array(logits)


_FIVE = _shard([1.0, 0.0, 1.0, 1.0, 0.0], [2.0, -1.5, 0.5, -0.75, 0.25])
_THREE = _shard([0.0, 1.0, 1.0], [1.25, -0.5, 3.0])

REQUIREMENTS = (
    agreement(
        "A process that is alone hands over the mean of its losses.",
        "What is the loss of each example, and what is their mean?",
        (*_FIVE, 5, 1),
        (*_THREE, 3, 1),
        expected=_handed_over,
        rtol=1e-9,
    ),
    agreement(
        "With equal shards, each process hands over the mean of its own losses.",
        "DDP adds up the results of all processes, and by what does it divide?",
        (*_FIVE, 10, 2),
        (*_THREE, 12, 4),
        expected=_handed_over,
        rtol=1e-9,
    ),
    agreement(
        "With unequal shards, the average of all processes is the mean of all examples.",
        "With which factor does each example enter the mean of all, and which of the factors does DDP supply?",
        (*_FIVE, 8, 2),
        (*_THREE, 8, 2),
        (*_THREE, 100, 7),
        expected=_handed_over,
        rtol=1e-9,
    ),
    agreement(
        "Labels may be soft.",
        "Where do you ask whether a label is 1? Both terms of the loss count, each with its share.",
        (*_shard([0.3, 0.9, 0.5], [2.0, -1.0, 0.75]), 8, 2),
        expected=_handed_over,
        rtol=1e-9,
    ),
    agreement(
        "Logits may be large.",
        "Does a probability round to 0 or 1 on the way, or an exponential overflow?",
        (*_shard([0.0, 1.0, 1.0], [800.0, -800.0, 40.0]), 8, 2),
        expected=_handed_over,
        rtol=1e-9,
    ),
    agreement(
        "A process without examples hands over 0.",
        "What is the mean of no losses? Their sum is known.",
        (*_shard([], []), 8, 2),
        expected=_handed_over,
        rtol=1e-9,
    ),
)


def _from_probabilities(y: Numbers, z: Numbers, n: int, W: int) -> float:
    p = sigmoid(z)
    with np.errstate(all="ignore"):
        return float(-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) * W / n)


def _each(y: Numbers, z: Numbers) -> Any:
    return binary_cross_entropy_with_logits(y, z, reduction="none")


MISTAKES = (
    Mistake(
        lambda y, z, n, W: _mean(y, z),
        "This is the mean of this process: a small shard has as much say as a large one.",
    ),
    Mistake(lambda y, z, n, W: _total(y, z), "This is the sum of the losses: nothing divides it by all examples."),
    Mistake(lambda y, z, n, W: _total(y, z) / n, "DDP divides by the number of processes as well: make up for that."),
    Mistake(
        lambda y, z, n, W: _total(y, z) / (n * W),
        "You divide by the number of processes, and DDP does so again: make up for it instead.",
    ),
    Mistake(
        lambda y, z, n, W: _total(y, z) * n / W, "Your factor is upside down: what grows if there are more examples?"
    ),
    Mistake(
        lambda y, z, n, W: _mean(y, z) * n / (W * len(y)) if len(y) else 0.0,
        "Your factor is upside down: the process with more examples must have more say.",
    ),
    Mistake(
        lambda y, z, n, W: _mean(y, z) * W / n,
        "You divide twice: the mean was divided by the examples of this process already.",
    ),
    Mistake(lambda y, z, n, W: -_handed_over(y, z, n, W), "The minus sign: a loss is never negative."),
    Mistake(
        lambda y, z, n, W: _each(y, z) * W / n, "You return a number per example: one for the whole shard is wanted."
    ),
    Mistake(
        lambda y, z, n, W: _handed_over(1 - y, z, n, W), "The labels are swapped: label 1 has the loss of label 0."
    ),
    Mistake(
        _from_probabilities,
        "A probability has rounded to 0 or 1 before its logarithm is taken: start from the logits.",
    ),
)
