"""The grader of the chapter *clipping*: a loss with a clip that suits the format of its predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

from bce_book.exercises.cases import CLOSE, WITH_PROBABILITIES, log_likelihoods
from bce_book.exercises.common_mistakes import SWAPPED, WRONG_SIGN
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from bce_book.exercises.results import Answer
from bce_lib import binary_cross_entropy


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

    Examples
    --------
    >>> from bce_book import exercises
    >>> import numpy as np
    >>> def capped(y_true, y_prob):
    ...     p = np.clip(y_prob, 1e-7, 1 - 1e-7)
    ...     return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
    >>> exercises.clipping(capped)
    ✗ clipping: 2 of 4 checks passed
      must hold: In float32 the clip is at its machine epsilon, 2⁻²³, and at
                 1 - 2⁻²³.
      tried:     capped([1, 0, 1, 0] (float32), [1, 0, 0, 1] (float32))
      got:       [1.19209e-07, 1.19209e-07, 16.1181, 15.9424]
      hint:      1 - 1e-7 is not a float32: it is rounded, and the two caps
                 differ.
    """
    return grade_answer("clipping", answer, REQUIREMENTS, MISTAKES)


def _clip_at(low: float, high: float) -> Answer:
    return lambda y, p: -log_likelihoods(y, np.clip(p, low, high))


def _epsilon(p: Any) -> Any:
    return np.finfo(p.dtype).eps


def _clipped(y: Any, p: Any) -> Any:
    return _clip_at(_epsilon(p), 1 - _epsilon(p))(y, p)


_labels, _certain = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0, 1.0])

REQUIREMENTS = (
    agreement(
        "Between the ends the clip changes nothing.",
        "What does each label ask for?",
        WITH_PROBABILITIES,
        expected=_clipped,
        rtol=CLOSE,
    ),
    agreement(
        "Soft labels count with their share.",
        "What does a label of 0.3 ask for?",
        (np.array([0.3, 0.7]), np.array([0.4, 0.9])),
        expected=_clipped,
        rtol=CLOSE,
    ),
    agreement(
        "In float32 the clip is at its machine epsilon, 2⁻²³, and at 1 - 2⁻²³.",
        "Where does your ε come from, and what is 1 - ε, once it is rounded?",
        (_labels.astype(np.float32), _certain.astype(np.float32)),
        expected=_clipped,
        rtol=1e-5,
    ),
    agreement(
        "In float64 the clip is at 2⁻⁵² and at 1 - 2⁻⁵².",
        "Where does your ε come from?",
        (_labels, _certain),
        expected=_clipped,
        rtol=CLOSE,
    ),
)


def _added_epsilon(y: Any, p: Any) -> Any:
    epsilon = _epsilon(p)
    return -(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))


def _of_what_happened(y: Any, p: Any) -> Any:
    return -np.log(np.maximum(np.where(y == 1, p, 1 - p), _epsilon(p)))


def _capped(y: Any, p: Any) -> Any:
    return np.minimum(-log_likelihoods(y, p), -np.log(_epsilon(p)))


def _clip_at_a_limit(name: str) -> Answer:
    return lambda y, p: _clip_at(getattr(np.finfo(p.dtype), name), 1 - getattr(np.finfo(p.dtype), name))(y, p)


_EPSILON_32 = float(np.finfo(np.float32).eps)
NO_CLIP = "In float32 1 - ε is 1 for so small an ε: no clip at that end."
NO_CLIP_AT_ALL = "There is no clip in yours: after one, no prediction is certain."
ONE_SIDED = "A perfect prediction costs 0 in yours: with a clip of the probability at both ends it costs about ε."

MISTAKES = (
    Mistake(lambda y, p: -_clipped(y, p), WRONG_SIGN),
    Mistake(lambda y, p: _clipped(1 - y, p), SWAPPED),
    Mistake(lambda y, p: np.mean(_clipped(y, p)), "You return one number: a loss for each label is wanted."),
    Mistake(
        lambda y, p: _clipped(np.where(y == 1, 1, 0), p),
        "You choose by the label: one between 0 and 1 then counts as 0.",
    ),
    Mistake(lambda y, p: _clipped(np.round(y), p), "You round the labels: one of 0.3 is not a label of 0."),
    Mistake(lambda y, p: -log_likelihoods(y, p), "There is no clip in yours, and 0 times infinity is NaN."),
    Mistake(lambda y, p: binary_cross_entropy(y, p, reduction="none"), NO_CLIP_AT_ALL),
    Mistake(lambda y, p: np.minimum(binary_cross_entropy(y, p, reduction="none"), -np.log(_epsilon(p))), ONE_SIDED),
    Mistake(_capped, "You cap the loss, after 0 times infinity has made NaN: clip what goes into the logarithm."),
    Mistake(_of_what_happened, "You choose by the label: one between 0 and 1 then counts as 0."),
    Mistake(_clip_at_a_limit("epsneg"), "You clip at epsneg, the step below 1: the machine epsilon is the step above."),
    Mistake(_clip_at_a_limit("tiny"), NO_CLIP),
    Mistake(_clip_at(1e-15, 1 - 1e-15), NO_CLIP),
    Mistake(_clip_at(2.0**-52, 1 - 2.0**-52), NO_CLIP),
    Mistake(_clip_at(1e-12, 1 - 1e-12), NO_CLIP),
    Mistake(_clip_at(1e-7, 1 - 1e-7), "1 - 1e-7 is not a float32: it is rounded, and the two caps differ."),
    Mistake(lambda y, p: -log_likelihoods(y, np.maximum(p, _epsilon(p))), "You clip at the lower end only."),
    Mistake(lambda y, p: -log_likelihoods(y, np.minimum(p, 1 - _epsilon(p))), "You clip at the upper end only."),
    Mistake(_added_epsilon, "An ε inside the logarithm is no clip: it makes probabilities above 1."),
    Mistake(
        _clip_at(_EPSILON_32, 1 - _EPSILON_32),
        "You clip at the epsilon of float32, whatever the format of the predictions.",
    ),
)
