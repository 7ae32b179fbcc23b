"""Entropy, cross-entropy and divergence: against 50 digits, in both units, and as information theory relates them."""

from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import bce_lib
import grids
from bce_lib import binary_cross_entropy
from bce_lib.accuracy import DIGITS, as_float64, exact_function, exact_loss_of_probability
from bounds import assert_within, bound, errors, read_by
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, JAX, NUMPY, TORCH, Engine, derivative

law = settings(max_examples=300, deadline=None, derandomize=True)
probability = st.floats(0, 1)
BITS = float(np.log(2))


@cache
def exact_terms(p: float, q: float) -> tuple[mpf, mpf]:
    """Return p·log(p/q) and (1 − p)·log((1 − p)/(1 − q)), whose sum is the divergence."""

    def term(share: mpf, believed: mpf) -> mpf:
        if share == 0:
            return mpf(0)
        return share * mp.log(share / believed) if believed > 0 else mp.inf

    with mp.workdps(400):  # enough for 1 − p to be exact
        true, believed = mpf(float(p)), mpf(float(q))
        return term(true, believed), term(1 - true, 1 - believed)


def pairs(dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of probabilities, far from each other, close, next to each other, and the same."""
    p = grids.probabilities(dtype, 40)
    p = p[(p > 0) & (p < 1)]
    spacing = grids.spacing(dtype, p)
    near = [p * 0.75, p / 3, p * 3, p + spacing, p - spacing, p * (1 + 1e-3), p]
    others = [np.roll(p, 7), 1 - p, np.full(p.shape, 0.5), *near]
    q = grids.rounded(np.concatenate(others), dtype)
    p = np.tile(p, len(others))
    inside = (q > 0) & (q < 1)
    return p[inside], q[inside]


def in_unit(exact: np.ndarray, unit: str) -> np.ndarray:
    with mp.workdps(DIGITS):
        return exact if unit == "nats" else exact / mp.log(2)


@pytest.mark.parametrize("unit", ["nats", "bits"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_surprise_is_within_its_bound_of_fifty_digits(engine, dtype, unit):
    p = grids.probabilities(dtype)
    with engine.computing(dtype):
        computed = engine.compiled(partial(bce_lib.surprise, unit=unit))(engine.array(p, dtype))
        exact = in_unit(surprise_to_fifty_digits(engine, dtype), unit)
        found = errors(engine, dtype, computed, exact)
    assert_within(bound("loss", engine, dtype, weighted=unit == "bits"), found, p=p)


@pytest.mark.parametrize("unit", ["nats", "bits"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_entropy_is_within_its_bound_of_fifty_digits(engine, dtype, unit):
    p = grids.probabilities(dtype)
    with engine.computing(dtype):
        computed = engine.compiled(partial(bce_lib.entropy, unit=unit))(engine.array(p, dtype))
        exact = in_unit(entropy_to_fifty_digits(engine, dtype), unit)
        found = errors(engine, dtype, computed, exact, sums=True)
    assert_within(bound("loss", engine, dtype, weighted=unit == "bits"), found, p=p)


def surprise_to_fifty_digits(engine: Engine, dtype: str) -> np.ndarray:
    return _surprise(JAX if engine is JAX else NUMPY, dtype)


def entropy_to_fifty_digits(engine: Engine, dtype: str) -> np.ndarray:
    return _entropy(JAX if engine is JAX else NUMPY, dtype)


@cache
def _surprise(engine: Engine, dtype: str) -> np.ndarray:
    p = read_by(engine, dtype, grids.probabilities(dtype))
    return exact_function(lambda x: -mp.log(x) if x > 0 else mp.inf, p)


@cache
def _entropy(engine: Engine, dtype: str) -> np.ndarray:
    p = read_by(engine, dtype, grids.probabilities(dtype))
    return exact_loss_of_probability(p, p)


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("function", [bce_lib.surprise, bce_lib.entropy])
def test_of_a_certain_event_it_is_0_and_not_minus_0(function, engine):
    assert not np.signbit(as_float64(engine.compiled(function)(engine.array([1.0, 1.0], "float32")))).any()


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_divergence_is_off_by_a_few_roundings_of_the_two_terms_that_it_is_the_sum_of(engine, dtype):
    """Near p = q they cancel, so no bound in ulp holds; but the terms are as small as p − q there, not as 1."""
    p, q = pairs(dtype)
    with engine.computing(dtype):
        found = as_float64(engine.compiled(bce_lib.kl_divergence)(engine.array(p, dtype), engine.array(q, dtype)))
    worked_in = 2.0 ** -(53 if engine in (NUMPY, DASK) else max(24, grids.PRECISION[dtype]))
    with np.errstate(over="ignore"):
        off = np.zeros(p.shape, bool)
        if engine is JAX and dtype == "float64":  # XLA's log1p is off by up to 129 ulp there (jax-ml/jax#39707)
            off = np.any([(x > -0.53) & (x < -0.28) for x in ((p - q) / q, (q - p) / (1 - q))], axis=0)
    roundings = np.where(off, 200, 8)
    dropped = grids.SMALLEST_NORMAL[dtype] if engine is JAX else 0.0
    for i, pair in enumerate(zip(read_by(engine, dtype, p), read_by(engine, dtype, q), strict=True)):
        yes, no = exact_terms(*pair)
        with mp.workdps(DIGITS):
            right = yes + no
            last = bound("loss", engine, dtype) * grids.spacing(dtype, np.array(float(right)))
            allowed = last + roundings[i] * worked_in * float(abs(yes) + abs(no)) + dropped
            assert found[i] == float(right) or abs(mpf(float(found[i])) - right) <= allowed, (
                pair,
                found[i],
                float(right),
            )


@pytest.mark.parametrize("dtype", NUMPY.dtypes)
def test_divergence_of_neighbours_is_there_where_the_difference_of_entropies_is_noise(dtype):
    """D ≈ (p − q)² / 2q(1 − q), off by a few roundings of p − q; a rounding of the entropies is far above both."""
    q = np.array([0.1, 0.3, 0.5, 0.9], dtype)
    p = np.nextafter(q, np.array(1, dtype))
    exact = [exact_terms(*pair) for pair in zip(p, q, strict=True)]
    found, right = bce_lib.kl_divergence(p, q).astype(float), np.array([float(yes + no) for yes, no in exact])
    last = 0.51 * grids.spacing(dtype, right)
    assert (np.abs(found - right) <= last + 8 * 2.0**-53 * (p.astype(float) - q)).all()
    assert (right < 2.0 ** (4 - 2 * grids.PRECISION[dtype])).all()


@law
@given(probability, probability)
def test_divergence_is_never_negative_and_nothing_only_for_what_is_believed_rightly(p, q):
    assert bce_lib.kl_divergence(p, q) >= 0
    assert bce_lib.kl_divergence(p, p) == 0


def test_divergence_of_the_next_number_is_never_negative():
    """Of two thousand such pairs some twenty have terms whose sum falls below 0: there it is 0."""
    q = np.random.default_rng(3).random(1000)
    for p in (np.nextafter(q, 1), np.nextafter(q, 0)):
        assert (bce_lib.kl_divergence(p, q) >= 0).all()


def test_divergence_is_more_than_nothing_as_soon_as_it_stands_out_from_the_roundings():
    p = np.random.default_rng(4).uniform(0.01, 0.99, 1000)
    for distance in 2.0 ** -np.arange(12, 47, 5):
        assert (bce_lib.kl_divergence(p, p + distance * np.minimum(p, 1 - p)) > 0).all()


@law
@given(probability, probability)
def test_divergence_does_not_ask_which_outcome_is_called_one(p, q):
    p, q = 1 - (1 - p), 1 - (1 - q)  # so that 1 − p is exact
    assert bce_lib.kl_divergence(1 - p, 1 - q) == bce_lib.kl_divergence(p, q)


@law
@given(probability, probability)
def test_no_belief_costs_less_than_the_truth(p, q):
    assert bce_lib.cross_entropy(p, q) >= bce_lib.entropy(p) * (1 - 4 * 2.0**-53)


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_autograd_finds_the_slope_of_the_divergence_for_hard_and_soft_truths(engine):
    p = np.array([0, 1, 0, 1, 0.25, 0.25, 0.75, 0.5])
    q = np.array([0, 1, 0.75, 0.75, 0.75, 0.25, 0.25, 2.0**-80])  # whose square is no number of float32
    slope = derivative(engine, bce_lib.kl_divergence, engine.array(p, "float32"), engine.array(q, "float32"))
    expected = (1 - p) / (1 - np.where(p == 1, 0, q)) - p / np.where(p == 0, 1, q)
    np.testing.assert_allclose(as_float64(slope), expected, rtol=2.0**-21, atol=2.0**-24)


@law
@given(probability, probability)
def test_cross_entropy_is_entropy_and_divergence(p, q):
    both = bce_lib.entropy(p) + bce_lib.kl_divergence(p, q)
    np.testing.assert_allclose(bce_lib.cross_entropy(p, q), both, rtol=2.0**-48, atol=2.0**-1040)


@law
@given(probability)
def test_entropy_does_not_ask_which_outcome_is_called_one(p):
    p = 1 - (1 - p)  # so that 1 − p is exact
    np.testing.assert_array_max_ulp(bce_lib.entropy(p), bce_lib.entropy(1 - p), 4)
    assert 0 <= bce_lib.entropy(p) <= np.nextafter(np.log(2), 1)


def test_cross_entropy_is_binary_cross_entropy_of_soft_labels():
    p, q = pairs("float64")
    np.testing.assert_array_equal(bce_lib.cross_entropy(p, q), binary_cross_entropy(p, q, reduction="none"))


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_certainty_needs_no_words_and_a_wrong_one_no_end_of_them(engine):
    p, q = engine.array([0, 1, 0, 1, 0.5, 0.5], "float32"), engine.array([0, 1, 1, 0, 0, 1], "float32")
    wrong = np.inf
    with engine.computing("float32"):
        for function, given, expected in (
            (bce_lib.surprise, [q], [wrong, 0, 0, wrong, wrong, 0]),
            (bce_lib.entropy, [q], np.zeros(6)),
            (bce_lib.cross_entropy, [p, q], [0, 0, wrong, wrong, wrong, wrong]),
            (bce_lib.kl_divergence, [p, q], [0, 0, wrong, wrong, wrong, wrong]),
        ):
            np.testing.assert_array_equal(as_float64(engine.compiled(function)(*given)), expected)


def test_bits_are_nats_over_log_two():
    assert bce_lib.surprise(0.25, unit="bits") == 2
    assert bce_lib.entropy(0.5, unit="bits") == 1
    assert bce_lib.cross_entropy(0.25, 0.5, unit="bits") == 1
    assert bce_lib.kl_divergence(1.0, 0.25, unit="bits") == 2
    p, q = np.float32([0.1, 0.7]), np.float32([0.3, 0.2])
    for function in (bce_lib.cross_entropy, bce_lib.kl_divergence):
        np.testing.assert_allclose(function(p, q, unit="bits") * BITS, function(p, q), rtol=2.0**-22)
        assert function(p, q, unit="bits").dtype == np.float32


def test_results_are_numbers_for_numbers_and_of_the_shape_and_dtype_of_what_is_believed():
    for function in (bce_lib.cross_entropy, bce_lib.kl_divergence):
        assert type(function(0.75, 0.5)) is np.float64
        assert function([[0.5], [1]], np.float32([[0.5], [0.5]])).shape == (2, 1)
        assert function(np.float64([0.5]), np.float32([0.5])).dtype == np.float32
        assert function([], []).shape == (0,)
    for function in (bce_lib.surprise, bce_lib.entropy):
        assert type(function(0.5)) is np.float64
        assert function(np.float32([[0.5], [0.25]])).dtype == np.float32
        assert function([[0.5], [0.25]]).shape == (2, 1)


@pytest.mark.parametrize("function", [bce_lib.surprise, bce_lib.entropy])
def test_one_probability_is_checked_by_its_name(function):
    with pytest.raises(ValueError, match=r"p reaches from 0.5 to 20, outside \[0, 1\]: a probability is wanted"):
        function([0.5, 20])
    with pytest.raises(TypeError, match=r"p is None"):
        function(None)
    with pytest.raises(TypeError, match=r"p has dtype bool: booleans are decisions"):
        function([True])
    assert np.isnan(function(np.nan))


@pytest.mark.parametrize("function", [bce_lib.cross_entropy, bce_lib.kl_divergence])
def test_two_probabilities_are_checked_by_their_names(function):
    with pytest.raises(ValueError, match=r"q reaches from -1 to 0.5, outside \[0, 1\]: a probability is wanted"):
        function([0.5, 0.5], [0.5, -1])
    with pytest.raises(ValueError, match=r"p has 1 of 2 values outside \[0, 1\] \(1.5 at position 1\)"):
        function([0.5, 1.5], [0.5, 0.5])
    with pytest.raises(ValueError, match=r"p has shape \(2,\) but q has shape \(2, 1\).*q\.reshape\(p\.shape\)"):
        function([0.5, 0.5], [[0.5], [0.5]])
    with pytest.raises(TypeError, match="q has dtype bool: booleans are decisions"):
        function([0.5], [True])
    with pytest.raises(TypeError, match="p has dtype complex128"):
        function(np.array([1j]), [0.5])
    with pytest.raises(TypeError, match="p is None"):
        function(None, [0.5])
    with pytest.raises(TypeError, match="different libraries: p is a numpy.ndarray, q is a torch.Tensor"):
        function(np.ones(1), TORCH.array([0.5], "float32"))


@pytest.mark.parametrize("unit", ["bans", "Nats", "", None])
def test_a_unit_is_one_of_two(unit):
    for function, count in (
        (bce_lib.surprise, 1),
        (bce_lib.entropy, 1),
        (bce_lib.cross_entropy, 2),
        (bce_lib.kl_divergence, 2),
    ):
        with pytest.raises(ValueError, match="unit=.* is unknown: use 'nats' or 'bits'"):
            function(*[0.5] * count, unit=unit)
