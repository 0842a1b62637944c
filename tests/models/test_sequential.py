"""Sequential: layers one after another, with or without a known input shape."""

import copy
import pickle

import keras
import numpy as np
import pytest
import torch
from torch import nn

import kerlite
from kerlite import Input, Model, Sequential
from kerlite.core import names
from kerlite.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    InputLayer,
    Lambda,
    ReLU,
)


@pytest.fixture(autouse=True)
def fresh():
    names.reset_uids()
    yield
    torch.compiler.reset()


def three():
    return [Dense(4, activation="relu", name="a"), Dropout(0.5, name="b"), Dense(2, name="c")]


STARTS = {
    "input": lambda: Sequential([Input((3,)), *three()]),
    "input layer": lambda: Sequential([InputLayer(shape=(3,)), *three()]),
    "input_shape": lambda: Sequential([Dense(4, input_shape=(3,)), Dense(2)]),
    "input_dim": lambda: Sequential([Dense(4, input_dim=3), Dense(2)]),
    "batch_input_shape": lambda: Sequential([Dense(4, batch_input_shape=(None, 3)), Dense(2)]),
}


@pytest.mark.parametrize("start", STARTS)
def test_known_input_shapes(start):
    model = STARTS[start]()
    assert model.built
    assert model.input_shape == (None, 3)
    assert model.output_shape == (None, 2)
    assert model.count_params() == 26
    assert len(model.inputs) == len(model.outputs) == 1
    assert model(torch.ones(5, 3)).shape == (5, 2)


def test_deferred_building():
    model = Sequential(three())
    assert not model.built
    assert model.weights == []
    with pytest.raises(AttributeError, match="input shape"):
        _ = model.output
    assert model(torch.ones(5, 3)).shape == (5, 2)
    assert model.built
    assert model.input_shape == (None, 3)
    assert model.count_params() == 26


@pytest.mark.parametrize("shape", [(None, 3), [None, 3], (7, 3)])
def test_build(shape):
    model = Sequential(three())
    model.build(shape)
    assert model.built
    assert model.input_shape == (None, 3)
    assert [w.shape for w in model.weights] == [(3, 4), (4,), (4, 2), (2,)]
    assert model(np.ones((2, 3))).shape == (2, 2)


def test_building_without_a_shape_or_layers():
    with pytest.raises(ValueError, match=r"without an input shape.*kerlite\.Input"):
        Sequential(three()).build()
    with pytest.raises(ValueError, match="without layers"):
        Sequential().build((None, 3))
    with pytest.raises(ValueError, match=r"without layers: call add\(\)"):
        Sequential()(torch.ones(1, 3))


def test_add_one_by_one():
    model = Sequential(name="m")
    for layer in three():
        model.add(layer)
    assert [layer.name for layer in model.layers] == ["a", "b", "c"]
    assert model(torch.ones(1, 3)).shape == (1, 2)
    model.add(Dense(7))
    assert model(torch.ones(1, 3)).shape == (1, 7)
    assert model.output_shape == (None, 7)


def test_add_after_an_input():
    model = Sequential()
    model.add(Input((3,)))
    assert not model.built
    model.add(Dense(4))
    assert model.built
    assert model.output_shape == (None, 4)
    model.add(Dense(5))
    assert model.output_shape == (None, 5)
    assert len(model.weights) == 4


