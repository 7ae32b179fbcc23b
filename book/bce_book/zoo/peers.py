"""The losses that the book compares: a framework's own, formulas that everybody writes, and ours."""

from __future__ import annotations

from dataclasses import dataclass

from bce_lib.audit._frameworks import FrameworkName
from bce_lib.audit._inputs import Takes
from bce_lib.audit._subject import ORDERS, Order

PREDICTION_FIRST: Order = ORDERS[1]


@dataclass(frozen=True)
class Peer:
    """An implementation of binary cross-entropy, and how to audit it.

    Attributes
    ----------
    family : str
        The library that it belongs to.
    name : str
        A short name, unique within the family.
    loss : str
        ``module:function``, as ``bce-audit`` takes it.
    framework, takes, order
        As for :func:`bce_lib.audit.audit`.
    gradient : str or None
        ``module:function`` of its derivative, where the framework does not differentiate.
    backend : str or None
        The backend of Keras.
    """

    family: str
    name: str
    loss: str
    framework: FrameworkName = "numpy"
    takes: Takes = "logits"
    order: Order = "y_true, prediction"
    gradient: str | None = None
    backend: str | None = None

    def __str__(self) -> str:
        """Return the family and the name."""
        return f"{self.family}: {self.name}"

    def command(self) -> list[str]:
        """Return the command that audits it, without the interpreter: arguments of ``bce-audit``."""
        options = ["--framework", self.framework, "--takes", self.takes, "--order", self.order]
        return [self.loss, *options, *(["--gradient", self.gradient] if self.gradient else [])]


def _own(function: str) -> str:
    return f"bce_book.zoo.formulas:{function}"


_KERAS = ("tensorflow", "jax", "torch", "numpy")
_TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}
_WITH_LOGITS = "binary_cross_entropy_with_logits"

PEERS: tuple[Peer, ...] = (
    Peer("PyTorch", "BCEWithLogitsLoss", f"torch.nn.functional:{_WITH_LOGITS}", "torch", order=PREDICTION_FIRST),
    Peer("PyTorch", "Sigmoid, BCELoss", _own("torch_sigmoid_then_bce"), "torch", order=PREDICTION_FIRST),
    Peer(
        "PyTorch",
        "MultiLabelSoftMarginLoss",
        "torch.nn.functional:multilabel_soft_margin_loss",
        "torch",
        order=PREDICTION_FIRST,
    ),
    Peer("PyTorch", "BCELoss", "torch.nn.functional:binary_cross_entropy", "torch", "probabilities", PREDICTION_FIRST),
    *(Peer("Keras, logits", _TITLES[b], _own("keras_of_logits"), "keras", backend=b) for b in _KERAS),
    *(
        Peer(
            "Keras, probabilities", _TITLES[b], "keras.losses:binary_crossentropy", "keras", "probabilities", backend=b
        )
        for b in _KERAS
    ),
    Peer("TensorFlow", "sigmoid_cross_entropy", _own("tensorflow_plain"), "tensorflow"),
    Peer("TensorFlow", "weighted_cross_entropy", _own("tensorflow_weighted"), "tensorflow"),
    Peer("optax", "sigmoid_binary_cross_entropy", "optax:sigmoid_binary_cross_entropy", "jax", order=PREDICTION_FIRST),
    Peer("scikit-learn", "HalfBinomialLoss", _own("half_binomial_loss"), gradient=_own("half_binomial_gradient")),
    Peer("scikit-learn", "log_loss", _own("sklearn_log_loss"), takes="probabilities"),
    Peer("NumPy, logits", "max(z,0) − zy + log1p", _own("max_form")),
    Peer("NumPy, logits", "logaddexp(0,z) − zy", _own("logaddexp_form")),
    Peer("NumPy, logits", "SciPy's log_expit", _own("log_expit_form")),
    Peer("NumPy, logits", "sigmoid, then log", _own("textbook_of_logits")),
    Peer("NumPy, probabilities", "no clip", _own("textbook"), takes="probabilities"),
    Peer("NumPy, probabilities", "clip 1e-15", _own("textbook_clip_1e15"), takes="probabilities"),
    Peer("NumPy, probabilities", "clip 1e-7", _own("textbook_clip_1e7"), takes="probabilities"),
    Peer("NumPy, probabilities", "SciPy's xlogy", _own("xlogy_form"), takes="probabilities"),
    Peer("bce_lib, logits", "NumPy", f"bce_lib:{_WITH_LOGITS}", gradient="bce_lib:binary_cross_entropy_gradient"),
    Peer("bce_lib, logits", "PyTorch", f"bce_lib:{_WITH_LOGITS}", "torch"),
    Peer("bce_lib, logits", "JAX", f"bce_lib:{_WITH_LOGITS}", "jax"),
    Peer("bce_lib, probabilities", "NumPy", "bce_lib:binary_cross_entropy", takes="probabilities"),
    Peer("bce_lib, probabilities", "PyTorch", "bce_lib:binary_cross_entropy", "torch", "probabilities"),
    Peer("bce_lib, probabilities", "JAX", "bce_lib:binary_cross_entropy", "jax", "probabilities"),
    Peer("bce_lib, drop-ins", "PyTorch", "bce_lib.adapters.torch:BCEWithLogitsLoss", "torch", order=PREDICTION_FIRST),
    *(
        Peer("bce_lib, drop-ins", f"Keras on {_TITLES[b]}", _own("keras_drop_in"), "keras", backend=b)
        for b in _KERAS[:3]
    ),
)
"""Whom the book compares."""
