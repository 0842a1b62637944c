import torch
from torch import nn

from kerlite import layers
from kerlite.layers import Identity
from tests.layers.support import check_layer, check_tools, data


def test_like_keras():
    layer = check_layer("Identity", {}, data(2, 3))
    assert layer.built
    assert isinstance(layer, nn.Identity)
    check_tools(layer, data(2, 3))


def test_structures_and_types():
    x = torch.tensor([1, 2])
    assert Identity()(x) is x
    symbolic = layers.Input((None, 3), dtype="int32")
    out = Identity()(symbolic)
    assert out is not symbolic
    assert (out.shape, out.dtype) == ((None, None, 3), "int32")
    both = Identity()({"a": symbolic, "b": [symbolic]})
    assert both["b"][0].shape == (None, None, 3)


def test_mask_goes_on():
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    assert Identity()(x)._keras_mask is not None
