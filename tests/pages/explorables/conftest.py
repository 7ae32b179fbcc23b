"""Explorables on the pages where they stand, each as it was at first again after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page

from responding import Explorable


@pytest.fixture
def explorable(page: Page) -> Iterator[Callable[[str], Explorable]]:
    """Give a function that returns the explorable of a name on the open page."""
    with ExitStack() as stack:

        def find(name: str) -> Explorable:
            found = Explorable(page, name)
            stack.callback(found.start_again)
            return found

        yield find
