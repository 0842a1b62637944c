"""Convolutions: real Keras over ranks, strides, dilations, groups and paddings; number types."""

import itertools

import keras
import numpy as np
import pytest
import torch

from kerlite import KerasTensor
from kerlite.ops.nn.convolutions import conv, conv_transpose, depthwise_conv, separable_conv
from tests.ops.support.compare import same
from tests.ops.support.elementwise import differentiable, everywhere

FORMATS = ["channels_last", "channels_first"]
SETTINGS = [(3, 1, 1), (2, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2), (2, 1, 2), (1, 1, 1), (3, 2, 2)]


def array(*shape, dtype="float32"):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def images(rank, size, data_format=FORMATS[0]):
    space = (size,) * rank
    return array(2, *space, 4) if data_format == FORMATS[0] else array(2, 4, *space)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_equals_keras(rank, data_format):
    sizes = (5, 8) if rank < 3 else (5,)
    for size, (width, strides, dilation) in itertools.product(sizes, SETTINGS):
        x, window = images(rank, size, data_format), (width,) * rank
        for padding in ("valid", "same"):
            where = strides, padding, data_format, dilation
            for kernel in (array(*window, 4, 6), array(*window, 2, 6)):
                same(conv(x, kernel, *where), keras.ops.conv(x, kernel, *where), 1e-4)
            kernel, points = array(*window, 4, 2), array(*(1,) * rank, 8, 3)
            theirs = keras.ops.depthwise_conv(x, kernel, *where)
            same(depthwise_conv(x, kernel, *where), theirs, 1e-4)
            theirs = keras.ops.separable_conv(x, kernel, points, *where)
            same(separable_conv(x, kernel, points, *where), theirs, 1e-4)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transposed_equals_keras(rank, data_format):
    for (width, strides, dilation), padding in itertools.product(SETTINGS, ("valid", "same")):
        x, kernel = images(rank, 5, data_format), array(*(width,) * rank, 6, 4)
        for extra in (None, 0, 1, (1,) * rank):
            where = strides, padding, extra, data_format, dilation
            theirs = keras.ops.conv_transpose(x, kernel, *where)
            same(conv_transpose(x, kernel, *where), theirs, 1e-4)


@pytest.mark.parametrize("op", [conv, conv_transpose, depthwise_conv], ids=lambda op: op.__name__)
def test_on_symbols_compiled_in_files_and_gradients(op):
    for rank, padding, strides in ((1, "valid", 1), (2, "same", 2), (2, "same", 1)):
        x, kernel = images(rank, 4)[:1], array(*(2,) * rank, 4, 2 if op is depthwise_conv else 4)
        everywhere(op, x, torch.tensor(kernel), strides=strides, padding=padding)
        wide = x[:, :3].astype("float64"), kernel.astype("float64")
        differentiable(lambda x, k, s=strides, p=padding: op(x, k, s, p), *wide)


def test_unknown_sizes_stay_unknown():
    shape = conv(KerasTensor((None, 6, None, 4)), torch.zeros(3, 3, 4, 2), padding="SAME").shape
    assert shape == (None, 6, None, 2)


def test_separable_everywhere():
    kernels = torch.tensor(array(2, 2, 4, 2)), torch.tensor(array(1, 1, 8, 3))
    everywhere(separable_conv, images(2, 5), *kernels, padding="same")


def test_number_types_meet():
    x, kernel = array(1, 4, 4, 2), array(2, 2, 2, 3)
    same(conv(x.astype("int32"), kernel), conv(x.astype("int32").astype("float32"), kernel))
    assert (
        conv(torch.ones(1, 4, 2), torch.ones(2, 2, 1, dtype=torch.float64)).dtype == torch.float64
    )
    half = torch.ones(1, 4, 4, 2, dtype=torch.bfloat16)
    assert conv(half, half[0, :2, :2, :, None]).dtype == torch.bfloat16


def test_empty_batches():
    assert conv(torch.zeros(0, 5, 5, 2), torch.zeros(3, 3, 2, 4)).shape == (0, 3, 3, 4)
    assert conv_transpose(torch.zeros(0, 5, 2), torch.zeros(3, 4, 2)).shape == (0, 7, 4)


@pytest.mark.parametrize(
    ("op", "shapes", "options", "match"),
    [
        (conv, ((2, 5, 5, 4), (3, 3, 3, 2)), {}, "multiple of the kernel's 3"),
        (conv, ((2, 5, 5, 4), (3, 4, 2)), {}, "a kernel of as many"),
        (conv, ((2, 4), (4, 2)), {}, "3, 4 or 5 dimensions"),
        (conv, ((2, 5, 4), (3, 4, 2)), {"padding": "causal"}, "'valid', 'same'"),
        (conv, ((2, 5, 4), (3, 4, 2)), {"strides": 0}, "strides"),
        (conv, ((2, 5, 4), (3, 4, 2)), {"dilation_rate": (1, 1)}, "dilation_rate"),
        (conv, ((2, 5, 4), (7, 4, 2)), {}, "conv.*cannot be computed"),
        (depthwise_conv, ((2, 5, 4), (3, 2, 2)), {}, "the 4 channels"),
        (conv_transpose, ((2, 5, 4), (3, 2, 3)), {}, "cannot be computed"),
        (conv, ((2, 5, 4), (3, 4, 2)), {"data_format": "channels"}, "data_format"),
    ],
)
def test_bad_arguments(op, shapes, options, match):
    with pytest.raises(ValueError, match=match):
        op(*map(torch.zeros, shapes), **options)
