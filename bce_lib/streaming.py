r"""The mean loss of data that comes in pieces: too large for the memory, or spread over many machines.

What is kept is a handful of sums, so that pieces can be added in any order, on any machine, and merged. With a weight
:math:`w_i` (1 where none is given), a target :math:`y_i` and :math:`x_i = w_i \ell_i`,

.. math::

    n,\quad n_{w>0},\quad \textstyle\sum w_i,\; \sum x_i,\; \sum w_i^2,\; \sum w_i x_i,\; \sum x_i^2,\;
    \sum y_i w_i,\; \sum y_i x_i,\; \sum (1 - y_i)\, x_i.

Each sum is a *double-double*, an unevaluated sum of two float64. No summand is negative, so nothing cancels: after
:math:`10^9` additions a sum is off by less than :math:`4 \cdot 10^{-23}` of itself. So an answer does not depend on the
order or on where the data were cut, except where it lies that close to the middle between two float64.

Squares are added up as they are, not as squares of deviations (Welford; Chan, Golub and LeVeque, 1983): then to merge
is to add, and adding is associative. What is said against that form, that :math:`\sum x^2 - (\sum x)^2 / n` cancels,
is true of rounded numbers. Here the products are exact, the sums have 106 binary digits, and the difference is taken
in rational arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

from bce_lib._arrays import Array
from bce_lib._double_double import DoubleDouble, exactly
from bce_lib._loss_sums import VERSION, Sums, add_sums, sums_of_batch, sums_of_state

__all__ = ["MeanLoss"]


class MeanLoss:
    r"""The mean binary cross-entropy of all batches seen so far, in a few hundred bytes.

    A batch is added by `update` and may be forgotten then. Losses over parts of the data, computed anywhere, are put
    together by `merge`. The answer is the one that all data at once would give, to :math:`10^{-15}` of itself, whatever
    the batches and the order.

    Notes
    -----
    Losses are computed in float64 on the processor that runs Python, block by block, whatever library and precision
    the arrays have, so that equal numbers give an equal state to the bit. Tensors are copied there first, and no graph
    is kept of them. A memory-mapped array of any size needs the memory of a block. Dask arrays are evaluated chunk by
    chunk where they lie, and only the sums travel.

    An element of weight 0 adds nothing to any sum, whatever its loss, infinite or NaN; ``"mean"`` still counts it.

    One object belongs to one thread: give each its own, and merge them.

    References
    ----------
    T. Ogita, S. M. Rump, S. Oishi: Accurate sum and dot product. SIAM Journal on Scientific Computing 26 (2005).

    M. Joldes, J.-M. Muller, V. Popescu: Tight and rigorous error bounds for basic building blocks of double-word
    arithmetic. ACM Transactions on Mathematical Software 44 (2017).

    Examples
    --------
    >>> from bce_lib.streaming import MeanLoss
    >>> loss = MeanLoss()
    >>> for y_true, logits in [([1, 0], [2.0, -1.0]), ([1], [0.5])]:
    ...     loss = loss.update(y_true, logits)
    >>> print(f"{loss.result():.6f} ± {loss.standard_error():.6f}")
    0.304756 ± 0.100303
    >>> elsewhere = MeanLoss().update([0, 0], [3.0, -3.0])
    >>> print(f"{loss.merge(elsewhere).result():.6f}")
    0.802288
    """

    def __init__(self) -> None:
        self._sums = Sums()

    @property
    def count(self) -> int:
        """How many elements have been seen, those of weight 0 included."""
        return self._sums.elements

    @property
    def weight(self) -> float:
        """The sum of their weights."""
        return self._sums.weight.high

    def update(self, y_true: Array, logits: Array, sample_weight: Array | None = None) -> Self:
        """Add a batch.

        Parameters
        ----------
        y_true : array_like
            Targets: booleans, integers, or floats from 0 to 1.
        logits : array_like of float
            Log-odds of class 1, of the shape of `y_true`. A batch of no elements adds nothing.
        sample_weight : array_like, optional
            Weight of each element: one number, or an array with as many axes as `logits`, of length 1 where it repeats.

        Returns
        -------
        MeanLoss
            This object.

        Raises
        ------
        TypeError
            If arrays of different libraries meet, a dtype is not one of real numbers, or an array holds no values, as
            inside of ``jax.jit``.
        ValueError
            If the shapes differ, a target lies outside [0, 1] or is NaN, or a weight is negative or not finite. The
            object is then as it was before.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> print(f"{MeanLoss().update([1, 0, 1], [2.0, -1.0, 0.5], [1, 0, 1]).result():.6f}")
        0.200335
        """
        self._sums = add_sums(self._sums, sums_of_batch(y_true, logits, sample_weight))
        return self

    def merge(self, other: MeanLoss) -> Self:
        """Add all that another has seen.

        Parameters
        ----------
        other : MeanLoss
            It stays as it is.

        Returns
        -------
        MeanLoss
            This object.

        Raises
        ------
        TypeError
            If `other` is something else.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> a, b = MeanLoss().update([1], [0.5]), MeanLoss().update([0, 1], [0.5, 3.0])
        >>> a.merge(b).count
        3
        """
        if not isinstance(other, MeanLoss):
            raise TypeError(
                f"other is a {type(other).__name__}: merge takes a MeanLoss; of a state it is made by "
                "MeanLoss.from_state(state)"
            )
        self._sums = add_sums(self._sums, other._sums)
        return self

    def result(self, reduction: str = "mean") -> float:
        r"""Return the mean loss of all elements seen, in nats.

        Parameters
        ----------
        reduction : {"mean", "weighted_mean"}
            Divide :math:`\sum w_i \ell_i` by the number of elements, or by the sum of their weights.

        Returns
        -------
        float
            The quotient of the sums, rounded once.

        Raises
        ------
        ValueError
            If the reduction is another, nothing has been seen, or the weights add up to 0.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> loss = MeanLoss().update([1, 0], [2.0, -1.0], sample_weight=[1, 3])
        >>> print(f"{loss.result():.6f} {loss.result('weighted_mean'):.6f}")
        0.533357 0.266678
        """
        return _quotient(self._sums.loss, self._divisor(reduction))

    def standard_error(self, reduction: str = "mean") -> float:
        r"""Return the standard error of the mean, in nats: how far it typically lies from the true mean.

        Elements, each with its weight, are taken for independent draws. With :math:`x_i = w_i \ell_i`, :math:`W = \sum
        w_i` and the weighted mean R,

        .. math::

            \mathrm{se}^2 = \frac{1}{n(n-1)} \sum (x_i - \bar x)^2 \quad\text{("mean")}, \qquad
            \mathrm{se}^2 = \frac{n'}{n'-1} \cdot \frac{1}{W^2} \sum w_i^2 (\ell_i - R)^2 \quad\text{("weighted_mean")},

        where :math:`n'` counts the elements of a weight above 0. The second is the ratio estimator's: W varies from
        sample to sample, too. Without weights both are :math:`s / \sqrt n`.

        A weight is a weight here, not a number of copies: an element of weight 2 is one observation. Copies of one
        element are not independent, and make this number smaller than it should be.

        Parameters
        ----------
        reduction : {"mean", "weighted_mean"}
            Of which mean.

        Returns
        -------
        float
            At least 0; NaN if a loss was infinite or NaN. Losses whose squares float64 cannot hold, below
            :math:`10^{-154}` or above :math:`10^{154}`, count as 0 or infinite here.

        Raises
        ------
        ValueError
            If the reduction is another, or fewer than two elements have been seen (of a weight above 0, for the
            weighted mean).

        References
        ----------
        W. G. Cochran: *Sampling Techniques*, third edition (Wiley, 1977), chapter 6, for the ratio; D. F. Gatz,
        L. Smith: The standard error of a weighted mean concentration. Atmospheric Environment 29 (1995), who find it
        closest to the bootstrap among those in use.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> loss = MeanLoss().update([1, 0, 1, 0], [2.0, -1.0, 0.5, 1.0])
        >>> print(f"{loss.result():.4f} ± {loss.standard_error():.4f}")
        0.5569 ± 0.2619
        """
        sums, divisor = self._sums, self._divisor(reduction)
        count = sums.elements if reduction == "mean" else sums.weighted_elements
        if count < 2:
            raise ValueError(f"a standard error needs at least two elements, and {count} has been seen: go on")
        if not math.isfinite(sums.loss.high):
            return math.nan
        if not math.isfinite(sums.loss_squared.high + sums.weight_times_loss.high + sums.weight_squared.high):
            return math.inf
        loss, loss_squared = exactly(sums.loss), exactly(sums.loss_squared)
        if reduction == "mean":
            squares = loss_squared - loss**2 / count
        else:  # Σ(x − R·w)², multiplied out
            mean, product, weight_squared = loss / divisor, sums.weight_times_loss, sums.weight_squared
            squares = loss_squared - mean * (2 * exactly(product) - mean * exactly(weight_squared))
        return math.sqrt(max(squares, Fraction(0)) * count / (count - 1)) / float(divisor)

    def class_mean(self, label: int) -> float:
        r"""Return the mean loss of one class, in nats.

        .. math::

            \frac{\sum y_i w_i \ell_i}{\sum y_i w_i} \quad\text{(label 1)}, \qquad
            \frac{\sum (1-y_i)\, w_i \ell_i}{\sum (1-y_i)\, w_i} \quad\text{(label 0)}.

        A soft label counts for both classes, each with its share. The two means, weighted by the classes' shares of all
        weight, are the weighted mean of all.

        Parameters
        ----------
        label : {0, 1}
            Of which class.

        Returns
        -------
        float
            A weighted mean; an infinite loss of the other class does not touch it.

        Raises
        ------
        ValueError
            If the label is another, or no element of that class has been seen with a weight above 0.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> loss = MeanLoss().update([1, 0, 0], [2.0, -1.0, 1.0])
        >>> print(f"{loss.class_mean(0):.4f} {loss.class_mean(1):.4f}")
        0.8133 0.1269
        """
        if label not in (0, 1):
            raise ValueError(f"label={label!r} is neither 0 nor 1")
        of_one = exactly(self._sums.weight_of_class_1)
        weight = of_one if label == 1 else exactly(self._sums.weight) - of_one
        if weight <= 0:
            raise ValueError(
                f"class_mean({label}) would divide by 0: no element of class {label} has been seen, or only of weight 0"
            )
        return _quotient(self._sums.loss_of_class_1 if label == 1 else self._sums.loss_of_class_0, weight)

    def reset(self) -> Self:
        """Forget all that has been seen, and return this object.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> MeanLoss().update([1], [0.5]).reset().count
        0
        """
        self._sums = Sums()
        return self

    def state(self) -> dict[str, Any]:
        """Return all that is known as a value for JSON or pickle, from which `from_state` makes the same object.

        Returns
        -------
        dict
            Whole numbers, and pairs of floats as hexadecimal text (``float.hex``): every bit is in it, infinities and
            NaN too, which JSON has no numbers for.

        Examples
        --------
        >>> import json
        >>> from bce_lib.streaming import MeanLoss
        >>> text = json.dumps(MeanLoss().update([0, 0], [800.0, -800.0]).state(), allow_nan=False)
        >>> json.loads(text)["loss"]
        ['0x1.9000000000000p+9', '0x0.0p+0']
        >>> MeanLoss.from_state(json.loads(text)).result()
        400.0
        """
        values = self._sums._asdict()
        return {"version": VERSION} | {
            name: [part.hex() for part in value] if isinstance(value, DoubleDouble) else value
            for name, value in values.items()
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Make an object of a state.

        Parameters
        ----------
        state : mapping
            What `state` returned, perhaps elsewhere.

        Returns
        -------
        MeanLoss
            With the same state, to the bit.

        Raises
        ------
        TypeError
            If the state is no mapping.
        ValueError
            If it lacks something, has something else, or holds what no sums can be.

        Examples
        --------
        >>> from bce_lib.streaming import MeanLoss
        >>> loss = MeanLoss().update([1, 0], [2.0, -1.0])
        >>> MeanLoss.from_state(loss.state()) == loss
        True
        """
        self = cls()
        self._sums = sums_of_state(state)
        return self

    def __eq__(self, other: object) -> bool:
        """Tell whether the states are the same, to the bit."""
        return self.state() == other.state() if isinstance(other, MeanLoss) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show how much has been seen, and the mean."""
        return f"MeanLoss({self.count} seen" + (f", mean {self.result():.6g})" if self.count else ")")

    def _divisor(self, reduction: str) -> Fraction:
        if reduction not in ("mean", "weighted_mean"):
            raise ValueError(f"reduction={reduction!r} is not a mean: use 'mean' or 'weighted_mean'")
        divisor = Fraction(self.count) if reduction == "mean" else exactly(self._sums.weight)
        if divisor == 0:
            cause = "nothing has been seen: call update first" if self.count == 0 else "the weights add up to 0"
            raise ValueError(f"reduction={reduction!r} would divide by 0: {cause}")
        return divisor


def _quotient(total: DoubleDouble, divisor: Fraction) -> float:
    return float(exactly(total) / divisor) if math.isfinite(total.high) else total.high
