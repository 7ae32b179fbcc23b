"""Print how long each chapter is, beside the measure that it should keep.

Words are those of Markdown before the exercises, captions and folded text included; cells and lines are code before the
exercises, cells without those that the page folds or leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from chapters import chapters

HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell", "launch"}
EXERCISE = re.compile(r"^### Exercise: ", re.MULTILINE)


@dataclass(frozen=True)
class Measure:
    """The length of a chapter; as a limit, the largest that it may have."""

    words: int
    cells: int
    lines: int
    exercises: int


MAIN, IN_DEPTH = Measure(1800, 25, 250, 5), Measure(2500, 35, 350, 5)
FEWEST_EXERCISES = 3


def limit(digits: str) -> Measure:
    """Return the measure that a chapter should keep: part 8 is in depth."""
    return IN_DEPTH if digits[0] == "8" else MAIN


def measure(path: Path) -> Measure:
    """Return the length of a chapter."""
    cells = nbformat.read(path, as_version=4).cells
    before = _before_exercises(cells)
    code = [cell for cell in before if cell.cell_type == "code"]
    return Measure(
        words=sum(len(cell.source.split()) for cell in before if cell.cell_type == "markdown"),
        cells=sum(not HIDDEN & set(cell.metadata.get("tags", [])) for cell in code),
        lines=sum(len(cell.source.splitlines()) for cell in code),
        exercises=sum(len(EXERCISE.findall(cell.source)) for cell in cells if cell.cell_type == "markdown"),
    )


def _before_exercises(cells: list[Any]) -> list[Any]:
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown" and re.search(r"^## Exercises", cell.source, re.MULTILINE):
            head = cell.source.partition("## Exercises")[0]
            return [*cells[:number], nbformat.v4.new_markdown_cell(head)]
    return cells


def main() -> None:
    """Print the table, in Markdown."""
    print("| chapter | words | shown cells | lines of code | exercises |\n| :-- | --: | --: | --: | --: |")
    total = 0
    for chapter in chapters():
        found, most = measure(chapter.path), limit(chapter.digits)
        total += found.words
        shown = [f"{found.words:,} / {most.words:,}", f"{found.cells} / {most.cells}", f"{found.lines} / {most.lines}"]
        print(f"| {chapter.number} {chapter.stem} | {' | '.join(shown)} | {found.exercises} |")
    print(f"\n{total:,} words before the exercises in all.")


if __name__ == "__main__":
    main()
