"""Axes and elements in another order: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import order
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
CALLS = {
    "flip": [(), (0,), (-1,), ((0, 2),)],
    "fliplr": [()],
    "flipud": [()],
    "moveaxis": [(0, 2), (-1, 0), ((0, 1), (-1, 0))],
    "roll": [(1,), (-5,), (2, 1), ((1, 2), (0, 2))],
    "rot90": [(), (2,), (-1, (0, 2)), (1, (-1, 1))],
    "swapaxes": [(0, 1), (0, -1)],
    "transpose": [(), ((1, 2, 0),), ((0, -1, 1),)],
}


@pytest.mark.parametrize("name", CALLS)
def test_order_is_keras_s(name):
    op = getattr(order, name)
    for args in CALLS[name]:
        for dtype in INTS + FLOATS:
            agrees(op, name, numbers((2, 3, 4), dtype), *args)
        agrees(op, name, numbers((4, 3, 2), "float32").permute(2, 1, 0), *args)
        agrees(op, name, numbers((0, 3, 4), "int32"), *args)
        same(op(X, *args), getattr(np, name)(X, *args))
    differentiable(lambda x: op(x, *CALLS[name][-1]), X)


@pytest.mark.parametrize("name", CALLS)
def test_every_way_to_call(name):
    last = {"moveaxis": (-1, 1), "roll": (2, 1), "rot90": (1, (1, 2)), "swapaxes": (1, 2)}
    everywhere(getattr(order, name), X, *last.get(name, CALLS[name][-1]))


def test_roll_as_numpy_does():
    for shift, axis in ((1, (0, 2)), ((1, 2), 1), ((1, 2), None), (3, (0, 0))):
        same(order.roll(X, shift, axis), np.roll(X, shift, axis))


def test_vectors_and_numbers():
    for name in ("flip", "transpose", "roll"):
        args = (1,) if name == "roll" else ()
        for x in (np.arange(3.0), np.float32(2)):
            same(getattr(order, name)(x, *args), getattr(np, name)(x, *args))


def test_views_share_memory():
    x = torch.tensor(X)
    for result in (order.transpose(x), order.moveaxis(x, 0, 1), order.swapaxes(x, 0, 1)):
        assert result.data_ptr() == x.data_ptr()


@pytest.mark.parametrize(
    ("name", "args"),
    [("flip", (5,)), ("moveaxis", (0, 9)), ("moveaxis", ((0, 1), 0)), ("roll", (1, 7)),
     ("rot90", (1, (0, 0))), ("rot90", (1, (0, 5))), ("swapaxes", (0, 4)),
     ("transpose", ((0, 1),))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises((ValueError, TypeError), match=r"cannot be computed|invalid combination"):
        getattr(order, name)(X, *args)
