r"""The loop that is compiled: loss and gradient of one logit after another, with nothing written in between.

For a logit :math:`z` with :math:`m = |z|`, :math:`e = \exp(-m)` and the target's share c of the class that the logit
speaks against (as in :func:`bce_lib.binary_cross_entropy_with_logits`),

.. math::

    \ell = c\,m + \log(1 + e), \qquad \frac{\partial \ell}{\partial z} = \pm \left(c - \frac{e}{1 + e}\right) .

For hard labels nothing cancels in the gradient: with c = 0 it is the fraction alone, and with c = 1 the fraction is at
most ½. Its form in :func:`bce_lib.binary_cross_entropy_gradient` is as accurate, and takes two operations more.

**Why not call exp and log1p?** A compiler that has many numbers in a register (16 of float32 in 512 bits) works on all
of them at once only as long as the loop calls no function. So both functions are written out here, as polynomials.

**The exponential.** With the whole number :math:`k` nearest to :math:`-m / \ln 2`,

.. math:: \exp(-m) = 2^k \exp(r), \qquad r = -m - k \ln 2, \quad |r| \le \tfrac12 \ln 2 .

- :math:`k` is found by adding 1.5·2²³ (for float32), where the numbers lie one apart, so that the sum is rounded to a
  whole number; its last bits are k.
- :math:`\ln 2` is taken in two parts, the first with so few digits that k times it is exact (W. J. Cody and W. Waite:
  *Software Manual for the Elementary Functions*, Prentice-Hall 1980).
- :math:`\exp(r) = 1 + r + r^2 E(r)`, where E has 5 coefficients in float32 and 10 in float64.
- To multiply by :math:`2^k` is to add k to the bits of the exponent, an addition of whole numbers. The smallest results
  lie below the normal numbers, which have another form. So k + 32 is added (k + 64 in float64), and the result is
  scaled down at the end, rounded once.

**The logarithm.** :math:`\log(1 + e) = e + e^2 L(e)` on all of [0, 1], with 9 and 20 coefficients: for a small e
nothing but e is left, so that no digit is lost.

The number of coefficients is the smallest with which the polynomial is off by less than what float arithmetic rounds:
:math:`0.1 \cdot 2^{-24}` in float32 (``tools/polynomials.py`` finds the coefficients, and prints that error).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bce_lib import _summation
from bce_lib._extras import require

require("numba", "bce_lib.fused")

from numba import njit, types  # noqa: E402
from numba.extending import intrinsic, overload  # noqa: E402

CHUNK = 2048
"""Losses that are added up before the sum is carried on in twice the precision. They fit the first-level cache."""


class Constants(NamedTuple):
    """What the loop needs to know of a dtype."""

    zero: Any
    one: Any
    cutoff: Any
    """exp(−cutoff) is below half of the smallest number."""
    inverse_ln2: Any
    shift: Any
    """Where numbers lie one apart, plus what is added to k."""
    ln2_high: Any
    ln2_low: Any
    unscale: Any
    exponent: Any
    """The place of the exponent's last bit."""
    exp: tuple[Any, ...]
    log1p: tuple[Any, ...]


FLOAT32 = Constants(
    zero=np.float32(0),
    one=np.float32(1),
    cutoff=np.float32(104.5),
    inverse_ln2=np.float32(1.4426950408889634),
    shift=np.float32(1.5 * 2.0**23 + 32),
    ln2_high=np.float32(0.693359375),
    ln2_low=np.float32(-2.1219444005469057e-04),
    unscale=np.float32(2.0**-32),
    exponent=np.uint32(23),
    exp=tuple(
        map(
            np.float32,
            (
                0.49999988,
                0.16666518,
                0.04166965,
                0.008368945,
                0.0013745304,
            ),
        )
    ),
    log1p=tuple(
        map(
            np.float32,
            (
                -0.49999923,
                0.33330205,
                -0.24955375,
                0.19678871,
                -0.15307912,
                0.10600581,
                -0.056879718,
                0.019789271,
                -0.0032268476,
            ),
        )
    ),
)

