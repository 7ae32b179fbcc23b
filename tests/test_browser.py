"""The rendered book in a real browser: what the scripts of a page do, no reading of its source can tell.

Skipped where Chromium is not installed (Debian: ``apt-get install chromium``). Run `make book` first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from test_book import FILES, HTML

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--headless", "--hide-scrollbars", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-quic", "--virtual-time-budget=10000"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


PHONE = """<title></title><iframe src="{page}" style="width: 360px; height: 740px; border: 0" onload="
  setTimeout(() => document.title = this.contentDocument.documentElement.scrollWidth, 4000)"></iframe>"""


class _Server(SimpleHTTPRequestHandler):
    """Serve the book and, below /phone/, each page in a frame as narrow as a phone, its width when laid out as title."""

    def do_GET(self) -> None:
        if not self.path.startswith("/phone/"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PHONE.format(page=self.path.removeprefix("/phone")).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing: a line a request would drown the report."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(HTML))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def requested(log: Path, address: str) -> set[str]:
    """Return every address that the page set out to fetch; what Chromium asks for itself has another initiator."""
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    starts = [event["params"] for event in events if {"url", "initiator"} <= set(event.get("params", {}))]
    urls = {start["url"] for start in starts if start["initiator"] == address}
    return {url for url in urls if urlsplit(url).scheme in ("http", "https", "ws", "wss")}


def document(url: str, folder: Path, *options: str) -> BeautifulSoup:
    """Load a page and return its document as the scripts have left it."""
    own = [f"--user-data-dir={folder / 'profile'}", "--dump-dom", *options]
    done = subprocess.run([str(CHROMIUM), *QUIET, *own, url], capture_output=True, text=True, timeout=120, check=True)
    return BeautifulSoup(done.stdout, "lxml")


@pytest.mark.parametrize("file", FILES)
def test_a_page_asks_this_host_alone_and_shows_every_equation(file: str, address: str, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    shown = document(f"{address}/{file}.html", tmp_path, f"--log-net-log={log}")
    asked = requested(log, address)
    assert f"{address}/_static/basic.css" in asked
    assert {url for url in asked if not url.startswith(address)} == set()
    equations = shown.select("article .math")
    assert all(equation.find("mjx-container") for equation in equations)
    assert not shown.find_all("mjx-merror")


@pytest.mark.parametrize("file", FILES)
def test_a_page_fits_a_phone_without_scrolling_sideways(file: str, address: str, tmp_path: Path) -> None:
    framed = document(f"{address}/phone/{file}.html", tmp_path)
    assert framed.title is not None
    assert int(framed.title.get_text()) == 360
