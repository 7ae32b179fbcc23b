"""The page that says how to cite says what CITATION.cff says, and both say what is so."""

from __future__ import annotations

import re
import tomllib

import nbformat
import pytest
import yaml
from pybtex.database import Entry, parse_string

import bce_lib
from places import ROOT, notebook_of

PAGE = (ROOT / "book" / "cite.md").read_text(encoding="utf-8")
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CONFIGURATION = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
AUTHOR, YEAR, VERSION = CITATION["authors"][0]["name"], CITATION["date-released"][:4], CITATION["version"]


def entry(key: str) -> Entry:
    blocks = re.findall(r"^```bibtex\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    return parse_string("\n".join(blocks), "bibtex").entries[key]


def plain(latex: str) -> str:
    return latex.replace(r"\_", "_").strip("{}")


def quoted(start: str) -> str:
    """Return the quoted paragraph of the page that holds the words, without its marks."""
    (found,) = [line for line in PAGE.splitlines() if line.startswith("> ") and start in line]
    return found.removeprefix("> ").replace("*", "")


def chapter_title() -> str:
    source = nbformat.read(notebook_of("logits"), as_version=4).cells[0].source
    return re.findall(r"^# (.+)$", source, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("key", ["bce_lib", "bce_lib_logits"])
def test_an_entry_names_the_authors_the_year_and_the_version(key: str) -> None:
    found = entry(key)
    (author,) = found.persons["author"]  # one name of a group: no word of it is taken for a surname
    assert [plain(name) for name in author.last_names] == [AUTHOR]
    assert not author.first_names
    assert found.fields["year"] == YEAR
    assert found.fields["version"] == VERSION == bce_lib.__version__
    assert found.fields["note"] == f"Version {VERSION}"  # which styles print that know no field "version"


def test_the_titles_are_those_of_the_work_and_of_the_chapter() -> None:
    assert plain(entry("bce_lib").fields["title"]) == CITATION["title"]
    assert entry("bce_lib_logits").fields["title"] == chapter_title()
    assert entry("bce_lib_logits").fields["booktitle"] == CONFIGURATION["title"]
    assert CITATION["title"].startswith(CONFIGURATION["title"])


def test_the_books_package_has_the_same_version() -> None:
    assert (
        tomllib.loads((ROOT / "book" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION
    )


def test_the_sentences_say_what_the_entries_say() -> None:
    assert quoted("executable book") == f"{AUTHOR} ({YEAR}). {CITATION['title']}. Version {VERSION}."
    chapter = f"{AUTHOR} ({YEAR}). {chapter_title()} In {CONFIGURATION['title']}. Version {VERSION}."
    assert quoted("Logits") == chapter


def test_the_licences_and_the_credit_are_those_of_the_licence() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert CITATION["license"] == "MIT"
    assert "**Code** is under the MIT licence" in PAGE
    credit = re.search(r'Give credit as: "(.+)", by (.+), (CC BY 4\.0)\.', licence)
    assert credit
    assert quoted("CC BY 4.0") == f"From “{credit[1]}”, by {credit[2]}, {credit[3]}."
    assert CONFIGURATION["author"] == credit[2] == AUTHOR
    (address,) = re.findall(r"\((https://[^)]+)\)", PAGE)
    assert address in licence
