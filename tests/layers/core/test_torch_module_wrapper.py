import pytest
import torch
from torch import nn

import kerlite
from kerlite import layers
from kerlite.core import registry
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.layers import TorchModuleWrapper
from tests.layers.support import check_tools, data


class Counting(nn.Module):
    """Notes every change of its mode."""

    def __init__(self):
        super().__init__()
        self.changes = []

    def train(self, mode=True):
        self.changes.append(mode)
        return super().train(mode)

    def forward(self, x, factor=1):
        return x * factor


def test_runs_the_module():
    module, x = nn.Linear(3, 2), data(4, 3)
    layer = TorchModuleWrapper(module, name="w")
    torch.testing.assert_close(layer(x), module(x))
    assert layer.module is module
    assert layer.name == "w"
    assert TorchModuleWrapper(Counting())(x, factor=3)[0, 0] == 3 * x[0, 0]


def test_weights_and_buffers_appear():
    layer = TorchModuleWrapper(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), name="w")
    assert [w.path for w in layer.weights][:2] == ["w/module/0/weight", "w/module/0/bias"]
    assert len(layer.weights) == 6
    assert layer.count_params() == 3 * 2 + 2 + 4 * 2
    layer.set_weights([0 * w for w in layer.get_weights()])
    assert not layer.module[0].weight.any()
    assert set(layer.state_dict()) == {f"module.{name}" for name in layer.module.state_dict()}


def test_trainable():
    layer = TorchModuleWrapper(nn.Linear(3, 2))
    layer.trainable = False
    assert not layer.module.weight.requires_grad
    assert layer.trainable_weights == []


def test_mode_is_handed_on_only_when_it_differs():
    layer = TorchModuleWrapper(Counting())
    layer(data(2, 3), training=True)
    layer.module.changes.clear()
    layer(data(2, 3), training=True)
    assert layer.module.changes == []
    layer(data(2, 3), training=False)
    layer(data(2, 3), training=False)
    assert layer.module.changes == [False]


def test_training_reaches_batch_norm_and_dropout():
    layer, x = TorchModuleWrapper(nn.BatchNorm1d(3)), 5 + data(8, 3)
    layer(x)
    assert not layer.module.running_mean.any()
    layer(x, training=True)
    assert layer.module.running_mean.all()
    dropout = TorchModuleWrapper(nn.Dropout(0.5))
    torch.testing.assert_close(dropout(x), x)
    assert (dropout(x, training=True) == 0).any()


def test_symbolic_call():
    x = layers.Input((None, 3))
    assert TorchModuleWrapper(nn.Linear(3, 2))(x).shape == (None, None, 2)
    conv = TorchModuleWrapper(nn.Conv2d(3, 8, 3))
    assert conv(layers.Input((3, None, 9))).shape == (None, 8, None, 7)
    assert conv.compute_output_shape((None, 3, 9, 9)) == (None, 8, 7, 7)
    embedded = TorchModuleWrapper(nn.Embedding(5, 4))(layers.Input((2,), dtype="int64"))
    assert embedded.shape == (None, 2, 4)
    given = TorchModuleWrapper(nn.Identity(), output_shape=(None, 7))
    assert given(layers.Input((7,))).shape == (None, 7)


def test_shapes_are_worked_out_without_touching_the_module():
    module = nn.BatchNorm1d(3)
    TorchModuleWrapper(module)(layers.Input((3,)))
    TorchModuleWrapper(module)(layers.Input((3,)), training=True)
    assert not module.running_mean.any()
    assert module.num_batches_tracked == 0


def test_in_a_model():
    model = kerlite.Sequential([layers.Input((3,)), TorchModuleWrapper(nn.Linear(3, 2))])
    assert model(data(4, 3)).shape == (4, 2)
    assert model.count_params() == 8


def test_under_torchs_tools():
    check_tools(TorchModuleWrapper(nn.Sequential(nn.Linear(3, 2), nn.Tanh())), data(4, 3))


@registry.register_keras_serializable("tests")
class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor

    def get_config(self):
        return {"factor": self.factor}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def test_registered_module_is_saved_by_name():
    layer = TorchModuleWrapper(Scale(3.0), output_shape=(None, 3))
    again = deserialize_keras_object(serialize_keras_object(layer))
    torch.testing.assert_close(again(data(2, 3)), 3 * data(2, 3))
    assert tuple(again.output_shape) == (None, 3)


def test_other_modules_are_not_saved():
    with pytest.raises(TypeError, match=r"'w' holds a Linear, which has no get_config"):
        TorchModuleWrapper(nn.Linear(3, 2), name="w").get_config()


def test_pickle_in_a_config_is_refused():
    """Keras writes the module as a pickle in base64."""
    config = {"name": "w", "module": "gASVHAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu"}
    with pytest.raises(ValueError, match=r"'w' was saved with a pickle of its torch module"):
        TorchModuleWrapper.from_config(config)


def test_lazy_modules():
    with pytest.raises(ValueError, match=r"'w' received the lazy module LazyLinear"):
        TorchModuleWrapper(nn.LazyLinear(3), name="w")
    module = nn.LazyLinear(3)
    module(data(2, 5))
    assert TorchModuleWrapper(module)(data(2, 5)).shape == (2, 3)
