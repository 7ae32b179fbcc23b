"""What holds for every explorable: it answers to the keyboard, is heard, needs no server, and leaves a figure behind."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

import browsing
from places import HTML, ROOT
from rendered import explorables
from responding import Explorable

Visit = Callable[..., Page]

NAMES = {file: [name for name, (on, _) in explorables().items() if on == file] for file, _ in explorables().values()}
"""The explorables of each page that has any."""

each = pytest.mark.parametrize(
    ("opened", "name"),
    [(file, name) for file, names in NAMES.items() for name in names],
    indirect=["opened"],
    scope="session",  # so that a page is opened once
)


def test_every_explorable_stands_on_a_page() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "book" / "explorables").glob("*.js")]
    assert set(explorables()) == {
        name for script in scripts for name in re.findall(r'explorables.define\("(\w+)"', script)
    }


@each
def test_the_keyboard_alone_moves_it_and_the_sentence_follows(
    name: str, explorable: Callable[[str], Explorable]
) -> None:
    shown = explorable(name)
    before, slider = shown.summary(), shown.frame.locator('input[type="range"]').first
    shown.page.keyboard.press("Tab")
    slider.focus()
    for _ in range(2):
        shown.page.keyboard.press("ArrowLeft")
    shown.page.wait_for_function(
        "([a, b]) => document.querySelector(a).textContent !== b",
        arg=[f'.explorable-frame[data-name="{name}"] [role="status"]', before],
    )


@each
def test_every_control_has_a_name_and_every_chart_says_what_it_shows(name: str, page: Page) -> None:
    shown = Explorable(page, name)
    for control in shown.frame.locator("input, button, select").all():
        assert control.evaluate(
            "c => c.ariaLabel || [...(c.labels || [])].map(l => l.textContent).join() || c.textContent"
        )
    charts = shown.frame.locator(".explorable-chart").all()
    assert charts
    for chart in charts:
        assert len(chart.get_attribute("aria-label") or "") >= 40
        assert chart.locator("svg path").count() > 0


@each
def test_numbers_are_shown_with_a_minus_sign_and_few_digits(name: str, page: Page) -> None:
    shown = Explorable(page, name)
    for cell in shown.frame.locator("[data-result]").all():
        text = cell.inner_text()
        assert text
        assert "-" not in text
        assert len(re.sub(r"\D", "", text)) <= 12


@each
def test_it_takes_the_place_of_the_drawn_figure_which_comes_back_on_paper(name: str, page: Page) -> None:
    shown, figure = Explorable(page, name), explorables()[name][1]
    assert not page.locator(f"#{figure} > :is(img, a)").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(f"#{figure} img").is_visible()
    assert not shown.frame.is_visible()


STATE = """frame => JSON.stringify([...frame.querySelectorAll("input, button, [data-result]")]
  .map(part => [part.value, part.checked, part.dataset.value, part.textContent]))"""


@each
def test_it_stands_as_at_first_once_it_has_started_again(name: str, explorable: Callable[[str], Explorable]) -> None:
    shown = explorable(name)
    before = shown.frame.evaluate(STATE)
    shown.frame.locator('input[type="range"]').first.press("ArrowLeft")
    for button in shown.frame.locator("button, input[type=radio]").all():
        button.click()
    shown.page.wait_for_timeout(100)
    assert shown.frame.evaluate(STATE) != before
    shown.start_again()
    assert shown.frame.evaluate(STATE) == before


@pytest.mark.parametrize("file", NAMES)
def test_it_works_without_a_server_and_is_as_narrow_as_a_telephone(file: str, visit: Visit) -> None:
    uri = (HTML / f"{file}.html").as_uri()
    opened = visit(uri, width=browsing.PHONE, color_scheme="dark", without="**/mathjax/**")
    for name in NAMES[file]:
        shown = Explorable(opened, name)
        box = shown.frame.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= browsing.PHONE
        for chart in shown.frame.locator(".explorable-chart svg").all():
            inner = chart.bounding_box()
            assert inner is not None
            assert inner["x"] + inner["width"] <= box["x"] + box["width"]


@pytest.mark.parametrize("file", NAMES)
def test_the_drawn_figure_stands_there_without_scripts(file: str, visit: Visit) -> None:
    still = visit(f"{file}.html", java_script_enabled=False)
    for name in NAMES[file]:
        figure = explorables()[name][1]
        assert still.locator(f"#{figure} img").is_visible()
        assert len(still.locator(f"#{figure} img").get_attribute("alt") or "") >= 60
