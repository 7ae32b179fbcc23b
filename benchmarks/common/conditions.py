"""What a measurement was made on, in a line or two: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import numpy as np


def conditions(*packages: str) -> str:
    """Return the versions of Python, NumPy and the packages, the processor's kind, cores and vector instructions."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    features = [*simd["baseline"], *simd["found"]]
    versions = ", ".join(f"{package} {version(package)}" for package in ("numpy", *packages))
    return (
        f"Python {platform.python_version()}, {versions}; {platform.machine()}, {len(os.sched_getaffinity(0))} cores, "
        f"NumPy uses {' '.join(features)}"
    )
