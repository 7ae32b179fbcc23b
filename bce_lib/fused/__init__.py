"""Binary cross-entropy of logits and its gradient, compiled: one pass over memory, on one thread a core.

It reads each label and each logit once, writes the gradient once, and adds the loss up in float64 on the way. Beyond
the gradient it needs less than 1 MB, whatever the size. Chapter *fused* builds the loop step by step and says what
limits it.

It computes NumPy's arrays, in float32 and float64, and needs numba: ``pip install 'bce-lib[fused]'``. Nothing else in
the library does.
"""

from bce_lib.fused._losses import loss, loss_and_gradient

__all__ = ["loss", "loss_and_gradient"]
