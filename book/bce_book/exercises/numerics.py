"""The graders of the chapters that make the loss hold in a computer: clipping, logits, the gradient, one pass."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np

from bce_book.exercises.common_mistakes import BITS, CLOSE, FIVE, FIVE_LOGITS, SIGN, SUM, SWAPPED, clipped, terms
from bce_book.exercises.grading import Answer, Check, Grade, Mistake, Wrong, grade, holds
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, sigmoid

__all__ = ["clipping", "fused", "gradient", "logits"]


def clipping(answer: Answer) -> Grade:
    """Grade a loss with a clip: that of each label, the probability clipped at the epsilon of its own format.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, y_prob)``, of two arrays of the shape (n,), both float32 or both float64, labels from 0 to 1
        and probabilities, 0 and 1 included: an array of that shape, in nats.

    Returns
    -------
    Grade
        What is wrong, and a hint.
    """

    def at(low: float, high: float) -> Answer:
        return lambda y, p: -terms(y, np.clip(p, low, high))

    def right(y: Any, p: Any) -> Any:
        epsilon = np.finfo(p.dtype).eps
        return at(epsilon, 1 - epsilon)(y, p)

    def after(y: Any, p: Any) -> Any:
        least = np.log(np.finfo(p.dtype).eps)
        return -(y * np.maximum(np.log(p), least) + (1 - y) * np.maximum(np.log(1 - p), least))

    def inside(y: Any, p: Any) -> Any:
        epsilon = np.finfo(p.dtype).eps
        return -(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))

    single, no_clip = float(np.finfo(np.float32).eps), "In float32 1 - ε is 1 for so small an ε: no clip at that end."
    mistakes = (
        Mistake(lambda y, p: -right(y, p), SIGN),
        Mistake(lambda y, p: right(1 - y, p), SWAPPED),
        Mistake(lambda y, p: np.mean(right(y, p)), "You return one number: a loss for each label is wanted."),
        Mistake(lambda y, p: -terms(y, p), "There is no clip in yours, and 0 times infinity is NaN."),
        Mistake(at(1e-15, 1 - 1e-15), no_clip),
        Mistake(at(2.0**-52, 1 - 2.0**-52), no_clip),
        Mistake(at(1e-7, 1 - 1e-7), "1 - 1e-7 is not a float32: it is rounded, and the two caps differ."),
        Mistake(lambda y, p: -terms(y, np.maximum(p, np.finfo(p.dtype).eps)), "You clip at the lower end only."),
        Mistake(lambda y, p: -terms(y, np.minimum(p, 1 - np.finfo(p.dtype).eps)), "You clip at the upper end only."),
        Mistake(after, "You clip the logarithm, not the probability that goes into it."),
        Mistake(inside, "An ε inside the logarithm is no clip: it makes probabilities above 1."),
        Mistake(at(single, 1 - single), "You clip at the epsilon of float32, whatever the format of the predictions."),
    )
    labels, certain = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0, 1.0])
    return grade(
        "clipping",
        answer,
        [
            holds(
                "Between the ends the clip changes nothing.",
                "What does each label ask for?",
                FIVE,
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "In float32 certain predictions cost the same for both labels.",
                "What is 1 - ε, once it is rounded?",
                (labels.astype(np.float32), certain.astype(np.float32)),
                expected=right,
                rtol=1e-5,
            ),
            holds(
                "In float64 too, with an ε as small as that format allows.",
                "Where does your ε come from?",
                (labels, certain),
                expected=right,
                rtol=CLOSE,
            ),
        ],
        mistakes,
    )


def logits(answer: Answer) -> Grade:
    """Grade a loss of logits: that of each target, right in both tails and for every size of logit.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, of two arrays of the shape (n,): an array of that shape. Both are float64. What a
        loss makes of float32 and half precision is asked by `conformance`.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def textbook(y_true, logits):
    ...     p = 1 / (1 + np.exp(-logits))
    ...     return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
    >>> exercises.logits(textbook)
    ✗ logits: 1 of 3 checks passed
      must hold: Wrong and sure: it grows like the logit, for ever.
      tried:     textbook([0, 0, 1, 1], [50, 800, -50, -800])
      got:       [inf, inf, 50, inf]
      hint:      You go by way of the probability, which is rounded to 1 or
                 to 0 there.
    """

    def right(y: Any, z: Any) -> Any:
        return binary_cross_entropy_with_logits(y, z, reduction="none")

    def through(p: Any) -> Answer:
        return lambda y, z: -terms(y, p(z))

    def textbook(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    mistakes = (
        Mistake(lambda y, z: -right(y, z), SIGN),
        Mistake(lambda y, z: right(1 - y, z), SWAPPED),
        Mistake(lambda y, z: np.mean(right(y, z)), "You return one number: a loss for each target is wanted."),
        Mistake(lambda y, z: np.sum(right(y, z)), "You return one number: a loss for each target is wanted."),
        Mistake(lambda y, z: right(y, sigmoid(z)), "Your sigmoid is applied twice."),
        Mistake(lambda y, z: right(y, z) / np.log(2), BITS),
        Mistake(through(textbook), "You go by way of the probability, which is rounded to 1 or to 0 there."),
        *clipped(lambda y, p: -terms(y, p), textbook),
        Mistake(lambda y, z: np.log(1 + np.exp(z)) - y * z, "The exponential overflows, or the difference cancels."),
        Mistake(lambda y, z: np.logaddexp(0, z) - y * z, "A difference of two large numbers loses the small one."),
    )
    far, both = np.array([50.0, 800.0, -50.0, -800.0]), np.array([30.0, 36.0, -30.0, -36.0])
    return grade(
        "logits",
        answer,
        [
            holds(
                "The loss of each target, for small logits.",
                "Which probability does a logit stand for?",
                FIVE_LOGITS,
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "Wrong and sure: it grows like the logit, for ever.",
                "What overflows, or is capped, on the way?",
                (np.array([0.0, 0.0, 1.0, 1.0]), far),
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "Right and sure: small, but not 0, for both labels.",
                "What is 1 + a tiny number to a computer?",
                (np.array([1.0, 1.0, 0.0, 0.0]), both),
                expected=right,
                rtol=1e-14,
            ),
        ],
        mistakes,
    )


def gradient(answer: Answer) -> Grade:
    """Grade the derivative of the mean loss by each logit, right in both tails and for every size of logit.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits)``, of two arrays of the shape (n,): an array of that shape. Both are float64, as for
        `logits`.

    Returns
    -------
    Grade
        What is wrong, and a hint.

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> exercises.gradient(lambda y, z: (1 / (1 + np.exp(-z)) - y) / len(y))
    ✗ gradient: 1 of 3 checks passed
      must hold: Right and sure: small, but not 0, for both labels.
      tried:     answer([1, 1, 0, 0], [20, 45, -20, -45])
      got:       [-5.15288e-10, 0, 5.15288e-10, 7.1563e-21]
      hint:      A difference of two numbers close to each other loses its
                 digits.
    """
    right = binary_cross_entropy_gradient

    def difference(y: Any, z: Any) -> Any:
        return (sigmoid(z) - y) / np.size(y)

    mistakes = (
        Mistake(lambda y, z: -right(y, z), "Your values have the wrong sign: a label of 1 pulls its logit up."),
        Mistake(lambda y, z: right(y, z, reduction="sum"), "This is the derivative of the sum, not of the mean."),
        Mistake(lambda y, z: right(1 - y, z), "The labels are swapped: yours are the slopes of the opposite labels."),
        Mistake(lambda y, z: np.mean(difference(y, z)), "You return one number: there is a slope for each logit."),
        Mistake(lambda y, z: right(y, sigmoid(z)), "Your sigmoid is applied twice."),
        Mistake(lambda y, z: (z - y) / np.size(y), "A logit is compared with a label: which probability is it?"),
        Mistake(lambda y, z: difference(y, z) * sigmoid(z) * (1 - sigmoid(z)), "One slope of the sigmoid too many."),
        Mistake(difference, "A difference of two numbers close to each other loses its digits."),
    )
    sure = np.array([1.0, 1.0, 0.0, 0.0]), np.array([20.0, 45.0, -20.0, -45.0])
    return grade(
        "gradient",
        answer,
        [
            holds(
                "The slope of the mean, for each logit.",
                "By how much is each prediction off?",
                FIVE_LOGITS,
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "Right and sure: small, but not 0, for both labels.",
                "Which subtraction could be avoided?",
                sure,
                expected=right,
                rtol=1e-14,
            ),
            holds(
                "No logit is too large.",
                "What overflows on the way?",
                (np.array([0.0, 1.0, 1.0]), np.array([800.0, -800.0, 5.0])),
                expected=right,
                rtol=1e-14,
            ),
        ],
        mistakes,
    )


def fused(answer: Answer) -> Grade:
    """Grade the mean loss and its gradient in one go over pieces, in little memory.

    Parameters
    ----------
    answer : callable
        ``answer(y_true, logits, chunk)``, of two float64 arrays of the shape (n,) and the length of a piece, which need
        not divide n: the mean loss in nats, and its derivative by each logit, of the shape (n,).

    Returns
    -------
    Grade
        What is wrong, and a hint.
    """
    loss, slope = binary_cross_entropy_with_logits, binary_cross_entropy_gradient

    def right(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
        return loss(y, z), slope(y, z)

    def parts(z: Any, chunk: int, more: int = 0) -> list[slice]:
        return [slice(start, start + chunk + more) for start in range(0, z.size, chunk)]

    def means(y: Any, z: Any, chunk: int) -> Any:
        return np.mean([loss(y[part], z[part]) for part in parts(z, chunk)])

    def slopes(y: Any, z: Any, chunk: int) -> Any:
        return np.concatenate([slope(y[part], z[part]) for part in parts(z, chunk)])

    def dropped(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
        whole = z.size - z.size % chunk
        gradient = np.where(np.arange(z.size) < whole, slope(y, z), 0)
        return loss(y[:whole], z[:whole], reduction="sum") / z.size, gradient

    def overlapping(y: Any, z: Any, chunk: int) -> tuple[Any, Any]:
        total = sum(loss(y[part], z[part], reduction="sum") for part in parts(z, chunk, 1))
        return total / z.size, slope(y, z)

    own = "Each chunk's gradient is that of its own mean: all of the labels share in the mean."
    mistakes = (
        Mistake(lambda y, z, _: (loss(y, z, reduction="sum"), slope(y, z)), "Your loss is a sum, not a mean."),
        Mistake(lambda y, z, _: (loss(y, z), slope(y, z, reduction="sum")), "Your gradient is that of the sum."),
        Mistake(lambda y, z, _: (loss(y, z, reduction="sum"), slope(y, z, reduction="sum")), SUM),
        Mistake(lambda y, z, _: (-loss(y, z), slope(y, z)), SIGN),
        Mistake(lambda y, z, chunk: (means(y, z, chunk), slopes(y, z, chunk)), own),
        Mistake(lambda y, z, chunk: (loss(y, z), slopes(y, z, chunk)), own),
        Mistake(lambda y, z, chunk: (means(y, z, chunk), slope(y, z)), "A mean of means counts a short chunk in full."),
        Mistake(dropped, "The last chunk is shorter, and it is missing."),
        Mistake(overlapping, "Your chunks overlap: some labels are counted twice."),
        Mistake(
            lambda y, z, _: (loss(y, z), (sigmoid(z) - y) / z.size),
            "The sigmoid minus the label loses its digits in the tail.",
        ),
        Mistake(
            lambda y, z, _: (np.mean(np.log(1 + np.exp(z)) - y * z), slope(y, z)),
            "The difference of two large numbers loses a small loss.",
        ),
    )
    (y, z), sure = FIVE_LOGITS, (np.array([1.0, 1.0, 0.0]), np.array([20.0, 45.0, -20.0]))
    many = np.tile(y, 8_000), np.tile(z, 8_000)
    return grade(
        "fused",
        answer,
        [
            holds(
                "Chunks of one length: the mean loss, and its gradient.",
                "What is divided by what, and when?",
                (y[:4], z[:4], 2),
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "The last chunk may be shorter, and a chunk longer than all.",
                "Which labels are in which chunk?",
                (y, z, 2),
                (y, z, 7),
                expected=right,
                rtol=CLOSE,
            ),
            holds(
                "Right and sure: small, but not 0.",
                "Which subtraction could be avoided?",
                (*sure, 2),
                expected=right,
                rtol=1e-12,
            ),
            Check(
                "No result in between is longer than a chunk.",
                [(*many, 500)],
                _few_bytes,
                "Which of your arrays have as many numbers as the logits? Only the gradient needs them.",
                _peak,
            ),
        ],
        mistakes,
    )


def _peak(answer: Answer, y: Any, z: Any, chunk: int) -> float:
    """Return the memory that a call takes at its peak, in multiples of that of the logits."""
    answer(y[:chunk], z[:chunk], chunk)  # what only a first call takes, such as imports, is none of its results
    tracemalloc.start()
    try:
        answer(y, z, chunk)
        return tracemalloc.get_traced_memory()[1] / float(z.nbytes)
    finally:
        tracemalloc.stop()


def _few_bytes(peaks: list[Any]) -> Wrong | None:
    """Allow the gradient, once more where its chunks are joined, and some chunks."""
    return Wrong(0, f"{peaks[0]:.1f} times the memory of the logits at the peak") if peaks[0] > 2.5 else None
