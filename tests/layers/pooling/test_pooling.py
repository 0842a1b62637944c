import numpy as np
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers import AveragePooling2D, MaxPooling2D
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({}, (2, 6, 8, 3)),
    ({"pool_size": (2, 3)}, (2, 7, 8, 3)),
    ({"pool_size": 3, "strides": 1}, (2, 7, 8, 3)),
    ({"pool_size": 2, "strides": (3, 1)}, (2, 7, 8, 3)),
    ({"pool_size": 3, "strides": 1, "padding": "same"}, (2, 7, 8, 3)),
    ({"pool_size": 3, "strides": 2, "padding": "same"}, (2, 7, 9, 3)),
    ({"pool_size": 5, "strides": 3, "padding": "same"}, (1, 7, 7, 2)),
    ({"pool_size": 2, "padding": "same"}, (2, 6, 8, 3)),
    ({"data_format": "channels_first"}, (2, 3, 7, 8)),
    (
        {"pool_size": 3, "strides": 2, "padding": "same", "data_format": "channels_first"},
        (1, 3, 7, 9),
    ),
]
UNEVEN = [
    ({"padding": "same"}, (2, 7, 9, 3)),
    ({"pool_size": 3, "strides": 2, "padding": "same"}, (2, 6, 8, 3)),
    ({"pool_size": 4, "strides": 1, "padding": "same"}, (2, 6, 8, 3)),
    ({"pool_size": (2, 3), "strides": (1, 2), "padding": "same"}, (2, 5, 8, 3)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
@pytest.mark.parametrize("name", ["MaxPooling2D", "AveragePooling2D"])
def test_like_keras(name, arguments, shape):
    check_layer(name, {"pool_size": 2, **arguments}, data(*shape))


@pytest.mark.parametrize(("arguments", "shape"), UNEVEN)
def test_max_like_keras_where_padding_is_uneven(arguments, shape):
    check_layer("MaxPooling2D", arguments, data(*shape))


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
def test_under_torchs_tools(cls):
    check_tools(cls((3, 2), strides=(2, 1), padding="same"), data(2, 8, 7, 3))


def pooled(x, size, strides, function):
    """Return "same" pooling by its definition: windows that hold only what lies in the input."""
    rows, columns = (
        [
            slice(max(0, i * step - before), i * step - before + width)
            for i in range(-(-length // step))
        ]
        for length, width, step, before in (
            (n, k, s, max(0, (-(-n // s) - 1) * s + k - n) // 2)
            for n, k, s in zip(x.shape[1:3], size, strides, strict=True)
        )
    )
    parts = [[function(x[:, row, column], (1, 2)) for column in columns] for row in rows]
    return np.array(parts).transpose(2, 0, 1, 3)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (4, 5), (6, 7), (9, 8), (10, 11)])
@pytest.mark.parametrize("size", [(1, 2), (3, 4), (5, 2), (7, 3)])
@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (3, 2), (1, 4), (5, 5)])
def test_same_by_definition(shape, size, strides):
    x = data(1, *shape, 2)
    kwargs = {"pool_size": size, "strides": strides, "padding": "same"}
    for cls, function in ((MaxPooling2D, np.max), (AveragePooling2D, np.mean)):
        layer = cls(**kwargs)
        expected = pooled(x.numpy(), size, strides, function)
        np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-5, atol=1e-6)
        assert layer.compute_output_shape(x.shape) == expected.shape


def test_gradient_of_same_average():
    """Every window hands 1 / (number of its elements) to each of them."""
    x = torch.zeros(1, 3, 1, 1, requires_grad=True)
    AveragePooling2D((2, 1), strides=(2, 1), padding="same")(x).sum().backward()
    assert x.grad.flatten().tolist() == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("name", ["MaxPool2D", "AvgPool2D"])
def test_aliases(name):
    long = name.replace("Max", "Max").replace("Avg", "Average").replace("Pool2D", "Pooling2D")
    assert getattr(layers, name) is getattr(layers, long)


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
def test_unknown_sizes_and_many_sizes(cls):
    layer = cls(3, strides=2, padding="same")
    assert layer.built
    assert layer(layers.Input((None, None, 4))).shape == (None, None, None, 4)
    for size in (1, 2, 5, 6):
        assert layer(data(2, size, size, 4)).shape == (2, -(-size // 2), -(-size // 2), 4)


def test_channels_last_data_is_not_copied():
    assert MaxPooling2D(2)(data(2, 6, 6, 4)).is_contiguous()
    assert AveragePooling2D(3, strides=1, padding="same")(data(2, 6, 6, 4)).is_contiguous()


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
def test_number_types(cls):
    check_number_types(lambda dtype: cls(2, dtype=dtype), data(2, 6, 6, 3))
    whole = torch.arange(16).reshape(1, 4, 4, 1)
    assert cls(2)(whole).dtype is torch.float32


def test_like_torch_on_channels_first():
    x = data(2, 3, 9, 9)
    layer = MaxPooling2D(3, strides=2, data_format="channels_first")
    torch.testing.assert_close(layer(x), nn.MaxPool2d(3, 2)(x))


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


@pytest.mark.parametrize("cls", [MaxPooling2D, AveragePooling2D])
def test_bad_inputs(cls):
    layer = cls(3, name="p")
    for attempt in (data(1, 2, 5, 3), layers.Input((2, 5, 3))):
        with pytest.raises(ValueError, match=r"'p' slides a window of \(3, 3\)"):
            layer(attempt)
    with pytest.raises(ValueError, match="expected ndim=4, found ndim=3"):
        layer(data(5, 5, 3))
