"""where and select, against real Keras and NumPy."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.numpy import selection
from tests.ops.support.compare import compiles, same, same_file_form, symbolic_is_eager
from tests.ops.support.elementwise import PAIRS, agrees, everywhere, numbers

A = np.array([[1.5, -2.5, 0.75], [4.25, 3.0, -1.26]], "float32")


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_where_is_keras_s(first, second):
    for sizes in (((2, 3),) * 3, ((3,), (2, 1), (1, 3)), ((0, 3), (3,), (1, 3))):
        condition = numbers(sizes[0], "bool", 0, 1)
        x1, x2 = numbers(sizes[1], first), numbers(sizes[2], second, seed=1)
        agrees(selection.where, "where", condition, x1, x2)
        agrees(selection.where, "where", condition.int(), x1, 2 if first != "bool" else x2)


def test_where_takes_numbers():
    condition = torch.tensor([True, False])
    same(selection.where(condition, 1, 0), np.array([1, 0], "int32"))
    same(selection.where(condition, 1.5, 0), np.array([1.5, 0], "float32"))
    x = torch.tensor([1, 2], dtype=torch.float16)
    same(selection.where(condition, x, 0.5), np.array([1.0, 0.5], "float16"))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3), (0, 3)])
def test_places(shape):
    x = numbers(shape, "int32")
    agrees(selection.where, "where", x)
    np.testing.assert_array_equal(selection.where(x), np.array(np.nonzero(x.numpy())))


def test_where_everywhere():
    everywhere(selection.where, A > 0, A, A * 2)
    everywhere(selection.where, A > 0, A, 0.0)
    x1 = torch.tensor(A, requires_grad=True)
    selection.where(A > 0, x1, 0.0).sum().backward()
    assert x1.grad.tolist() == (A > 0).tolist()
    x = kerlite.KerasTensor((None, 3))
    named = selection.where(condition=x > 0, x1=x, x2=0.0)
    assert kerlite.Model(x, named).to_json()


def test_select_is_numpy_s():
    conditions = [A > 3, A > 0, A < -2]
    choices = [A, np.ones(3, "float32"), np.array([[7.0], [8.0]], "float32")]
    expected = np.select(conditions, choices, -1.0)
    same(selection.select(conditions, choices, -1.0), expected.astype("float32"))
    agrees(selection.select, "select", conditions, [A, A * 2, A * 3])
    mixed = selection.select(conditions[:2], [np.ones(3, "int32"), np.ones(3, "float16")])
    assert mixed.dtype == torch.float16
    assert selection.select([[True, False]], [[1, 2]], 0.5).tolist() == [1.0, 0.5]


def test_select_everywhere():
    given = ([A > 0, A > 3], [A, A * 2], 9.0)
    symbolic_is_eager(selection.select, *given)
    compiles(lambda c, d, x, y: selection.select([c, d], [x, y], 9.0), *given[0], *given[1])
    reread = same_file_form(selection.select, keras.ops.select, *given)
    same(reread, selection.select(*given))


def test_bad_input():
    with pytest.raises(ValueError, match="x1 and x2, or neither"):
        selection.where([True], 1.0)
    with pytest.raises(ValueError, match="where"):
        selection.where(A > 0, A.T, A)
    with pytest.raises(ValueError, match="2 conditions and 1 choices"):
        selection.select([A > 0, A > 1], [A])
