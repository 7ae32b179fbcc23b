"""Print the rendered book: all its pages as one PDF, with a title page, contents, page numbers and links.

The pages are those of ``_build/html``, so run `make book` first, or `make pdf`, which does both. Their articles are put
into one document, in the order of the table of contents, with every link to another page turned into one within the
document. The solutions of a chapter stand together at its end. Code that the page folds, imports and calls that draw,
is left out. Headless Chromium prints it twice, since only the first print tells on which page
a chapter begins. No script of the book's own runs but the one that sets the mathematics: of a figure that responds, the
drawn one is printed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup, SoupStrainer, Tag
from playwright.sync_api import Browser
from pypdf import PdfReader
from tqdm import tqdm

import browsing
from places import HTML, ROOT

PDF = ROOT / "_build" / "binary_cross_entropy.pdf"
FIRST = "book/index.html"
MINUTES = 60_000
"""A minute in milliseconds, the unit of Playwright's limits."""

NOT_ON_PAPER = (
    "script, .headerlink, .copybtn, .toggle-button, .prev-next-footer, .score, button, details.above-input,"
    "table.findings ul"
)
"""What only a screen has a use for, the code that it folds, and tables that are to be searched."""

COVER = (
    "Twenty-one curves over the predicted probability. All cross in one point in the middle, at log 2. Each is lowest \
where the prediction is the truth, and these lowest points lie on an arch, the entropy."
)


@dataclass(frozen=True)
class Part:
    """Pages under one caption of the table of contents."""

    caption: str
    files: list[str]


def contents(html: Path = HTML) -> list[Part]:
    """Return the parts of the book and their pages, in the order that the first page's navigation shows."""
    navigation = BeautifulSoup((html / FIRST).read_text(encoding="utf-8"), "lxml").select_one("nav.bd-links")
    if navigation is None:
        raise ValueError(f"{html / FIRST} has no navigation: is the book rendered? Run make book")
    parts = [Part("", [FIRST])]
    for tag in navigation.select("p.caption, a.reference.internal"):
        if tag.name == "p":
            parts.append(Part(tag.get_text(strip=True), []))
        else:
            parts[-1].files.append(urljoin(FIRST, str(tag["href"])))
    return parts


def anchor(file: str, fragment: str = "") -> str:
    """Return the name in the whole document of a page, or of a place on it."""
    page = re.sub(r"\W+", "-", file.removesuffix(".html"))
    return f"{page}--{fragment}" if fragment else page


def article(file: str, files: set[str], html: Path = HTML) -> Tag:
    """Return what a page has to say, fit to stand in one document with all others."""
    only = SoupStrainer("article", class_="bd-article")  # the navigation around it is as long as many a page
    found = BeautifulSoup((html / file).read_text(encoding="utf-8"), "lxml", parse_only=only).find("article")
    if not isinstance(found, Tag):
        raise ValueError(f"{html / file} has no article: is the book rendered? Run make book")
    for tag in found.select(NOT_ON_PAPER):
        tag.decompose()
    for details in found.select("details"):
        details["open"] = ""
    _gather_solutions(found)
    for tag in found.find_all(True):
        _move(tag, file, files, html)
    found["id"] = anchor(file)
    follows = file.startswith("book/api/") and not file.endswith("index.html")
    found["class"] = ["bd-article", "chapter", *(["of-reference"] if follows else [])]
    return found


def _gather_solutions(chapter: Tag) -> None:
    """Move the solutions from under their exercises to a section of their own at the end."""
    if solutions := chapter.select(".solution"):
        section = BeautifulSoup('<section class="solutions"><h2>Solutions</h2></section>', "lxml").section
        assert section is not None
        section.extend(solution.extract() for solution in solutions)
        (chapter.find("section") or chapter).append(section)


def _move(tag: Tag, file: str, files: set[str], html: Path) -> None:
    """Give a tag's anchors, links and pictures the names that they have in the whole document."""
    for key in ("id", "name"):
        if tag.get(key) and tag.name != "input":
            tag[key] = anchor(file, str(tag[key]))
    for key in ("aria-labelledby", "aria-describedby", "for"):
        if tag.get(key):
            tag[key] = " ".join(anchor(file, name) for name in str(tag[key]).split())
    if tag.get("src"):
        tag["src"] = (html / file).parent.joinpath(unquote(str(tag["src"]))).resolve().as_uri()
    if tag.name == "a" and tag.get("href"):
        target = _target(str(tag["href"]), file, files)
        if target is None:
            tag.name = "span"  # a picture's own file, a page of source: nothing that paper leads to
            del tag["href"]
        else:
            tag["href"] = target


def _target(href: str, file: str, files: set[str]) -> str | None:
    """Return where a link of a page leads in the whole document, itself if it leaves the book, None if to nowhere."""
    if urlsplit(href).scheme:
        return href
    address = urlsplit(urljoin(file, href))
    if address.path in files:
        return f"#{anchor(address.path, unquote(address.fragment))}"
    return None


