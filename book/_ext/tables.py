"""Tables that pandas has written, as a printer sets them: words begin at the left, digits stand below digits."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx

TABLE = re.compile(r'<table[^>]*class="dataframe".*?</table>', re.DOTALL)
NUMBER = re.compile(r"[+\-−±]?[\d.,]+([eE×·][\d^+\-−]+)?\s?%?|[+\-−]?(nan|inf|∞)", re.IGNORECASE)


def set_table(match: re.Match[str]) -> str:
    """Mark the columns that hold numbers, their headings with them; an empty corner is no heading, of nothing."""
    soup = BeautifulSoup(match[0], "html.parser")
    rows = [row.find_all(["td", "th"]) for row in soup.find_all("tr")]
    numeric = {
        place
        for cells in rows
        for place, cell in enumerate(cells)
        if cell.name == "td" and NUMBER.fullmatch(cell.get_text(strip=True))
    }
    for cells in rows:
        del cells[0].parent["style"]  # pandas aligns every heading to the right
        for place, cell in enumerate(cells):
            if cell.name == "th" and not cell.get_text(strip=True):
                cell.name = "td"
            if place in numeric:
                cell["class"] = "number"
    return str(soup)


def set_tables(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Set every table of a page before its template is filled in."""
    context["body"] = TABLE.sub(set_table, context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    """Work on the HTML of each page."""
    app.connect("html-page-context", set_tables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
