"""The pages in the reader's hand: at 375 pixels everything fits, is large enough to be read, and shows where there is more.

Skipped where Chromium is not installed (Debian: ``apt-get install chromium``), which fails in continuous integration.
Run `make book` first.
"""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

import browsing
import measuring
from accessible import set_lines
from narrow_figures import legible
from places import FILES, PAGES, page_of
from rendered import on
from tables import TABLE, set_table

LEAST = 9
"""The size of the smallest words in a figure, in CSS pixels."""

CHAPTER = page_of("logits")


@on(*PAGES)
def test_a_telephone_cuts_nothing_and_shows_words_that_can_be_read(page: Page) -> None:
    with browsing.telephone(page), measuring.unfolded(page):
        assert measuring.misfits(page) == {}
        assert measuring.small_words(page, LEAST) == []


@on(*PAGES)
def test_a_wide_screen_cuts_nothing_either(page: Page) -> None:
    with measuring.unfolded(page):
        assert measuring.misfits(page) == {}


@on(*FILES)
def test_the_way_past_the_navigation_ends_at_the_text(page: Page) -> None:
    link = page.get_by_role("link", name="Skip to main content")
    assert page.locator(f'article [id="{str(link.get_attribute("href"))[1:]}"]').count() == 1


@on("book/notation")
def test_the_tab_key_goes_on_from_there(page: Page) -> None:
    page.get_by_role("link", name="Skip to main content").press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


@on(CHAPTER)
def test_paper_is_light_whatever_the_screen_was(page: Page) -> None:
    measuring.switch(page, "dark")
    page.evaluate("""() => {
      window.seen = [];
      matchMedia("print").addEventListener("change", () => window.seen.push(document.documentElement.dataset.theme));
    }""")
    page.pdf()
    assert "light" in page.evaluate("window.seen")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


# The page is made for it


def drawing(*sizes: float) -> str:
    words = "".join(f'<g transform="translate(1 2) scale({size / 100} -{size / 100})"/>' for size in sizes)
    return f'<svg width="400pt" viewBox="0 0 400 300">{words}</svg>'


def test_a_figure_is_legible_from_the_width_at_which_its_smallest_words_are() -> None:
    assert legible(drawing(10, 12)) == LEAST * 400 / 10 + 1
    assert legible(drawing(8, 12)) == LEAST * 400 / 8 + 1
    assert legible(drawing()) == 0


def table(*rows: list[str], kind: str = "table") -> BeautifulSoup:
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    html = f'<table class="{kind}"><tr>{"</tr><tr>".join(lines)}</tr></table>'
    return BeautifulSoup(TABLE.sub(set_table, html), "html.parser")


SENTENCE = "a sentence that is too long to stand beside others"


def test_a_table_of_sentences_becomes_cards_that_name_their_cells() -> None:
    made = table(["with", "call", "know that"], ["PyTorch", "f(z)", SENTENCE])
    assert "cards" in made.table["class"]  # type: ignore[index]
    assert [cell.get("data-label") for cell in made.find_all("td")[3:]] == [None, "call", "know that"]


@pytest.mark.parametrize(
    "rows",
    [
        [["format", "largest", "smallest"], ["float32", "3.4e38", "1.4e-45"]],  # numbers are compared down a column
        [["symbol", "what it is"], ["z", SENTENCE]],  # two columns fit
        [["a", "b", "c"], [SENTENCE, "1", "2"]],
    ],
)
def test_other_tables_stay_tables(rows: list[list[str]]) -> None:
    assert "cards" not in table(*rows).table["class"]  # type: ignore[index]


def test_a_number_is_not_broken_at_its_sign() -> None:
    assert [cell.get("class") for cell in table(["ulp"], ["4.9e-4"], ["4 or -4"]).find_all("td")] == [
        None,
        ["held"],
        None,
    ]


def test_a_call_may_be_broken_where_its_arguments_begin() -> None:
    made = str(table(["with", "call"], ["n" * 30, f'<code><span class="pre">loss(z)</span></code> {SENTENCE}']))
    assert "loss(<wbr/>z)" in made


@pytest.mark.parametrize(
    ("written", "set_so"),
    [
        ("{}, then", '<span class="held">{},</span> then'),
        ("({}) and", '<span class="held">({})</span> and'),
        ("so {} is", "so {} is"),
    ],
)
def test_a_mark_stays_with_its_equation(written: str, set_so: str) -> None:
    equation = r'<span class="math notranslate nohighlight">\(z\)</span>'
    assert set_lines(written.format(equation)) == set_so.format(equation)


def test_the_blank_before_a_link_is_not_part_of_it() -> None:
    assert set_lines('Solution to<a href="#x"> Exercise 1</a>') == 'Solution to <a href="#x">Exercise 1</a>'
    assert re.search(r"<a[^>]*> ", set_lines('<a href="#x">Exercise</a> ')) is None
