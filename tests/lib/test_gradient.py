"""The derivatives against 50 digits: the analytic ones on every engine, and those that autograd finds in the loss."""

from functools import partial

import numpy as np
import pytest
from mpmath import mpf

import grids
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_hessian, binary_cross_entropy_with_logits
from bce_lib.accuracy import as_float64, error_in_ulp, exact_gradient, exact_hessian
from bounds import assert_within, bound, errors, soft_gradient_bound
from engines import (
    EVERY_ENGINE_AND_DTYPE,
    JAX,
    TORCH,
    Engine,
    derivative,
    second_derivative,
)
from references import exact

WITH_AUTOGRAD = [(engine, dtype) for engine in (TORCH, JAX) for dtype in engine.dtypes]
POS_WEIGHTS = [None, 3.0]


def by_formula(engine, y, z, **options):
    return engine.compiled(partial(binary_cross_entropy_gradient, reduction="none", **options))(y, z)


def by_autograd(engine, y, z, **options):
    return derivative(engine, binary_cross_entropy_with_logits, y, z, reduction="none", **options)


def curvature_by_formula(engine, y, z, **options):
    return engine.compiled(partial(binary_cross_entropy_hessian, reduction="none", **options))(y, z)


def curvature_by_autograd(engine, y, z, **options):
    return second_derivative(engine, binary_cross_entropy_with_logits, y, z, reduction="none", **options)


ROUTES = [(by_formula, *case) for case in EVERY_ENGINE_AND_DTYPE] + [(by_autograd, *case) for case in WITH_AUTOGRAD]
CURVATURE_ROUTES = [(curvature_by_formula, *case) for case in EVERY_ENGINE_AND_DTYPE] + [
    (curvature_by_autograd, *case) for case in WITH_AUTOGRAD
]


def name(value: object) -> str:
    return getattr(value, "__name__", str(value))


def absolute_errors(computed: np.ndarray, exact: np.ndarray) -> np.ndarray:
    return np.array(
        [0.0 if np.isnan(a) else float(abs(mpf(float(a)) - b)) for a, b in zip(computed, exact, strict=True)]
    )


def on_grid(route, engine: Engine, dtype: str, kind: str, pos_weight: float | None) -> np.ndarray:
    y, z = getattr(grids, kind)(dtype)
    options = {} if pos_weight is None else {"pos_weight": pos_weight}
    with engine.computing(dtype):
        return route(engine, engine.array(y, dtype), engine.array(z, dtype), **options)


@pytest.mark.parametrize("pos_weight", POS_WEIGHTS)
@pytest.mark.parametrize(("route", "engine", "dtype"), ROUTES, ids=name)
def test_gradient_with_hard_labels_is_within_its_bound_in_ulp(route, engine, dtype, pos_weight):
    y, z = grids.hard(dtype)
    weight = 1.0 if pos_weight is None else pos_weight
    slope = on_grid(route, engine, dtype, "hard", pos_weight)
    found = errors(engine, dtype, slope, exact(exact_gradient, "hard", engine, dtype, weight), weight=weight)
    function = "gradient by autograd" if route is by_autograd else "gradient"
    assert_within(bound(function, engine, dtype, weighted=pos_weight is not None), found, y=y, z=z)


@pytest.mark.parametrize("pos_weight", POS_WEIGHTS)
@pytest.mark.parametrize(("route", "engine", "dtype"), ROUTES, ids=name)
def test_gradient_with_soft_labels_is_within_its_absolute_bound(route, engine, dtype, pos_weight):
    y, z = grids.soft(dtype)
    weight = 1.0 if pos_weight is None else pos_weight
    slope = as_float64(on_grid(route, engine, dtype, "soft", pos_weight))
    right = exact(exact_gradient, "soft", engine, dtype, weight)
    assert (np.isnan(slope) == np.isnan(z)).all()
    assert_within(soft_gradient_bound(engine, dtype, weight), absolute_errors(slope, right), y=y, z=z)


@pytest.mark.parametrize("pos_weight", POS_WEIGHTS)
@pytest.mark.parametrize(("route", "engine", "dtype"), ROUTES, ids=name)
def test_gradient_with_soft_labels_is_within_its_bound_in_ulp_of_the_terms_that_it_is_the_difference_of(
    route, engine, dtype, pos_weight
):
    """Which says more than the absolute bound where both are small: a tiny label and a logit far below 0."""
    y, z = grids.soft(dtype)
    weight = 1.0 if pos_weight is None else pos_weight
    slope = as_float64(on_grid(route, engine, dtype, "soft", pos_weight))
    right = exact(exact_gradient, "soft", engine, dtype, weight)
    terms = exact(exact_gradient, "soft", engine, dtype, -weight)  # (1 − y)·σ(z) + weight·y·σ(−z)
    off = absolute_errors(slope, right)
    if engine is JAX:  # which may drop a subnormal term: see `errors`
        off[off < weight * grids.SMALLEST_NORMAL[dtype]] = 0.0
    limit = bound("gradient by autograd" if route is by_autograd else "gradient", engine, dtype, weighted=True)
    assert_within(limit, off / grids.spacing(dtype, terms.astype(float)), y=y, z=z)


