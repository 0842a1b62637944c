import itertools

import numpy as np
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers.pooling.average_pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
)
from kerlite.layers.pooling.max_pooling import MaxPooling1D, MaxPooling2D, MaxPooling3D
from tests.layers.support import check_layer, check_number_types, check_tools, data

MAX = [MaxPooling1D, MaxPooling2D, MaxPooling3D]
AVERAGE = [AveragePooling1D, AveragePooling2D, AveragePooling3D]
FIRST = {"data_format": "channels_first"}
CONFIGS = [
    (2, {}, (2, 6, 8, 3)),
    (2, {"pool_size": (2, 3)}, (2, 7, 8, 3)),
    (2, {"pool_size": 3, "strides": 1}, (2, 7, 8, 3)),
    (2, {"pool_size": 2, "strides": (3, 1)}, (2, 7, 8, 3)),
    (2, {"pool_size": 3, "strides": 1, "padding": "same"}, (2, 7, 8, 3)),
    (2, {"pool_size": 3, "strides": 2, "padding": "same"}, (2, 7, 9, 3)),
    (2, {"pool_size": 5, "strides": 3, "padding": "same"}, (1, 7, 7, 2)),
    (2, {"pool_size": 2, "padding": "same"}, (2, 6, 8, 3)),
    (2, FIRST, (2, 3, 7, 8)),
    (2, {"pool_size": 3, "strides": 2, "padding": "same", **FIRST}, (1, 3, 7, 9)),
    (1, {}, (2, 7, 3)),
    (1, {"pool_size": 3, "strides": 2}, (2, 8, 3)),
    (1, {"pool_size": 3, "strides": 2, "padding": "same"}, (2, 7, 3)),
    (1, {"pool_size": 3, "strides": 1, "padding": "same"}, (1, 7, 3)),
    (1, FIRST, (2, 3, 7)),
    (3, {}, (2, 4, 5, 6, 3)),
    (3, {"pool_size": (1, 2, 3), "strides": (2, 1, 1)}, (1, 4, 5, 6, 2)),
    (3, {"pool_size": 3, "strides": 2, "padding": "same"}, (1, 5, 3, 7, 2)),
    (3, FIRST, (2, 3, 4, 5, 6)),
]
UNEVEN = [
    (2, {"padding": "same"}, (2, 7, 9, 3)),
    (2, {"pool_size": 3, "strides": 2, "padding": "same"}, (2, 6, 8, 3)),
    (2, {"pool_size": 4, "strides": 1, "padding": "same"}, (2, 6, 8, 3)),
    (2, {"pool_size": (2, 3), "strides": (1, 2), "padding": "same"}, (2, 5, 8, 3)),
    (1, {"padding": "same"}, (2, 7, 3)),
    (1, {"pool_size": 4, "strides": 1, "padding": "same"}, (2, 7, 3)),
    (3, {"padding": "same"}, (1, 3, 4, 5, 2)),
]


@pytest.mark.parametrize(("rank", "arguments", "shape"), CONFIGS)
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_like_keras(kind, rank, arguments, shape):
    check_layer(f"{kind}Pooling{rank}D", {"pool_size": 2, **arguments}, data(*shape))


@pytest.mark.parametrize(("rank", "arguments", "shape"), UNEVEN)
def test_max_like_keras_where_padding_is_uneven(rank, arguments, shape):
    check_layer(f"MaxPooling{rank}D", arguments, data(*shape))


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
def test_under_torchs_tools(cls):
    check_tools(cls((3, 2), strides=(2, 1), padding="same"), data(2, 8, 7, 3))


@pytest.mark.parametrize("cls", [MaxPooling1D, AveragePooling1D, MaxPooling3D, AveragePooling3D])
def test_one_and_three_dimensions_under_torchs_tools(cls):
    space = (5,) * cls.rank
    check_tools(cls(3, strides=2, padding="same"), data(2, *space, 3))
    check_tools(cls(2, **FIRST), data(2, 3, *space))


