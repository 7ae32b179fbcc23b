"""What holds for every explorable: it answers to pointer, finger and keyboard, is heard, fits a telephone, needs no server."""

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
    before, slider = shown.spoken(), shown.frame.locator('input[type="range"]').first
    shown.page.keyboard.press("Tab")
    slider.focus()
    for _ in range(2):
        shown.page.keyboard.press("ArrowLeft")
    assert shown.spoken() == shown.summary() != before


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
    for text in shown.frame.locator("[data-result]").all_text_contents():
        assert text
        assert "-" not in text
        assert len(re.sub(r"\D", "", text)) <= 12
    assert not re.search(r"\d\.\d{5}|NaN%|undefined", shown.summary())


@each
def test_a_mouse_drags_every_handle_and_control_sentence_and_numbers_follow(
    name: str, explorable: Callable[[str], Explorable]
) -> None:
    shown = explorable(name)
    handles = shown.handles()
    assert handles
    for number, handle in enumerate(handles):
        shown.start_again()
        before, height = shown.values(), chart_top(shown)
        # Away from the nearer edge of the chart.
        box = shown.frame.locator(f'[data-chart="{handle["chart"]}"]').bounding_box()
        assert box is not None
        left = handle["middle"][0] > box["x"] + box["width"] / 2
        low = handle["middle"][1] > box["y"] + box["height"] / 2
        x, y = shown.drag(number, -50 if left else 50, 40 if low else -40)
        after, moved = shown.values(), shown.handles()[number]
        changed = {control for control in after if after[control] != before[control]}
        assert changed, (name, handle)
        if (name, handle["chart"]) != ("threshold", "roc"):  # whose point stays on its curve
            for axis, pointer, middle in zip("xy", (x, y), moved["middle"], strict=True):
                assert axis not in handle["axes"] or middle == pytest.approx(pointer, abs=8), (name, handle)
        for control in changed:
            slider = shown.frame.locator(f'input[type="range"][name="{control}"]')
            step = float(slider.get_attribute("step") or 1)
            assert shown.control(control) == pytest.approx(float(after[control]), abs=0.51 * step)
        assert shown.summary() == shown.page.evaluate(SUMMARY, name)
        assert chart_top(shown) == pytest.approx(height, abs=1)  # or the chart would run away under the pointer
        assert shown.page.evaluate("() => document.activeElement.name") in changed  # arrow keys go on from here


SUMMARY = """name => {
  const {definition, values, data, state} = explorables.shown[name];
  return definition.compute(values, data, state, explorables.shown[name]).summary.trim();
}"""


def chart_top(shown: Explorable) -> float:
    """Return how far below the top of the frame its first chart begins."""
    return float(
        shown.frame.evaluate(
            "f => f.querySelector('.explorable-chart').getBoundingClientRect().y - f.getBoundingClientRect().y"
        )
    )


@each
def test_what_is_shown_is_what_is_computed(name: str, explorable: Callable[[str], Explorable]) -> None:
    """So the other tests may look at what is computed, at many values at once."""
    shown = explorable(name)
    shown.frame.locator('input[type="range"]').first.press("ArrowRight")
    shown.page.wait_for_timeout(50)
    texts = shown.frame.locator("[data-result]").evaluate_all(
        "cells => cells.map(c => [c.dataset.result, c.dataset.value])"
    )
    assert dict(texts) == shown.page.evaluate(
        """name => {
          const {definition, values, data, state} = explorables.shown[name];
          const {results} = definition.compute(values, data, state, explorables.shown[name]);
          return Object.fromEntries(Object.entries(results).map(([key, value]) => [key, String(value)]));
        }""",
        name,
    )


@each
def test_a_handle_is_large_enough_and_shows_that_it_can_be_taken(name: str, page: Page) -> None:
    for handle in Explorable(page, name).frame.locator(".explorable-handle:not([hidden])").all():
        box = handle.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert handle.evaluate("h => getComputedStyle(h).cursor") == "grab"
        assert handle.evaluate("h => getComputedStyle(h).touchAction") == "none"
        assert handle.evaluate("h => getComputedStyle(h.parentElement).touchAction").startswith("pan-y")


@each
def test_a_link_at_the_top_leads_past_everything_to_it(name: str, page: Page) -> None:
    shown = Explorable(page, name)
    page.locator(f'#pst-skip-link a[href="#explorable-{name}"]').focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.dataset.name") == name
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.type") == "range"
    assert shown.frame.locator("input").first.evaluate("i => i === document.activeElement")


