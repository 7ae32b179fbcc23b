"""The measure itself: known errors, infinities, subnormal numbers, and references proven by another route."""

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp, mpf

from bce_lib.accuracy import (
    DIGITS,
    as_float64,
    error_in_ulp,
    exact_cross_entropy,
    exact_function,
    exact_gradient,
    exact_hessian,
    exact_loss,
    exact_loss_of_probability,
)
from engines import jax, torch

HALF = {"float16": 11, "float32": 24, "float64": 53}


def exactly(*values: object) -> np.ndarray:
    return np.array([mpf(value) for value in values], dtype=object)


@pytest.mark.parametrize(("dtype", "digits"), HALF.items())
def test_the_next_number_is_one_ulp_off_and_the_point_between_half(dtype, digits):
    for power in (-10, -1, 0, 1, 10):
        one = 2.0**power
        following = np.nextafter(np.array([one], dtype), np.array([np.inf], dtype))
        assert error_in_ulp(following, exactly(one)) == 1
        with mp.workdps(DIGITS):
            between = exactly(mpf(one) * (1 + mpf(2) ** -digits))
        assert error_in_ulp(following, between) == 0.5
        assert error_in_ulp(np.array([one], dtype), between) == 0.5


@pytest.mark.parametrize("dtype", HALF)
def test_below_a_power_of_two_the_ulp_is_half_as_long(dtype):
    before = np.nextafter(np.array([1], dtype), np.array([0], dtype))
    assert error_in_ulp(before, exactly(1)) == 0.5  # in the ulp of 1
    assert error_in_ulp(np.array([1], dtype), exactly(float(before[0]))) == 1  # in that of its predecessor


@pytest.mark.parametrize(("dtype", "smallest"), [("float16", -24), ("float32", -149), ("float64", -1074)])
def test_subnormal_numbers_have_the_ulp_of_the_smallest(dtype, smallest):
    least = np.array([2.0**smallest], dtype)
    assert error_in_ulp(least, exactly(0)) == 1
    assert error_in_ulp(0 * least, exactly(2.0**smallest)) == 1
    assert error_in_ulp(5 * least, exactly(3 * 2.0**smallest)) == 2
    with mp.workdps(DIGITS):
        assert error_in_ulp(least, exactly(mpf(2) ** (smallest - 2))) == 0.75


def test_the_formats_of_other_libraries_are_known():
    for one in (torch.tensor([1.0], dtype=torch.bfloat16), jax.numpy.asarray([1.0], dtype="bfloat16")):
        assert error_in_ulp(one, exactly(1 + 2.0**-7)) == 1
    assert error_in_ulp(torch.tensor([1.0], dtype=torch.float16, requires_grad=True), exactly(1 + 2.0**-10)) == 1
    with mp.workdps(DIGITS):
        least, largest = mpf(2) ** -133, (2 - mpf(2) ** -7) * mpf(2) ** 127
        between = exactly(largest + mpf(2) ** 118)  # a quarter of the ulp: it rounds down
    for zero in (torch.tensor([0.0], dtype=torch.bfloat16), jax.numpy.asarray([0.0], dtype="bfloat16")):
        assert error_in_ulp(zero, exactly(least)) == 1
        assert error_in_ulp(zero + float(largest), between) == 0.25
        assert error_in_ulp(zero + np.inf, between) == np.inf


@pytest.mark.parametrize(
    ("computed", "right", "error"),
    [
        (np.inf, mp.inf, 0),
        (-np.inf, -mp.inf, 0),
        (np.nan, mp.nan, 0),
        (np.inf, -mp.inf, np.inf),
        (np.inf, mpf(1), np.inf),
        (np.nan, mpf(1), np.inf),
        (np.nan, mp.inf, np.inf),
        (1.0, mp.inf, np.inf),
        (1.0, mp.nan, np.inf),
        (np.inf, mp.nan, np.inf),
        (0.0, mpf(0), 0),
        (-0.0, mpf(0), 0),
    ],
    ids=str,
)
def test_an_infinity_or_nan_is_right_only_where_one_belongs(computed, right, error):
    assert error_in_ulp(np.array([computed]), np.array([right], dtype=object)) == error


