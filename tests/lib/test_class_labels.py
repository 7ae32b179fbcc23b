"""What a loss of many classes takes, and what it refuses: shapes, indices, distributions, log-probabilities, weights."""

from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest

from bce_lib import cross_entropy_with_logits, log_softmax, negative_log_likelihood, softmax
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, JAX, NUMPY, TORCH, torch

LOSSES = [cross_entropy_with_logits, negative_log_likelihood]
INF, NAN = np.inf, np.nan
ROWS = np.zeros((4, 3))


@pytest.mark.parametrize("function", LOSSES)
@pytest.mark.parametrize(
    ("y", "scores", "options", "message"),
    [
        (
            np.zeros((4, 1), int),
            ROWS,
            {},
            r"y_true has shape \(4, 1\) but \w+ has shape \(4, 3\): one index per sample\? Then pass y_true.reshape\(\(4,\)\)",
        ),
        (np.zeros(3, int), ROWS, {}, r"do the classes lie along axis 0\? Then pass class_axis=0"),
        (np.zeros(4, int), ROWS, {"class_axis": 0}, r"do the classes lie along axis 1\? Then pass class_axis=1"),
        (
            np.zeros((2, 5, 6), int),
            np.zeros((2, 3, 5, 6)),
            {},
            r"do the classes lie along axis 1\? Then pass class_axis=1",
        ),
        (0, ROWS, {}, "a single label is not broadcast: give every sample its own"),
        (np.zeros(5, int), ROWS, {}, r"class indices have the shape \(4,\), distributions over the classes \(4, 3\)"),
        (np.zeros((3, 4)), ROWS, {}, r"y_true has shape \(3, 4\) but"),
    ],
)
def test_shapes_that_do_not_fit_are_named_with_the_likely_cause(function, y, scores, options, message):
    with pytest.raises(ValueError, match=message):
        function(y, scores, **options)


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not DASK], ids=str)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            [0, 1, 2, 3],
            "y_true reaches from 0 to 3, but the 3 classes are numbered from 0 to 2: every class needs a logit",
        ),
        ([1, 2, 3, 1], "from 1 to 3, .*: if they are numbered from 1, pass y_true - 1"),
        ([-100, 2, 1, 0], "from -100 to 2, .*: leave samples without a label out with where=y_true >= 0"),
    ],
)
def test_an_index_must_name_a_class(engine, y, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy_with_logits(engine.convert(np.array(y), "int32"), engine.array(ROWS, "float32"))


def test_a_binary_problem_is_sent_to_the_binary_loss():
    with pytest.raises(ValueError, match="for one logit per sample use binary_cross_entropy_with_logits"):
        cross_entropy_with_logits([0, 1, 1], np.zeros((3, 1)))
    with pytest.raises(
        ValueError, match="sums reach from 2 to 2 and are not 1: where several .* use binary_cross_entropy"
    ):
        cross_entropy_with_logits([0, 1, 1], np.zeros(3))
    with pytest.raises(ValueError, match="sums reach from 0 to 1"):
        cross_entropy_with_logits([[0], [1], [1]], np.zeros((3, 1)))


@pytest.mark.parametrize(
    "wrong", [[0.0, 1.0, 2.0, 0.0], [True, False, True, False], np.zeros(4, complex)], ids=["float", "bool", "complex"]
)
def test_indices_are_integers(wrong):
    with pytest.raises(
        TypeError, match=r"y_true has dtype \w+: class indices are integers, for example y_true\.astype\(int\)"
    ):
        cross_entropy_with_logits(wrong, ROWS)


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not DASK], ids=str)
@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            [0.5, 0.5, 0.5],
            r"distributions over the 3 classes, but their sums reach from 1 to 1.5 and are not 1: divide each by its sum",
        ),
        ([0.2, 0.2, 0.2], "reach from 0.6 to 1 and are not 1"),
        ([2.0, -1.0, 0.0], r"y_true has 2 of 12 values outside \[0, 1\]"),
        ([NAN, 0.5, 0.5], "outside .*nan"),
    ],
)
def test_a_distribution_is_one(engine, row, message):
    y = np.eye(3)[[0, 1, 2, 0]]
    y[1] = row
    with pytest.raises(ValueError, match=message):
        cross_entropy_with_logits(engine.array(y, "float32"), engine.array(ROWS, "float32"))


@pytest.mark.parametrize("dtype", [bool, np.int64, np.uint8])
def test_several_labels_at_once_are_no_distribution(dtype):
    y = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]], dtype)
    with pytest.raises(
        ValueError, match="sums reach from 0 to 2 and are not 1: where several classes may be true at once"
    ):
        cross_entropy_with_logits(y, ROWS)
    cross_entropy_with_logits(y[[0, 3]], ROWS[:2])


@pytest.mark.parametrize(
    ("engine", "dtype"), [case for case in EVERY_ENGINE_AND_DTYPE if case[0] is not JAX or "16" in case[1]], ids=str
)
def test_a_distribution_may_be_rounded(engine, dtype):
    y = np.random.default_rng(5).dirichlet(np.ones(50), 20)
    with engine.computing(dtype):
        cross_entropy_with_logits(engine.array(y, dtype), engine.array(np.zeros((20, 50)), dtype))
        negative_log_likelihood(engine.array(y, dtype), engine.array(np.full((20, 50), -np.log(50)), dtype))


