"""Pages as they are, but for their mathematics: no explorable has any, and a chapter's take seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page


@pytest.fixture
def visit(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Give the function that opens a page, without MathJax."""
    return partial(visit, without="**/mathjax/**")
