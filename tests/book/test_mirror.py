"""The mirror rule: a concept has one stem, which names its notebook, module, figures, exercises, page and tests.

What there is, is read from the folders. A private module is called without its underscore: ``_logits.py`` is logits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chapters import MODULES, Chapter, chapters
from places import FILES, ROOT

LIBRARY, BOOK = ROOT / "bce_lib", ROOT / "book" / "bce_book"
STEMS = {chapter.stem for chapter in chapters()}


def modules(folder: Path) -> set[str]:
    """Return the names of the modules and packages in a folder, without a leading underscore."""
    found = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return {name.lstrip("_") for name in found if not name.startswith("__")}


def packages(folder: Path) -> list[Path]:
    return [path.parent for path in folder.glob("*/__init__.py")]


def with_tests(folder: Path) -> set[str]:
    """Return what the tests in a folder are named after, and the folders in it that hold tests."""
    files = {path.stem.removeprefix("test_") for path in folder.glob("test_*.py")}
    return files | {path.parent.name for path in folder.glob("*/test_*.py")}


def imports(path: Path) -> Iterator[str]:
    """Give the names of the modules that a file imports, and of what it imports from them: ``bce_lib.loop.surprise``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def shared(folder: Path) -> set[str]:
    """Return the modules of a package of the book that others in it import; its own list of names does not count."""
    inside = f"bce_book.{folder.name}."
    files = set(folder.glob("*.py")) - {folder / "__init__.py"}
    names = {name.removeprefix(inside) for path in files for name in imports(path) if name.startswith(inside)}
    return {name.split(".")[0].lstrip("_") for name in names}


# The library


@pytest.mark.parametrize("module", sorted(modules(LIBRARY)))
def test_a_module_of_the_library_has_tests_of_its_name(module: str) -> None:
    assert module in with_tests(ROOT / "tests" / "lib")


@pytest.mark.parametrize("package", packages(LIBRARY), ids=lambda package: package.name)
def test_a_module_in_a_package_has_tests_of_its_name_or_those_of_the_package(package: Path) -> None:
    tests = with_tests(ROOT / "tests" / "lib" / package.name)
    assert package.name in tests or modules(package) <= tests


def test_a_test_of_the_library_is_named_after_what_it_tests_or_tests_it_from_outside() -> None:
    folder = ROOT / "tests" / "lib"
    for path in folder.rglob("test_*.py"):
        name, inside = path.stem.removeprefix("test_"), path.parent.relative_to(folder)
        named = modules(LIBRARY / inside) | {inside.name} | set(MODULES)
        private = [module for module in imports(path) if re.match(r"bce_lib\b.*\._", module)]
        assert name in named or not private, path


def test_every_other_name_in_the_table_is_needed_and_leads_to_a_module() -> None:
    for stem, module in MODULES.items():
        assert stem in STEMS
        assert stem not in modules(LIBRARY)
        assert (LIBRARY / f"{module}.py").is_file()


def test_a_benchmark_measures_a_module() -> None:
    known = modules(LIBRARY)
    for path in (ROOT / "benchmarks").glob("*.py"):
        assert any(path.stem == name or path.stem.startswith(f"{name}_") for name in known), path.name


# The chapters


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.stem)
def test_a_chapter_has_figures_of_its_name(chapter: Chapter) -> None:
    assert chapter.stem in modules(BOOK / "figures")


@pytest.mark.parametrize("package", ["figures", "exercises"])
def test_a_module_belongs_to_a_chapter_or_others_share_it(package: str) -> None:
    assert modules(BOOK / package) <= STEMS | shared(BOOK / package)


def test_figures_and_graders_have_tests_of_their_name() -> None:
    assert modules(BOOK / "figures") <= with_tests(ROOT / "tests" / "book" / "figures")
    assert modules(BOOK / "exercises") & STEMS <= with_tests(ROOT / "tests" / "book" / "exercises")


@pytest.mark.parametrize("package", ["figures", "exercises"])
def test_a_test_of_figures_or_graders_is_named_after_a_module(package: str) -> None:
    assert with_tests(ROOT / "tests" / "book" / package) <= modules(BOOK / package)


@pytest.mark.parametrize("module", sorted(modules(BOOK)))
def test_a_module_of_the_book_has_tests_of_its_name(module: str) -> None:
    assert module in with_tests(ROOT / "tests" / "book")


def test_a_program_belongs_to_a_chapter() -> None:
    for path in (ROOT / "book" / "scripts").glob("*.py"):
        assert any(path.stem.startswith(f"{stem}_") for stem in STEMS), path.name


def test_a_figure_that_responds_has_tests_of_its_name() -> None:
    described = {path.stem for path in (ROOT / "book" / "explorables").glob("*.py")}
    controlled = {path.stem for path in (ROOT / "book" / "explorables").glob("*.js")}
    assert described & controlled
    assert described & controlled <= with_tests(ROOT / "tests" / "pages" / "explorables")


# The pages


def pages() -> set[str]:
    """Return the pages of prose without their suffix; what another page includes is none."""
    found = list((ROOT / "book").rglob("*.md"))
    included = {
        (path.parent / name).resolve()
        for path in found
        for name in re.findall(r"^`{3,}\{include\} (\S+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    return {str(path.relative_to(ROOT).with_suffix("")) for path in found if path.resolve() not in included}


def test_what_users_import_has_a_page_of_its_name_in_the_reference() -> None:
    public = {name.lstrip("_") for name in modules_at_the_top()}
    documented = {Path(page).name for page in pages() if page.startswith("book/api/")}
    assert public <= documented
    assert documented <= modules(LIBRARY) | {"index", BOOK.name}


def modules_at_the_top() -> set[str]:
    """Return the modules of the library that are public, or whose names can be imported from its top."""
    public = {path.stem for path in LIBRARY.glob("[!_]*.py")} | {package.name for package in packages(LIBRARY)}
    named = {name.split(".")[1] for name in imports(LIBRARY / "__init__.py") if name.startswith("bce_lib.")}
    return public | named


def test_the_table_of_contents_lists_every_page_once_and_only_what_exists() -> None:
    notebooks = [f"notebooks/{chapter.path.stem}" for chapter in chapters()]
    assert sorted(FILES) == sorted([*pages(), *notebooks])
