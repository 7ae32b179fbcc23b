"""A mean loss in pieces against all at once: laws of merging, errors of the mean, weights, classes, bad input."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp

from bce_lib import binary_cross_entropy_with_logits
from bce_lib._blockwise import BLOCK
from bce_lib._double_double import exactly
from bce_lib.accuracy import exact_loss
from bce_lib.streaming import MeanLoss
from engines import torch
from mean_losses import assert_same_to, batches, examples, loss_of

law = settings(max_examples=150, deadline=None, derandomize=True)
U = Fraction(1, 2**53)


# The mean


def test_a_hundred_thousand_updates_after_a_large_one():
    loss = MeanLoss()
    loss._sums = MeanLoss().update(0.0, 2.0**60)._sums  # a loss of 2⁶⁰
    step = MeanLoss().update(0, 0.0)  # of log 2
    for _ in range(100_000):
        loss.merge(step)
    right = (2**60 + 100_000 * Fraction(math.log(2))) / 100_001
    assert abs(Fraction(loss.result()) - right) <= U * right
    assert loss.count == 100_001


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_mean_is_that_of_fifty_digits_to_1e_15(dtype, kind):
    generator = np.random.default_rng(1)
    z = np.concatenate([generator.uniform(-600, 600, 200), generator.normal(0, 4, 200)]).astype(dtype)
    y = generator.integers(0, 2, 400).astype(float) if kind == "hard" else generator.random(400)
    w = generator.random(400)
    losses = exact_loss(y, z)
    with mp.workdps(50):
        weighted = mp.fsum(a * b for a, b in zip(losses, w, strict=True))
        right = {"mean": weighted / 400, "weighted_mean": weighted / mp.fsum(map(mp.mpf, w))}
        by_class = [
            mp.fsum(loss * a * s for loss, a, s in zip(losses, w, share, strict=True))
            / mp.fsum(mp.mpf(a) * s for a, s in zip(w, share, strict=True))
            for share in ([1 - mp.mpf(v) for v in y], [mp.mpf(v) for v in y])
        ]
    loss = loss_of(y, z, w)
    for reduction, value in right.items():
        assert abs(loss.result(reduction) - value) <= 1e-15 * value
    for label, value in enumerate(by_class):
        assert abs(loss.class_mean(label) - value) <= 1e-15 * value


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_mean_of_the_core(weighted):
    y, z, w = examples(1000)
    w = w if weighted else None
    for reduction in ("mean", "weighted_mean"):
        right = binary_cross_entropy_with_logits(y, z, sample_weight=w, reduction=reduction)
        assert loss_of(y, z, w).result(reduction) == pytest.approx(right, rel=4e-16)


def test_losses_of_float32_are_not_rounded_to_float32():
    z = np.float32([0.1, -3.3])
    assert loss_of([1, 0], z) == loss_of([1, 0], z.astype(np.float64))
    assert loss_of([1, 0], z).result() != float(binary_cross_entropy_with_logits([1, 0], z))


@law
@given(batches(1), st.lists(st.integers(0, 30), max_size=4), st.randoms(use_true_random=False))
def test_neither_the_batches_nor_the_order_matter(batch, cuts, random):
    order = random.sample(range(len(batch[0])), len(batch[0]))
    pieces = [tuple(array[order][i:j] for array in batch) for i, j in pairwise([0, *sorted(cuts), 30])]
    in_pieces = reduce(lambda loss, piece: loss.update(*piece), pieces, MeanLoss())
    assert_same_to(Fraction(1, 10**28), MeanLoss().update(*batch), in_pieces)


def test_a_large_array_in_batches_of_any_size_gives_the_same_float():
    y, z, w = examples(3 * BLOCK + 17)
    whole = loss_of(y, z, w)
    for size in (1000, BLOCK, 20_011):
        loss = MeanLoss()
        for i in range(0, len(y), size):
            loss.update(y[i : i + size], z[i : i + size], w[i : i + size])
        for reduction in ("mean", "weighted_mean"):
            assert loss.result(reduction) == whole.result(reduction)
            assert loss.standard_error(reduction) == whole.standard_error(reduction)


def test_a_batch_of_nothing_adds_nothing():
    assert loss_of([], []) == MeanLoss()
    y, z, w = examples(10)
    assert loss_of(y, z, w).update(np.empty((0, 3)), np.empty((0, 3)), np.empty((0, 1))) == loss_of(y, z, w)


def test_updates_chain_and_results_are_plain_floats():
    loss = MeanLoss()
    assert loss.update([1, 0], [0.5, 1.0]) is loss
    for value in (loss.result(), loss.standard_error(), loss.class_mean(0), loss.weight):
        assert type(value) is float
    assert (type(loss.count), loss.count, loss.weight) == (int, 2, 2.0)
    assert loss.reset() is loss
    assert loss == MeanLoss()


# Merging


@pytest.mark.slow  # compares a hundred sums as exact fractions, many times
@law
@given(batches(), batches(), batches())
def test_merging_is_adding(first, second, third):
    a, b, c = (lambda batch=batch: MeanLoss().update(*batch) for batch in (first, second, third))
    assert a().merge(b()) == b().merge(a())
    assert_same_to(8 * U**2, a().merge(b()).merge(c()), a().merge(b().merge(c())))
    assert a().merge(MeanLoss()) == MeanLoss().merge(a()) == a()
    joined = [np.concatenate(parts) for parts in zip(first, second, third, strict=True)]
    assert_same_to(Fraction(1, 10**28), MeanLoss().update(*joined), a().merge(b()).merge(c()))


def test_the_other_stays_as_it_is_and_a_loss_may_be_merged_with_itself():
    y, z, w = examples(20)
    a, b = loss_of(y, z, w), loss_of(y, z)
    a.merge(b)
    assert b == loss_of(y, z)
    twice = loss_of(y, z).merge(b).merge(MeanLoss())
    assert b.merge(b) == twice
    assert b.result() == loss_of(y, z).result()


@pytest.mark.parametrize("other", [None, 0.3, {"version": 1}])
def test_only_a_mean_loss_is_merged(other):
    with pytest.raises(TypeError, match="merge takes a MeanLoss"):
        MeanLoss().merge(other)


# Weights


def test_a_weight_of_zero_adds_nothing_whatever_the_loss():
    y, z, w = examples(10)
    more = [
        np.append(array, extra) for array, extra in ((y, [1, 0, 1]), (z, [-np.inf, np.inf, np.nan]), (w, [0, 0, 0]))
    ]
    loss, plain = loss_of(*more), loss_of(y, z, w)
    assert loss._sums[1:] == plain._sums[1:]
    assert loss.count == plain.count + 3
    assert loss.result("weighted_mean") == plain.result("weighted_mean")
    assert loss.standard_error("weighted_mean") == plain.standard_error("weighted_mean")
    assert loss.result() == pytest.approx(plain.result() * 10 / 13, rel=1e-15)


@pytest.mark.parametrize("weight", [0.375, np.float64(3), [[2.0]], [[0.1], [0.2], [0.3], [0.4]], [[0.5, 0.25, 0.0]]])
def test_a_weight_repeats_where_its_length_is_one(weight):
    y, z, _ = examples(12)
    full = np.broadcast_to(weight, (4, 3))
    assert loss_of(y.reshape(4, 3), z.reshape(4, 3), weight) == loss_of(y, z, full.ravel())


def test_a_mean_weight_scales_the_mean_and_leaves_the_weighted_mean():
    y, z, w = examples(50)
    once, twice = loss_of(y, z, w), loss_of(y, z, 2 * w)
    for function in (MeanLoss.result, MeanLoss.standard_error):
        assert function(twice, "weighted_mean") == function(once, "weighted_mean")
        assert function(twice) == 2 * function(once)
    assert [twice.class_mean(label) for label in (0, 1)] == [once.class_mean(label) for label in (0, 1)]


# The standard error


def test_without_weights_it_is_the_textbook_one():
    y, z, _ = examples(1000)
    losses = binary_cross_entropy_with_logits(y, z, reduction="none")
    right = losses.std(ddof=1) / math.sqrt(1000)
    for loss in (loss_of(y, z), loss_of(y, z, np.ones(1000)), loss_of(y, z, 0.5)):
        assert loss.standard_error("weighted_mean") == pytest.approx(right, rel=1e-13)
    assert loss_of(y, z).standard_error() == pytest.approx(right, rel=1e-13)


def test_with_weights_it_is_that_of_the_products_and_that_of_the_ratio():
    y, z, w = examples(1000)
    w += 0.01
    losses = binary_cross_entropy_with_logits(y, z, reduction="none")
    loss = loss_of(y, z, w)
    assert loss.standard_error() == pytest.approx((w * losses).std(ddof=1) / math.sqrt(1000), rel=1e-13)
    residuals = w * (losses - loss.result("weighted_mean"))
    right = math.sqrt(1000 / 999 * np.sum(residuals**2)) / np.sum(w)
    assert loss.standard_error("weighted_mean") == pytest.approx(right, rel=1e-13)


@pytest.mark.slow  # 3,000 samples
@pytest.mark.parametrize("reduction", ["mean", "weighted_mean"])
def test_it_is_the_spread_of_the_mean_from_sample_to_sample(reduction):
    """Weights that go with the losses, as importance weights do: the spread of 3,000 simulated samples of 400."""
    generator = np.random.default_rng(5)
    means, claimed = [], []
    for _ in range(3000):
        z = generator.normal(1, 1, 400)
        loss = loss_of(generator.random(400) < 0.7, z, 1 / (1 + np.exp(z)))
        means.append(loss.result(reduction))
        claimed.append(loss.standard_error(reduction) ** 2)
    assert math.sqrt(np.mean(claimed)) == pytest.approx(np.std(means), rel=0.06)


@pytest.mark.parametrize("offset", [1e4, 1e8, 2.0**40])
def test_an_offset_does_not_cancel(offset):
    """Losses of y = 0 at such logits are the logits; the sum of squares in float64 loses all digits of the spread."""
    spread = np.random.default_rng(2).integers(-100, 100, 2000) / 128.0
    z = offset + spread
    right = spread.std(ddof=1) / math.sqrt(2000)
    for w in (None, np.full(2000, 0.75)):
        loss = loss_of(np.zeros(2000), z, w)
        assert loss.standard_error("weighted_mean") == pytest.approx(right, rel=1e-6)
    assert loss_of(np.zeros(2000), z).standard_error() == pytest.approx(right, rel=1e-6)
    naive = np.mean(z**2) - np.mean(z) ** 2
    assert offset == 1e4 or naive != pytest.approx(spread.var(), rel=0.5)


def test_equal_losses_have_no_spread():
    assert loss_of([1, 0, 1], [0.3, -0.3, 0.3]).standard_error() == 0
    assert loss_of([1, 0, 1], [0.3, -0.3, 0.3], [0.1, 0.7, 0.9]).standard_error("weighted_mean") < 1e-23


@pytest.mark.parametrize(("y", "w", "reduction"), [([1], None, "mean"), ([1, 0], [0.5, 0], "weighted_mean")])
def test_one_element_has_no_standard_error(y, w, reduction):
    with pytest.raises(ValueError, match="at least two elements, and 1 has been seen"):
        loss_of(y, np.zeros(len(y)), w).standard_error(reduction)


# Classes


def test_a_class_mean_is_the_mean_of_its_elements():
    y, z, w = examples(200)
    loss = loss_of(y, z, w)
    for label in (0, 1):
        own = y == label
        assert loss.class_mean(label) == loss_of(y[own], z[own], w[own]).result("weighted_mean")


@law
@given(batches(1))
def test_the_means_of_the_classes_are_the_mean_of_all(batch):
    y, z, w = batch
    loss = MeanLoss().update(*batch)
    assume(np.sum(w * y) > 1e-200 and np.sum(w * (1 - y)) > 1e-10 * np.sum(w))
    share = exactly(loss._sums.weight_of_class_1) / exactly(loss._sums.weight)
    both = share * Fraction(loss.class_mean(1)) + (1 - share) * Fraction(loss.class_mean(0))
    assert float(both) == pytest.approx(loss.result("weighted_mean"), rel=1e-15)


def test_a_soft_label_counts_for_both_classes_with_its_share():
    loss = loss_of([0.25, 1.0], [800.0, -4.0])  # losses of 600 and of a little more than 4
    assert loss.class_mean(0) == 600
    assert loss.class_mean(1) == pytest.approx((0.25 * 600 + math.log1p(math.exp(4))) / 1.25, rel=1e-15)


def test_the_small_share_of_a_soft_label_keeps_its_digits():
    loss = loss_of([1 - 2.0**-40, 1 - 2.0**-40], [-3.3, 0.7])
    right = np.mean(binary_cross_entropy_with_logits([1 - 2.0**-40] * 2, [-3.3, 0.7], reduction="none"))
    assert loss.class_mean(0) == pytest.approx(right, rel=1e-15)


def test_a_small_class_with_small_losses_keeps_its_digits():
    y, z = np.repeat([1, 0], [100_000, 1]), np.repeat([-900.0, -300.0], [100_000, 1])
    assert loss_of(y, z).class_mean(0) == math.exp(-300)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_loss_without_bounds_spoils_its_own_class_and_the_mean(bad):
    loss = loss_of([0, 1, 0], [bad, 0.0, 0.0])
    assert loss.class_mean(1) == math.log(2)
    for value in (loss.result(), loss.class_mean(0), loss.update([1, 0], [1.0, 2.0]).result()):
        np.testing.assert_equal(value, bad)
    assert math.isnan(loss.standard_error())
    np.testing.assert_equal(MeanLoss().update([1], [2.0]).merge(loss).merge(loss).result(), bad)


def test_infinity_and_nan_together_are_nan():
    assert math.isnan(loss_of([0, 0], [np.inf, np.nan]).result())
    assert math.isnan(loss_of([0], [np.inf]).merge(loss_of([0], [np.nan])).result())


def test_sums_beyond_the_largest_float_are_infinite():
    huge = loss_of([0, 0, 1], [1e308, 1.7e308, 0.0])
    assert huge.result() == math.inf
    large = loss_of([0, 0], [1e200, 3e200])
    assert (large.result(), large.standard_error()) == (2e200, math.inf)


@pytest.mark.parametrize("label", [0, 1])
def test_a_class_that_was_not_seen_has_no_mean(label):
    for loss in (MeanLoss(), loss_of([1 - label] * 3, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])):
        with pytest.raises(ValueError, match=f"no element of class {label}"):
            loss.class_mean(label)
    with pytest.raises(ValueError, match="label=2 is neither 0 nor 1"):
        MeanLoss().class_mean(2)


# What cannot be


def test_a_mean_of_nothing_is_an_error_as_in_the_core():
    for function in (MeanLoss.result, MeanLoss.standard_error):
        for reduction in ("mean", "weighted_mean"):
            with pytest.raises(ValueError, match="nothing has been seen"):
                function(MeanLoss(), reduction)
        with pytest.raises(ValueError, match="the weights add up to 0"):
            function(loss_of([1, 0], [0.5, 0.5], [0, 0]), "weighted_mean")
        with pytest.raises(ValueError, match="reduction='sum' is not a mean"):
            function(loss_of([1, 0], [0.5, 0.5]), "sum")
    assert loss_of([1, 0], [0.5, 0.5], [0, 0]).result() == 0


BAD = {
    "a label": (([0] * 20_000 + [2], np.zeros(20_001)), ValueError, "2 at position 20000"),
    "a label that is missing": (([0.0, np.nan], [0.0, 0.0]), ValueError, "1 of 2 values"),
    "labels −1 and 1": (([-1, 1], [0.0, 0.0]), ValueError, r"\(y_true \+ 1\) / 2"),
    "a shape": (([[1], [0]], [0.0, 0.0]), ValueError, "a column met a row"),
    "a negative weight": (([1, 0], [0.0, 0.0], [1, -1]), ValueError, "contains -1"),
    "an infinite weight": (([1, 0], [0.0, 0.0], [1, np.inf]), ValueError, "contains inf"),
    "the shape of a weight": (([1, 0], [0.0, 0.0], [1, 1, 1]), ValueError, "sample_weight has shape"),
    "boolean logits": (([1, 0], [True, False]), TypeError, "logits has dtype bool"),
    "complex labels": (([1j, 0], [0.0, 0.0]), TypeError, "y_true has dtype complex"),
    "no labels": ((None, [0.0]), TypeError, "y_true is None"),
    "words": ((["yes"], [0.0]), TypeError, "y_true"),
    "an empty batch of a wrong dtype": (([], np.empty(0, bool)), TypeError, "logits has dtype bool"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_batch_is_refused_and_leaves_the_state_as_it_was(case):
    arguments, error, message = BAD[case]
    loss = loss_of(*examples(20))
    before = loss.state()
    with pytest.raises(error, match=message):
        loss.update(*arguments)
    assert loss.state() == before


def test_a_batch_of_two_libraries_is_refused_and_leaves_the_state_as_it_was():
    loss = loss_of(*examples(20))
    before = loss.state()
    with pytest.raises(TypeError, match="different libraries"):
        loss.update(torch.tensor([1.0]), np.array([0.0]))
    assert loss.state() == before
