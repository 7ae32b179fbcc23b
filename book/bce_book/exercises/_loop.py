"""The grader of the chapter *loop*: the loss as a loop over two lists."""

from __future__ import annotations

import math

from bce_book.exercises.cases import CLOSE, LABELS, PROBABILITIES, TINY, mean_loss
from bce_book.exercises.common_mistakes import LOSS_MISTAKES
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer


def loop(answer: Answer) -> Grade:
    """Grade a loss written as a loop: the mean surprise, in nats.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two lists of the same length, labels 0 or 1 and the probabilities of label 1: one
        number.

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
      Replace the three dots with your code, let it return its result, and
      run the cell again.
    """
    return grade_answer("loop", answer, REQUIREMENTS, MISTAKES)


REQUIREMENTS = (
    agreement(
        "The surprise at one label.",
        "Which probability did the model give to what happened?",
        ([1], [0.8]),
        ([0], [0.8]),
        ([1], [TINY]),
        expected=mean_loss,
        rtol=CLOSE,
    ),
    agreement(
        "Of several labels, the mean.",
        "What do you divide by, and when?",
        (LABELS, PROBABILITIES),
        expected=mean_loss,
        rtol=CLOSE,
    ),
    agreement(
        "A certain prediction that is right costs nothing.",
        "Which logarithm is needed for this label?",
        ([1, 0], [1.0, 0.0]),
        expected=mean_loss,
        rtol=CLOSE,
    ),
)

MISTAKES = (
    *LOSS_MISTAKES,
    Mistake(
        lambda y, p: -sum(a * math.log(q) + (1 - a) * math.log(1 - q) for a, q in zip(y, p, strict=True)) / len(y),
        "You take both logarithms, and one of them is of 0: take only the one that the label asks for.",
    ),
)
