"""The gradient of the loss of many classes: what autograd finds, against 50 digits, at ties, at infinity and NaN."""

from functools import partial

import numpy as np
import pytest

import grids
import references
from bce_lib import binary_cross_entropy_gradient, cross_entropy_with_logits, log_softmax, softmax
from bce_lib.accuracy import as_float64
from bounds import ROUNDED_ONCE, assert_within, bound, errors
from engines import JAX, TORCH, Engine, derivative, jax, torch

CLASSES = [2, 3, 10]
WITH_AUTOGRAD = [(engine, dtype) for engine in (TORCH, JAX) for dtype in engine.dtypes]
WITHOUT_HALF = [(engine, dtype) for engine, dtype in WITH_AUTOGRAD if "16" not in dtype]
INF, NAN = np.inf, np.nan

# In units of half an ulp of 1: at the largest logit, autograd subtracts the sum of all other probabilities from 1, and
# nine of them make eight roundings.
ABSOLUTE = 5.0


def by_autograd(engine: Engine, dtype: str, y: np.ndarray, z: np.ndarray, **options: object) -> np.ndarray:
    with engine.computing(dtype):
        arrays = engine.labels(y, dtype), engine.array(z, dtype)
        return as_float64(derivative(engine, cross_entropy_with_logits, *arrays, **{"reduction": "none"} | options))


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize(("engine", "dtype"), WITHOUT_HALF, ids=str)
def test_gradient_where_the_likeliest_class_is_right_is_within_its_bound_in_ulp(engine, dtype, classes):
    """Where a difference of rounded probabilities would have lost it."""
    y, z = grids.class_labels("likeliest", dtype, classes), grids.class_logits(dtype, classes)
    with engine.computing(dtype):
        slope = engine.array(by_autograd(engine, dtype, y, z), dtype)
        right = references.gradient_of_classes("likeliest", dtype, classes)
        found = errors(engine, dtype, slope, right, sums=classes)
    assert_within(bound("gradient of classes", engine, dtype), found.max(axis=1), y=y, z=z)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("kind", ["index", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_gradient_is_within_its_absolute_bound_ties_included(engine, dtype, kind, classes):
    y, z = grids.class_labels(kind, dtype, classes), grids.class_logits(dtype, classes)
    right = references.gradient_of_classes(kind, dtype, classes)
    off = np.abs((by_autograd(engine, dtype, y, z) - right).astype(float))
    units = ROUNDED_ONCE if "16" in dtype else ABSOLUTE
    assert_within(units * 2.0 ** -grids.PRECISION[dtype], off.max(axis=1), y=y, z=z)


@pytest.mark.parametrize(("engine", "dtype"), WITHOUT_HALF, ids=str)
@pytest.mark.parametrize("label", [0, 1])
def test_the_gradient_of_two_classes_is_that_of_the_binary_loss(engine, dtype, label):
    """In both tails, to four ulp: each of the two is within its own bound of the right one."""
    z = grids.logits(dtype)
    z = z[np.isfinite(z) & (np.abs(z) < -np.log(grids.SMALLEST_NORMAL[dtype]))]
    pairs, y = np.stack([np.zeros_like(z), z], axis=1), np.full(z.shape, label)
    slope = by_autograd(engine, dtype, y, pairs)
    expected = binary_cross_entropy_gradient(y, z, reduction="none")
    for found in (slope[:, 1], -slope[:, 0]):
        assert_within(4, np.abs(found - expected) / grids.spacing(dtype, expected), z=z)


# Infinite logits, and what is not selected


@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_gradient_at_infinite_logits_is_finite(engine, dtype):
    y = np.array([0, 1, 2, 1, 1])
    z = np.array([[INF, 0, 1], [INF, 0, 1], [-INF, 0, 0], [-INF, -INF, 0], [INF, -INF, 0]])
    expected = [[0, 0, 0], [1, -1, 0], [0, 0.5, -0.5], [0, -1, 1], [1, -1, 0]]
    np.testing.assert_array_equal(by_autograd(engine, dtype, y, z), expected)
    soft = np.tile([0, 0.25, 0.75], (2, 1))
    np.testing.assert_array_equal(by_autograd(engine, dtype, soft, z[1:3]), [[1, -0.25, -0.75], [0, 0.25, -0.25]])


@pytest.mark.parametrize("reduction", ["none", "mean", "weighted_mean"])
@pytest.mark.parametrize("selection", ["where", "sample_weight"])
@pytest.mark.parametrize(("engine", "dtype"), [(TORCH, "bfloat16"), (TORCH, "float32"), (JAX, "float32")], ids=str)
def test_nan_outside_the_selection_reaches_no_gradient(engine, dtype, selection, reduction):
    z = np.array([[0.0, 1, 2], [NAN, 0, 1], [INF, INF, 0], [3, 1, 1]])
    counted = np.array([1.0, 0, 0, 1])
    with engine.computing(dtype):
        array = engine.array(counted, dtype)
        options = {selection: array != 0 if selection == "where" else array, "reduction": reduction}
        slope = by_autograd(engine, dtype, np.array([0, 1, 2, 1]), z, **options)
    assert (slope[1:3] == 0).all()
    assert (np.abs(slope[[0, 3]]).max(axis=1) > 0.1).all()


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_missing_labels_outside_the_selection_reach_no_gradient(engine):
    z = np.array([[0.0, 1, 2], [3, 0, 1], [3, 1, 1]])
    selected = engine.array([1.0, 0, 1], "float32") == 1
    index, soft = np.array([0, -100, 1]), np.array([[0.5, 0.5, 0], [NAN, 7, -1], [0, 0, 1]])
    for y in (index, soft):
        slope = by_autograd(engine, "float32", y, z, where=selected)
        assert (slope[1] == 0).all()
        assert (np.abs(slope[[0, 2]]).max(axis=1) > 0.1).all()


# Other derivatives


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_the_derivative_with_respect_to_the_label_is_the_surprise(engine):
    """For one-hot labels too, where it stands in a product of 0."""
    y, z = np.eye(3), np.array([[0.0, 1, 2], [3, 1, 0], [0, 0, 0]])
    scores = engine.array(z, "float32")
    slope = derivative(
        engine, lambda at: cross_entropy_with_logits(at, scores, reduction="none"), engine.array(y, "float32")
    )
    np.testing.assert_allclose(as_float64(slope), -log_softmax(z), rtol=1e-6)


def test_pytorch_checks_both_derivatives():
    z = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [3.0, -1.0, 0.5]], dtype=torch.float64, requires_grad=True)
    soft = torch.tensor(np.random.default_rng(3).dirichlet(np.ones(3), 3))
    for y in (torch.tensor([0, 1, 2]), soft):
        loss = partial(cross_entropy_with_logits, y, reduction="none")
        assert torch.autograd.gradcheck(loss, (z,))
        assert torch.autograd.gradgradcheck(loss, (z,))


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_second_derivatives_are_those_of_log_sum_exp(engine):
    """At ties too: diag(p) − p pᵀ."""
    z = np.array([1.0, 1.0, -0.5])
    if engine is JAX:
        found = jax.jit(jax.hessian(lambda at: cross_entropy_with_logits(0, at)))(engine.array(z, "float32"))
    else:
        loss = lambda at: cross_entropy_with_logits(torch.tensor(0), at)  # noqa: E731
        found = torch.autograd.functional.hessian(loss, engine.array(z, "float32"))
    p = softmax(z)
    np.testing.assert_allclose(as_float64(found), np.diag(p) - np.outer(p, p), atol=1e-6)


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_the_gradients_of_single_samples_are_mapped_over_a_batch(engine):
    generator = np.random.default_rng(3)
    y, z = generator.integers(0, 5, 4), generator.standard_normal((4, 5)).astype(np.float32)

    def loss(at, label):
        return cross_entropy_with_logits(label, at)

    mapped = jax.jit(jax.vmap(jax.grad(loss))) if engine is JAX else torch.func.vmap(torch.func.grad(loss))
    labels = engine.convert(y, "int32" if engine is JAX else "int64")
    found = mapped(engine.array(z, "float32"), labels)
    np.testing.assert_allclose(as_float64(found), softmax(z) - np.eye(5)[y], atol=1e-6)
