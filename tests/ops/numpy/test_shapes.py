"""Shapes changed without changing elements: as in real Keras and in NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import shapes
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, INTS, agrees, differentiable, everywhere, numbers

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
CALLS = {
    "broadcast_to": [((2, 3), (4, 2, 3)), ((3,), (2, 3)), ((1, 3), (5, 3)), ((), (2,))],
    "expand_dims": [((2, 3), axis) for axis in (0, 1, 2, -1, -3, (0, -1), (1, 2))] + [((), 0)],
    "reshape": [((2, 6), (3, 4)), ((2, 6), (-1,)), ((2, 6), -1), ((0, 3), (3, 0)), ((2,), (2, 1))],
    "ravel": [((2, 3),), ((),), ((0, 2),), ((2, 1, 2, 1),)],
    "squeeze": [((1, 2, 1),), ((1, 2, 1), 0), ((1, 2, 1), -1), ((1, 1, 2), (0, 1)), ((2,),)],
    "copy": [((2, 3),), ((),)],
}


@pytest.mark.parametrize("name", CALLS)
def test_shapes_are_keras_s(name):
    op = getattr(shapes, name)
    for shape, *args in CALLS[name]:
        for dtype in INTS + FLOATS:
            agrees(op, name, numbers(shape, dtype), *args)
        agrees(op, name, numbers(shape[::-1], "float32").T, *args) if len(shape) == 2 else None
        agrees(op, name, numbers(shape, "int32").tolist(), *args)


@pytest.mark.parametrize(
    ("name", "args"),
    [("broadcast_to", ((5, 2, 3, 4),)), ("expand_dims", (-1,)), ("expand_dims", ((0, 2),)),
     ("reshape", ((-1, 12),)), ("ravel", ()), ("copy", ())],
)  # fmt: skip
def test_every_way_to_call(name, args):
    op = getattr(shapes, name)
    symbolic = name != "broadcast_to"  # the batch's size is in the shape
    if symbolic:
        everywhere(op, X, *args)
    differentiable(lambda x: op(x, *args), X)


def test_squeeze_every_way():
    everywhere(shapes.squeeze, X[:, :, :1], 2)
    everywhere(shapes.squeeze, X[:, :1, :1])
    with pytest.raises(ValueError, match=r"axis=1 for the shape \(2, 3, 4\)"):
        shapes.squeeze(X, 1)


def test_unknown_sizes_stay():
    x = kerlite.KerasTensor((None, None, 4))
    assert shapes.reshape(x, (None, -1)).shape == (None, None)
    assert shapes.reshape(x, (x.shape[0], 2, -1)).shape == (None, 2, None)
    assert shapes.broadcast_to(kerlite.KerasTensor((1, 4)), (3, 4)).shape == (3, 4)
    kept = shapes.reshape(torch.tensor(X), (None, 12))
    same(kept, X.reshape(2, 12))


def test_size_and_ndim():
    for shape in ((), (3,), (0, 2), (2, 3, 4)):
        assert shapes.size(np.zeros(shape)).item() == np.zeros(shape).size
        assert shapes.ndim(np.zeros(shape)) == len(shape)
    x = kerlite.KerasTensor((None, 4))
    assert shapes.ndim(x) == 2
    count = shapes.size(x)
    assert (count.shape, count.dtype) == ((), "int32")
    assert kerlite.Model(x, count)(torch.zeros(5, 4)).item() == 20


def test_view_reads_the_same_bytes():
    for old, new in (("float32", "int32"), ("float64", "float32"), ("uint8", "int16")):
        x = np.arange(8).reshape(2, 4).astype(old)
        same(shapes.view(x, new), x.view(new))
        agrees(shapes.view, "view", torch.tensor(x), new)
    everywhere(shapes.view, X, dtype="int32")
    assert shapes.view(torch.ones(2, dtype=torch.float64)).dtype == torch.float64
    with pytest.raises(ValueError, match="cannot be computed"):
        shapes.view(torch.zeros(2, 3, dtype=torch.uint8), "int16")


def test_what_shares_memory_and_what_does_not():
    x = torch.tensor(X)
    for result in (shapes.ravel(x), shapes.reshape(x, (6, 4)), shapes.expand_dims(x, 0)):
        assert result.data_ptr() == x.data_ptr()
    assert shapes.copy(x).data_ptr() != x.data_ptr()


@pytest.mark.parametrize(
    ("name", "args"),
    [("reshape", ((5, 5),)), ("reshape", ((-1, -1),)), ("broadcast_to", ((5,),)),
     ("expand_dims", (7,)), ("expand_dims", ((0, 0),)), ("squeeze", (9,))],
)  # fmt: skip
def test_bad_arguments_are_refused(name, args):
    with pytest.raises(ValueError, match=f"{name}\\("):
        getattr(shapes, name)(X, *args)
