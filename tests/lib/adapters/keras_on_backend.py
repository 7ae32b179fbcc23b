"""The drop-in for Keras on one backend, which KERAS_BACKEND names; ``test_keras.py`` runs this file once for each.

To run one of these tests alone: ``KERAS_BACKEND=torch pytest tests/lib/adapters/keras_on_backend.py -k masked``.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from bce_lib import binary_cross_entropy, binary_cross_entropy_with_logits
from bce_lib.accuracy import error_in_ulp, exact_loss, exact_loss_of_probability
from bce_lib.adapters.keras import BinaryCrossentropy
from bce_lib.audit import audit
from bce_lib.audit._frameworks import load

# Keras' own, where it makes an array of NumPy's of a tensor of PyTorch's.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

Y = np.float32([[1], [0], [1], [0], [0.25]])
Z = np.float32([[2], [-1], [-3], [0.5], [1]])
P = np.float32([[0.9], [0.25], [0.0625], [0.5], [0.75]])
WEIGHT = np.float32([2, 0, 1, 0.5, 3])


def number(value: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(value))


def tumours() -> tuple[np.ndarray, np.ndarray]:
    table = pytest.importorskip("sklearn.datasets").load_breast_cancer()
    features = (table.data - table.data.mean(0)) / table.data.std(0)
    return features.astype("float32"), table.target


def classifier(loss: Any, activation: str | None = None, **compiled: Any) -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation=activation)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss, **compiled)
    return model


# Values


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean", "sum", "none", None, "mean_with_sample_weight"])
@pytest.mark.parametrize("from_logits", [True, False])
def test_it_is_keras_own_where_that_is_right(reduction, from_logits):
    options = {"from_logits": from_logits, "reduction": reduction, "label_smoothing": 0.1}
    prediction = Z if from_logits else P
    for weight in (None, WEIGHT):
        own, theirs = (
            kind(**options)(Y, prediction, weight) for kind in (BinaryCrossentropy, keras.losses.BinaryCrossentropy)
        )
        assert number(own).shape == number(theirs).shape
        np.testing.assert_allclose(number(own), number(theirs), rtol=2e-6)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_the_mean_along_an_axis_is_keras_own(axis):
    y, z = np.tile(Y[:4], (1, 6)).reshape(4, 2, 3), np.linspace(-3, 3, 24, dtype="float32").reshape(4, 2, 3)
    options = {"from_logits": True, "axis": axis, "reduction": "none"}
    own, theirs = (kind(**options)(y, z) for kind in (BinaryCrossentropy, keras.losses.BinaryCrossentropy))
    np.testing.assert_allclose(number(own), number(theirs), rtol=2e-6)


def test_it_is_the_cores_loss_to_the_bit_of_the_engine_or_two():
    z = np.linspace(-80, 80, 641, dtype="float32")[:, None]
    for label in (0, 1):
        y = np.full_like(z, label)
        found = number(BinaryCrossentropy(from_logits=True, reduction="none")(y, z))
        assert error_in_ulp(found, exact_loss(y[:, 0], z[:, 0])).max() < 3


def test_probabilities_are_not_clipped():
    p = np.float32([[1], [0], [1e-30], [1 - 2**-24], [0]])
    y = np.float32([[1], [0], [1], [1], [1]])
    found = number(BinaryCrossentropy(reduction="none")(y, p))
    assert found[:2].tolist() == [0, 0]
    assert found[4] == np.inf
    assert error_in_ulp(found[:4], exact_loss_of_probability(y[:4, 0], p[:4, 0])).max() < 3


def test_infinite_logits_give_0_or_infinity():
    z = np.float32([[np.inf], [-np.inf], [-np.inf], [np.inf]])
    found = number(BinaryCrossentropy(from_logits=True, reduction="none")(np.float32([[1], [0], [1], [0]]), z))
    assert found.tolist() == [0, 0, np.inf, np.inf]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_float32_and_rounded_once(dtype):
    z = ops.cast(ops.convert_to_tensor(np.float32([[-5], [6], [7]])), dtype)
    y = np.float32([[0], [1], [0]])
    loss = BinaryCrossentropy(from_logits=True, reduction="none", dtype=dtype)(y, z)
    assert keras.backend.standardize_dtype(loss.dtype) == dtype
    expected = ops.cast(ops.convert_to_tensor(exact_loss(y[:, 0], [-5, 6, 7]).astype("float32")), dtype)
    assert number(ops.cast(loss, "float32")).tolist() == number(ops.cast(expected, "float32")).tolist()


def test_half_precision_predictions_are_computed_in_float32_if_nothing_is_said():
    loss = BinaryCrossentropy(from_logits=True)(
        np.float32([[0]]), ops.cast(ops.convert_to_tensor([[-5.0]]), "bfloat16")
    )
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"
    assert number(loss) == pytest.approx(6.715348e-3, rel=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
def test_label_smoothing_is_keras_definition(smoothing):
    smoothed = (1 - smoothing) * Y + smoothing / 2
    found = number(BinaryCrossentropy(from_logits=True, label_smoothing=smoothing)(Y, Z))
    assert found == pytest.approx(float(binary_cross_entropy_with_logits(smoothed, Z)), rel=1e-6)


# Shapes, and what goes in


def test_labels_of_one_dimension_meet_a_column_as_in_keras():
    own, theirs = (kind(from_logits=True)(Y[:, 0], Z) for kind in (BinaryCrossentropy, keras.losses.BinaryCrossentropy))
    assert number(own) == pytest.approx(number(theirs), rel=1e-6)


def test_weights_of_one_dimensional_targets_weigh_their_own_samples():
    found = number(BinaryCrossentropy(from_logits=True)(Y[:, 0], Z[:, 0], WEIGHT))
    assert found == pytest.approx(
        float(binary_cross_entropy_with_logits(Y[:, 0], Z[:, 0], sample_weight=WEIGHT)), rel=1e-6
    )
    # Keras' own multiplies the mean of the losses by the mean of the weights.
    theirs = number(keras.losses.BinaryCrossentropy(from_logits=True)(Y[:, 0], Z[:, 0], WEIGHT))
    assert theirs == pytest.approx(float(binary_cross_entropy_with_logits(Y, Z)) * WEIGHT.mean(), rel=1e-6)


@pytest.mark.parametrize("shape", [(4, 1), (5, 2), (1, 5)])
def test_shapes_that_do_not_fit_are_named(shape):
    with pytest.raises(ValueError, match=r"y_true has shape .* but y_pred has shape \(5, 1\)"):
        BinaryCrossentropy(from_logits=True)(np.zeros(shape, "float32"), Z)


@pytest.mark.parametrize("label", [2, -1, np.nan])
def test_labels_outside_0_and_1_are_an_error(label):
    with pytest.raises(ValueError, match="y_true has 1 of 1 values outside"):
        BinaryCrossentropy(from_logits=True)(np.float32([[label]]), np.float32([[0.5]]))


def test_a_logit_in_the_place_of_a_probability_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match="are they logits. Then pass from_logits=True"):
        BinaryCrossentropy()(np.float32([[1]]), np.float32([[1.5]]))


@pytest.mark.parametrize("smoothing", [-0.1, 1.1])
def test_a_smoothing_outside_0_and_1_is_an_error(smoothing):
    with pytest.raises(ValueError, match="label_smoothing="):
        BinaryCrossentropy(label_smoothing=smoothing)


# In a model


@pytest.mark.parametrize("weighted", [{}, {"sample_weight": "w"}, {"class_weight": {0: 1.0, 1: 3.0}}], ids=str)
@pytest.mark.parametrize(("from_logits", "activation"), [(True, None), (False, "sigmoid")])
def test_a_model_trains_as_with_keras_own(weighted, from_logits, activation):
    x, y = tumours()
    if "sample_weight" in weighted:
        weighted = {"sample_weight": np.linspace(0, 2, len(y))}
    histories = [
        classifier(kind(from_logits=from_logits), activation)
        .fit(x, y, epochs=3, batch_size=len(y), shuffle=False, verbose=0, **weighted)
        .history["loss"]
        for kind in (BinaryCrossentropy, keras.losses.BinaryCrossentropy)
    ]
    np.testing.assert_allclose(*histories, rtol=1e-5)
    assert histories[0][-1] < histories[0][0]


@pytest.mark.parametrize(
    "options", [{"from_logits": True, "label_smoothing": 0.1, "axis": 1, "reduction": "sum", "name": "mine"}, {}]
)
def test_its_configuration_makes_the_same_loss_again(options):
    loss = BinaryCrossentropy(**options)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is BinaryCrossentropy
    assert again.get_config() == loss.get_config()
    assert loss.get_config().items() >= options.items()


def test_it_is_saved_and_loaded_with_a_model(tmp_path: Path):
    x, y = tumours()
    model = classifier(BinaryCrossentropy(from_logits=True, label_smoothing=0.1))
    model.fit(x, y, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.loss.get_config() == model.loss.get_config()
    assert loaded.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_model_of_mixed_precision_trains(policy):
    x, y = tumours()
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        model = classifier(BinaryCrossentropy(from_logits=True))
        losses = model.fit(x, y, epochs=3, batch_size=len(y), verbose=0).history["loss"]
        assert keras.backend.standardize_dtype(model(x[:2]).dtype) == policy.removeprefix("mixed_")
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    assert losses[-1] < losses[0] < np.inf


def test_masked_targets_do_not_count():
    y, z = ops.convert_to_tensor(Y), ops.convert_to_tensor(Z)
    mask = np.array([True, False, True, True, False])
    keras.src.backend.set_keras_mask(z, ops.convert_to_tensor(mask))
    found = number(BinaryCrossentropy(from_logits=True)(y, z))
    assert found == pytest.approx(float(binary_cross_entropy_with_logits(Y[mask], Z[mask])), rel=1e-6)


@pytest.mark.parametrize("way", ["weight", "mask"])
@pytest.mark.parametrize(("from_logits", "wrong"), [(False, 0.0), (True, -np.inf), (True, np.nan)])
def test_a_sample_that_does_not_count_adds_nothing_whatever_its_loss(from_logits, wrong, way):
    y, prediction = np.float32([[1], [1]]), ops.convert_to_tensor(np.float32([[wrong], [0.5]]))
    counts = np.array([False, True])
    loss = BinaryCrossentropy(from_logits=from_logits, reduction="sum")

    def of(at: Any) -> Any:
        if way == "weight":
            return loss(y, at, counts.astype("float32"))
        keras.src.backend.set_keras_mask(at, ops.convert_to_tensor(counts))
        return loss(y, at)

    assert number(of(prediction)) == pytest.approx(number(loss(y[1:], prediction[1:])), rel=1e-6)
    if way == "weight":  # JAX's tracers carry no mask
        derivative = load("keras").derivative
        assert derivative is not None
        slopes = number(derivative(lambda _, at: of(at))(y, prediction))
        assert slopes[0] == 0
        assert slopes[1] == pytest.approx(-0.37754067 if from_logits else -2, rel=1e-6)


def compiled(function: Any) -> Any:
    """Compile a function of labels and predictions as the backend's users do."""
    backend = keras.backend.backend()
    if backend == "jax":
        return import_module("jax").jit(function)
    if backend == "tensorflow":
        return import_module("tensorflow").function(function, jit_compile=True)
    return import_module("torch").compile(function, fullgraph=True, backend="aot_eager")


