"""The pages without Thebe, which Jupyter Book adds to each whether or not it is wanted.

Thebe runs code on a server of another host. Its script is declared twice on a page, which is an error there. And
MathJax comes to the pages with an equation only: Sphinx counts those of a page's chapters as the page's own.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

THEBE = "sphinx_thebe"
MATHEMATICS = re.compile(r'class="[^"]*\bmath\b')


def drop_mathjax(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Take MathJax from a page whose body has no equation."""
    if not MATHEMATICS.search(context.get("body", "")):
        scripts = context.get("script_files", [])
        scripts[:] = [script for script in scripts if "mathjax" not in str(getattr(script, "filename", "")).lower()]


def setup(app: Sphinx) -> dict[str, Any]:
    """Undo what the extension has set up: Jupyter Book loads it first, and has no switch for it."""
    for listeners in app.events.listeners.values():
        for listener in [found for found in listeners if found.handler.__module__ == THEBE]:
            app.disconnect(listener.id)
    app.registry.css_files[:] = [sheet for sheet in app.registry.css_files if sheet[0] != "sphinx-thebe.css"]
    app.connect("html-page-context", drop_mathjax, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