def test_the_classic_start():
    model = Sequential()
    model.add(Dense(128, input_dim=784, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    assert model.count_params() == 784 * 128 + 128 + 1290
    torch.testing.assert_close(model(torch.randn(4, 784)).sum(-1), torch.ones(4))


def test_pop():
    model = Sequential([Input((3,)), *three()])
    x = torch.randn(2, 3)
    hidden = model.get_layer("a")(x)
    popped = model.pop()
    assert popped.name == "c"
    assert model.output_shape == (None, 4)
    torch.testing.assert_close(model(x), hidden)
    assert len(model.weights) == 2
    assert list(model.state_dict()) == ["a.weight", "a.bias"]
    model.add(Dense(6, name="c"))
    assert model(x).shape == (2, 6)
    for _ in range(3):
        model.pop()
    assert model.layers == []
    with pytest.raises(ValueError, match="no layers to take away"):
        model.pop()


def test_pop_before_building():
    model = Sequential(three())
    model.pop()
    assert model(torch.ones(1, 3)).shape == (1, 4)


def test_values_are_kerass():
    def make(lib):
        return lib.Sequential(
            [
                lib.layers.Conv2D(4, 3, activation="relu"),
                lib.layers.BatchNormalization(),
                lib.layers.MaxPooling2D(),
                lib.layers.Flatten(),
                lib.layers.Dense(3, activation="softmax"),
            ]
        )

    ours, theirs = make(kerlite), make(keras)
    x = np.random.rand(2, 8, 8, 3).astype("float32")
    theirs(x)
    ours.build((None, 8, 8, 3))
    ours.set_weights([w.value.detach().numpy() for w in theirs.weights])
    np.testing.assert_allclose(ours(x).detach(), theirs(x).detach(), rtol=1e-4, atol=1e-6)
    assert [layer.name for layer in ours.layers][3:] == ["flatten", "dense"]
    assert ours.output_shape == (None, 3)


def test_torch_modules_are_wrapped():
    model = Sequential([nn.Linear(3, 4), nn.ReLU(), nn.BatchNorm1d(4), Dense(2)])
    x = torch.randn(5, 3)
    assert model(x).shape == (5, 2)
    assert len(model.trainable_weights) == 6
    linear = model.layers[0].module
    hidden = torch.relu(linear(x)) / (1 + 1e-5) ** 0.5
    torch.testing.assert_close(model(x), model.layers[-1](hidden))
    model(x, training=True)
    assert model.layers[2].module.running_mean.abs().sum() > 0


def test_a_single_layer():
    assert Sequential(Dense(2))(torch.ones(1, 3)).shape == (1, 2)
    assert Sequential(nn.Linear(3, 2))(torch.ones(1, 3)).shape == (1, 2)


def test_models_inside():
    inner = Sequential([Input((3,)), Dense(4, name="x")], name="inner")
    model = Sequential([inner, Dense(2, name="y")], name="outer")
    assert model.built
    assert model.output_shape == (None, 2)
    assert [w.path for w in model.weights] == [
        "inner/x/kernel", "inner/x/bias", "outer/y/kernel", "outer/y/bias",
    ]  # fmt: skip
    assert model.get_layer("inner/x").units == 4


def test_an_unbuilt_model_inside():
    model = Sequential([Sequential([Dense(4)]), Sequential([Dense(2)])])
    assert model(torch.ones(1, 3)).shape == (1, 2)
    assert len(model.weights) == 4


def test_as_a_layer_of_a_functional_model():
    inner = Sequential([Dense(4), Dense(2)], name="inner")
    x = Input((3,))
    model = Model(x, inner(x))
    assert inner.built
    data = torch.randn(2, 3)
    torch.testing.assert_close(model(data), inner(data))
    features = Model(x, inner.layers[0](x))
    torch.testing.assert_close(features(data), inner.layers[0](data))


def test_intermediate_outputs():
    model = Sequential([Input((3,)), *three()])
    part = Model(model.input, model.get_layer("a").output)
    x = torch.randn(2, 3)
    torch.testing.assert_close(part(x), model.get_layer("a")(x))
    inner = Model(model.inputs, [layer.output for layer in model.layers])
    assert [tuple(out.shape) for out in inner(x)] == [(2, 4), (2, 4), (2, 2)]


def test_functions_go_in_as_lambda():
    model = Sequential([Dense(2), Lambda(lambda x: x * 2)])
    x = torch.randn(1, 3)
    torch.testing.assert_close(model(x), model.layers[0](x) * 2)


@pytest.mark.parametrize("wrong", [3, "dense", None, lambda x: x, Dense])
def test_what_is_no_layer(wrong):
    with pytest.raises(ValueError, match="takes layers and torch modules"):
        Sequential([wrong])


def test_one_layer_several_times():
    relu, dense = ReLU(), Dense(3)
    model = Sequential([Input((3,)), dense, relu, dense, relu, Dense(2)])
    assert (len(model.layers), len(model.weights)) == (5, 4)
    data = torch.randn(4, 3)
    by_hand = data
    for layer in model.layers:
        by_hand = layer(by_hand)
    torch.testing.assert_close(model(data), by_hand)
    model.pop()
    model.pop()
    torch.testing.assert_close(model(data), dense(relu(dense(data))))


def test_two_layers_of_one_name():
    with pytest.raises(ValueError, match="already has a layer named 'a'"):
        Sequential([Dense(1, name="a"), Dense(1, name="a")])


def test_an_input_after_layers():
    model = Sequential([Input((3,)), Dense(2)])
    with pytest.raises(ValueError, match="in front of all"):
        model.add(Input((2,)))


def test_layers_with_several_outputs():
    class Two(kerlite.layers.Layer):
        def call(self, x):
            return x, x

    with pytest.raises(ValueError, match=r"one output.*kerlite\.Model"):
        Sequential([Input((3,)), Two()])


def test_wrong_shapes():
    model = Sequential([Input((3,)), Dense(2)], name="m")
    with pytest.raises(ValueError, match=r"'m' expects.*\(None, 3\).*\(2, 4\)"):
        model(torch.ones(2, 4))
    model = Sequential([Dense(2)], name="m")
    model(torch.ones(1, 3))
    with pytest.raises(ValueError, match=r"\(None, 3\).*\(2, 4\)"):
        model(torch.ones(2, 4))


def test_shapes_that_do_not_fit_one_another():
    with pytest.raises(ValueError, match=r"conv.*\(None, 3\)"):
        Sequential([Input((3,)), Conv2D(2, 3, name="conv")])


def test_get_layer():
    model = Sequential([Input((3,)), *three()])
    assert model.get_layer("b").rate == 0.5
    assert model.get_layer(index=0).name == "a"
    with pytest.raises(ValueError, match=r"no layer 'z'.*\['a', 'b', 'c'\]"):
        model.get_layer("z")


def test_the_number_type_of_the_data():
    ids = Sequential([Embedding(10, 3), Flatten()])
    assert ids(torch.tensor([[1, 2]])).shape == (1, 6)
    assert ids(np.array([[1, 2]])).shape == (1, 6)
    images = Sequential([Flatten(), Dense(2)])
    assert images(torch.zeros(1, 4, 4, dtype=torch.uint8)).shape == (1, 2)


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(built, copied):
    model = Sequential(three())
    x = torch.randn(2, 3)
    if built:
        model(x)
    other = copied(model)
    assert other(x).shape == (2, 2)
    if built:
        torch.testing.assert_close(other(x), model(x))
    other.add(Dense(9))
    assert other(x).shape == (2, 9)
    assert len(model.layers) == 3
    other.pop()
    other.pop()
    assert other(x).shape == (2, 4)


def test_compile_and_export():
    model = Sequential([Input((3,)), *three(), BatchNormalization()])
    x = torch.randn(2, 3)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), model(x))
    torch.testing.assert_close(torch.export.export(model, (x,)).module()(x), model(x))


