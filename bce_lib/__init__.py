"""Binary cross-entropy from first principles: accurate in both tails, on any array library.

Every function that needs NumPy alone is here. Importing the package loads NumPy and array-api-compat and nothing
heavier; what needs more is a submodule, imported by its own name:

============= ========================================================= =================
submodule     what                                                      needs
============= ========================================================= =================
``loop``      the definition, in plain Python                           nothing
``vectorized`` the textbook line of NumPy                               NumPy
``streaming`` the mean loss of data that come in pieces                 NumPy
``fused``     loss and gradient compiled, in one pass over memory       numba
``accuracy``  the right answer to 50 digits, and errors in ulp          mpmath
``adapters``  drop-ins for PyTorch's and Keras' losses                  PyTorch, Keras
``audit``     thirty-two checks for any implementation of the loss      mpmath
============= ========================================================= =================
"""

from bce_lib import loop, vectorized
from bce_lib._gradient import binary_cross_entropy_gradient, binary_cross_entropy_hessian
from bce_lib._information import (
    cross_entropy,
    entropy,
    kl_divergence,
    likelihood,
    log_likelihood,
    maximum_likelihood,
    surprise,
)
from bce_lib._logits import binary_cross_entropy_with_logits
from bce_lib._multiclass import cross_entropy_with_logits, log_softmax, negative_log_likelihood, softmax
from bce_lib._probabilities import binary_cross_entropy
from bce_lib._sigmoid import log_sigmoid, logit, sigmoid, softplus

__version__ = "0.1.0"

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "binary_cross_entropy_hessian",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
    "entropy",
    "kl_divergence",
    "likelihood",
    "log_likelihood",
    "log_sigmoid",
    "log_softmax",
    "logit",
    "loop",
    "maximum_likelihood",
    "negative_log_likelihood",
    "sigmoid",
    "softmax",
    "softplus",
    "surprise",
    "vectorized",
]