FLOAT64 = Constants(
    zero=np.float64(0),
    one=np.float64(1),
    cutoff=np.float64(745.5),
    inverse_ln2=np.float64(1.4426950408889634),
    shift=np.float64(1.5 * 2.0**52 + 64),
    ln2_high=np.float64(0.6931471803691238),
    ln2_low=np.float64(1.9082149292705877e-10),
    unscale=np.float64(2.0**-64),
    exponent=np.uint64(52),
    exp=tuple(
        map(
            np.float64,
            (
                0.5000000000000012,
                0.16666666666666471,
                0.04166666666651979,
                0.008333333333458674,
                0.001388888894590293,
                0.00019841269581140757,
                2.4801491055366002e-05,
                2.755752173876022e-06,
                2.7630897243072546e-07,
                2.502003026436706e-08,
            ),
        )
    ),
    log1p=tuple(
        map(
            np.float64,
            (
                -0.49999999999999356,
                0.3333333333321966,
                -0.2499999999284718,
                0.199999997681404,
                -0.16666662105068064,
                0.14285654461342207,
                -0.12499444427778042,
                0.11107301926424169,
                -0.09980126091479251,
                0.09010192924910877,
                -0.08073579878480248,
                0.07020224498223449,
                -0.05726235303481349,
                0.042009080835847555,
                -0.02647264355600342,
                0.013648223107097195,
                -0.005445904587161897,
                0.0015616617189330626,
                -0.00028442804587883424,
                2.4599955838925854e-05,
            ),
        )
    ),
)

# A product and a sum may be rounded together, where the processor can. No other law of real numbers is assumed.
arithmetic = njit(fastmath={"contract", "nsz"}, error_model="numpy", nogil=True)


@intrinsic
def bits_of(context, number):
    """Return the bits of a float as a whole number without a sign."""
    word = types.uint32 if number == types.float32 else types.uint64
    return word(number), lambda target, builder, _, values: builder.bitcast(values[0], target.get_value_type(word))


@intrinsic
def float_of(context, word):
    """Return the float that has these bits."""
    number = types.float32 if word == types.uint32 else types.float64
    return number(word), lambda target, builder, _, values: builder.bitcast(values[0], target.get_value_type(number))


@intrinsic
def shift_left(context, word, count):
    """Shift bits in a word of their own width, where numba would take 64."""
    return word(word, count), lambda _target, builder, _, values: builder.shl(*values)


@intrinsic
def add_words(context, word, other):
    """Add bits as whole numbers of their own width."""
    return word(word, other), lambda _target, builder, _, values: builder.add(*values)


# What follows depends on the type alone. Each function is written twice: as Python reads it, and for numba, which takes
# the right half of it once it knows the types.


def constants_of(number):
    """Return the constants of a number's dtype; known when the loop is compiled."""
    return FLOAT32 if isinstance(number, np.float32) else FLOAT64


@overload(constants_of)
def _constants_of(number):
    if number == types.float32:
        return lambda number: FLOAT32
    return lambda number: FLOAT64


def checked(label, number):
    """Return what tells whether a label lies in [0, 1]: itself, before it is rounded, or the float that it became."""
    return label if isinstance(label, np.floating) else number


@overload(checked)
def _checked(label, number):
    if isinstance(label, types.Float):
        return lambda label, number: label
    return lambda label, number: number


def item(array, index):
    """Return an element of an array; a number as it is."""
    return array[index] if isinstance(array, np.ndarray) else array


@overload(item)
def _item(array, index):
    if isinstance(array, types.Array):
        return lambda array, index: array[index]
    return lambda array, index: array


def part_of(array, start, stop):
    """Return a slice of an array; a number, or None, as it is."""
    return array[start:stop] if isinstance(array, np.ndarray) else array


@overload(part_of)
def _part_of(array, start, stop):
    if isinstance(array, types.Array):
        return lambda array, start, stop: array[start:stop]
    return lambda array, start, stop: array


@arithmetic
def horner(x, coefficients):
    """Evaluate a polynomial whose lowest coefficient comes first."""
    value = coefficients[len(coefficients) - 1]
    for i in range(len(coefficients) - 2, -1, -1):
        value = coefficients[i] + x * value
    return value


