"""The mirror rule: a concept has one stem, which names its notebook, module, figures, API page and tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from places import ROOT

INTERNAL = {"validation", "elementwise", "samples", "command"}
"""Modules that no reader calls: they have tests but no page."""

NOT_CHAPTERS = {"style", "overview", "identity"}
"""Modules of figures that belong to the whole book."""

SCRIPTS = {"distributed"}
"""Chapters whose programs, in book/scripts, have tests of their own."""

GUARDS = {
    "laws",
    "imports",
    "mirror",
    "notebooks",
    "guard",
    "book",
    "browser",
    "readme",
    "quiz",
    "glossary",
    "cheatsheet",
    "repository",
    "cite",
    "print",
}
"""Tests of the whole rather than of a concept."""


def stems(folder: str, pattern: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern) if not path.stem.startswith("__")}


PACKAGES = {path.parent.name for path in (ROOT / "bce_lib").glob("*/__init__.py")} - {"figures"}
MODULES = stems("bce_lib", "*.py") | PACKAGES
FIGURES = stems("bce_lib/figures", "*.py")
NOTEBOOKS = sorted(stems("notebooks", "*.ipynb"))
CHAPTERS = [name.partition("_")[2] for name in NOTEBOOKS]


def toc_files(entry: Any) -> list[str]:
    if isinstance(entry, list):
        return [file for item in entry for file in toc_files(item)]
    own = [entry["file"]] if "file" in entry else []
    return own + [file for key in ("parts", "chapters", "sections") for file in toc_files(entry.get(key, []))]


TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = [TOC["root"], *toc_files(TOC)]


def test_no_stem_names_two_chapters() -> None:
    assert len(set(CHAPTERS)) == len(CHAPTERS)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_has_tests_of_its_name(module: str) -> None:
    tests = ROOT / "tests"
    assert any((tests / module).glob("test_*.py")) if module in PACKAGES else (tests / f"test_{module}.py").is_file()


@pytest.mark.parametrize("module", sorted(MODULES - INTERNAL))
def test_a_public_module_has_an_api_page_of_its_name(module: str) -> None:
    assert (ROOT / "book" / "api" / f"{module}.md").is_file()
    assert f"book/api/{module}" in FILES


@pytest.mark.parametrize("figures", sorted(FIGURES))
def test_figures_belong_to_a_chapter_and_have_tests(figures: str) -> None:
    assert figures in NOT_CHAPTERS or figures in CHAPTERS
    assert (ROOT / "tests" / "figures" / f"test_{figures}.py").is_file()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_figures_of_its_name_and_an_anchor(chapter: str) -> None:
    assert chapter in FIGURES
    notebook = next((ROOT / "notebooks").glob(f"*_{chapter}.ipynb")).read_text(encoding="utf-8")
    assert f'"(ch-{chapter})=\\n"' in notebook


def test_an_api_page_describes_something() -> None:
    pages = stems("book/api", "*.md") - {"index", "figures", "accuracy_table"}
    assert pages <= MODULES


def test_a_test_tests_something() -> None:
    assert {stem.removeprefix("test_") for stem in stems("tests", "test_*.py")} <= MODULES | GUARDS | SCRIPTS
    assert {stem.removeprefix("test_") for stem in stems("tests/figures", "test_*.py")} <= FIGURES


def test_a_benchmark_measures_a_module() -> None:
    assert all(
        any(stem == name or stem.startswith(f"{name}_") for name in MODULES) for stem in stems("benchmarks", "*.py")
    )


def test_the_table_of_contents_lists_every_page_once_and_only_what_exists() -> None:
    pages = [path.relative_to(ROOT) for path in (ROOT / "book").rglob("*.md") if path.stem != "accuracy_table"]
    notebooks = [path.relative_to(ROOT) for path in (ROOT / "notebooks").glob("*.ipynb")]
    assert sorted(FILES) == sorted(str(path.with_suffix("")) for path in [*pages, *notebooks])


def test_prefixes_follow_the_table_of_contents() -> None:
    listed = [Path(file).name for file in FILES if file.startswith("notebooks/")]
    assert listed == NOTEBOOKS
    assert all(name[:2].isdigit() and name[2] == "_" for name in listed)


def test_the_first_digit_of_a_chapter_is_its_part() -> None:
    for part in TOC["parts"]:
        for chapter in part["chapters"]:
            for section in chapter.get("sections", []):
                if section["file"].startswith("notebooks/"):
                    opener, name = chapter["file"], Path(section["file"]).name
                    assert opener == f"book/part{name[0]}"
