"""one_hot, multi_hot, polar: real Keras, NumPy's identity matrix, numbers that are no class."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.nn.encoding import multi_hot, one_hot, polar
from tests.ops.support.compare import file_form, same
from tests.ops.support.elementwise import differentiable, everywhere, numbers

I = np.array([[0, 3, -1, 4], [2, 2, 1, 0], [4, -1, -1, 3]], "int32")  # noqa: E741


@pytest.mark.parametrize("dtype", [None, "int32", "bool", "float16"])
@pytest.mark.parametrize("axis", [-1, 0, 1, 2])
def test_one_hot_equals_keras(axis, dtype):
    for x in (I, I.astype("int64"), I.astype("float32"), I > 0, I[None], I[:0]):
        if axis <= x.ndim:
            same(one_hot(x, 5, axis, dtype), keras.ops.one_hot(torch.tensor(x), 5, axis, dtype))
    same(multi_hot(I, 5, -1, dtype), keras.ops.multi_hot(I, 5, -1, dtype))
    everywhere(one_hot, I, 5, axis=axis, dtype=dtype, file=axis in (-1, 0, 1))


def test_one_hot_by_the_identity_matrix():
    x = np.abs(I)
    same(one_hot(x, 5), np.eye(5, dtype="float32")[x])
    same(one_hot(x, 5, axis=-2), np.eye(5, dtype="float32")[x].swapaxes(1, 2))
    same(one_hot(x, 5, axis=-3), np.moveaxis(np.eye(5, dtype="float32")[x], 2, 0))
    same(one_hot(2, 4), [0.0, 0.0, 1.0, 0.0], dtype=False)
    same(one_hot([7, 1], 3), [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype=False)


def test_multi_hot_equals_keras():
    for x, axes in ((I, (-1, 0, 1)), (I[0], (-1, 0)), (np.abs(I)[None], (-1, 1))):
        for axis in axes:
            same(multi_hot(x, 5, axis), keras.ops.multi_hot(x, 5, axis))
    same(multi_hot(I, num_tokens=6), keras.ops.multi_hot(I, 6))
    expected = [[row.tolist().count(c) > 0 for c in range(5)] for row in I]
    same(multi_hot(I, 5, dtype="bool"), np.array(expected))
    everywhere(multi_hot, I, 5)


def test_a_file_has_the_type_that_was_the_default():
    assert file_form(kerlite, one_hot, I, 5)["config"]["dtype"] == "float32"
    kerlite.config.set_floatx("float16")
    assert file_form(kerlite, one_hot, I, 5)["config"]["dtype"] == "float16"


def test_polar_equals_keras():
    size, angle = numbers((2, 3), "float32"), numbers((3,), "float32", seed=1)
    for cast in (torch.Tensor.float, torch.Tensor.double):
        same(polar(cast(size), cast(angle)), keras.ops.polar(cast(size), cast(angle)))
    same(polar(size.half(), angle.half()), polar(size.half().float(), angle.half().float()))
    same(polar([2], [0]), np.array([2 + 0j], "complex64"))
    everywhere(polar, size.numpy(), size.numpy() * 2)
    differentiable(polar, size.numpy(), angle.numpy())


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: one_hot(I, 5, axis=4), "out of range"),
        (lambda: one_hot(I, 5, sparse=True), "sparse=True"),
        (lambda: multi_hot(I, 5, sparse=True), "sparse=True"),
        (lambda: multi_hot(I), "num_classes"),
        (lambda: polar(torch.ones(2), torch.ones(3)), "cannot be computed"),
    ],
)
def test_bad_arguments(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_unknown_arguments():
    with pytest.raises(TypeError, match="tokens"):
        multi_hot(I, 5, tokens=3)
