"""The loss of logits against 50 digits, on every engine, over the whole range of every dtype."""

from functools import partial

import numpy as np
import pytest

import grids
from bce_lib import binary_cross_entropy_with_logits
from bce_lib.accuracy import as_float64, error_in_ulp, exact_loss
from bounds import assert_within, bound, errors
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, JAX, NUMPY, TORCH, Engine, dask, derivative
from references import exact


def losses(engine: Engine, dtype: str, y: np.ndarray, z: np.ndarray, **options: float) -> np.ndarray:
    return engine.elementwise(binary_cross_entropy_with_logits, dtype, y, z, **options)


def errors_on_grid(engine: Engine, dtype: str, kind: str, pos_weight: float | None = None) -> np.ndarray:
    y, z = getattr(grids, kind)(dtype)
    weight = 1.0 if pos_weight is None else pos_weight
    with engine.computing(dtype):
        options = {} if pos_weight is None else {"pos_weight": pos_weight}
        function = engine.compiled(partial(binary_cross_entropy_with_logits, reduction="none", **options))
        loss = function(engine.array(y, dtype), engine.array(z, dtype))
        right = exact(exact_loss, kind, engine, dtype, weight)
        return errors(engine, dtype, loss, right, weight=weight, sums=kind == "soft")


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_loss_is_within_its_bound_of_fifty_digits(engine, dtype, kind):
    y, z = getattr(grids, kind)(dtype)
    assert_within(bound("loss", engine, dtype), errors_on_grid(engine, dtype, kind), y=y, z=z)


@pytest.mark.parametrize("pos_weight", [3.0, 0.375])
@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_loss_with_a_positive_weight_is_within_an_ulp_more(engine, dtype, kind, pos_weight):
    y, z = getattr(grids, kind)(dtype)
    limit = bound("loss", engine, dtype, weighted=True)
    assert_within(limit, errors_on_grid(engine, dtype, kind, pos_weight), y=y, z=z)


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_infinite_logits_give_nothing_or_infinity_and_nan_stays(engine, dtype):
    y = np.array([1, 0, 1, 0, 0.5, 0.5, 1, 0])
    z = np.array([np.inf, -np.inf, -np.inf, np.inf, np.inf, -np.inf, np.nan, np.nan])
    np.testing.assert_array_equal(losses(engine, dtype, y, z), [0, 0, np.inf, np.inf, np.inf, np.inf, np.nan, np.nan])
    weighted = losses(engine, dtype, y, z, pos_weight=0)
    np.testing.assert_array_equal(weighted, [0, 0, 0, np.inf, np.inf, 0, np.nan, np.nan])


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_both_zeros_give_log_two_and_a_loss_of_nothing_is_positive_zero(engine, dtype):
    largest = float(np.max(grids.logits(dtype)[np.isfinite(grids.logits(dtype))]))
    y, z = np.array([0.0, 1, 0, 1, 1, 0]), np.array([0.0, 0, -0.0, -0.0, largest, -largest])
    loss = losses(engine, dtype, y, z)
    assert (loss[:4] == grids.rounded(np.log([2.0]), dtype)).all() or dtype == "bfloat16"
    assert (np.signbit(loss) == 0).all()
    assert (loss[4:] == 0).all()


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_tails_that_other_libraries_lose_are_there(engine, dtype):
    """PyTorch's own loss gives 0 for the first in float32, and in bfloat16 for the second already."""
    y, z = np.array([0.0, 0.0]), np.array([-17.0, -5.0])
    with engine.computing(dtype):
        loss = binary_cross_entropy_with_logits(engine.array(y, dtype), engine.array(z, dtype), reduction="none")
        assert (error_in_ulp(loss, exact_loss(y, z)) < 3).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_soft_labels_keep_the_digits_that_the_logits_do_not_have_on_numpy(dtype):
    """A label in float64 is used as it is, whatever the dtype of the logits."""
    y, z = np.array([0.1, 1e-10, 1 - 1e-10]), np.array([-1000.0, -1000.0, 1000.0])
    loss = binary_cross_entropy_with_logits(y, z.astype(dtype), reduction="none")
    assert_within(bound("loss", NUMPY, dtype), error_in_ulp(loss, exact_loss(y, z)), y=y, z=z)


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("name", ["sample_weight", "pos_weight"])
def test_a_python_number_keeps_its_digits_beside_float64(engine, name):
    """And does not pass through a library's default of float32."""
    y, z, weight = np.array([1.0]), np.array([-1.0]), 0.1
    with engine.computing("float64"):
        loss = binary_cross_entropy_with_logits(
            engine.array(y, "float64"), engine.array(z, "float64"), reduction="none", **{name: weight}
        )
        assert error_in_ulp(loss, weight * exact_loss(y, z)) <= bound("loss", engine, "float64", weighted=True)


@pytest.mark.parametrize("engine", [TORCH, JAX], ids=str)
def test_the_derivative_with_respect_to_the_label_is_minus_the_logit(engine):
    """For hard labels too, where it stands in a product of 0."""
    y, z = np.array([0.0, 1, 0, 1, 0.25, 0.25]), np.array([-3.0, 3, 3, -3, 2, -2])
    logits = engine.array(z, "float32")
    slope = derivative(
        engine,
        lambda labels: binary_cross_entropy_with_logits(labels, logits, reduction="none"),
        engine.array(y, "float32"),
    )
    np.testing.assert_array_equal(as_float64(slope), -z)


def test_dask_computes_nothing_until_it_is_asked():
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed")

    y, z = DASK.array(np.ones(10), "float32"), DASK.array(np.ones(10), "float32")
    with dask.config.set(scheduler=refuse):
        for reduction in ("none", "sum", "mean", "weighted_mean"):
            binary_cross_entropy_with_logits(y, z, sample_weight=z, where=z > 0, pos_weight=2.0, reduction=reduction)
