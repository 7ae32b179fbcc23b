"""Arrays of every kind are taken, and what is no array of real numbers is refused by name."""

import sys
from fractions import Fraction

import numpy as np
import pytest

from array_functions import OF_LOGITS, TWO_ARGUMENTS, Y, Z, name, predictions
from bce_lib import (
    binary_cross_entropy_gradient,
    binary_cross_entropy_hessian,
    binary_cross_entropy_with_logits,
)
from bce_lib.accuracy import as_float64
from engines import ENGINES, TORCH, array_api_strict, dask, jax, pandas, torch

# What is no array of real numbers


NO_LOGITS = {
    "None": (None, "logits is None: pass an array of real numbers"),
    "complex array": (Z + 0j, "logits has dtype complex128: use float16, bfloat16, float32, float64"),
    "object array": (Z.astype(object), "logits has dtype object: use float16"),
    "text array": (np.array(["a", "b", "c"]), "logits has dtype <U1: use float16"),
    "boolean array": (Z > 0, "logits has dtype bool: booleans are decisions: pass the scores they came from"),
    "dates": (np.array(["2020", "2021", "2022"], "M8[Y]"), "logits has dtype datetime64"),
    "text": (["a", "b", "c"], "logits has dtype <U1: it must hold real numbers"),
    "a hole": ([1, None, 2], "logits has dtype object: it must hold real numbers"),
    "complex": ([1j, 2, 3], "logits has dtype complex128: it must hold real numbers"),
    "ragged": ([[1], [1, 2]], "logits cannot be made an array of numbers"),
    "a dictionary": ({1: 2}, "logits has dtype object: it must hold real numbers"),
    "a generator": ((score for score in [1.0, 2.0]), "logits has dtype object: it must hold real numbers"),
    "beyond float64": ([10**400, 1, 2], "logits cannot be made an array of numbers"),
    "masked": (
        np.ma.masked_array(Z, [0, 0, 1]),
        r"logits is a masked array.*pass logits\.data and where=~logits\.mask",
    ),
}
NO_LABELS = {
    "None": (None, "y_true is None"),
    "complex array": (Y + 0j, "y_true has dtype complex128: labels are booleans, integers or floats"),
    "text": (["yes", "no", "yes"], "y_true has dtype <U3: it must hold real numbers"),
    "ragged": ([[1], [1, 0]], "y_true cannot be made an array"),
    "masked": (np.ma.masked_array(Y, [0, 0, 1]), r"pass y_true\.data and where=~y_true\.mask"),
}


@pytest.mark.parametrize("wrong", NO_LOGITS)
@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
def test_what_is_no_array_of_real_numbers_is_refused(function, wrong):
    value, message = NO_LOGITS[wrong]
    with pytest.raises(TypeError, match=message):
        function(Y, value)


@pytest.mark.parametrize("wrong", NO_LABELS)
@pytest.mark.parametrize("function", TWO_ARGUMENTS, ids=name)
def test_labels_that_are_no_numbers_are_refused(function, wrong):
    value, message = NO_LABELS[wrong]
    with pytest.raises(TypeError, match=message):
        function(value, predictions(function))


@pytest.mark.parametrize("function", TWO_ARGUMENTS, ids=name)
def test_categories_are_refused(function):
    with pytest.raises(TypeError, match="y_true has dtype object"):
        function(pandas.Series(["a", "b", "a"], dtype="category"), predictions(function))


def test_complex_tensors_are_refused():
    with pytest.raises(TypeError, match="logits has dtype complex64"):
        binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2) + 0j)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda values: torch.tensor(values), "torch.Tensor"),
        (lambda values: dask.array.from_array(values), "dask.array.core.Array"),
        (lambda values: array_api_strict.asarray(values), "array_api_strict"),
    ],
    ids=["torch", "dask", "array_api_strict"],
)
def test_arrays_of_different_libraries_are_named(make, kind):
    for y, z, kinds in (
        (Y, make(Z), f"y_true is a numpy.ndarray, logits is a {kind}"),
        (make(Y), Z, f"y_true is a {kind}.*, logits is a numpy.ndarray"),
    ):
        with pytest.raises(TypeError, match=f"different libraries: {kinds}.*Convert them to one"):
            binary_cross_entropy_with_logits(y, z)


