"""The sums behind a mean loss: arrays of every kind and library, blocks, chunks of Dask, states."""

from __future__ import annotations

import json
import math
import pickle
import tracemalloc
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bce_lib._blockwise import BLOCK
from bce_lib.streaming import MeanLoss
from engines import DASK, ENGINES, EVERY_ENGINE_AND_DTYPE, TORCH, dask, jax, torch
from mean_losses import assert_same_to, batches, examples, loss_of

law = settings(max_examples=150, deadline=None, derandomize=True)


# Arrays of every kind


@pytest.mark.parametrize(("engine", "dtype"), EVERY_ENGINE_AND_DTYPE, ids=str)
def test_equal_numbers_give_an_equal_state_on_every_engine(engine, dtype):
    y, z, w = examples(41)
    with engine.computing(dtype):
        given = [engine.array(array, dtype) for array in (y, z, w)]
        plain = [np.asarray(array.detach().double() if engine is TORCH else array).astype(float) for array in given]
        if engine is DASK:  # as if its two chunks had been two batches
            right = MeanLoss().merge(loss_of(*(a[:21] for a in plain))).merge(loss_of(*(a[21:] for a in plain)))
        else:
            right = loss_of(*plain)
        assert MeanLoss().update(*given) == right
        assert right.result() == pytest.approx(loss_of(y, z, w).result(), rel=0.02)


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_boolean_and_integer_labels_on_every_engine(engine):
    y, z, _ = examples(8)
    right = loss_of(y, z.astype("float32")).result()
    for kind in ("bool", "int32") if engine is not TORCH else ("bool", "int64"):
        labels = engine.array(y, kind)
        assert MeanLoss().update(labels, engine.array(z, "float32")).result() == pytest.approx(right, rel=1e-15)


def test_no_graph_is_kept():
    z = torch.tensor([0.5, -1.0], requires_grad=True)
    logits = 2 * z
    loss = MeanLoss().update(torch.tensor([1, 0]), logits)
    assert all(type(part) is float for pair in loss._sums[2:] for part in pair)
    assert z.grad is None
    logits.sum().backward()  # which the update did not disturb
    assert z.grad.tolist() == [2.0, 2.0]


def test_arrays_without_values_are_refused():
    def traced(z):
        MeanLoss().update(jax.numpy.ones(2), z)
        return z

    with pytest.raises(TypeError, match="call update outside of jit"):
        jax.jit(traced)(jax.numpy.zeros(2))
    with pytest.raises(TypeError, match="call update outside of jit"):
        MeanLoss().update(torch.ones(2, device="meta"), torch.ones(2, device="meta"))


@pytest.mark.parametrize(
    "changed",
    [
        lambda a: a.reshape(4, 6).T,
        lambda a: np.asfortranarray(a.reshape(2, 3, 4)),
        lambda a: np.repeat(a, 2)[::2],
        lambda a: a.astype(a.dtype.newbyteorder()),
        lambda a: a[::-1],
        list,
    ],
)
def test_any_layout_is_followed(changed):
    y, z, w = examples(24)
    w += 0.1
    assert_same_to(Fraction(1, 10**28), loss_of(y, z, w), MeanLoss().update(changed(y), changed(z), changed(w)))


