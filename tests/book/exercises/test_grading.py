"""The engine of the graders: whatever an answer is or does, a grade comes back, and says what happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bce_book.exercises.grading import Grade, Mistake, grade, holds


def twice(values: Any) -> Any:
    return 2 * values


CHECKS = [
    holds("Each number, twice.", "What is 1 and 1?", (np.array([1.0, 2.0]),), expected=twice, rtol=1e-12),
    holds("A number below 0, twice.", "Which side of 0?", (np.array([-3.0]),), expected=twice, rtol=1e-12),
]
MISTAKES = [Mistake(lambda values: values**2, "A square."), Mistake(lambda values: values + values[0], "A shift.")]


def graded(answer: Any) -> Grade:
    return grade("twice", answer, CHECKS, MISTAKES, time_limit=0.3)


def test_a_right_answer_passes_every_check() -> None:
    result = graded(twice)
    assert result
    assert (result.held, result.checks) == (2, 2)
    assert repr(result) == "✓ twice: all 2 checks passed"


def unwritten(_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize("answer", [..., None, lambda _: ..., lambda _: None, unwritten])
def test_where_nothing_is_filled_in_nothing_is_wrong_yet(answer: Any) -> None:
    result = graded(answer)
    assert not result
    assert repr(result).startswith("– twice: nothing here yet")


def test_a_path_without_a_return_is_no_empty_cell() -> None:
    result = graded(lambda values: 2 * values if values[0] > 0 else None)
    assert result.held == 1
    assert (result.got, result.hint) == ("nothing: None", "Is there a path through your code without a return?")


def test_a_result_in_place_of_the_function_is_told() -> None:
    result = graded(twice(np.array([1.0, 2.0])))
    assert not result
    assert result.got == "[2, 4]"
    assert "without brackets" in result.hint


def test_an_error_is_what_came_back() -> None:
    result = graded(lambda values: values[5])
    assert result.got.startswith("raises IndexError: index 5")
    assert result.expected == "Each number, twice."


def test_the_wrong_number_of_parameters_is_an_error_too() -> None:
    assert graded(lambda: 1).got.startswith("raises TypeError")


def test_a_loop_without_an_end_is_stopped() -> None:
    def hangs(_: Any) -> Any:
        while True:
            pass

    result = graded(hangs)
    assert (result.tried, result.got) == ("hangs", "nothing within 0.3 s")


def test_an_argument_that_was_changed_is_told_even_if_the_result_is_right() -> None:
    def in_place(values: Any) -> Any:
        values *= 2
        return values

    result = graded(in_place)
    assert not result
    assert "not the same after the call" in result.got
    assert result.tried == "in_place([1, 2])"


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
    result = graded(answer)
    assert not result
    assert result.got == got


def test_a_list_is_as_good_as_an_array() -> None:
    assert graded(lambda values: [2 * value for value in values])


def test_a_mistake_is_named_where_it_explains_the_result_and_only_there() -> None:
    assert graded(lambda values: values * values).hint == "A square."
    assert graded(lambda values: 3 * values).hint == "What is 1 and 1?"


def test_a_mistake_that_is_right_in_a_check_explains_nothing_there() -> None:
    first = grade("one", lambda values: 5 * values, CHECKS[1:], [Mistake(twice, "None.")])
    assert first.hint == "Which side of 0?"


def test_nan_is_a_result_and_no_number() -> None:
    assert graded(lambda values: values * np.nan).got == "[nan, nan]"
