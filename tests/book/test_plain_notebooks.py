"""Notebooks read well where there is no MyST, and the book makes of them what it shows beyond that."""

from __future__ import annotations

import copy
import re
from typing import Any

import nbformat
import pytest

from chapters import Chapter, chapters
from places import ROOT
from plain_notebooks import LINK, sources, to_myst

BIBLIOGRAPHY = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
KEYS = sources(BIBLIOGRAPHY)

every_chapter = pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.stem)

RAW = {
    "a fence of MyST": r"^\s*(?:`{3,}|:{3,})\{",
    "a role": r"\{[a-z:]+\}`",
    "a label": r"^\([\w-]+\)=$",
    "a link without words": r"\[\]\(",
    "a link within the page, which Jupyter and GitHub spell differently": r"\]\(#",
    "an equation in brackets that only some renderers know": r"^\\\[|\\\($",
}


def texts(chapter: Chapter) -> list[str]:
    """Return the text cells without their code."""
    cells = nbformat.read(chapter.path, as_version=4).cells
    blocks = [re.sub(r"```python\n.*?```", "", cell.source, flags=re.DOTALL)
              for cell in cells if cell.cell_type == "markdown"]  # fmt: skip
    return [re.sub(r"`[^`\n]+`", "code", text) for text in blocks]


@every_chapter
@pytest.mark.parametrize("kind", RAW)
def test_nothing_raw_is_left_in_the_text(chapter: Chapter, kind: str) -> None:
    blocks = [cell.source for cell in nbformat.read(chapter.path, as_version=4).cells if cell.cell_type == "markdown"]
    assert [found for text in blocks for found in re.findall(RAW[kind], text, flags=re.MULTILINE)] == []


@every_chapter
def test_every_link_leads_to_a_file_or_a_source(chapter: Chapter) -> None:
    for text in texts(chapter):
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not target.startswith("http"):
                assert (chapter.path.parent / target.partition("#")[0]).is_file(), target


@every_chapter
def test_a_source_is_called_by_its_author_and_year(chapter: Chapter) -> None:
    for text in texts(chapter):
        for words, address in LINK.findall(text):
            assert address in KEYS or not address.startswith("../book/references.md"), address
            if address in KEYS:
                surname, year = re.fullmatch(r"([a-z]+)(\d{4})", KEYS[address]).groups()  # type: ignore[union-attr]
                plain = words.lower().replace("ü", "u").replace("ö", "o").replace("é", "e").replace("–", "")
                assert surname in plain.replace(" ", "").replace("'", "").replace("-", ""), words
                assert words.endswith(f"({year})"), words


@every_chapter
def test_every_solution_is_folded_and_every_figure_has_its_caption_below(chapter: Chapter) -> None:
    cells = nbformat.read(chapter.path, as_version=4).cells
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        if cell.source.startswith("#### Solution"):
            assert cell.source == "#### Solution"  # Jupyter shows what stands in the cell of a folded heading
            assert cell.metadata.get("jp-MarkdownHeadingCollapsed") is True
        if cell.cell_type == "code" and any("image/svg+xml" in out.get("data", {}) for out in cell.outputs):
            assert after.source.startswith("**Figure.** "), cell.source


@every_chapter
def test_a_picture_is_seen_untrusted_and_described(chapter: Chapter) -> None:
    for cell in nbformat.read(chapter.path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):
                assert "image/png" in output.data
                assert output.metadata["image/png"]["alt"] == cell.metadata["mystnb"]["image"]["alt"]


@every_chapter
def test_a_first_note_says_how_to_get_the_packages(chapter: Chapter) -> None:
    first_code = next(
        i for i, cell in enumerate(nbformat.read(chapter.path, as_version=4).cells) if cell.cell_type == "code"
    )
    note = nbformat.read(chapter.path, as_version=4).cells[first_code - 1]
    assert "jupyter-only" in note.metadata.tags
    assert "pip install . ./book" in note.source


def markdown(text: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def code(text: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": metadata, "source": text, "outputs": []}


def shown(*cells: dict[str, Any]) -> list[str]:
    return [
        cell["source"] for cell in to_myst(copy.deepcopy(list(cells)), "logits", {"https://doi.org/1": "bishop2006"})
    ]


def test_the_chapter_and_its_sections_have_labels() -> None:
    assert shown(markdown("# Logits"), markdown("## Forms", anchor="logits-forms"), markdown("## Else")) == [
        "(ch-logits)=\n# Logits", "(logits-forms)=\n## Forms", "## Else",
    ]  # fmt: skip


def test_a_caption_goes_to_its_figure() -> None:
    drawing = code("axes = draw()", mystnb={"figure": {"name": "fig-a"}, "image": {"alt": "A line."}})
    cells = to_myst([markdown("# L"), drawing, markdown("**Figure.** A caption.")], "logits", {})
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code"]
    assert cells[1]["metadata"]["mystnb"]["figure"] == {"name": "fig-a", "caption": "A caption."}
    assert shown(markdown("# L"), markdown("**Figure.** Of nothing."))[1] == "**Figure.** Of nothing."


def test_an_exercise_and_its_solution_are_folded_up_to_the_next_heading() -> None:
    cells = [
        markdown("# L"),
        markdown("### Exercise: Why `x`?\n\nSay why."),
        code("# Your answer:", tags=["exercise"]),
        markdown("#### Solution"),
        markdown("Because."),
        code("print(1)"),
        markdown("### Exercise: Then\n\nGo on.", anchor="ex-mine"),
        markdown("#### Solution"),
        code("print(2)"),
        markdown("## Check yourself"),
    ]
    assert shown(*cells)[1:] == [
        "::::::{exercise} Why `x`?\n:label: ex-logits-why-x\nSay why.\n::::::",
        "# Your answer:",
        "::::::{solution-start} ex-logits-why-x\n:class: dropdown\n::::::",
        "Because.",
        "print(1)",
        "::::::{solution-end}\n::::::",
        "::::::{exercise} Then\n:label: ex-mine\nGo on.\n::::::",
        "::::::{solution-start} ex-mine\n:class: dropdown\n::::::",
        "print(2)",
        "::::::{solution-end}\n::::::",
        "## Check yourself",
    ]
    assert shown(*cells[:6])[-1] == "::::::{solution-end}\n::::::"


def test_links_to_sources_become_citations_and_other_links_stay() -> None:
    text = "[Bishop (2006)](https://doi.org/1) and [a page](https://example.org) and [logits](24_logits.ipynb)"
    expected = "{cite:t}`bishop2006` and [a page](https://example.org) and [logits](24_logits.ipynb)"
    assert shown(markdown("# L"), markdown(text))[1] == expected


def test_what_is_for_jupyter_alone_is_not_in_the_book() -> None:
    assert shown(markdown("# L"), markdown("*Install it.*", tags=["jupyter-only"])) == ["(ch-logits)=\n# L"]


def test_a_source_is_found_by_its_doi_its_url_and_its_key() -> None:
    bibliography = "@book{a1999,\n  title = {A},\n}\n@book{b2000,\n  doi = {10.1/b_c},\n  url = {https://b.org}\n}\n"
    assert sources(bibliography) == {
        "../book/references.md#a1999": "a1999",
        "../book/references.md#b2000": "b2000",
        "https://doi.org/10.1/b_c": "b2000",
        "https://b.org": "b2000",
    }
    keys = set(re.findall(r"^@\w+\{(\w+),", BIBLIOGRAPHY, flags=re.MULTILINE))
    assert set(KEYS.values()) == keys
