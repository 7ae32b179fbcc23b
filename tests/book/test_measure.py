"""A chapter keeps its measure, so that it is read to its end (`python tools/measure_chapters.py` prints the table)."""

from __future__ import annotations

import nbformat
import pytest

from chapters import Chapter, chapters
from measure_chapters import FEWEST_EXERCISES, limit, measure


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.stem)
def test_a_chapter_keeps_its_measure(chapter: Chapter) -> None:
    found, most = measure(chapter.path), limit(chapter.digits)
    assert found.words <= most.words
    assert found.cells <= most.cells
    assert found.lines <= most.lines
    assert FEWEST_EXERCISES <= found.exercises <= most.exercises


def test_what_is_counted(tmp_path) -> None:
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [
        text("# Three words here"),
        code("import numpy", metadata={"tags": ["hide-input"]}),
        code("one\ntwo"),
        text("two words\n\n## Exercises\n\nnot counted"),
        text("### Exercise: One\n\nnot counted"),
        code("not = counted"),
        text("### Exercise: Two"),
    ]
    path = tmp_path / "11_one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    found = measure(path)
    assert (found.words, found.cells, found.lines, found.exercises) == (6, 1, 3, 2)


def test_a_chapter_in_depth_may_be_longer() -> None:
    assert limit("24").words < limit("82").words
