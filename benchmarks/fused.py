"""Print what the compiled loss costs beside every peer, and write down what chapter *fused* reads.

Each side computes the mean loss and its gradient by the logits of the same 4 million float32, alone in its process and
in turns with the others; a ratio is the median of the rounds. What is compiled is compiled before it is timed.

    python benchmarks/fused.py                     # about 10 minutes
    python benchmarks/fused.py --rounds 3 --quick  # the ratios alone
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from common.conditions import conditions
from common.timing import in_a_process, in_turns, median_ratio, seconds
from tqdm import tqdm

RESULTS = Path(__file__).parent / "results" / "fused.json"
COUNT = 4_000_000
CHAIN = 8
CORES = len(os.sched_getaffinity(0))
Step = Callable[[], Any]


def data(count: int, dtype: str) -> tuple[Any, Any]:
    generator = np.random.default_rng(0)
    logits = 5 * generator.standard_normal(count, dtype=dtype)
    return (generator.random(count) < 0.5).astype(dtype), logits


def ours(count: int, dtype: str, threads: int) -> Step:
    from bce_lib import fused

    y, z = data(count, dtype)
    return lambda: fused.loss_and_gradient(y, z, n_threads=threads)


def ours_in_place(count: int, dtype: str, threads: int) -> Step:
    from bce_lib import fused

    y, z = data(count, dtype)
    gradient = np.empty_like(z)
    return lambda: fused.loss_and_gradient(y, z, gradient_out=gradient, n_threads=threads)


def torch_eager(count: int, dtype: str, threads: int, *, compiled: bool = False) -> Step:
    import torch

    torch.set_num_threads(threads)
    y, z = (torch.from_numpy(values) for values in data(count, dtype))
    z.requires_grad_()
    loss = torch.nn.BCEWithLogitsLoss()
    loss = torch.compile(loss) if compiled else loss

    def step() -> None:
        z.grad = None
        loss(z, y).backward()

    return step


def scikit_learn(count: int, dtype: str, threads: int) -> Step:
    from sklearn._loss import HalfBinomialLoss

    y, z = data(count, dtype)
    loss = HalfBinomialLoss()

    def step() -> Any:
        losses, gradients = loss.loss_gradient(y_true=y, raw_prediction=z, n_threads=threads)
        gradients /= count
        return losses.mean(), gradients

    return step


def optax_jit(count: int, dtype: str, threads: int) -> Step:
    import jax
    import optax

    y, z = (jax.numpy.asarray(values) for values in data(count, dtype))
    step = jax.jit(jax.value_and_grad(lambda at: optax.sigmoid_binary_cross_entropy(at, y).mean()))
    return lambda: jax.block_until_ready(step(z))


def numpy_form(count: int, dtype: str, threads: int) -> Step:
    y, z = data(count, dtype)

    def step() -> Any:
        e = np.exp(-np.abs(z))
        loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e))
        gradient = (np.where(z >= 0, 1, e) / (1 + e) - y) / count
        return loss, gradient

    return step


def copy(count: int, dtype: str, threads: int) -> Step:
    """Read one and a half numbers an element and write as many: as many bytes as must move."""
    source = np.zeros(count + count // 2, dtype)
    target = np.ones_like(source)
    return on_threads(lambda part: np.copyto(target[part], source[part]), source.size, threads)


def add(count: int, dtype: str, threads: int) -> Step:
    """Read two arrays and write one, as the loss must, with the least arithmetic that does it."""
    y, z = data(count, dtype)
    gradient = np.empty_like(z)
    return on_threads(lambda part: np.add(y[part], z[part], out=gradient[part]), count, threads)


def on_threads(work: Callable[[slice], Any], count: int, threads: int) -> Step:
    if threads == 1:
        return lambda: work(slice(0, count))
    pool = ThreadPoolExecutor(threads)
    bounds = [count * i // threads for i in range(threads + 1)]
    parts = [slice(*pair) for pair in zip(bounds, bounds[1:], strict=False)]
    return lambda: list(pool.map(work, parts))


def fused_multiply_add(count: int, dtype: str, threads: int) -> Step:
    """Take numbers through products and sums without leaving the cache: what the processor can do at most."""
    from numba import njit

    added = tuple(np.linspace(0, 0.5, CHAIN).astype(dtype))

    @njit(fastmath={"contract"}, nogil=True)
    def work(values: Any, rounds: int) -> None:
        for _ in range(rounds):
            for i in range(values.size):
                x = y = values[i]
                for each in added:  # few and known, so written out; many numbers at once
                    x = x * y + each
                values[i] = x

    arrays = [np.full(2048, 0.5, dtype) for _ in range(threads)]
    work(arrays[0], 1)
    pool = ThreadPoolExecutor(threads)
    rounds = count // (2048 * threads)
    return lambda: list(pool.map(work, arrays, [rounds] * threads))


def loop_in_python(count: int, dtype: str, threads: int) -> Step:
    from math import exp, log1p

    y, z = (values.tolist() for values in data(count, dtype))

    def step() -> Any:
        total, gradient = 0.0, []
        for target, logit in zip(y, z, strict=True):
            e = exp(-abs(logit))
            total += (1 - target if logit >= 0 else target) * abs(logit) + log1p(e)
            gradient.append(((1 if logit >= 0 else e) / (1 + e) - target) / count)
        return total / count, gradient

    return step


def compiled_plainly(count: int, dtype: str, threads: int) -> Step:
    """Compile the loop with the library's exp and log1p."""
    from math import exp, log1p

    from numba import njit

    @njit
    def loop(y: Any, z: Any, gradient: Any) -> Any:
        total = 0.0
        for i in range(z.size):
            e = exp(-abs(z[i]))
            total += (1 - y[i] if z[i] >= 0 else y[i]) * abs(z[i]) + log1p(e)
            gradient[i] = ((1 if z[i] >= 0 else e) / (1 + e) - y[i]) / z.size
        return total / z.size

    y, z = data(count, dtype)
    return lambda: loop(y, z, np.empty_like(z))


