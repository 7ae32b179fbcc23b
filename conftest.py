"""What holds for every test and every example in a docstring."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

# Keras has one backend per process, and the lightest starts fastest; others are tested in processes of their own.
os.environ.setdefault("KERAS_BACKEND", "jax")

if find_spec("matplotlib"):  # the book draws; the library's tests run without it
    import matplotlib as mpl

    mpl.use("Agg")  # in this process alone: a notebook's kernel has a way of its own to show figures

    @pytest.fixture(autouse=True)
    def _matplotlib_as_it_was() -> Iterator[None]:
        """Close what a test has drawn, which Matplotlib keeps otherwise, and undo its settings."""
        with mpl.rc_context():
            yield
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
