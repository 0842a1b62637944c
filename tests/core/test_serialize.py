"""Objects to plain dictionaries and back, in Keras's format."""

import json

import keras
import numpy as np
import pytest
import torch

from kerlite import activations, initializers, layers, regularizers
from kerlite.core import registry, serialize
from kerlite.core.lookup import lookup
from kerlite.core.serialize import (
    Configurable,
    deserialize_keras_object,
    serialize_keras_object,
)


class Plain(Configurable):
    def __init__(self, a, b=2, *, c=(1, 2)):
        self.a, self.b, self.c = a, b, c


class Renamed(Configurable):
    def __init__(self, size, factor=1.0):
        self._stored_elsewhere = size
        self.factor = factor


class WithKwargs(Plain):
    def __init__(self, extra, **kwargs):
        super().__init__(**kwargs)
        self.extra = extra


class Updated(Plain):
    def __init__(self, extra=None, **kwargs):
        super().__init__(**kwargs)
        self._hidden = extra

    def get_config(self):
        config = super().get_config()
        config.update({"extra": self._hidden})
        return config


def round_trip(value):
    """Through JSON, as in a file."""
    return deserialize_keras_object(json.loads(json.dumps(serialize_keras_object(value))))


@pytest.mark.parametrize(
    "value", [1, 1.5, "x", None, True, [1, [2]], {"a": {"b": 1}}, slice(1, None, 2), b"bytes", ...]
)
def test_plain_values_come_back(value):
    assert round_trip(value) == value


def test_numpy_arrays_and_numbers():
    array = np.arange(6, dtype="int16").reshape(2, 3)
    again = round_trip(array)
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)
    assert round_trip(np.float32(1.5)) == 1.5


def test_tensors():
    again = round_trip(torch.tensor([1.5, 2.0], dtype=torch.float16))
    assert again.dtype == torch.float16
    assert again.tolist() == [1.5, 2.0]
    assert serialize_keras_object(torch.float32) == "float32"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (initializers.HeNormal(seed=1), keras.initializers.HeNormal(seed=1)),
        (regularizers.L2(0.5), keras.regularizers.L2(0.5)),
        (layers.Dense(3, name="d"), keras.layers.Dense(3, name="d")),
    ],
)
def test_format_is_that_of_keras(ours, theirs):
    written, expected = serialize_keras_object(ours), keras.saving.serialize_keras_object(theirs)
    assert (written["module"], written["class_name"]) == (
        expected["module"],
        expected["class_name"],
    )
    assert written["registered_name"] == expected["registered_name"]
    for key, value in written["config"].items():
        assert isinstance(value, dict) or expected["config"][key] == pytest.approx(value)


def test_built_in_functions_are_names():
    assert serialize_keras_object(activations.relu) == "relu"


def test_keras_reads_what_we_write():
    written = serialize_keras_object(layers.Dense(3, activation="relu", name="d"))
    theirs = keras.saving.deserialize_keras_object(written)
    assert isinstance(theirs, keras.layers.Dense)
    assert (theirs.units, theirs.activation.__name__) == (3, "relu")


def test_we_read_what_keras_writes():
    theirs = keras.layers.Dense(3, activation="tanh", kernel_regularizer="l2", name="d")
    ours = deserialize_keras_object(keras.saving.serialize_keras_object(theirs))
    assert isinstance(ours, layers.Dense)
    assert ours.activation is activations.tanh
    assert isinstance(ours.kernel_regularizer, regularizers.L2)


def test_config_is_read_off_the_signature():
    assert Plain(1, c=(5,)).get_config() == {"a": 1, "b": 2, "c": (5,)}


def test_an_attribute_that_changed_is_what_counts():
    thing = Plain(1)
    thing.b = 7
    assert thing.get_config()["b"] == 7


def test_an_argument_kept_under_another_name_is_returned_as_passed():
    assert Renamed(4).get_config() == {"size": 4, "factor": 1.0}
    assert Renamed(size=5).get_config()["size"] == 5


@pytest.mark.parametrize("cls", [WithKwargs, Updated])
def test_arguments_that_reach_a_base_by_kwargs(cls):
    thing = cls(extra="e", a=1, c=(3,))
    assert thing.get_config() == {"extra": "e", "a": 1, "b": 2, "c": (3,)}
    again = cls.from_config(thing.get_config())
    assert again.get_config() == thing.get_config()


def test_objects_inside_a_config_are_serialized():
    thing = Plain(initializers.Zeros())
    assert thing.get_config()["a"]["class_name"] == "Zeros"
    assert isinstance(Plain.from_config(thing.get_config()).a, initializers.Zeros)


def test_custom_classes_need_to_be_known():
    written = serialize_keras_object(Plain(1))
    with pytest.raises(ValueError, match="register_keras_serializable"):
        deserialize_keras_object(written)
    assert deserialize_keras_object(written, custom_objects={"Plain": Plain}).a == 1
    with registry.CustomObjectScope({"Plain": Plain}):
        assert deserialize_keras_object(written).a == 1


def test_registered_functions():
    @registry.register_keras_serializable(package="test_serialize")
    def square(x):
        return x * x

    written = serialize_keras_object(square)
    assert written["registered_name"] == "test_serialize>square"
    assert round_trip(square) is square


def test_lambdas_are_refused():
    with pytest.raises(TypeError, match="lambda"):
        serialize_keras_object(lambda x: x)


def test_what_has_no_config_is_refused():
    with pytest.raises(TypeError, match="get_config"):
        serialize_keras_object(object())


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": {"command": "true"}},
        {"module": "builtins", "class_name": "eval", "config": "1", "registered_name": "eval"},
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        {"class_name": "__lambda__", "config": {"value": "abc"}},
    ],
)
def test_nothing_is_imported(config):
    with pytest.raises(ValueError, match=r"registered|never run"):
        deserialize_keras_object(config)


def test_unknown_arguments():
    with pytest.raises(TypeError, match="sefe_mode"):
        deserialize_keras_object({}, sefe_mode=True)


NAMES = {"one": initializers.Ones, "relu": activations.relu}


@pytest.mark.parametrize(
    ("identifier", "expected"), [(None, None), ("relu", activations.relu), (abs, abs)]
)
def test_lookup(identifier, expected):
    assert lookup(identifier, "thing", NAMES) is expected


def test_lookup_makes_instances_of_classes():
    assert isinstance(lookup("one", "thing", NAMES), initializers.Ones)
    assert isinstance(lookup(initializers.Zeros, "thing", NAMES), initializers.Zeros)
    instance = initializers.Zeros()
    assert lookup(instance, "thing", NAMES) is instance


def test_lookup_reads_configs_of_old_form():
    found = lookup({"class_name": "one", "config": {}}, "thing", NAMES)
    assert isinstance(found, initializers.Ones)


def test_lookup_of_custom_objects():
    assert lookup("mine", "thing", NAMES, {"mine": abs}) is abs
    with registry.CustomObjectScope({"mine": abs}):
        assert lookup("mine", "thing", NAMES) is abs


def test_lookup_of_an_unknown_name_lists_the_nearest():
    with pytest.raises(ValueError, match=r"Unknown thing: 'rel'.*'relu'"):
        lookup("rel", "thing", NAMES)


def test_lookup_of_nonsense():
    with pytest.raises(ValueError, match=r"Could not interpret 3 as thing"):
        lookup(3, "thing", NAMES)


def test_is_serialized():
    assert serialize.is_serialized({"class_name": "A", "config": {}})
    assert not serialize.is_serialized({"class_name": "A"})
