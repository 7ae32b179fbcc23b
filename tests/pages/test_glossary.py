"""The glossary: every term is used, and its first use on a page, and no other, leads to it. Run `make book` first."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch
from functools import cache

import pytest
import yaml
from bs4 import BeautifulSoup, NavigableString, Tag
from playwright.sync_api import Page

from places import FILES, ROOT, page_of
from rendered import page

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
GLOSSARY = CONFIG["glossary_links_page"]
ONLY = CONFIG["glossary_links_only"]
PAGES = [file for file in FILES if not any(fnmatch(file, skip) for skip in [GLOSSARY, *CONFIG["glossary_links_skip"]])]


@cache
def terms() -> dict[str, list[str]]:
    """Return the names of each term by the anchor of the first, to which links lead."""
    found: dict[str, list[str]] = {}
    for definition in page(GLOSSARY).select("dl.glossary > dd"):
        names = []
        for above in definition.find_previous_siblings():
            if above.name == "dd":
                break
            names.insert(0, above)
        found[str(names[0]["id"])] = [name.get_text(" ").replace("#", "").strip().lower() for name in names]
    return found


def names_on(file: str) -> dict[str, str]:
    """Return the anchor of each name that a page may link."""
    return {
        name: anchor
        for anchor, names in terms().items()
        for name in names
        if any(fnmatch(file, allowed) for allowed in ONLY.get(name, ["*"]))
    }


def links(file: str) -> list[Tag]:
    return page(file).select("article a.term")


def anchor(link: Tag) -> str:
    return str(link["href"]).partition("#")[2]


def running_text(file: str) -> str:
    """Return the text of a page's paragraphs, with a line between them, a bar for what is none, and links in brackets."""
    copy = BeautifulSoup(str(page(file).find("article")), "lxml")
    for link in copy.select("a.term"):
        link.replace_with(NavigableString(f"[{link.get_text()}]"))
    for emphasised in copy.select("em, strong"):  # a term that is emphasised in part is not linked
        emphasised.insert_before("|")
        emphasised.insert_after("|")
    for other in copy.select(
        "code, .math, a, sup, figure, table, .cell, .footnote, .admonition-title, .caption, .explorable"
    ):
        other.replace_with(NavigableString("|"))
    return "\n".join(" ".join(paragraph.get_text().split()) for paragraph in copy.select("p"))


def test_there_are_enough_terms_and_each_is_defined_in_a_few_words() -> None:
    assert len(terms()) >= 45
    for definition in page(GLOSSARY).select("dl.glossary > dd"):
        text = definition.get_text(" ")
        assert 8 <= len(text.split()) <= 90, text
        assert definition.select("a.reference"), text  # to where it is derived


def test_every_term_is_used_on_some_page() -> None:
    assert set(terms()) == {anchor(link) for file in PAGES for link in links(file)}


@pytest.mark.parametrize("file", PAGES)
def test_a_link_leads_to_the_term_that_it_names(file: str) -> None:
    known = names_on(file)
    for link in links(file):
        words = " ".join(link.get_text().lower().split())
        singular = [words[: len(words) - cut] for cut in (0, 1, 2) if words[len(words) - cut :] in ("", "s", "es")]
        assert anchor(link) in {known.get(name) for name in singular}, link


@pytest.mark.parametrize("file", PAGES)
def test_each_term_is_linked_once_and_at_its_first_use(file: str) -> None:
    known = names_on(file)
    longest_first = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    used = re.finditer(rf"(?<![\w-])(\[)?({longest_first})(?:e?s)?(?![\w-])", running_text(file), re.IGNORECASE)
    seen: set[str] = set()
    for use in used:
        is_link, of = use[1] is not None, known[use[2].lower()]
        assert is_link == (of not in seen), use[0]
        seen.add(of)
    assert seen == {anchor(link) for link in links(file)}


@pytest.mark.parametrize("file", PAGES)
def test_nothing_but_running_text_is_linked(file: str) -> None:
    inside = "h1, h2, h3, h4, code, pre, .math, figure, table, .cell, .admonition-title, .exercise-title, a a"
    assert not [link for link in links(file) if link.find_parent("p") is None or link.parent.name == "a"]
    assert not page(file).select(", ".join(f"{each} a.term" for each in inside.split(", ")))


@pytest.mark.parametrize("file", sorted(set(FILES) - set(PAGES)))
def test_pages_that_define_list_or_ask_have_no_such_links(file: str) -> None:
    assert not links(file)


def test_a_quiet_link_leads_to_the_entry_by_keyboard(visit: Callable[..., Page]) -> None:
    shown = visit(f"{page_of('logits')}.html", without="**/mathjax/**")  # it leaves the page
    link = shown.locator("a.term").first
    assert link.evaluate("link => getComputedStyle(link).textDecorationStyle") == "dotted"
    assert link.evaluate("link => getComputedStyle(link).color === getComputedStyle(link.parentElement).color")
    target = str(link.get_attribute("href")).partition("#")[2]
    link.focus()
    shown.keyboard.press("Enter")
    shown.wait_for_url(f"**/{GLOSSARY}.html#{target}")
    assert shown.locator(f"#{target}").is_visible()
