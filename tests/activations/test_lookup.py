import keras
import pytest
import torch

from kerlite import activations
from kerlite.activations import lookup
from kerlite.core import registry
from kerlite.core.serialize import Configurable

NAMES = sorted(keras.src.activations.ALL_OBJECTS_DICT)


def test_every_name_of_keras_is_there():
    assert sorted(lookup._NAMES) == NAMES
    assert {*activations.__all__} == {*NAMES, "get", "serialize", "deserialize"}


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert activations.get(function) is function
    assert activations.deserialize(name) is function
    expected = keras.activations.serialize(keras.activations.get(name))
    assert activations.serialize(function) == expected


@pytest.mark.parametrize("name", NAMES)
def test_what_keras_writes_is_read(name):
    config = keras.saving.serialize_keras_object(keras.activations.get(name))
    assert activations.get(config) is activations.get(name)


def test_none_is_linear():
    assert activations.get(None) is activations.linear
    x = object()
    assert activations.linear(x) is x


def test_torch_functions_and_modules_pass():
    module = torch.nn.PReLU()
    assert activations.get(module) is module
    assert activations.get(torch.relu) is torch.relu


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("rellu", r"Unknown activation: 'rellu'\. Did you mean 'relu'"),
        (3, "Could not interpret 3 as activation"),
        ({"class_name": "function", "config": "nothing"}, "nothing"),
    ],
)
def test_what_is_no_activation(identifier, message):
    with pytest.raises(ValueError, match=message):
        activations.get(identifier)


def test_registered_function_round_trip():
    @registry.register_keras_serializable("test_activations")
    def shifted(x):
        return x + 1

    config = activations.serialize(shifted)
    assert config["config"] == "test_activations>shifted"
    assert activations.get(config) is shifted
    assert activations.get("test_activations>shifted") is shifted


def test_custom_function_by_scope_and_argument():
    def shifted(x):
        return x + 1

    with registry.CustomObjectScope({"shifted": shifted}):
        assert activations.get("shifted") is shifted
    assert activations.deserialize("shifted", {"shifted": shifted}) is shifted
    config = activations.serialize(shifted)
    assert activations.deserialize(config, {"shifted": shifted}) is shifted


def test_object_round_trip():
    class Times(Configurable):
        def __init__(self, factor=2.0):
            self.factor = factor

        def __call__(self, x):
            return self.factor * x

    config = activations.serialize(Times(3.0))
    assert activations.deserialize(config, {"Times": Times})(2.0) == 6.0


def test_lambdas_cannot_be_written():
    with pytest.raises(TypeError, match="lambda"):
        activations.serialize(lambda x: x)
