"""Checks of what a loss does with the memory of its inputs, and whether it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bce_lib.audit import _inputs as inputs
from bce_lib.audit._check import Outcome, agrees, check
from bce_lib.audit._subject import NotApplicable, Subject

LENGTH = 24  # two or three of the widest vectors, and few shapes for JAX to compile


def _many(subject: Subject) -> tuple[inputs.Numbers, inputs.Numbers]:
    y, predictions = inputs.moderate(subject.takes)
    shape = (LENGTH, 1) if subject.layout == "row" else (LENGTH,)
    return np.resize(y, LENGTH).reshape(shape), np.resize(predictions, LENGTH).reshape(shape)


@check(
    "layout",
    title="the same for strided, reversed and read-only arrays as for their copies",
    why="Columns of a table, slices and memory-mapped files are such arrays.",
    chapter="conformance",
)
def layout(subject: Subject) -> Outcome:
    """Pass views of larger arrays."""
    if subject.framework.immutable:
        raise NotApplicable(f"arrays of {subject.framework.name} have one layout")
    y, predictions = _many(subject)
    expected = subject.values(subject.call(subject.array(y), subject.array(predictions)))
    for name, view in _views(subject):
        found = subject.values(subject.call(view(y), view(predictions)))
        if not agrees(found, expected):
            return Outcome(False, "another result than for a copy", f"{name} arrays")
    return Outcome(True, "the same for each")


def _views(subject: Subject) -> Iterator[tuple[str, Any]]:
    def strided(values: inputs.Numbers) -> Any:
        return subject.array(np.repeat(values, 2, axis=0))[::2]

    def backwards(values: inputs.Numbers) -> Any:
        return subject.array(values[::-1])[::-1]

    def read_only(values: inputs.Numbers) -> Any:
        array = subject.array(values)
        array.setflags(write=False)
        return array

    yield "strided", strided
    if isinstance(subject.array([0.0]), np.ndarray):
        yield "reversed", backwards
        yield "read-only", read_only


@check(
    "inputs-unchanged",
    title="leaves its inputs as they were",
    why="A loss that writes into the predictions changes whatever else is computed from them.",
    chapter="conformance",
)
def inputs_unchanged(subject: Subject) -> Outcome:
    """Look at the arrays after a call."""
    if subject.framework.immutable:
        raise NotApplicable(f"arrays of {subject.framework.name} cannot be changed")
    given = _many(subject)
    arrays = [subject.array(values) for values in given]
    subject.call(*arrays)
    for name, array, values in zip(("labels", "predictions"), arrays, given, strict=True):
        changed = np.flatnonzero(subject.values(array) != values)
        if changed.size:
            return Outcome(False, f"{changed.size} of {LENGTH} {name} changed", f"{LENGTH} moderate predictions")
    return Outcome(True, "unchanged")


@check(
    "determinism",
    title="the same input gives the same bits",
    why="A result that does not repeat cannot be debugged, and no test of it can be exact.",
    chapter="conformance",
)
def determinism(subject: Subject) -> Outcome:
    """Call it three times."""
    y, predictions = _many(subject)
    first, *others = (subject.values(subject.call(subject.array(y), subject.array(predictions))) for _ in range(3))
    same = all(np.array_equal(first, other, equal_nan=True) for other in others)
    return Outcome(
        same, "identical in three calls" if same else "differs from call to call", f"{LENGTH} moderate predictions"
    )


CHECKS = (layout, inputs_unchanged, determinism)
