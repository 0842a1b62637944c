"""Activations: real Keras over shapes, number types and special values; integers; gradients."""

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.nn import gates, rectifiers, squashing
from tests.ops.support.compare import same
from tests.ops.support.elementwise import FLOATS, differentiable, everywhere, numbers, unary

RECTIFIERS = [rectifiers.relu, rectifiers.relu6, rectifiers.elu, rectifiers.selu, rectifiers.celu,
              rectifiers.leaky_relu, rectifiers.softplus, rectifiers.squareplus,
              rectifiers.sparse_plus]  # fmt: skip
SQUASHING = [getattr(squashing, name) for name in squashing.__all__]
GATES = [gates.gelu, gates.silu, gates.hard_silu]
ALL = RECTIFIERS + SQUASHING + GATES
OPTIONS = {
    "elu": {"alpha": 0.5}, "celu": {"alpha": 2.0}, "leaky_relu": {"negative_slope": 0.1},
    "squareplus": {"b": 1}, "soft_shrink": {"threshold": 0.25}, "hard_shrink": {"threshold": 1.5},
    "gelu": {"approximate": False},
}  # fmt: skip
KEEP_INTEGERS = ("relu", "relu6", "hard_tanh")


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.__name__)
def test_equals_keras(op):
    with np.errstate(all="ignore"):
        unary(op, dtypes=FLOATS, special=op is not rectifiers.squareplus)
        if op.__name__ in OPTIONS:
            unary(op, dtypes=FLOATS, **OPTIONS[op.__name__])


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.__name__)
def test_on_symbols_compiled_and_in_files(op):
    x = numbers((2, 3), "float32").numpy()
    everywhere(op, x)
    everywhere(op, x, **OPTIONS.get(op.__name__, {}))


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.__name__)
def test_integers(op):
    for dtype in ("int8", "int32", "int64"):
        x = torch.tensor([-3, 0, 1, 9], dtype=getattr(torch, dtype))
        kept = op.__name__ in KEEP_INTEGERS
        expected = op(x.double()).to(x.dtype if kept else torch.float32)
        same(op(x), expected)
        if kept:
            same(op(x), getattr(keras.ops, op.__name__)(x))


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.__name__)
def test_gradients(op):
    differentiable(op, np.array([-7.1, -2.2, -0.7, -0.3, 0.2, 0.8, 2.3, 7.2]))


def test_threshold():
    for x in (np.array([[-2.0, 0.5], [3.0, np.nan]], "float32"), np.array([1, 5, -3], "int32")):
        same(rectifiers.threshold(x, 1, 7), keras.ops.threshold(x, 1, 7))
    everywhere(rectifiers.threshold, np.ones((2, 3), "float32"), 1.5, -2.0)
    differentiable(lambda x: rectifiers.threshold(x, 0.5, 3.0), np.array([-1.0, 0.2, 0.8]))


@pytest.mark.parametrize("axis", [-1, 0, 1, -2])
def test_glu(axis):
    x = numbers((4, 6, 3) if axis == -2 else (4, 6), "float32").numpy()
    same(gates.glu(x, axis), keras.ops.glu(x, axis))
    everywhere(gates.glu, x[:2] if axis == 0 else x, axis=axis)
    differentiable(lambda x: gates.glu(x, axis), x.astype("float64"))


def test_glu_of_an_odd_size():
    with pytest.raises(ValueError, match=r"glu\(x=<\(2, 3\) float32>\)"):
        gates.glu(torch.zeros(2, 3))


def test_other_names():
    assert gates.swish is gates.silu
    assert gates.hard_swish is gates.hard_silu
