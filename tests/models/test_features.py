"""model.features: the outputs of named layers at any depth."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.models.op_nodes import producer_name

X = torch.tensor(np.random.default_rng(0).normal(size=(5, 8, 8, 3)), dtype=torch.float32)


def body(rate=0.0):
    inputs = kerlite.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="conv")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Dropout(rate, name="drop")(x)
    return kerlite.Model(inputs, layers.GlobalAveragePooling2D(name="gap")(x), name="body")


def whole(inner, **mode):
    inputs = kerlite.Input((8, 8, 3), name="pictures")
    x = layers.Rescaling(0.5, name="scale")(inputs)
    x = inner(x, **mode)
    x = layers.Dense(4, name="mixed")(x)
    x = torch.relu(x)
    return kerlite.Model(inputs, layers.Dense(2, name="head")(x), name="whole")


def captured(model, *modules):
    """Return what the modules give when the model runs, as torch's hooks see it."""
    seen = {}
    handles = [
        module.register_forward_hook(lambda module, args, output: seen.update({module: output}))
        for module in modules
    ]
    model(X)
    for handle in handles:
        handle.remove()
    return [seen[module] for module in modules]


def test_layers_of_the_model_itself():
    model = whole(body())
    expected = captured(model, model.get_layer("body"), model.get_layer("mixed"))
    for one, other in zip(model.features(["body", "mixed"])(X), expected, strict=True):
        assert torch.equal(one, other)


def test_layers_inside_and_outside_in_the_order_asked_for():
    inner = body()
    model = whole(inner)
    names = ["head", "body/conv", "scale", "body/gap"]
    outputs = model.features(names)(X)
    expected = captured(model, *map(model.get_layer, names))
    for one, other in zip(outputs, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_three_models_deep_and_the_inner_one_runs_once():
    inner = body()
    middle = whole(inner)
    inputs = kerlite.Input((8, 8, 3))
    outer = kerlite.Model(inputs, layers.Dense(1, name="top")(middle(inputs)))
    model = outer.features(["whole/body/norm", "whole/mixed", "top"])
    calls = []
    inner.get_layer("conv").register_forward_hook(lambda *_: calls.append(1))
    norm, mixed, top = model(X)
    assert len(calls) == 1
    assert norm.shape == (5, 6, 6, 4)
    assert mixed.shape == (5, 4)
    assert torch.equal(top, outer(X))
    assert outer.features("whole/body/norm").output_shape == (None, 6, 6, 4)


@pytest.mark.parametrize("names", ["mixed", ["mixed"], ("mixed",)], ids=["str", "list", "tuple"])
def test_one_name_gives_one_output(names):
    model = whole(body()).features(names, name="picked")
    assert model(X).shape == (5, 4)
    assert model.output_shape == (None, 4)
    assert model.name == "picked"


def test_functions_and_the_input_have_names_too():
    model = whole(body())
    relu = producer_name(model.get_layer("head").input)
    pictures, rectified = model.features(["pictures", relu])(X)
    assert torch.equal(pictures, X)
    assert torch.equal(rectified, model.features("mixed")(X).relu())


def test_of_a_sequential_model():
    model = kerlite.Sequential([kerlite.Input((3,)), layers.Dense(2, name="a"), layers.Dense(1)])
    x = torch.ones(2, 3)
    assert torch.equal(model.features("a")(x), model.layers[0](x))


def test_weights_are_shared_and_trained():
    model = whole(body())
    part = model.features("body/gap")
    assert part.get_layer("body/conv") is model.get_layer("body/conv")
    before = part.get_weights()[0]
    part.compile("sgd", "mse")
    part.fit(X, torch.zeros(5, 4), verbose=0)
    assert not np.array_equal(before, model.get_layer("body/conv").get_weights()[0])


def test_the_mode_of_the_call_holds_inside():
    inner = body(rate=0.5)
    held = whole(inner, training=False).features(["body/norm", "body/drop"])
    own = whole(inner).features(["body/norm", "body/drop"])
    for model, drops in ((held, False), (own, True)):
        model.train()
        norm, drop = model(X)
        assert torch.equal(norm, drop) is not drops


def test_outputs_of_layers_stay_what_they_were():
    model = whole(body())
    conv = model.get_layer("body/conv")
    output, calls = conv.output, len(conv._inbound_nodes)
    model.features("body/conv")
    assert conv.output is output
    assert len(conv._inbound_nodes) == calls


def test_nested_models_may_have_layers_of_one_name():
    def block(name):
        return kerlite.Sequential(
            [layers.Dense(3, name="dense"), layers.ReLU(name="act")], name=name
        )

    model = kerlite.Sequential([kerlite.Input((4,)), block("one"), block("two")])
    x = torch.ones(2, 4)
    first, second = model.features(["one/dense", "two/dense"])(x)
    torch.testing.assert_close(first, model.get_layer("one/dense")(x))
    torch.testing.assert_close(second, model.get_layer("two/dense")(first.relu()))


def test_masks_are_handed_on():
    inner = kerlite.Sequential([
        kerlite.Input((4,)), layers.Embedding(5, 3, mask_zero=True), layers.LSTM(2, name="lstm"),
    ], name="reader")  # fmt: skip
    model = kerlite.Sequential([inner, layers.Dense(1)])
    x = torch.tensor([[1, 2, 0, 0], [3, 4, 1, 0]])
    assert torch.equal(model.features("reader/lstm")(x), inner(x))


def test_saved_and_loaded(tmp_path):
    part = whole(body()).features(["body/norm", "head"])
    part.save(tmp_path / "part.keras")
    loaded = kerlite.models.load_model(tmp_path / "part.keras")
    for one, other in zip(part(X), loaded(X), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mixes", "'whole': 'mixes'. Did you mean 'mixed'"),
        ("body/convolution", "'body/convolution'. Did you mean 'body/conv'"),
        ("bodi/conv", "'bodi/conv'. Did you mean 'body/conv'"),
        ("mixed/conv", "'mixed/conv'"),
    ],
)
def test_unknown_names_list_the_nearest(name, hint):
    with pytest.raises(ValueError, match="Unknown layer of") as caught:
        whole(body()).features(name)
    assert hint in str(caught.value)
    assert str(caught.value).count("'") == 10  # the model, the name, and three others


def test_a_layer_called_twice_is_refused():
    inputs, layer = kerlite.Input((3,)), layers.Dense(3, name="twice")
    model = kerlite.Model(inputs, layer(layer(inputs)))
    with pytest.raises(ValueError, match=r"'twice' is called 2 times.*Model\(model\.input"):
        model.features("twice")


def test_no_name_and_no_graph_are_refused():
    with pytest.raises(ValueError, match="one layer at least"):
        whole(body()).features([])
    with pytest.raises(AttributeError, match="input shape is known"):
        kerlite.Sequential([layers.Dense(2, name="a")]).features("a")


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_a_part_of_a_subclass_may_have_the_name(compiled):
    class Network(kerlite.Model):
        def __init__(self):
            super().__init__()
            self.features = layers.Dense(3)

        def call(self, x):
            return self.features(x) * 2

    model, x = Network(), torch.ones(2, 4)
    model(x)
    assert list(model.state_dict()) == ["features.weight", "features.bias"]
    run = torch.compile(model, backend="eager", fullgraph=True) if compiled else model
    torch.testing.assert_close(run(x), 2 * (x @ model.features.weight.T + model.features.bias))
    inputs = kerlite.Input((4,))
    named = kerlite.Model(inputs, layers.Dense(3, name="features")(inputs))
    assert named.get_layer("features").units == 3
    assert named.features("features")(x).shape == (2, 3)
