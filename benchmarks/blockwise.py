"""Print what the size of a block costs, and what `where` costs beside `abs` and `exp` on logits of both signs.

Two things that the library rests on: ``BLOCK`` of ``bce_lib/_blockwise.py`` is the size of a block, and on NumPy
``magnitude`` of ``bce_lib/_sigmoid.py`` is ``abs`` and not ``where``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

import numpy as np
from common.conditions import conditions
from common.timing import in_turns, median_ratio, seconds

from bce_lib import _blockwise, binary_cross_entropy_gradient, binary_cross_entropy_with_logits

COUNT = 4_000_000
BLOCKS = [2**power for power in range(10, 21)]


def with_block(block: int, function: Callable[[], object]) -> float:
    """Return the seconds that a function takes when blocks have this many elements."""
    usual, _blockwise.BLOCK = _blockwise.BLOCK, block
    try:
        return seconds(function)
    finally:
        _blockwise.BLOCK = usual


def print_blocks(rounds: int) -> None:
    """Print the time of the loss and its gradient by size of block, relative to the library's own."""
    generator = np.random.default_rng(0)
    z = 5 * generator.standard_normal(COUNT, dtype=np.float32)
    y = (generator.random(COUNT) < 0.5).astype(np.float32)
    columns = {
        "loss, mean": partial(binary_cross_entropy_with_logits, y, z),
        "loss, none": partial(binary_cross_entropy_with_logits, y, z, reduction="none"),
        "gradient": partial(binary_cross_entropy_gradient, y, z, reduction="none"),
    }
    print(f"Time by elements a block, relative to {_blockwise.BLOCK:,} ({COUNT:,} logits in float32):")
    print(f"{'block':>11}" + "".join(f"{title:>13}" for title in columns))
    measured = [
        in_turns({str(block): partial(with_block, block, function) for block in BLOCKS}, rounds)
        for function in columns.values()
    ]
    for block in BLOCKS:
        ratios = [median_ratio(times[str(block)], times[str(_blockwise.BLOCK)]) for times in measured]
        print(f"{block:>11,}" + "".join(f"{ratio:>13.2f}" for ratio in ratios))


def print_where(rounds: int) -> None:
    """Print what `where` costs on a block, relative to `exp`, by the order of the signs."""
    block = 5 * np.random.default_rng(0).standard_normal(_blockwise.BLOCK)
    print(f"Time of one operation on a block of {_blockwise.BLOCK:,} float64, relative to exp of it:")
    for title, z in (("signs in random order", block), ("the same, sorted", np.sort(block))):
        operations = {
            "exp": partial(np.exp, -np.abs(z)),
            "abs": partial(np.abs, z),
            "where": lambda z=z: np.where(z >= 0, z, -z),
        }
        calls = {name: partial(seconds, operation, 200) for name, operation in operations.items()}
        times = in_turns(calls, rounds)
        shares = ", ".join(f"{name} {median_ratio(times[name], times['exp']):.2f}" for name in ("abs", "where"))
        print(f"  {title}: {shares}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured")
    arguments = parser.parse_args()
    print_blocks(arguments.rounds)
    print_where(arguments.rounds)
    print(conditions())
