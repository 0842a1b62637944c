import itertools

import numpy as np
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers.pooling.adaptive_average_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
)
from kerlite.layers.pooling.adaptive_max_pooling import (
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from tests.layers.support import check_layer, check_number_types, data

AVERAGE = [AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D]
MAX = [AdaptiveMaxPooling1D, AdaptiveMaxPooling2D, AdaptiveMaxPooling3D]
CONFIGS = [
    ((5,), 2),
    ((6,), (3,)),
    ((3,), 7),
    ((4, 5), 2),
    ((6, 6), (2, 3)),
    ((7, 5), (3, 4)),
    ((2, 2), (1, 5)),
    ((3, 4, 5), 2),
    ((4, 4, 4), (1, 2, 3)),
]


@pytest.mark.parametrize(("space", "size"), CONFIGS)
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_like_keras(kind, space, size):
    name = f"Adaptive{kind}Pooling{len(space)}D"
    check_layer(name, {"output_size": size}, data(2, *space, 3))
    first = {"output_size": size, "data_format": "channels_first"}
    check_layer(name, first, data(1, 3, *space))


@pytest.mark.parametrize("cls", AVERAGE + MAX)
def test_under_torchs_tools(cls):
    check_layer(cls.__name__, {"output_size": 2}, data(2, *(5,) * cls.rank, 3), tools=True)


@pytest.mark.parametrize(
    ("space", "size"), [((7,), (3,)), ((7, 5), (3, 4)), ((3, 4, 5), (2, 3, 1))]
)
def test_by_definition(space, size):
    x = data(1, *space, 2).numpy()
    windows = [
        [slice(i * n // k, -(-(i + 1) * n // k)) for i in range(k)]
        for n, k in zip(space, size, strict=True)
    ]
    axes = tuple(range(1, x.ndim - 1))
    for classes, function in ((AVERAGE, np.mean), (MAX, np.max)):
        parts = [
            function(x[(slice(None), *places)], axes) for places in itertools.product(*windows)
        ]
        expected = np.stack(parts, 1).reshape(1, *size, 2)
        result = classes[len(space) - 1](size)(torch.from_numpy(x))
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def test_like_torch_on_channels_first():
    x = data(2, 3, 7, 9)
    layer = AdaptiveAveragePooling2D((3, 4), data_format="channels_first")
    torch.testing.assert_close(layer(x), nn.AdaptiveAvgPool2d((3, 4))(x))


@pytest.mark.parametrize("cls", AVERAGE + MAX)
def test_unknown_sizes_and_number_types(cls):
    sizes = (2,) * cls.rank
    layer = cls(2)
    assert layer.built
    assert layer.output_size == sizes
    assert layer(layers.Input((*(None,) * cls.rank, 4))).shape == (None, *sizes, 4)
    x = data(2, *(5,) * cls.rank, 3)
    check_number_types(lambda dtype: cls(2, dtype=dtype), x)
    assert layer(x.to(torch.int32)).dtype is torch.float32


@pytest.mark.parametrize("cls", [AdaptiveAveragePooling2D, AdaptiveMaxPooling2D])
def test_channels_last_data_is_not_copied(cls):
    assert cls(2)(data(2, 6, 6, 4)).is_contiguous()


@pytest.mark.parametrize("cls", AVERAGE + MAX)
def test_bad_arguments_and_inputs(cls):
    for size in (0, -1, 2.5, None, "2", (2,) * (cls.rank + 1), (None,) * cls.rank):
        with pytest.raises(ValueError, match="'a' needs output_size to be a whole number >= 1"):
            cls(size, name="a")
    with pytest.raises(ValueError, match="Unknown data_format"):
        cls(2, data_format="last")
    for data_format in ("channels_last", "channels_first"):
        for rank in (cls.rank + 1, cls.rank + 3):
            with pytest.raises(ValueError, match=f"'a' does not fit: expected ndim={cls.rank + 2}"):
                cls(2, data_format, name="a")(data(*(4,) * rank))