@pytest.mark.parametrize(("kind", "pos_weight"), [("hard", None), ("hard", 3.0), ("soft", 3.0)])
@pytest.mark.parametrize(("route", "engine", "dtype"), CURVATURE_ROUTES, ids=name)
def test_second_derivative_is_within_its_bound_in_ulp(route, engine, dtype, kind, pos_weight):
    y, z = getattr(grids, kind)(dtype)
    weight = 1.0 if pos_weight is None else pos_weight
    curvature = on_grid(route, engine, dtype, kind, pos_weight)
    found = errors(engine, dtype, curvature, exact(exact_hessian, kind, engine, dtype, weight), weight=weight)
    function = "hessian by autograd" if route is curvature_by_autograd else "hessian"
    assert_within(bound(function, engine, dtype, weighted=pos_weight is not None), found, y=y, z=z)


def test_second_derivative_on_numpy_keeps_its_digits_where_both_of_its_factors_are_rounded():
    """Near 0, where the square of 1 + exp(−|z|), rounded first and then multiplied out, would be off by 3.2 ulp."""
    z = np.linspace(-3, 3, 8001)
    found = binary_cross_entropy_hessian(np.zeros(z.shape), z, reduction="none")
    assert_within(2.25, error_in_ulp(found, exact_hessian(np.zeros(z.shape), z)), z=z)


@pytest.mark.parametrize(("route", "engine", "dtype"), ROUTES, ids=name)
def test_gradient_at_both_zeros_is_one_half_minus_the_label(route, engine, dtype):
    y, z = np.array([0, 1, 0.25, 0.75] * 2), np.array([0.0] * 4 + [-0.0] * 4)
    with engine.computing(dtype):
        slope = route(engine, engine.array(y, dtype), engine.array(z, dtype))
        np.testing.assert_array_equal(as_float64(slope), 0.5 - y)


@pytest.mark.parametrize(("route", "engine", "dtype"), ROUTES, ids=name)
def test_gradient_at_infinite_logits_is_finite(route, engine, dtype):
    y = np.array([0, 1, 0, 1, 0.25, 0.25])
    z = np.array([np.inf, np.inf, -np.inf, -np.inf, np.inf, -np.inf])
    with engine.computing(dtype):
        slope = route(engine, engine.array(y, dtype), engine.array(z, dtype))
        np.testing.assert_array_equal(as_float64(slope), (z > 0) - y)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("selection", ["where", "sample_weight"])
@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_nan_outside_the_selection_reaches_no_gradient(engine, dtype, selection, reduction):
    """Not even as autograd's product 0·NaN."""
    y = np.array([0, 1, 1, 0, 1, 0.25])
    z = np.array([1.0, np.nan, 2.0, np.inf, -np.inf, -3.0])
    selected = np.array([True, False, True, False, False, True])
    with engine.computing(dtype):
        counted = engine.array(selected.astype(float), dtype)
        options = {selection: counted != 0 if selection == "where" else counted, "reduction": reduction}
        labels, logits = engine.array(y, dtype), engine.array(z, dtype)
        slope = derivative(engine, binary_cross_entropy_with_logits, labels, logits, **options)
        formula = engine.compiled(partial(binary_cross_entropy_gradient, **options))(labels, logits)
        assert (as_float64(slope)[~selected] == 0).all()
        assert (as_float64(formula)[~selected] == 0).all()
        left = np.abs(as_float64(slope) - as_float64(formula))
        assert (left <= 2 * soft_gradient_bound(engine, dtype)).all()


@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@pytest.mark.parametrize(("engine", "dtype"), WITH_AUTOGRAD, ids=str)
def test_autograd_of_a_reduced_loss_is_finite_though_the_loss_is_not(engine, dtype, reduction):
    y, z = np.array([0, 1, 1.0]), np.array([np.inf, 0.0, -np.inf])
    with engine.computing(dtype):
        arrays = engine.array(y, dtype), engine.array(z, dtype)
        slope = derivative(engine, binary_cross_entropy_with_logits, *arrays, reduction=reduction)
        expected = np.array([1, -0.5, -1]) / (1 if reduction == "sum" else 3)
        assert (np.abs(as_float64(slope) - expected) <= soft_gradient_bound(engine, dtype)).all()


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("reduction", ["sum", "mean", "weighted_mean"])
@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_the_formula_is_the_derivative_of_the_loss_however_reduced(engine, reduction, axis):
    generator = np.random.default_rng(3)
    y, z, weight = generator.random((3, 4)), 5 * generator.standard_normal((3, 4)), generator.random((3, 4))
    selected = generator.random((3, 4)) < 0.7
    selected[0], selected[:, 0] = True, True
    labels, logits, weights = (engine.array(values, "float32") for values in (y, z, weight))
    options = {
        "sample_weight": weights,
        "where": engine.array(selected.astype(float), "float32") == 1,
        "pos_weight": 2.5,
        "axis": axis,
        "reduction": reduction,
    }
    found = derivative(engine, binary_cross_entropy_with_logits, labels, logits, **options)
    formula = engine.compiled(partial(binary_cross_entropy_gradient, **options))(labels, logits)
    np.testing.assert_allclose(as_float64(found), as_float64(formula), rtol=0, atol=8 * 2.0**-24)
