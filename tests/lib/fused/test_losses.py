"""The compiled loss and gradient: against 50 digits, against the plain functions, on arrays of every kind."""

import io
import subprocess
import sys
import tracemalloc
from functools import partial
from time import sleep

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from mpmath import mpf

import grids
from bce_lib import binary_cross_entropy_gradient, binary_cross_entropy_with_logits, fused
from bce_lib.accuracy import exact_gradient, exact_loss
from bce_lib.audit import audit
from bce_lib.fused import _losses as module
from bounds import SOFT_GRADIENT, assert_within, errors
from engines import NUMPY
from references import exact

DTYPES = ["float32", "float64"]
LOSS, GRADIENT = 2.0, 2.5  # the largest errors in ulp, as the design has them
MANY = 3 * module.TASK + 5 * module.BLOCK + 7


def gradient_of(y, z, **options):
    return fused.loss_and_gradient(y, z, **options)[1]


def data(count=MANY, dtype="float32", seed=0):
    generator = np.random.default_rng(seed)
    z = 5 * generator.standard_normal(count).astype(dtype)
    return (generator.random(count) < 0.5).astype(dtype), z, generator.random(count).astype(dtype)


def on_grid(function, kind, dtype, **options):
    y, z = (values.astype(dtype) for values in getattr(grids, kind)(dtype))
    return function(y, z, reduction="none", **options)


@pytest.mark.parametrize("pos_weight", [None, 3.0])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_loss_is_within_its_bound_in_ulp(kind, dtype, pos_weight):
    options = {} if pos_weight is None else {"pos_weight": pos_weight}
    weight = pos_weight or 1.0
    found = errors(
        NUMPY,
        dtype,
        on_grid(fused.loss, kind, dtype, **options),
        exact(exact_loss, kind, NUMPY, dtype, weight),
        weight=weight,
    )
    y, z = getattr(grids, kind)(dtype)
    assert_within(LOSS + (pos_weight is not None), found, y=y, z=z)


