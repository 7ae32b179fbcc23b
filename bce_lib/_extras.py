"""Packages that not everybody has: the one place that imports them by name, or says what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

INSTALL = {"keras": "pip install keras, and a backend for it, for example tensorflow"}
"""How to get a package where its name is not all there is to say."""


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
