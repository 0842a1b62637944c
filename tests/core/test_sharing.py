"""Objects that come twice in a configuration."""

from kerlite import layers
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.sharing import sharing_scope


def test_one_object_is_read_as_one():
    shared, other = layers.Dense(2), layers.Dense(2)
    with sharing_scope():
        config = serialize_keras_object([shared, other, shared])
        assert config[0]["shared_object_id"] == config[2]["shared_object_id"]
        assert "shared_object_id" not in config[1]
        first, second, third = deserialize_keras_object(config)
    assert first is third
    assert first is not second


def test_without_a_scope_nothing_is_marked():
    shared = layers.Dense(2)
    config = serialize_keras_object([shared, shared])
    assert "shared_object_id" not in config[0]
    first, second = deserialize_keras_object(config)
    assert first is not second


def test_scopes_do_not_see_each_other():
    config = serialize_keras_object(layers.Dense(2))
    config["shared_object_id"] = 7
    with sharing_scope():
        first = deserialize_keras_object(config)
        assert deserialize_keras_object(config) is first
    with sharing_scope():
        assert deserialize_keras_object(config) is not first
