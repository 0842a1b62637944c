import copy

import keras
import numpy as np
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers import BatchNormalization, Layer
from tests.layers.support import (
    TOLERANCE,
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
)

CONFIGS = [
    ({}, (6, 4)),
    ({}, (2, 5, 6, 3)),
    ({}, (3, 5, 4)),
    ({}, (2, 3, 3, 2, 4)),
    ({}, (2, 2, 2, 2, 2, 3)),
    ({"axis": 1}, (2, 3, 5, 6)),
    ({"axis": 1}, (4, 3, 5)),
    ({"axis": 2}, (2, 5, 3, 6)),
    ({"axis": 0}, (3, 4)),
    ({"axis": -3}, (3, 4, 5, 2)),
    ({"momentum": 0.5, "epsilon": 0.1}, (6, 4)),
    ({"momentum": 0.0}, (6, 4)),
    ({"scale": False}, (2, 3, 3, 4)),
    ({"center": False}, (6, 4)),
    ({"scale": False, "center": False}, (6, 4)),
    ({"gamma_initializer": "he_normal", "moving_variance_initializer": "zeros"}, (6, 4)),
    ({"beta_regularizer": "l2", "gamma_constraint": "non_neg"}, (6, 4)),
    ({"renorm": True}, (6, 4)),
    ({"renorm": True, "renorm_clipping": {"rmin": 0.9, "rmax": 1.1, "dmax": 0.2}}, (3, 4, 4, 2)),
    ({"renorm": True, "scale": False, "center": False, "renorm_momentum": 0.3}, (6, 4)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
@pytest.mark.parametrize("training", [False, True])
def test_like_keras(arguments, shape, training):
    if arguments.get("renorm"):
        arguments = {"renorm_clipping": {}, **arguments}  # Keras fails where this is None
    check_layer("BatchNormalization", arguments, 2 + 3 * data(*shape), training=training)


@pytest.mark.parametrize("shape", [(2, 5, 6, 3), (6, 3), (3, 7, 3)])
def test_moving_averages_over_steps(shape):
    """They follow the variance that divides by n, as in Keras, whatever the size of the batch."""
    theirs, ours = pair("BatchNormalization", {"momentum": 0.8}, data(*shape))
    for step in range(5):
        batch = step + data(shape[0] + step, *shape[1:], seed=step)
        ours(batch, training=True)
        with keras_scope():
            theirs(batch, training=True)
    with keras_scope():
        expected = theirs.get_weights()
    for mine, other in zip(ours.get_weights(), expected, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)


@pytest.mark.parametrize("training", [False, True])
def test_mask_like_keras(training):
    mask = torch.tensor([[True, True, False], [True, False, False]])
    x = data(2, 3, 4)
    check_layer("BatchNormalization", {"momentum": 0.5}, x, training=training, mask=mask)
    check_layer("BatchNormalization", {"axis": 1}, x, training=training, mask=mask)


def test_mask_comes_with_the_input_and_goes_on():
    layer = BatchNormalization(momentum=0.0)
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0], [4, 0, 0]]))
    out = layer(x, training=True)
    torch.testing.assert_close(out._keras_mask, x._keras_mask)
    kept = x[x._keras_mask]
    np.testing.assert_allclose(layer.moving_mean.numpy(), kept.mean(0).detach(), **TOLERANCE)
    variance = kept.var(0, correction=0).detach()
    np.testing.assert_allclose(layer.moving_variance.numpy(), variance, **TOLERANCE)


@pytest.mark.parametrize("shape", [(1, 4), (1, 1, 1, 3)])
def test_batch_of_a_single_element(shape):
    """Its variance is 0; torch's own layers refuse it."""
    check_layer("BatchNormalization", {}, data(*shape), training=True)


def test_empty_batch_changes_nothing():
    layer = BatchNormalization()
    layer.build((None, 3))
    assert layer(torch.zeros(0, 3), training=True).shape == (0, 3)
    assert layer.moving_mean.numpy().tolist() == [0, 0, 0]


