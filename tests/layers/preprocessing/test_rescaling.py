import keras
import numpy as np
import pytest
import torch

from kerlite import config, layers
from kerlite.layers import Rescaling
from tests.layers.support import check_layer, check_number_types, check_tools, data


@pytest.mark.parametrize(
    "arguments",
    [
        {"scale": 1 / 255},
        {"scale": 2, "offset": -1},
        {"scale": 0.5, "offset": 0.25},
        {"scale": [1.0, 2.0, 3.0]},
        {"scale": np.array([1.0, 2.0, 3.0]), "offset": np.array([0.0, 1.0, 2.0])},
        {"scale": 2.0, "offset": [1.0, 2.0, 3.0]},
    ],
)
def test_like_keras(arguments):
    layer = check_layer("Rescaling", arguments, data(2, 4, 4, 3))
    assert layer.built
    assert layer.weights == []
    assert layer.state_dict() == {}
    again = Rescaling.from_config(layer.get_config())
    torch.testing.assert_close(again(data(2, 3)), layer(data(2, 3)))


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float64", "float16"])
def test_any_number_type_becomes_the_layers(dtype):
    image = np.arange(12).reshape(1, 2, 2, 3).astype(dtype)
    layer = Rescaling(1 / 4, offset=-1)
    for given in (image, torch.from_numpy(image)):
        out = layer(given)
        assert out.dtype is torch.float32
        np.testing.assert_allclose(out.numpy(), image.astype("float32") / 4 - 1)
    assert Rescaling(2.0, dtype="float16")(torch.from_numpy(image)).dtype is torch.float16


def test_channels_first():
    config.set_image_data_format("channels_first")
    keras.config.set_image_data_format("channels_first")
    try:
        check_layer("Rescaling", {"scale": [1.0, 2.0, 3.0]}, data(2, 3, 4, 5))
    finally:
        keras.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("scale", [0.5, [1.0, 2.0, 3.0]])
def test_tools_types_and_shapes(scale):
    check_tools(Rescaling(scale, offset=1), data(2, 3))
    check_number_types(lambda dtype: Rescaling(scale, dtype=dtype), data(2, 3))
    symbolic = Rescaling(scale)(layers.Input((None, 3), dtype="uint8"))
    assert (symbolic.shape, symbolic.dtype) == ((None, None, 3), "float32")
