"""The buttons that lead to the repository and launch a notebook: right where its address is known, absent where not."""

from __future__ import annotations

import ast
import copy
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import launchable
import repository
from places import ROOT

ADDRESS = "https://github.com/an-owner/a.book"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_colab_is_offered_for_the_one_forge_that_it_opens() -> None:
    assert "colab_url" in repository.options(ADDRESS)["launch_buttons"]
    assert "colab_url" not in repository.options("https://gitlab.com/owner/name")["launch_buttons"]


def test_the_configuration_says_nothing_that_the_extension_would_overwrite() -> None:
    configuration = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    options = repository.options(ADDRESS)
    assert not {"repository", "launch_buttons"} & set(configuration)
    assert not set(options) & set(configuration["html"])
    assert not set(options) & set(configuration["sphinx"]["config"]["html_theme_options"])


# The buttons


def little_book(folder: Path) -> None:
    """Write a book of three pages, in the folders of the real one and with its configuration of buttons."""
    configuration = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    options = configuration["sphinx"]["config"]["html_theme_options"]
    little = {
        "title": "A book",
        "html": configuration["html"],
        "execute": configuration["execute"],
        "sphinx": {
            "local_extensions": {"remove_thebe": "book/_ext", "repository": "book/_ext"},
            "config": {"html_theme_options": options},
        },
    }
    for part in ("_ext", "_static"):
        shutil.copytree(ROOT / "book" / part, folder / "book" / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "_config.yml").write_text(yaml.safe_dump(little), encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/page\n  - file: notebooks/11_one\n",
        encoding="utf-8",
    )
    (folder / "book" / "index.md").write_text("# A book\n", encoding="utf-8")
    (folder / "book" / "page.md").write_text("# A page\n", encoding="utf-8")
    cells = [nbformat.v4.new_markdown_cell("# A notebook"), nbformat.v4.new_code_cell("1 + 1")]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    (folder / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "notebooks" / "11_one.ipynb")


