"""The rendered book in a real browser: what the scripts of a page do, no reading of its source can tell.

Skipped where Chromium is not installed (Debian: ``apt-get install chromium``), which fails in continuous integration.
Run `make book` first. That a page complains of nothing and asks no other host is watched by ``visit`` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import browsing
import measuring
from places import FILES

PAGES = [*FILES, "search", "genindex"]
WEIGHT = 1_200_000
"""Bytes that a page may bring along, without what all pages share."""

BLOCKING = 100_000
"""Bytes of scripts for which a page may wait before it shows its text."""

CHAPTER = "notebooks/24_logits.html"
Open = Callable[..., Page]
Show = Callable[..., AbstractContextManager[browsing.Visit]]


@pytest.fixture(scope="module")
def common(browser: Browser, book: str) -> set[str]:
    return measuring.common(browser, book)


@pytest.mark.parametrize("file", PAGES)
def test_a_page_is_whole_and_accessible_in_light_and_dark(file: str, visit: Open, common: set[str]) -> None:
    page = visit(f"{file}.html", color_scheme="light")
    assert measuring.untypeset(page) == []
    assert sum(file.size for file in measuring.own(page, common)) < WEIGHT
    for part, user in measuring.LIBRARIES.items():
        assert any(part in came.name for came in measuring.files(page)) == (page.locator(user).count() > 0), part
    if file in FILES:  # the search waits for its index
        assert sum(file.size for file in measuring.files(page) if file.blocking and file.kind == "script") < BLOCKING
    measuring.unfold(page)
    for scheme in ("light", "dark"):
        measuring.switch(page, scheme)
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        assert measuring.accessibility(page, "critical", "serious") == [], scheme


@pytest.mark.parametrize("file", PAGES)
def test_a_page_fits_a_telephone_without_scrolling_sideways(file: str, visit: Open) -> None:
    page = visit(f"{file}.html", width=browsing.PHONE)
    measuring.unfold(page)
    assert measuring.width(page) == browsing.PHONE
    assert measuring.cut(page) == []


@pytest.mark.parametrize("file", ["book/index", "book/quiz", "notebooks/24_logits", "book/api/logits"])
def test_a_page_opens_without_a_server(file: str, visit: Open) -> None:
    page = visit((browsing.HTML / f"{file}.html").as_uri())
    assert measuring.untypeset(page) == []


def test_the_first_page_is_found_at_the_root(book: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{book}/")
    page.wait_for_url("**/book/index.html")
    page.close()


@pytest.mark.parametrize("file", ["book/quiz", "notebooks/24_logits"])
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


def test_a_cell_of_code_is_copied_by_its_button(visit: Open) -> None:
    page = visit(CHAPTER, permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator("article .cell_input").first
    cell.hover()
    cell.get_by_role("button", name="Copy").click()
    expect(cell.locator(".copybtn.success")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").strip() == cell.locator("pre").inner_text().strip()


def test_a_solution_opens_from_the_keyboard(visit: Open) -> None:
    page = visit(CHAPTER)
    solution = page.locator("article .solution.dropdown").first
    button = solution.get_by_role("button", name="Toggle hidden content")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(solution.locator(".solution-content, section").first).to_be_visible()


def test_the_reader_chooses_light_or_dark_from_the_keyboard(visit: Open) -> None:
    page = visit(CHAPTER, color_scheme="light")
    page.get_by_role("button", name="light/dark").first.focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append(page.evaluate("document.documentElement.dataset.mode"))
    assert sorted(seen) == ["auto", "dark", "light"]


# The checks above are worth what they find: each finds what is wrong with one of these pages, and nothing on the first.

GOOD = """<!DOCTYPE html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head><body><main><h1>A page</h1><p>Nothing is wrong.</p></main>"""

BAD = {
    "host": '<img src="http://example.org/picture.png" alt="A picture">',
    "host-in-a-script": '<script>fetch("https://example.org/").catch(() => {})</script>',
    "socket": '<script>new WebSocket("ws://example.org/")</script>',
    "console": '<script>console.error("wrong")</script>',
    "uncaught": '<script>throw new Error("wrong")</script>',
    "rejected": '<script>Promise.reject(new Error("wrong"))</script>',
    "missing": '<img src="missing.png" alt="A picture">',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with browsing.served(folder) as served:
        yield served


@pytest.fixture
def show(browser: Browser, folder: Path, address: str) -> Show:
    """Give a function that opens a page with something added, as wide as asked."""

    def open_page(added: str, width: int = browsing.WIDE) -> AbstractContextManager[browsing.Visit]:
        (folder / "page.html").write_text(GOOD + added, encoding="utf-8")
        return browsing.visit(browser, f"{address}/page.html", width, color_scheme="light")

    return open_page


def test_nothing_is_found_on_a_page_where_nothing_is_wrong(show: Show) -> None:
    with show("", browsing.PHONE) as visited:
        assert visited.complaints == []
        assert measuring.accessibility(visited.page) == []
        assert measuring.width(visited.page) == browsing.PHONE
        assert measuring.untypeset(visited.page) == []


@pytest.mark.parametrize("wrong", BAD)
def test_a_complaint_is_heard(wrong: str, show: Show) -> None:
    with show(BAD[wrong]) as visited:
        visited.page.wait_for_timeout(200)
        kind = {"host-in-a-script": "host", "socket": "host", "rejected": "uncaught", "missing": "404"}.get(
            wrong, wrong
        )
        assert any(kind in complaint for complaint in visited.complaints)


@pytest.mark.parametrize(
    ("scheme", "style"),
    [
        ("light", "p { color: #999 }"),
        (
            "dark",
            "@media (prefers-color-scheme: dark) { body { background: #000 } h1 { color: #fff } p { color: #444 } }",
        ),
    ],
)
def test_a_lack_of_contrast_is_found_in_its_own_scheme(scheme: str, style: str, show: Show) -> None:
    with show(f"<style>{style}</style>") as visited:
        for now in ("light", "dark"):
            measuring.switch(visited.page, now)
            found = measuring.accessibility(visited.page, "critical", "serious")
            assert any("color-contrast: p:" in line for line in found) == (scheme == "light" or scheme == now)


def test_a_picture_without_words_is_found(show: Show) -> None:
    with show('<img src="data:,">') as visited:
        assert any(line.startswith("critical: image-alt: img") for line in measuring.accessibility(visited.page))


def test_one_word_of_code_that_is_hard_to_read_is_found_among_many(show: Show) -> None:
    words = "".join(f"<span class='{'k' if place < 99 else 'x'}'>word</span> " for place in range(100))
    with show(f"<style>.x {{ color: #aaa }}</style><div class='highlight'><pre>{words}</pre></div>") as visited:
        found = measuring.accessibility(visited.page, "serious")
        assert [line.split(":")[1:3] for line in found] == [[" color-contrast", " .x"]]
        assert visited.page.locator(".highlight span").count() == 2


def test_what_is_wider_than_a_telephone_is_measured(show: Show) -> None:
    with show('<p style="width: 500px">Wide.</p>', browsing.PHONE) as visited:
        assert measuring.width(visited.page) > browsing.PHONE


def test_what_the_screen_cuts_off_is_found_unless_it_scrolls(show: Show) -> None:
    cut = '<main style="width: 300px; overflow: hidden"><p style="width: 500px">Cut.</p></main>'
    scrolls = '<main><div style="width: 300px; overflow: auto"><p style="width: 500px">Scrolls.</p></div></main>'
    with show(cut + scrolls, browsing.PHONE) as visited:
        assert measuring.width(visited.page) == browsing.PHONE
        assert measuring.cut(visited.page) == ["P Cut."]


def test_an_equation_that_was_not_set_is_found(show: Show) -> None:
    left, wrong = '<span class="math">left</span>', '<span class="math"><mjx-container><mjx-merror>wrong</span>'
    with show(f"<article>{left}{wrong}<span class='math'><mjx-container>set</span></article>") as visited:
        assert measuring.untypeset(visited.page) == ["left", "wrong"]


def test_what_came_is_weighed_and_what_the_page_waited_for_is_known(folder: Path, show: Show) -> None:
    (folder / "own.js").write_text("//" + "x" * 4998, encoding="utf-8")
    (folder / "common.js").write_text("//", encoding="utf-8")
    with show('<script src="own.js"></script><script src="common.js" defer></script>') as visited:
        page, *rest = measuring.files(visited.page)
        assert page.size == (folder / "page.html").stat().st_size
        assert {(file.name.rpartition("/")[2], file.size, file.kind) for file in rest} == {
            ("own.js", 5000, "script"),
            ("common.js", 2, "script"),
        }
        mine = measuring.own(visited.page, {file.name for file in rest if "common" in file.name})
        assert [file.name.rpartition("/")[2] for file in mine] == ["page.html", "own.js"]
    with show('</main></body><head><script src="own.js"></script></head>') as visited:
        assert measuring.first_paint(visited.page) > 0


def test_a_missing_browser_is_a_skip_here_and_a_failure_in_continuous_integration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Chromium is not installed"):
        browsing.do_without()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is not installed"):
        browsing.do_without()
