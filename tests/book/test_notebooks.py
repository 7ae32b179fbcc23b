"""Hold what nbval cannot see: that there is something to compare, in every cell, and that comparing it can fail."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from places import ROOT
from plain_notebooks import to_myst
from run_notebooks import canonical_text

FOLDER = Path(os.environ.get("BOOK_NOTEBOOKS", ROOT / "notebooks"))
PATHS = sorted(FOLDER.glob("*.ipynb"))
EXEMPT = {"nbval-ignore-output", "nbval-skip"}

pytestmark = pytest.mark.parametrize("notebook", PATHS, ids=lambda path: path.stem, indirect=True)


@pytest.fixture
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: Any) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def as_the_book_reads(notebook: Any) -> Any:
    """Return a notebook in the markup of the book."""
    return nbformat.from_dict({**notebook, "cells": to_myst(copy.deepcopy(notebook.cells), "stem", {})})


def shows_text(cell: Any) -> bool:
    """Tell whether a cell's output has text that says something: not just the name of a picture."""
    for output in cell.outputs:
        data = output.get("data", {})
        picture = any(kind.startswith("image/") for kind in data)
        if output.output_type == "stream" or ("text/plain" in data and not picture):
            return True
    return False


def compared_share(notebook: Any) -> float:
    cells = [cell for cell in code_cells(notebook) if shows_text(cell)]
    return sum(not EXEMPT & set(cell.metadata.get("tags", [])) for cell in cells) / len(cells)


def test_every_cell_was_executed_in_order_in_a_fresh_kernel(notebook: Any) -> None:
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_something_is_stored_to_compare(notebook: Any) -> None:
    assert sum(shows_text(cell) for cell in code_cells(notebook)) >= 10


def test_outputs_hold_no_error_no_warning_and_no_picture_that_nbval_skips(notebook: Any) -> None:
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text
            pictures = {kind for kind in output.get("data", {}) if kind.startswith("image/")}
            # A PNG is beside its SVG for Jupyter, which hides that in a notebook that it does not trust.
            assert pictures in (set(), {"image/svg+xml"}, {"image/svg+xml", "image/png"}), cell.source


def test_at_least_nine_in_ten_cells_with_text_are_compared(notebook: Any) -> None:
    assert compared_share(notebook) >= 0.9


def test_stored_form_is_canonical(notebook: Any, request: pytest.FixtureRequest) -> None:
    path = next(path for path in PATHS if path.stem in request.node.name)
    assert path.read_text(encoding="utf-8") == canonical_text(copy.deepcopy(notebook))


def test_a_chapter_has_one_first_level_heading_and_short_cells(notebook: Any) -> None:
    outside_of_code = re.sub(r"^```.*?^```", "", prose(notebook), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# \S", outside_of_code, flags=re.MULTILINE)) == 1
    unfolded = [cell for cell in code_cells(notebook) if "hide-input" not in cell.metadata.get("tags", [])]
    assert max(len(cell.source.splitlines()) for cell in unfolded) <= 15


def test_a_chapter_has_every_part_that_a_reader_looks_for(notebook: Any) -> None:
    parts = ("In one minute", "What to do", "Exercises", "Check yourself", "Further reading")
    headings = re.findall(r"^## (.+)$", prose(notebook), flags=re.MULTILINE)
    assert [heading for heading in headings if heading in parts] == list(parts)
    assert headings[0] == "In one minute"


def test_every_figure_has_a_caption_a_name_and_alternative_text(notebook: Any) -> None:
    notebook = as_the_book_reads(notebook)
    drawn = [
        cell
        for cell in code_cells(notebook)
        if any("image/svg+xml" in output.get("data", {}) for output in cell.outputs)
    ]
    assert drawn
    for cell in drawn:
        options = cell.metadata.get("mystnb", {})
        assert len(options.get("image", {}).get("alt", "")) >= 60, cell.source
        assert len(options.get("figure", {}).get("caption", "")) >= 20, cell.source
        assert options["figure"]["name"].startswith("fig-"), cell.source


def test_every_exercise_has_a_folded_solution(notebook: Any) -> None:
    text = prose(as_the_book_reads(notebook))
    exercises = re.findall(r"^:{6}\{exercise\}.*\n:label: (\S+)", text, flags=re.MULTILINE)
    solved = re.findall(r"^:{6}\{solution-start\} (\S+)\n:class: dropdown", text, flags=re.MULTILINE)
    assert len(exercises) >= 3
    assert sorted(exercises) == sorted(solved)


def test_code_lines_fit_the_page(notebook: Any) -> None:
    for cell in code_cells(notebook):
        assert max(map(len, cell.source.splitlines()), default=0) <= 88, cell.source


def test_one_exercise_is_graded_and_every_other_has_a_cell_ready(notebook: Any) -> None:
    ready, own = [], []
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        if "exercise" in cell.metadata.get("tags", []):
            assert before.source.startswith("### Exercise: "), before.source
            (ready if cell.source == "# Your answer:" else own).append(cell)
    exercises = re.findall(r"^### Exercise: ", prose(notebook), flags=re.MULTILINE)
    assert len(ready) + len(own) == len(exercises)
    assert len(own) == 1
    grader = re.search(r"exercises\.(\w+)\(", own[0].source)
    assert grader is not None
    assert "nothing here yet" in str(own[0].outputs)
    assert f"✓ {grader[1]}: all" in str([cell.outputs for cell in code_cells(notebook)])