@pytest.mark.filterwarnings("ignore:.*should not be instantiated. Methods on autograd:DeprecationWarning")
@pytest.mark.parametrize("from_logits", [True, False])
def test_compiled_it_gives_what_it_gives_at_once(from_logits):
    loss = BinaryCrossentropy(from_logits=from_logits, reduction="none", label_smoothing=0.1)
    y, prediction = ops.convert_to_tensor(Y), ops.convert_to_tensor(Z if from_logits else P)
    np.testing.assert_allclose(number(compiled(loss)(y, prediction)), number(loss(y, prediction)), rtol=1e-6)


def test_in_double_precision_it_goes_round_the_defect_of_xlas_log1p():
    """Off by up to 129 ulp for arguments between −0.53 and −0.28 (jax-ml/jax#39707)."""
    p, y = np.linspace(0.25, 0.6, 701)[:, None], np.zeros((701, 1))
    with load("keras").precisely():
        arrays = ops.convert_to_tensor(y, dtype="float64"), ops.convert_to_tensor(p, dtype="float64")
        found = number(compiled(BinaryCrossentropy(reduction="none", dtype="float64"))(*arrays))
    assert error_in_ulp(found, exact_loss_of_probability(y[:, 0], p[:, 0])).max() < 3


def test_it_is_saved_with_its_dtype():
    loss = BinaryCrossentropy(dtype="float64")
    assert keras.losses.deserialize(keras.losses.serialize(loss)).dtype == "float64"


