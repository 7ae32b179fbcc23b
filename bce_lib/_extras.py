"""Packages that not everybody has: the one place that imports them by name, or says what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

INSTALL = {
    "keras": "keras and one of its backends, for example: pip install keras tensorflow",
    "jax": "pip install jax",
    "mpmath": "pip install 'bce-lib[accuracy]'",
    "numba": "pip install 'bce-lib[fused]'",
    "tensorflow": "pip install tensorflow",
    "torch": "pip install torch",
}
"""By the name of a package, how to get it."""


def require(module: str, user: str) -> Any:
    """Import a module that `user` needs and return it.

    Raises
    ------
    ModuleNotFoundError
        If its package is not installed; the message names `user`, the package, and the command that installs it.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise  # it is installed, and lacks something itself
        how = INSTALL.get(package, f"pip install {package}")
        raise ModuleNotFoundError(f"{user} needs {package}, which is not installed: {how}", name=package) from error
