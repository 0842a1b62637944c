import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import products
from tests.ops.support import compare
from tests.ops.support.compare import same

RNG = np.random.default_rng(0)


def some(*shape, dtype="float64"):
    return RNG.integers(-3, 4, shape).astype(dtype)


SHAPES = {
    "matmul": [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((0, 3), (3, 2)),
               ((5, 2, 3), (3, 4)), ((2, 1, 2, 3), (4, 3, 5)), ((2, 3), (5, 3, 4))],
    "dot": [((), ()), ((), (2, 3)), ((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 4)),
            ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((2, 4, 3), (3,)), ((2, 4, 3), (5, 3, 2))],
    "vdot": [((), ()), ((3,), (3,)), ((2, 3), (3, 2)), ((0,), (0,))],
    "inner": [((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((2, 4, 3), (5, 3))],
    "outer": [((), ()), ((3,), (2,)), ((2, 3), (2, 2)), ((0,), (2,))],
    "kron": [((), (2,)), ((3,), (2,)), ((2, 3), (2, 2)), ((2, 1, 2), (2, 3))],
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_as_in_numpy(name):
    for first, second in SHAPES[name]:
        x, y = some(*first), some(*second)
        expected = getattr(np, name)(x, y)
        same(getattr(products, name)(torch.tensor(x), torch.tensor(y)), np.asarray(expected))
        if x.size:
            same(getattr(products, name)(x.tolist(), y), np.asarray(expected), dtype=False)


@pytest.mark.parametrize("name", [*SHAPES, "cross", "tensordot"])
def test_number_types_as_in_keras(name):
    for first, second in itertools.product(
        ("bool", "uint8", "int8", "int32", "int64", "float16", "float32"), repeat=2
    ):
        if name in ("cross", "kron", "outer") and "bool" in (first, second):
            continue
        if (first, second) == ("bool", "bool") and name == "tensordot":
            continue
        x, y = np.array([2, 0, 1]).astype(first), np.array([1, 3, 0]).astype(second)
        x, y = (x[None], y[:, None]) if name == "matmul" else (x, y)
        options = {"axes": 1} if name == "tensordot" else {"axis": 0} if name == "cross" else {}
        found = getattr(products, name)(torch.tensor(x), torch.tensor(y), **options)
        expected = getattr(keras.ops, name)(x, y, **options)
        kind = kerlite.core.dtypes.result_type(x.dtype, y.dtype)
        kind = "int32" if name == "matmul" and first == second == "int8" else kind
        same(found, expected, dtype=False)
        assert str(found.dtype) == f"torch.{kind}"


def test_large_integers_are_exact():
    x, y = torch.tensor([[2**40 + 1, 1]]), torch.tensor([[3], [0]])
    for name in ("matmul", "dot"):
        assert getattr(products, name)(x, y).item() == 3 * (2**40 + 1)
    assert products.vdot(x, y.T).item() == products.tensordot(x, y, 1).item() == 3 * (2**40 + 1)


def test_complex_numbers():
    x, y = some(3) + 1j * some(3), some(3) + 1j * some(3)
    for name in ("vdot", "dot", "inner", "outer", "kron", "cross"):
        same(getattr(products, name)(x, y), np.asarray(getattr(np, name)(x, y)))


def test_axes_of_tensordot():
    x, y = some(3, 4, 5), some(4, 3, 2)
    for axes in (([0, 1], [1, 0]), ((1,), (0,)), (0, 1), [-2, 0], 0):
        same(products.tensordot(x, y, axes), np.tensordot(x, y, axes))
    same(products.tensordot(x, some(4, 5, 2) * 0), np.zeros((3, 2)))


def test_axes_and_sizes_of_cross():
    for shapes, options in [
        (((3,), (3,)), {}), (((4, 3), (4, 3)), {}), (((3, 4), (3, 4)), {"axis": 0}),
        (((3, 4), (4, 3)), {"axisa": 0}), (((5, 3), (3,)), {}),
        (((4, 3), (3, 4)), {"axisb": 0, "axisc": 0}),
    ]:  # fmt: skip
        x, y = some(*shapes[0]), some(*shapes[1])
        same(products.cross(torch.tensor(x), y, **options), np.cross(x, y, **options))
    same(products.cross([1.0, 2.0], [3.0, 4.0]), np.float32(-2))
    same(products.cross([1, 2], [3, 4, 5]), np.array([10, -5, -2], "int32"))
    same(
        products.cross(torch.ones(3, 3), torch.eye(3)),
        np.cross(np.ones((3, 3), "f"), np.eye(3, dtype="f")),
    )
    with pytest.raises(ValueError, match=r"2 or 3 elements; received \(3, 4\)"):
        products.cross(torch.ones(3), torch.ones(4))


def test_traces():
    x = some(3, 4, 3)
    for offset, (axis1, axis2) in itertools.product((-1, 0, 2), ((0, 1), (2, 0), (-1, -3))):
        same(products.trace(x, offset, axis1, axis2), np.trace(x, offset, axis1, axis2))
    for dtype in ("bool", "int8", "uint8", "int32", "float16"):
        y = np.eye(3).astype(dtype)
        same(products.trace(y), keras.ops.trace(y))


def test_determinants():
    x = some(5, 3, 3) + 4 * np.eye(3)
    same(products.slogdet(torch.tensor(x)), tuple(np.linalg.slogdet(x)))
    same(products.slogdet([[2, 0], [0, 3]]), [np.float32(1), np.float32(np.log(6))])
    assert [one.item() for one in products.slogdet(torch.zeros(2, 2))] == [0, -float("inf")]
    with pytest.raises(ValueError, match=r"slogdet\(x=<\(2, 3\) float32>\)"):
        products.slogdet(torch.ones(2, 3))


def test_einsum_as_in_numpy():
    x, y, z = some(2, 3), some(3, 4), some(2, 3, 4)
    for call in (
        ("ij,jk->ik", x, y), ("ij,jk", x, y), ("ij->ji", x), ("ij->", x), ("...j,jk->...k", x, y),
        ("ij,jk,ijk->i", x, y, z), (" i j , j k -> k", x, y), ("ii->i", x[:, :2]),
        ("b...,b...->...", z, z),
    ):  # fmt: skip
        same(products.einsum(*call), np.einsum(*call))
        same(
            products.einsum(call[0], *map(torch.tensor, call[1:]), optimize=True), np.einsum(*call)
        )


def test_einsum_of_different_types():
    x, y = np.array([1, 2]), np.array([0.5, 2])
    for first, second, expected in [
        ("int32", "float32", "float32"), ("float16", "float32", "float32"),
        ("int8", "int8", "int32"), ("float64", "float64", "float64"),
        ("bool", "int32", "int32"), ("bool", "bool", "bool"), ("int64", "int64", "int64"),
    ]:  # fmt: skip
        a, b = x.astype(first), y.astype(second)
        same(products.einsum("i,i->i", a, b), (a * b).astype(expected))


def test_einsum_recorded_and_in_files():
    x, y = some(2, 3, 4, dtype="float32"), some(2, 4, 3, dtype="float32")
    spec = products.einsum("bij,bjk->bik", kerlite.KerasTensor((None, 3, 4)), y[:1])
    assert spec.shape == (None, 3, 3)

    def op(x, y):
        return products.einsum("bij,bjk->bik", x, y)

    def keras_op(x, y):
        return keras.ops.einsum("bij,bjk->bik", x, y)

    same(compare.same_file_form(op, keras_op, x, y), x @ y)
    compare.symbolic_is_eager(op, x, y)
    compare.compiles(op, x, y)


def test_bad_input():
    with pytest.raises(ValueError, match=r"matmul\(x1=<\(2, 3\) float32>"):
        products.matmul(torch.ones(2, 3), torch.ones(2, 3))
    for name in ("dot", "vdot", "inner"):
        with pytest.raises(ValueError, match=name):
            getattr(products, name)(torch.ones(2), torch.ones(3))
    with pytest.raises(ValueError, match="tensordot"):
        products.tensordot(torch.ones(2, 3), torch.ones(3, 2))
    with pytest.raises(ValueError, match="einsum"):
        products.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(2, 3))
    with pytest.raises(TypeError, match=r"no arguments \['out'\]"):
        products.einsum("i->", [1.0], out=None)
    with pytest.raises(ValueError, match="at least one tensor"):
        products.einsum("->")


def test_integers_and_booleans_off_the_cpu():
    for dtype in (torch.int32, torch.bool):
        x = torch.ones(2, 2, dtype=dtype, device="meta")
        for found in (products.matmul(x, x), products.einsum("ij,jk->ik", x, x)):
            assert (found.shape, found.dtype, found.device.type) == ((2, 2), dtype, "meta")
