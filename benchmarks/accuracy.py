"""Print the largest error of every function, on every engine and dtype, beside the bound that the tests hold it to.

The reference is mpmath in 50 digits at the very numbers that the arrays hold; the points are those of the tests, only
more of them: numbers of every size, denser between -30 and 30 and where the tails underflow. Run it with
``PYTHONPATH=tests/support python benchmarks/accuracy.py``, because engines, grids and bounds are the tests'; with
``--write`` the table also goes into the book.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from common.conditions import conditions
from tqdm import tqdm

import bce_lib
import bounds
import engines
import grids
import references
from bce_lib import accuracy

TABLE = Path(__file__).resolve().parents[1] / "book" / "api" / "accuracy_table.md"
DTYPES = {"half": ("float16", "bfloat16"), "float32": ("float32",), "float64": ("float64",)}
TITLES = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX", "dask": "Dask", "strict": "array-api-strict"}


class Row(NamedTuple):
    """A function, how it is computed, the points, the exact one, and the name of its bound."""

    title: str
    points: str
    compute: Callable[..., Any]
    exact: Callable[..., np.ndarray]
    bound: str
    engines: tuple[engines.Engine, ...] = engines.ENGINES


def loss(engine: engines.Engine, y: Any, z: Any) -> Any:
    return bce_lib.binary_cross_entropy_with_logits(y, z, reduction="none")


def gradient(engine: engines.Engine, y: Any, z: Any) -> Any:
    return bce_lib.binary_cross_entropy_gradient(y, z, reduction="none")


def hessian(engine: engines.Engine, y: Any, z: Any) -> Any:
    return bce_lib.binary_cross_entropy_hessian(y, z, reduction="none")


def autograd(engine: engines.Engine, y: Any, z: Any) -> Any:
    return engines.derivative(engine, lambda at: loss(engine, y, at), z)


def autograd_twice(engine: engines.Engine, y: Any, z: Any) -> Any:
    return engines.second_derivative(engine, lambda at: loss(engine, y, at), z)


def of_probability(engine: engines.Engine, y: Any, p: Any) -> Any:
    return bce_lib.binary_cross_entropy(y, p, reduction="none")


def elementary(name: str, points: str) -> Row:
    function = getattr(bce_lib, name)
    exact = getattr(references, name)
    return Row(
        f"`{name}`",
        points,
        lambda engine, x: function(x),
        lambda x: accuracy.exact_function(exact, x),
        name,
    )


def of_probabilities(labels: str) -> Row:
    title, points = f"loss of probabilities, {labels} labels", f"{labels}_of_probabilities"
    limit = "loss of probabilities" if labels == "soft" else "loss"
    return Row(title, points, of_probability, accuracy.exact_loss_of_probability, limit)


DIFFERENTIATING = (engines.TORCH, engines.JAX)
ROWS = (
    Row("loss, hard labels", "hard", loss, accuracy.exact_loss, "loss"),
    Row("loss, soft labels", "soft", loss, accuracy.exact_loss, "loss"),
    Row("gradient, hard labels", "hard", gradient, accuracy.exact_gradient, "gradient"),
    Row("the same by autograd", "hard", autograd, accuracy.exact_gradient, "gradient by autograd", DIFFERENTIATING),
    Row("gradient, soft labels, absolute", "soft", gradient, accuracy.exact_gradient, "soft gradient"),
    Row("the same by autograd, absolute", "soft", autograd, accuracy.exact_gradient, "soft gradient", DIFFERENTIATING),
    Row("second derivative", "hard", hessian, accuracy.exact_hessian, "hessian"),
    Row("the same by autograd", "hard", autograd_twice, accuracy.exact_hessian, "hessian by autograd", DIFFERENTIATING),
    elementary("sigmoid", "logits"),
    elementary("softplus", "logits"),
    elementary("log_sigmoid", "logits"),
    elementary("logit", "probabilities"),
    of_probabilities("hard"),
    of_probabilities("soft"),
)


def points_of(row: Row, dtype: str, count: int) -> list[np.ndarray]:
    """Return the arguments: one array for an elementary function, else labels and predictions."""
    points = getattr(grids, row.points)(dtype, count)
    return [points] if isinstance(points, np.ndarray) else list(points)


def measure(row: Row, dtype: str, count: int) -> Iterator[tuple[str, float]]:
    """Yield each engine's name and its largest error: in ulp, or for a soft gradient in half ulps of 1."""
    points = points_of(row, dtype, count)
    exact = row.exact(*points)
    for engine in row.engines:
        if dtype not in engine.dtypes:
            continue
        read = [bounds.read_by(engine, dtype, values) for values in points]
        changed = np.any([(a != b) & ~np.isnan(a) for a, b in zip(read, points, strict=True)], axis=0)
        right = exact.copy()
        if changed.any():
            right[changed] = row.exact(*(values[changed] for values in read))
        with engine.computing(dtype), np.errstate(all="ignore"):
            computed = row.compute(engine, *(engine.array(values, dtype) for values in points))
            if row.bound == "soft gradient":
                values = accuracy.as_float64(computed)
                off = [abs(accuracy.mpf(float(a)) - b) for a, b in zip(values, right, strict=True) if not np.isnan(a)]
                yield engine.name, float(max(off)) * 2.0 ** grids.PRECISION[dtype]
            else:
                sums = row.points.startswith("soft")
                yield engine.name, float(np.max(bounds.errors(engine, dtype, computed, right, sums=sums)))


def bound_of(row: Row, engine: engines.Engine, dtype: str) -> float:
    if row.bound == "soft gradient":
        return bounds.soft_gradient_bound(engine, dtype) * 2.0 ** grids.PRECISION[dtype]
    return bounds.bound(row.bound, engine, dtype)


def table(count: int) -> str:
    """Return the whole table in Markdown: what is reached, and the bound after the stroke."""
    lines = [f"| function | dtype | {' | '.join(TITLES.values())} |", "| :-- | :-- |" + " --: |" * len(TITLES)]
    cases = [(row, name) for row in ROWS for name in DTYPES]
    for row, name in tqdm(cases, file=sys.stderr):
        reached = [result for dtype in DTYPES[name] for result in measure(row, dtype, count)]
        limits = {engine.name: bound_of(row, engine, DTYPES[name][0]) for engine in row.engines}
        cells = []
        for engine in TITLES:
            errors = [error for found, error in reached if found == engine]
            over = "**" if errors and max(errors) > limits[engine] else ""
            cells.append(f"{over}{max(errors):.2f} / {limits[engine]:g}{over}" if errors else "")
        lines.append(f"| {row.title} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


NOTES = """\
Each cell: the largest error reached / the bound that the tests hold it to; in bold where it is exceeded. Errors are in
units in the last place of the right answer, those of gradients with soft labels in half units of 1. *half* is float16
and, on PyTorch and JAX, bfloat16. On JAX a number below the smallest normal one counts as 0, which XLA takes it for."""


def main() -> None:
    """Print the table, and write it into the book if told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=600, help="density of the grids (the tests take 300)")
    parser.add_argument("--write", action="store_true", help=f"also write book/api/{TABLE.name}")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    measured_on = conditions("torch", "jax", "dask", "array-api-strict", "mpmath")
    text = f"{table(arguments.points)}\n\n{NOTES}\n\n{measured_on}\n"
    print(text)
    if arguments.write:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
