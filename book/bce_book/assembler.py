"""What a compiler made of a loop, read from its machine code: on x86-64 and on 64-bit Arm."""

from __future__ import annotations

import platform
import re
from typing import Any

# Arithmetic on several numbers at once, in the two assemblers' words; a fused product and sum counts twice.
_SUM_OR_PRODUCT, _FUSED, _DIVISION = {
    "x86_64": (r"v?(?:add|sub|mul)p[sd]", r"vfn?m(?:add|sub)\d*p[sd]", r"v?divp[sd]"),
    "aarch64": (r"f(?:add|sub|mul)\tv", r"fml[as]\tv", r"fdiv\tv"),
}.get(platform.machine(), ("$.", "$.", "$."))
_CALL = r"\t(?:callq?|blr?)\t"
_JUMP = re.compile(r"\t(?:j\w+|b\.\w+|cbn?z|tbn?z)\t(?:.*, *)?(\.L\w+)$")


def innermost_loops(function: Any) -> list[list[str]]:
    """Return the innermost loops of a function that numba has compiled, each as the lines of its machine code.

    Parameters
    ----------
    function
        What ``numba.njit`` returns, called at least once; the last signature that was compiled counts.

    Examples
    --------
    >>> import numpy as np
    >>> from numba import njit
    >>> from bce_book.assembler import innermost_loops
    >>> @njit
    ... def double(x):
    ...     for i in range(x.size):
    ...         x[i] *= 2
    >>> double(np.ones(100))
    >>> len(innermost_loops(double)) > 0
    True
    """
    lines = _without_wrappers(function.inspect_asm(function.signatures[-1]).splitlines())
    labels = {line[:-1]: i for i, line in enumerate(lines) if re.fullmatch(r"\.L\w+:", line)}
    loops = []
    for i, line in enumerate(lines):
        jump = _JUMP.match(line)
        if jump and labels.get(jump[1], i) < i:
            loops.append((labels[jump[1]], i))
    inner = [(a, b) for a, b in loops if not any((c, d) != (a, b) and a <= c and d <= b for c, d in loops)]
    return [lines[a:b] for a, b in inner]


def _without_wrappers(lines: list[str]) -> list[str]:
    """Leave out what unpacks Python's objects before the function begins."""
    kept, own = [], True
    for line in lines:
        if re.fullmatch(r"\w[\w.$]*:", line):
            own = not line.startswith(("_ZN7cpython", "cfunc"))
        if own:
            kept.append(line)
    return kept


def vectorised_loops(function: Any) -> list[list[str]]:
    """Return the innermost loops that compute with several numbers at once, and call no function."""
    arithmetic = re.compile(rf"\t(?:{_SUM_OR_PRODUCT}|{_FUSED}|{_DIVISION})")
    return [
        loop
        for loop in innermost_loops(function)
        if any(map(arithmetic.match, loop)) and not any(re.match(_CALL, line) for line in loop)
    ]


def calls_in_loops(function: Any) -> int:
    """Return how many calls of other functions there are in the innermost loops."""
    return sum(bool(re.match(_CALL, line)) for loop in innermost_loops(function) for line in loop)


def operations_per_division(loop: list[str]) -> float:
    """Return how many sums, products and divisions a vectorised loop does for each division.

    Where there is one division an element, that is the number of operations an element, however many of them the
    processor takes at once.
    """
    code = "\n".join(loop)
    sums, fused, divisions = (len(re.findall(rf"\t{kind}", code)) for kind in (_SUM_OR_PRODUCT, _FUSED, _DIVISION))
    return (sums + 2 * fused + divisions) / divisions