def test_a_weight_of_another_library_is_named():
    with pytest.raises(TypeError, match=r"sample_weight is a torch\.Tensor"):
        binary_cross_entropy_with_logits(Y, Z, sample_weight=torch.ones(3))


def test_options_are_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        binary_cross_entropy_with_logits(Y, Z, np.ones(3))


# What must be taken


@pytest.mark.parametrize(
    ("y", "z"),
    [
        ([1, 0, 1], [1.0, -2.0, 3.0]),
        ((1, 0, 1), (1, -2, 3)),
        ([True, False, True], [1.0, -2.0, 3.0]),
        (Y.astype(bool), Z),
        (Y.astype(np.uint8), Z),
        (Y.astype(np.uint64), Z.astype(np.int64)),
        (Y.astype(np.float16), Z),
        ([Fraction(1), Fraction(0), Fraction(1)], [Fraction(1), Fraction(-2), Fraction(3)]),
        (memoryview(Y.astype(float)), Z),
    ],
    ids=lambda value: f"{type(value).__name__} {getattr(value, 'dtype', '')}",
)
def test_labels_and_logits_of_every_kind_give_the_same(y, z):
    expected = binary_cross_entropy_with_logits(Y, Z)
    assert binary_cross_entropy_with_logits(y, z) == expected


def test_columns_of_pandas_give_the_same_whatever_their_index():
    expected = binary_cross_entropy_with_logits(Y, Z)
    for y, z in (
        (pandas.Series([1, 0, 1], index=[7, 8, 9]), pandas.Series(Z)),
        (pandas.Series([True, False, True]), Z),
        (pandas.Series([1, 0, 1], dtype="Int64"), Z),
    ):
        assert binary_cross_entropy_with_logits(y, z) == expected


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8"])
def test_boolean_and_integer_labels_are_welcome_on_every_engine(engine, dtype):
    labels, z = engine.array(Y, dtype), engine.array(Z, "float32")
    loss = as_float64(binary_cross_entropy_with_logits(labels, z))
    assert loss == as_float64(binary_cross_entropy_with_logits(engine.array(Y, "float32"), z))


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: np.float16([1, 2]), "float16"),
        (lambda: np.float32([1, 2]), "float32"),
        (lambda: np.float64([1, 2]), "float64"),
        (lambda: np.int8([1, 2]), "float64"),
        (lambda: [1, 2], "float64"),
        (lambda: torch.tensor([1.0, 2.0], dtype=torch.bfloat16), "bfloat16"),
        (lambda: torch.tensor([1, 2]), "float32"),
        (lambda: torch.tensor([1.0, 2.0], dtype=torch.float64), "float64"),
        (lambda: jax.numpy.asarray([1.0, 2.0], dtype="float16"), "float16"),
    ],
    ids=[f"NumPy, {kind}" for kind in ("float16", "float32", "float64", "int8")]
    + ["list", *(f"PyTorch, {kind}" for kind in ("bfloat16", "int64", "float64")), "JAX, float16"],
)
def test_results_have_the_dtype_of_the_predictions_and_their_shape_or_none(make, dtype):
    z = make()
    for function in OF_LOGITS:
        each = function([1, 0], z, reduction="none")
        assert str(each.dtype).endswith(dtype)
        assert tuple(each.shape) == (2,)
    mean = binary_cross_entropy_with_logits([1, 0], z)
    assert str(mean.dtype).endswith(dtype)
    assert tuple(mean.shape) == ()