@arithmetic
def exp_negative(m):
    """Return exp(−m) of m ≥ 0; of NaN, NaN."""
    c = constants_of(m)
    m = c.cutoff if m > c.cutoff else m
    shifted = c.shift - m * c.inverse_ln2
    k = shifted - c.shift
    r = (-m - k * c.ln2_high) - k * c.ln2_low
    mantissa = c.one + r * (c.one + r * horner(r, c.exp))
    exponent = shift_left(bits_of(shifted), c.exponent)
    scaled = float_of(add_words(bits_of(mantissa), exponent))
    # The bits of NaN may have become a number's: m − m makes it NaN again.
    return scaled * c.unscale + (m - m)


@arithmetic
def log1p_unit(e):
    """Return log(1 + e) of e in [0, 1]."""
    return e + (e * e) * horner(e, constants_of(e).log1p)


@njit(fastmath={"reassoc"})
def add(a, b):
    """Add, in whatever order lets many additions go on at once."""
    return a + b


@njit(fastmath={"nsz"})  # said, or the caller's is taken over
def product(a, b):
    """Multiply and round, even if a sum follows: so that a weight of 1, which comes in between, changes no bit."""
    return a * b


two_sum = njit(_summation.two_sum)


@arithmetic
def elements(y_true, logits, weight, pos_weight, divisor, losses, gradient):
    """Write the loss and the gradient of each element, and tell whether all labels lie in [0, 1]."""
    c = constants_of(divisor)
    zero = c.zero
    reciprocal = c.one / divisor
    label_type = y_true.dtype.type
    largest = bits_of(checked(label_type(0), zero))
    for i in range(logits.size):
        z = logits[i]
        m = abs(z)
        y = logits.dtype.type(y_true[i])
        positive = z >= zero
        against = c.one - y if positive else y
        e = exp_negative(m)
        tail = log1p_unit(e)
        margin = product(against, m) if against > zero else zero  # 0·inf is 0: certain and right costs nothing
        part = e
        if pos_weight is not None:
            p = item(pos_weight, i)
            both = y * p + (c.one - y)  # for p = 1 it is 1 exactly: y + (1 − y) rounds to 1 for every y in [0, 1]
            tail *= both
            part *= both
            # The weight comes after the margin: a tiny label times a weight may underflow where times both it does not.
            margin = margin if positive else (margin * p if p > zero else zero)
            against = against if positive else against * p
        loss = margin + tail
        if weight is not None:
            w = item(weight, i)
            loss = loss * w if w > zero else zero  # what has no weight adds nothing, be it infinite or NaN
        losses[i] = loss
        if gradient is not None:
            slope = against * reciprocal - part / (divisor + divisor * e)
            slope = slope if positive else -slope
            if weight is not None:
                slope = slope * w if w > zero else zero
            gradient[i] = slope
        # As a whole number, a float in [0, 1] is at most that of 1.0; negative ones and NaN are greater.
        label = bits_of(checked(y_true[i], y))
        largest = label if label > largest else largest
    return largest <= bits_of(checked(label_type(1), c.one))


@arithmetic
def add_up(losses):
    """Return the sum in float64."""
    total = 0.0
    for i in range(losses.size):
        total = add(total, np.float64(losses[i]))
    return total


def cached(function):
    """Compile, and keep what was compiled; where nothing can be written, compile once a process."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(nogil=True)(function)


@cached
def run(y_true, logits, weight, pos_weight, divisor, buffer, losses, gradient):
    """Go through one-dimensional arrays, chunk by chunk.

    `weight`, `pos_weight`, `losses` and `gradient` may be None, and the weights numbers; for each combination that
    occurs the loop is compiled without what is not there. Without `losses`, those of a chunk go to the buffer.

    Returns
    -------
    total : float
        The sum of the losses, as exact as sums of single chunks are.
    valid : bool
        Whether all labels lie in [0, 1].
    """
    total, error, valid = 0.0, 0.0, True
    for start in range(0, logits.size, CHUNK):
        stop = min(start + CHUNK, logits.size)
        w, p, g = part_of(weight, start, stop), part_of(pos_weight, start, stop), part_of(gradient, start, stop)
        values = buffer[: stop - start] if losses is None else losses[start:stop]
        valid &= elements(y_true[start:stop], logits[start:stop], w, p, divisor, values, g)
        total, rounding = two_sum(total, add_up(values))
        error += rounding
    # An infinite sum has NaN for its rounding error.
    return total + error if abs(total) < np.inf else total, valid
