"""Guard the guard: a notebook whose outputs are wrong, or gone, must make the suite fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from places import ROOT, notebook_of

SOURCE = notebook_of("loop")


def pytest_in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "default", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def changed_digit(notebook: Any) -> Any:
    """Change the last digit of the last stored text output."""
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and re.search(r"\d", output.text):
                output.text = re.sub(r"(\d)(\D*)$", lambda m: str((int(m[1]) + 1) % 10) + m[2], output.text)
                return notebook
    raise AssertionError("the notebook stores no digit")


def without_outputs(notebook: Any) -> Any:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def stored(notebook: Any, folder: Path) -> str:
    path = folder / SOURCE.name
    nbformat.write(notebook, path)
    return str(path)


@pytest.fixture
def notebook() -> Any:
    return nbformat.read(SOURCE, as_version=4)


def test_nbval_passes_an_untouched_copy_and_fails_on_one_changed_digit(notebook: Any, tmp_path: Path) -> None:
    assert pytest_in_a_process("--nbval", stored(notebook, tmp_path)).returncode == 0
    changed = pytest_in_a_process("--nbval", stored(changed_digit(notebook), tmp_path))
    assert changed.returncode == 1
    assert "1 failed" in changed.stdout


def test_the_suite_passes_an_untouched_copy_and_fails_on_stripped_outputs(notebook: Any, tmp_path: Path) -> None:
    guard = "tests/book/test_notebooks.py"
    stored(notebook, tmp_path)
    assert pytest_in_a_process(guard, BOOK_NOTEBOOKS=str(tmp_path)).returncode == 0
    path = stored(without_outputs(notebook), tmp_path)
    assert pytest_in_a_process(guard, BOOK_NOTEBOOKS=str(tmp_path)).returncode == 1
    # nbval alone lets it pass, which is why the guard is needed.
    assert pytest_in_a_process("--nbval", path).returncode == 0


def executed(path: Path) -> bytes:
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "run_notebooks.py"), str(path)], check=True, capture_output=True
    )
    return path.read_bytes()


def test_what_cannot_repeat_stays_as_it_is_until_its_code_changes(tmp_path: Path) -> None:
    clock = nbformat.v4.new_code_cell("from time import time_ns\n\nprint(time_ns())")
    clock.metadata["tags"] = ["nbval-ignore-output"]
    path = tmp_path / "clock.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[clock]), path)
    first = executed(path)
    assert executed(path) == first
    notebook = nbformat.reads(first.decode(), as_version=4)
    notebook.cells[0].source += "  # another comment"
    nbformat.write(notebook, path)
    second = nbformat.reads(executed(path).decode(), as_version=4)
    assert second.cells[0].outputs[0].text != notebook.cells[0].outputs[0].text
