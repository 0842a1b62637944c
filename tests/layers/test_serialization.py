import json

import pytest

from kerlite import layers
from kerlite.layers import deserialize, serialize


def test_there_and_back():
    layer = layers.Conv2D(4, 3, padding="same", activation="relu", name="c")
    config = json.loads(json.dumps(serialize(layer)))
    again = deserialize(config)
    assert isinstance(again, layers.Conv2D)
    assert again.get_config() == layer.get_config()


def test_custom_objects():
    class Mine(layers.Layer):
        pass

    assert isinstance(deserialize(serialize(Mine()), custom_objects={"Mine": Mine}), Mine)


def test_what_is_no_layer():
    with pytest.raises(ValueError, match="which is no layer"):
        deserialize({"module": "keras.initializers", "class_name": "Zeros", "config": {}})
    with pytest.raises(ValueError, match="neither built in nor registered"):
        deserialize({"module": "keras.layers", "class_name": "Missing", "config": {}})
