"""Pooling: real Keras, windows cut out by hand, integers, files, bad arguments."""

import itertools

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.nn import pooling
from tests.ops.support.compare import file_form, same
from tests.ops.support.elementwise import differentiable, everywhere

FORMATS = ["channels_last", "channels_first"]
WINDOWS = [(2, None), (3, 1), (2, 1), (3, 2), (2, 3)]
SIZES = (5, 8)


def images(rank, size, data_format, dtype="float32"):
    shape = (2, *(size,) * rank, 3) if data_format == FORMATS[0] else (2, 3, *(size,) * rank)
    return np.random.default_rng(0).normal(0, 3, shape).astype(dtype)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_equals_keras(rank, data_format):
    for size, (pool, strides), padding in itertools.product(SIZES, WINDOWS, ["valid", "SAME"]):
        x = torch.tensor(images(rank, size, data_format))
        args = x, pool, strides, padding, data_format
        same(pooling.max_pool(*args), keras.ops.max_pool(*args))
        if padding == "valid":  # Keras is wrong where padding is uneven
            same(pooling.average_pool(*args), keras.ops.average_pool(*args))
    for size, parts in itertools.product(SIZES, [3, 7, (2,) * rank]):
        x = torch.tensor(images(rank, size, data_format))
        for name in ("adaptive_max_pool", "adaptive_average_pool"):
            theirs = getattr(keras.ops, name)(x, parts, data_format)
            same(getattr(pooling, name)(x, parts, data_format), theirs)


@pytest.mark.parametrize(("size", "pool", "strides"), [(8, 3, 2), (5, 2, 1), (7, 4, 3), (2, 5, 2)])
def test_means_count_what_is_inside(size, pool, strides):
    for rank in (1, 2, 3):
        x = np.ones((1, *(size,) * rank, 1), "float32") * np.arange(size)[:, None]
        count = -(-size // strides)
        before = max(0, (count - 1) * strides + pool - size) // 2
        starts = [i * strides - before for i in range(count)]
        means = [np.mean(range(max(0, a), min(size, a + pool))) for a in starts]
        pooled = pooling.average_pool(x, pool, strides, "same").squeeze().reshape(-1, count)
        np.testing.assert_allclose(pooled, np.broadcast_to(means, pooled.shape), rtol=1e-6)


@pytest.mark.parametrize("name", pooling.__all__)
def test_on_symbols_compiled_in_files_and_gradients(name):
    op = getattr(pooling, name)
    options = [{"strides": 1, "padding": "same"}, {"data_format": FORMATS[1]}, {}]
    for rank, given in itertools.product((1, 2), options if "adaptive" not in name else [{}]):
        x = images(rank, 5, given.get("data_format", FORMATS[0]))
        size = (2,) * rank  # Keras's adaptive operations have symbols for tuples only
        everywhere(op, x, size, file="average" not in name or not given, **given)
        differentiable(lambda x, s=size, g=given: op(x, s, **g), x[:1].astype("float64"))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_integers(dtype):
    x = (images(2, 4, FORMATS[0]).clip(-9, 9) + 9).astype(dtype)
    same(pooling.max_pool(x, 2), keras.ops.max_pool(x, 2))
    for name in pooling.__all__[:3]:
        same(getattr(pooling, name)(x, 2), getattr(pooling, name)(x.astype("float32"), 2))


def test_half_precision_keeps_its_type():
    x = torch.ones(1, 4, 4, 4, 2, dtype=torch.float16)
    assert pooling.average_pool(x, 2).dtype == pooling.max_pool(x, 2).dtype == torch.float16


def test_a_file_does_not_depend_on_the_data_format_of_its_reader():
    x = np.ones((2, 4, 4, 3), "float32")
    assert file_form(kerlite, pooling.max_pool, x, 2)["config"]["data_format"] == FORMATS[0]
    kerlite.config.set_image_data_format(FORMATS[1])
    assert pooling.max_pool(x, 2).shape == (2, 4, 2, 1)
    assert file_form(kerlite, pooling.max_pool, x, 2)["config"]["data_format"] == FORMATS[1]


def test_channels_last_is_not_copied():
    x = torch.zeros(2, 6, 6, 3)
    assert pooling.max_pool(x, 2).is_contiguous()


@pytest.mark.parametrize(
    ("name", "args", "match"),
    [
        ("max_pool", ((2, 4), 2), "3, 4 or 5 dimensions"),
        ("average_pool", ((2, 4, 4, 1), 0), "pool_size to be a whole number >= 1"),
        ("average_pool", ((2, 4, 4, 1), (2, 2, 2)), "or 2 of them"),
        ("max_pool", ((2, 4, 1), 2, 0), "strides"),
        ("max_pool", ((2, 4, 1), 2, 1, "full"), "'valid', 'same'"),
        ("max_pool", ((2, 4, 1), 9), "cannot be computed"),
        ("max_pool", ((2, 4, 1), 2, 1, "same", "first"), "data_format"),
        ("adaptive_max_pool", ((2, 4, 1), 0), "output_size"),
    ],
)
def test_bad_arguments(name, args, match):
    with pytest.raises(ValueError, match=match):
        getattr(pooling, name)(torch.zeros(args[0]), *args[1:])