def pooled(x, size, strides, function):
    """Return "same" pooling by its definition: windows that hold only what lies in the input."""
    windows = [
        [
            slice(max(0, i * step - before), i * step - before + width)
            for i in range(-(-length // step))
        ]
        for length, width, step, before in (
            (n, k, s, max(0, (-(-n // s) - 1) * s + k - n) // 2)
            for n, k, s in zip(x.shape[1:-1], size, strides, strict=True)
        )
    ]
    space = tuple(range(1, x.ndim - 1))
    parts = [function(x[(slice(None), *places)], space) for places in itertools.product(*windows)]
    return np.stack(parts, 1).reshape(len(x), *map(len, windows), x.shape[-1])


SIZES = [
    ((4,), (2,), (1,)),
    ((5,), (4,), (3,)),
    ((6,), (3,), (2,)),
    ((2,), (5,), (2,)),
    ((7,), (2,), (5,)),
    ((3, 4, 5), (2, 3, 4), (1, 2, 3)),
    ((1, 2, 6), (3, 2, 2), (2, 1, 4)),
    *(
        (shape, size, strides)
        for shape in ((1, 1), (2, 3), (4, 5), (6, 7), (9, 8), (10, 11))
        for size in ((1, 2), (3, 4), (5, 2), (7, 3))
        for strides in ((1, 1), (2, 1), (3, 2), (1, 4), (5, 5))
    ),
]


@pytest.mark.parametrize(("shape", "size", "strides"), SIZES)
def test_same_by_definition(shape, size, strides):
    x = data(1, *shape, 2)
    kwargs = {"pool_size": size, "strides": strides, "padding": "same"}
    for classes, function in ((MAX, np.max), (AVERAGE, np.mean)):
        layer = classes[len(shape) - 1](**kwargs)
        expected = pooled(x.numpy(), size, strides, function)
        np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-5, atol=1e-6)
        assert layer.compute_output_shape(x.shape) == expected.shape


@pytest.mark.parametrize("cls", AVERAGE)
def test_gradient_of_same_average(cls):
    """Every window hands 1 / (number of its elements) to each of them."""
    size = (2, *(1,) * (cls.rank - 1))
    x = torch.zeros(1, 3, *(1,) * cls.rank, requires_grad=True)
    cls(size, strides=size, padding="same")(x).sum().backward()
    assert x.grad.flatten().tolist() == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_aliases(rank):
    assert getattr(layers, f"MaxPool{rank}D") is MAX[rank - 1]
    assert getattr(layers, f"AvgPool{rank}D") is AVERAGE[rank - 1]


@pytest.mark.parametrize("cls", MAX + AVERAGE)
def test_unknown_sizes_and_many_sizes(cls):
    layer, rank = cls(3, strides=2, padding="same"), cls.rank
    assert layer.built
    unknown = (None,) * rank
    assert layer(layers.Input((*unknown, 4))).shape == (None, *unknown, 4)
    for size in (1, 2, 5, 6):
        assert layer(data(2, *(size,) * rank, 4)).shape == (2, *(-(-size // 2),) * rank, 4)


@pytest.mark.parametrize("gradient", [False, True])
def test_channels_last_data_is_not_copied(gradient):
    for layer in (MaxPooling2D(2), AveragePooling2D(3, 1, "same"), MaxPooling3D(2)):
        x = data(2, *(6,) * layer.rank, 4).requires_grad_(gradient)
        assert layer(x).is_contiguous()
    for layer in (MaxPooling1D(2), AveragePooling1D(3, 2, "same")):
        assert layer(data(2, 6, 4).requires_grad_(gradient)).is_contiguous()


@pytest.mark.parametrize("cls", MAX + AVERAGE)
def test_number_types(cls):
    space = (4,) * cls.rank
    check_number_types(lambda dtype: cls(2, dtype=dtype), data(2, *space, 3))
    whole = torch.arange(4**cls.rank).reshape(1, *space, 1)
    assert cls(2)(whole).dtype is torch.float32


@pytest.mark.parametrize("cls", [MaxPooling3D, AveragePooling3D, MaxPooling1D])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_gradients_in_half_precision(cls, dtype):
    x = data(2, *(4,) * cls.rank, 3)
    half = x.to(dtype).requires_grad_()
    cls(2, dtype=dtype)(half).sum().backward()
    cls(2)(x.requires_grad_()).sum().backward()
    assert half.grad.dtype is dtype
    torch.testing.assert_close(half.grad.float(), x.grad, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_like_torch_on_channels_first(rank):
    x = data(2, 3, *(7,) * rank)
    twin = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)[rank - 1](3, 2)
    torch.testing.assert_close(MAX[rank - 1](3, strides=2, **FIRST)(x), twin(x))
    twin = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)[rank - 1](3, 2)
    torch.testing.assert_close(AVERAGE[rank - 1](3, strides=2, **FIRST)(x), twin(x))


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pool_size": 0}, "'p' needs pool_size to be a whole number >= 1.*pool_size=0"),
        ({"pool_size": (2, 2, 2)}, "or 2 of them"),
        ({"strides": 0}, "strides=0"),
        ({"padding": "causal"}, "padding to be one of .*received 'causal'"),
        ({"data_format": "last"}, "Unknown data_format"),
    ],
)
def test_bad_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**{"pool_size": 2, "name": "p", **arguments})


@pytest.mark.parametrize("cls", MAX + AVERAGE)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_bad_inputs(cls, data_format):
    layer, rank = cls(3, name="p", data_format=data_format), cls.rank
    small = (2, *(5,) * (rank - 1))
    small = (*small, 3) if data_format == "channels_last" else (3, *small)
    for attempt in (data(1, *small), layers.Input(small)):
        with pytest.raises(ValueError, match=r"'p' slides a window of \(3,"):
            layer(attempt)
    for shape in ((5,) * (rank + 1), (5,) * (rank + 3)):
        with pytest.raises(ValueError, match=f"'p' does not fit: expected ndim={rank + 2}, found"):
            layer(data(*shape))
