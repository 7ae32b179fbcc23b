"""The pages without Thebe, which Jupyter Book adds to each whether or not it is wanted.

Thebe runs code on a server of another host. Its script is declared twice on a page, which is an error there.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

THEBE = "sphinx_thebe"


def setup(app: Sphinx) -> dict[str, Any]:
    """Undo what the extension has set up: Jupyter Book loads it first, and has no switch for it."""
    for listeners in app.events.listeners.values():
        for listener in [found for found in listeners if found.handler.__module__ == THEBE]:
            app.disconnect(listener.id)
    app.registry.css_files[:] = [sheet for sheet in app.registry.css_files if sheet[0] != "sphinx-thebe.css"]
    return {"parallel_read_safe": True, "parallel_write_safe": True}
