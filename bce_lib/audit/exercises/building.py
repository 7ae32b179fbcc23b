"""The graders of the chapters that derive the loss and build it, on lists, numbers and arrays of NumPy."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np

from bce_lib import entropy as entropies
from bce_lib.audit.exercises.grading import Answer, Check, Grade, Mistake, Wrong, grade, holds
from bce_lib.gradient import binary_cross_entropy_gradient
from bce_lib.logits import binary_cross_entropy_with_logits
from bce_lib.probabilities import binary_cross_entropy
from bce_lib.sigmoid import sigmoid

__all__ = ["clipping", "entropy", "fused", "gradient", "likelihood", "logits", "loop", "vectorized"]

LABELS, PROBABILITIES = [1, 0, 1, 1, 0], [0.9, 0.2, 0.6, 0.3, 0.5]
FIVE = np.array(LABELS, dtype=float), np.array(PROBABILITIES)
FIVE_LOGITS = FIVE[0], np.array([2.0, -1.5, 0.5, -0.75, 0.25])
CLOSE = 1e-12  # some thousand ulp of float64: a sum in another order or a log more passes, a wrong formula does not

SUM = "Your values are those of a sum, not of a mean."
SIGN = "Your values have the wrong sign: a loss is never negative."
SWAPPED = "The two terms are swapped: a label of 1 asks for the probability of 1."
BITS = "Your values are in bits: the logarithm is to the base 2, not the natural one."
CLIPPED = "A clip, or a small number added to a probability, caps your loss."
TINY = 1e-30  # a probability below every clip that is in use

CLIPS = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)


def _terms(y: Any, p: Any) -> Any:
    y, p = np.asarray(y, dtype=float), np.asarray(p)
    return y * np.log(p) + (1 - y) * np.log(1 - p)


def _mean(y: Any, p: Any) -> float:
    return float(binary_cross_entropy(y, p))


def _clipped(loss: Answer, probability: Answer = np.asarray) -> tuple[Mistake, ...]:
    """Make a loss of clipped probabilities, which may have to be computed first, for each bound that is in use."""
    def at(bound: float) -> Answer:
        return lambda y, given: loss(y, np.clip(probability(given), bound, 1 - bound))

    return tuple(Mistake(at(bound), CLIPPED) for bound in CLIPS)


LOSSES = (
    Mistake(lambda y, p: -np.sum(_terms(y, p)), SUM),
    Mistake(lambda y, p: np.mean(_terms(y, p)), SIGN),
    Mistake(lambda y, p: -np.mean(_terms(1 - np.asarray(y), p)), SWAPPED),
    Mistake(lambda y, p: -np.mean(_terms(y, p)) / np.log(2), BITS),
    Mistake(lambda y, p: -np.mean(y * np.log(p)), "Only the labels of 1 count in yours: what of the others?"),
    Mistake(lambda y, p: -_terms(y, p), "You return a loss for each label: one number for all of them is wanted."),
    Mistake(lambda y, p: -np.mean(_terms(y, sigmoid(p))), "A sigmoid is taken of what is a probability already."),
    *_clipped(lambda y, p: -np.mean(_terms(y, p))),
)


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
    >>> from bce_lib.audit import exercises
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
        return float(np.sum(_terms(y, p)))

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
        Mistake(lambda y, p: math.log(math.prod(q if a else 1 - q for a, q in zip(y, p, strict=True))),
                "The product underflows to 0 before the logarithm is taken."),
    )
    return grade("likelihood", answer, [
        holds("The logarithm of the probability of one label.", "Which probability did the model give to this label?",
              ([1], [0.8]), ([0], [0.8]), expected=total, rtol=CLOSE),
        holds("Independent labels, all together.", "What becomes of a product when its logarithm is taken?",
              (LABELS, PROBABILITIES), expected=total, rtol=CLOSE),
        holds("2,000 labels are no trouble.", "How small is the product by then?",
              (LABELS * 400, PROBABILITIES * 400), expected=total, rtol=1e-9),
    ], mistakes)


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
    >>> from bce_lib.audit import exercises
    >>> import numpy as np
    >>> exercises.entropy(lambda p, q: p * np.log(q) + (1 - p) * np.log(1 - q))
    ✗ entropy: 0 of 3 checks passed
      must hold: The expected surprise of who believes q where p is true.
      tried:     answer(0.7, 0.4)
      got:       -0.794651
      hint:      Your values have the wrong sign: a loss is never negative.
    """
    def right(p: float, q: float) -> float:
        return float(entropies.cross_entropy(p, q))

    def naive(p: float, q: float) -> float:
        return float(-(p * np.log(q) + (1 - p) * np.log(1 - q)))

    mistakes = (
        Mistake(lambda p, q: -naive(p, q), SIGN),
        Mistake(lambda p, q: right(q, p), "The two are swapped: what is true gives the weights, not the surprises."),
        Mistake(lambda p, q: right(p, q) / math.log(2), BITS),
        Mistake(lambda p, q: float(entropies.kl_divergence(p, q)), "This is the divergence: the entropy is missing."),
        Mistake(lambda p, q: float(entropies.entropy(p)), "This is the entropy of what is true; where is the belief?"),
        Mistake(lambda p, q: -p * np.log(q), "Only one of two outcomes counts in yours."),
        *_clipped(naive),
        Mistake(naive, "0 times an infinite surprise is NaN to a computer: what never happens surprises nobody."),
        Mistake(lambda p, q: -(p * math.log(q) + (1 - p) * math.log(1 - q)),
                "The logarithm of 0 is an error: what never happens surprises nobody."),
    )
    return grade("entropy", answer, [
        holds("The expected surprise of who believes q where p is true.", "How surprising is each of the outcomes, and"
              " how often does it come?", (0.7, 0.4), (0.2, 0.9), (0.5, TINY), expected=right, rtol=CLOSE),
        holds("Where belief and truth agree, the entropy.", "Nothing special should be needed here.",
              (0.3, 0.3), (0.5, 0.5), expected=right, rtol=CLOSE),
        holds("A certainty that is right surprises by 0.", "What does an outcome add that never happens?",
              (1.0, 1.0), (0.0, 0.0), (1.0, 0.5), expected=right, rtol=CLOSE),
    ], mistakes)


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
        return lambda y, p: -_terms(y, np.clip(p, low, high))

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
        Mistake(lambda y, p: -_terms(y, p), "There is no clip in yours, and 0 times infinity is NaN."),
        Mistake(at(1e-15, 1 - 1e-15), no_clip),
        Mistake(at(2.0**-52, 1 - 2.0**-52), no_clip),
        Mistake(at(1e-7, 1 - 1e-7), "1 - 1e-7 is not a float32: it is rounded, and the two caps differ."),
        Mistake(lambda y, p: -_terms(y, np.maximum(p, np.finfo(p.dtype).eps)), "You clip at the lower end only."),
        Mistake(lambda y, p: -_terms(y, np.minimum(p, 1 - np.finfo(p.dtype).eps)), "You clip at the upper end only."),
        Mistake(after, "You clip the logarithm, not the probability that goes into it."),
        Mistake(inside, "An ε inside the logarithm is no clip: it makes probabilities above 1."),
        Mistake(at(single, 1 - single), "You clip at the epsilon of float32, whatever the format of the predictions."),
    )
    labels, certain = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0, 1.0])
    return grade("clipping", answer, [
        holds("Between the ends the clip changes nothing.", "What does each label ask for?", FIVE, expected=right,
              rtol=CLOSE),
        holds("In float32 certain predictions cost the same for both labels.", "What is 1 - ε, once it is rounded?",
              (labels.astype(np.float32), certain.astype(np.float32)), expected=right, rtol=1e-5),
        holds("In float64 too, with an ε as small as that format allows.", "Where does your ε come from?",
              (labels, certain), expected=right, rtol=CLOSE),
    ], mistakes)


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
    >>> from bce_lib.audit import exercises
    >>> def my_loss(y_true, y_prob):
    ...     ...  # your code here
    >>> exercises.loop(my_loss)
    – loop: nothing here yet
      Replace the three dots by your code, let it return its result, and run
      the cell again.
    """
    certain = Mistake(lambda y, p: -sum(a * math.log(q) + (1 - a) * math.log(1 - q)
                                        for a, q in zip(y, p, strict=True)) / len(y),
                      "You take both logarithms, and one of them is of 0: take only the one that the label asks for.")
    return grade("loop", answer, [
        holds("The surprise at one label.", "Which probability did the model give to what happened?",
              ([1], [0.8]), ([0], [0.8]), ([1], [TINY]), expected=_mean, rtol=CLOSE),
        holds("Of several labels, the mean.", "What do you divide by, and when?",
              (LABELS, PROBABILITIES), expected=_mean, rtol=CLOSE),
        holds("A certain prediction that is right costs nothing.", "Which logarithm is needed for this label?",
              ([1, 0], [1.0, 0.0]), expected=_mean, rtol=CLOSE),
    ], (*LOSSES, certain))


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
    >>> from bce_lib.audit import exercises
    >>> import numpy as np
    >>> exercises.vectorized(lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y))
    ✗ vectorized: 1 of 3 checks passed
      must hold: Of a matrix, the mean over all of its terms.
      tried:     answer([[1, 0], [1, 1]], [[0.9, 0.2], [0.6, 0.3]])
      got:       1.02165
      hint:      len counts rows, not terms.
    """
    matrix = FIVE[0][:4].reshape(2, 2), FIVE[1][:4].reshape(2, 2)
    mistakes = (*LOSSES,
                Mistake(lambda y, p: -np.sum(_terms(y, p)) / len(y), "len counts rows, not terms."),
                Mistake(lambda y, p: -np.mean(_terms(y, p), axis=0), "The mean goes along one axis only."),
                Mistake(lambda y, p: -np.mean(_terms(y, p), axis=-1), "The mean goes along one axis only."))
    return grade("vectorized", answer, [
        holds("Of several labels, the mean.", "Does each label choose its own logarithm?", FIVE,
              (np.array([1.0, 0.0]), np.array([TINY, 0.5])), expected=_mean, rtol=CLOSE),
        holds("Of a matrix, the mean over all of its terms.", "How many terms are there?", matrix, expected=_mean,
              rtol=CLOSE),
        holds("Soft labels count with their share.", "What does a label of 0.3 ask for?",
              (np.array([0.3, 0.7]), np.array([0.4, 0.9])), expected=_mean, rtol=CLOSE),
    ], mistakes)


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
    >>> from bce_lib.audit import exercises
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
        return lambda y, z: -_terms(y, p(z))

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
        *_clipped(lambda y, p: -_terms(y, p), textbook),
        Mistake(lambda y, z: np.log(1 + np.exp(z)) - y * z, "The exponential overflows, or the difference cancels."),
        Mistake(lambda y, z: np.logaddexp(0, z) - y * z, "A difference of two large numbers loses the small one."),
    )
    far, both = np.array([50.0, 800.0, -50.0, -800.0]), np.array([30.0, 36.0, -30.0, -36.0])
    return grade("logits", answer, [
        holds("The loss of each target, for small logits.", "Which probability does a logit stand for?", FIVE_LOGITS,
              expected=right, rtol=CLOSE),
        holds("Wrong and sure: it grows like the logit, for ever.", "What overflows, or is capped, on the way?",
              (np.array([0.0, 0.0, 1.0, 1.0]), far), expected=right, rtol=CLOSE),
        holds("Right and sure: small, but not 0, for both labels.", "What is 1 + a tiny number to a computer?",
              (np.array([1.0, 1.0, 0.0, 0.0]), both), expected=right, rtol=1e-14),
    ], mistakes)


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
    >>> from bce_lib.audit import exercises
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
    return grade("gradient", answer, [
        holds("The slope of the mean, for each logit.", "By how much is each prediction off?", FIVE_LOGITS,
              expected=right, rtol=CLOSE),
        holds("Right and sure: small, but not 0, for both labels.", "Which subtraction could be avoided?", sure,
              expected=right, rtol=1e-14),
        holds("No logit is too large.", "What overflows on the way?",
              (np.array([0.0, 1.0, 1.0]), np.array([800.0, -800.0, 5.0])), expected=right, rtol=1e-14),
    ], mistakes)


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
        Mistake(lambda y, z, _: (loss(y, z), (sigmoid(z) - y) / z.size),
                "The sigmoid minus the label loses its digits in the tail."),
        Mistake(lambda y, z, _: (np.mean(np.log(1 + np.exp(z)) - y * z), slope(y, z)),
                "The difference of two large numbers loses a small loss."),
    )
    (y, z), sure = FIVE_LOGITS, (np.array([1.0, 1.0, 0.0]), np.array([20.0, 45.0, -20.0]))
    many = np.tile(y, 8_000), np.tile(z, 8_000)
    return grade("fused", answer, [
        holds("Chunks of one length: the mean loss, and its gradient.", "What is divided by what, and when?",
              (y[:4], z[:4], 2), expected=right, rtol=CLOSE),
        holds("The last chunk may be shorter, and a chunk longer than all.", "Which labels are in which chunk?",
              (y, z, 2), (y, z, 7), expected=right, rtol=CLOSE),
        holds("Right and sure: small, but not 0.", "Which subtraction could be avoided?", (*sure, 2), expected=right,
              rtol=1e-12),
        Check("No result in between is longer than a chunk.", [(*many, 500)], _few_bytes,
              "Which of your arrays have as many numbers as the logits? Only the gradient needs them.", _peak),
    ], mistakes)


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
