r"""Keras' ``BinaryCrossentropy`` without a clip: in a call of ``model.compile`` one word changes.

.. code-block:: python

    from keras.losses import BinaryCrossentropy            # before
    from bce_lib.adapters.keras import BinaryCrossentropy  # after

It runs on whatever backend Keras runs on, and computes with the kernels of the core, to which ``keras.ops`` is one more
namespace of arrays.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from bce_lib import _logits, _probabilities
from bce_lib._arrays import Array, Namespace
from bce_lib._checks import check_probabilities, check_targets
from bce_lib._extras import require

require("keras", "bce_lib.adapters.keras")

import keras  # noqa: E402
from keras import ops  # noqa: E402

_OUTSIDE = "are they logits? Then pass from_logits=True"
_MISSING = "give missing labels a target and the sample_weight 0"


def _namespace() -> Namespace:
    """Return the functions that the kernels call: those of the backend's own library, or Keras' with its names."""
    backend = keras.backend.backend()
    if backend in ("jax", "torch"):  # by JAX's own the core knows the defects of XLA that it goes round
        return import_module("jax.numpy" if backend == "jax" else "array_api_compat.torch")
    return SimpleNamespace(**vars(ops), astype=ops.cast)


def _product(xp: Namespace, coefficient: Array, factor: Array) -> Array:
    """Multiply, and let 0·inf be 0: TensorFlow does it in one operation."""
    return import_module("tensorflow").math.multiply_no_nan(factor, coefficient)


_xp = _namespace()  # Keras has one backend per process
_tensorflow = keras.backend.backend() == "tensorflow"
_loss_of_logits = partial(_logits.loss_kernel, product=_product) if _tensorflow else _logits.loss_kernel
# TensorFlow may hand the whole model to XLA.
_loss_of_probabilities = partial(_probabilities.loss_kernel, by_xla=True) if _tensorflow else _probabilities.loss_kernel


@keras.saving.register_keras_serializable(package="bce_lib")
class BinaryCrossentropy(keras.losses.Loss):  # type: ignore[misc]
    r"""Binary cross-entropy, in nats, with the signature of Keras' own.

    .. math:: \ell(y, p) = -y \log p - (1-y) \log(1-p), \qquad 0 \cdot \log 0 = 0,

    or with ``from_logits=True`` the same of :math:`p = \sigma(z)`, computed from the logit. Then the mean along `axis`
    is taken, and of that the mean, the sum or nothing, as `reduction` says.

    It differs from Keras' where that is wrong. There is no clip: a certain prediction costs 0 or infinity.
    One-dimensional targets are one sample each, so that a weight for each sample weighs that sample; Keras averages
    them first. A sample of weight 0, or a masked one, adds nothing, whatever its loss. Labels and probabilities outside
    [0, 1] are an error wherever there are values to look at, which inside a compiled training step there are not.

    Parameters
    ----------
    from_logits : bool
        Whether the predictions are logits. Nothing is guessed.
    label_smoothing : float
        The share s of every label that is spread over both classes: y becomes :math:`(1-s)\,y + s/2`.
    axis : int
        The axis whose mean is taken first.
    reduction : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None}
        Keras'. ``"sum_over_batch_size"`` and ``"mean"`` divide by the number of samples, ``"mean_with_sample_weight"``
        by the sum of their weights.
    name : str
        Shown in the history of a training.
    dtype : str or keras.DTypePolicy, optional
        What predictions are converted to; Keras' ``floatx``, float32, if not given. Half precision is computed in
        float32 and rounded once.

    Raises
    ------
    ValueError
        If `label_smoothing` lies outside [0, 1]. When called: if the shapes do not fit, or a label or a probability
        that can be looked at lies outside [0, 1].

    References
    ----------
    Keras' documentation of ``keras.losses.BinaryCrossentropy``.

    Examples
    --------
    >>> import numpy as np
    >>> from bce_lib.adapters.keras import BinaryCrossentropy
    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> print(f"{float(loss(np.array([[0.0]]), np.array([[-17.0]]))):.3e}")
    4.140e-08
    >>> print(float(BinaryCrossentropy()(np.array([[1.0]]), np.array([[1.0]]))))  # Keras' own says 1.19e-07
    0.0
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"label_smoothing={label_smoothing!r} lies outside [0, 1]: 0 leaves labels as they are")
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> Array:
        """Return the loss of the predictions, weighed, masked and reduced by Keras.

        What has no weight adds nothing, though its loss be infinite: its prediction is replaced beforehand.
        """
        mask = getattr(y_pred, "_keras_mask", None)
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        for weight in (mask, sample_weight):
            if weight is not None:
                counts = ops.cast(ops.convert_to_tensor(weight), "bool")
                if len(counts.shape) == len(y_pred.shape) - 1:
                    counts = ops.expand_dims(counts, self.axis)
                y_pred = ops.where(counts, y_pred, ops.full_like(y_pred, 0.5))
        if mask is not None:
            y_pred._keras_mask = mask
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return the mean along the axis, one number a sample."""
        y_true = _of_the_rank_of(y_pred, y_true)
        name = "logits" if self.from_logits else "y_pred"
        check_targets(ops, "y_true", name, y_true, y_pred, missing=_MISSING)
        if not self.from_logits:
            check_probabilities(ops, name, y_pred, _OUTSIDE)
        dtype = keras.backend.standardize_dtype(y_pred.dtype)
        if dtype in ("float16", "bfloat16"):
            y_true, y_pred = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
        if self.label_smoothing:
            y_true = (1 - self.label_smoothing) * y_true + self.label_smoothing / 2
        losses = _losses(self.from_logits, y_true, y_pred)
        if len(losses.shape) > 1:
            # Not ops.mean, which on JAX computes float64 in float32.
            losses = ops.sum(losses, axis=self.axis) / ops.cast(ops.shape(losses)[self.axis], losses.dtype)
        return ops.cast(losses, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what the loss is saved with."""
        own = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing, "axis": self.axis}
        return {**super().get_config(), **own, "dtype": self.dtype}


def _losses(from_logits: bool, y_true: Array, y_pred: Array) -> Array:
    """Return the loss of each element."""
    if not from_logits:
        return _loss_of_probabilities(_xp, y_true, y_pred)
    if keras.backend.backend() == "torch":
        # The same kernel, in blocks and with its gradient at hand: several times as fast without a compiler.
        from bce_lib.adapters.torch import binary_cross_entropy_with_logits

        return binary_cross_entropy_with_logits(y_pred, y_true, reduction="none")
    return _loss_of_logits(_xp, y_true, y_pred)


def _of_the_rank_of(y_pred: Array, y_true: Array) -> Array:
    """Return the labels, made a column where the predictions are one, or a row where they are one.

    Raises
    ------
    ValueError
        If the shapes do not fit even so.
    """
    if len(y_true.shape) == len(y_pred.shape) - 1 and y_pred.shape[-1] == 1:
        y_true = ops.expand_dims(y_true, -1)
    elif len(y_true.shape) - 1 == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    left, right = tuple(y_true.shape), tuple(y_pred.shape)
    # A length that is not known yet, inside a compiled step, is None.
    if len(left) != len(right) or any(a != b for a, b in zip(left, right, strict=True) if None not in (a, b)):
        raise ValueError(f"y_true has shape {left} but y_pred has shape {right}: every prediction needs its own target")
    return y_true
