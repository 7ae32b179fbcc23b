"""Tables as a printer sets them: words begin at the left, digits stand below digits; on a telephone, cards of words."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx

TABLE = re.compile(r'<table[^>]*class="[^"]*\b(?:dataframe|table)\b.*?</table>', re.DOTALL)
NUMBER = re.compile(r"[+\-−±]?[\d.,]+([eE×·][\d^+\-−]+)?\s?%?|[+\-−]?(nan|inf|∞)", re.IGNORECASE)
CALL = re.compile(r'(<span class="pre">[^<]*?\()(?=[^)<])')
SENTENCE, NAME = 24, 20
"""Characters from which the text of a cell wants a line of its own, and a name beside it too."""


def set_table(match: re.Match[str]) -> str:
    """Set one table of a page."""
    soup = BeautifulSoup(match[0], "html.parser")
    rows = [row.find_all(["td", "th"]) for row in soup.find_all("tr")]
    for cell in soup.find_all("td", string=NUMBER.fullmatch):
        cell["class"] = [*cell.get("class", []), "held"]  # 4.9e-4 is one word
    if "dataframe" in soup.table["class"]:
        align(rows)
    if not is_of_words(rows):
        return str(soup)
    soup.table["class"].append("cards")
    label(rows)
    return CALL.sub(r"\1<wbr/>", str(soup))  # a line may end where the arguments begin


def align(rows: list[list[Tag]]) -> None:
    """Mark the columns that hold numbers, their headings with them; an empty corner is no heading, of nothing."""
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


def is_of_words(rows: list[list[Tag]]) -> bool:
    """Whether a table says more beside its first column than fits beside it on a telephone: then its rows are cards."""
    heading, *body = [[cell.get_text(" ", strip=True) for cell in cells] for cells in rows]
    if any("\\(" in name for name in heading) or len({len(cells) for cells in [heading, *body]}) > 1:
        return False
    crowded = len(heading) > 2 or any(len(word) > NAME for first, *_ in body for word in first.split())
    return crowded and any(len(cell) > SENTENCE for _, *others in body for cell in others)


def label(rows: list[list[Tag]]) -> None:
    """Let each cell know its heading, which a card shows above it; the first cell, or one of two, needs none."""
    heading, *body = rows
    for cells in body:
        for cell, name in zip(cells[1:], heading[1:], strict=True):
            if len(cells) > 2:
                cell["data-label"] = name.get_text(" ", strip=True)


def set_tables(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Set every table of a page before its template is filled in."""
    context["body"] = TABLE.sub(set_table, context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    """Work on the HTML of each page."""
    app.connect("html-page-context", set_tables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
