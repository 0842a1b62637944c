"""Diagonals, and triangles beside them: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

from kerlite.ops.numpy import diagonals
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

SHAPES = {
    "diag": [(3,), (3, 4), (0,)],
    "diagflat": [(), (3,), (2, 2)],
    "diagonal": [(3, 4), (2, 3, 4), (2, 3, 0)],
    "tril": [(3, 4), (2, 3, 4), (0, 2, 2)],
    "triu": [(3, 4), (2, 3, 4), (0, 2, 2)],
}


@pytest.mark.parametrize("name", SHAPES)
def test_diagonals_are_keras_s_and_numpy_s(name):
    op = getattr(diagonals, name)
    for shape in SHAPES[name]:
        for k in (0, 1, -2, 9):
            if name == "diag" and len(shape) == 2 and k == 9:
                continue  # torch refuses diagonals outside a matrix
            for dtype in INTS + FLOATS:
                agrees(op, name, numbers(shape, dtype), k)
            x = numbers(shape, "float64").numpy()
            same(op(x, k), getattr(np, name)(x, k))
            if x.size:
                differentiable(lambda x, k=k: op(x, k), x)


@pytest.mark.parametrize("name", SHAPES)
def test_every_way_to_call(name):
    shape = (2, 3, 4) if name in ("diagonal", "tril", "triu") else (5,)
    x = numbers(shape, "float32").numpy()
    options = {"offset": -1, "axis1": 2, "axis2": 1} if name == "diagonal" else {"k": 1}
    everywhere(getattr(diagonals, name), x, **options)


def test_diagonal_of_other_axes_is_a_view():
    x = torch.arange(24.0).reshape(2, 3, 4)
    for axes in ((1, 2), (-1, 0), (2, -2)):
        found = diagonals.diagonal(x, 1, *axes)
        same(found, np.diagonal(x.numpy(), 1, *axes))
        assert found.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()


@pytest.mark.parametrize(
    ("name", "args"),
    [("diag", (np.zeros((2, 2, 2)),)), ("diagonal", (np.zeros(3),)), ("tril", (np.zeros(3),)),
     ("diagonal", (np.zeros((2, 2)), 0, 0, 0)), ("triu", (np.float32(1),))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises(ValueError, match=f"{name}\\("):
        getattr(diagonals, name)(*args)
