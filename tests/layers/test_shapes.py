"""Shapes in the forms that layers meet them."""

import numpy as np
import pytest
import torch

from kerlite.core.tensor import KerasTensor
from kerlite.layers.shapes import (
    is_tensor_like,
    legacy_input_shape,
    shape_of,
    shape_tuple,
    symbolic_of,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.ones(1), True), (np.ones(1), True), (KerasTensor((1,)), True),
        ([torch.ones(1)], True), ({"a": [np.ones(1)]}, True), (1.0, False), ([1, 2], False),
        (None, False), ("x", False),
    ],
)  # fmt: skip
def test_is_tensor_like(value, expected):
    assert is_tensor_like(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.ones(2, 3), (2, 3)), (np.ones(2), (2,)), (KerasTensor((None, 1)), (None, 1)),
        (3, None),
    ],
)  # fmt: skip
def test_shape_of(value, expected):
    assert shape_of(value) == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ([None, 3], (None, 3)), ((2, 3), (2, 3)), ([[None, 3], [None, 4]], [(None, 3), (None, 4)]),
        ({"a": [None, 3]}, {"a": (None, 3)}), (None, None), ([np.int64(2)], (2,)), ([], ()),
        (([2], [3]), ((2,), (3,))),
    ],
)  # fmt: skip
def test_shape_tuple(shape, expected):
    assert shape_tuple(shape) == expected


def test_symbolic_of():
    assert symbolic_of((None, 3), "int32").dtype == "int32"
    assert symbolic_of(torch.Size([2, 3]), "float32").shape == (2, 3)
    both = symbolic_of([(None, 3), [None, 4]], "float32")
    assert [tensor.shape for tensor in both] == [(None, 3), (None, 4)]
    assert symbolic_of({"a": (1,)}, "float32")["a"].shape == (1,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"input_shape": (3, 4)}, (None, 3, 4)), ({"input_shape": 3}, (None, 3)),
        ({"input_dim": 5}, (None, 5)), ({"batch_input_shape": (2, 3)}, (2, 3)),
        ({"batch_shape": (2, 3)}, (2, 3)), ({}, None),
    ],
)  # fmt: skip
def test_legacy_input_shape(given, expected):
    kwargs = {**given, "other": 1}
    assert legacy_input_shape(kwargs) == expected
    assert kwargs == {"other": 1}
