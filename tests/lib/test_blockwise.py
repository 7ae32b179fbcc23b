"""How formulas meet arrays: in blocks, whose sums do not depend on their order, and in a working precision."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bce_lib import binary_cross_entropy_with_logits
from bce_lib._blockwise import BLOCK, Values, working_dtype
from engines import DASK, JAX, NUMPY, STRICT, TORCH


def on_numpy(kernel, *arrays, dtype=np.float64):
    return Values(np, kernel, arrays, np.float64).array(dtype)


# Blocks


@pytest.mark.parametrize("length", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
def test_where_a_block_ends_changes_nothing(length):
    generator = np.random.default_rng(1)
    y, z = (generator.random(length) < 0.5).astype(np.float32), generator.standard_normal(length).astype(np.float32)
    each = binary_cross_entropy_with_logits(y, z, reduction="none")
    single = np.array([binary_cross_entropy_with_logits(*pair) for pair in zip(y[-9:], z[-9:], strict=True)])
    np.testing.assert_array_equal(each[-9:], single)
    total = math.fsum(binary_cross_entropy_with_logits(y, z.astype(float), reduction="none"))
    assert binary_cross_entropy_with_logits(y, z, reduction="sum") == np.float32(total)


@pytest.mark.parametrize("shape", [(3, BLOCK), (BLOCK, 3), (2, 1, BLOCK + 1), (1,), ()])
def test_broadcasting_and_layout_are_followed_across_blocks(shape):
    generator = np.random.default_rng(2)
    z = generator.standard_normal(shape)
    weight = generator.random([1, *shape[1:]] if shape else [])
    result = on_numpy(lambda xp, z, weight: z * weight, z, weight)
    np.testing.assert_array_equal(result, z * weight)
    turned = on_numpy(lambda xp, z, weight: z * weight, z.T, weight.T)
    np.testing.assert_array_equal(turned, (z * weight).T)


def test_no_block_is_longer_than_it_says_and_every_one_is_float64():
    seen = []

    def kernel(xp, values):
        seen.append((values.size, values.dtype))
        return values

    on_numpy(kernel, np.zeros((5, BLOCK), np.float16), dtype=np.float16)
    assert sum(size for size, _ in seen) == 5 * BLOCK
    assert max(size for size, _ in seen) <= BLOCK
    assert {dtype for _, dtype in seen} == {np.dtype(np.float64)}


def test_an_error_in_a_kernel_leaves_numpys_warnings_as_they_were():
    def kernel(xp, values):
        raise ZeroDivisionError

    before = np.geterr()
    with pytest.raises(ZeroDivisionError):
        on_numpy(kernel, np.zeros(3))
    assert np.geterr() == before


def test_a_result_is_rounded_once():
    """By way of float32 it would come to the middle between two numbers of float16, and from there to the even one."""
    above_the_middle = on_numpy(lambda xp, x: x + 2.0**-30, np.array(1 + 2.0**-11), dtype=np.float16)
    assert above_the_middle == 1 + 2.0**-10


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_over_many_blocks_do_not_depend_on_the_order_of_the_blocks(dtype):
    generator = np.random.default_rng(6)
    values = (10.0 ** generator.uniform(-9, 3, 5 * BLOCK + 3)).astype(dtype)
    sums = [
        float(Values(np, lambda xp, values: values, (array,), np.float64).sum(dtype))
        for array in (values, values[::-1], np.sort(values))
    ]
    exact = math.fsum(values.astype(float))
    for found, expected in pairwise([*sums, exact]):
        assert abs(found - expected) <= np.spacing(dtype(exact))


def test_blocks_whose_sums_are_finite_may_add_up_to_infinity():
    z = np.full(40_000, 1e304)
    assert binary_cross_entropy_with_logits(np.zeros(BLOCK), z[:BLOCK], reduction="sum") < np.inf
    assert binary_cross_entropy_with_logits(np.zeros(z.size), z, reduction="sum") == np.inf


# The precision worked in


@pytest.mark.parametrize(
    ("engine", "own", "dtype"),
    [
        (TORCH, "float16", "float32"),
        (TORCH, "bfloat16", "float32"),
        (TORCH, "float32", "float32"),
        (TORCH, "float64", "float64"),
        (JAX, "bfloat16", "float32"),
        (STRICT, "float32", "float32"),
    ],
    ids=str,
)
def test_half_precision_is_computed_in_single_and_the_rest_in_its_own(engine, own, dtype):
    xp, array = engine.namespace(), engine.array(np.zeros(2), own)
    computed_in = working_dtype(xp, array)
    assert dtype in str(computed_in)
    seen = []
    Values(xp, lambda _, *arrays: seen.extend(arrays) or arrays[1], (array != 0, array), computed_in).array(array.dtype)
    assert [str(given.dtype).endswith(dtype) for given in seen] == [True, True]


@pytest.mark.parametrize("engine", [NUMPY, DASK], ids=str)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_numpy_computes_in_double_and_so_do_dasks_chunks(engine, dtype):
    assert working_dtype(engine.namespace(), engine.array(np.zeros(2), dtype)) == np.float64
