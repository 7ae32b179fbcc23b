"""What a grade is, by a grader of our own; then what holds for every grader of the book, found by its file."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chapters
from bce_book import exercises
from bce_book.exercises import grading, slips
from bce_book.exercises.grading import Grade, Mistake, agreement, grade_answer
from graders import STEMS, WIDTH, messages, module_of, solution

# A grader of our own: whatever an answer is or does, a grade comes back, and says what happened


def twice(values: Any) -> Any:
    return 2 * values


REQUIREMENTS = [
    agreement("Each number, twice.", "What is 1 and 1?", (np.array([1.0, 2.0]),), expected=twice, rtol=1e-12),
    agreement("A number below 0, twice.", "Which side of 0?", (np.array([-3.0]),), expected=twice, rtol=1e-12),
]
MISTAKES = [Mistake(lambda values: values**2, "A square."), Mistake(lambda values: values + values[0], "A shift.")]


def graded(answer: Any) -> Grade:
    return grade_answer("twice", answer, REQUIREMENTS, MISTAKES, time_limit=0.3)


def test_a_right_answer_meets_every_requirement() -> None:
    grade = graded(twice)
    assert grade
    assert (grade.met, grade.total) == (2, 2)
    assert repr(grade) == "✓ twice: all 2 checks passed"


def unwritten(_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize("answer", [..., None, lambda _: ..., lambda _: None, unwritten])
def test_where_nothing_is_filled_in_nothing_is_wrong_yet(answer: Any) -> None:
    grade = graded(answer)
    assert not grade
    assert repr(grade).startswith("– twice: nothing here yet")


def test_a_path_without_a_return_is_not_an_empty_cell() -> None:
    grade = graded(lambda values: 2 * values if values[0] > 0 else None)
    assert grade.met == 1
    assert (grade.got, grade.hint) == ("nothing: None", "Is there a path through your code without a return?")


def test_a_result_in_place_of_the_function_is_told() -> None:
    grade = graded(twice(np.array([1.0, 2.0])))
    assert not grade
    assert grade.got == "[2, 4]"
    assert "without brackets" in grade.hint


def test_an_error_is_what_came_back() -> None:
    grade = graded(lambda values: values[5])
    assert grade.got.startswith("raises IndexError: index 5")
    assert grade.requirement == "Each number, twice."


def test_the_wrong_number_of_parameters_is_an_error_too() -> None:
    assert graded(lambda: 1).got.startswith("raises TypeError")


def test_a_loop_without_an_end_is_stopped() -> None:
    grade = graded(never_returns)
    assert (grade.tried, grade.got) == ("never_returns", "nothing within 0.3 s")


def test_an_argument_that_was_changed_is_told_even_if_the_result_is_right() -> None:
    def in_place(values: Any) -> Any:
        values *= 2
        return values

    grade = graded(in_place)
    assert not grade
    assert "not the same after the call" in grade.got
    assert grade.tried == "in_place([1, 2])"


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        (lambda values: 2 * values[0], "one number, not an array of shape (2,)"),
        (lambda values: 2 * values[:, None], "an array of shape (2, 1), not an array of shape (2,)"),
        (lambda values: "24", "a str, not numbers"),
        (lambda values: {2.0, 4.0}, "a set, not numbers"),
        (lambda values: np.array(["2", "four"]), "an array of <U4"),
        (lambda values: [2.0, [4.0]], "a list, not numbers"),
    ],
)
def test_a_wrong_shape_or_type_is_told_in_words(answer: Any, got: str) -> None:
    grade = graded(answer)
    assert not grade
    assert grade.got == got


def test_a_list_is_as_good_as_an_array() -> None:
    assert graded(lambda values: [2 * value for value in values])


def test_a_mistake_is_named_where_it_explains_the_result_and_only_there() -> None:
    assert graded(lambda values: values * values).hint == "A square."
    assert graded(lambda values: 3 * values).hint == "What is 1 and 1?"


def test_a_mistake_that_is_right_in_a_requirement_explains_nothing_there() -> None:
    grade = grade_answer("one", lambda values: 5 * values, REQUIREMENTS[1:], [Mistake(twice, "None.")])
    assert grade.hint == "Which side of 0?"


# Slips that can happen in any exercise


def quotient(a: Any, b: Any) -> Any:
    return np.log(a) / b


LOGARITHMS = [
    agreement(
        "The natural logarithm of the first, over the second.",
        "What is log 8 / 2?",
        (np.array([8.0, 3.0]), np.array([2.0, 5.0])),
        ([7.0], [3.0]),
        expected=lambda a, b: quotient(np.asarray(a), np.asarray(b)),
        rtol=1e-12,
    )
]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda a, b: np.log10(a) / np.asarray(b), slips.BASE_10),
        (lambda a, b: np.log2(a) / np.asarray(b), slips.BASE_2),
        (lambda a, b: -np.log(a) / np.asarray(b), slips.NEGATED),
        (lambda a, b: (np.log(a) / np.asarray(b)).round(4), slips.ROUNDED),
        (lambda b, a: np.log(a) / np.asarray(b), slips.SWAPPED_ARGUMENTS),
        (lambda a, b: np.log(a)[0] / np.asarray(b)[0], slips.SHAPE),
        (lambda a, b: (np.log(a) / np.asarray(b))[:, None], slips.SHAPE),
        (lambda a, b: [math.log(x) for x in a] / b, slips.LISTS),
        (lambda a, b: 3 * np.log(a) / np.asarray(b), "What is log 8 / 2?"),
    ],
)
def test_a_slip_of_any_exercise_has_its_own_hint(answer: Any, hint: str) -> None:
    assert grade_answer("quotient", answer, LOGARITHMS).hint == hint


def test_a_result_that_is_printed_is_not_an_empty_cell() -> None:
    def prints(values: Any) -> None:
        print(2 * values[0])

    grade = graded(prints)
    assert not grade
    assert (grade.got, grade.hint) == ("nothing: None, but it prints '2.0'", slips.PRINTED)


def test_a_mistake_with_a_name_goes_before_a_slip() -> None:
    named = [Mistake(lambda a, b: np.log10(a) / np.asarray(b), "By name.")]
    assert grade_answer("quotient", lambda a, b: np.log10(a) / np.asarray(b), LOGARITHMS, named).hint == "By name."


def test_nan_is_a_result_and_not_a_number() -> None:
    assert graded(lambda values: values * np.nan).got == "[nan, nan]"


def test_warnings_of_an_answer_are_not_the_reader_s_business() -> None:
    assert graded(lambda values: values / 0).got == "[inf, inf]"


# Every grader of the book


every_grader = pytest.mark.parametrize("stem", STEMS)


@every_grader
def test_a_grader_is_a_function_with_the_stem_of_a_chapter(stem: str) -> None:
    assert chapters.chapter(stem).stem == stem
    grader = getattr(exercises, stem)
    assert grader is getattr(module_of(stem), stem)
    assert grader.__name__ == stem
    assert "Parameters" in grader.__doc__
    assert f"exercises.{stem}(" in grader.__doc__


def test_the_graders_are_those_that_have_a_file_and_tests() -> None:
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert tests - {"grading"} == set(STEMS)
    assert set(exercises.__all__) == {"Grade", *STEMS}
    assert set(STEMS) <= set(dir(exercises))


def test_a_chapter_without_a_grader_is_told_which_have_one() -> None:
    with pytest.raises(AttributeError, match=rf"'nowhere' is graded; there are {', '.join(STEMS)}"):
        _ = exercises.nowhere


def test_importing_the_exercises_loads_no_framework() -> None:
    code = "import sys, bce_book.exercises; print(*[n for n in ('torch', 'keras', 'jax') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@every_grader
def test_each_usual_mistake_fails_and_its_hint_names_it(stem: str) -> None:
    assert module_of(stem).MISTAKES
    for mistake in module_of(stem).MISTAKES:
        grade = getattr(exercises, stem)(mistake.answer)
        assert not grade
        assert grade.hint == mistake.hint, grade
        assert max(map(len, repr(grade).splitlines())) <= WIDTH


TELLING = {
    *("log1p", "expm1", "logaddexp", "softplus", "logsigmoid", "log_sigmoid", "X.T", ".max(", "sigmoid(", "mean("),
    *("np.where", "np.log", "np.exp", "np.mean", "np.sum"),
}
"""What solutions are made of, as one would write it."""


@every_grader
def test_no_message_contains_a_piece_of_a_solution(stem: str) -> None:
    code = solution(stem)
    lines = {line.strip() for line in code.splitlines()[1:]} - {""}
    calls = set(re.findall(r"[\w.]+\(", code))
    assert lines
    assert calls
    assert [(part, text) for part in lines | calls | TELLING for text in messages(stem) if part in text] == []


def returns_nothing(*_: Any) -> None: ...


def returns_text(*_: Any) -> str:
    return "0.5"


def raises_error(*_: Any) -> float:
    return math.log(0)


def changes_argument(first: Any, *_: Any) -> float:
    first[0] = 7
    return 1.0


def never_returns(*_: Any) -> None:
    while True:
        pass


@every_grader
def test_whatever_an_answer_does_is_a_grade(stem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    grader = getattr(exercises, stem)
    assert "nothing here yet" in repr(grader(returns_nothing))
    assert "nothing here yet" in repr(grader(...))
    assert "without brackets" in grader(3).hint
    assert re.search(r"a str, not numbers|not \d results|one number, not an array", grader(returns_text).got)
    assert grader(raises_error).got.startswith("raises ValueError")
    changed = grader(changes_argument).got
    assert changed == "the argument is not the same after the call" or changed.startswith("raises TypeError")
    monkeypatch.setattr(grading, "TIME_LIMIT", 0.3)
    assert grader(never_returns).got == "nothing within 0.3 s"
