"""What is measured of a page is worth what it finds: what is wrong with one of these pages, and nothing on the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import browsing
import measuring
from rendered import do_without

Show = Callable[..., AbstractContextManager[browsing.Visit]]

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
    """Give a function that opens a page with something added."""

    def open_page(added: str) -> AbstractContextManager[browsing.Visit]:
        (folder / "page.html").write_text(GOOD + added, encoding="utf-8")
        return browsing.visit(browser, f"{address}/page.html", color_scheme="light")

    return open_page


def test_nothing_is_found_on_a_page_where_nothing_is_wrong(show: Show) -> None:
    with show("") as visited:
        assert visited.complaints == []
        assert measuring.accessibility(visited.page) == []
        assert measuring.untypeset(visited.page) == []
        with browsing.telephone(visited.page):
            assert measuring.accessibility(visited.page) == []
            assert measuring.width(visited.page) == browsing.PHONE
            assert measuring.cut(visited.page) == []


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


MANY = """<style>.x { color: #aaa }</style><div class="highlight"><pre>WORDS</pre></div><article>EQUATIONS</article>"""


SIZES = "() => [...document.querySelectorAll('mjx-container > *')].map(e => [e.offsetWidth, e.offsetHeight])"


@pytest.fixture
def many() -> str:
    """Return a hundred words of code and as many equations, the last of each hard to read."""
    kinds = ["k"] * 99 + ["x"]
    words = "".join(f'<span class="{kind}">word</span> ' for kind in kinds)
    plain = '<mjx-utext class="x">word</mjx-utext>'
    equations = "".join(f"<mjx-container>{plain if kind == 'x' else '<i>a</i>'}</mjx-container> " for kind in kinds)
    return MANY.replace("WORDS", words).replace("EQUATIONS", equations)


def test_one_word_that_is_hard_to_read_is_found_among_many(many: str, show: Show) -> None:
    with show(many) as visited:
        found = measuring.accessibility(visited.page, "serious")
        assert sorted(line.split(": ")[1:3] for line in found) == [
            ["color-contrast", "mjx-utext"],
            ["color-contrast", "span:nth-child(2)"],
        ]


WATCH = """(sizes) => {
  const run = axe.run, seen = (window.seen = []);
  axe.run = (...args) => {
    const count = (selector) => document.querySelectorAll(selector).length;
    seen.push([count(".highlight span"), count("mjx-container > :not(:empty)"), eval(sizes)()]);
    return run(...args);
  };
}"""


def test_one_of_each_kind_is_measured_and_all_are_put_back(
    many: str, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    with show(many) as visited:
        whole, boxes = visited.page.content(), visited.page.evaluate(SIZES)
        monkeypatch.setattr(measuring, "AXE", f"{measuring.AXE}; ({WATCH})({SIZES!r})")
        measuring.accessibility(visited.page)
        seen = visited.page.evaluate("seen")
        assert seen
        assert all(part == [2, 2, boxes] for part in seen)
        assert visited.page.content() == whole


def test_what_is_folded_is_looked_at_and_folded_again(show: Show) -> None:
    toggle = "this.className = this.className == 'shown' ? 'toggle-button-hidden' : 'shown'"
    folds = f'<details><summary>More</summary></details><button class="toggle-button-hidden" onclick="{toggle}">More'
    with show(f"<article>{folds}</button><details open><summary>Open</summary></details></article>") as visited:
        shown = visited.page.locator("details[open], .shown")
        with measuring.unfolded(visited.page):
            assert shown.count() == 3
        assert shown.count() == 1


def test_what_is_wider_than_a_telephone_is_measured(show: Show) -> None:
    with show('<p style="width: 500px">Wide.</p>') as visited, browsing.telephone(visited.page):
        assert measuring.width(visited.page) > browsing.PHONE


def test_a_page_that_does_not_ask_to_be_as_wide_as_the_screen_is_found(show: Show) -> None:
    with show('<meta name="viewport" content="width=980">') as visited, browsing.telephone(visited.page):
        assert measuring.width(visited.page) > browsing.PHONE


def test_what_the_screen_cuts_off_is_found_unless_it_scrolls(show: Show) -> None:
    cut = '<main style="width: 300px; overflow: hidden"><p style="width: 500px">Cut.</p></main>'
    scrolls = '<main><div style="width: 300px; overflow: auto"><p style="width: 500px">Scrolls.</p></div></main>'
    with show(cut + scrolls) as visited, browsing.telephone(visited.page):
        assert measuring.width(visited.page) == browsing.PHONE
        assert measuring.cut(visited.page) == ["P Cut."]


def test_the_length_is_that_of_what_shows(show: Show) -> None:
    minute = '<section id="in-one-minute"><h2 style="margin: 0">Two words</h2><div class="cell">three</div></section>'
    folded = "<details><summary>four</summary><p>not this</p></details>"
    code = '<div class="cell_input"><pre>five = 6</pre></div><div class="cell_input" hidden>not this</div>'
    with show(f"<article>{minute}{folded}{code}<span><mjx-container>x</mjx-container></span></article>") as visited:
        found = measuring.length(visited.page)
        assert (found.words, found.cells, found.screens) == (6, 1, 1)
        bottom = visited.page.locator("h2").bounding_box()
        assert bottom is not None
        assert found.minute == bottom["y"] + bottom["height"]
    with show("<article></article>") as visited:
        assert measuring.length(visited.page).minute is None


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
        do_without("Chromium is not installed")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is not installed"):
        do_without("Chromium is not installed")
