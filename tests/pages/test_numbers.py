"""The number of a chapter on the rendered pages: wherever its title stands, and in no address. Run `make book` first."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from docutils.nodes import make_id

import order
from chapters import Chapter, chapters
from places import FILES, HTML


@cache
def page(file: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / f"{file}.html").read_text(encoding="utf-8"), "lxml")


def heading(chapter: Chapter) -> Tag:
    found = page(f"notebooks/{chapter.path.stem}").select_one("article h1")
    assert isinstance(found, Tag)
    return found


def title(chapter: Chapter) -> str:
    """Return the title as the page shows it, without the sign that links to it."""
    return "".join(heading(chapter).find_all(string=True, recursive=False)).strip()


def bare(chapter: Chapter) -> str:
    """Return the title as the notebook has it."""
    return title(chapter).removeprefix(f"{chapter.number} ")


@pytest.fixture(params=chapters(), ids=lambda chapter: chapter.stem)
def chapter(request: pytest.FixtureRequest) -> Chapter:
    found = request.param
    assert isinstance(found, Chapter)
    return found


def test_the_heading_and_the_title_of_the_window_begin_with_the_number(chapter: Chapter) -> None:
    assert re.fullmatch(rf"{re.escape(chapter.number)} [^\W\d].+", title(chapter))
    window = page(f"notebooks/{chapter.path.stem}").title
    assert window is not None
    assert window.get_text().startswith(f"{title(chapter)} — ")


def test_the_anchors_have_no_number(chapter: Chapter) -> None:
    section = heading(chapter).parent
    assert section is not None
    assert section["id"] == make_id(bare(chapter))
    assert page(f"notebooks/{chapter.path.stem}").find(id=make_id(f"ch-{chapter.stem}"))


def test_the_sidebar_lists_the_chapters_by_number_in_their_order() -> None:
    links = page("book/index").select("nav.bd-links a.reference.internal")
    listed = [link.get_text(strip=True) for link in links if "notebooks/" in str(link["href"])]
    assert listed == [chapter.label for part in order.parts() for chapter in part.chapters]


def test_no_caption_of_the_sidebar_repeats_what_stands_below_it() -> None:
    navigation = page("book/index").select_one("nav.bd-links")
    assert navigation is not None
    captions = {tag.get_text(strip=True).partition(": ")[2] for tag in navigation.select("p.caption")}
    assert not captions & {link.get_text(strip=True) for link in navigation.select("a.reference.internal")}


def test_a_part_is_called_by_its_number_in_the_sidebar() -> None:
    captions = [tag.get_text(strip=True) for tag in page("book/index").select("nav.bd-links p.caption")]
    digits = [found[1] for caption in captions if (found := re.match(r"Part (\d): \w", caption))]
    assert digits == sorted({chapter.digits[0] for chapter in chapters()})


def test_the_pages_before_and_after_are_called_by_number() -> None:
    titles = {f"{chapter.path.stem}.html": title(chapter) for chapter in chapters()}
    found = 0
    for file in FILES:
        for link in page(file).select(".prev-next-footer a"):
            name = Path(str(link["href"])).name
            if name in titles:
                found += 1
                shown = link.select_one(".prev-next-title")
                assert shown is not None
                assert shown.get_text(strip=True) == titles[name], file
    assert found == 2 * len(titles)  # from the page before each chapter and from the page behind it


def test_a_link_whose_text_is_a_title_has_the_number_too() -> None:
    titles = {bare(chapter): chapter for chapter in chapters()}
    numbered = {title(chapter) for chapter in chapters()}
    texts = [link.get_text(" ", strip=True) for file in FILES for link in page(file).select("article a.internal")]
    assert [text for text in texts if text in titles] == []
    assert any(text in numbered for text in texts)
