"""Links the first use of each term of the glossary, on every page of prose, to its entry.

Nothing is marked in the text: what the glossary defines is found by its name, as a whole word, in any case, with or
without an s at the end. The longest name wins, so that "cross-entropy" never leads to entropy. Further names of a term
are those that the glossary lists for it. A name that is also an everyday word is linked only on the pages that
``glossary_links_only`` lists for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

PLAIN = (nodes.emphasis, nodes.strong)
"""What may stand between a word and its paragraph: a word of code, of mathematics or of a link is no running text."""

APART = (nodes.figure, nodes.table, nodes.footnote, nodes.container)
"""Paragraphs in these are no running text either; a container is the cell of a notebook and what it printed."""


def entries(app: Sphinx, docname: str) -> dict[str, str]:
    """Return the anchor of each name to be linked on a page. All names of a term have the anchor of the first."""
    glossary = app.env.get_doctree(app.config.glossary_links_page)
    anchors = {
        " ".join(name.astext().lower().split()): item[0]["ids"][0]
        for item in glossary.findall(nodes.definition_list_item)
        if isinstance(item.parent.parent, addnodes.glossary)
        for name in item.findall(nodes.term)
    }
    only = app.config.glossary_links_only
    return {name: anchor for name, anchor in anchors.items() if matches(docname, only.get(name, "*"))}


def matches(docname: str, patterns: str | list[str]) -> bool:
    """Say whether a page is meant by one of the patterns, as ``book/api/*``."""
    return any(fnmatch(docname, each) for each in ([patterns] if isinstance(patterns, str) else patterns))


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return what matches any of the names as a whole word, and its plural, the longest first."""
    longest_first = sorted(names, key=len, reverse=True)
    any_name = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return re.compile(rf"(?<![\w-])({any_name})(?:e?s)?(?![\w-])", re.IGNORECASE)


def running_text(doctree: nodes.document) -> Iterator[nodes.Text]:
    """Give the text of the paragraphs, in the order of reading."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        above, ancestors = paragraph.parent, []
        while above is not None:
            ancestors.append(above)
            above = above.parent
        if not any(isinstance(ancestor, APART) for ancestor in ancestors):
            yield from (text for text in list(paragraph.findall(nodes.Text)) if _is_plain(text, paragraph))


def _is_plain(text: nodes.Text, paragraph: nodes.paragraph) -> bool:
    above = text.parent
    while above is not paragraph and isinstance(above, PLAIN):
        above = above.parent
    return above is paragraph


def link_first_uses(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a link in the place of each term's first use on a page."""
    page = app.config.glossary_links_page
    if app.builder.format != "html" or matches(docname, [page, *app.config.glossary_links_skip]):
        return
    anchors = entries(app, docname)
    term = pattern(anchors)
    address = app.builder.get_relative_uri(docname, page)
    linked: set[str] = set()
    for text in running_text(doctree):
        pieces: list[nodes.Node] = []
        end = 0
        for found in term.finditer(text):
            anchor = anchors[" ".join(found[1].lower().split())]
            if anchor in linked:
                continue
            linked.add(anchor)
            link = nodes.reference("", found[0], internal=True, refuri=f"{address}#{anchor}", classes=["term"])
            pieces += [nodes.Text(text[end : found.start()]), link]
            end = found.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("glossary_links_page", "glossary", "html", str)
    app.add_config_value("glossary_links_skip", [], "html", list)
    app.add_config_value("glossary_links_only", {}, "html", dict)
    app.connect("doctree-resolved", link_first_uses)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
