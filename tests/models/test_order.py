"""The order of layers and weights is Keras's: people index by it, and files go by it."""

import keras
import pytest

import kerlite
from kerlite import Input, Model
from kerlite.core import names
from kerlite.layers import Dense
from tests.models.zoo import ZOO


def signature(model):
    """Return the layers in order, nested ones too, with input layers by their shapes."""
    return [
        (type(layer).__name__.replace("Functional", "Model"), layer.name, inner(layer))
        for layer in model.layers
    ]


def inner(layer):
    return signature(layer) if hasattr(layer, "layers") else None


def without_input_names(found):
    """An input layer made for an intermediate tensor is named by counters."""
    return [
        (kind, None if kind == "InputLayer" else name, layers and without_input_names(layers))
        for kind, name, layers in found
    ]


@pytest.fixture(autouse=True)
def fresh_names():
    names.reset_uids()
    keras.backend.clear_session()


@pytest.mark.parametrize("make", ZOO)
def test_layers_are_in_kerass_order(make):
    ours, theirs = make(kerlite), make(keras)
    assert without_input_names(signature(ours)) == without_input_names(signature(theirs))


@pytest.mark.parametrize("make", ZOO)
def test_weights_are_in_kerass_order(make):
    ours, theirs = make(kerlite), make(keras)
    assert [(w.name, tuple(w.shape)) for w in ours.weights] == [
        (w.name, tuple(w.shape)) for w in theirs.weights
    ]
    assert [w.name for w in ours.trainable_weights] == [w.name for w in theirs.trainable_weights]


@pytest.mark.parametrize("make", ZOO)
def test_input_and_output_names_are_kerass(make):
    ours, theirs = make(kerlite), make(keras)
    assert ours.output_names == theirs.output_names
    if make.__name__ != "intermediate":
        assert ours.input_names == [tensor.name for tensor in theirs.inputs]


def test_operators_are_among_kerass_layers_but_not_among_ours():
    """Keras lists operators as operations; here only layers are layers."""
    x = Input((3,))
    model = Model(x, Dense(2)(x * 2) + 1)
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "Dense"]


def test_a_deep_model():
    x = y = Input((2,))
    for _ in range(1500):
        y = Dense(2)(y)
    assert len(Model(x, y).layers) == 1501
