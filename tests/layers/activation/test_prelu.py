import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers import PReLU
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ({}, (4, 5)),
    ({}, (2, 3, 4)),
    ({"shared_axes": [1, 2]}, (2, 5, 6, 3)),
    ({"shared_axes": [2, 3]}, (2, 3, 5, 6)),
    ({"shared_axes": 1}, (2, 3, 4, 2)),
    ({"shared_axes": (2,)}, (2, 3, 4, 2)),
    ({"shared_axes": [1, 3]}, (2, 3, 4, 2)),
    ({"shared_axes": [1, 2, 3]}, (2, 3, 4, 2)),
    ({"shared_axes": [3]}, (2, 3, 4, 2)),
    ({"alpha_regularizer": "l1", "alpha_constraint": "non_neg"}, (4, 5)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("PReLU", arguments, data(*shape))


@pytest.mark.parametrize(
    ("shape", "shared", "order"),
    [((4, 3), None, None), ((2, 5, 5, 3), [1, 2], (0, 3, 1, 2)), ((2, 3, 5, 5), [2, 3], None)],
)
def test_is_torchs_prelu(shape, shared, order):
    layer, twin = PReLU(shared_axes=shared), nn.PReLU(3)
    layer.build(shape)
    assert isinstance(layer, nn.PReLU)
    assert layer.num_parameters == 3
    with torch.no_grad():
        twin.weight.copy_(data(3))
    layer.load_state_dict(twin.state_dict())
    x = data(*shape)
    torch.testing.assert_close(
        layer(x), twin(x.permute(order)).permute(0, 2, 3, 1) if order else twin(x)
    )


@pytest.mark.parametrize("shared", [None, [1], [2]])
def test_under_torchs_tools(shared):
    layer = PReLU("ones", shared_axes=shared)
    layer(data(2, 3, 4, 2))
    check_tools(layer, data(2, 3, 4, 2))


def test_number_types():
    check_number_types(lambda dtype: PReLU(dtype=dtype), data(3, 5))


def test_unknown_sizes_where_slopes_are_shared():
    layer = PReLU(shared_axes=[1, 2])
    assert layer(layers.Input((None, None, 3))).shape == (None, None, None, 3)
    for size in (2, 5):
        assert layer(data(1, size, size, 3)).shape == (1, size, size, 3)


def test_bad_inputs():
    with pytest.raises(ValueError, match=r"'p' makes a slope for each element.*\(None, None, 4\)"):
        PReLU(name="p")(layers.Input((None, 4)))
    with pytest.raises(ValueError, match=r"'p' needs shared_axes from 1 to 2 .* received \[3\]"):
        PReLU(shared_axes=[3], name="p")(data(2, 3, 4))
    with pytest.raises(ValueError, match=r"received \[0\]"):
        PReLU(shared_axes=0)(data(2, 3, 4))
    layer = PReLU(name="p", shared_axes=[1])
    layer(data(2, 3, 4))
    with pytest.raises(ValueError, match="'p' does not fit: expected axis 2 to have size 4"):
        layer(data(2, 3, 5))
