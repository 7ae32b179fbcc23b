"""Formulas that everybody writes, and functions whose arguments have another form, as they are met in the wild.

They are here faults and all; not to be used.
"""

from __future__ import annotations

from typing import Any

import numpy as np


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
