"""Every loss in wide use under the same audit.

A `Peer` is an implementation of binary cross-entropy: a framework's own, a formula that everybody writes, or ours.
`survey` puts each through :func:`bce_lib.audit.audit`, in a process of its own, since Keras has one backend a process
and some frameworks do not like each other's company. `table` shows what came out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bce_lib.audit import Report, checks
from bce_lib.audit.frameworks import FrameworkName
from bce_lib.audit.points import Takes
from bce_lib.audit.report import SYMBOLS
from bce_lib.audit.subject import ORDERS, Order

if TYPE_CHECKING:
    import pandas as pd

PREDICTION_FIRST: Order = ORDERS[1]

_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


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
    return f"bce_lib.conformance:{function}"


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


def survey(peers: Iterable[Peer] = PEERS, *, jobs: int = 2, progress: bool = True) -> dict[Peer, Report]:
    """Audit every peer, each in a process of its own.

    Parameters
    ----------
    peers : iterable of Peer
        Whom to audit.
    jobs : int
        Processes at a time.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    dict of Peer to Report
        In the order of the peers.

    Raises
    ------
    RuntimeError
        If an audit could not run, with what it said: a framework is missing, for example.

    References
    ----------
    The command is :mod:`bce-audit <bce_lib.audit>`.

    Examples
    --------
    >>> from bce_lib.conformance import PEERS, survey
    >>> peer = next(peer for peer in PEERS if peer.name == "logaddexp(0,z) − zy")
    >>> report = survey([peer], progress=False)[peer]
    >>> print(report["tail-0"].status, report["infinite"].status)
    pass fail
    """
    chosen = list(peers)
    with ThreadPoolExecutor(jobs) as pool:
        running = pool.map(_audit, chosen)
        if progress:
            from tqdm import tqdm

            running = tqdm(running, total=len(chosen), desc="audits", unit="loss")
        return dict(zip(chosen, running, strict=True))


def _audit(peer: Peer) -> Report:
    environment = os.environ | _QUIET | ({"KERAS_BACKEND": peer.backend} if peer.backend else {})
    command = [sys.executable, "-m", "bce_lib.audit", *peer.command(), "--json", "--time-limit", "60"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode > 1 or not done.stdout:
        raise RuntimeError(f"the audit of {peer} could not run: {done.stderr.strip()[-1000:]}")
    return Report.from_json(done.stdout)


def table(reports: Mapping[Peer, Report], *families: str) -> pd.DataFrame:
    """Return a table with a row a check and a column a peer: ✓ passed, ✗ failed, – does not apply.

    Parameters
    ----------
    reports : mapping of Peer to Report
        What `survey` returned.
    *families : str
        The families to show; all of them if none is given.

    Returns
    -------
    pandas.DataFrame
        Of text; checks that apply to none of the peers are left out.

    Raises
    ------
    ValueError
        If there is no such family among the reports.

    References
    ----------
    The checks are explained by ``bce-audit --list``.

    Examples
    --------
    >>> from bce_lib.conformance import PEERS, survey, table
    >>> reports = survey([peer for peer in PEERS if peer.name == "logaddexp(0,z) − zy"], progress=False)
    >>> print(table(reports).loc["tail-0"].tolist())
    ['✓']
    """
    import pandas as pd

    shown = {peer: report for peer, report in reports.items() if not families or peer.family in families}
    known = {peer.family for peer in reports}
    for family in families:
        if family not in known:
            raise ValueError(f"there is no family {family!r}; there are {', '.join(map(repr, sorted(known)))}")
    columns = {
        (peer.name if len(families) == 1 else str(peer)): [SYMBOLS[report[check.name].status] for check in checks]
        for peer, report in shown.items()
    }
    whole = pd.DataFrame(columns, index=pd.Index([check.name for check in checks], name="check"))
    return whole[(whole != SYMBOLS["not applicable"]).any(axis=1)]


# The peers that are no function of a library: formulas that everybody writes, and functions whose arguments have
# another form. They are here as they are met in the wild, faults and all.


def textbook(y_true: Any, y_prob: Any) -> Any:
    """Compute the textbook line, one loss a target."""
    return -(y_true * np.log(y_prob) + (1 - y_true) * np.log(1 - y_prob))


def textbook_clip_1e15(y_true: Any, y_prob: Any) -> Any:
    """Compute the textbook line of probabilities clipped at 1e-15."""
    return textbook(y_true, np.clip(y_prob, 1e-15, 1 - 1e-15))


def textbook_clip_1e7(y_true: Any, y_prob: Any) -> Any:
    """Compute the textbook line of probabilities clipped at 1e-7."""
    return textbook(y_true, np.clip(y_prob, 1e-7, 1 - 1e-7))


def textbook_of_logits(y_true: Any, logits: Any) -> Any:
    """Compute the textbook line of the sigmoid of logits."""
    return textbook(y_true, 1 / (1 + np.exp(-logits)))


def max_form(y_true: Any, logits: Any) -> Any:
    """Compute the stable form that many libraries use."""
    return np.maximum(logits, 0) - logits * y_true + np.log1p(np.exp(-np.abs(logits)))


def logaddexp_form(y_true: Any, logits: Any) -> Any:
    """Compute the same with NumPy's logarithm of a sum of exponentials."""
    return np.logaddexp(0, logits) - logits * y_true


