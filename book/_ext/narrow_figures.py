"""Figures on a telephone: every picture gets a box, and knows the width from which its words can be read.

Most fill the screen from edge to edge, and are then wide enough. One that is not, because its words are small, or it is
wide, or it stands within a solution, keeps its size, and its box scrolls: see ``picture`` in book.css.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LEAST = 9
"""The height of a line of the smallest words, in CSS pixels."""

SCREEN = 375 + 10
"""The width of a figure on a telephone: the screen, and the white margins that book.css lets overhang."""

IMAGE = re.compile(r'<img [^>]*?src="(?P<src>[^"]+\.svg)"[^>]*>')
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ')
LETTERS = re.compile(r"scale\(([\d.]+) -[\d.]+\)")  # outlines of a font of size 100, upside down as fonts are


def legible(svg: str) -> int:
    """Return the width in CSS pixels from which the words of one of Matplotlib's drawings are read, 0 without words.

    Exponents and indices are smaller than the words in which they stand, in a drawing as in running text.
    """
    sizes = [100 * float(scale) for scale in LETTERS.findall(svg)]
    view = VIEW.search(svg)
    return int(LEAST * float(view[1]) / min(sizes)) + 1 if view and sizes else 0


@cache
def legible_file(path: Path) -> int:
    """Return the same for a file."""
    return legible(path.read_text(encoding="utf-8"))


def give_room(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Put every picture of a page that has words into its box."""
    sources = {file: Path(app.srcdir, source) for source, file in app.builder.images.items()}

    def boxed(image: re.Match[str]) -> str:
        source = sources.get(PurePosixPath(image["src"]).name)
        width = legible_file(source) if source else 0
        if not width:
            return image[0]
        wide = ' class="wide"' if width > SCREEN else ""
        return f'<picture{wide} style="--legible: {width}px">{image[0]}</picture>'

    context["body"] = IMAGE.sub(boxed, context.get("body", ""))


def setup(app: Sphinx) -> dict[str, Any]:
    """Work on the HTML of each page."""
    app.connect("html-page-context", give_room)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
