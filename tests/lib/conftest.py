"""What is slow, and what is not collected here."""

from __future__ import annotations

import pytest

from engines import JAX

collect_ignore = ["adapters/keras_on_backend.py"]  # imports Keras: test_keras.py runs it, once for each backend


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on JAX as slow: it compiles every function anew for every dtype and shape."""
    for item in items:
        case = getattr(item, "callspec", None)
        if case is not None and any(value is JAX for value in case.params.values()):
            item.add_marker(pytest.mark.slow)