SIDES: dict[str, Callable[[int, str, int], Step]] = {
    "ours": ours,
    "ours, gradient_out": ours_in_place,
    "PyTorch eager": torch_eager,
    "torch.compile": partial(torch_eager, compiled=True),
    "scikit-learn": scikit_learn,
    "optax, jit": optax_jit,
    "NumPy": numpy_form,
    "copy": copy,
    "add": add,
    "multiply-add": fused_multiply_add,
    "loop in Python": loop_in_python,
    "compiled plainly": compiled_plainly,
}


class Case(NamedTuple):
    """A comparison: how many times the time of ours the peer's is."""

    peer: str
    asked: float
    """At least that many times; with a minus sign, at most."""
    side: str = "ours"
    count: int = COUNT
    dtype: str = "float32"
    threads: int = CORES
    own_threads: int = CORES


CASES = [
    Case("PyTorch eager", 5),
    Case("PyTorch eager", 5, threads=1, own_threads=1),
    Case("torch.compile", 3.5),
    Case("torch.compile", 3.5, threads=1, own_threads=1),
    Case("scikit-learn", 15),
    Case("optax, jit", 10),
    Case("NumPy", 25),
    Case("copy", 1 / 1.6, side="ours, gradient_out"),
    Case("ours", 1.6, threads=1),
    Case("PyTorch eager", 3, dtype="float64"),
    Case("PyTorch eager", 1, count=100),
]
SIZES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
CURVES = ["ours, gradient_out", "PyTorch eager", "torch.compile", "NumPy"]
STEPS = [
    ("loop in Python", 1),
    ("NumPy", 1),
    ("compiled plainly", 1),
    ("ours, gradient_out", 1),
    ("ours, gradient_out", CORES),
]


