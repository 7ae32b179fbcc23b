"""Binary cross-entropy from first principles: accurate in both tails, on any array library.

Importing it loads NumPy and array-api-compat and nothing heavier; a module that needs more (``bce_lib.datasets``,
``bce_lib.figures``) is imported by its own name. Chapters of the book and modules share their names.
"""

from bce_lib import entropy, likelihood, loop, softmax, vectorized
from bce_lib.gradient import binary_cross_entropy_gradient, binary_cross_entropy_hessian
from bce_lib.logits import binary_cross_entropy_with_logits
from bce_lib.probabilities import binary_cross_entropy
from bce_lib.sigmoid import log_sigmoid, logit, sigmoid, softplus

__version__ = "0.1.0"

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "binary_cross_entropy_hessian",
    "binary_cross_entropy_with_logits",
    "entropy",
    "likelihood",
    "log_sigmoid",
    "logit",
    "loop",
    "sigmoid",
    "softmax",
    "softplus",
    "vectorized",
]
