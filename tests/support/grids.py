"""Where accuracy is tested: numbers of every size that a dtype has, as float64 that the dtype holds exactly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

BITS = {"float16": np.uint16, "bfloat16": np.uint16, "float32": np.uint32, "float64": np.uint64}
SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}
SMALLEST = {"float16": 2.0**-24, "bfloat16": 2.0**-133, "float32": 2.0**-149, "float64": 2.0**-1074}
PRECISION = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


def from_bits(bits: np.ndarray, dtype: str) -> np.ndarray:
    """Return the numbers that have these bit patterns."""
    if dtype == "bfloat16":  # the upper half of a float32
        bits, dtype = bits.astype(np.uint32) << 16, "float32"
    with np.errstate(invalid="ignore"):
        values = bits.astype(BITS[dtype]).view(dtype).astype(np.float64)
    return np.where(np.isnan(values), np.nan, values)  # a quiet one for a signalling one


def rounded(values: np.ndarray, dtype: str) -> np.ndarray:
    """Return numbers of the dtype near the given ones."""
    if dtype == "bfloat16":  # cut off
        return (values.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32).astype(np.float64)
    with np.errstate(over="ignore"):
        return values.astype(dtype).astype(np.float64)


def every_size(dtype: str, count: int) -> np.ndarray:
    """Return bit patterns at equal steps: log-uniform over all normal and subnormal numbers, and of both signs."""
    highest = np.iinfo(BITS[dtype]).max
    return from_bits(np.array([highest * i // (count - 1) for i in range(count)], dtype=np.uint64), dtype)


def spacing(dtype: str, values: np.ndarray) -> np.ndarray:
    """Return the distance from one number of the dtype to the next at these values: an ulp."""
    exponents = np.frexp(np.where(np.isfinite(values), values, 1.0))[1] - PRECISION[dtype]
    return np.maximum(np.ldexp(1.0, exponents), SMALLEST[dtype])


@lru_cache
def logits(dtype: str, count: int = 300) -> np.ndarray:
    """Return the special numbers, numbers of every size, and more where the loss bends and where its tail underflows.

    There are about four times `count`.
    """
    smallest, normal = SMALLEST[dtype], SMALLEST_NORMAL[dtype]
    largest = from_bits(np.array([_bits_of_infinity(dtype) - 1]), dtype)[0]
    special = [0.0, smallest, normal - smallest, normal, 1.0, np.log(2), 17.0, 20.0, largest, np.inf]
    log_uniform = 10.0 ** np.linspace(-30, min(38, np.log10(largest)), count // 2)
    underflow = np.linspace(-np.log(normal) - 2, -np.log(smallest) + 2, count // 2)
    positive = np.concatenate([special, log_uniform, underflow])
    values = np.concatenate([positive, -positive, np.linspace(-30, 30, count), [np.nan]])
    return np.concatenate([rounded(values, dtype), every_size(dtype, count)])


@lru_cache
def probabilities(dtype: str, count: int = 300) -> np.ndarray:
    """Return 0, 1, the numbers beside them and beside 1/4 and 1/2, and more of every size near 0 and near 1; and NaN."""
    smallest, normal, epsilon = SMALLEST[dtype], SMALLEST_NORMAL[dtype], 2.0 ** -PRECISION[dtype]
    special = [
        0.0,
        smallest,
        normal - smallest,
        normal,
        0.25,
        0.25 - epsilon / 2,
        0.5,
        0.5 - epsilon,
        0.5 + epsilon,
        1.0,
    ]
    every = every_size(dtype, 4 * count)
    below = rounded(10.0 ** np.linspace(np.log10(epsilon), 0, count), dtype)
    held = np.concatenate([every[(every > 0) & (every <= 1)], below, rounded(np.linspace(0, 1, count), dtype), special])
    return np.concatenate([held, rounded(1 - below, dtype), [np.nan]])


def _bits_of_infinity(dtype: str) -> int:
    return {"float16": 0x7C00, "bfloat16": 0x7F80, "float32": 0x7F80_0000, "float64": 0x7FF0_0000_0000_0000}[dtype]


@lru_cache
def hard(dtype: str, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return labels 0 and 1, and the logits, each with each."""
    return _each_with_each(np.array([0.0, 1.0]), logits(dtype, count))


@lru_cache
def soft(dtype: str, count: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Return labels between 0 and 1, and the logits, each with each."""
    return _each_with_each(soft_labels(dtype), logits(dtype, count))


@lru_cache
def hard_of_probabilities(dtype: str, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return labels 0 and 1, and the probabilities, each with each."""
    return _each_with_each(np.array([0.0, 1.0]), probabilities(dtype, count))


@lru_cache
def soft_of_probabilities(dtype: str, count: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Return labels between 0 and 1, and the probabilities, each with each."""
    return _each_with_each(soft_labels(dtype), probabilities(dtype, count))


def soft_labels(dtype: str) -> np.ndarray:
    """Return labels between 0 and 1, from the smallest number to the last before 1."""
    below_one = 1 - 2.0 ** -PRECISION[dtype]
    labels = [SMALLEST[dtype], SMALLEST_NORMAL[dtype], 1e-30, 1e-7, 1e-3, 0.1, 0.25, 0.5, 0.7, 0.9, 0.999, below_one]
    held = rounded(np.array(labels), dtype)
    return held[held > 0]


def _each_with_each(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, z = np.meshgrid(labels, scores, indexing="ij")
    return np.ravel(y), np.ravel(z)


@lru_cache
def class_logits(dtype: str, classes: int) -> np.ndarray:
    """Return rows of logits: of every size, far from 0, with margins from 0 to where the tail underflows, and ties."""
    generator = np.random.default_rng([classes, *dtype.encode()])
    largest = min(38.0, np.log10(logits(dtype)[np.isfinite(logits(dtype))].max())) - 0.5
    deepest = -np.log(SMALLEST[dtype]) + 2
    rows = 40

    def normal(scale: float) -> np.ndarray:
        return generator.normal(0, scale, (rows, classes))

    margins = normal(1)
    margins[:, 0] += np.linspace(0, deepest, rows)
    shifted = normal(3) + generator.normal(0, 1000, (rows, 1))
    every = generator.choice([-1, 1], (rows, classes)) * 10 ** generator.uniform(-30, largest, (rows, classes))
    tied = generator.integers(-2, 3, (rows, classes)).astype(float)
    parts = [normal(0.001), normal(1), normal(10), normal(deepest / 3), margins, shifted, every, tied]
    return rounded(np.concatenate(parts), dtype)


@lru_cache
def class_labels(kind: str, dtype: str, classes: int) -> np.ndarray:
    """Return for every row of logits an index, the index of the largest logit, or a distribution."""
    generator = np.random.default_rng(7)
    count = len(class_logits(dtype, classes))
    if kind == "likeliest":
        return class_logits(dtype, classes).argmax(axis=1)
    if kind == "index":
        return generator.integers(0, classes, count)
    distributions = generator.dirichlet(np.full(classes, 0.5), count)
    distributions[distributions < SMALLEST_NORMAL[dtype]] = 0
    return rounded(distributions, dtype)