def measure(side: str, count: int, dtype: str, threads: int) -> float:
    """Return the nanoseconds an element of one side, in this process."""
    step = SIDES[side](count, dtype, threads)
    for _ in range(3):  # compilation, and memory that is allocated once
        step()
    repeats = max(1, 20_000 // count)
    calls = 5 if count > 10 * COUNT or side == "loop in Python" else 25
    return 1e9 * seconds(lambda: [step() for _ in range(repeats)], calls) / repeats / count


def fresh(side: str, count: int = COUNT, dtype: str = "float32", threads: int = CORES) -> float:
    """Measure in a process of its own."""
    return in_a_process(__file__, "--measure", side, str(count), dtype, str(threads))


def compare(case: Case, rounds: int) -> tuple[float, dict[str, float]]:
    """Return how many times longer the peer takes, and both in nanoseconds an element."""
    sides = {
        "peer": partial(fresh, case.peer, case.count, case.dtype, case.threads),
        "own": partial(fresh, case.side, case.count, case.dtype, case.own_threads),
    }
    times = in_turns(sides, rounds)
    return median_ratio(times["peer"], times["own"]), {name: median(values) for name, values in times.items()}


def ratios(rounds: int) -> list[dict[str, Any]]:
    """Print the table of ratios and return its rows."""
    rows = []
    head = f"{'peer':<18} {'dtype':<8} {'elements':>10} {'threads':>7} {'times ours':>10} {'asked':>6}"
    tqdm.write(f"{head}  ns an element")
    for case in tqdm(CASES, desc="ratios", unit="peer"):
        ratio, times = compare(case, rounds)
        mark = "" if ratio >= case.asked else "  missed"
        row = f"{case.peer:<18} {case.dtype:<8} {case.count:>10,} {case.threads:>7} {ratio:>10.2f} {case.asked:>6.2f}"
        tqdm.write(f"{row}  {times['peer']:.3f} against {times['own']:.3f}{mark}")
        rows.append(case._asdict() | {"ratio": ratio, "peer_ns": times["peer"], "own_ns": times["own"]})
    return rows


def medians(runs: dict[str, Callable[[], float]], rounds: int, what: str) -> dict[str, float]:
    """Measure each in turns, in fresh processes, and return the medians."""
    with tqdm(total=rounds * len(runs), desc=what, unit="run") as bar:

        def counted(run: Callable[[], float]) -> float:
            bar.update()
            return run()

        times = in_turns({name: partial(counted, run) for name, run in runs.items()}, rounds)
    return {name: median(values) for name, values in times.items()}


def curves(rounds: int) -> dict[str, list[float]]:
    """Return the cost an element over the number of elements."""
    runs = {f"{side}|{size}": partial(fresh, side, size) for size in SIZES for side in CURVES}
    found = medians(runs, rounds, "sizes")
    return {side: [found[f"{side}|{size}"] for size in SIZES] for side in CURVES}


def steps(rounds: int) -> list[dict[str, Any]]:
    """Return what each step from the loop to the threads costs."""
    counts = {"loop in Python": COUNT // 10}
    runs = {
        f"{side}|{threads}": partial(fresh, side, counts.get(side, COUNT), threads=threads) for side, threads in STEPS
    }
    found = medians(runs, rounds, "steps")
    return [{"side": side, "threads": threads, "ns": found[f"{side}|{threads}"]} for side, threads in STEPS]


def limits(rounds: int) -> list[dict[str, float]]:
    """Return what memory and arithmetic allow: bytes and operations a nanosecond."""
    counts = {"add": COUNT, "copy": COUNT, "multiply-add": 16 * COUNT}
    runs = {
        f"{side}|{threads}": partial(fresh, side, count, threads=threads)
        for side, count in counts.items()
        for threads in sorted({1, CORES})
    }
    ns = medians(runs, rounds, "limits")
    return [
        {
            "threads": threads,
            "bytes_per_ns": 12 / ns[f"add|{threads}"],
            "copy_bytes_per_ns": 12 / ns[f"copy|{threads}"],
            "operations_per_ns": 2 * CHAIN / ns[f"multiply-add|{threads}"],
        }
        for threads in sorted({1, CORES})
    ]


def main(rounds: int, quick: bool) -> None:
    """Print the table, and write what the book draws."""
    print(f"Mean loss and gradient, each alone in its process; median of {rounds} rounds")
    results: dict[str, Any] = {"ratios": ratios(rounds)}
    made_on = conditions("numba", "torch", "scikit-learn", "jax", "optax")
    print(made_on)
    if quick:
        return
    results |= {
        "conditions": made_on,
        "cores": CORES,
        "sizes": SIZES,
        "curves": curves(rounds),
        "steps": steps(rounds),
        "limits": limits(rounds),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"written: {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("--quick", action="store_true", help="print the ratios and write nothing")
    parser.add_argument("--measure", nargs=4, metavar=("SIDE", "COUNT", "DTYPE", "THREADS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        side, count, dtype, threads = arguments.measure
        print(measure(side, int(count), dtype, int(threads)))
    else:
        main(arguments.rounds, arguments.quick)
