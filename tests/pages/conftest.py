"""The rendered book in a browser: run `make book` first. What is watched, and how, is in ``tools/browsing.py``.

A page of the book is opened once for all tests that look at it. They say which with ``@on``, and take ``page``:

    @on("book/quiz", "book/notation")
    def test_it_has_a_heading(page: Page) -> None: ...

pytest runs them page by page, and so does pytest-xdist with ``--dist loadgroup``. (With another way of distributing,
nothing but time is lost: a page is opened by more than one process.) A test leaves the page as it found it, except for
what `page` itself puts back. What the open page cannot be turned into needs a visit of its own: the fixture ``visit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import browsing
from places import HTML
from rendered import do_without

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test in this folder with ``pages``, and those of one page as a group that one process runs."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("pages")
            params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            file = params.get("opened", params.get("file"))
            if file and config.pluginmanager.has_plugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(file))


@pytest.fixture(scope="session", autouse=True)
def rendered_book() -> None:
    """Skip the tests where the book is not rendered, except in continuous integration, where that is a failure."""
    if not (HTML / "index.html").is_file():
        do_without("the book is not rendered: run make book")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one Chromium for all tests of the process."""
    if browsing.CHROMIUM is None:
        do_without(browsing.MISSING)
    with browsing.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def book(rendered_book: None) -> Iterator[str]:
    """Serve the rendered book; give its address."""
    with browsing.served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def opened(request: pytest.FixtureRequest, browser: Browser, book: str) -> Iterator[browsing.Visit]:
    """Open a page of the book, wide and light; the next page takes its place."""
    with browsing.visit(browser, f"{book}/{request.param}.html", color_scheme="light") as visited:
        yield visited


@pytest.fixture
def page(opened: browsing.Visit) -> Iterator[Page]:
    """Give the open page; afterwards it may not have complained or asked another host, and is light again.

    The first test of a page hears what the page complained of while it came.
    """
    yield opened.page
    opened.page.emulate_media(media="null", color_scheme="light", reduced_motion="null")
    complaints = opened.complaints.copy()
    opened.complaints.clear()
    assert complaints == []


@pytest.fixture
def visit(browser: Browser, book: str) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page for one test: ``page = visit("book/quiz.html", width=browsing.PHONE)``.

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
