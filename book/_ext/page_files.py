"""Sends a script and its style with the pages that have a use for them, and with no other."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

FILES = {'class="question"': "quiz", 'class="findings"': "findings"}
"""What marks a page, and the name of the files that it needs."""


def add_files(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the two files to a page whose body contains the mark."""
    for mark, name in FILES.items():
        if mark in context.get("body", ""):
            app.add_css_file(f"{name}.css")
            app.add_js_file(f"{name}.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", add_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
