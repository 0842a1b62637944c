"""Blocks and patches: real Keras, there and back again, bad sizes."""

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.nn.rearranging import depth_to_space, fold, space_to_depth, unfold
from tests.ops.support.compare import same
from tests.ops.support.elementwise import differentiable, everywhere

X = np.arange(2 * 6 * 6 * 8, dtype="float32").reshape(2, 6, 6, 8)
PATCHES = [((2,), {}), (((2, 3),), {"stride": 2}), ((2,), {"padding": 1, "dilation": (2, 1)})]


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("op", [depth_to_space, space_to_depth], ids=lambda op: op.__name__)
def test_blocks_equal_keras(op, data_format):
    last = data_format == "channels_last"
    for x in (X, X.astype("int64"), X > 9):
        x = np.ascontiguousarray(x if last else x.transpose(0, 3, 1, 2))
        same(op(x, 2, data_format), getattr(keras.ops, op.__name__)(x, 2, data_format))
    x = x.astype("float32")
    everywhere(op, x, 2, data_format=data_format)
    back = {depth_to_space: space_to_depth, space_to_depth: depth_to_space}[op]
    same(back(op(x, 2, data_format), 2, data_format), x)
    differentiable(lambda x: op(x, 2, data_format), x[:1, :4, :4, :4].astype("float64"))


@pytest.mark.parametrize(("args", "options"), PATCHES, ids=["plain", "stride", "dilated"])
def test_patches_equal_keras(args, options):
    for dtype in (torch.float32, torch.float64, torch.float16):
        x = torch.tensor(X).to(dtype)
        columns = unfold(x, *args, **options)
        same(columns, keras.ops.unfold(x, *args, **options))
        folded = keras.ops.fold(columns, (6, 8), *args, **options)
        same(fold(columns, (6, 8), *args, **options), folded)
    everywhere(unfold, X, *args, **options)
    everywhere(fold, unfold(X, *args, **options).numpy(), (6, 8), *args, **options)
    differentiable(lambda x: unfold(x, *args, **options), X[:1, :1].astype("float64"))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: depth_to_space(X, 3), r"multiple of block_size\^2 = 9"),
        (lambda: space_to_depth(X, 4), "multiples of block_size=4"),
        (lambda: depth_to_space(X, 3, "channels_first"), "cannot be computed"),
        (lambda: space_to_depth(X, 1), "block_size >= 2"),
        (lambda: space_to_depth(X[0], 2), "4 dimensions"),
        (lambda: depth_to_space(X, 2, "last"), "data_format"),
        (lambda: unfold(X[0], 2), "4 dimensions"),
        (lambda: fold(X, 2, 2), "3 dimensions"),
        (lambda: unfold(X, 9), "cannot be computed"),
        (lambda: fold(X[0], (6, 6), 2), "cannot be computed"),
    ],
)
def test_bad_arguments(call, match):
    with pytest.raises(ValueError, match=match):
        call()
