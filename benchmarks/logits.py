"""Print what the loss of logits costs beside NumPy's usual one-liner, which is less accurate, and what importing takes.

    np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))

Both on the same 4 million float32, each in a process of its own, in turns. Memory is what a call needs beyond what goes
in: as Python's own trace of allocations has it, and as the operating system saw the process grow.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import tracemalloc
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from common.conditions import conditions
from common.timing import in_a_process, in_turns, median_ratio, seconds

COUNT = 4_000_000
IMPORT_BOUND = 0.060

IMPORT = """
import numpy
from time import perf_counter
start = perf_counter()
import bce_lib
print(perf_counter() - start)
"""


def one_liner(y: Any, z: Any) -> Any:
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


def loss(y: Any, z: Any) -> Any:
    from bce_lib import binary_cross_entropy_with_logits

    return binary_cross_entropy_with_logits(y, z)


FUNCTIONS = {"one_liner": one_liner, "loss": loss}


def measure(what: str, name: str, folder: Path) -> float:
    """Measure one function in this process: seconds a call, or bytes that a call needs."""
    y, z = np.load(folder / "y.npy"), np.load(folder / "z.npy")
    call = partial(FUNCTIONS[name], y, z)
    FUNCTIONS[name](y[:1000], z[:1000])  # whatever is loaded or set up at the first call
    if what == "time":
        return seconds(call, calls=7)
    if what == "traced":
        tracemalloc.start()
        call()
        return tracemalloc.get_traced_memory()[1]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    call()
    return 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def compare(folder: Path, what: str, rounds: int) -> dict[str, list[float]]:
    """Measure both functions in turns, each in a fresh process."""
    return in_turns({name: partial(in_a_process, __file__, what, name, str(folder)) for name in FUNCTIONS}, rounds)


def main(rounds: int) -> None:
    """Print the ratio of the times, the memory that each needs, and the time that the import adds to NumPy's."""
    generator = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "z.npy", 5 * generator.standard_normal(COUNT, dtype=np.float32))
        np.save(folder / "y.npy", (generator.random(COUNT) < 0.5).astype(np.float32))
        times, traced, grown = (compare(folder, what, n) for what, n in (("time", rounds), ("traced", 1), ("grown", 3)))
    imports = [in_a_process("-c", IMPORT) for _ in range(20)]
    print(f"Loss of {COUNT:,} logits in float32, mean; against the one-liner of NumPy:")
    print(f"  time            {median_ratio(times['loss'], times['one_liner']):.2f} times (median of {rounds} rounds)")
    for title, memory in (("memory, traced", traced), ("memory, growth", grown)):
        own, other = (median(memory[name]) / 2**20 for name in ("loss", "one_liner"))
        print(f"  {title}  {own:.1f} MiB against {other:.1f} MiB")
    added = median(imports)
    share = added / IMPORT_BOUND
    print(f"`import bce_lib` after `import numpy`: {share:.0%} of the {IMPORT_BOUND * 1e3:.0f} ms that it may take")
    print(conditions("array-api-compat"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measure", nargs="*", metavar="WHAT NAME FOLDER", help="what its own processes are to do")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured")
    arguments = parser.parse_args()
    if arguments.measure:
        print(measure(arguments.measure[0], arguments.measure[1], Path(arguments.measure[2])))
    else:
        main(arguments.rounds)