def test_one_import_is_all_that_changes():
    script = "from keras.losses import BinaryCrossentropy\nloss = BinaryCrossentropy(from_logits=True)\n"
    x, y = tumours()
    curves = []
    for text in (script, script.replace("keras.losses", "bce_lib.adapters.keras")):
        names: dict[str, Any] = {}
        exec(text, names)
        curves.append(classifier(names["loss"]).fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"])
    assert names["loss"].__class__ is BinaryCrossentropy
    np.testing.assert_allclose(*curves, rtol=1e-5)


# Under the audit


@pytest.mark.parametrize(
    ("loss", "takes"),
    [(BinaryCrossentropy(from_logits=True), "logits"), (BinaryCrossentropy(), "probabilities")],
    ids=["logits", "probabilities"],
)
def test_it_passes_the_audit(loss, takes):
    report = audit(loss, takes=takes, framework="keras", time_limit=60)
    assert report.passed, report
    assert report["gradient-float32"].status == "pass"
    assert report["sample-weight"].status == "pass"


def test_the_audit_finds_fault_with_keras_own():
    theirs = partial(keras.losses.binary_crossentropy, from_logits=True)
    assert audit(theirs, framework="keras", only="infinite").findings[0].status == "fail"


def test_the_core_says_the_same_of_probabilities():
    found = number(BinaryCrossentropy()(Y, P))
    assert found == pytest.approx(float(binary_cross_entropy(Y, P)), rel=1e-6)
