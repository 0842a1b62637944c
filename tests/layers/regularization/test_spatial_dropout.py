import copy
import pickle

import keras
import pytest
import torch
from torch import nn

import kerlite
from kerlite import layers
from kerlite.layers import Conv2D, Dropout
from kerlite.layers.regularization.spatial_dropout import (
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from tests.layers.support import check_layer, check_tools, data, plain

CASES = [
    (SpatialDropout1D, {}, (40, 6, 50), (1,)),
    (SpatialDropout2D, {}, (40, 3, 2, 50), (1, 2)),
    (SpatialDropout2D, {"data_format": "channels_first"}, (40, 50, 3, 2), (2, 3)),
    (SpatialDropout3D, {}, (40, 3, 2, 2, 50), (1, 2, 3)),
    (SpatialDropout3D, {"data_format": "channels_first"}, (40, 50, 3, 2, 2), (2, 3, 4)),
]


@pytest.mark.parametrize(("cls", "arguments", "shape", "space"), CASES)
def test_like_keras_when_it_does_not_train(cls, arguments, shape, space):
    x = data(2, *shape[1:])
    layer = check_layer(cls.__name__, {"rate": 0.3, "seed": 2, **arguments}, x)
    assert layer.built
    assert layer(x) is x


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize(("cls", "arguments", "shape", "space"), CASES)
def test_whole_channels_are_dropped(cls, arguments, shape, space, seed):
    layer = cls(0.4, seed=seed, **arguments)
    out = layer(torch.ones(shape), training=True)
    torch.testing.assert_close(out.unique(), torch.tensor([0, 1 / 0.6]))
    assert out.std(space).max() < 1e-6
    assert (out == 0).float().mean().item() == pytest.approx(0.4, abs=0.05)
    assert torch.equal(cls(1.0, **arguments)(out, training=True), torch.zeros(shape))


@pytest.mark.parametrize(("cls", "arguments", "shape", "space"), CASES)
def test_channels_first_form(cls, arguments, shape, space):
    layer = cls(0.5, **arguments)
    assert layer.takes_channels_first == (not arguments)
    x = torch.ones(shape).movedim(-1, 1)
    assert layer.call_channels_first(x) is x
    layer.train()
    out = layer.call_channels_first(x)
    assert out.unique().tolist() == [0, 2]
    assert out.flatten(2).std(2).max() == 0


def test_between_convolutions_in_a_model():
    x = kerlite.Input((8, 8, 3))
    y = Conv2D(16, 3, kernel_initializer="ones")(x)
    model = kerlite.Model(x, SpatialDropout2D(0.5)(y))
    out = model(torch.ones(4, 8, 8, 3), training=True)
    assert out.unique().tolist() == [0, 54]
    assert out.flatten(1, 2).std(1).max() == 0


def test_are_torchs_classes_and_dropout():
    for cls, twin in (
        (SpatialDropout1D, nn.Dropout1d),
        (SpatialDropout2D, nn.Dropout2d),
        (SpatialDropout3D, nn.Dropout3d),
    ):
        layer = cls(0.3)
        assert isinstance(layer, twin)
        assert isinstance(layer, Dropout)
        assert layer.p == 0.3


def test_gradient_is_that_of_the_kept():
    x = torch.ones(3, 4, 5, 6).requires_grad_()
    out = SpatialDropout2D(0.5)(x, training=True)
    out.sum().backward()
    torch.testing.assert_close(x.grad, out.detach())


def test_seed_makes_it_repeatable():
    x = torch.ones(4, 3, 20)
    first, second = SpatialDropout1D(0.5, seed=5), SpatialDropout1D(0.5, seed=5)
    draws = [first(x, training=True) for _ in range(2)]
    torch.rand(3)
    torch.testing.assert_close([second(x, training=True) for _ in range(2)], draws)
    assert not torch.equal(*draws)
    third = pickle.loads(pickle.dumps(copy.deepcopy(first)))
    torch.testing.assert_close(third(x, training=True), first(x, training=True))


def test_config_is_keras_s_and_keeps_the_policy():
    layer = SpatialDropout2D(0.5, seed=1, name="s")
    theirs = keras.layers.SpatialDropout2D(0.5, seed=1, name="s")
    assert plain(layer.get_config()) == plain(theirs.get_config())
    mixed = SpatialDropout2D(0.5, dtype="mixed_bfloat16")
    again = SpatialDropout2D.from_config(mixed.get_config())
    assert again.dtype_policy.name == "mixed_bfloat16"
    assert again(torch.ones(1, 2, 2, 3), training=True).dtype is torch.bfloat16


def test_under_torchs_tools():
    check_tools(SpatialDropout2D(0.5), data(2, 3, 3, 4))
    compiled = torch.compile(SpatialDropout1D(0.5), fullgraph=True, backend="eager")
    assert compiled(torch.ones(4, 3, 20), training=True).unique().tolist() == [0, 2]
    torch._dynamo.reset()


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_number_types(dtype):
    out = SpatialDropout1D(0.5, dtype=dtype)(torch.ones(4, 3, 20), training=True)
    assert out.dtype is getattr(torch, dtype)
    assert out.unique().tolist() == [0, 2]


def test_mask_goes_on_and_shapes_stay():
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    assert SpatialDropout1D(0.5)(x)._keras_mask is x._keras_mask
    assert SpatialDropout2D(0.5)(layers.Input((None, 4, 3))).shape == (None, None, 4, 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SpatialDropout1D(1.5, name="s"), r"'s' needs a rate in \[0, 1\]; .* rate=1.5"),
        (lambda: SpatialDropout2D(0.5, data_format="nhwc"), "Unknown data_format: 'nhwc'"),
        (lambda: SpatialDropout3D(0.5, seed=-1), "seed must be a whole number"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("training", [True, False])
def test_wrong_rank(training):
    with pytest.raises(ValueError, match="'s' does not fit: expected ndim=4, found ndim=3"):
        SpatialDropout2D(0.5, name="s")(data(2, 3, 4), training=training)