@pytest.mark.parametrize("pos_weight", [None, 3.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_with_hard_labels_is_within_its_bound_in_ulp(dtype, pos_weight):
    options = {} if pos_weight is None else {"pos_weight": pos_weight}
    weight = pos_weight or 1.0
    found = errors(
        NUMPY,
        dtype,
        on_grid(gradient_of, "hard", dtype, **options),
        exact(exact_gradient, "hard", NUMPY, dtype, weight),
        weight=weight,
    )
    y, z = grids.hard(dtype)
    assert_within(GRADIENT + (pos_weight is not None), found, y=y, z=z)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradient_with_soft_labels_is_within_its_absolute_bound(dtype):
    slope, right = on_grid(gradient_of, "soft", dtype), exact(exact_gradient, "soft", NUMPY, dtype)
    found = np.array([0.0 if np.isnan(a) else float(abs(mpf(float(a)) - b)) for a, b in zip(slope, right, strict=True)])
    y, z = grids.soft(dtype)
    assert_within(SOFT_GRADIENT * 2.0 ** -grids.PRECISION[dtype], found, y=y, z=z)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_nan_stays_nan_and_nothing_else_becomes_it(kind, dtype):
    y, z = (values.astype(dtype) for values in getattr(grids, kind)(dtype))
    loss, gradient = fused.loss_and_gradient(y, z, reduction="none")
    assert np.array_equal(np.isnan(loss), np.isnan(z))
    assert np.array_equal(np.isnan(gradient), np.isnan(z))


@pytest.mark.parametrize("dtype", DTYPES)
def test_both_classes_are_treated_alike_to_the_bit(dtype):
    _, z = (values.astype(dtype) for values in grids.hard(dtype))
    ones, zeros = np.ones_like(z), np.zeros_like(z)
    loss, gradient = fused.loss_and_gradient(ones, z, reduction="none")
    other, opposite = fused.loss_and_gradient(zeros, -z, reduction="none")
    np.testing.assert_array_equal(loss, other)
    np.testing.assert_array_equal(gradient, -opposite)


@pytest.mark.slow  # compiles the loop for every kind of weight
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weight", [1, np.float32(1), "array"])
def test_weights_of_one_change_no_bit(dtype, weight):
    y, z = (values.astype(dtype) for values in grids.soft(dtype))
    value = np.ones_like(z) if weight == "array" else weight
    plain = fused.loss_and_gradient(y, z, reduction="none")
    for options in ({"pos_weight": value}, {"sample_weight": value}):
        for found, right in zip(fused.loss_and_gradient(y, z, reduction="none", **options), plain, strict=True):
            np.testing.assert_array_equal(found, right)


@pytest.mark.slow  # compiles the loop for every combination of weights
@pytest.mark.parametrize("reduction", ["mean", "sum", "weighted_mean", "none"])
@pytest.mark.parametrize("weights", [(), ("sample_weight",), ("pos_weight",), ("sample_weight", "pos_weight")])
def test_it_equals_the_plain_functions(reduction, weights):
    y, z, w = (values.reshape(-1, 3) for values in data(count=30_000, dtype="float64"))
    values = {"sample_weight": w, "pos_weight": np.array([0.5, 2.0, 3.0])}
    options = {name: values[name] for name in weights} | {"reduction": reduction}
    loss, gradient = fused.loss_and_gradient(y, z, **options)
    np.testing.assert_allclose(loss, binary_cross_entropy_with_logits(y, z, **options), rtol=8 * 2.0**-53)
    np.testing.assert_allclose(gradient, binary_cross_entropy_gradient(y, z, **options), rtol=16 * 2.0**-53)
    np.testing.assert_array_equal(fused.loss(y, z, **options), loss)


@settings(deadline=None)  # the first example compiles
@example((np.array([5e-324]), np.array([-705.0]), np.array([1.0])))  # the weight comes after the margin
@given(
    array_shapes(max_dims=4, max_side=6).flatmap(
        lambda shape: st.tuples(
            arrays(np.float64, shape, elements=st.floats(0, 1)),
            arrays(np.float64, shape, elements=st.floats(-800, 800)),
            arrays(np.float64, shape, elements=st.floats(0, 10)),
        )
    )
)
def test_any_shape_equals_the_plain_loss(case):
    y, z, w = case
    found = fused.loss(y, z, sample_weight=w, pos_weight=2.5, reduction="none")
    right = binary_cross_entropy_with_logits(y, z, sample_weight=w, pos_weight=2.5, reduction="none")
    np.testing.assert_allclose(found, right, rtol=16 * 2.0**-53, atol=64 * 2.0**-1074)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_mean_of_many_is_the_sum_that_one_rounding_gives(dtype):
    y, z, _ = data(dtype=dtype)
    each = fused.loss(y, z, reduction="none")
    total = sum(map(float, map(np.sum, np.array_split(each.astype(np.longdouble), 100))))
    assert abs(fused.loss(y, z, reduction="sum") - total) <= 2 * np.spacing(np.asarray(total, dtype))


def test_every_number_of_threads_gives_the_same_bits():
    y, z, w = data()
    for arrays_ in ((y, z, w), (y[::2], z[::2], w[::2])):
        results = [
            fused.loss_and_gradient(*arrays_[:2], sample_weight=arrays_[2], n_threads=n) for n in (1, 2, 3, 8, 8)
        ]
        for loss, gradient in results[1:]:
            assert loss == results[0][0]
            np.testing.assert_array_equal(gradient, results[0][1])


LAYOUTS = {
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "columns first": np.asfortranarray,
    "a slice of a matrix": lambda a: np.pad(a[..., None], [(0, 0)] * a.ndim + [(2, 1)])[..., 2],
    "not aligned": lambda a: np.frombuffer(b"x" + a.tobytes(), np.uint8)[1:].view(a.dtype).reshape(a.shape),
    "the other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "a subclass": lambda a: a.view(type("Own", (np.ndarray,), {})),
}


def can_be_written_to(layout):
    array = LAYOUTS[layout](np.zeros((2, 3)))
    return array.flags.writeable and array.dtype.isnative


MOVED = [(layout, moved) for moved in ("labels", "logits", "both") for layout in LAYOUTS]
MOVED += [(layout, "out") for layout in LAYOUTS if can_be_written_to(layout)]


@pytest.mark.parametrize(("layout", "moved"), MOVED)
def test_the_layout_in_memory_changes_nothing(layout, moved):
    y, z, _ = (values.reshape(300, -1) for values in data(count=300 * 1001))
    change = LAYOUTS[layout]
    right, slope = fused.loss_and_gradient(y, z, reduction="none")
    labels, logits = (change(a) if moved in (name, "both") else a for name, a in (("labels", y), ("logits", z)))
    out = change(np.zeros_like(z)) if moved == "out" else None
    loss, gradient = fused.loss_and_gradient(labels, logits, reduction="none", gradient_out=out)
    np.testing.assert_array_equal(loss, right)
    np.testing.assert_array_equal(gradient, slope)
    assert gradient is out or moved != "out"
    assert gradient.dtype.isnative or moved == "out"


@pytest.mark.slow  # compiles the loop for every dtype
@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint8", "int32", "int64", "uint64", "float16", "float32", "float64"]
)
def test_labels_of_any_dtype_are_the_same_labels(dtype):
    y, z, _ = data(count=50_000)
    right = fused.loss_and_gradient(y, z)
    for found, expected in zip(fused.loss_and_gradient(y.astype(dtype), z), right, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("label", [1 + 2.0**-52, -(2.0**-1074), 2.0, -1.0, np.nan, np.inf, -np.inf, 255, -1])
@pytest.mark.parametrize("logit_dtype", DTYPES)
@pytest.mark.parametrize("where", [0, 3001, -1])
def test_an_invalid_label_is_found_in_the_same_pass(label, logit_dtype, where):
    z = np.zeros(5_000, logit_dtype)
    y = np.zeros(5_000, np.int64 if isinstance(label, int) else np.float64)
    y[where] = label
    with pytest.raises(ValueError, match="y_true has 1 of 5000 values outside"):
        fused.loss(y, z)


def test_an_invalid_label_is_found_in_any_block_of_an_array_that_is_copied():
    y, z, _ = (values[::2] for values in data(count=6 * module.BLOCK))
    y[3] = 2
    with pytest.raises(ValueError, match="2 at position 3"):
        fused.loss(y, z)


def test_minus_zero_is_a_label():
    assert fused.loss(np.array([-0.0]), np.array([2.0])) == fused.loss(np.array([0.0]), np.array([2.0]))


def test_what_has_no_weight_adds_nothing():
    y, z = np.array([1.0, 0.0, 1.0]), np.array([-np.inf, np.nan, 0.5])
    loss, gradient = fused.loss_and_gradient(y, z, sample_weight=[0, 0, 1], reduction="sum")
    assert loss == fused.loss(y[2:], z[2:], reduction="sum")
    assert list(gradient[:2]) == [0, 0]


def test_a_class_without_weight_costs_nothing():
    loss, gradient = fused.loss_and_gradient([1, 1], [-np.inf, -2.0], pos_weight=0, reduction="none")
    assert list(loss) == list(gradient) == [0, 0]


def test_the_gradient_is_written_where_it_is_wanted():
    y, z, _ = data(count=10_000)
    out = np.full_like(z, np.nan)
    _, gradient = fused.loss_and_gradient(y, z, gradient_out=out)
    assert gradient is out
    np.testing.assert_array_equal(out, gradient_of(y, z))


def test_input_may_be_read_only_and_is_left_alone():
    y, z, _ = data(count=1000)
    before = y.copy(), z.copy()
    y.flags.writeable = z.flags.writeable = False
    fused.loss_and_gradient(y, z)
    np.testing.assert_array_equal(y, before[0])
    np.testing.assert_array_equal(z, before[1])
    fresh = data(count=1000)[1]
    fused.loss(y, fresh)
    assert fresh.flags.writeable


def test_lists_numbers_and_nothing_at_all():
    assert fused.loss([1, 0], [0.0, 0.0]) == pytest.approx(np.log(2))
    assert fused.loss(1, 0.0).shape == ()
    loss, gradient = fused.loss_and_gradient(1, 0.0, reduction="none")
    assert (loss.shape, gradient.shape) == ((), ())
    assert fused.loss([], [], reduction="sum") == 0
    assert fused.loss([], [], reduction="none").shape == (0,)
    with pytest.raises(ValueError, match="nothing to average"):
        fused.loss([], [])


def test_the_result_has_the_dtype_of_the_logits():
    for dtype in DTYPES:
        y, z, _ = data(count=10, dtype=dtype)
        loss, gradient = fused.loss_and_gradient(y.astype(int), z)
        assert loss.dtype == gradient.dtype == dtype


def test_a_sum_beyond_float32_is_infinite():
    assert fused.loss(np.zeros(3, "f4"), np.full(3, 3e38, "f4"), reduction="sum") == np.inf
    assert fused.loss(np.zeros(3, "f4"), np.full(3, 3e38, "f4")) == pytest.approx(3e38)
    assert fused.loss(np.zeros(3), np.full(3, 1e308), reduction="sum") == np.inf


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y_true": np.zeros((3, 1))}, ValueError, "shape"),
        ({"logits": np.zeros(3, np.float16)}, TypeError, r"float16.*astype\(numpy.float32\)"),
        ({"sample_weight": [-1.0, 1.0, 1.0]}, ValueError, "sample_weight contains -1"),
        ({"sample_weight": [0.0, 0.0, 0.0], "reduction": "weighted_mean"}, ValueError, "add up to 0"),
        ({"sample_weight": [1e-320] * 3, "reduction": "weighted_mean"}, ValueError, "scale them"),
        ({"reduction": "average"}, ValueError, "average"),
        ({"n_threads": 0}, ValueError, "n_threads=0"),
        ({"n_threads": 1.5}, TypeError, "n_threads=1.5"),
        ({"gradient_out": [0.0] * 3}, TypeError, "list"),
        ({"gradient_out": np.zeros(4)}, ValueError, r"shape \(4,\)"),
        ({"gradient_out": np.zeros(3, "f4")}, ValueError, "dtype float32"),
        ({"gradient_out": np.broadcast_to(0.0, 3)}, ValueError, "read-only"),
    ],
)
def test_what_cannot_be_gets_a_clear_error(change, error, message):
    arguments = {"y_true": np.zeros(3), "logits": np.zeros(3)} | change
    with pytest.raises(error, match=message):
        fused.loss_and_gradient(arguments.pop("y_true"), arguments.pop("logits"), **arguments)