def log_expit_form(y_true: Any, logits: Any) -> Any:
    """Compute both terms with SciPy's logarithm of the sigmoid."""
    from scipy.special import log_expit

    return -(y_true * log_expit(logits) + (1 - y_true) * log_expit(-logits))


def xlogy_form(y_true: Any, y_prob: Any) -> Any:
    """Compute the textbook line with SciPy's products in which 0·log 0 is 0."""
    from scipy.special import xlog1py, xlogy

    return -(xlogy(y_true, y_prob) + xlog1py(1 - y_true, -y_prob))


def sklearn_log_loss(y_true: Any, y_prob: Any) -> Any:
    """Call scikit-learn's metric, and say which labels there are, in case a batch has one of them only."""
    from sklearn.metrics import log_loss

    return log_loss(y_true, y_prob, labels=[0, 1])


def half_binomial_loss(y_true: Any, logits: Any) -> Any:
    """Call the loss of scikit-learn's logistic regression and gradient boosting."""
    from sklearn._loss import HalfBinomialLoss

    return HalfBinomialLoss().loss(y_true, logits)


def half_binomial_gradient(y_true: Any, logits: Any) -> Any:
    """Call its gradient."""
    from sklearn._loss import HalfBinomialLoss

    return HalfBinomialLoss().gradient(y_true, logits)


def torch_sigmoid_then_bce(logits: Any, y_true: Any) -> Any:
    """End a network in a sigmoid, and take the loss of the probability."""
    from torch import sigmoid
    from torch.nn.functional import binary_cross_entropy

    return binary_cross_entropy(sigmoid(logits), y_true)


def tensorflow_plain(y_true: Any, logits: Any) -> Any:
    """Call TensorFlow's function by the names of its arguments."""
    import tensorflow as tf

    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=logits)


def tensorflow_weighted(y_true: Any, logits: Any, pos_weight: Any = 1.0) -> Any:
    """Call TensorFlow's weighted function, whose weight is 1 if none is given."""
    import tensorflow as tf

    return tf.nn.weighted_cross_entropy_with_logits(labels=y_true, logits=logits, pos_weight=pos_weight)


def keras_of_logits(y_true: Any, logits: Any) -> Any:
    """Call Keras' function for logits."""
    from keras.losses import binary_crossentropy

    return binary_crossentropy(y_true, logits, from_logits=True)


def keras_drop_in(y_true: Any, logits: Any, sample_weight: Any = None) -> Any:
    """Call our loss for Keras, for logits."""
    from bce_lib.adapters.keras import BinaryCrossentropy

    return BinaryCrossentropy(from_logits=True)(y_true, logits, sample_weight)
