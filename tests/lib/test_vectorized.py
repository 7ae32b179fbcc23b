"""The textbook line: right where it is valid, and wrong in the ways that the chapters show."""

import numpy as np
import pytest

from bce_lib import binary_cross_entropy, loop, vectorized
from engines import jax, torch


def test_it_is_the_loop_where_probabilities_are_moderate():
    generator = np.random.default_rng(1)
    y, p = (generator.random(1000) < 0.5).astype(int), generator.uniform(0.01, 0.99, 1000)
    np.testing.assert_allclose(vectorized.binary_cross_entropy(y, p), loop.binary_cross_entropy(y, p), rtol=1e-13)


@pytest.mark.parametrize("clip", [None, 0, 1e-3, 0.25])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_it_is_the_line_as_it_is_written_to_the_bit(dtype, clip):
    generator = np.random.default_rng(5)
    y, p = generator.random((40, 30)).astype(dtype), generator.uniform(0.001, 0.998, (40, 30)).astype(dtype)
    q = p if clip is None else np.clip(p, clip, 1 - clip)
    assert vectorized.binary_cross_entropy(y, p, clip=clip) == np.mean(-(y * np.log(q) + (1 - y) * np.log(1 - q)))


def test_for_label_0_a_small_probability_is_lost_before_the_logarithm_sees_it():
    assert vectorized.binary_cross_entropy([0], [2.0**-54]) == 0
    assert vectorized.binary_cross_entropy([0], [0.75 * 2.0**-52]) == -np.log(1 - 2.0**-52)
    assert binary_cross_entropy([0], [2.0**-54]) == 2.0**-54


@pytest.mark.parametrize("y", [[1, 0, 1], [True, False, True], np.array([1, 0, 1], np.uint8), [1.0, 0.0, 1.0]], ids=str)
def test_labels_of_every_kind_give_the_same(y):
    assert vectorized.binary_cross_entropy(y, np.float32([0.5, 0.5, 0.25])) == np.float32(4 / 3 * np.log(2))


def test_it_takes_soft_labels_and_keeps_the_dtype():
    for dtype in (np.float16, np.float32, np.float64):
        loss = vectorized.binary_cross_entropy([0.25, 1], np.array([0.5, 0.5], dtype))
        assert loss == dtype(np.log(2))
        assert loss.dtype == dtype


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value) encountered:RuntimeWarning")
def test_without_a_clip_a_certain_prediction_is_nan_even_where_it_is_right():
    assert np.isnan(vectorized.binary_cross_entropy([1], [1.0]))
    assert np.isnan(vectorized.binary_cross_entropy([0], [0.0]))
    assert binary_cross_entropy([1], [1.0]) == 0


def test_and_says_so_with_numpys_own_warnings():
    with pytest.warns(RuntimeWarning, match="divide by zero"), pytest.warns(RuntimeWarning, match="invalid value"):
        vectorized.binary_cross_entropy([1], [1.0])


def test_a_clip_bounds_the_loss():
    assert vectorized.binary_cross_entropy([1], [0.0], clip=1e-7) == -np.log(1e-7)
    assert 0 < vectorized.binary_cross_entropy([1], [1.0], clip=1e-7) < 2e-7
    assert vectorized.binary_cross_entropy([1], [0.5], clip=0) == np.log(2)


def test_in_float32_the_usual_clip_caps_the_two_labels_at_different_heights():
    """1 − 1e-7 becomes 1 − 2⁻²³, the second number below 1: the loss of label 0 ends at 23 log 2."""
    of_1, of_0 = (vectorized.binary_cross_entropy([y], np.float32([1 - y]), clip=1e-7) for y in (1, 0))
    assert of_1 == -np.log(np.float32(1e-7))
    assert of_0 == np.float32(23 * np.log(2))
    assert (f"{of_1:.3f}", f"{of_0:.3f}") == ("16.118", "15.942")


def test_a_clip_moves_probabilities_in_their_own_dtype():
    p = np.float16([0.0, 1.0])
    low, high = np.float16(0.3), np.float16(1) - np.float16(0.3)
    assert vectorized.binary_cross_entropy([1, 1], p, clip=0.3) == np.mean(-np.log([low, high]))


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value) encountered:RuntimeWarning")
def test_in_float32_one_minus_a_small_clip_is_one():
    assert np.isnan(vectorized.binary_cross_entropy([1], np.float32([1]), clip=1e-15))
    assert vectorized.binary_cross_entropy([0], np.float32([1]), clip=1e-15) == np.inf
    assert vectorized.binary_cross_entropy([1], np.float32([0]), clip=1e-15) == -np.log(np.float32(1e-15))
    assert vectorized.binary_cross_entropy([1], np.float64([1]), clip=1e-15) > 0


def test_nothing_is_changed_in_place():
    p = np.array([0.0, 1.0])
    vectorized.binary_cross_entropy([1, 0], p, clip=0.1)
    np.testing.assert_array_equal(p, [0, 1])


@pytest.mark.parametrize("clip", [-1e-7, 0.5, 1, np.nan])
def test_a_clip_must_leave_something_between(clip):
    with pytest.raises(ValueError, match=rf"clip={clip} is not in \[0, 0\.5\): for example clip=1e-7"):
        vectorized.binary_cross_entropy([1], [0.5], clip=clip)


@pytest.mark.parametrize(
    ("y", "p", "error", "message"),
    [
        ([1], [5.0], ValueError, "y_prob reaches from 5 to 5, outside .*are they logits"),
        ([2], [0.5], ValueError, r"y_true has 1 of 1 values outside \[0, 1\]"),
        ([], [], ValueError, r"y_prob is empty \(shape \(0,\)\)"),
        ([[1], [0]], [0.5, 0.5], ValueError, r"y_true has shape \(2, 1\) but y_prob has shape \(2,\)"),
        ([np.nan], [0.5], ValueError, r"y_true has 1 of 1 values outside \[0, 1\] \(nan at position 0\)"),
        ([1], ["a"], TypeError, "y_prob has dtype <U1"),
    ],
    ids=str,
)
def test_bad_input_is_refused(y, p, error, message):
    with pytest.raises(error, match=message):
        vectorized.binary_cross_entropy(y, p)


@pytest.mark.parametrize(
    ("ones", "kind"),
    [(lambda: jax.numpy.ones(1), ".*Array.*"), (lambda: torch.ones(1), "Tensor")],
    ids=["jax", "torch"],
)
def test_arrays_of_other_libraries_are_refused(ones, kind):
    with pytest.raises(TypeError, match=f"y_prob is a {kind}: this form is NumPy's own"):
        vectorized.binary_cross_entropy(ones(), ones())
