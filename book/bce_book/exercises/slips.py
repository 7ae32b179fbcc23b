"""Slips that can happen in any exercise, found by comparing what came back with what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bce_book.exercises.results import Case, Numbers, as_numbers
from bce_lib.audit._subject import Refused, WrongResult

BASE_10 = "Your logarithm is to base 10: the natural one is wanted."
BASE_2 = "Your values are in bits: the logarithm is to base 2, not the natural one."
ROUNDED = "Your result is rounded: return all of its digits."
NEGATED = "Your values have the wrong sign."
SWAPPED_ARGUMENTS = "Your function takes its first two arguments in the other order."
LISTS = "Your function is given lists and computes with them as if they were arrays: make arrays of them first."
SHAPE = "Your values have another shape than those wanted."
PRINTED = "You print the result: return it, so that one can go on computing with it."


def slip_of_values(results: Sequence[Any], wanted: Sequence[Any], rtol: float) -> str:
    """Return the hint that fits all results, if one does; an empty text if none does."""
    try:
        pairs = [(as_numbers(result), as_numbers(right)) for result, right in zip(results, wanted, strict=True)]
    except WrongResult:
        return ""
    if any(values.shape != right.shape for values, right in pairs):
        return SHAPE
    close = max(rtol, 1e-12)
    if _all_agree(pairs, np.log(10), close):
        return BASE_10
    if _all_agree(pairs, np.log(2), close):
        return BASE_2
    if _all_agree(pairs, -1.0, close):
        return NEGATED
    rounded = any(all(_is_rounded(values, right.round(digits)) for values, right in pairs) for digits in range(1, 8))
    return ROUNDED if rounded else ""


def _is_rounded(values: Numbers, right: Numbers) -> bool:
    """Tell whether the values are these decimals, or the numbers of float32 that are nearest to them."""
    return np.array_equal(values, right) or np.array_equal(values, right.astype(np.float32))


def _all_agree(pairs: Sequence[tuple[Numbers, Numbers]], factor: float, rtol: float) -> bool:
    """Tell whether all values are the right ones over the factor; a right value of 0 says nothing."""
    told = any(np.any((right != 0) & np.isfinite(right)) for _, right in pairs)
    return bool(told and all(np.allclose(values * factor, right, rtol=rtol, atol=0) for values, right in pairs))


def slip_of_types(results: Sequence[Any], cases: Sequence[Case]) -> str:
    """Return a hint where lists met arithmetic that only arrays can do; an empty text if they did not."""
    for result, case in zip(results, cases, strict=True):
        if isinstance(result, Refused) and result.kind == "TypeError" and any(isinstance(a, list) for a in case):
            words = str(result)
            if "operand" in words or "multiply sequence" in words or "unary" in words:
                return LISTS
    return ""
