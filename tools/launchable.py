"""Make notebooks run where the repository is not: their first code cell fetches it, if the library is not installed.

Colab opens a notebook by itself, without the library, without the book's own package and without the programs that some
chapters start. Run ``make launchable REPOSITORY=https://github.com/owner/name`` once the address is known, and commit
the notebooks. Their outputs stay; where ``bce_book`` can be imported the cell does nothing, and no page of the book
shows it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat

from bce_book.address import stated
from run_notebooks import canonical_text

ROOT = Path(__file__).parent.parent

TAGS = ["launch", "remove-cell"]
CELL = """\
from importlib.util import find_spec

if find_spec("bce_book") is None:  # in Colab, say: fetch the book
    !git clone --quiet --depth 1 {address} repository
    %pip install --quiet ./repository ./repository/book
    %cd -q repository/notebooks"""


def set_up(address: str) -> Any:
    """Return the cell that fetches the repository, and installs the library and the book's package from it."""
    return nbformat.v4.new_code_cell(CELL.format(address=address), metadata={"tags": TAGS})


def launchable(notebook: Any, address: str) -> Any:
    """Return the notebook with the cell before its first code, in place of the one that it may have already."""
    cells = [cell for cell in notebook.cells if TAGS[0] not in cell.metadata.get("tags", [])]
    first = next((index for index, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    notebook.cells = [*cells[:first], set_up(address), *cells[first:]]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):  # as if it had been executed with the others: it prints nothing
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def main() -> int:
    """Write the cell into every notebook of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("address", help="the repository: https://github.com/owner/name")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "notebooks")
    arguments = parser.parse_args()
    try:
        address = stated(arguments.address)
    except ValueError as error:
        parser.error(str(error))
    for path in sorted(arguments.folder.glob("*.ipynb")):
        notebook = launchable(nbformat.read(path, as_version=4), address)
        path.write_text(canonical_text(notebook), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