@pytest.mark.parametrize("dtype", HALF)
def test_what_rounds_to_infinity_is_infinite(dtype):
    largest = np.finfo(dtype).max
    with mp.workdps(DIGITS):
        ulp = mpf(float(largest)) - mpf(float(np.nextafter(largest, np.array(0, dtype))))
        above, below = mpf(float(largest)) + 0.6 * ulp, mpf(float(largest)) + 0.4 * ulp
    infinite, finite = np.array([np.inf], dtype), np.array([largest], dtype)
    assert error_in_ulp(infinite, exactly(above)) == error_in_ulp(-infinite, exactly(-above)) == 0
    assert error_in_ulp(finite, exactly(above)) == error_in_ulp(infinite, exactly(below)) == np.inf
    assert error_in_ulp(finite, exactly(below)) < 0.5


def test_errors_have_the_shape_of_what_is_computed():
    right = exact_function(mp.exp, np.zeros((2, 3)))
    assert error_in_ulp(np.ones((2, 3)), right).shape == (2, 3)
    assert error_in_ulp(np.ones((0, 3)), right[:0]).shape == (0, 3)
    with pytest.raises(ValueError, match=r"computed has shape \(3,\) but exact has shape \(2, 3\)"):
        error_in_ulp(np.ones(3), right)
    with pytest.raises(ValueError, match=r"computed has shape \(3, 2\) but exact has shape \(2, 3\)"):
        error_in_ulp(np.ones((3, 2)), right)
    with pytest.raises(TypeError, match="computed has dtype int64: an ulp is defined for float16, bfloat16"):
        error_in_ulp(np.ones((2, 3), int), right)


def test_numbers_of_every_library_arrive_as_they_are():
    values = [1 / 3, -0.0, np.inf, 1e-45]
    for array in (
        np.float32(values),
        torch.tensor(values, requires_grad=True),
        jax.numpy.asarray(values, dtype="float32"),
    ):
        np.testing.assert_array_equal(as_float64(array), np.float32(values).astype(np.float64))
    for large in (torch.tensor([1e30], dtype=torch.bfloat16), jax.numpy.asarray([1e30], dtype="bfloat16")):
        np.testing.assert_array_equal(as_float64(large), 2.0**99 * (1 + 74 / 128))
    np.testing.assert_array_equal(as_float64(torch.tensor(values, dtype=torch.float64)), values)
    np.testing.assert_array_equal(as_float64(torch.tensor(values, dtype=torch.bfloat16))[0], 0.333984375)


# The references, by another route: without a sigmoid, in 200 digits, where there is nothing to be careful about.


def by_definition(y, z, p):
    z = mpf(z)
    return -p * y * mp.log(1 / (1 + mp.exp(-z))) - (1 - y) * mp.log(1 / (1 + mp.exp(z)))


@pytest.mark.parametrize("weight", [1, 3])
@pytest.mark.parametrize("y", [Fraction(0), Fraction(1), Fraction(1, 4), Fraction(1, 2**30)])
def test_references_are_the_definition_and_its_derivatives(y, weight):
    with mp.workdps(200):
        label = mpf(y.numerator) / y.denominator
        for z in (-60.0, -17.0, -1.5, 0.0, 2.0**-40, 1.5, 17.0, 60.0):
            loss = by_definition(label, z, weight)
            slope = mp.diff(lambda at: by_definition(label, at, weight), z)  # noqa: B023
            curvature = mp.diff(lambda at: by_definition(label, at, weight), z, 2)  # noqa: B023
            references = (exact_loss, exact_gradient, exact_hessian)
            for reference, expected in zip(references, (loss, slope, curvature), strict=True):
                found = reference([float(y)], [z], weight)[0]
                assert abs(found - expected) <= mpf(10) ** -48 * (abs(expected) + mpf(10) ** -60)


@pytest.mark.parametrize("y", [0.25, 1])
def test_references_have_their_digits_whatever_precision_the_caller_works_in(y):
    z = [-700.5, -1.1, 2.0**-40, 30.1, 150.3]
    with mp.workdps(15):
        losses, of_p = exact_loss([y] * 5, z), exact_loss_of_probability([0.25], [0.1])[0]
    with mp.workdps(400):
        for value, found in zip(z, losses, strict=True):
            assert abs(found / by_definition(mpf(y), value, 1) - 1) < mpf(10) ** -48
        right = -(mp.log(mpf(0.1)) + 3 * mp.log(1 - mpf(0.1))) / 4
        assert abs(of_p / right - 1) < mpf(10) ** -48


