"""Sends the quiz's script and style with the pages that ask a question, and with no other."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

MARK = 'class="question"'


def add_files(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add the two files to a page whose body contains a question."""
    if MARK in context.get("body", ""):
        app.add_css_file("quiz.css")
        app.add_js_file("quiz.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", add_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
