"""Pages in headless Chromium, and what they do there that no reading of their source can tell.

The tests use it through the fixtures of ``tests/pages/conftest.py``; ``measure_pages.py`` and ``print_book.py`` use it
from the command line.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "Chromium is not installed (Debian: apt-get install chromium)"

WIDE, PHONE = 1300, 375
"""The two widths, in CSS pixels, in which every page is looked at."""

# Chromium's sandbox does not start for root, which is the user in a container. No name is resolved but this machine's:
# a page that asks another host is caught asking, and gets no answer.
OPTIONS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as the servers of published books do

    def log_message(self, *_: Any) -> None:
        """Say nothing: one line per request would drown the report."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give its address, without a slash at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window."""
    if CHROMIUM is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open, and all that it asked for and complained of since before its first byte."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Errors on the console, errors that nothing caught, requests that failed, requests to another host."""

    def __post_init__(self) -> None:
        """Listen from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", self._request)
        self.page.on("websocket", lambda socket: self.complaints.append(f"another host: {socket.url}"))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        asked = str(message.location.get("url", ""))
        # A browser asks every server for an icon at its root by itself, whatever the page says.
        if message.type == "error" and not asked.endswith("/favicon.ico"):
            self.complaints.append(f"console: {message.text} ({asked})")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "file") and address.hostname != "127.0.0.1":
            self.complaints.append(f"another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


def _screen(width: int) -> dict[str, int]:
    return {"width": width, "height": 740 if _is_phone(width) else 900}


def _is_phone(width: int) -> bool:
    return width < 600


@contextmanager
def visit(
    browser: Browser, address: str, width: int = WIDE, without: str | None = None, **context: Any
) -> Iterator[Visit]:
    """Open a page and wait until its mathematics and its fonts are there.

    A page as narrow as a telephone is laid out as telephones do. Scripts whose address fits the pattern `without` come
    empty: ``"**/mathjax/**"`` where a test has no use for the seconds that a chapter's mathematics takes. Further
    options are those of Playwright's ``Browser.new_context``: ``color_scheme="dark"``, ``reduced_motion="reduce"``,
    ``java_script_enabled=False``.
    """
    phone = _is_phone(width)
    options = {"viewport": _screen(width), "is_mobile": phone, "has_touch": phone}
    within = browser.new_context(**{**options, **context})
    if without:
        within.route(without, lambda route: route.fulfill(body="", content_type="text/javascript"))
    try:
        visited = Visit(within.new_page())
        visited.page.goto(address, wait_until="load")
        if context.get("java_script_enabled", True):
            visited.page.evaluate("() => window.MathJax?.startup?.promise.then(() => {})")
            visited.page.evaluate("() => document.fonts.ready.then(() => {})")
        yield visited
    finally:
        within.close()


@contextmanager
def telephone(page: Page) -> Iterator[None]:
    """Lay a page that was opened wide out as a telephone does; afterwards it is wide again.

    Chromium is told what Playwright tells it before it opens a page as narrow as a telephone: the size of the screen,
    that the page's viewport counts, and that fingers point. So no page has to be loaded a second time.
    """
    session = page.context.new_cdp_session(page)

    def emulate(width: int) -> None:
        metrics = {**_screen(width), "deviceScaleFactor": 1, "mobile": _is_phone(width)}
        session.send("Emulation.setDeviceMetricsOverride", metrics)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": _is_phone(width)})
        settle(page)

    emulate(PHONE)
    try:
        yield
    finally:
        emulate(WIDE)  # the session stays open: with it, the size would go


def settle(page: Page) -> None:
    """Let some frames pass, in which scripts see what has changed, and wait for what moves, two seconds at most.

    A movement that Chromium holds, because its place is no longer shown, ends never.
    """
    page.evaluate("async () => { for (const _ of Array(5)) await new Promise(requestAnimationFrame) }")
    page.evaluate("""() => Promise.race([
      Promise.allSettled(document.getAnimations().map(animation => animation.finished)),
      new Promise(end => setTimeout(end, 2000)),
    ])""")