def test_frozen_layer_is_in_inference_mode():
    x = 5 + data(8, 3)
    layer = BatchNormalization()
    expected = layer(x)
    layer.trainable = False
    torch.testing.assert_close(layer(x, training=True), expected)
    assert layer.moving_mean.numpy().tolist() == [0, 0, 0]
    assert layer.trainable_weights == []
    layer.trainable = True
    layer(x, training=True)
    assert layer.moving_mean.numpy().max() > 0


def test_mode_of_the_module_counts_where_no_argument_is_given():
    x, layer = 5 + data(8, 3), BatchNormalization()
    torch.testing.assert_close(layer(x), layer(x, training=False))
    layer.train()
    assert layer(x).mean().abs() < 1e-5
    layer.eval()
    assert layer(x).mean().abs() > 1e-5


class Block(Layer):
    def __init__(self):
        super().__init__()
        self.norm = BatchNormalization()

    def call(self, inputs):
        return self.norm(inputs)


def test_mode_of_the_enclosing_call_counts():
    x, block = 5 + data(8, 3), Block()
    assert block(x, training=True).mean().abs() < 1e-5
    assert block(x).mean().abs() > 1e-5


@pytest.mark.parametrize(
    ("shape", "twin"), [((4, 3), nn.BatchNorm1d), ((2, 3, 4, 4), nn.BatchNorm2d)]
)
def test_is_torchs_batch_norm(shape, twin):
    layer, other = BatchNormalization(axis=1), twin(3, eps=1e-3)
    layer.build(shape)
    assert isinstance(layer, nn.modules.batchnorm._BatchNorm)
    shapes = {name: value.shape for name, value in layer.state_dict().items()}
    assert shapes == {name: value.shape for name, value in other.state_dict().items()}
    other(data(*shape))
    layer.load_state_dict(other.state_dict())
    x = data(*shape, seed=1)
    torch.testing.assert_close(layer(x), other.eval()(x))
    torch.testing.assert_close(layer(x, training=True), other.train()(x))
    names = [w.name for w in layer.weights]
    assert names == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert layer.num_features == other.num_features
    assert layer.eps == other.eps
    assert layer.affine


def test_gradients_flow_through_two_calls():
    """The averages that torch keeps for the backward pass are not touched by the next call."""
    layer, x = BatchNormalization(), data(4, 3).requires_grad_()
    layer(layer(x, training=True), training=True).sum().backward()
    assert x.grad is not None


def test_channels_last_data_is_not_copied():
    for shape in ((2, 5, 5, 4), (2, 3, 3, 3, 4), (2, 5, 4)):
        for training in (False, True):
            assert BatchNormalization()(data(*shape), training=training).is_contiguous()


@pytest.mark.parametrize("shape", [(2, 5, 4), (2, 5, 5, 4), (2, 3, 3, 3, 4)])
def test_channels_first_form_is_the_same(shape):
    """What a model's graph calls where the axes are in torch's order already."""
    x, order = data(*shape), (0, len(shape) - 1, *range(1, len(shape) - 1))
    layer = BatchNormalization()
    layer.build(shape)
    assert layer.takes_channels_first
    for mode in (False, True):
        layer.train(mode)
        expected = copy.deepcopy(layer)(x).permute(order)
        result = copy.deepcopy(layer).call_channels_first(x.permute(order).contiguous())
        torch.testing.assert_close(result, expected)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shape", [(2, 5, 6, 3), (4, 3), (2, 5, 3)])
def test_under_torchs_tools(training, shape):
    layer = BatchNormalization()
    layer(data(*shape), training=True)
    check_tools(layer, data(*shape), training=training)


@pytest.mark.parametrize("arguments", [{"renorm": True}, {"synchronized": True}])
def test_written_out_forms_under_torchs_tools(arguments):
    layer = BatchNormalization(**arguments)
    layer(data(6, 3), training=True)
    check_tools(layer, data(6, 3), training=True)


