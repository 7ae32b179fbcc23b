"""The rendered book: its pages by the names of their files without the suffix, and which of them a test looks at.

Run `make book` first.
"""

from __future__ import annotations

import os
from functools import cache
from typing import NoReturn

import pytest
from bs4 import BeautifulSoup, Tag

from places import FILES, HTML


@cache
def page(file: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / f"{file}.html").read_text(encoding="utf-8"), "lxml")


@cache
def anchors(file: str) -> frozenset[str]:
    return frozenset(str(tag.get(key)) for tag in page(file).find_all(True) for key in ("id", "name") if tag.get(key))


def article(file: str) -> Tag:
    found = page(file).find("article")
    assert isinstance(found, Tag)
    return found


@cache
def prose(file: str) -> str:
    """Return the text that a reader sees, without code and without mathematics."""
    copy = BeautifulSoup(str(article(file)), "lxml")
    for tag in copy.select("pre, code, script, style, .math"):
        tag.decompose()
    return copy.get_text(" ")


def files_with(source: str) -> list[str]:
    """Return the pages that are rendered and have this in their source, in the order of the book."""
    rendered = {file: HTML / f"{file}.html" for file in FILES}
    return [file for file, path in rendered.items() if path.is_file() and source in path.read_text(encoding="utf-8")]


@cache
def explorables() -> dict[str, tuple[str, str]]:
    """Return the page on which each explorable stands and the anchor of the figure whose place it takes."""
    return {
        str(place["data-explorable"]): (file, str(place["data-figure"]))
        for file in files_with("data-explorable=")
        for place in page(file).select("[data-explorable]")
    }


def on(*files: str) -> pytest.MarkDecorator:
    """Have a test look at these pages in the browser, one after the other: it takes the fixture ``page``."""
    return pytest.mark.parametrize("opened", files, indirect=True)


def on_explorable(name: str) -> pytest.MarkDecorator:
    """Have a test look at the page on which an explorable stands."""
    return on(*(file for found, (file, _) in explorables().items() if found == name))


def do_without(missing: str) -> NoReturn:
    """Skip a test for want of something; fail it in continuous integration, where all that is needed is there."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