def test_one_number_is_a_batch():
    assert (
        MeanLoss().update(1, 0.0).result() == MeanLoss().update(np.bool_(True), np.float32(0)).result() == math.log(2)
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_mapped_file_needs_the_memory_of_a_block(tmp_path, order):
    """Four million logits and labels, 36 MB: what is allocated is some blocks, and a part of that."""
    generator, shape = np.random.default_rng(3), (1_000_000, 4)
    for name, dtype in (("z", "float64"), ("y", "uint8")):
        values = generator.integers(0, 2, shape).astype(dtype)
        np.save(tmp_path / name, np.asarray(values, order=order))
    y, z = (np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "yz")
    MeanLoss().update(y[:10], z[:10])
    tracemalloc.start()
    try:
        loss = MeanLoss().update(y, z)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert loss.count == 4_000_000
    assert peak < 20 * 8 * (2 * BLOCK)


# Dask


def test_dask_computes_each_chunk_once_and_only_sums_come_back():
    y, z, w = examples(1000)
    seen = []

    def counted(block):
        seen.append(len(block))
        return block

    logits = dask.array.from_array(z, chunks=100).map_blocks(counted, dtype=float, meta=np.empty(0))
    labels, weights = dask.array.from_array(y, chunks=250), dask.array.from_array(w, chunks=1000)
    with dask.config.set(scheduler="synchronous"):
        loss = MeanLoss().update(labels, logits, weights)
    assert seen == [100] * 10
    parts = (loss_of(*(array[i : i + 100] for array in (y, z, w))) for i in range(0, 1000, 100))
    assert loss == reduce(MeanLoss.merge, parts)


@pytest.mark.parametrize("weight", [None, 0.5, [[1.0], [0.0], [2.0], [3.0], [0.1]]])
def test_dask_in_two_dimensions_with_weights_that_repeat(weight):
    y, z, _ = examples(20)
    y, z = y.reshape(5, 4), z.reshape(5, 4)
    lazy = [dask.array.from_array(array, chunks=(2, 3)) for array in (y, z)]
    given = weight if weight is None or np.ndim(weight) == 0 else dask.array.from_array(np.array(weight), chunks=1)
    assert_same_to(Fraction(1, 10**28), loss_of(y, z, weight), MeanLoss().update(*lazy, given))


def test_dask_of_no_dimensions_and_of_no_elements():
    assert MeanLoss().update(dask.array.asarray(1), dask.array.asarray(0.0)).result() == math.log(2)
    assert MeanLoss().update(dask.array.zeros(0), dask.array.zeros(0)) == MeanLoss()


def test_a_bad_chunk_is_refused_and_leaves_the_state_as_it_was():
    loss = loss_of([1], [0.5])
    y = dask.array.from_array(np.array([0, 1, 0, 7]), chunks=2)
    with pytest.raises(ValueError, match=r"7 at position 1"):
        loss.update(y, dask.array.zeros(4, chunks=2))
    z = dask.array.zeros(4, chunks=2)
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        loss.update(y, z[z > -1])
    with pytest.raises(TypeError, match="different libraries"):
        loss.update(np.zeros(4), z)
    assert loss == loss_of([1], [0.5])


# States


@law
@given(batches(), st.sampled_from([0.0, np.inf, -np.inf, np.nan]))
def test_a_state_survives_json_and_pickle_to_the_bit(batch, extra):
    loss = MeanLoss().update(*batch).update([0], [extra])
    text = json.dumps(loss.state(), allow_nan=False)
    assert MeanLoss.from_state(json.loads(text)) == loss
    assert MeanLoss.from_state(json.loads(text)).state() == loss.state()
    assert pickle.loads(pickle.dumps(loss)) == loss
    assert len(text) < 1000
    assert len(pickle.dumps(loss)) < 1000


def test_a_loss_goes_on_from_its_state():
    y, z, w = examples(100)
    resumed = MeanLoss.from_state(loss_of(y[:40], z[:40], w[:40]).state()).update(y[40:], z[40:], w[40:])
    assert resumed == loss_of(y[:40], z[:40], w[:40]).update(y[40:], z[40:], w[40:])


def test_the_empty_state_is_a_state():
    assert MeanLoss.from_state(MeanLoss().state()) == MeanLoss()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version 2"),
        ({"elements": -1}, "elements=-1"),
        ({"elements": 2.0}, "elements=2.0"),
        ({"elements": True}, "elements=True"),
        ({"weighted_elements": 99}, "contradicts itself"),
        ({"weighted_elements": 0}, "contradicts itself"),
        ({"loss": 0.5}, "loss=0.5"),
        ({"loss": ["0x1p+0"]}, "two floats as hexadecimal text"),
        ({"loss": [1.0, 0.0]}, "two floats as hexadecimal text"),
        ({"loss": ["one", "0x0p+0"]}, "two floats as hexadecimal text"),
        ({"loss": ["0x1p+9999", "0x0p+0"]}, "two floats as hexadecimal text"),
        ({"loss": ["-0x1p+0", "0x0p+0"]}, "no sum of losses"),
        ({"loss": ["0x1p+0", "0x1p-3"]}, "no sum of losses"),
        ({"loss": ["inf", "0x1p+0"]}, "no sum of losses"),
        ({"loss": ["0x1p+0", "nan"]}, "no sum of losses"),
        ({"losses": 1}, r"unknown \['losses'\]"),
    ],
)
def test_a_state_that_cannot_be_is_refused(change, message):
    state = loss_of([1, 0], [0.5, 1.0]).state()
    with pytest.raises(ValueError, match=message):
        MeanLoss.from_state(state | change)


def test_a_state_must_be_a_mapping_with_all_its_parts():
    with pytest.raises(TypeError, match="a list"):
        MeanLoss.from_state([1, 2])
    state = MeanLoss().state()
    del state["loss"]
    with pytest.raises(ValueError, match=r"lacks \['loss'\]"):
        MeanLoss.from_state(state)


def test_equality_is_that_of_the_bits_and_the_name_shows_the_mean():
    assert loss_of([0], [np.nan]) == loss_of([0], [np.nan])
    assert loss_of([1], [0.5]) != loss_of([1], [0.25])
    assert MeanLoss() != 0
    with pytest.raises(TypeError, match="unhashable"):
        hash(MeanLoss())
    assert repr(MeanLoss()) == "MeanLoss(0 seen)"
    assert repr(loss_of([1], [0.0])) == "MeanLoss(1 seen, mean 0.693147)"
