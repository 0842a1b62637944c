"""InputLayer and Input: where a functional model begins."""

import keras
import pytest
import torch

from kerlite import Input, Model
from kerlite.core import config
from kerlite.core.tensor import KerasTensor
from kerlite.layers import InputLayer, Layer

ARGUMENTS = [
    {"shape": (3,)}, {"shape": (None, 3)}, {"shape": ()}, {"shape": [4, 5]},
    {"shape": (3,), "batch_size": 2}, {"batch_shape": (2, 3)}, {"batch_shape": (None, None, 3)},
    {"shape": (3,), "dtype": "int32"}, {"shape": torch.Size([3])},
]  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_shape_and_dtype_are_those_of_keras(arguments):
    ours, theirs = Input(**arguments), keras.Input(**arguments)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_config(arguments):
    layer = InputLayer(**arguments, name="x")
    assert layer.get_config() == keras.layers.InputLayer(**arguments, name="x").get_config()
    again = InputLayer.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_names():
    x = Input((3,), name="features")
    assert x.name == "features"
    assert x._keras_history.operation.name == "features"
    assert Input((3,))._keras_history.operation.name.startswith("input_layer")
    with pytest.raises(ValueError, match="string"):
        Input((3,), name=3)


def test_default_dtype_is_floatx():
    config.set_floatx("float64")
    assert Input((3,)).dtype == "float64"


def test_the_layer_gives_back_what_it_is_fed():
    layer = InputLayer(shape=(3,))
    x = torch.ones(2, 3)
    assert layer(x) is x
    assert layer.output.shape == (None, 3)
    assert layer.built
    assert layer.count_params() == 0


def test_legacy_arguments():
    assert InputLayer(input_shape=(3,)).batch_shape == (None, 3)
    assert InputLayer(batch_input_shape=(2, 3)).batch_shape == (2, 3)


def test_in_place_of_another_tensor():
    tensor = KerasTensor((None, 3), "int32")
    layer = InputLayer(input_tensor=tensor)
    assert (layer.batch_shape, layer.dtype) == ((None, 3), "int32")
    assert Input(tensor=tensor).shape == (None, 3)


def test_a_tensor_stood_for_is_the_input_itself():
    tensor = KerasTensor((None, 3))
    later = tensor * 2
    x = Input(tensor=tensor)
    assert x is tensor
    assert Model(x, later)(torch.ones(1, 3)).tolist() == [[2.0, 2.0, 2.0]]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"shape": (3,), "batch_shape": (2, 3)}, {"batch_shape": (2, 3), "batch_size": 2}],
)
def test_exactly_one_shape(arguments):
    with pytest.raises(ValueError, match="either shape"):
        Input(**arguments)


@pytest.mark.parametrize("shape", [3, (3.5,), (-1,), ("a",), (True,)])
def test_impossible_shapes(shape):
    with pytest.raises((ValueError, TypeError), match=r"shape"):
        Input(shape)


@pytest.mark.parametrize("arguments", [{"sparse": True}, {"ragged": True}])
def test_only_dense(arguments):
    with pytest.raises(ValueError, match="to_dense"):
        Input((3,), **arguments)


def test_optional_inputs():
    class MaybeAdd(Layer):
        def call(self, inputs):
            first, second = inputs
            return first if second is None else first + second

        def compute_output_shape(self, input_shape):
            return input_shape[0]

    first, second = Input((2,), name="a"), Input((2,), name="b", optional=True)
    model = Model([first, second], MaybeAdd()([first, second]))
    assert model([torch.ones(1, 2), torch.ones(1, 2)]).tolist() == [[2.0, 2.0]]
    assert model([torch.ones(1, 2), None]).tolist() == [[1.0, 1.0]]
    with pytest.raises(ValueError, match="'a'"):
        model([None, torch.ones(1, 2)])
