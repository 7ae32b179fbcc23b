"""The rendered book in a real browser: what the scripts of a page do, no reading of its source can tell.

Skipped where Chromium is not installed (Debian: ``apt-get install chromium``), which fails in continuous integration.
Run `make book` first. That a page complains of nothing and asks no other host is watched by ``page`` and ``visit``
themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

import browsing
import measuring
from chapters import chapters
from places import FILES, HTML, PAGES, page_of
from rendered import on

WEIGHT = 1_200_000
"""Bytes that a page may bring along, without what all pages share."""

BLOCKING = 100_000
"""Bytes of scripts for which a page may wait before it shows its text."""

CHAPTER = page_of("logits")
CHAPTERS = [page_of(chapter.stem) for chapter in chapters()]
WORDS = 4_000
"""Words that a chapter may show with everything folded, code and its output included."""

MINUTE = 900
"""Where its first section ends at the latest, in CSS pixels: on the first screen."""
Open = Callable[..., Page]


# Every page


@pytest.fixture(scope="module")
def common(browser: Browser, book: str) -> set[str]:
    return measuring.common(browser, book)


@on(*PAGES)
def test_every_equation_is_typeset(page: Page) -> None:
    assert measuring.untypeset(page) == []


@on(*PAGES)
def test_a_page_weighs_little(page: Page, common: set[str]) -> None:
    assert sum(file.size for file in measuring.own(page, common)) < WEIGHT


@on(*PAGES)
def test_the_large_scripts_come_only_to_pages_that_use_them(page: Page) -> None:
    for part, user in measuring.LIBRARIES.items():
        assert any(part in came.name for came in measuring.files(page)) == (page.locator(user).count() > 0), part


@on(*FILES)  # the search waits for its index
def test_a_page_waits_for_few_scripts_before_it_shows_its_text(page: Page) -> None:
    assert sum(file.size for file in measuring.files(page) if file.blocking and file.kind == "script") < BLOCKING


@on(*PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(page: Page, scheme: str) -> None:
    with measuring.unfolded(page):
        measuring.switch(page, scheme)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        assert measuring.accessibility(page, "critical", "serious") == []


@on(*PAGES)
def test_a_page_fits_a_telephone_without_scrolling_sideways(page: Page) -> None:
    with browsing.telephone(page), measuring.unfolded(page):
        assert measuring.width(page) == browsing.PHONE
        assert measuring.cut(page) == []


@on(*CHAPTERS)
def test_a_chapter_is_read_to_its_end_and_its_minute_without_scrolling(page: Page) -> None:
    found = measuring.length(page)
    assert found.words <= WORDS
    assert found.minute is not None
    assert found.minute <= MINUTE


# One or two pages


# The drawer with the contents, outside of the screen at first, is scrolled to the page's own line when the page is loaded.
LAYOUT = """async () => {
  scrollTo({ top: 0, behavior: "instant" });
  for (const _ of Array(5)) await new Promise(requestAnimationFrame);
  return [...document.querySelectorAll("body *")].filter(part => part.checkVisibility()).map(part => {
    const box = part.getBoundingClientRect(), top = part.closest("main") ? box.y : 0;
    return [part.tagName, ...[box.x, top, box.width, box.height].map(Math.round)].join();
  });
}"""


@on("book/index", "book/quiz", CHAPTER)
def test_a_page_turned_into_that_of_a_telephone_is_laid_out_as_if_loaded_on_one(page: Page, visit: Open) -> None:
    loaded = visit(page.url, width=browsing.PHONE, color_scheme="light")
    with browsing.telephone(page):
        assert page.evaluate("matchMedia('(pointer: coarse) and (hover: none)').matches")
        assert page.evaluate(LAYOUT) == loaded.evaluate(LAYOUT)
    assert page.evaluate("[innerWidth, matchMedia('(pointer: coarse)').matches]") == [browsing.WIDE, False]


@pytest.mark.parametrize("file", ["book/index", "book/quiz", CHAPTER, "book/api/logits"])
def test_a_page_opens_without_a_server(file: str, visit: Open) -> None:
    page = visit((HTML / f"{file}.html").as_uri())
    assert measuring.untypeset(page) == []


def test_the_first_page_is_found_at_the_root(book: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{book}/")
    page.wait_for_url("**/book/index.html")
    page.close()


@pytest.mark.parametrize("file", ["book/quiz", CHAPTER])
def test_a_page_can_be_read_without_scripts(file: str, visit: Open) -> None:
    page = visit(f"{file}.html", java_script_enabled=False)
    expect(page.locator("article h1")).to_be_visible()
    assert page.locator("article details, article .admonition").count() > 0
    assert page.locator("article .toggle-hidden").count() == 0


@pytest.mark.parametrize(("words", "found"), [("BCEWithLogits", "PyTorch"), ("log-sum-exp", "Softmax")])
def test_the_search_finds(words: str, found: str, visit: Open) -> None:
    page = visit(f"search.html?q={words}")
    results = page.locator("#search-results ul.search li a")
    expect(results.filter(has_text=found).first).to_be_visible()


@on(CHAPTER)
def test_a_cell_of_code_is_copied_by_its_button(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell = page.locator("article .cell_input").filter(visible=True).first
    cell.hover()
    cell.get_by_role("button", name="Copy").click()
    expect(cell.locator(".copybtn.success")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


@on(CHAPTER)
def test_a_solution_opens_and_closes_from_the_keyboard(page: Page) -> None:
    solution = page.locator("article .solution.dropdown").first
    button = solution.get_by_role("button", name="Toggle hidden content")
    inside = solution.locator(".solution-content, section").first
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(inside).to_be_visible()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(inside).to_be_hidden()


@on(CHAPTER)
def test_the_reader_chooses_light_or_dark_from_the_keyboard(page: Page) -> None:
    mode = "document.documentElement.dataset.mode"
    before, seen = page.evaluate(mode), []
    page.get_by_role("button", name="light/dark").first.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append(page.evaluate(mode))
    assert sorted(seen) == ["auto", "dark", "light"]
    assert seen[-1] == before
