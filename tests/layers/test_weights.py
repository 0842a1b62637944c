"""The weights of modules as Keras sees them."""

import pytest
import torch
from torch import nn

from kerlite import Input, Model, Sequential, metrics
from kerlite.core.variable import VariableView
from kerlite.layers import BatchNormalization, Dense, Layer
from kerlite.layers.new_weight import free_name
from kerlite.layers.weights import (
    collect_weights,
    keras_view,
    own_weights,
    penalty,
    regularized_weights,
    set_trainable,
)


@pytest.fixture
def dense():
    layer = Dense(2, kernel_regularizer="l2", name="d")
    layer.build((None, 3))
    return layer


def test_keras_view(dense):
    kernel = keras_view(dense, "weight")
    assert isinstance(kernel, VariableView)
    assert kernel.shape == (3, 2)
    assert kernel.path == "d/kernel"
    assert keras_view(dense, "bias") is dense.bias


def test_alias_before_and_after_building():
    layer = Dense(2, name="d")
    with pytest.raises(AttributeError, match=r"'d' has no 'kernel' yet.*build"):
        _ = layer.kernel
    layer.build((None, 3))
    assert layer.kernel.owner is layer.weight
    assert layer.kernel.data_ptr() == layer.weight.data_ptr()
    assert Dense.kernel.stored == "weight"


def test_alias_of_a_weight_the_layer_goes_without():
    layer = BatchNormalization(scale=False)
    layer.build((None, 3))
    assert layer.gamma is None
    assert layer.beta.shape == (3,)


def test_a_subclass_may_make_a_weight_of_that_very_name():
    class Scaled(Dense):
        def build(self, input_shape):
            self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1],))

        def call(self, inputs):
            return inputs * self.kernel

        def compute_output_shape(self, input_shape):
            return input_shape

    layer = Scaled(2)
    assert layer(torch.ones(1, 3)).shape == (1, 3)
    assert layer.kernel is layer.weights[0]
    assert list(layer.state_dict()) == ["kernel"]


def test_own_weights_leave_out_what_is_inside(dense):
    outer = Layer()
    outer.inner = dense
    outer.add_weight(shape=(1,), name="own")
    assert [w.name for w in own_weights(outer)] == ["own"]


def test_buffers_of_batch_normalization_are_weights():
    layer = BatchNormalization()
    layer.build((None, 3))
    assert [w.name for w in layer.weights] == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert [w.name for w in layer.non_trainable_weights] == ["moving_mean", "moving_variance"]
    layer.weights[2].assign([1.0, 2.0, 3.0])
    assert layer.running_mean.tolist() == [1.0, 2.0, 3.0]


def test_shared_weights_are_listed_once(dense):
    outer = Layer()
    outer.first = outer.second = dense
    assert len(collect_weights(outer)) == 2


def test_metrics_are_no_weights(dense):
    outer = Layer()
    outer.dense, outer.mean = dense, metrics.Mean()
    assert len(collect_weights(outer)) == 2


def test_plain_modules():
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    assert [w.name for w in collect_weights(module)] == [
        "weight", "bias", "weight", "bias", "running_mean", "running_var",
    ]  # fmt: skip


def test_a_deep_chain_of_modules():
    module = inner = nn.Module()
    for _ in range(3000):
        inner.next = nn.Module()
        inner = inner.next
    inner.w = nn.Parameter(torch.ones(1))
    assert len(collect_weights(module)) == 1


def test_set_trainable_on_plain_modules():
    layer = Layer()
    layer.linear = nn.Linear(2, 2)
    set_trainable(layer, False)
    assert not layer.linear.weight.requires_grad
    set_trainable(layer, True)
    assert layer.linear.weight.requires_grad


def test_penalties_reach_the_stored_weight(dense):
    (kernel,) = regularized_weights(dense)
    value = penalty(kernel)
    torch.testing.assert_close(value, 0.01 * (dense.weight**2).sum())
    value.backward()
    torch.testing.assert_close(dense.weight.grad, 0.02 * dense.weight)


def test_free_name():
    layer = Layer()
    layer.add_weight(shape=(), name="w")
    assert free_name(layer, "w") == "w_1"
    assert free_name(layer, "call") == "call_1"
    assert free_name(layer, "a/b.c") == "a_b_c"


def test_order_through_models():
    x = Input((3,))
    inner = Sequential([Dense(2, name="one"), BatchNormalization(name="two")], name="inner")
    model = Model(x, Dense(1, name="three")(inner(x)))
    assert [w.path for w in model.weights] == [
        "inner/one/kernel", "inner/one/bias", "inner/two/gamma", "inner/two/beta",
        "inner/two/moving_mean", "inner/two/moving_variance", "three/kernel", "three/bias",
    ]  # fmt: skip
