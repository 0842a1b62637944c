import copy

import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers.norm.group_normalization import GroupNormalization
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({"groups": 2}, (4, 6)),
    ({"groups": 3}, (2, 5, 6)),
    ({"groups": 3}, (1, 5, 6)),
    ({"groups": 2}, (2, 5, 4, 6)),
    ({"groups": 1}, (2, 5, 4, 6)),
    ({"groups": 6}, (2, 5, 4, 6)),
    ({"groups": -1}, (2, 5, 4, 6)),
    ({"groups": 2, "axis": 1}, (2, 4, 5, 3)),
    ({"groups": 2, "axis": 1}, (2, 4, 3)),
    ({"groups": 2, "axis": 2}, (2, 3, 4, 5)),
    ({"groups": 2, "axis": -2}, (2, 3, 4, 5)),
    ({"groups": 2}, (2, 2, 3, 2, 4)),
    ({"groups": 2}, (2, 2, 3, 2, 2, 4)),
    ({"groups": 2, "epsilon": 0.3}, (4, 6)),
    ({"groups": 2, "scale": False}, (2, 3, 3, 4)),
    ({"groups": 2, "center": False}, (2, 3, 3, 4)),
    ({"groups": 2, "scale": False, "center": False}, (2, 3, 3, 4)),
    ({"groups": 2, "beta_regularizer": "l2", "gamma_constraint": "non_neg"}, (4, 6)),
    ({"groups": 2, "gamma_initializer": "he_normal", "beta_initializer": "ones"}, (4, 6)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("GroupNormalization", arguments, 2 + 3 * data(*shape))


@pytest.mark.parametrize("shape", [(4, 6), (2, 6, 5), (2, 6, 3, 3)])
def test_is_torchs_group_norm(shape):
    layer, twin = GroupNormalization(3, axis=1), nn.GroupNorm(3, 6, eps=1e-3)
    layer.build(shape)
    assert isinstance(layer, nn.GroupNorm)
    with torch.no_grad():
        twin.weight.copy_(data(6))
        twin.bias.copy_(data(6, seed=1))
    layer.load_state_dict(twin.state_dict())
    torch.testing.assert_close(layer(data(*shape)), twin(data(*shape)))
    for name in ("num_groups", "num_channels", "eps", "affine"):
        assert getattr(layer, name) == getattr(twin, name)
    assert [w.name for w in layer.weights] == ["gamma", "beta"]


def test_a_group_for_each_channel_is_instance_normalization():
    x = data(2, 5, 4, 3)
    twin = nn.InstanceNorm2d(3, eps=1e-3)
    expected = twin(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    layer = GroupNormalization(-1)
    torch.testing.assert_close(layer(x), expected)
    assert layer.get_config()["groups"] == 3


@pytest.mark.parametrize("shape", [(2, 5, 4), (2, 5, 5, 4), (2, 3, 3, 3, 4)])
def test_channels_last_data_is_not_copied(shape):
    layer, x = GroupNormalization(2), data(*shape)
    assert layer(x).is_contiguous()
    order = (0, len(shape) - 1, *range(1, len(shape) - 1))
    assert layer.takes_channels_first
    torch.testing.assert_close(
        layer.call_channels_first(x.permute(order).contiguous()), layer(x).permute(order)
    )


@pytest.mark.parametrize("axis", [-1, 1])
def test_under_torchs_tools(axis):
    layer = GroupNormalization(2, axis)
    layer(data(2, 4, 4))
    check_tools(layer, data(2, 4, 4))


def test_number_types():
    for shape in ((3, 8), (2, 5, 8), (2, 4, 4, 8)):
        check_number_types(lambda dtype: GroupNormalization(2, dtype=dtype), data(*shape))
    assert GroupNormalization(3)(torch.arange(6).reshape(2, 3)).dtype is torch.float32


def test_after_conversion_to_another_number_type():
    layer, x = GroupNormalization(2), data(2, 3, 3, 4)
    expected = layer(x)
    half = copy.deepcopy(layer).to(torch.bfloat16)
    assert half(x.bfloat16()).dtype is torch.bfloat16
    torch.testing.assert_close(half(x.bfloat16()).float(), expected, rtol=0.05, atol=0.05)


def test_unknown_sizes_and_mask():
    assert GroupNormalization(2)(layers.Input((None, None, 4))).shape == (None, None, None, 4)
    x = layers.Embedding(5, 4, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    torch.testing.assert_close(GroupNormalization(2)(x)._keras_mask, x._keras_mask)


@pytest.mark.parametrize(
    "arguments",
    [{"groups": 0}, {"groups": -2}, {"groups": 1.5}, {"groups": True}, {"axis": 0}, {"axis": [1]}],
)
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"'g' needs groups >= 1.*received {name}="):
        GroupNormalization(name="g", **arguments)


def test_bad_inputs():
    for groups in (4, 12):
        with pytest.raises(ValueError, match=f"'g' cannot divide the 6 channels.*groups={groups}"):
            GroupNormalization(groups, name="g")(data(2, 6))
    with pytest.raises(ValueError, match="cannot divide the 6 channels of an input of shape"):
        GroupNormalization()(data(2, 6))
    with pytest.raises(ValueError, match=r"'g' normalizes axis \[3\].*choose from -2 to 1"):
        GroupNormalization(2, axis=3, name="g")(data(2, 6))
    with pytest.raises(ValueError, match="needs to know the size of axis"):
        GroupNormalization(2)(layers.Input((3, None)))
    layer = GroupNormalization(2, name="g")
    layer(data(2, 5, 4))
    with pytest.raises(ValueError, match="'g' does not fit: expected axis -1 to have size 4"):
        layer(data(2, 5, 6))
    with pytest.raises(ValueError, match="'g' does not fit: expected ndim=3"):
        layer(data(2, 4))
