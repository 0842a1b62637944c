"""Reductions over segments, held against NumPy and real Keras."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops import segments
from tests.ops.support.compare import same
from tests.ops.support.elementwise import agrees, differentiable, everywhere

RNG = np.random.default_rng(0)
IDS = np.array([0, 2, 0, 1, 2, 2])
NAMES = ["segment_sum", "segment_max", "segment_min", "segment_prod"]
REDUCE = {"segment_sum": np.sum, "segment_max": np.max, "segment_min": np.min,
          "segment_prod": np.prod}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32", "int64", "uint8"])
def test_as_numpy(name, dtype):
    op = getattr(segments, name)
    for shape in [(6,), (6, 2), (6, 2, 3), (6, 0)]:
        x = RNG.integers(0, 4, shape).astype(dtype)
        expected = np.stack([REDUCE[name](x[k == IDS], 0) for k in range(3)]).astype(dtype)
        same(op(x, IDS), expected)
        same(op(x, IDS, num_segments=2, sorted=False), expected[:2])
        agrees(op, name, x, np.sort(IDS), 3, sorted=True)


def test_whole_numbers_are_exact_and_halves_do_not_pile_up():
    big = np.array([2**24, 1], "int32")
    same(segments.segment_sum(big, [0, 0]), np.array([2**24 + 1], "int32"))
    ones = torch.ones(4096, dtype=torch.bfloat16)
    assert segments.segment_sum(ones, torch.zeros(4096, dtype=torch.int32)) == 4096
    flags = torch.tensor([True, True, False])
    assert segments.segment_sum(flags, [0, 0, 1]).tolist() == [True, False]
    assert segments.segment_max(flags, [0, 0, 0], 2).tolist() == [True, False]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_the_least_and_the_largest_ids_are_left_out(dtype):
    ends = np.iinfo(dtype)
    ids = torch.tensor([ends.max, 2, ends.min, 0], dtype=getattr(torch, dtype))
    same(segments.segment_sum(np.float32([1, 2, 4, 8]), ids, 3)[1:], np.float32([0, 2]))
    same(segments.segment_max(np.float32([1, 2, 4, 8]), ids, 3)[2], np.float32(2))
    counted = segments.segment_sum(np.ones(4, "int32"), ids, 200)  # more than the ids' type holds
    assert counted.sum() == sum(0 <= one < 200 for one in ids.tolist())


def test_empty_segments_and_rows_left_out():
    ids = np.array([-1, 0, 3, 7])
    x = np.float32([9, 2, 3, 9])
    inf = np.inf
    same(segments.segment_sum(x, ids, 4), np.float32([2, 0, 0, 3]))
    same(segments.segment_prod(x, ids, 4), np.float32([2, 1, 1, 3]))
    same(segments.segment_max(x, ids, 4), np.float32([2, -inf, -inf, 3]))
    same(segments.segment_min(x, ids, 4), np.float32([2, inf, inf, 3]))
    assert segments.segment_max(np.array([5], "int8"), [1]).tolist() == [-128, 5]
    assert segments.segment_sum(np.zeros((0, 2)), np.zeros(0, "int32")).shape == (0, 2)


@pytest.mark.parametrize("name", NAMES)
def test_symbolic_compiled_and_in_files(name):
    op = getattr(segments, name)
    x = RNG.normal(size=(6, 2)).astype("float32")
    everywhere(op, x, IDS, 3)
    inputs = [kerlite.Input(batch_shape=(6, 2)), kerlite.Input(batch_shape=(6,), dtype="int32")]
    result = op(*inputs)
    assert result.shape == op(x, inputs[1]).shape == (None, 2)
    model = kerlite.Model(inputs, result)
    same(model([torch.tensor(x), torch.tensor(IDS)]), op(x, IDS))
    differentiable(lambda data: op(data, IDS), x)


@pytest.mark.parametrize("name", NAMES)
def test_bad_input(name):
    op = getattr(segments, name)
    for ids in (np.zeros((6, 1), "int32"), np.zeros(5, "int32")):
        with pytest.raises(ValueError, match="one id for each row"):
            op(np.zeros(6), ids, 3)