@pytest.mark.parametrize(
    ("engine", "dtype", "tolerance"),
    [
        (NUMPY, "float64", 0.0003),
        (NUMPY, "float32", 0.0003),
        (NUMPY, "float16", 0.03),
        (TORCH, "float16", 0.03),
        (TORCH, "bfloat16", 0.09),
    ],
    ids=str,
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_distribution_may_be_rounded_and_no_more(engine, dtype, tolerance, sign):
    z = engine.array(np.zeros((1, 4)), dtype)
    for share, refused in ((0.6, False), (1.5, True)):
        y = np.array([[0.25, 0.25, 0.25, 0.25 + sign * share * tolerance]])
        for function, labels, scores, message in (
            (cross_entropy_with_logits, y, z, "their sums reach from"),
            (negative_log_likelihood, np.eye(4)[:1], engine.array(np.log(y), dtype), "these would add up to"),
        ):
            with pytest.raises(ValueError, match=message) if refused else nullcontext():
                function(engine.array(labels, dtype), scores)


@pytest.mark.parametrize(
    "wrong",
    [[[2.0, -1.0, 0.5]], [[0.7, 0.2, 0.1]], [[-1.0, -2.0, -3.0]], [[0.0, 0.0, -INF]], [[1e4, 0, 0]]],
    ids=["logits", "probabilities", "negative logits", "two that are certain", "large logits"],
)
def test_nll_refuses_what_are_no_log_probabilities(wrong):
    with pytest.raises(
        ValueError,
        match="log_probs are logarithms of probabilities, but these would add up to .* for logits use cross_entropy",
    ):
        negative_log_likelihood([0], wrong)


def test_nll_takes_log_probabilities_however_computed():
    logs = np.log(np.array([[0.7, 0.2, 0.1], [1.0, 0.5, 0.5]]))
    logs[1, 0] = NAN
    np.testing.assert_array_equal(negative_log_likelihood([2, 0], logs, reduction="none"), [-logs[0, 2], NAN])
    np.testing.assert_array_equal(negative_log_likelihood([2, 1], logs, reduction="none"), [-logs[0, 2], -logs[1, 1]])
    np.testing.assert_array_equal(
        negative_log_likelihood([[0, 0, 1], [0, 0.5, 0.5]], logs, reduction="none"), [-logs[0, 2], -logs[1, 1]]
    )
    assert negative_log_likelihood(0, [0.0, -INF]) == 0
    assert negative_log_likelihood(1, [0.0, -INF]) == INF
    nothing = negative_log_likelihood([0, 0], [[np.nan, 5, 5], [0, -INF, -INF]], where=[False, True])
    assert nothing == 0


@pytest.mark.parametrize("argument", ["sample_weight", "where"])
@pytest.mark.parametrize("shape", [(4, 1), (4, 3), (3,), (5,)])
def test_a_weight_belongs_to_a_sample(argument, shape):
    with pytest.raises(
        ValueError,
        match=rf"{argument} has shape \({shape[0]}.* but the samples have shape \(4,\): it takes one number per sample",
    ):
        cross_entropy_with_logits([0, 1, 2, 0], ROWS, **{argument: np.ones(shape, bool)})


@pytest.mark.parametrize(
    ("wrong", "message"), [(-1, "contains -1"), (NAN, "contains nan"), ([1, 2, INF, 0], "contains inf")]
)
def test_weights_are_finite_and_not_negative(wrong, message):
    with pytest.raises(ValueError, match=f"sample_weight {message}"):
        cross_entropy_with_logits([0, 1, 2, 0], ROWS, sample_weight=wrong)
    with pytest.raises(TypeError, match="where has dtype int64: it must be boolean"):
        cross_entropy_with_logits([0, 1, 2, 0], ROWS, where=[1, 0, 1, 1])


@pytest.mark.parametrize("function", [softmax, log_softmax, partial(cross_entropy_with_logits, [0, 1, 2, 0])])
def test_the_axis_of_the_classes_must_exist(function):
    for wrong in (2, -3):
        with pytest.raises(
            ValueError,
            match=rf"class_axis={wrong} does not exist in logits of shape \(4, 3\): class_axis is where the classes lie",
        ):
            function(ROWS, class_axis=wrong)
    for wrong in (None, 1.0, (0, 1)):
        with pytest.raises(TypeError, match="is not a whole number: classes lie along one axis"):
            function(ROWS, class_axis=wrong)
    with pytest.raises(ValueError, match=r"logits of shape \(4, 0\) has no classes along axis -1"):
        function(np.zeros((4, 0)))


def test_what_is_no_array_of_scores_is_refused():
    with pytest.raises(ValueError, match=r"logits of one sample have the shape \(K,\)"):
        softmax(1.0)
    for wrong, message in (
        (ROWS > 0, "logits has dtype bool"),
        (ROWS + 0j, "complex128"),
        (["a", "b"], "real numbers"),
        (None, "logits is None"),
    ):
        with pytest.raises(TypeError, match=message):
            softmax(wrong)
    with pytest.raises(TypeError, match="belong to different libraries"):
        cross_entropy_with_logits(np.array([0, 1, 2, 0]), torch.zeros(4, 3))
    with pytest.raises(ValueError, match="reduction='average' is unknown"):
        cross_entropy_with_logits([0, 1, 2, 0], ROWS, reduction="average")
    lazy = DASK.array(ROWS, "float64")
    with pytest.raises(ValueError, match=r"unknown shape .* call its compute_chunk_sizes\(\) first"):
        softmax(lazy[lazy[:, 0] > 0])


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint64"])
def test_indices_of_every_integer_type_are_taken(dtype):
    z = np.random.default_rng(3).standard_normal((4, 3))
    expected = cross_entropy_with_logits([0, 1, 2, 0], z)
    y = np.array([0, 1, 2, 0], dtype)
    assert cross_entropy_with_logits(y, z) == expected
    np.testing.assert_allclose(float(cross_entropy_with_logits(torch.tensor(y), torch.tensor(z))), expected, rtol=1e-15)
    assert cross_entropy_with_logits(np.eye(3, dtype=dtype)[[0, 1, 2, 0]], z) == expected
