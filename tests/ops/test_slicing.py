"""Windows of a tensor, held against NumPy's indexing."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops import slicing
from tests.ops.support.compare import compiles, same, symbolic_is_eager
from tests.ops.support.elementwise import agrees, differentiable, everywhere

X = np.arange(60, dtype="float32").reshape(3, 4, 5)


@pytest.mark.parametrize("as_tensors", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "float16", "int64"])
def test_slice(dtype, as_tensors):
    make = torch.tensor if as_tensors else tuple
    x = X.astype(dtype)
    same(slicing.slice(x, make([1, 0, 2]), (2, 4, 1)), x[1:3, :, 2:3])
    same(slicing.slice(x, make([-1, 0, -3]), np.array([1, 4, 2])), x[-1:, :, -3:-1])
    same(slicing.slice(x, make([1, 0, 2]), torch.tensor([2, 4, 1])), x[1:3, :, 2:3])
    same(slicing.slice(x, [np.int64(1), *make([0, 2])], [2, np.int32(4), 1]), x[1:3, :, 2:3])
    same(slicing.slice(x, make([1, 0, 2]), (-1, -1, -1)), x[1:, :, 2:])
    same(slicing.slice(x, make([0, 0, 5]), (3, 4, 0)), x[:, :, 5:])
    agrees(slicing.slice, "slice", x, (0, 1, 2), (1, 2, 3))


@pytest.mark.parametrize("as_tensors", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "float16", "int64"])
def test_slice_update(dtype, as_tensors):
    make = torch.tensor if as_tensors else tuple
    x, updates = X.astype(dtype), -np.ones((2, 4, 1), dtype if dtype != "bool" else "int8")
    updates = updates.astype(dtype)
    given = torch.tensor(x)
    expected = x.copy()
    expected[1:3, :, 2:3] = updates
    same(slicing.slice_update(given, make([1, 0, 2]), updates), expected)
    same(slicing.slice_update(given, make([-2, 0, -3]), updates), expected)
    same(given, x)  # not written to
    agrees(slicing.slice_update, "slice_update", x, (0, 0, 1), updates)


def test_unstack():
    for axis in (0, 1, -1):
        agrees(lambda x, **kwargs: tuple(slicing.unstack(x, **kwargs)), "unstack", torch.tensor(X),
               axis=axis)  # fmt: skip
    same(slicing.unstack(X, 4, 1), list(X.swapaxes(0, 1)))
    rows = slicing.unstack(kerlite.KerasTensor((None, 5)), num=3)
    assert [row.shape for row in rows] == [(5,)] * 3
    inputs = kerlite.Input(batch_shape=(None, 5))
    model = kerlite.Model(inputs, slicing.unstack(inputs, num=3))
    same(model(torch.tensor(X[:, 0])), list(X[:, 0]))


def test_symbolic_compiled_and_in_files():
    everywhere(slicing.slice, X, (0, 1, 2), (1, 2, 3))
    begin = torch.tensor([0, 1, 2])
    for call in (
        lambda x: slicing.slice(x, begin, (1, 2, 3)),
        lambda x: slicing.slice_update(x, begin, torch.ones(1, 2, 2)),
    ):
        symbolic_is_eager(call, X)
        compiles(call, X)
    symbol = kerlite.KerasTensor((3,), "int32")
    assert slicing.slice(torch.tensor(X), symbol, (1, 2, 3)).shape == (1, 2, 3)
    everywhere(slicing.slice_update, X, (0, 1, 2), X[:1, :2, :3])
    everywhere(slicing.unstack, X, 5, -1)
    assert slicing.slice(kerlite.KerasTensor((None, 5)), (0, 1), (-1, 3)).shape == (None, 3)


def test_gradients():
    differentiable(lambda x: slicing.slice(x, (0, 1), (2, 2)), X[0])
    differentiable(lambda x: slicing.slice(x, torch.tensor([0, 1]), (2, 2)), X[0])
    differentiable(lambda x, y: slicing.slice_update(x, (0, 1), y), X[0], X[1, :2, :2])
    start = torch.tensor([0, 1])
    differentiable(lambda x, y: slicing.slice_update(x, start, y), X[0], X[1, :2, :2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: slicing.slice(X, (0, 0, 4), (1, 1, 2)), "size 2 that begins at 4.*axis 2"),
        (lambda: slicing.slice(X, torch.tensor([0, 0, 4]), (1, 1, 2)), "cannot be computed"),
        (lambda: slicing.slice(X, (0, 0), (1, 1, 2)), "3 start indices"),
        (lambda: slicing.slice(X, (0, 0, 0), (1, 1)), "3 sizes"),
        (lambda: slicing.slice_update(X, (0, 0, 4), X[:, :, :2]), "cannot be computed"),
        (lambda: slicing.slice_update(X, (0, 0, 4), X[0]), "rank 3"),
        (lambda: slicing.unstack(X, 4), "num=4"),
        (lambda: slicing.unstack(X, axis=3), "axis=3"),
        (lambda: slicing.unstack(kerlite.KerasTensor((None, 3))), "Give `num`"),
    ],
    ids=range(9),
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