def test_compiled_step_moves_the_averages():
    layer, x = BatchNormalization(), 3 + data(8, 4)
    layer.build(x.shape)
    other = copy.deepcopy(layer)
    compiled = torch.compile(other, fullgraph=True, backend="aot_eager")
    for _ in range(2):
        layer(x, training=True).sum().backward()
        compiled(x, training=True).sum().backward()
    for mine, wanted in zip(other.get_weights(), layer.get_weights(), strict=True):
        np.testing.assert_allclose(mine, wanted, **TOLERANCE)
    torch._dynamo.reset()


@pytest.mark.parametrize("training", [False, True])
def test_number_types(training):
    for shape in ((8, 3), (2, 4, 4, 3)):
        check_number_types(
            lambda dtype: BatchNormalization(dtype=dtype), data(*shape), training=training
        )
    whole = torch.arange(12).reshape(4, 3)
    assert BatchNormalization()(whole, training=training).dtype is torch.float32


def test_mixed_precision_keeps_the_averages_in_float32():
    layer = BatchNormalization(dtype="mixed_bfloat16")
    layer(data(8, 3), training=True)
    assert {w.dtype for w in layer.weights} == {torch.float32}


def test_function_as_initializer():
    """It may give an array, and what it gives is not written to."""
    values = np.array([1.0, 2.0, 3.0], dtype="float32")
    layer = BatchNormalization(moving_mean_initializer=lambda shape, dtype=None: values)
    layer(data(8, 3), training=True)
    assert type(layer.running_mean) is torch.Tensor
    assert values.tolist() == [1, 2, 3]
    np.testing.assert_allclose(layer.moving_mean.numpy(), values, atol=0.1)


def test_epsilon_zero():
    x = data(8, 3)
    layer = BatchNormalization(epsilon=0.0)
    expected = (x - x.mean(0)) / x.std(0, correction=0)
    torch.testing.assert_close(layer(x, training=True), expected, **TOLERANCE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"renorm_clipping": {"rmax": 1, "rmin": 2}}, "rmin <= rmax"),
        ({"renorm_clipping": {"dmax": -1}}, "dmax >= 0"),
        ({"renorm_clipping": {"max": 1}}, "no other names; received {'max': 1}"),
        ({"gamma_initializer": "onez"}, "Unknown initializer: 'onez'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        BatchNormalization(name="b", **arguments)


def test_bad_inputs():
    with pytest.raises(ValueError, match=r"'b' normalizes axis \[4\].*choose from -2 to 1"):
        BatchNormalization(axis=4, name="b")(data(2, 3))
    with pytest.raises(ValueError, match="needs to know the size of axis"):
        BatchNormalization()(layers.Input((None,)))
    layer = BatchNormalization(name="b")
    layer(data(2, 3))
    with pytest.raises(ValueError, match="'b' does not fit: expected axis -1 to have size 3"):
        layer(data(2, 4))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shape", [(2,), (2, 4), (3, 5), (2, 5, 3)])
def test_mask_of_the_wrong_shape(shape, training):
    with pytest.raises(ValueError, match=r"'b' needs a mask of one dimension less"):
        BatchNormalization(name="b")(data(2, 5, 3), mask=torch.ones(shape), training=training)


@pytest.mark.parametrize("shape", [(1, 3), (2, 1)])
def test_mask_is_repeated_where_its_size_is_1(shape):
    mask, x = torch.arange(shape[0] * shape[1]).reshape(shape) % 2 == 0, data(2, 3, 4)
    wide = BatchNormalization()(x, mask=mask.expand(2, 3), training=True)
    torch.testing.assert_close(BatchNormalization()(x, mask=mask, training=True), wide)


def test_keras_has_the_same_arguments():
    assert keras.layers.BatchNormalization().get_config().keys() == (
        BatchNormalization().get_config().keys()
    )
