import pytest
import torch

import kerlite
from kerlite.core.registry import register_keras_serializable
from kerlite.layers import BatchNormalization, Dense, Dropout
from kerlite.layers.core.wrapper import Wrapper
from tests.layers.support import check_tools, data


@register_keras_serializable(package="wrapper_tests")
class Doubled(Wrapper):
    def __init__(self, layer, factor=2.0, **kwargs):
        super().__init__(layer, **kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.layer(inputs) * self.factor


def test_builds_and_holds_the_layer_inside():
    layer = Doubled(Dense(3, name="inner"), name="outer")
    x = data(2, 4)
    out = layer(x)
    torch.testing.assert_close(out, layer.layer(x) * 2)
    assert layer.built
    assert layer.layer.built
    assert [w.path for w in layer.weights] == ["outer/inner/kernel", "outer/inner/bias"]
    assert list(layer.state_dict()) == ["layer.weight", "layer.bias"]
    assert layer(kerlite.Input((4,))).shape == (None, 3)
    check_tools(layer, x)


def test_a_built_layer_keeps_its_weights():
    inner = Dense(3)
    inner.build((None, 4))
    kernel = inner.get_weights()[0]
    layer = Doubled(inner)
    layer.build((None, 4))
    assert (layer.get_weights()[0] == kernel).all()


def test_config_holds_the_layer():
    layer = Doubled(Dense(3, activation="relu"), factor=3.0, name="outer")
    layer(data(2, 4))
    config = layer.get_config()
    assert config["layer"]["class_name"] == "Dense"
    assert config["factor"] == 3.0
    again = Doubled.from_config(config)
    again(data(2, 4))
    again.set_weights(layer.get_weights())
    assert again.name == "outer"
    torch.testing.assert_close(again(data(2, 4)), layer(data(2, 4)))


def test_custom_layers_inside():
    class Halved(Dense):
        def call(self, inputs):
            return super().call(inputs) / 2

    config = Doubled(Halved(3)).get_config()
    again = Doubled.from_config(config, custom_objects={"Halved": Halved})
    assert type(again.layer) is Halved


def test_trainable_mode_and_losses_reach_the_layer_inside():
    layer = Doubled(Dense(3, kernel_regularizer="l2", activity_regularizer="l1"))
    layer(data(2, 4))
    assert len(layer.losses) == 2
    layer.trainable = False
    assert layer.trainable_weights == []
    assert not layer.layer.trainable
    frozen = Doubled(BatchNormalization(), trainable=False)
    x = data(5, 4)
    torch.testing.assert_close(frozen(x, training=True), frozen(x))
    dropping = Doubled(Dropout(0.5))
    assert dropping(torch.ones(3, 40), training=True).unique().tolist() == [0, 4]
    dropping.train()
    assert dropping(torch.ones(3, 40)).unique().tolist() == [0, 4]


@pytest.mark.parametrize("inner", [None, "dense", torch.nn.Linear(2, 2), Dense])
def test_no_layer(inner):
    with pytest.raises(ValueError, match=r"'w' wraps a layer; received .*TorchModuleWrapper"):
        Doubled(inner, name="w")