@pytest.mark.parametrize("name", ["y_true", "logits", "sample_weight", "pos_weight"])
def test_the_gradient_may_not_overwrite_what_is_read(name):
    arguments = {each: np.ones(9) for each in ("y_true", "logits", "sample_weight", "pos_weight")}
    with pytest.raises(ValueError, match=f"memory of {name}"):
        fused.loss_and_gradient(**arguments, gradient_out=arguments[name])


def test_the_gradient_may_lie_between_what_is_read():
    table = np.zeros((100, 2))
    _, gradient = fused.loss_and_gradient(np.zeros(100), table[:, 0], gradient_out=table[:, 1])
    np.testing.assert_array_equal(gradient, 0.005)


def test_arrays_of_other_libraries_are_named():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"torch\.Tensor.*binary_cross_entropy_with_logits"):
        fused.loss(torch.zeros(3), torch.zeros(3))


@pytest.mark.parametrize("view", [lambda a: a, lambda a: a[::2]])
def test_memory_beyond_the_gradient_stays_below_a_megabyte(view):
    y, z, _ = (view(values) for values in data(count=8_000_000))
    out = np.empty_like(z)
    fused.loss_and_gradient(y, z, gradient_out=out)
    tracemalloc.start()
    try:
        fused.loss_and_gradient(y, z, gradient_out=out)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


def test_the_audit_finds_nothing():
    report = audit(fused.loss, gradient=partial(gradient_of, reduction="sum"))
    assert report.passed, report
    assert report["gradient-float32"].status == report["sample-weight"].status == "pass"


class Terminal(io.StringIO):
    """What passes for a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("screen", "patience", "said"),
    [
        (Terminal, 0.01, True),
        (Terminal, 60, False),
        (io.StringIO, 0.01, False),
    ],
)
def test_compiling_is_announced_on_a_terminal_where_it_takes_long(monkeypatch, screen, patience, said):
    shown = screen()
    monkeypatch.setattr(sys, "stderr", shown)
    with module._Announcement(patience) as _:
        sleep(0.5)
    assert ("compiling" in shown.getvalue()) is said


def test_without_numba_the_error_says_what_to_install():
    code = "import sys; sys.modules['numba'] = None; import bce_lib; import bce_lib.fused"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "bce_lib.fused needs numba, which is not installed: pip install numba" in process.stderr
