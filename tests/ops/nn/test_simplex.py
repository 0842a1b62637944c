"""softmax, log_softmax, sparsemax: real Keras, SciPy's definitions, projections by hand."""

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.nn.simplex import log_softmax, softmax, sparsemax
from tests.ops.support.compare import same
from tests.ops.support.elementwise import differentiable, everywhere, numbers

AXES = [-1, 0, 1, -2, None, (0, 1), (-1, 0)]


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("op", [softmax, log_softmax], ids=["softmax", "log_softmax"])
def test_equals_keras(op, axis):
    theirs = getattr(keras.ops, op.__name__)
    for dtype, tolerance in [("float32", 1e-5), ("float64", 1e-6), ("bfloat16", 2e-2)]:
        for shape in ((3, 4), (2, 3, 4), (0, 3)):
            x = numbers(shape, dtype)
            # Keras fails for several axes counted from the end
            counted = tuple(a % len(shape) for a in axis) if isinstance(axis, tuple) else axis
            same(op(x, axis), theirs(x, counted), tolerance)
    everywhere(op, numbers((2, 3), "float32").numpy(), axis=axis, file=axis != (-1, 0))
    differentiable(lambda x: op(x, axis), np.linspace(-2, 2, 6).reshape(2, 3))


@pytest.mark.parametrize("op", [softmax, log_softmax, sparsemax], ids=lambda op: op.__name__)
def test_integers_lists_and_large_numbers(op):
    same(op(torch.tensor([1, 2, 4])), op([1.0, 2.0, 4.0]))
    assert torch.isfinite(op([1e6, 1e6 - 1, 0.0])).all()
    with pytest.raises(ValueError, match="out of range"):
        op(torch.zeros(2, 3), axis=2)


def test_an_axis_of_size_one_warns():
    with pytest.warns(UserWarning, match="Use sigmoid"):
        softmax(torch.zeros(2, 1))


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_sparsemax_is_the_nearest_point_of_the_simplex(axis):
    x = numbers((3, 4, 5), "float64")
    low, high = x.amin(axis, keepdim=True) - 1, x.amax(axis, keepdim=True)
    for _ in range(60):  # the tau whose values add up to one, by bisection
        tau = (low + high) / 2
        too_much = (x - tau).clamp(min=0).sum(axis, keepdim=True) > 1
        low, high = torch.where(too_much, tau, low), torch.where(too_much, high, tau)
    same(sparsemax(x, axis), (x - high).clamp(min=0))


def test_sparsemax_everywhere():
    x = np.array([[2.0, 0.0, 0.0], [0.0, 5.0, 1.0]], "float32")  # Keras is right with one value
    same(sparsemax(x), keras.ops.sparsemax(x))
    everywhere(sparsemax, x)
    differentiable(sparsemax, np.array([[0.5, 0.1, -0.3], [0.9, 0.8, 0.2]]))