def title_page(title: str, html: Path = HTML) -> str:
    """Return the first page: the cover drawing, the title, the authors, the licences."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    cover = (html / "_static" / "cover.svg").as_uri()
    licences = config["sphinx"]["config"]["html_theme_options"]["extra_footer"]
    return (
        f'<header class="title-page"><img src="{cover}" alt="{COVER}"><p class="title">{title}</p>'
        f"<p>{config['author']}</p><p>{config['copyright']}. {licences}</p></header>"
    )


def list_of_contents(parts: list[Part], titles: dict[str, str], numbers: dict[str, int]) -> str:
    """Return the list of contents; a page number that is not known yet is left blank, as wide as it will be."""
    lines = ['<nav class="print-contents" aria-label="Contents"><h1>Contents</h1>']
    for part in parts[1:]:
        lines.append(f"<h2>{part.caption}</h2><ul>")
        for file in part.files:
            number = numbers.get(file, "000")
            lines.append(f'<li><a href="#{anchor(file)}"><span>{titles[file]}</span><span>{number}</span></a></li>')
        lines.append("</ul>")
    return "".join([*lines, "</nav>"])


def document(parts: list[Part], numbers: dict[str, int], html: Path = HTML, progress: bool = False) -> str:
    """Return the whole book as one page of HTML."""
    files = [file for part in parts for file in part.files]
    known = set(files)
    articles = {file: article(file, known, html) for file in tqdm(files, "pages", disable=not progress, leave=False)}
    titles = {file: _title(articles[file]) for file in files}
    style = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in stylesheets(files, html))
    mathjax = (html / "_static" / "mathjax" / "tex-chtml.js").as_uri()
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>{_title(articles[FIRST])}</title>{style}"
        '<script>window.MathJax = {options: {processHtmlClass: "tex2jax_process|mathjax_process|math|output_area"}}'
        f'</script><script defer src="{mathjax}"></script></head><body><main class="bd-content">'
        + title_page(titles[FIRST], html)
        + list_of_contents(parts, titles, numbers)
        + str(articles[FIRST])
        + "".join(str(articles[file]) for file in files[1:])
        + "</main></body></html>"
    )


def stylesheets(files: list[str], html: Path = HTML) -> list[Path]:
    """Return the style sheets of the pages, each once, in the order in which a page has them; print.css last."""
    sheets: dict[Path, None] = {}
    for file in files:
        head = BeautifulSoup((html / file).read_text(encoding="utf-8").partition("<body")[0], "lxml")
        for link in head.select('link[rel="stylesheet"]'):
            sheets.setdefault((html / file).parent.joinpath(urlsplit(str(link["href"])).path).resolve())
    return [*sheets, html / "_static" / "print.css"]


def _title(found: Tag) -> str:
    heading = found.find("h1")
    return heading.get_text(" ", strip=True) if heading else ""


def print_once(browser: Browser, source: Path, target: Path) -> None:
    """Print a page of HTML, once its mathematics are set."""
    page = browser.new_page()
    page.set_default_timeout(10 * MINUTES)
    page.goto(source.as_uri(), wait_until="load")
    page.evaluate("() => MathJax.startup.promise.then(() => document.fonts.ready).then(() => {})")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    page.close()


def first_pages(pdf: Path, files: list[str]) -> dict[str, int]:
    """Return the page on which each page of the book begins in the PDF, counted from 1."""
    reader = PdfReader(pdf)
    places = {name.lstrip("/"): place for name, place in reader.named_destinations.items()}
    found = {file: places[anchor(file)] for file in files if anchor(file) in places}
    return {file: (reader.get_destination_page_number(place) or 0) + 1 for file, place in found.items()}


def print_book(browser: Browser, target: Path = PDF, html: Path = HTML, progress: bool = False) -> dict[str, int]:
    """Print the book in headless Chromium; return the page on which each of its pages begins."""
    parts = contents(html)
    files = [file for part in parts for file in part.files]
    numbers: dict[str, int] = {}
    with TemporaryDirectory() as folder:
        source, printed = Path(folder, "book.html"), Path(folder, "book.pdf")
        for _ in range(2):
            source.write_text(document(parts, numbers, html, progress), encoding="utf-8")
            print_once(browser, source, printed)
            numbers = first_pages(printed, files)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(printed, target)
    return numbers


def main() -> int:
    """Print the book to the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=PDF)
    target = parser.parse_args().target
    if browsing.CHROMIUM is None:
        print(browsing.MISSING, file=sys.stderr)
        return 1
    with browsing.chromium() as browser:
        print_book(browser, target, progress=sys.stderr.isatty())
    print(f"The book on paper: {target} ({len(PdfReader(target).pages)} pages)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
