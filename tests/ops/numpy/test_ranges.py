"""Sequences and grids, against real Keras and NumPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import ranges
from tests.ops.support.compare import compiles, same, symbolic_is_eager
from tests.ops.support.elementwise import agrees, differentiable, everywhere

A, B = np.array([0.5, 2.0, 3.5], "float32"), np.array([4.0, 1.0, 8.0], "float32")
SPREADS = ["linspace", "logspace", "geomspace"]


@pytest.mark.parametrize(
    "given",
    [(5,), (3.0,), (1, 5), (0, 1, 0.25), (5, 1, -2), (0,), (2.5, 6), (0.0, 0.3, 0.1)],
    ids=str,
)
def test_arange(given):
    agrees(ranges.arange, "arange", *given)
    for dtype in ("int64", "float16", "float64"):
        if dtype != "int64" or all(isinstance(one, int) for one in given):
            same(ranges.arange(*given, dtype=dtype), np.arange(*given, dtype=dtype), 1e-3)


def test_arange_takes_tensors_and_arrays():
    same(ranges.arange(torch.tensor(3)), np.arange(3))
    same(ranges.arange(np.float32(3), np.int32(5)), np.arange(3, 5, dtype="float32"))
    same(ranges.arange(3, 0), np.arange(3, 0, dtype="int32"))
    compiles(lambda x: x + ranges.arange(x.shape[0], dtype="float32"), A)
    x = kerlite.KerasTensor((None, 3))
    assert (x + ranges.arange(3)).shape == (None, 3)


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("endpoint", [True, False])
def test_spreads_are_numpy_s(name, endpoint):
    function, theirs = getattr(ranges, name), getattr(np, name)
    for start, stop in ((1, 5), (2.5, 1.0), (A, B), (A, 7.0), (A[:, None], B)):
        for num in (0, 1, 2, 7):
            expected = theirs(start, stop, num, endpoint=endpoint)
            same(function(start, stop, num, endpoint), expected.astype("float32"), 1e-4)
            if np.ndim(start) == 2 and num:
                ours = function(start, stop, num, endpoint, axis=-2)
                expected = theirs(start, stop, num, endpoint=endpoint, axis=-2)
                same(ours, expected.astype("float32"), 1e-4)


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int32", "int64"])
def test_types_of_spreads(name, dtype):
    function, theirs = getattr(ranges, name), getattr(np, name)
    result = function(1, 4, 4, dtype=dtype)
    assert result.dtype == getattr(torch, dtype)
    if dtype != "bfloat16":
        tolerance = 1e-2 if dtype == "float16" else 1e-13
        same(result, theirs(1, 4, 4, dtype=dtype), tolerance)
    double = function(np.float64(1), np.array([4.0]), 5)
    same(double, theirs(1.0, np.array([4.0]), 5), 1e-13)


def test_whole_numbers_are_rounded_down():
    for start, stop, num in ((0, 10, 4), (-10, 0, 4), (0, 9, 10), (-3, 3, 8), (0, 97, 51)):
        ours = ranges.linspace(start, stop, num, dtype="int64")
        same(ours, np.linspace(start, stop, num, dtype="int64"))


def test_the_ends_are_exact():
    for stop in (0.1, 1 / 3, 7.7):
        x = ranges.linspace(0.3, stop, 11, dtype="float64")
        assert (x[0].item(), x[-1].item()) == pytest.approx((0.3, stop), rel=1e-6)
        y = ranges.geomspace(torch.tensor(0.3).double(), torch.tensor(stop).double(), 11)
        assert (y[0].item(), y[-1].item()) == (torch.tensor(0.3).double().item(),
                                               torch.tensor(stop).double().item())  # fmt: skip


def test_the_distance():
    for num, endpoint in ((5, True), (5, False), (1, True), (1, False), (0, False)):
        numbers, step = ranges.linspace(A, B, num, endpoint, retstep=True)
        expected, distance = np.linspace(A, B, num, endpoint, retstep=True)
        same(numbers, expected.astype("float32"))
        np.testing.assert_allclose(step, np.broadcast_to(distance, (3,)), rtol=1e-6)


def test_negative_ends_and_base():
    same(ranges.geomspace(-1, -1000, 4), np.geomspace(-1, -1000, 4).astype("float32"))
    same(ranges.logspace(0, 4, 5, base=2), np.logspace(0, 4, 5, base=2).astype("float32"))
    for name in SPREADS:
        agrees(getattr(ranges, name), name, 1.0, 100.0, 5)


@pytest.mark.parametrize("name", SPREADS)
def test_spreads_everywhere(name):
    everywhere(getattr(ranges, name), A[None], B[None], num=4)
    compiles(getattr(ranges, name), A, B, num=4, axis=-1)
    symbolic_is_eager(getattr(ranges, name), A[None], 7.0, num=3, endpoint=False, axis=-1)
    differentiable(lambda x, y: getattr(ranges, name)(x, y, 4), A, B)


@pytest.mark.parametrize("indexing", ["xy", "ij"])
def test_meshgrid(indexing):
    vectors = [A, np.arange(2, dtype="int32"), np.ones((2, 2), "float16"), np.float32(3)]
    for count in range(5):
        ours = ranges.meshgrid(*vectors[:count], indexing=indexing)
        same(ours, np.meshgrid(*vectors[:count], indexing=indexing))
    agrees(ranges.meshgrid, "meshgrid", torch.tensor(A), torch.tensor(B), indexing=indexing)


def test_meshgrid_everywhere():
    compiles(ranges.meshgrid, A, B, indexing="ij")
    assert [one.shape for one in ranges.meshgrid(kerlite.KerasTensor((3,)), A)] == [(3, 3)] * 2
    everywhere(ranges.meshgrid, A[:, None], B[:, None], indexing="ij")
    everywhere(ranges.meshgrid, A[:, None], B[:, None])
    assert keras.ops.meshgrid(A)[0].shape == ranges.meshgrid(A)[0].shape


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("arange", (0, 3, 0), "nonzero"),
        ("linspace", (0, 1, -2), "num=-2"),
        ("geomspace", (0, 1), "cannot include 0"),
        ("logspace", (A, A[:2]), r"\(3,\)"),
    ],
)
def test_bad_input(name, args, message):
    with pytest.raises(ValueError, match=message):
        getattr(ranges, name)(*args)
    with pytest.raises(ValueError, match="Unknown indexing: 'yx'"):
        ranges.meshgrid(A, indexing="yx")
