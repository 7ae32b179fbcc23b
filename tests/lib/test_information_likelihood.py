"""The likelihood, its logarithm, and the probability that makes it largest."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bce_lib
from bce_lib import binary_cross_entropy
from bce_lib.accuracy import as_float64
from engines import ENGINES, EVERY_ENGINE_AND_DTYPE, pandas

law = settings(max_examples=100, deadline=None, derandomize=True)
samples = st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.99)), max_size=30)


@law
@given(samples)
def test_likelihood_is_the_product_of_what_was_predicted_for_what_happened(pairs):
    exact = math.prod((Fraction(p) if y else 1 - Fraction(p) for y, p in pairs), start=Fraction(1))
    found = bce_lib.likelihood([y for y, _ in pairs], [p for _, p in pairs])
    assert abs(Fraction(float(found)) / exact - 1) <= 4 * max(1, len(pairs)) * Fraction(1, 2**53)


@law
@given(samples)
def test_log_likelihood_is_its_logarithm_and_minus_the_sum_of_the_losses(pairs):
    y, p = [y for y, _ in pairs], [p for _, p in pairs]
    found = bce_lib.log_likelihood(y, p)
    np.testing.assert_allclose(found, np.log(bce_lib.likelihood(y, p)), rtol=2.0**-46, atol=2.0**-46)
    assert found == -binary_cross_entropy(y, p, reduction="sum")


@pytest.mark.parametrize("n", range(1, 8))
def test_likelihoods_of_all_that_can_happen_add_up_to_one(n):
    p = np.random.default_rng(n).integers(1, 16, n) / 16  # all products are exact
    assert sum(bce_lib.likelihood(y, p) for y in itertools.product([0, 1], repeat=n)) == 1


def test_soft_labels_are_exponents():
    assert bce_lib.likelihood([0.5], [0.25]) == pytest.approx(math.sqrt(3) / 4, rel=2.0**-51, abs=0)
    assert bce_lib.likelihood([0.25, 0.75], [0.0625, 0.5]) == pytest.approx(
        0.5 * 0.9375**0.75 * 0.5, rel=2.0**-51, abs=0
    )


def test_after_1075_tosses_of_a_coin_nothing_is_left_of_the_product():
    assert bce_lib.likelihood(np.ones(1074), np.full(1074, 0.5)) == 2.0**-1074
    assert bce_lib.likelihood(np.ones(1075), np.full(1075, 0.5)) == 0
    np.testing.assert_array_max_ulp(bce_lib.log_likelihood(np.ones(1075), np.full(1075, 0.5)), -1075 * np.log(2), 1)


def test_the_product_underflows_where_the_sum_does_not():
    y, p = np.ones(2000), np.full(2000, 0.5)
    assert bce_lib.likelihood(y, p) == 0
    assert bce_lib.log_likelihood(y, p) == -2000 * np.log(2)


def test_in_float32_the_product_goes_on_in_double():
    y, p = np.ones(160), np.full(160, 0.5, np.float32)
    assert bce_lib.likelihood(y, p).dtype == np.float32
    assert bce_lib.likelihood(y[:140], p[:140]) == np.float32(2.0**-140)
    for often in np.random.default_rng(8).uniform(0.8, 1, (10, 100)).astype(np.float32):
        exact = math.prod(Fraction(float(p)) for p in often)
        assert bce_lib.likelihood(y[:100], often) == np.float32(float(exact))
    up_and_down = np.float32([0.5] * 160)
    assert bce_lib.log_likelihood(y, up_and_down) == np.float32(-160 * np.log(2))


def test_certainty_is_worth_all_or_nothing():
    assert bce_lib.likelihood([1, 0], [1.0, 0.0]) == 1
    assert bce_lib.likelihood([1, 0], [1.0, 1.0]) == 0
    assert bce_lib.log_likelihood([1, 0], [1.0, 0.0]) == 0
    assert bce_lib.log_likelihood([1, 0], [1.0, 1.0]) == -np.inf
    assert not np.signbit(bce_lib.log_likelihood([1, 0], [1.0, 0.0]))


def test_of_no_labels_at_all_nothing_is_surprising():
    assert bce_lib.likelihood([], []) == 1
    assert bce_lib.log_likelihood([], []) == 0


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_every_engine_finds_what_numpy_finds(engine, dtype):
    y, p = np.array([1.0, 0, 1, 0]), np.array([0.75, 0.5, 0.875, 0.125])
    with engine.computing(dtype):
        arguments = engine.array(y, dtype), engine.array(p, dtype)
        for function in (bce_lib.likelihood, bce_lib.log_likelihood):
            expected = function(y, p)
            found = engine.compiled(function)(*arguments)
            assert str(found.dtype).endswith(dtype)
            np.testing.assert_allclose(as_float64(found), expected, rtol=2.0**-7 if dtype == "bfloat16" else 2.0**-10)


# The maximum


@law
@given(st.lists(st.integers(0, 1), min_size=1, max_size=50), st.floats(0, 1))
def test_no_probability_makes_the_labels_more_likely_than_their_mean(y, other):
    best = bce_lib.maximum_likelihood(y)
    np.testing.assert_array_max_ulp(best, np.float64(Fraction(sum(y), len(y))), 1)
    at_best, elsewhere = (bce_lib.log_likelihood(y, np.full(len(y), p)) for p in (best, other))
    assert elsewhere <= at_best + abs(at_best) * 2.0**-50


def test_a_search_that_knows_no_calculus_ends_at_the_mean():
    y = np.random.default_rng(6).random(50)  # soft labels too
    low, high = 0.0, 1.0
    for _ in range(60):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if bce_lib.log_likelihood(y, np.full(50, left)) < bce_lib.log_likelihood(y, np.full(50, right)):
            low = left
        else:
            high = right
    # The top is flat: a rounding of its height is the square root of one across.
    assert abs(bce_lib.maximum_likelihood(y) - low) <= 4 * math.sqrt(2.0**-53)


def test_labels_that_are_all_the_same_are_most_likely_under_certainty():
    assert bce_lib.maximum_likelihood([1, 1, 1]) == 1
    assert bce_lib.maximum_likelihood([0, 0, 0]) == 0
    assert bce_lib.log_likelihood([1, 1], [1.0, 1.0]) == bce_lib.log_likelihood([0, 0], [0.0, 0.0]) == 0


@pytest.mark.parametrize(
    ("y", "dtype"),
    [
        ([1, 0, 1, 1], "float64"),
        ((True, False, True, True), "float64"),
        (np.array([1, 0, 1, 1]), "float64"),
        (np.array([1, 0, 1, 1], np.uint8), "float64"),
        (np.array([True, False, True, True]), "float64"),
        (np.float16([1, 0, 1, 1]), "float16"),
        (np.float32([[1, 0], [1, 1]]), "float32"),
        (np.float32([0.5, 1.0]), "float32"),
        (0.75, "float64"),
    ],
    ids=lambda value: f"{type(value).__name__} {getattr(value, 'dtype', '')}",
)
def test_the_maximum_is_found_for_labels_of_every_kind(y, dtype):
    found = bce_lib.maximum_likelihood(y)
    assert found == 0.75
    assert found.dtype == dtype


def test_the_maximum_is_found_for_columns_of_pandas_whatever_their_index():
    for column in (pandas.Series([1, 0, 1, 1], index=[4, 5, 6, 7]), pandas.Series([True, False, True, True])):
        found = bce_lib.maximum_likelihood(column)
        assert found == 0.75
        assert found.dtype == "float64"


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("dtype", ["bool", "int32", "float32"])
def test_the_maximum_is_found_on_every_engine(engine, dtype):
    y = np.array([1.0, 0, 1, 1])
    assert as_float64(bce_lib.maximum_likelihood(engine.array(y, dtype))) == 0.75


def test_the_mean_of_many_float32_labels_keeps_its_digits():
    y = np.zeros(2**25 + 2, np.float32)
    y[: 2**24 + 1] = 1  # a plain sum in float32 stops counting at 2²⁴
    assert bce_lib.maximum_likelihood(y) == 0.5
    for soft in np.random.default_rng(7).random((10, 100_003), np.float32):
        assert bce_lib.maximum_likelihood(soft) == np.float32(math.fsum(soft) / soft.size)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ([], ValueError, "y_true is empty: no labels make no probability most likely"),
        ([2, 1], ValueError, r"y_true has 1 of 2 values outside \[0, 1\] \(2 at position 0\)"),
        ([0.5, np.nan], ValueError, r"y_true has 1 of 2 values outside \[0, 1\] \(nan at position 1\)"),
        (None, TypeError, "y_true is None"),
        (["a"], TypeError, "y_true has dtype <U1"),
        (np.array([1j]), TypeError, "y_true has dtype complex128"),
        (np.array([1], object), TypeError, "y_true has dtype object"),
        (np.array(["2020"], "M8[Y]"), TypeError, "y_true has dtype datetime64"),
    ],
    ids=str,
)
def test_labels_that_have_no_maximum_are_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        bce_lib.maximum_likelihood(wrong)


@pytest.mark.parametrize("function", [bce_lib.likelihood, bce_lib.log_likelihood])
def test_logits_are_recognised(function):
    with pytest.raises(ValueError, match="y_prob reaches from -3 to 2, outside .*are they logits"):
        function([0, 1], [-3.0, 2.0])