@pytest.mark.parametrize("order", ["read-only", "strided", "reversed", "Fortran", "transposed", "unaligned", "swapped"])
@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
def test_any_memory_layout_gives_the_same_bits(function, order):
    generator = np.random.default_rng(5)
    y, z = (generator.random((40, 30)) < 0.5) * 1.0, 5 * generator.standard_normal((40, 30))
    laid_out = {
        "read-only": lambda array: np.require(array.copy(), requirements="C"),
        "strided": lambda array: np.repeat(np.repeat(array, 2, axis=0), 3, axis=1)[::2, ::3],
        "reversed": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
        "Fortran": np.asfortranarray,
        "transposed": lambda array: array.T.copy().T,
        "unaligned": lambda array: (
            np.frombuffer(b"x" + array.tobytes(), np.uint8)[1:].view(np.float64).reshape(array.shape)
        ),
        "swapped": lambda array: array.astype(array.dtype.newbyteorder(">" if sys.byteorder == "little" else "<")),
    }[order]
    arguments = [laid_out(y), laid_out(z)]
    if order == "read-only":
        for argument in arguments:
            argument.flags.writeable = False
    result = function(*arguments, reduction="none")
    np.testing.assert_array_equal(result, function(y, z, reduction="none"))
    np.testing.assert_array_max_ulp(
        function(*arguments, axis=0, reduction="sum"), function(y, z, axis=0, reduction="sum"), 1
    )


@pytest.mark.parametrize("engine", ENGINES, ids=str)
@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
def test_nothing_is_changed_in_place(engine, function):
    given = {
        "y_true": engine.array([0, 1, 0.5], "float32"),
        "logits": engine.array([np.inf, -1, 2], "float32"),
        "sample_weight": engine.array([1, 0, 2], "float32"),
        "pos_weight": engine.array([1, 3, 2], "float32"),
    }
    selected = engine.array([1, 1, 0], "float32") == 1
    before = {key: as_float64(value).copy() for key, value in given.items()}
    function(**given, where=selected, reduction="none")
    for key, value in given.items():
        np.testing.assert_array_equal(as_float64(value), before[key], err_msg=key)
    np.testing.assert_array_equal(np.asarray(selected), [True, True, False])


def test_integers_beyond_the_exact_ones_are_logits_too():
    assert binary_cross_entropy_with_logits([0], np.array([2**62])) == 2.0**62
    assert binary_cross_entropy_with_logits([0], np.array([2**64 - 1], np.uint64)) == 2.0**64
    assert binary_cross_entropy_with_logits([0], [10**300]) == 1e300


def test_numbers_alone_are_samples_too():
    assert binary_cross_entropy_with_logits(1, 0.0) == np.log(2)
    assert binary_cross_entropy_with_logits(np.int64(1), np.float32(0)).dtype == np.float32
    assert binary_cross_entropy_with_logits(np.array(1), np.array(0.0), reduction="none").shape == ()


def test_an_empty_array_has_losses_and_a_sum():
    for shape in ((0,), (0, 3), (2, 0)):
        empty = np.zeros(shape)
        assert binary_cross_entropy_with_logits(empty, empty, reduction="none").shape == shape
        assert binary_cross_entropy_with_logits(empty, empty, reduction="sum") == 0
        assert binary_cross_entropy_gradient(empty, empty, reduction="sum").shape == shape


# Where there are no values to look at


@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
def test_jax_traces_jits_and_maps(function):
    y, z = jax.numpy.asarray(Y, dtype="float32"), jax.numpy.asarray(Z, dtype="float32")
    expected = function(Y, Z.astype(np.float32), reduction="none")
    np.testing.assert_allclose(jax.jit(function)(y, z).sum(), function(y, z).sum(), rtol=1e-6)
    np.testing.assert_allclose(jax.vmap(function)(y, z), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="a column met a row"):
        jax.jit(function)(y[:, None], z)
    with pytest.raises(ValueError, match="unknown"):
        jax.jit(lambda y, z: function(y, z, reduction="average"))(y, z)
    jax.jit(function)(y + 7, z)  # values cannot be checked


def test_jax_differentiates_with_every_option():
    y, z = jax.numpy.asarray(Y, dtype="float32"), jax.numpy.asarray(Z, dtype="float32")
    options = {"sample_weight": z * z, "pos_weight": 2.0, "where": z > -5, "reduction": "weighted_mean"}
    slope = jax.grad(lambda z: binary_cross_entropy_with_logits(y, z, **options | {"sample_weight": Z * 0 + 2}))
    with pytest.raises(TypeError, match="different libraries"):
        slope(z)
    slope = jax.jit(jax.grad(lambda z: binary_cross_entropy_with_logits(y, z, **options)))(z)
    np.testing.assert_allclose(slope, binary_cross_entropy_gradient(y, z, **options), rtol=1e-5)


