"""draft"""
from __future__ import annotations
from typing import Any
import keras
from keras import ops
from bce_lib import logits, probabilities
from bce_lib.validation import check_probabilities, dtype_name

@keras.saving.register_keras_serializable(package="bce_lib")
class BinaryCrossentropy(keras.losses.BinaryCrossentropy):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        dtype=y_pred.dtype
        y_true, y_pred = ops.cast(y_true,"float32"), ops.cast(y_pred,"float32")
        if self.from_logits and keras.backend.backend()=="torch":
            from bce_lib.adapters.torch import binary_cross_entropy_with_logits as B
            losses=B(y_pred,y_true,reduction="none")
        elif self.from_logits: losses=logits.loss_kernel(ops,y_true,y_pred)
        else: losses=probabilities.loss_kernel(ops,y_true,y_pred)
        return ops.mean(losses,axis=self.axis)
