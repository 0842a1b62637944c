import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers.norm.rms_normalization import RMSNormalization
from tests.layers.support import TOLERANCE, check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({}, (4, 5)),
    ({}, (2, 3, 5)),
    ({"axis": [1, 2]}, (2, 3, 5)),
    ({"axis": [-1, -2]}, (2, 3, 5)),
    ({"epsilon": 0.5}, (4, 5)),
    ({}, (1, 5)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("RMSNormalization", arguments, 2 + 3 * data(*shape))


@pytest.mark.parametrize(("axis", "shape"), [(-1, (5,)), ([1, 2], (3, 5))])
def test_is_torchs_rms_norm(axis, shape):
    layer, twin = RMSNormalization(axis), nn.RMSNorm(shape, eps=1e-6)
    layer.build((None, 3, 5))
    assert isinstance(layer, nn.RMSNorm)
    with torch.no_grad():
        twin.weight.copy_(data(*shape))
    layer.load_state_dict(twin.state_dict())
    x = data(2, 3, 5)
    torch.testing.assert_close(layer(x), twin(x))
    for name in ("normalized_shape", "eps", "elementwise_affine"):
        assert getattr(layer, name) == getattr(twin, name)
    assert [w.name for w in layer.weights] == ["scale"]
    assert layer.scale is layer.weight


@pytest.mark.parametrize(
    ("axis", "shape", "scale"),
    [(1, (2, 3, 5), (3,)), ((1,), (2, 3, 5, 2), (3,)), ([1, 3], (2, 3, 4, 5), (3, 5))],
)
def test_an_axis_before_the_last(axis, shape, scale):
    """Keras 3.15 scales such layers along the last axis, or fails."""
    layer, x = RMSNormalization(axis), data(*shape).requires_grad_()
    layer.build(shape)
    assert layer.scale.shape == scale
    layer.set_weights([data(*scale, seed=1).numpy()])
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    wide = layer.scale.reshape([n if i in axes else 1 for i, n in enumerate(shape)])
    expected = x / (x.square().mean(axes, keepdim=True) + 1e-6).sqrt() * wide
    torch.testing.assert_close(layer(x), expected, **TOLERANCE)
    (wanted,) = torch.autograd.grad(expected.square().sum(), x)
    (grad,) = torch.autograd.grad(layer(x).square().sum(), x)
    torch.testing.assert_close(grad, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("axis", [-1, 1])
def test_under_torchs_tools(axis):
    layer = RMSNormalization(axis)
    layer(data(2, 3, 4))
    check_tools(layer, data(2, 3, 4))


def test_number_types():
    check_number_types(lambda dtype: RMSNormalization(dtype=dtype), data(3, 8))
    check_number_types(lambda dtype: RMSNormalization(1, dtype=dtype), data(3, 8, 4))
    assert RMSNormalization()(torch.arange(6).reshape(2, 3)).dtype is torch.float32


def test_large_numbers_in_half_precision():
    """Their squares do not fit; the mean is taken in float32."""
    x = torch.tensor([[30000.0, -30000.0]], dtype=torch.float16)
    assert RMSNormalization(dtype="float16")(x).tolist() == [[1.0, -1.0]]


def test_unknown_sizes_and_config_after_building():
    layer = RMSNormalization()
    assert layer(layers.Input((None, 4))).shape == (None, None, 4)
    assert layer.get_config()["axis"] == [-1]
    assert layer(data(3, 4)).shape == (3, 4)
    assert RMSNormalization()(torch.zeros(0, 3)).shape == (0, 3)


def test_bad_axes_and_inputs():
    for axis in ("last", 1.0, True, None):
        with pytest.raises(TypeError, match=r"'n' needs an axis or a list of them; received"):
            RMSNormalization(axis, name="n")
    with pytest.raises(ValueError, match=r"'n' normalizes axis \[3\].*choose from -2 to 1"):
        RMSNormalization(3, name="n")(data(2, 3))
    with pytest.raises(ValueError, match="needs to know the size of axis"):
        RMSNormalization(1)(layers.Input((None, 4)))
    layer = RMSNormalization(name="n")
    layer(data(2, 3))
    with pytest.raises(ValueError, match="'n' does not fit: expected axis -1 to have size 3"):
        layer(data(2, 4))
