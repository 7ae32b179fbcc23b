"""What the search looks through: the text of every page by its sections, and the names that readers have for things.

The page's script, ``book/_static/search.js``, counts the words itself, so the index is nothing but text: formulas as
signs, no navigation, nothing that cells print. It is a script and not data, because a page that is opened as a file may
not fetch. It comes when a reader begins to search, and not before.

The glossary says which names mean the same, and in the first link of an entry which chapter teaches it. Words that are
no entry of it stand in ``search_words``, below the label of the place that teaches them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from plain_text import is_shown, plain

TARGET = "search_index.js"
KEPT = "search_index.json"
KINDS = {
    "notebooks/8": "In depth",
    "notebooks/": "Chapter",
    "book/part": "Part",
    "book/api/": "Reference",
    "book/references": "Reference",
}
"""What a page is called among the results, by how its name begins."""

Piece = tuple[str, str, str, str]
"""A piece of a page that can be linked: its anchor, its heading, its text, the code of its cells."""


def kind_of(docname: str) -> str:
    """Return what a page is called among the results."""
    return next((kind for start, kind in KINDS.items() if docname.startswith(start)), "")


def pieces(doctree: nodes.document) -> Iterator[Piece]:
    """Give the pieces of a page: its sections, the terms that it defines, the functions that it describes."""
    for node in doctree.findall(is_piece):
        if isinstance(node, nodes.section):
            yield _anchor(node), plain(node[0]), *_content(node)
        elif isinstance(node, addnodes.desc):
            signature, (text, code) = node[0], _content(node[-1])
            yield signature["ids"][0], signature["fullname"], text, f"{signature.astext()}\n{code}".strip()
        else:
            yield node[0]["ids"][0], ", ".join(_names(node)), *_content(node[-1])


def is_piece(node: nodes.Node) -> bool:
    """Say whether a node is a piece of its page, and no part of the one in which it stands."""
    if isinstance(node, nodes.section):
        return isinstance(node[0], nodes.title)
    if isinstance(node, addnodes.desc):
        return isinstance(node[0], addnodes.desc_signature) and bool(node[0]["ids"])
    return isinstance(node, nodes.definition_list_item) and bool(_names(node))


def _anchor(section: nodes.section) -> str:
    return "" if isinstance(section.parent, nodes.document) else str(section["ids"][0])


def _content(piece: nodes.Element) -> tuple[str, str]:
    """Return the text of a piece and its code, without those of the pieces within it."""

    def is_apart(node: nodes.Node) -> bool:
        return is_piece(node) or isinstance(node, nodes.title) and node.parent is piece

    text = plain(piece, lambda node: is_apart(node) or isinstance(node, nodes.literal_block))
    code: list[str] = []

    def walk(node: nodes.Node) -> None:
        for child in node.children:
            if isinstance(child, nodes.literal_block):
                code.append(child.astext())
            elif is_shown(child) and not is_apart(child):
                walk(child)

    walk(piece)
    return text, "\n".join(code)


def _names(item: nodes.Element) -> list[str]:
    """Return the names of an entry of the glossary, none if this is an item of another list."""
    if not isinstance(item.parent.parent, addnodes.glossary):
        return []
    return [term.astext() for term in item.findall(nodes.term)]


def terms(doctree: nodes.document, address: str) -> Iterator[tuple[list[str], str]]:
    """Give the names of each entry of a glossary, those in its code with them, and the address of who teaches it."""
    for item in doctree.findall(nodes.definition_list_item):
        if names := _names(item):
            definition = item.next_node(nodes.definition)
            code = [literal.astext() for literal in definition.findall(nodes.literal)]
            links = [link["refuri"] for link in definition.findall(nodes.reference) if link.get("internal")]
            yield names + [name for name in code if name.isidentifier()], urljoin(address, links[0]) if links else ""


def anchors(doctree: nodes.document) -> dict[str, str]:
    """Return for each anchor of a page that of the section in which it stands."""
    return {
        anchor: _anchor(section)
        for section in doctree.findall(
            lambda node: isinstance(node, nodes.section) and is_piece(node)
        )  # what stands within another comes after it
        for node in section.findall(nodes.Element)
        for anchor in node.get("ids", [])
    }


class Index:
    """What is collected while the pages are written; of a page that is not written again, what was collected before."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.pages: dict[str, dict[str, Any]] = {}

    def begin(self, app: Sphinx) -> None:
        """Read what was collected before, and have Sphinx make neither its own index nor the page that asks it."""
        app.builder.search = False  # type: ignore[attr-defined]
        if (kept := Path(app.doctreedir, KEPT)).is_file():
            self.pages = json.loads(kept.read_text(encoding="utf-8"))

    def collect(
        self, app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """Keep the pieces of a page that has just been made."""
        if doctree is not None:
            address = app.builder.get_target_uri(name)
            self.pages[name] = {
                "shown": [address, plain(app.env.titles[name]), kind_of(name), list(pieces(doctree))],
                "anchors": anchors(doctree),
                "names": list(terms(doctree, address)),
            }

    def write(self, app: Sphinx, error: Exception | None) -> None:
        """Write the index, with the pages in the order of the book."""
        if error or not self.pages:
            return
        Path(app.doctreedir, KEPT).write_text(json.dumps(self.pages), encoding="utf-8")
        order = in_order(app.env.toctree_includes, app.config.root_doc)
        pages = [self.pages[name] for name in order if name in self.pages]
        places = {page["shown"][0]: page["anchors"] for page in pages}
        found = [*taught(app), *(row for page in pages for row in page["names"])]
        known = [(names, *urldefrag(address)) for names, address in found]
        index = {
            "pages": [page["shown"] for page in pages],
            "names": [(names, page, places[page].get(place, "")) for names, page, place in known if page in places],
        }
        text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
        Path(app.outdir, "_static", TARGET).write_text(f"bookSearch({text});\n", encoding="utf-8")


def taught(app: Sphinx) -> Iterator[tuple[list[str], str]]:
    """Give the words of the configuration, and the address of the place that teaches each."""
    places = app.env.domains["std"].anonlabels  # type: ignore[attr-defined]
    for label, words in app.config.search_words.items():
        if label not in places:
            logging.getLogger(__name__).warning("search_words: there is no label %r", label)
            continue
        name, anchor = places[label][:2]
        yield from (([word], f"{app.builder.get_target_uri(name)}#{anchor}") for word in words)


def in_order(contents: dict[str, list[str]], name: str) -> Iterator[str]:
    """Give the name of a page and those of the pages below it, in the order of the book."""
    yield name
    for each in contents.get(name, []):
        yield from in_order(contents, each)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension; what is collected while pages are written must stay in one process."""
    index = Index()
    app.add_config_value("search_words", {}, "html", dict)
    app.connect("builder-inited", index.begin)
    app.connect("html-page-context", index.collect)
    app.connect("html-collect-pages", lambda app: [("search", {"title": "Search"}, "search.html")])
    app.connect("build-finished", index.write)
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
