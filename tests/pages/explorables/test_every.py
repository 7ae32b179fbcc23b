"""What holds for every explorable: it answers to the keyboard, is heard, needs no server, and leaves a figure behind."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from test_pages import page

import browsing
from places import FILES, HTML
from responding import Explorable

PLACES = {
    str(place["data-explorable"]): (file, str(place["data-figure"]))
    for file in FILES
    if (HTML / f"{file}.html").is_file()
    for place in page(HTML / f"{file}.html").select("[data-explorable]")
}


def test_the_book_has_explorables() -> None:
    assert {"losses"} <= set(PLACES)


@pytest.fixture(params=sorted(PLACES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_keyboard_alone_moves_it_and_the_sentence_follows(name: str, visit: Callable[..., Page]) -> None:
    shown = Explorable(visit(f"{PLACES[name][0]}.html"), name)
    before, slider = shown.summary(), shown.frame.locator('input[type="range"]').first
    shown.page.keyboard.press("Tab")
    slider.focus()
    for _ in range(2):
        shown.page.keyboard.press("ArrowLeft")
    shown.page.wait_for_function(
        "([a, b]) => document.querySelector(a).textContent !== b",
        arg=[f'.explorable-frame[data-name="{name}"] [role="status"]', before],
    )


def test_every_control_has_a_name_and_every_chart_says_what_it_shows(name: str, visit: Callable[..., Page]) -> None:
    shown = Explorable(visit(f"{PLACES[name][0]}.html"), name)
    for control in shown.frame.locator("input, button, select").all():
        assert control.evaluate(
            "c => c.ariaLabel || [...(c.labels || [])].map(l => l.textContent).join() || c.textContent"
        )
    charts = shown.frame.locator(".explorable-chart").all()
    assert charts
    for chart in charts:
        assert len(chart.get_attribute("aria-label") or "") >= 40
        assert chart.locator("svg path").count() > 0


def test_it_works_without_a_server_and_is_as_narrow_as_a_telephone(name: str, visit: Callable[..., Page]) -> None:
    opened = visit((HTML / f"{PLACES[name][0]}.html").as_uri(), width=browsing.PHONE, color_scheme="dark")
    shown = Explorable(opened, name)
    box = shown.frame.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= browsing.PHONE
    for chart in shown.frame.locator(".explorable-chart svg").all():
        inner = chart.bounding_box()
        assert inner is not None
        assert inner["x"] + inner["width"] <= box["x"] + box["width"]


def test_the_drawn_figure_stands_there_without_scripts_and_on_paper(name: str, visit: Callable[..., Page]) -> None:
    file, figure = PLACES[name]
    still = visit(f"{file}.html", java_script_enabled=False)
    assert still.locator(f"#{figure} img").is_visible()
    assert len(still.locator(f"#{figure} img").get_attribute("alt") or "") >= 60
    shown = Explorable(visit(f"{file}.html"), name)
    assert not shown.page.locator(f"#{figure} > :is(img, a)").first.is_visible()
    shown.page.emulate_media(media="print")
    assert shown.page.locator(f"#{figure} img").is_visible()
    assert not shown.frame.is_visible()


def test_numbers_are_shown_with_a_minus_sign_and_few_digits(name: str, visit: Callable[..., Page]) -> None:
    shown = Explorable(visit(f"{PLACES[name][0]}.html"), name)
    for cell in shown.frame.locator("[data-result]").all():
        text = cell.inner_text()
        assert text
        assert "-" not in text
        assert len(re.sub(r"\D", "", text)) <= 12
