"""What holds for every test and every example in a docstring."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import matplotlib as mpl
import pytest

mpl.use("Agg")  # in this process alone: a notebook's kernel has a way of its own to show figures


@pytest.fixture(autouse=True)
def _matplotlib_as_it_was() -> Iterator[None]:
    """Close what a test has drawn, which Matplotlib keeps otherwise, and undo its settings."""
    with mpl.rc_context():
        yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
