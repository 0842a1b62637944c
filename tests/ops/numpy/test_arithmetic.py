"""Sums, products, quotients and remainders, against real Keras and NumPy."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import arithmetic
from tests.ops.support.elementwise import (
    FLOATS,
    INTS,
    agrees,
    binary,
    differentiable,
    everywhere,
    numbers,
    unary,
)

A = np.array([[1.5, -2.5, 0.75], [4.25, 3.0, -1.25]], "float32")
B = np.array([[0.7, 2.0, -1.75], [3.0, -0.7, 2.5]], "float32")
BINARY = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "true_divide",
    "divide_no_nan",
    "floor_divide",
    "mod",
    "fmod",
    "power",
]
UNARY = ["negative", "reciprocal", "absolute", "fabs"]
WHOLE = [("bool", "int32"), ("uint8", "int8"), ("int32", "int32"), ("int16", "uint8")]
WIDE = ["add", "subtract", "multiply", "floor_divide", "mod", "fmod", "power"]


@pytest.mark.parametrize("name", BINARY)
def test_binary_is_keras_s(name):
    whole_zero = name in ("floor_divide", "mod", "fmod")
    low, high = (1.0, 4.0) if whole_zero or name == "power" else (-3.0, 3.0)
    binary(getattr(arithmetic, name), low=low, high=high)


@pytest.mark.parametrize("name", UNARY)
def test_unary_is_keras_s(name):
    dtypes = INTS[1:] + FLOATS if name in ("negative", "reciprocal") else INTS + FLOATS
    unary(getattr(arithmetic, name), dtypes)


@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_divisors(name):
    binary(getattr(arithmetic, name), WHOLE, low=-20.0, high=20.0, special=False)
    function = getattr(arithmetic, name)
    given = np.arange(-6, 7, dtype="int64")
    expected = getattr(np, name)(given[:, None], given)
    np.testing.assert_array_equal(function(given[:, None], given), expected)


@pytest.mark.parametrize("name", WIDE)
def test_64_bits_stay(name):
    function = getattr(arithmetic, name)
    ints, floats = numbers((3,), "int64", 1, 4), numbers((3,), "float64", 1, 4)
    assert function(ints, ints).dtype == function(ints, ints.int()).dtype == torch.int64
    assert function(floats, floats.float()).dtype == torch.float64
    np.testing.assert_allclose(
        function(floats, floats.flip(0)),
        getattr(np, name)(floats.numpy(), floats.numpy()[::-1]),
        rtol=1e-13,
    )


@pytest.mark.parametrize("name", BINARY)
def test_everywhere_binary(name):
    second = np.abs(A) if name == "power" else B
    everywhere(getattr(arithmetic, name), np.abs(A) if name == "power" else A, second)
    everywhere(getattr(arithmetic, name), A, 2, file=False)


@pytest.mark.parametrize("name", UNARY)
def test_everywhere_unary(name):
    everywhere(getattr(arithmetic, name), A)


@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_everywhere_whole(name):
    whole = np.array([12, 18], "int32")
    everywhere(getattr(arithmetic, name), whole, whole[::-1].copy())


@pytest.mark.parametrize("name", [name for name in BINARY + UNARY if name != "floor_divide"])
def test_gradients(name):
    given = [np.abs(A) if name == "power" else A, B]
    differentiable(getattr(arithmetic, name), *given[: 1 if name in UNARY else 2])


def test_division_by_zero_has_no_gradient():
    x1, x2 = torch.tensor([1.0, 3.0], requires_grad=True), torch.tensor([0.0, 2.0])
    x2.requires_grad_()
    arithmetic.divide_no_nan(x1, x2).sum().backward()
    assert x1.grad.tolist() == [0.0, 0.5]
    assert x2.grad.tolist() == [0.0, -0.75]


def test_booleans_count():
    yes = torch.tensor([True, True])
    for name, expected in (("floor_divide", 1), ("mod", 0), ("fmod", 0), ("power", 1)):
        result = getattr(arithmetic, name)(yes, yes)
        assert result.dtype == torch.int32
        assert result.tolist() == [expected] * 2
    assert arithmetic.add(yes, 1).tolist() == [2, 2]


def test_complex_numbers():
    x = torch.tensor([1 + 2j, -3j])
    for name in ("add", "multiply", "divide", "power"):
        agrees(getattr(arithmetic, name), name, x, torch.tensor([2.0, 0.5]))
    assert arithmetic.absolute(torch.tensor([3 + 4j])).tolist() == [5.0]


@pytest.mark.parametrize(
    ("name", "args", "kind"),
    [
        ("add", (A, A.T), ValueError),
        ("subtract", (np.array([True]), np.array([False])), ValueError),
        ("power", (np.array([2]), -1), ValueError),
        ("gcd", (A, B), TypeError),
        ("mod", (A.astype("complex64"), 2.0), TypeError),
        ("fabs", (A.astype("complex64"),), TypeError),
        ("negative", (np.array([True]),), (TypeError, ValueError)),
    ],
)
def test_bad_input(name, args, kind):
    with pytest.raises(kind, match=r"\d|complex"):
        getattr(arithmetic, name)(*args)


def test_nothing_is_written_in_place():
    x, y = torch.tensor(A), torch.tensor(B)
    for name in BINARY:
        getattr(arithmetic, name)(x, y)
    assert x.tolist() == A.tolist()
    assert y.tolist() == B.tolist()


def test_a_layer_s_weight_is_an_operand():
    layer = kerlite.layers.Dense(2)
    layer.build((None, 3))
    kernel = layer.kernel.numpy()
    for name, expected in (("add", kernel + 1), ("multiply", kernel * kernel)):
        operand = 1 if name == "add" else layer.kernel
        np.testing.assert_allclose(
            getattr(arithmetic, name)(layer.kernel, operand).detach(), expected
        )
    arithmetic.absolute(layer.kernel).sum().backward()
    np.testing.assert_array_equal(layer.kernel.grad, np.sign(kernel))
