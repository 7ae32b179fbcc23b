"""The book on paper: one document whose names are unique and whose links lead somewhere, printed with page numbers.

Run `make book` first.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser
from pypdf import PdfReader

import print_book
from chapters import chapters
from places import FILES, HTML, TOC, page_of

PAGES = [f"{file}.html" for file in FILES]
FEW = ["book/notation.html", f"{page_of('loop')}.html", "book/cite.html"]
"""What is printed here: a page of mathematics, a chapter with code and figures, a page of prose."""

PARTS = [print_book.Part("", [print_book.FIRST]), print_book.Part("Some", FEW[:1]), print_book.Part("More", FEW[1:])]


# The document


def test_the_parts_and_their_pages_are_those_of_the_table_of_contents() -> None:
    parts = print_book.contents()
    assert [part.caption for part in parts] == ["", *(part["caption"] for part in TOC["parts"])]
    assert [file for part in parts for file in part.files] == PAGES


@pytest.fixture(scope="module")
def document() -> BeautifulSoup:
    return BeautifulSoup(print_book.document(print_book.contents(), {}), "lxml")


def names(document: BeautifulSoup) -> list[str]:
    return [str(tag["id"]) for tag in document.find_all(id=True)]


def test_every_page_is_a_chapter_of_the_document_in_its_place(document: BeautifulSoup) -> None:
    assert [tag["id"] for tag in document.select("article.chapter")] == list(map(print_book.anchor, PAGES))
    assert all(len(tag.find_all("h1")) == 1 for tag in document.select("article.chapter"))


def test_no_name_stands_twice(document: BeautifulSoup) -> None:
    assert [name for name, count in Counter(names(document)).items() if count > 1] == []


def test_every_link_and_label_within_the_document_leads_to_a_name_in_it(document: BeautifulSoup) -> None:
    known = {*names(document), *(str(tag["name"]) for tag in document.find_all(attrs={"name": True}))}
    links = [str(tag["href"]) for tag in document.select("main a[href]")]
    inside = [link for link in links if link.startswith("#")]
    assert len(inside) > 500
    assert [link for link in inside if link[1:] not in known] == []
    assert all(link.startswith(("#", "https://", "http://", "mailto:")) for link in links)
    for key in ("aria-labelledby", "aria-describedby", "for"):
        labels = [name for tag in document.find_all(attrs={key: True}) for name in str(tag[key]).split()]
        assert set(labels) <= known


def test_nothing_is_left_that_paper_has_no_use_for(document: BeautifulSoup) -> None:
    assert document.select("main details")
    assert not document.select("main :is(script, button, iframe, canvas, .headerlink, .prev-next-footer)")
    assert not document.select("details:not([open])")


def test_the_solutions_of_a_chapter_stand_at_its_end(document: BeautifulSoup) -> None:
    sections = document.select("section.solutions")
    assert len(sections) == len(chapters())
    assert len(document.select(".solution")) == len(document.select(".exercise")) > 60
    assert document.select(".solution") == document.select("section.solutions > .solution")
    for section in sections:
        assert section.find_next_sibling() is None


def test_folded_code_and_the_findings_behind_their_names_are_left_out(document: BeautifulSoup) -> None:
    assert not document.select("details.above-input, table.findings ul")
    assert document.select("table.findings summary")


def test_every_picture_and_style_sheet_is_a_file_that_exists(document: BeautifulSoup) -> None:
    files = [
        str(tag[key]) for key in ("src", "href") for tag in document.select(f"img[{key}], link[{key}], script[{key}]")
    ]
    assert len(files) > 30
    for file in files:
        assert Path(file.removeprefix("file://").partition("?")[0]).is_file(), file
    sheets = [str(tag["href"]) for tag in document.select('link[rel="stylesheet"]')]
    assert sheets[-1].endswith("/print.css")
    assert len(sheets) == len(set(sheets))


def test_the_document_is_set_in_the_light_theme(document: BeautifulSoup) -> None:
    assert document.html is not None
    assert document.html["data-theme"] == "light"


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("#here", "#notebooks-a--here"),
        ("b.html", "#notebooks-b"),
        ("../book/c.html#caf%C3%A9", "#book-c--café"),
        ("https://example.org/b.html#x", "https://example.org/b.html#x"),
        ("../_images/picture.svg", None),
    ],
)
def test_a_link_of_a_page_leads_to_its_place_in_the_document(href: str, target: str | None) -> None:
    files = {"notebooks/a.html", "notebooks/b.html", "book/c.html"}
    assert print_book._target(href, "notebooks/a.html", files) == target


def test_a_folder_without_a_book_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / print_book.FIRST).write_text("<html><body></body></html>", encoding="utf-8")
    with pytest.raises(ValueError, match="Run make book"):
        print_book.contents(tmp_path)


# The print


@pytest.fixture(scope="module")
def printed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[PdfReader, dict[str, int]]:
    target = tmp_path_factory.mktemp("print") / "few.pdf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(print_book, "contents", lambda html: PARTS)
        numbers = print_book.print_book(browser, target)
    return PdfReader(target), numbers


def squeezed(text: str) -> str:
    """Return a text without what a PDF may break or respace."""
    return re.sub(r"\s+", "", text)


def title(file: str) -> str:
    heading = BeautifulSoup((HTML / file).read_text(encoding="utf-8"), "lxml").select_one("article h1")
    assert isinstance(heading, Tag)
    for link in heading.select(".headerlink"):
        link.decompose()
    return squeezed(heading.get_text())


@cache
def text(reader: PdfReader, number: int) -> str:
    return squeezed(reader.pages[number - 1].extract_text())


def contents_page(reader: PdfReader, numbers: dict[str, int]) -> int:
    return next(
        number
        for number in range(1, min(numbers.values()))
        if text(reader, number)[len(str(number)) :].startswith("Contents")
    )


def test_the_first_page_is_that_of_the_title(printed: tuple[PdfReader, dict[str, int]]) -> None:
    reader, numbers = printed
    assert text(reader, 1).startswith(title(print_book.FIRST))
    assert contents_page(reader, numbers) == 2


def test_every_chapter_begins_on_the_page_that_the_list_of_contents_names(
    printed: tuple[PdfReader, dict[str, int]],
) -> None:
    reader, numbers = printed
    assert list(numbers) == FEW
    listed = text(reader, contents_page(reader, numbers))
    for file, number in numbers.items():
        assert f"{title(file)}{number}" in listed
        assert text(reader, number).removeprefix(str(number)).startswith(title(file))


def test_every_page_but_the_first_has_its_number_at_its_foot(printed: tuple[PdfReader, dict[str, int]]) -> None:
    reader, _ = printed
    feet: list[list[str]] = []
    for page in reader.pages:
        foot: list[str] = []
        limit = 19 / 25.4 * 72  # the lower margin, in points

        def see(text: str, cm: Any, tm: Any, *_: Any, foot: list[str] = foot, limit: float = limit) -> None:
            if text.strip() and tm[5] * cm[3] + cm[5] < limit:
                foot.append(text.strip())

        page.extract_text(visitor_text=see)
        feet.append(foot)
    assert feet == [[], *([str(number)] for number in range(2, len(feet) + 1))]


def annotations(reader: PdfReader) -> list[Any]:
    return [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]


def test_links_within_the_print_lead_to_places_in_it(printed: tuple[PdfReader, dict[str, int]]) -> None:
    reader, numbers = printed
    places = reader.named_destinations
    links = [str(link["/Dest"]) for link in annotations(reader) if "/Dest" in link]
    assert len(links) > len(FEW)
    assert set(links) <= set(places)
    for file in FEW:
        assert f"/{print_book.anchor(file)}" in links
        page = reader.get_destination_page_number(places[f"/{print_book.anchor(file)}"])
        assert page == numbers[file] - 1


def test_links_to_elsewhere_are_addresses(printed: tuple[PdfReader, dict[str, int]]) -> None:
    addresses = [link["/A"]["/URI"] for link in annotations(printed[0]) if "/A" in link and "/URI" in link["/A"]]
    assert "https://creativecommons.org/licenses/by/4.0/" in addresses
    assert all(address.startswith("https://") for address in addresses)


def test_the_outline_lists_the_chapters_on_their_pages(printed: tuple[PdfReader, dict[str, int]]) -> None:
    reader, numbers = printed
    top = [item for item in reader.outline if not isinstance(item, list)]
    pages = {squeezed(str(item.title)): (reader.get_destination_page_number(item) or 0) + 1 for item in top}
    assert {title(file): number for file, number in numbers.items()}.items() <= pages.items()


def test_solutions_are_unfolded_and_mathematics_is_set(printed: tuple[PdfReader, dict[str, int]]) -> None:
    reader, numbers = printed
    written = [text(reader, number) for number in range(numbers[FEW[0]], numbers[FEW[2]])]
    assert squeezed("The cautious model wins") in "".join(written)
    assert not re.search(r"\\(?:frac|log|sigma|begin|mathrm)", "".join(written))
