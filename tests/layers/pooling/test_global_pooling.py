import pytest
import torch

from kerlite import layers
from kerlite.layers import GlobalAveragePooling2D, GlobalMaxPooling2D
from tests.layers.support import check_layer, check_number_types, data


@pytest.mark.parametrize("name", ["GlobalAveragePooling2D", "GlobalMaxPooling2D"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_like_keras(name, data_format, keepdims):
    arguments = {"data_format": data_format, "keepdims": keepdims}
    check_layer(name, arguments, data(2, 4, 5, 3), tools=keepdims)
    check_layer(name, arguments, data(1, 1, 1, 2))


def test_aliases():
    assert layers.GlobalAvgPool2D is GlobalAveragePooling2D
    assert layers.GlobalMaxPool2D is GlobalMaxPooling2D


@pytest.mark.parametrize("cls", [GlobalAveragePooling2D, GlobalMaxPooling2D])
def test_shapes_and_types(cls):
    assert cls()(layers.Input((None, None, 3))).shape == (None, 3)
    assert cls(keepdims=True)(layers.Input((None, None, 3))).shape == (None, 1, 1, 3)
    check_number_types(lambda dtype: cls(dtype=dtype), data(2, 6, 6, 3))
    assert cls()(torch.ones(1, 2, 2, 3, dtype=torch.int32)).dtype is torch.float32


@pytest.mark.parametrize("cls", [GlobalAveragePooling2D, GlobalMaxPooling2D])
def test_wrong_rank(cls):
    for shape in ((4, 5, 3), (2, 4, 5, 3, 1)):
        with pytest.raises(ValueError, match=r"'g' does not fit: expected ndim=4"):
            cls(name="g")(data(*shape))
    with pytest.raises(ValueError, match="Unknown data_format"):
        cls(data_format="last")
