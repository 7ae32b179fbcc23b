"""Turns notebooks that read well in plain Jupyter into the markup of the book, as Sphinx reads them.

A notebook of the book is written in Markdown that Jupyter, Colab and GitHub understand. What the book shows beyond that
is derived here, from the notebook's text and from the metadata of its cells:

================================================================= ======================================================
in the notebook                                                   in the book
================================================================= ======================================================
the file's name, ``24_logits.ipynb``                              the label ``ch-logits``
the metadata ``{"anchor": "logits-forms"}`` of a cell             a label, for links from other pages
a cell ``**Figure.** Caption.`` after a cell that draws           the caption of the figure
a cell ``### Exercise: Title``                                    an exercise with a number, ``ex-logits-title``
a cell ``#### Solution``, and nothing else in it                  the cells after it, folded, up to the next heading
a link to the address of a source in ``references.bib``           a citation
the tag ``jupyter-only``                                          nothing
================================================================= ======================================================
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

Cell = dict[str, Any]

CHAPTER = re.compile(r"notebooks/\d\d_(\w+)")
FIGURE = "**Figure.** "
EXERCISE = re.compile(r"### Exercise: (?P<title>.+)\n(?P<text>[\s\S]*)")
SOLUTION = "#### Solution"
HEADING = re.compile(r"#{1,3} ")
LINK = re.compile(r"\[([^\]]+)\]\(((?:https?://|\.\./book/references\.md#)[^)\s]+)\)")
ENTRY = re.compile(r"^@\w+\{(?P<key>\w+),\n(?P<fields>.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^\s*(doi|url)\s*=\s*\{(.*)\},?$", re.MULTILINE)


def sources(bibliography: str) -> dict[str, str]:
    """Return the key of each source by its addresses: that of its DOI, its URL, and its place among the references."""
    found = {}
    for entry in ENTRY.finditer(bibliography):
        found[f"../book/references.md#{entry['key']}"] = entry["key"]
        for kind, value in FIELD.findall(entry["fields"]):
            address = f"https://doi.org/{value}" if kind == "doi" else value
            found[address.replace("\\_", "_")] = entry["key"]
    return found


def slug(title: str) -> str:
    """Return a title as part of a label: ``"A sigmoid of your own"`` is ``"a-sigmoid-of-your-own"``."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def to_myst(cells: list[Cell], stem: str, keys: dict[str, str]) -> list[Cell]:
    """Return the cells of a notebook as the book wants them."""
    result: list[Cell] = []
    exercise, solving = "", False
    for number, cell in enumerate(cells):
        if "jupyter-only" in cell["metadata"].get("tags", []):
            continue
        text = "".join(cell["source"])
        if cell["cell_type"] != "markdown":
            result.append(cell)
            continue
        if solving and (HEADING.match(text) or EXERCISE.match(text)):
            result.append(_markdown(_fence("{solution-end}"), len(result)))
            solving = False
        if text.startswith(FIGURE) and _draws(result):
            _add_caption(result[-1], _cited(text.removeprefix(FIGURE), keys))
            continue
        if asked := EXERCISE.match(text):
            exercise = cell["metadata"].get("anchor") or f"ex-{stem}-{slug(asked['title'])}"
            text = _fence(f"{{exercise}} {asked['title']}\n:label: {exercise}", asked["text"])
        elif text == SOLUTION:
            result.append(_markdown(_fence(f"{{solution-start}} {exercise}\n:class: dropdown"), len(result)))
            text, solving = "", True
        else:
            text = _labels(cell, stem, first=number == 0) + text
        if text:
            result.append(cell | {"source": _cited(text, keys)})
    if solving:
        result.append(_markdown(_fence("{solution-end}"), len(result)))
    return result


def _markdown(text: str, number: int) -> Cell:
    """Return a new cell; its id follows from its place, because the format wants one."""
    return {"cell_type": "markdown", "id": f"derived-{number}", "metadata": {}, "source": text}


def _fence(opening: str, text: str = "") -> str:
    """Return a directive fenced with colons, so that its title may hold code."""
    body = f"\n{text.strip()}" if text else ""
    return f"::::::{opening}{body}\n::::::"


def _labels(cell: Cell, stem: str, *, first: bool) -> str:
    own = [f"ch-{stem}"] if first else []
    own += [cell["metadata"]["anchor"]] if "anchor" in cell["metadata"] else []
    return "".join(f"({label})=\n" for label in own)


def _draws(cells: list[Cell]) -> bool:
    return bool(cells) and "figure" in cells[-1]["metadata"].get("mystnb", {})


def _add_caption(cell: Cell, caption: str) -> None:
    mystnb = cell["metadata"]["mystnb"]
    cell["metadata"] = cell["metadata"] | {"mystnb": mystnb | {"figure": mystnb["figure"] | {"caption": caption}}}


def _cited(text: str, keys: dict[str, str]) -> str:
    """Turn links to sources of the bibliography into citations."""
    return LINK.sub(lambda link: f"{{cite:t}}`{keys[link[2]]}`" if link[2] in keys else link[0], text)


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Translate a notebook that Sphinx is about to read."""
    chapter = CHAPTER.fullmatch(docname)
    if not chapter:
        return
    notebook = json.loads(source[0])
    bibliography = (Path(app.srcdir) / "book" / "references.bib").read_text(encoding="utf-8")
    notebook["cells"] = to_myst(notebook["cells"], chapter[1], sources(bibliography))
    source[0] = json.dumps(notebook)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the translation."""
    app.connect("source-read", read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
