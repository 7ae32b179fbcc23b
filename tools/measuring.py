"""What is measured of a page that is open in the browser: used by the tests, which set limits, and by the report."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import browsing
from places import HTML, ROOT

IMPACTS = ["critical", "serious", "moderate", "minor"]
"""How grave axe-core calls a finding."""

LIBRARIES = {"/_static/mathjax/": "article .math", "/_static/explorables/vega.js": "article .explorable"}
"""Scripts that many pages share, but only those pages that have something of the kind."""

# axe-core would fetch every style sheet anew for a rule about turned screens, and takes the wrong address for some.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
AXE = Axe().axe_script
FIND = (ROOT / "tools" / "accessibility.js").read_text(encoding="utf-8")
FIT = (ROOT / "tools" / "fit.js").read_text(encoding="utf-8")

ARRIVED = """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .map(entry => [entry.name, entry.encodedBodySize, entry.renderBlockingStatus == "blocking", entry.initiatorType])"""


@dataclass(frozen=True)
class File:
    """A file that came for a page, with its bytes as they travelled."""

    address: str
    size: int
    blocking: bool
    """Whether the page had to wait for it before it showed anything."""
    kind: str

    @property
    def name(self) -> str:
        """The address without the mark of its version."""
        return self.address.partition("?")[0]


def files(page: Page) -> list[File]:
    """Return what has come for the page so far, itself first."""
    return [File(*row) for row in page.evaluate(ARRIVED)]


def common(browser: Browser, book: str) -> set[str]:
    """Return the names of the files that come for every page: those that come for the plainest, the index of terms."""
    with browsing.visit(browser, f"{book}/genindex.html") as visited:
        return {file.name for file in files(visited.page)[1:]}


def own(page: Page, common: set[str]) -> list[File]:
    """Return what came for this page alone: without what comes for every page, and without the shared libraries."""
    return [
        file for file in files(page) if file.name not in common and not any(part in file.name for part in LIBRARIES)
    ]


def first_paint(page: Page) -> float:
    """Return after how many milliseconds the page showed its first text or picture."""
    painted = page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    return float(painted.json_value())


def switch(page: Page, scheme: str) -> None:
    """Make the reader's system light or dark, and wait until the page, if it has a theme, has followed."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.wait_for_function("now => [undefined, now].includes(document.documentElement.dataset.theme)", arg=scheme)
    browsing.settle(page)


@contextmanager
def unfolded(page: Page) -> Iterator[None]:
    """Open all that is folded away, so that it is looked at too; fold it again afterwards."""
    opened = page.evaluate_handle(
        """() => {
          const details = [...document.querySelectorAll("article details:not([open])")];
          const buttons = [...document.querySelectorAll("article .toggle-button-hidden")];
          details.forEach(fold => fold.open = true);
          buttons.forEach(button => button.click());
          return { details, buttons };
        }"""
    )
    browsing.settle(page)
    try:
        yield
    finally:
        opened.evaluate(
            """({ details, buttons }) => {
              details.forEach(fold => fold.open = false);
              buttons.forEach(button => button.click());
            }"""
        )
        browsing.settle(page)


def accessibility(page: Page, *impacts: str) -> list[str]:
    """Return what axe-core finds: impact, rule, element, and what is wrong with it.

    There is one line per element, of texts with too little contrast one per kind.
    """
    page.evaluate(AXE)
    return [
        f"{impact}: {rule}: {element}: {' '.join(str(reason).split())}"
        for impact, rule, element, reason in page.evaluate(FIND, OPTIONS)
        if impact in (impacts or IMPACTS)
    ]


def width(page: Page) -> int:
    """Return the width of the document in CSS pixels: more than the screen's, and it scrolls sideways."""
    return int(page.evaluate("() => document.documentElement.scrollWidth"))


# What the screen cuts off, and no box of its own lets a reader scroll to.
CUT = """() => {
  const scrolls = box =>
    box && (["auto", "scroll"].includes(getComputedStyle(box).overflowX) || scrolls(box.parentElement));
  return [...document.querySelectorAll("main :is(p, a, code, img, td, th, li, dt, pre, svg, mjx-math, input, button)")]
    .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
    .filter(part => part.checkVisibility() && !scrolls(part.parentElement))
    .map(part => part.tagName + " " + part.textContent.trim().slice(0, 60));
}"""


def cut(page: Page) -> list[str]:
    """Return what is cut off at the right edge of the screen."""
    return list(page.evaluate(CUT))


# A word has a letter or a digit. Folded text does not count, nor do the glyphs of equations.
WORDS = """() => {
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT), words = [];
  while (texts.nextNode()) {
    const { parentElement: inside, data } = texts.currentNode;
    if (inside.checkVisibility() && !inside.closest("script, style, svg, mjx-container, button, .headerlink"))
      words.push(...data.split(/\\s+/).filter((word) => /[\\p{L}\\p{N}]/u.test(word)));
  }
  return words.length;
}"""

MINUTE = """() => {
  const parts = [...document.querySelectorAll("#in-one-minute > :not(.cell, section)")];
  return parts.length ? Math.max(...parts.map(part => part.getBoundingClientRect().bottom)) + scrollY : null;
}"""


@dataclass(frozen=True)
class Length:
    """How long a page is to its reader: words and cells of code that show, screens, and where the minute ends."""

    words: int
    cells: int
    screens: float
    minute: float | None


def length(page: Page) -> Length:
    """Return how long a page is, with everything folded as it comes."""
    cells = page.locator("article .cell_input").filter(visible=True).count()
    height = page.evaluate("() => document.documentElement.scrollHeight / innerHeight")
    return Length(int(page.evaluate(WORDS)), cells, float(height), page.evaluate(MINUTE))


def untypeset(page: Page) -> list[str]:
    """Return the equations that MathJax has not set, or has set as an error."""
    wrong = page.locator("article .math:not(:has(mjx-container)), article .math:has(mjx-merror)")
    return [text.strip() for text in wrong.all_text_contents()]


def misfits(page: Page) -> dict[str, list[str]]:
    """Return what does not fit the page as it is laid out, by kind; kinds of which there is nothing are left out.

    The ``page`` scrolls sideways as a whole, ``equations`` or ``outputs`` do. A box is ``mute`` if it does and does not
    say so, ``pale`` if it says so and does not; a stop is ``idle`` if the keyboard halts at what does not. ``names`` in
    tables are broken within a word, and ``marks`` may be parted from the equation before them.
    """
    return {kind: found for kind, found in page.evaluate(FIT).items() if found}


PICTURES = """() => [...document.querySelectorAll('article img[src$=".svg"]')]
  .filter((image) => image.checkVisibility())
  .map((image) => [new URL(image.src).pathname, image.getBoundingClientRect().width])"""


@cache
def share_of_letters(path: Path) -> float:
    """Return the size of the smallest words in one of Matplotlib's drawings as a share of its width; infinite without.

    Letters are outlines of a font of size 100, upside down as fonts are. Exponents belong to their words.
    """
    svg = path.read_text(encoding="utf-8")
    sizes = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -", svg)]
    view = re.search(r'viewBox="\S+ \S+ (\S+)', svg)
    return min(sizes) / float(view[1]) if sizes and view else math.inf


def small_words(page: Page, least: float, html: Path = HTML) -> list[str]:
    """Return the pictures with words smaller than so many CSS pixels, with their size."""
    sizes = [(path, width * share_of_letters(html / path.lstrip("/"))) for path, width in page.evaluate(PICTURES)]
    return [f"{path}: {size:.1f} px" for path, size in sizes if size < least]
