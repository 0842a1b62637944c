"""Tensors cut into parts: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import splitting
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

X = np.arange(48, dtype="float32").reshape(2, 6, 4)
CALLS = {
    "split": [(2,), (3, 1), (2, -1), ([1, 4], 1), ([2, 2, 9], -2)],
    "array_split": [(2,), (4, 1), (3, -1), (9, 1)],
    "hsplit": [(3,), ([1, 2],)],
    "vsplit": [(2,), ([1],)],
    "dsplit": [(2,), ([1, 3],)],
}


@pytest.mark.parametrize("name", CALLS)
def test_parts_are_keras_s_and_numpy_s(name):
    op = getattr(splitting, name)
    for args in CALLS[name]:
        same(op(X, *args), getattr(np, name)(X, *args))
        for dtype in INTS + FLOATS:
            if args != ([2, 2, 9], -2):  # which real Keras refuses
                agrees(op, name, numbers((2, 6, 4), dtype), *args)
        differentiable(lambda x, args=args: tuple(op(x, *args)), X[:, :, :2] if name != "dsplit"
                       and args != (3, -1) else X)  # fmt: skip
        parts = op(torch.tensor(X), *args)
        assert all(part._base is not None for part in parts if part.numel())


@pytest.mark.parametrize("name", ["split", "array_split", "hsplit", "dsplit"])
def test_every_way_to_call(name):
    args = {"split": (3, 1), "array_split": (4, 1), "hsplit": (3,), "dsplit": ([1, 3],)}[name]
    everywhere(getattr(splitting, name), X, *args)


def test_an_unknown_size_can_be_split():
    x = kerlite.KerasTensor((None, 6))
    parts = splitting.split(x, 7)
    assert [part.shape for part in parts] == [(None, 6)] * 7
    same(kerlite.Model(x, parts)(torch.ones(7, 6)), [np.ones((1, 6), "float32")] * 7)
    assert [part.shape for part in splitting.split(x, [2, 3], 1)] == [
        (None, 2),
        (None, 1),
        (None, 3),
    ]


def test_places_in_tensors_and_arrays():
    for places in (np.array([1, 4]), torch.tensor([1, 4]), (1, 4)):
        same(splitting.split(X, places, 1), np.split(X, [1, 4], 1))
    same(splitting.split(np.zeros((0, 2)), 3), np.split(np.zeros((0, 2)), 3))
    same(splitting.hsplit(np.arange(4), 2), np.hsplit(np.arange(4), 2))


def test_uneven_parts_are_refused():
    with pytest.raises(ValueError, match="6 elements into 4 equal parts"):
        splitting.split(X, 4, 1)
    with pytest.raises(ValueError, match="6 elements into 4 equal parts"):
        splitting.split(kerlite.KerasTensor((None, 6)), 4, 1)


@pytest.mark.parametrize(
    ("name", "args"),
    [("split", (X, 0)), ("array_split", (X, -1)), ("split", (X, 2, 8)), ("hsplit", (X, 4)),
     ("vsplit", (np.zeros(3), 3)), ("dsplit", (np.zeros((2, 2)), 1))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises(ValueError, match=r"at least 1|cannot be computed"):
        getattr(splitting, name)(*args)
