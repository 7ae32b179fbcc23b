"""Names of the library in the text lead to their place in the reference: ``bce_lib.sigmoid``, written as code.

The text of a notebook is plain Markdown, which has no roles, so a name is written as code and nothing else. What is
part of a link already, and a name that the reference does not describe, stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.nodes import make_refnode

NAME = re.compile(r"bce_lib(\.\w+)+")


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Wrap each name that the reference describes in a link."""
    described = app.env.domains["py"].objects  # type: ignore[attr-defined]
    for code in list(doctree.findall(nodes.literal)):
        entry = described.get(code.astext()) if NAME.fullmatch(code.astext()) else None
        if entry and not any(isinstance(above, nodes.reference | nodes.title) for above in ancestors(code)):
            code.replace_self(make_refnode(app.builder, docname, entry.docname, entry.node_id, code.deepcopy()))


def ancestors(node: nodes.Node) -> list[nodes.Node]:
    """Return what a node stands in, the nearest first."""
    return [] if node.parent is None else [node.parent, *ancestors(node.parent)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", link_names)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
