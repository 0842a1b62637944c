"""Tensors joined: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import joining
from tests.ops.support.compare import same
from tests.ops.support.elementwise import (
    FLOATS,
    INTS,
    PAIRS,
    agrees,
    differentiable,
    everywhere,
    numbers,
)

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
Y = -X
JOINS = {
    "concatenate": [(), (1,), (-1,)],
    "stack": [(), (1,), (-1,)],
    "hstack": [()],
    "vstack": [()],
    "dstack": [()],
}


@pytest.mark.parametrize("name", JOINS)
def test_joins_are_keras_s(name):
    op = getattr(joining, name)
    for args in JOINS[name]:
        for first, second in PAIRS + [(dtype, dtype) for dtype in INTS + FLOATS]:
            agrees(op, name, [numbers((2, 3, 4), first), numbers((2, 3, 4), second)], *args)
        agrees(op, name, [numbers((0, 3, 4), "int32")] * 3, *args)
        agrees(op, name, X.tolist(), *args)
        same(op(torch.tensor(X), *args), getattr(np, name)(X, *args))  # along axis 0 of a tensor
        everywhere(op, [X, Y], *args if name == "concatenate" else ())
    for shape in ((3,), (2, 3)):
        if args == () or args[0] < len(shape):
            agrees(op, name, [numbers(shape, "float32"), numbers(shape, "int8")])
    differentiable(lambda *xs: op(list(xs), *JOINS[name][-1]), X[0], Y[0])


def test_concatenate_flat_as_numpy():
    same(joining.concatenate([X, Y[0]], None), np.concatenate([X, Y[0]], None))


def test_append():
    for axis in (None, 0, -1):
        agrees(joining.append, "append", X, Y, axis=axis)
        agrees(joining.append, "append", torch.tensor(X), torch.ones(2, 3, 4).int(), axis=axis)
    everywhere(joining.append, X, Y, axis=1)


def test_repeat():
    cases = [(2, None), (2, 0), (3, -1), (0, 1), ([1, 0, 2], 1), ([2], 2), ([1, 2], -3)]
    for repeats, axis in cases:
        same(joining.repeat(X, repeats, axis), np.repeat(X, repeats, axis))
    for dtype in INTS + FLOATS:
        agrees(joining.repeat, "repeat", numbers((2, 3), dtype), 2, axis=1)
    same(joining.repeat(X, torch.tensor([0, 1, 2]), 1), np.repeat(X, [0, 1, 2], 1))
    everywhere(joining.repeat, X, 2, axis=1)
    everywhere(joining.repeat, X, [1, 0, 2], axis=1)
    everywhere(joining.repeat, X, 2)
    differentiable(lambda x: joining.repeat(x, [2, 1], 0), X[:, :1])


def test_tile():
    for repeats in (2, (2,), (2, 1), (1, 2, 1), (2, 1, 3, 2), (0, 1, 1)):
        same(joining.tile(X, repeats), np.tile(X, repeats))
        agrees(joining.tile, "tile", torch.tensor(X).to(torch.float16), repeats)
    same(joining.tile(X, torch.tensor([2, 1])), np.tile(X, (2, 1)))
    everywhere(joining.tile, X, (2, 1))
    differentiable(lambda x: joining.tile(x, (2, 2)), X[0])


@pytest.mark.parametrize(
    ("name", "args"),
    [("concatenate", ([X, Y[0]],)), ("concatenate", ([X, Y], 5)), ("stack", ([X, Y[0]],)),
     ("hstack", ([X, Y[:, 0]],)), ("append", (X, Y[:1], 1)), ("repeat", (X, [1, 2], 1)),
     ("repeat", (X, 2, 7)), ("tile", (X, (-1,)))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises(ValueError, match=f"{name}\\("):
        getattr(joining, name)(*args)


@pytest.mark.parametrize("name", JOINS)
def test_nothing_to_join_is_refused(name):
    with pytest.raises(ValueError, match="empty sequence"):
        getattr(joining, name)([])