def test_compiled_after_adding():
    model = Sequential([Input((3,)), Dense(2)])
    model.add(Dense(5))
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    x = torch.randn(2, 3)
    torch.testing.assert_close(compiled(x), model(x))


def test_config_round_trip():
    for model in (Sequential([Input((3,)), *three()], name="m"), Sequential(three(), name="m")):
        again = Sequential.from_config(model.get_config())
        assert again.get_config() == model.get_config()
        assert again.built == model.built
        assert [layer.name for layer in again.layers] == ["a", "b", "c"]


def test_keras_reads_the_config():
    model = Sequential([Input((3,)), *three()], name="m")
    theirs = keras.Sequential.from_config(model.get_config())
    assert theirs.output_shape == (None, 2)
    again = Sequential.from_config(theirs.get_config())
    assert again.count_params() == 26


def test_a_deep_chain():
    model = Sequential([Dense(2, kernel_initializer="identity") for _ in range(1000)])
    assert model(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]
    assert len(model.layers) == 1000


def test_a_model_replaced_layer():
    model = Sequential([Input((3,)), Dense(4, name="a"), Dense(2, name="b")])
    x = torch.randn(2, 3)
    model.a = nn.Linear(3, 4)
    torch.testing.assert_close(model(x), model.b(model.a(x)))


def test_a_subclass_of_sequential():
    class Net(Sequential):
        def __init__(self, units):
            super().__init__([Dense(units), Dense(1)])
            self.units = units

    model = Net(4)
    assert model(torch.ones(2, 3)).shape == (2, 1)
    assert copy.deepcopy(model)(torch.ones(2, 3)).shape == (2, 1)


def test_training_modes():
    model = Sequential([Dropout(0.5)])
    x = torch.ones(1, 100)
    assert torch.equal(model(x), x)
    assert not torch.equal(model(x, training=True), x)
    model.train()
    assert not torch.equal(model(x), x)


def test_frozen():
    model = Sequential(three(), trainable=False)
    model(torch.ones(1, 3))
    assert model.trainable_weights == []
    model = Sequential([Input((3,)), *three()])
    model.trainable = False
    assert model.trainable_weights == []
    model.add(Dense(1))
    assert len(model.trainable_weights) in (0, 2)