def rendered(folder: Path, address: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("jupyter-book"))
    command = [program, "build", ".", "--path-output", ".", "--warningiserror", "--quiet"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    return subprocess.run(
        command, cwd=folder, env=clean | {"BOOK_REPOSITORY": address}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that renders the little book for an address, once each, and returns its folder."""
    folders: dict[str, Path] = {}

    def of(address: str) -> Path:
        if address not in folders:
            folders[address] = tmp_path_factory.mktemp("book")
            little_book(folders[address])
            run = rendered(folders[address], address)
            assert run.returncode == 0, run.stderr
        return folders[address]

    return of


def buttons(folder: Path, page: str) -> dict[str, str]:
    """Return the links of a page's header, by what they are called."""
    soup = BeautifulSoup((folder / "_build" / "html" / page).read_text(encoding="utf-8"), "lxml")
    links = soup.select(".article-header-buttons a[href]")
    return {link.get_text(strip=True) or str(link["title"]): str(link["href"]) for link in links}


def test_a_notebook_has_every_button_and_each_names_owner_branch_and_a_file_that_exists(
    book: Callable[[str], Path],
) -> None:
    folder, found = book(ADDRESS), buttons(book(ADDRESS), "notebooks/11_one.html")
    file = "notebooks/11_one.ipynb"
    assert (folder / file).is_file()
    assert found["Binder"] == f"https://mybinder.org/v2/gh/an-owner/a.book/main?urlpath=lab/tree/{file}"
    assert found["Colab"] == f"https://colab.research.google.com/github/an-owner/a.book/blob/main/{file}"
    assert found["Suggest edit"] == f"{ADDRESS}/edit/main/{file}"
    assert found["Repository"] == ADDRESS
    assert found["Open issue"].startswith(f"{ADDRESS}/issues/new?title=")
    assert "11_one.html" in found["Open issue"]


def test_a_page_of_prose_is_edited_and_not_launched(book: Callable[[str], Path]) -> None:
    found = buttons(book(ADDRESS), "book/page.html")
    assert found["Suggest edit"] == f"{ADDRESS}/edit/main/book/page.md"
    assert {"Repository", "Open issue"} <= set(found)
    assert not {"Binder", "Colab"} & set(found)


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_the_notebook_is_downloaded_as_it_is_with_and_without_an_address(
    book: Callable[[str], Path], address: str
) -> None:
    page = "notebooks/11_one.html"
    target = (book(address) / "_build" / "html" / page).parent / buttons(book(address), page)[".ipynb"]
    assert target.read_bytes() == (book(address) / "notebooks" / "11_one.ipynb").read_bytes()


def test_without_an_address_no_button_leaves_the_book(book: Callable[[str], Path]) -> None:
    for page in ("notebooks/11_one.html", "book/page.html", "book/index.html"):
        found = buttons(book(""), page)
        assert found
        assert not [href for href in found.values() if "://" in href]


def test_a_page_with_every_button_asks_no_other_host_and_describes_its_pictures(book: Callable[[str], Path]) -> None:
    page = (book(ADDRESS) / "_build" / "html" / "notebooks" / "11_one.html").read_text(encoding="utf-8")
    for image in BeautifulSoup(page, "lxml").select(".article-header-buttons img"):
        assert image["alt"]
        assert not str(image["src"]).startswith("http")


def test_an_address_that_cannot_be_used_stops_the_book(tmp_path: Path) -> None:
    little_book(tmp_path)
    run = rendered(tmp_path, "https://example.org/owner/name")
    assert run.returncode != 0
    assert "'https://example.org/owner/name' is not the address" in run.stderr + run.stdout


# Binder


def lines(file: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_binder_installs_what_the_book_was_computed_with_and_the_library() -> None:
    assert set(lines(".binder/requirements.txt")) <= set(lines("requirements.txt"))
    assert lines(".binder/requirements.txt")[-2:] == ["-e .", "-e ./book"]


def test_binder_has_a_python_that_the_library_supports() -> None:
    version = re.fullmatch(r"python-3\.(\d+)\n", (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8"))
    assert version
    assert int(version[1]) >= 11


def imported() -> set[str]:
    """Return the packages that notebooks, their programs and the library import."""
    sources = [
        "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells
                  if cell.cell_type == "code" and "launch" not in cell.metadata.get("tags", []))
        for path in NOTEBOOKS
    ]  # fmt: skip
    files = [*(ROOT / "book" / "scripts").glob("*.py"), *(ROOT / "bce_lib").rglob("*.py")]
    files += (ROOT / "book" / "bce_book").rglob("*.py")
    sources += [path.read_text(encoding="utf-8") for path in files]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)


def test_binder_installs_every_package_that_a_notebook_imports() -> None:
    installed = {Requirement(line).name for line in lines(".binder/requirements.txt") if not line.startswith("-")}
    installed |= {"bce-lib", "bce-book", "matplotlib-inline", "distributed"}  # ours; of ipykernel; of dask[distributed]
    packages = importlib.metadata.packages_distributions()
    own = {path.stem for path in (ROOT / "book" / "scripts").glob("*.py")}
    for name in imported() - own:
        assert installed & {canonicalize_name(package) for package in packages[name]}, name


# The cell that fetches the library


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Return a function that runs a cell in IPython, and returns the commands that it would have given."""
    shell = InteractiveShell()
    commands: list[str] = []
    monkeypatch.setattr(shell, "system", commands.append)
    monkeypatch.setattr(shell, "run_line_magic", lambda name, line, *_: commands.append(f"%{name} {line}"))

    def run(source: str) -> list[str]:
        commands.clear()
        shell.run_cell(source).raise_error()
        return list(commands)

    return run


def test_the_cell_does_nothing_where_the_library_is(ran: Callable[[str], list[str]]) -> None:
    assert ran(launchable.set_up(ADDRESS).source) == []


def test_elsewhere_it_clones_the_repository_installs_it_and_goes_to_its_notebooks(
    ran: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def missing(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "bce_book" else find(name, package)

    monkeypatch.setattr("importlib.util.find_spec", missing)
    clone, install, go = ran(launchable.set_up(ADDRESS).source)
    assert clone.split()[:2] == ["git", "clone"]
    assert clone.split()[-2:] == [ADDRESS, "repository"]
    assert install == "%pip install --quiet ./repository ./repository/book"
    assert go == "%cd -q repository/notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_with_the_cell_keeps_the_rest_and_getting_it_again_changes_nothing(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    once = launchable.launchable(copy.deepcopy(stored), ADDRESS)
    code = [cell for cell in once.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["launch", "remove-cell"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    rest = [(cell.source, cell.metadata) for cell in once.cells if "launch" not in cell.metadata.get("tags", [])]
    assert rest == [
        (cell.source, cell.metadata) for cell in stored.cells if "launch" not in cell.metadata.get("tags", [])
    ]
    text = launchable.canonical_text(copy.deepcopy(once))
    again = launchable.launchable(nbformat.reads(text, as_version=4), ADDRESS)
    assert launchable.canonical_text(again) == text


def test_a_notebook_with_the_cell_passes_the_checks_of_every_notebook(tmp_path: Path) -> None:
    shutil.copy(NOTEBOOKS[0], tmp_path)
    tool = [sys.executable, str(ROOT / "tools" / "launchable.py")]
    subprocess.run([*tool, ADDRESS, str(tmp_path)], check=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/book/test_notebooks.py"]
    environment = os.environ | {"BOOK_NOTEBOOKS": str(tmp_path)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_tool_asks_for_an_address(tmp_path: Path) -> None:
    tool = [sys.executable, str(ROOT / "tools" / "launchable.py"), "", str(tmp_path)]
    refused = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "write https://github.com/owner/name" in refused.stderr
