"""The number of a chapter, 2.4 for ``notebooks/24_<stem>``, before its title wherever that is read.

No notebook holds its own number: it is read from the file's name. It is added before Sphinx collects titles and labels,
so it stands in the heading, in the sidebar, in the links to the pages before and after, and in every link whose text is
the title. Anchors are made when the notebook is read, so they stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

CHAPTER = re.compile(r"notebooks/(\d)(\d)_\w+")


def number_of(docname: str) -> str | None:
    """Return the number of the chapter on a page, None if the page is no chapter."""
    found = CHAPTER.fullmatch(docname)
    return f"{found[1]}.{found[2]}" if found else None


class NumberTitle(SphinxTransform):
    """Put the number before the title of a chapter."""

    default_priority = 840  # labels are collected at 850, titles at 880

    def apply(self, **options: Any) -> None:
        """Change the first heading of the page."""
        number, section = number_of(self.env.docname), self.document.next_node(nodes.section)
        if number and section:
            section[0].insert(0, nodes.Text(f"{number} "))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_transform(NumberTitle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
