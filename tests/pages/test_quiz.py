"""The questions of the book: their form on every page, and what they answer in a browser. Run `make book` first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Locator, Page

import browsing
import measuring
import rendered
from places import FILES, HTML
from rendered import on

FEEDBACK = ("Right.", "No.")
QUIZ = "book/quiz"
PAGES = rendered.files_with('class="question"')


def questions(file: str) -> list[Tag]:
    return rendered.page(file).select(".question")


def faults(question: Tag) -> list[str]:
    """Say what is wrong with the form of a question; nothing if it is as CONTRIBUTING describes it."""
    options = question.select("details.option")
    right = question.select("details.option.right")
    found = [] if len(options) >= 2 else ["fewer than two options"]
    if len(right) != 1:
        found.append(f"{len(right)} right options")
    if any(not option.select("a[href]") for option in right):
        found.append("the right option has no link to a proof")
    for option in options:
        summary = option.find("summary", recursive=False)
        if not isinstance(summary, Tag) or not summary.get_text(strip=True):
            found.append("an option without words")
            continue
        if summary.find_all(string=lambda text: any(sign in text for sign in ("$", "**", "`", "]("))):
            found.append(f"Markdown in a summary, where none is read: {summary.get_text()}")
        expected = FEEDBACK[0] if option in right else FEEDBACK[1]
        feedback = summary.find_next_sibling("p")
        strong = feedback.find("strong") if isinstance(feedback, Tag) else None
        if not isinstance(strong, Tag) or strong.get_text() != expected:
            found.append(f"the feedback does not begin with {expected} {summary.get_text()}")
    return found


def test_the_book_asks() -> None:
    assert QUIZ in PAGES
    assert len(questions(QUIZ)) == 18


@pytest.mark.parametrize("file", PAGES)
def test_a_question_has_one_right_option_and_every_option_says_why(file: str) -> None:
    asked = questions(file)
    assert {str(question.get("id")): faults(question) for question in asked if faults(question)} == {}
    names = [question.get("id") for question in asked]
    assert all(str(name).startswith("q-") for name in names)
    assert len(set(names)) == len(names)


def test_only_pages_that_ask_load_the_script() -> None:
    assert [file for file in FILES if "quiz.js" in (HTML / f"{file}.html").read_text(encoding="utf-8")] == PAGES


RIGHT = '<details class="option right"><summary>2</summary><p><strong>Right.</strong> <a href="#">So.</a></p></details>'
WRONG = '<details class="option"><summary>1</summary><p><strong>No.</strong> Hm.</p></details>'


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (RIGHT + WRONG, []),
        (RIGHT, ["fewer than two options"]),
        (RIGHT + RIGHT + WRONG, ["2 right options"]),
        (RIGHT.replace("a href", "b href") + WRONG, ["the right option has no link to a proof"]),
        (RIGHT + WRONG.replace("No.", "Well."), ["the feedback does not begin with No. 1"]),
        (RIGHT + WRONG.replace(">1<", ">`1`<"), ["Markdown in a summary, where none is read: `1`"]),
    ],
)
def test_the_form_is_checked(options: str, fault: list[str]) -> None:
    question = BeautifulSoup(f'<div class="question">{options}</div>', "lxml").select_one(".question")
    assert question is not None
    assert faults(question) == fault


# In the browser.

Visit = Callable[..., Page]


@pytest.fixture
def shown(page: Page) -> Iterator[Page]:
    """Give a page that asks, where nothing moves; afterwards nothing is answered any more."""
    page.emulate_media(reduced_motion="reduce")
    yield page
    again = page.locator("button.again")
    if again.is_enabled():
        again.click()


def options(shown: Page, name: str) -> Locator:
    return shown.locator(f"#{name} details.option")


def is_open(option: Locator) -> bool:
    return option.get_attribute("open") is not None


def mark(option: Locator) -> str:
    """Return the sign before an option and the word that a screen reader says for it, as the style has them."""
    return str(option.locator("summary").evaluate("summary => getComputedStyle(summary, '::before').content"))


def expect(option: Locator, right: bool) -> None:
    """Expect an answer: a sign with its word, a colour, and a feedback that can be seen."""
    assert mark(option) == ('"✓" / "right:"' if right else '"✗" / "wrong:"')
    feedback = option.locator("p").first
    assert feedback.is_visible()
    assert feedback.inner_text().startswith(FEEDBACK[0] if right else FEEDBACK[1])


def score(shown: Page) -> str:
    return shown.locator(".score.total").inner_text()


@on(*PAGES)
def test_every_question_of_the_book_answers(shown: Page) -> None:
    asked = shown.locator(".question")
    count = asked.count()
    for index in range(count):
        right = asked.nth(index).locator("details.option.right")
        right.locator("summary").click()
        expect(right, right=True)
    assert score(shown).removeprefix("All in all: ") == f"{count} of {count} right at the first try."
    for option in shown.locator("details.option:not(.right)").all():
        option.locator("summary").click()
        expect(option, right=False)
    assert score(shown).removeprefix("All in all: ") == f"{count} of {count} right at the first try."


@on(QUIZ)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_click_on_an_option_answers(shown: Page, theme: str) -> None:
    measuring.switch(shown, theme)
    asked = options(shown, "q-quiz-b")
    assert score(shown) == "All in all: 0 of 18 right at the first try, 18 still open."
    colours = set()
    for index in range(asked.count()):
        option = asked.nth(index)
        assert mark(option) == '"○" / ""'
        option.locator("summary").click()
        expect(option, right=index == 0)
        colours.add(option.evaluate("option => getComputedStyle(option).backgroundColor"))
    assert len(colours) == 2
    assert score(shown) == "All in all: 1 of 18 right at the first try, 17 still open."


@on(QUIZ)
def test_the_keyboard_alone_does_it_and_the_first_answer_counts(shown: Page) -> None:
    asked = options(shown, "q-quiz-a")
    shown.keyboard.press("Tab")
    asked.first.locator("summary").focus()
    for index in range(asked.count()):
        option = asked.nth(index)
        assert option.locator("summary").evaluate("summary => summary === document.activeElement")
        assert option.locator("summary").evaluate("summary => getComputedStyle(summary).outlineStyle") == "solid"
        shown.keyboard.press("Enter" if index % 2 else "Space")
        expect(option, right=index == 1)
        for _ in range(1 + option.locator("a").count()):  # past the links of the feedback
            shown.keyboard.press("Tab")
    assert score(shown) == "All in all: 0 of 18 right at the first try, 17 still open."


@on(QUIZ)
def test_the_score_is_that_of_each_part_and_of_all_and_starts_again(shown: Page) -> None:
    again = shown.get_by_role("button", name="Start again")
    assert again.is_disabled()
    for name in "abcdefghijklmnopqr":
        asked = options(shown, f"q-quiz-{name}")
        wanted = asked.locator("xpath=self::*[contains(@class, 'right')]") if name in "acegikmoq" else asked.last
        wanted.locator("summary").click()
    right = sum("right" in str(options(shown, f"q-quiz-{name}").last.get_attribute("class")) for name in "bdfhjlnpr")
    assert score(shown) == f"All in all: {9 + right} of 18 right at the first try."
    lines = shown.locator(".score:not(.total)").all_inner_texts()
    assert len(lines) == 3
    assert shown.locator(".question:has(+ .score)").evaluate_all(
        "all => all.map(question => question.id.slice(-1))"
    ) == [*"flr"]
    assert sum(int(line.removeprefix("This part: ").split()[0]) for line in lines) == 9 + right
    again.click()
    assert score(shown) == "All in all: 0 of 18 right at the first try, 18 still open."
    assert shown.locator(".option[open]").count() == 0
    assert set(
        shown.locator(".option summary").evaluate_all(
            "all => all.map(summary => getComputedStyle(summary, '::before').content)"
        )
    ) == {'"○" / ""'}
    assert shown.evaluate("document.activeElement.closest('.question')?.id") == "q-quiz-a"
    assert again.is_disabled()


def test_the_score_stays_in_the_page(visit: Visit) -> None:
    shown = visit(f"{QUIZ}.html", without="**/mathjax/**")  # it is loaded twice
    kept = "JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])"
    before = shown.evaluate(kept)
    options(shown, "q-quiz-b").first.locator("summary").click()
    assert shown.evaluate(kept) == before
    shown.reload()
    assert score(shown) == "All in all: 0 of 18 right at the first try, 18 still open."


def test_without_scripts_every_option_answers(visit: Visit) -> None:
    shown = visit(f"{QUIZ}.html", java_script_enabled=False)
    asked = options(shown, "q-quiz-c")
    for index in range(asked.count()):
        assert not asked.nth(index).locator("p").first.is_visible()
        asked.nth(index).locator("summary").click()
        expect(asked.nth(index), right=index == 2)
    assert shown.get_by_role("button", name="Start again").count() == 0


def test_on_a_phone_an_option_is_large_enough_for_a_finger(visit: Visit) -> None:
    shown = visit(f"{QUIZ}.html", width=browsing.PHONE)
    sizes = shown.locator(".option summary, .again").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    option = options(shown, "q-quiz-a").nth(1)
    option.locator("summary").tap()
    expect(option, right=True)


def test_it_works_from_a_file(visit: Visit) -> None:
    shown = visit((HTML / f"{QUIZ}.html").as_uri())
    options(shown, "q-quiz-b").first.locator("summary").click()
    assert score(shown) == "All in all: 1 of 18 right at the first try, 17 still open."


@on(QUIZ)
def test_on_paper_everything_stands_open_and_marked(shown: Page) -> None:
    shown.emulate_media(media="print")
    asked = shown.locator(".option")
    for index in range(asked.count()):
        expect(asked.nth(index), right="right" in str(asked.nth(index).get_attribute("class")))
    assert not shown.get_by_role("button", name="Start again").is_visible()
