"""What a page shows of itself elsewhere: in the list of a search engine, and where somebody shares its link.

Every page has a description, and the tags from which a messenger makes a card. What must be a whole address (the page's
own, that of its picture, the list of all pages) is there where the book's address is known, ``html_baseurl``, which
``repository.py`` sets. The picture of a chapter is its first figure; other pages have the book's cover.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any
from urllib.parse import urljoin, urlsplit

import matplotlib
import vl_convert
import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from chapter_numbers import number_of
from plain_text import plain

SHORTEST, LONGEST = 50, 200
"""How many characters a description has: less says nothing, and what is longer is cut by those who show it."""

WIDTH, HEIGHT = 1200, 630
"""The size of a picture in pixels, for which all services have room."""

STATIC = Path(__file__).parents[1] / "_static"
FOLDER = "_static/sharing"
COVER = "Curves of the expected loss over the predicted probability, each lowest where the prediction is the truth."
MISSING = "404"
MINUTE = "In one minute"
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“(\d])")
RELATIVE = re.compile(r'((?:href|src|action|data-content_root)=")(?:\./)?(?![#/]|\w+:)')
"""What comes before an address that depends on where the page lies."""


# The description


def description(doctree: nodes.document) -> str:
    """Return what a page is about: the question that a chapter answers, and its answer, else the first sentences."""
    paragraphs = [node for node in doctree.findall(nodes.paragraph) if _is_running(node)]
    start = next((place for place, node in enumerate(paragraphs) if _asks(node)), 0)
    return shortened([each for node in paragraphs[start : start + 4] for each in sentences(plain(node))])


def _is_running(paragraph: nodes.paragraph) -> bool:
    """Say whether a paragraph is part of the text: of a section, or of what a function does."""
    return isinstance(paragraph.parent, nodes.section | addnodes.desc_content) and bool(plain(paragraph))


def _asks(paragraph: nodes.paragraph) -> bool:
    """Say whether a paragraph is that in which a chapter asks its question."""
    first = next(child for child in paragraph if child.astext())
    return paragraph.parent[0].astext() == MINUTE and isinstance(first, nodes.strong)


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, without a last one that goes on in a formula below it."""
    found = SENTENCE.split(paragraph)
    return found[:-1] if found[-1].endswith(",") else [*found[:-1], re.sub(":$", ".", found[-1])]


def shortened(found: list[str]) -> str:
    """Return the first of some sentences, as many as say enough and have room; if none has, the first words."""
    kept = ""
    for sentence in found:
        longer = f"{kept} {sentence}".strip()
        if len(kept) >= 2 * SHORTEST or len(longer) > LONGEST:
            break
        kept = longer
    if len(kept) >= SHORTEST:
        return kept
    text = " ".join(found)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rpartition(" ")[0].rstrip(" ,;:") + " …"


# The picture


def first_figure(notebook: Path) -> tuple[str, str] | None:
    """Return the first figure that a notebook has drawn, as SVG, and what it shows in words."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        told = cell["metadata"].get("mystnb", {})
        for output in cell.get("outputs", []):
            if "figure" in told and "image/svg+xml" in output.get("data", {}):
                return "".join(output["data"]["image/svg+xml"]), told.get("image", {}).get("alt", "")
    return None


def picture(drawing: str, number: str, name: str, line: str, book: str) -> bytes:
    """Return a card as PNG: at the left words, the name of the book last, at the right the drawing."""
    y = 110
    words = []
    for text, size, letters, style in [
        (number, 40, 12, 'font-weight="bold" fill="#00639b"'),
        (name, 52, 13, 'font-weight="bold" fill="#14181e"'),
        (line, 32, 23, 'fill="#48566b"'),
    ]:
        for row in wrap(text, letters):
            words.append(f'<text x="56" y="{y}" font-size="{size}" {style}>{escape(row)}</text>')
            y += round(1.3 * size)
        y += 12
    for row, text in enumerate(wrap(book, 26)):
        words.append(f'<text x="132" y="{HEIGHT - 68 + 28 * row}" font-size="22" fill="#48566b">{escape(text)}</text>')
    mark = (STATIC / "logo.svg").read_text(encoding="utf-8")
    return bytes(
        vl_convert.svg_to_png(f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/><rect width="{WIDTH}" height="12" fill="#00639b"/>
<g font-family="DejaVu Sans">{"".join(words)}</g>
{_placed(mark, 56, HEIGHT - 96, 60, 60)}{_placed(drawing, 500, 48, WIDTH - 540, HEIGHT - 88)}</svg>""")
    )


