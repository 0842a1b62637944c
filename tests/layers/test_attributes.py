"""Attributes of layers: what is found, and what is said when nothing is."""

import pytest
import torch

from kerlite import Model
from kerlite.layers import Dense, Layer


class Pair(Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(2)
        self.register_buffer("seen", torch.zeros(1))

    @property
    def first_weight(self):
        return self.dense.kernel

    @property
    def misspelled(self):
        return self.dens


def test_modules_buffers_and_weights_are_attributes():
    layer = Pair()
    layer.dense.build((None, 3))
    assert isinstance(layer.dense, Dense)
    assert layer.seen.shape == (1,)
    assert layer.dense.weight.shape == (2, 3)
    assert layer.first_weight.shape == (3, 2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("oops", r"'Pair' object has no attribute 'oops'"),
        ("misspelled", r"'Pair' object has no attribute 'dens'"),
        ("first_weight", r"has no 'kernel' yet: it is made when the layer is first called"),
        ("output", r"was not called in a functional model yet"),
    ],
)
def test_an_error_inside_a_property_is_the_one_raised(name, message):
    layer = Pair()
    with pytest.raises(AttributeError, match=message):
        getattr(layer, name)
    assert not hasattr(layer, name)


def test_a_property_without_a_value_in_a_model():
    class Empty(Model):
        pass

    with pytest.raises(AttributeError, match=r"has no inputs: it is a subclass"):
        _ = Empty().inputs