@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
def test_torch_maps_and_takes_tensors_without_values(function):
    y, z = TORCH.array(Y, "float32"), TORCH.array(Z, "float32")
    expected = function(Y, Z.astype(np.float32), reduction="none")
    np.testing.assert_allclose(torch.func.vmap(function)(y, z), expected, rtol=1e-6)
    meta = torch.zeros(3, device="meta")
    result = function(meta, meta, sample_weight=[1, 2, 3], pos_weight=2.0, where=meta > 0)
    assert result.device.type == "meta"
    with pytest.raises(ValueError, match="a column met a row"):
        function(meta[:, None], meta)


def test_torch_transforms_gradients_into_gradients():
    y, z = TORCH.array(Y, "float32"), TORCH.array(Z, "float32")
    slope = torch.func.grad(binary_cross_entropy_with_logits, argnums=1)
    np.testing.assert_allclose(
        torch.func.vmap(slope)(y, z), binary_cross_entropy_gradient(Y, Z, reduction="none"), rtol=1e-6
    )
    curvature = torch.func.vmap(torch.func.grad(slope, argnums=1))(y, z)
    np.testing.assert_allclose(curvature, binary_cross_entropy_hessian(Y, Z, reduction="none"), rtol=1e-6)


def test_torch_takes_tensors_that_need_a_gradient_without_a_warning():
    y, z, weight = (torch.tensor(values, requires_grad=True) for values in ([0.5, 1], [1.0, 2], [1.0, 2]))
    options = {"sample_weight": weight, "pos_weight": weight, "reduction": "weighted_mean"}
    binary_cross_entropy_with_logits(y, z, **options).backward()
    assert all(torch.isfinite(tensor.grad).all() for tensor in (y, z, weight))
    with pytest.raises(ValueError, match="y_true has 1 of 2"):
        binary_cross_entropy_with_logits(y + 0.25, z)


# Dynamo says once for each function of the standard library with a cache that it reads through the cache.
@pytest.mark.slow  # compiles
@pytest.mark.filterwarnings("ignore:Dynamo detected a call to a `functools.lru_cache`-wrapped function")
@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"axis": 0},
        {"pos_weight": 2.0, "reduction": "sum"},
        {"sample_weight": [1.0, 2, 3], "where": [True, False, True], "reduction": "weighted_mean"},
    ],
    ids=lambda options: "-".join(options) or "plain",
)
def test_torch_compiles_the_whole_without_a_break(function, options):
    options = {key: torch.tensor(value) if isinstance(value, list) else value for key, value in options.items()}
    y, z = TORCH.array(Y, "float32"), TORCH.array(Z, "float32")
    torch.compiler.reset()
    compiled = torch.compile(function, backend="eager", fullgraph=True)
    np.testing.assert_array_equal(compiled(y, z, **options), function(y, z, **options))


@pytest.mark.parametrize("function", OF_LOGITS, ids=name)
@pytest.mark.parametrize(
    "options", [{"axis": 0}, {"axis": (0, 1)}, {"reduction": "none"}, {"reduction": "weighted_mean"}], ids=str
)
def test_dask_gives_what_numpy_gives(function, options):
    generator = np.random.default_rng(4)
    y, z, weight = generator.random((6, 5)), generator.standard_normal((6, 5)), generator.random((6, 5))
    wanted = function(y, z, sample_weight=weight, where=z > -1, pos_weight=2.0, **options)
    lazy = [dask.array.from_array(array, chunks=(2, 3)) for array in (y, z, weight)]
    found = function(*lazy[:2], sample_weight=lazy[2], where=lazy[1] > -1, pos_weight=2.0, **options)
    assert isinstance(found, dask.array.Array)
    np.testing.assert_allclose(found.compute(), wanted, rtol=1e-14)
