"""What the theme's pages lack, fixed where the HTML is made: for readers who hear them, and in the setting of lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx

# Docutils still writes a role that is now deprecated, for which an entry of a list does; sphinx-exercise gives every
# exercise of a page the same two marks, to which no link can lead.
REPLACED = {' role="doc-biblioentry"': ' role="listitem"', ' id="exercise-content"': "", ' id="solution-content"': ""}

# A browser breaks lines between an equation and the marks around it. The blank before a link is not part of it.
EQUATION = r'<span class="math notranslate nohighlight">[^<]*</span>'
HELD = re.compile(rf"[(“‘]?{EQUATION}[^\s<]+|[(“‘]{EQUATION}")
BLANK = re.compile(r"(<a [^>]*>)(\s)")


def name_folds(contents: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the maker of the table of contents: the arrow that unfolds the chapters of a part says which part."""

    def named(*arguments: Any, **options: Any) -> Any:
        made = contents(*arguments, **options)
        soup = made if isinstance(made, Tag) else BeautifulSoup(str(made), "html.parser")
        for summary in soup.select("li > details > summary"):
            link = summary.find_previous("a")
            summary["aria-label"] = f"The chapters of: {link.get_text(strip=True)}" if link else "The chapters"
        return soup

    return named


def set_lines(body: str) -> str:
    """Keep an equation on one line with the marks around it, and blanks out of the links that follow them."""
    return BLANK.sub(r"\2\1", HELD.sub(r'<span class="held">\g<0></span>', body))


def mend(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Fix a page before its template is filled in."""
    for wrong, right in REPLACED.items():
        context["body"] = context.get("body", "").replace(wrong, right)
    context["body"] = set_lines(context["body"])
    if "generate_toctree_html" in context:
        context["generate_toctree_html"] = name_folds(context["generate_toctree_html"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Come after the theme, which makes the table of contents; what must wait for the layout is a script."""
    app.connect("html-page-context", mend, priority=900)
    app.add_js_file("keyboard_access.js", defer="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
