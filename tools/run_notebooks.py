"""Execute notebooks, each in a fresh kernel, and store their outputs in the canonical form.

The same notebook gives the same bytes: no time stamps, no versions of the kernel, cell ids from the cells' text. What
cannot repeat (a cell tagged ``nbval-ignore-output``: a timing, a picture of last bits) keeps its output while the
code stays as it is; ``--fresh`` measures it anew. A notebook that raises or writes to standard error is not stored: a
reader would see a warning there.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VOLATILE_CELL_METADATA = ("execution", "collapsed", "jupyter", "jp-MarkdownHeadingCollapsed", "scrolled")
FOLDED = {"hide-input", "remove-input", "remove-cell"}
"""Tags of cells whose code the page folds or leaves out; cells for answers are for Jupyter, so they stay open there."""


UNREPEATABLE = "nbval-ignore-output"


def run(path: Path, fresh: bool = False) -> str | None:
    """Execute the notebook and write it back; return what went wrong, or None."""
    notebook = nbformat.read(path, as_version=4)
    kept = {} if fresh else {cell.source: cell.outputs for cell in notebook.cells if keeps_output(cell)}
    folder = {"metadata": {"path": path.parent}}
    quiet = ["--log-level=ERROR"]  # or every kernel warns that it talks to this machine without encryption
    client = NotebookClient(notebook, kernel_name="python3", timeout=600, resources=folder, extra_arguments=quiet)
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{path}: {error}"
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                return f"{path}: a cell writes to standard error:\n{cell.source}\n{output.text}"
        if cell.source in kept:
            cell.outputs = kept[cell.source]
    path.write_text(canonical_text(notebook), encoding="utf-8")
    return None


def keeps_output(cell: Any) -> bool:
    """Tell whether a cell has an output that another execution could not repeat."""
    stored_by_this_code = cell.get("id", "").startswith(digest_of(cell))
    return UNREPEATABLE in cell.metadata.get("tags", []) and bool(cell.get("outputs")) and stored_by_this_code


def digest_of(cell: Any) -> str:
    """Return what a cell's id begins with once it was executed and stored: a digest of its text."""
    return hashlib.sha256(cell.source.encode()).hexdigest()[:12]


def canonical_text(notebook: Any) -> str:
    """Return the text of a notebook without anything that a second execution would change."""
    notebook.metadata = nbformat.from_dict(KERNEL)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = digest_of(cell)
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        for key in VOLATILE_CELL_METADATA:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = _merged_streams(cell.outputs)
            _describe_pictures(cell)
        _fold(cell)
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def _fold(cell: Any) -> None:
    """Fold in Jupyter what the page folds: code by its tags, and the solutions of exercises under their headings."""
    tags = set(cell.metadata.get("tags", []))
    if cell.cell_type == "code" and tags & FOLDED and not tags & {"exercise", "launch"}:
        cell.metadata["jupyter"] = {"source_hidden": True}
    if cell.cell_type == "markdown" and cell.source == "#### Solution":
        cell.metadata["jp-MarkdownHeadingCollapsed"] = True


def _describe_pictures(cell: Any) -> None:
    """Give every picture the alternative text of its cell, as IPython's own ``Image`` does."""
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    for output in cell.outputs:
        pictures = [kind for kind in output.get("data", {}) if kind.startswith("image/")]
        if alt and pictures:
            output.metadata = {kind: {"alt": alt} for kind in pictures}


def _merged_streams(outputs: list[Any]) -> list[Any]:
    """Join neighbouring pieces of one stream: where the kernel cut it is a matter of timing."""
    merged: list[Any] = []
    for output in outputs:
        if merged and output.output_type == "stream" == merged[-1].output_type and output.name == merged[-1].name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def main() -> int:
    """Execute the notebooks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=2, help="kernels at a time")
    parser.add_argument("--fresh", action="store_true", help="measure anew what cannot repeat")
    options = parser.parse_args()
    failures = []
    with ProcessPoolExecutor(options.jobs) as pool:
        running = [pool.submit(run, path, options.fresh) for path in options.notebooks]
        for done in tqdm(as_completed(running), total=len(running), desc="notebooks", unit="notebook"):
            if problem := done.result():
                failures.append(problem)
    print(*failures, sep="\n\n", file=sys.stderr, end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