# Every slider at its ends, in the middle and between, in every choice; the others as they are at first.
LONGEST = """name => {
  const shown = explorables.shown[name], {definition: {controls, compute}, sentence} = shown;
  const sliders = controls.filter(control => "min" in control), choices = controls.filter(control => control.choices);
  const settings = choices.reduce(
    (all, {name, choices}) => all.flatMap(setting => choices.map(([value]) => ({...setting, [name]: value}))),
    [Object.fromEntries(sliders.map(({name, value}) => [name, value]))]);
  let height = 0, longest = "";
  for (const setting of settings) for (const {name, min, max} of sliders) for (const part of [0, 0.13, 0.5, 0.8, 1]) {
    sentence.textContent = compute({...setting, [name]: min + part * (max - min)}, shown.data, shown.state, shown).summary;
    if (sentence.offsetHeight > height) [height, longest] = [sentence.offsetHeight, sentence.textContent];
  }
  shown.state = {};
  shown.definition.start?.(shown);
  shown.refresh();
  return [height, parseFloat(getComputedStyle(sentence).minHeight), longest];
}"""


@each
def test_the_longest_sentence_has_room(name: str, explorable: Callable[[str], Explorable]) -> None:
    shown = explorable(name)
    height, room, longest = shown.page.evaluate(LONGEST, name)
    assert height <= room + 1, longest


@each
def test_it_takes_the_place_of_the_drawn_figure_which_comes_back_on_paper(name: str, page: Page) -> None:
    shown, figure = Explorable(page, name), explorables()[name][1]
    assert not page.locator(f"#{figure} img").first.is_visible()
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


FITS = """frame => {
  const box = part => frame.querySelector(part).getBoundingClientRect();
  const controls = box(".explorable-controls"), sentence = box(".explorable-summary"), chart = box(".explorable-chart");
  return [controls.bottom <= sentence.top && sentence.bottom <= chart.top, chart.bottom - controls.top];
}"""


@pytest.mark.parametrize("file", NAMES)
def test_it_works_without_a_server_and_on_a_telephone_by_finger(file: str, visit: Visit) -> None:
    uri = (HTML / f"{file}.html").as_uri()
    screen = {"width": browsing.PHONE, "height": 812}
    opened = visit(uri, width=browsing.PHONE, viewport=screen, color_scheme="dark", without="**/mathjax/**")
    for name in NAMES[file]:
        shown = Explorable(opened, name)
        in_order, height = shown.frame.evaluate(FITS)
        assert in_order
        assert height <= 812
        longest, room, sentence = opened.evaluate(LONGEST, name)
        assert longest <= room + 1, sentence
        check_fingers(shown)
        box = shown.frame.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= browsing.PHONE
        for chart in shown.frame.locator(".explorable-chart > div svg").all():
            inner = chart.bounding_box()
            assert inner is not None
            assert inner["x"] + inner["width"] <= box["x"] + box["width"]


def check_fingers(shown: Explorable) -> None:
    """Drag the first handle with a finger; then scroll over the chart beside it, which changes nothing."""
    shown.start_again()
    first = shown.handles()[0]
    chart = shown.frame.locator(f'[data-chart="{first["chart"]}"]')
    shown.show(0)
    before, box = shown.values(), chart.bounding_box()
    assert box is not None
    x, y = shown.handles()[0]["middle"]
    left = x > box["x"] + box["width"] / 2
    shown.swipe(x, y, -70 if left else 70, 0)
    after = shown.values()
    assert after != before
    assert shown.handles()[0]["middle"][0] == pytest.approx(x + (-70 if left else 70), abs=8)
    top = shown.page.evaluate("scrollY")
    shown.swipe(box["x"] + (60 if left else box["width"] - 30), box["y"] + box["height"] / 2, 0, 150)
    shown.page.wait_for_function("top => scrollY > top + 50", arg=top)
    assert shown.values() == after


@pytest.mark.parametrize("file", NAMES)
def test_the_drawn_figure_stands_there_without_scripts(file: str, visit: Visit) -> None:
    still = visit(f"{file}.html", java_script_enabled=False)
    for name in NAMES[file]:
        figure = explorables()[name][1]
        assert still.locator(f"#{figure} img").is_visible()
        assert len(still.locator(f"#{figure} img").get_attribute("alt") or "") >= 60
