"""The rendered book in a browser: run `make book` first. What is watched, and how, is in ``tools/browsing.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import browsing


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder with ``pages``."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("pages")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one Chromium for all tests of the process.

    Where it is not installed they are skipped, except in continuous integration (CI is set), where that is a failure.
    """
    if browsing.CHROMIUM is None:
        browsing.do_without()
    with browsing.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def book() -> Iterator[str]:
    """Serve the rendered book; give its address."""
    assert (browsing.HTML / "index.html").is_file(), "the book is not rendered: run make book"
    with browsing.served(browsing.HTML) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, book: str) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of the book: ``page = visit("book/quiz.html", width=browsing.PHONE)``.

    It takes the options of ``browsing.visit``; an address with a scheme (``file:``) is taken as it is. When the test is
    over, no page that it opened may have complained or asked another host.
    """
    visits = []
    with ExitStack() as stack:

        def open_page(address: str, width: int = browsing.WIDE, **context: Any) -> Page:
            full = address if ":" in address else f"{book}/{address}"
            visits.append(stack.enter_context(browsing.visit(browser, full, width, **context)))
            return visits[-1].page

        yield open_page
    assert [complaint for visited in visits for complaint in visited.complaints] == []