def test_the_two_labels_differ_by_the_logit_and_agree_in_the_curvature():
    """Log-odds by another name: log(σ/(1 − σ)) is z itself, at logits of every size."""
    z = np.array([5e-324, 1e-300, 1e-7, 0.3, 17, 150, 800, 15_000, 25_000, 1e18])
    z = np.concatenate([z, -z])
    zeros, ones = np.zeros(z.shape), np.ones(z.shape)
    with mp.workdps(DIGITS):
        for found, value in zip(exact_loss(zeros, z) - exact_loss(ones, z), z, strict=True):
            assert abs(found - mpf(value)) <= mpf(10) ** -48 * max(1, abs(mpf(value)))
        for found in exact_gradient(zeros, z) - exact_gradient(ones, z):
            assert abs(found - 1) <= mpf(10) ** -48
        assert list(exact_hessian(zeros, z)) == list(exact_hessian(ones, z))


def test_references_at_infinity_and_nan():
    z = [np.inf, np.inf, -np.inf, -np.inf, np.nan]
    assert [float(value) for value in exact_loss([0, 1, 0, 1, 0], z)[:4]] == [np.inf, 0, 0, np.inf]
    assert [float(value) for value in exact_gradient([0, 1, 0, 1, 0], z)[:4]] == [1, 0, 0, -1]
    assert [float(value) for value in exact_hessian([0, 1, 0, 1, 0], z)[:4]] == [0, 0, 0, 0]
    assert all(mp.isnan(exact([0] * 5, z)[4]) for exact in (exact_loss, exact_gradient, exact_hessian))


def test_references_of_probabilities_at_certainty():
    found = exact_loss_of_probability([0, 1, 1, 0, 0.5, 0.5], [0, 1, 0, 1, 0, 1])
    assert [float(value) for value in found] == [0, 0, np.inf, np.inf, np.inf, np.inf]
    assert exact_loss_of_probability([0], [5e-324])[0] == mpf(5e-324) * (1 + mpf(5e-324) / 2)


@pytest.mark.parametrize("function", [exact_loss, exact_gradient, exact_hessian, exact_loss_of_probability])
def test_references_do_not_broadcast(function):
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\)"):
        function(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(2, 1\)"):
        function(np.zeros(2), np.zeros((2, 1)))


def test_references_keep_the_shape():
    assert exact_loss(np.zeros((2, 3)), np.zeros((2, 3))).shape == (2, 3)
    assert exact_function(mp.exp, 1.0).shape == ()


def by_definition_of_softmax(y, z):
    exponentials = [mp.exp(mpf(score)) for score in z]
    return sum(-mpf(share) * mp.log(e / sum(exponentials)) for share, e in zip(y, exponentials, strict=True))


def test_reference_of_many_classes_is_the_definition():
    logits = [[0.0, 0.0, 0.0], [17.0, -3.5, 2.0], [-700.25, 1000.5, 900.125], [2.0**-40, 60.0, -1.5]]
    with mp.workdps(15):
        found = {y: exact_cross_entropy(np.full(4, y), logits) for y in range(3)}
        soft = exact_cross_entropy(np.tile([0.25, 0.0, 0.75], (4, 1)), logits)
    with mp.workdps(2000):
        for i, z in enumerate(logits):
            for y, losses in found.items():
                assert abs(losses[i] / by_definition_of_softmax(np.eye(3)[y], z) - 1) < mpf(10) ** -48
            assert abs(soft[i] / by_definition_of_softmax([0.25, 0, 0.75], z) - 1) < mpf(10) ** -48


def test_reference_of_two_classes_is_the_binary_one():
    z = np.array([5e-324, 1e-7, 0.3, 17, 150, 800, 15_000, 1e18, np.inf])
    z = np.concatenate([z, -z])
    pairs = np.stack([np.zeros_like(z), z], axis=1)
    for y in (0, 1):
        labels = np.full(z.shape, y)
        assert list(exact_cross_entropy(labels, pairs)) == list(exact_loss(labels, z))


def test_reference_of_many_classes_at_infinity_and_nan():
    logits = [[np.inf, 0, 0], [-np.inf, 0, 0], [np.inf, np.inf, 0], [-np.inf] * 3, [np.nan, 0, 0], [0, np.inf, np.nan]]
    zero, one = (exact_cross_entropy(np.full(6, y), logits).astype(float) for y in (0, 1))
    np.testing.assert_array_equal(zero, [0, np.inf, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(one, [np.inf, np.log(2), np.nan, np.nan, np.nan, np.nan])


@pytest.mark.parametrize(("labels", "logits"), [((3,), (2, 3)), ((2, 2), (2, 3)), ((2,), (2,)), ((2, 1), (2, 3))])
def test_reference_of_many_classes_does_not_broadcast(labels, logits):
    with pytest.raises(ValueError, match=r"pass \(n,\) or \(n, K\) and \(n, K\)"):
        exact_cross_entropy(np.zeros(labels, int), np.zeros(logits))
