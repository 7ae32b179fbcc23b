"""Write everything that states the order of the chapters: run `python tools/order.py` after a change of either source.

The order is the digits of the notebooks' names; what the parts and chapters are called stands in `book/chapters.yml`.
From the two come the table of contents, the chapters' tables of the README and of the first page, the reading order in
`notebooks/`, and the table by which the audit, which is installed without notebooks, names chapters. Where these are
parts of a file, they stand between two marks, and nothing outside the marks changes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import yaml

from chapters import ROOT, chapters

NAMES = Path("book", "chapters.yml")
MARKED = re.compile(r"^(?P<begin>.*chapters: begin.*\n)(?:.*\n)*?(?P<end>.*chapters: end.*)$", re.MULTILINE)

READING_ORDER = """\
# The chapters, in reading order

<!-- Written by tools/order.py from the names of the notebooks and from book/chapters.yml. -->

Every chapter is a notebook that is stored with its outputs. [The first page of the repository](../README.md) says how \
to render them as a book and how to run them.
"""

AUDIT = '''\
"""Where the book explains what a check looks at: the notebooks' names, by the stems of the chapters.

Written by tools/order.py: the library is installed without the notebooks.
"""

CHAPTERS = {{
{entries}
}}
'''


@dataclass(frozen=True)
class Listed:
    """A chapter as readers see it listed; `file` is its notebook's name without the suffix."""

    file: str
    stem: str
    number: str
    name: str
    question: str

    @property
    def label(self) -> str:
        """Number and name: ``"2.4 Logits"``."""
        return f"{self.number} {self.name}"


@dataclass(frozen=True)
class Part:
    """A part that has chapters; `caption` is without its number."""

    digit: str
    caption: str
    chapters: list[Listed]

    @property
    def title(self) -> str:
        """Number and caption: ``"Part 2: Building it"``."""
        return f"Part {self.digit}: {self.caption}"


def parts(root: Path = ROOT) -> list[Part]:
    """Return the parts and their chapters in the order of reading.

    Raises
    ------
    ValueError
        If a chapter or its part has no entry in `book/chapters.yml`, or an entry has no chapter.
    """
    names = yaml.safe_load((root / NAMES).read_text(encoding="utf-8"))
    found = chapters(root)
    _require_entries(f"{NAMES}: chapters", {chapter.stem for chapter in found}, set(names["chapters"]))
    listed = [Listed(each.path.stem, each.stem, each.number, **names["chapters"][each.stem]) for each in found]
    by_part = [(digit, list(group)) for digit, group in groupby(listed, key=lambda chapter: chapter.file[0])]
    unnamed = [digit for digit, _ in by_part if int(digit) not in names["parts"]]
    if unnamed:
        raise ValueError(f"{NAMES}: parts lacks an entry for {', '.join(unnamed)}")
    return [Part(digit, names["parts"][int(digit)], group) for digit, group in by_part]


def _require_entries(where: str, wanted: set[str], present: set[str]) -> None:
    if missing := sorted(wanted - present):
        raise ValueError(f"{where} lacks an entry for {', '.join(missing)}")
    if left := sorted(present - wanted):
        raise ValueError(f"{where} has an entry for {', '.join(left)}, which no notebook is called")


def quoted(text: str) -> str:
    """Return a text as YAML reads it whatever it holds: a colon, a quotation mark."""
    return json.dumps(text, ensure_ascii=False)


def table_of_contents(book: list[Part]) -> str:
    """Return the parts of `_toc.yml` that hold chapters, each by the short name that the sidebar shows."""
    lines = []
    for part in book:
        lines += [f"  - caption: {quoted(part.title)}", "    chapters:"]
        lines += [f"      - file: book/part{part.digit}", "        title: About this part"]
        for each in part.chapters:
            lines += [f"      - file: notebooks/{each.file}", f"        title: {quoted(each.label)}"]
    return "\n".join(lines)


def readme_table(book: list[Part]) -> str:
    """Return the table of chapters of the README."""
    lines = ["| chapter | the question that it answers |", "| --- | --- |"]
    for part in book:
        lines.append(f"| **{part.title}** | |")
        lines += [f"| [{each.label}](notebooks/{each.file}.ipynb) | {each.question} |" for each in part.chapters]
    return "\n".join(["", *lines, ""])


def cards(book: list[Part]) -> str:
    """Return the map on the first page: a heading for each part and a card for each chapter."""
    blocks = []
    for part in book:
        blocks.append(f"\n### [{part.caption}](#part-{part.digit})\n\n::::{{grid}} 1 1 2 2\n:gutter: 3")
        blocks += [
            f"\n:::{{grid-item-card}} {each.label}\n:link: ch-{each.stem}\n:link-type: ref\n"
            f":link-alt: {quoted(f'Chapter {each.label}')}\n{each.question}\n:::"
            for each in part.chapters
        ]
        blocks.append("::::")
    return "\n".join([*blocks, ""])


def reading_order(book: list[Part]) -> str:
    """Return the page that the folder of the notebooks shows where it is browsed."""
    sections = [READING_ORDER]
    for part in book:
        lines = [f"- {each.number} [{each.name}]({each.file}.ipynb): {each.question}\n" for each in part.chapters]
        sections.append(f"## {part.title}\n\n{''.join(lines)}")
    return "\n".join(sections)


def audit_table(book: list[Part]) -> str:
    """Return the module of the audit that names chapters."""
    entries = [f'    "{each.stem}": "{each.file}",' for part in book for each in part.chapters]
    return AUDIT.format(entries="\n".join(entries))


PIECES: dict[str, Callable[[list[Part]], str]] = {
    "_toc.yml": table_of_contents,
    "README.md": readme_table,
    "book/index.md": cards,
}
"""What stands between the two marks of a file."""

WHOLE: dict[str, Callable[[list[Part]], str]] = {
    "notebooks/README.md": reading_order,
    "bce_lib/audit/_chapters.py": audit_table,
}
"""What is a file of its own."""


def between_marks(text: str, piece: str) -> str:
    """Return a text with the piece in the place of what stands between its marks.

    Raises
    ------
    ValueError
        If the text does not have the two marks once.
    """
    changed, count = MARKED.subn(lambda found: f"{found['begin']}{piece}\n{found['end']}", text)
    if count != 1:
        raise ValueError(f"{count} pairs of lines with 'chapters: begin' and 'chapters: end' instead of one")
    return changed


def generated(root: Path = ROOT) -> dict[str, str]:
    """Return what every file that states the order should hold, by its path in the repository."""
    book = parts(root)
    texts = {file: write(book) for file, write in WHOLE.items()}
    for file, write in PIECES.items():
        try:
            texts[file] = between_marks((root / file).read_text(encoding="utf-8"), write(book))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
    return texts


def write_order(root: Path = ROOT) -> list[str]:
    """Write the files that do not hold what they should; return which."""
    changed = []
    for file, text in generated(root).items():
        path = root / file
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(file)
    return changed


def main() -> int:
    """Write what is out of step and say what that was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    try:
        changed = write_order()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"wrote {file}" for file in changed) or "Every file states the order already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
