"""Arguments are attributes, and a config makes the same object again."""

import json

import pytest

from kerlite.core.serialize import (
    Configurable,
    deserialize_keras_object,
    serialize_keras_object,
)
from tests.contracts import catalog

CLASSES = {
    path: cls for path, cls in catalog.public_classes().items() if issubclass(cls, Configurable)
}
# Arguments that are other ways to say what another one says.
NOT_KEPT = {"kerlite.layers.InputLayer": {"shape", "batch_size", "input_tensor"}}


@pytest.mark.parametrize("path", CLASSES)
def test_init_arguments_are_attributes(path):
    obj = catalog.make(path)
    missing = {p.name for p in catalog.init_parameters(CLASSES[path]) if not hasattr(obj, p.name)}
    assert missing == NOT_KEPT.get(path, set())


@pytest.mark.parametrize("path", CLASSES)
def test_numbers_are_kept_as_they_were_given(path):
    given = {
        p.name: catalog.arguments(path).get(p.name, p.default)
        for p in catalog.init_parameters(CLASSES[path])
    }
    numbers = {name: value for name, value in given.items() if type(value) in (bool, float)}
    obj = catalog.make(path)
    assert {name: getattr(obj, name) for name in numbers} == pytest.approx(numbers)


@pytest.mark.parametrize("path", CLASSES)
def test_config_is_json_and_makes_the_same_object(path):
    obj = catalog.make(path)
    config = obj.get_config()
    again = CLASSES[path].from_config(_through_json(config))
    assert type(again) is type(obj)
    assert _through_json(again.get_config()) == _through_json(config)


@pytest.mark.parametrize("path", CLASSES)
def test_object_survives_serialization(path):
    obj = catalog.make(path)
    serialized = _through_json(serialize_keras_object(obj))
    assert serialized["module"].startswith("keras.")
    again = deserialize_keras_object(serialized)
    assert type(again) is type(obj)
    assert _through_json(serialize_keras_object(again)) == serialized


def _through_json(config):
    return json.loads(json.dumps(config))
