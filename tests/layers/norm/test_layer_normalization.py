import keras
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers import LayerNormalization
from tests.layers.support import TOLERANCE, check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({}, (4, 5)),
    ({}, (2, 3, 5)),
    ({"axis": [1, 2]}, (2, 3, 5)),
    ({"axis": [-1, -2]}, (2, 3, 5)),
    ({"axis": [1, 3]}, (2, 3, 5, 2)),
    ({"axis": [3, 1]}, (2, 3, 5, 2)),
    ({"axis": [1, 2, 3]}, (2, 3, 5, 2)),
    ({"epsilon": 0.5}, (4, 5)),
    ({"scale": False}, (4, 5)),
    ({"center": False}, (4, 5)),
    ({"scale": False, "center": False}, (2, 3, 5)),
    ({"gamma_regularizer": "l2", "beta_constraint": "unit_norm"}, (4, 5)),
    ({}, (1, 5)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("LayerNormalization", arguments, 2 + 3 * data(*shape))


@pytest.mark.filterwarnings("ignore:rms_scaling:DeprecationWarning")
@pytest.mark.parametrize("arguments", [{}, {"axis": [1, 2]}, {"axis": 1, "scale": False}])
def test_scaling_by_deviation_like_keras(arguments):
    check_layer("LayerNormalization", {"rms_scaling": True, **arguments}, data(2, 3, 5))


def test_scaling_by_deviation_is_out_of_use():
    with pytest.warns(DeprecationWarning, match="RMSNormalization"):
        LayerNormalization(rms_scaling=True)


@pytest.mark.parametrize(("axis", "shape"), [(-1, (5,)), ([1, 2], (3, 5))])
def test_is_torchs_layer_norm(axis, shape):
    layer, twin = LayerNormalization(axis), nn.LayerNorm(shape, eps=1e-3)
    layer.build((None, 3, 5))
    assert isinstance(layer, nn.LayerNorm)
    with torch.no_grad():
        twin.weight.copy_(data(*shape))
        twin.bias.copy_(data(*shape, seed=1))
    layer.load_state_dict(twin.state_dict())
    x = data(2, 3, 5)
    torch.testing.assert_close(layer(x), twin(x))
    for name in ("normalized_shape", "eps", "elementwise_affine"):
        assert getattr(layer, name) == getattr(twin, name)
    assert [w.name for w in layer.weights] == ["gamma", "beta"]


@pytest.mark.parametrize(
    ("axis", "shape"), [(1, (2, 3, 5)), ((1,), (2, 3, 5, 2)), (-3, (2, 3, 5, 2))]
)
def test_an_axis_before_the_last(axis, shape):
    """Keras 3.15 on torch normalizes such layers along the last axis, or fails."""
    layer, x = LayerNormalization(axis), data(*shape).requires_grad_()
    mean, variance = x.mean(1, keepdim=True), x.var(1, correction=0, keepdim=True)
    expected = (x - mean) / (variance + 1e-3).sqrt()
    torch.testing.assert_close(layer(x), expected, **TOLERANCE)
    (wanted,) = torch.autograd.grad(expected.square().sum(), x)
    (grad,) = torch.autograd.grad(layer(x).square().sum(), x)
    torch.testing.assert_close(grad, wanted, rtol=1e-4, atol=1e-4)
    assert layer.gamma.shape == (3,)


def test_one_layer_takes_inputs_of_several_ranks():
    layer = LayerNormalization()
    layer(data(2, 3, 4))
    assert layer(data(2, 4)).shape == (2, 4)


def test_axes_of_both_signs():
    """Keras reshapes the scale of such a layer to the wrong axes; here it belongs to (1, 3)."""
    x = data(2, 3, 4, 5)
    layer = LayerNormalization([1, -1])
    mean, variance = x.mean((1, 3), keepdim=True), x.var((1, 3), correction=0, keepdim=True)
    torch.testing.assert_close(layer(x), (x - mean) / (variance + 1e-3).sqrt(), **TOLERANCE)
    assert layer.gamma.shape == (3, 5)


def test_mask_goes_on():
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    torch.testing.assert_close(LayerNormalization()(x)._keras_mask, x._keras_mask)


@pytest.mark.parametrize("axis", [-1, 1])
def test_under_torchs_tools(axis):
    layer = LayerNormalization(axis)
    layer(data(2, 3, 4))
    check_tools(layer, data(2, 3, 4))


def test_number_types():
    check_number_types(lambda dtype: LayerNormalization(dtype=dtype), data(3, 8))
    check_number_types(lambda dtype: LayerNormalization(1, dtype=dtype), data(3, 8, 4))
    assert LayerNormalization()(torch.arange(6).reshape(2, 3)).dtype is torch.float32


def test_unknown_sizes():
    assert LayerNormalization()(layers.Input((None, 4))).shape == (None, None, 4)
    assert LayerNormalization()(torch.zeros(0, 3)).shape == (0, 3)


def test_config_after_building():
    """Keras notes the axes as a list then."""
    with keras.device("cpu"):
        theirs = keras.layers.LayerNormalization()
        theirs.build((None, 4))
    ours = LayerNormalization()
    ours.build((None, 4))
    assert ours.get_config()["axis"] == theirs.get_config()["axis"]


@pytest.mark.parametrize("axis", ["last", 1.0, True, None])
def test_bad_axis(axis):
    with pytest.raises(TypeError, match=r"'n' needs an axis or a list of them; received"):
        LayerNormalization(axis, name="n")


def test_bad_inputs():
    with pytest.raises(ValueError, match=r"'n' normalizes axis \[3\].*choose from -2 to 1"):
        LayerNormalization(3, name="n")(data(2, 3))
    with pytest.raises(ValueError, match="needs to know the size of axis"):
        LayerNormalization(1)(layers.Input((None, 4)))
    layer = LayerNormalization(name="n")
    layer(data(2, 3))
    with pytest.raises(ValueError, match="'n' does not fit: expected axis -1 to have size 3"):
        layer(data(2, 4))