def _placed(drawing: str, x: int, y: int, width: int, height: int) -> str:
    """Return a drawing as a part of another, as large as it can be in a box."""
    inside = drawing[drawing.index("<svg") :]
    box = re.search(r'viewBox="[^"]*"', inside)
    if box is None:
        raise ValueError("a drawing without a viewBox cannot be placed in another")
    attributes = (
        f'x="{x}" y="{y}" width="{width}" height="{height}" {box[0]} xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    return re.sub(r"<svg[^>]*>", f"<svg {attributes}>", inside, count=1)


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(Path(matplotlib.get_data_path(), "fonts", "ttf")))


@cache
def card(source: Path, book: str) -> tuple[str, bytes, str]:
    """Return what the picture of a page is called, the picture itself, and what it shows.

    That of a chapter is its first figure beside its name and its question; all other pages share the cover.
    """
    _register_fonts()
    number = number_of(f"notebooks/{source.stem}") if source.suffix == ".ipynb" else None
    chapters = yaml.safe_load((STATIC.parent / "chapters.yml").read_text(encoding="utf-8"))["chapters"]
    chapter, figure = chapters.get(source.stem[3:]), first_figure(source) if number else None
    if number is None or chapter is None or figure is None:
        return _cover(book)
    drawing, alt = figure
    return source.stem, picture(drawing, number, chapter["name"], chapter["question"], book), alt


@cache
def _cover(book: str) -> tuple[str, bytes, str]:
    name, _, line = book.partition(", ")
    return "book", picture((STATIC / "cover.svg").read_text(encoding="utf-8"), "", name, line, ""), COVER


def write_card(app: Sphinx, docname: str) -> tuple[str, str]:
    """Write the picture of a page; return its place in the book, and what it shows."""
    name, drawn, alt = card(Path(app.env.doc2path(docname)), app.config.html_title)
    target = f"{FOLDER}/{name}.png"
    path = Path(app.outdir, target)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn)
    return target, alt


# The head of a page


def tags(app: Sphinx, docname: str, title: str, doctree: nodes.document) -> list[tuple[str, str, str]]:
    """Return the tags of a page: the attribute that names it, the name, the content."""
    told = description(doctree)
    found = [
        ("name", "description", told),
        ("property", "og:type", "article" if number_of(docname) else "website"),
        ("property", "og:site_name", app.config.html_title),
        ("property", "og:title", title),
        ("property", "og:description", told),
        ("property", "og:locale", "en_GB"),
        ("name", "twitter:card", "summary_large_image" if app.config.html_baseurl else "summary"),
        ("name", "twitter:title", title),
        ("name", "twitter:description", told),
    ]
    if base := app.config.html_baseurl:
        target, alt = write_card(app, docname)
        found += [
            ("property", "og:url", urljoin(base, app.builder.get_target_uri(docname))),
            ("property", "og:image", urljoin(base, target)),
            ("property", "og:image:type", "image/png"),
            ("property", "og:image:width", str(WIDTH)),
            ("property", "og:image:height", str(HEIGHT)),
            ("property", "og:image:alt", alt),
            ("name", "twitter:image", urljoin(base, target)),
            ("name", "twitter:image:alt", alt),
        ]
    return found


def add_tags(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Put the tags into the head of a page, and the title of the book into that of its first page once."""
    title = plain(app.env.titles[name]) if name in app.env.titles else ""
    if title == app.config.html_title or name == app.config.root_doc:
        context["docstitle"] = ""
    if doctree is not None:
        rows = tags(app, name, title, doctree)
    elif name == MISSING:
        rows = [("name", "robots", "noindex")]
    else:
        rows = []
    written = [f'<meta {kind}="{key}" content="{escape(content)}" />' for kind, key, content in rows]
    context["metatags"] = "\n    ".join([context.get("metatags", ""), *written])


# The page for an address that leads nowhere, and the list of all pages


def missing_page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Return the page that a server shows for an address that leads nowhere: it has the search, and the map."""
    parts = [
        (contents["caption"], [(file, plain(app.env.titles[file])) for _, file in contents["entries"]])
        for contents in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree)
    ]
    return [(MISSING, {"title": "There is no such page", "parts": parts}, "404.html")]


def finish(app: Sphinx, error: Exception | None) -> None:
    """Where the address is known, list all pages, and make the links of page 404 right wherever a server shows it."""
    base = app.config.html_baseurl
    if error or not base or app.builder.name != "html":
        return
    page = Path(app.outdir, f"{MISSING}.html")
    root = urlsplit(base).path
    page.write_text(RELATIVE.sub(rf"\1{root}", page.read_text(encoding="utf-8")), encoding="utf-8")
    places = "".join(
        f"<url><loc>{escape(urljoin(base, app.builder.get_target_uri(name)))}</loc></url>\n"
        for name in sorted(app.env.found_docs)
    )
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: after the theme, which sets the title of a page."""
    app.connect("html-page-context", add_tags, priority=900)
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
