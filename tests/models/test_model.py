"""Model: functional graphs and subclasses, called, copied, compiled, taken apart."""

import copy
import io
import pickle

import keras
import numpy as np
import pytest
import torch
from torch import fx, nn

import kerlite
from kerlite import Input, Model, Sequential, Variable
from kerlite.core import names, tree
from kerlite.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Reshape,
    TorchModuleWrapper,
)
from tests.models.zoo import ZOO, chain, many_inputs, nested, nested_twice


@pytest.fixture(autouse=True)
def fresh_names():
    names.reset_uids()


@pytest.fixture(autouse=True)
def fresh_compiler():
    """Dynamo counts the compilations of one code object, such as `Layer.__call__`, in a process."""
    yield
    torch.compiler.reset()


def feeds(model, batch=3, seed=0):
    """Return random data in the structure of a model's inputs."""
    rng = np.random.default_rng(seed)

    def feed(tensor):
        return rng.normal(size=(batch, *tensor.shape[1:])).astype("float32")

    return tree.map_structure(feed, model.input)


def as_tensors(data):
    return tree.map_structure(torch.as_tensor, data)


class Small(Model):
    """A subclass with a list of layers and a torch module."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [Dense(4, activation="relu"), Dense(4)]
        self.drop = nn.Dropout(0.5)
        self.head = Dense(units)

    def call(self, inputs, training=None):
        x = inputs
        for block in self.blocks:
            x = block(x)
        return self.head(self.drop(x))


# ---- the same as Keras


@pytest.mark.parametrize("make", ZOO)
def test_values_are_kerass_with_kerass_weights(make):
    ours, theirs = make(kerlite), make(keras)
    ours.set_weights([w.value.detach().numpy() for w in theirs.weights])
    data = feeds(ours)
    for training in (False, True):
        found = tree.flatten(ours(data, training=training))
        expected = keras.tree.flatten(theirs(data, training=training))
        if isinstance(ours.output, dict):  # Keras sorts keys
            found = [ours(data, training=training)[key] for key in sorted(ours.output)]
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", ZOO)
def test_shapes_are_kerass(make):
    ours, theirs = make(kerlite), make(keras)
    assert ours.input_shape == theirs.input_shape
    assert ours.output_shape == theirs.output_shape
    assert ours.count_params() == theirs.count_params()
    shape = tree.map_structure(lambda t: (7, *t.shape[1:]), ours.input)
    assert ours.compute_output_shape(shape) == theirs.compute_output_shape(shape)


def test_auto_names_are_kerass():
    for lib in (kerlite, keras):
        names.reset_uids()
        keras.backend.clear_session()
        x = lib.Input((2,))
        found = [lib.Model(x, x).name, lib.Model(x, x).name, lib.Sequential().name]

        class MyNet(lib.Model):
            pass

        assert [*found, MyNet().name] == ["functional", "functional_1", "sequential", "my_net"]


# ---- calling


@pytest.mark.parametrize("make", ZOO)
def test_every_way_of_running_gives_the_same(make):
    model = make(kerlite)
    data = as_tensors(feeds(model))
    expected = tree.flatten(model(data))
    again = {
        "copied": copy.deepcopy(model),
        "pickled": pickle.loads(pickle.dumps(model)),
        "compiled": torch.compile(copy.deepcopy(model), fullgraph=True, backend="eager"),
    }
    for way, other in again.items():
        for a, b in zip(tree.flatten(other(data)), expected, strict=True):
            torch.testing.assert_close(a, b, msg=way)
    exported = torch.export.export(model, (data,)).module()(data)
    for a, b in zip(tree.flatten(exported), expected, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("make", ZOO)
def test_state_dict_round_trip(make):
    one = make(kerlite)
    other = copy.deepcopy(one)  # with the names of nested models
    for weight in other.parameters():
        weight.data.add_(1)
    buffer = io.BytesIO()
    torch.save(one.state_dict(), buffer)
    buffer.seek(0)
    other.load_state_dict(torch.load(buffer, weights_only=True))
    data = as_tensors(feeds(one))
    for a, b in zip(tree.flatten(one(data)), tree.flatten(other(data)), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("make", ZOO)
def test_gradients_reach_every_weight(make):
    model = make(kerlite)
    sum(out.square().sum() for out in tree.flatten(model(feeds(model), training=True))).backward()
    assert all(weight.grad is not None for weight in model.trainable_weights)


@pytest.mark.parametrize("batch", [0, 1])
def test_odd_batches(batch):
    model = chain(kerlite)
    assert model(np.zeros((batch, 4))).shape == (batch, 3)


def test_numpy_lists_and_strided_tensors():
    model = chain(kerlite)
    x = torch.randn(3, 4)
    expected = model(x)
    for same in (x.numpy(), x.tolist(), x.numpy().astype("float64"), x.T.contiguous().T):
        torch.testing.assert_close(model(same), expected, rtol=1e-5, atol=1e-6)


def test_integers_become_the_inputs_type():
    model = chain(kerlite)
    x = torch.arange(8).reshape(2, 4)
    torch.testing.assert_close(model(x), model(x.float()))
    torch.testing.assert_close(model(x.to(torch.uint8)), model(x.float()))


def test_inputs_as_list_tuple_and_dict():
    model = many_inputs(kerlite)
    data = as_tensors(feeds(model))
    expected = model(data)
    torch.testing.assert_close(model(tuple(data)), expected)
    by_name = dict(zip("cba", reversed(data), strict=True))
    torch.testing.assert_close(model(by_name), expected)
    torch.testing.assert_close(model({**by_name, "more": 1}), expected)


def test_dict_inputs_in_any_order():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    model = Model({"first": a, "second": b}, a - b)
    x, y = torch.ones(1, 2), torch.zeros(1, 2)
    assert model({"second": y, "first": x}).tolist() == [[1.0, 1.0]]
    with pytest.raises(ValueError, match=r"'second'.*'first'"):
        model({"first": x})


def test_nested_structures_in_and_out():
    a, b = Input((2,)), Input((2,))
    model = Model([a, {"b": b}], {"sum": [a + b], "all": (a, {"b": b * 2})})
    out = model([torch.ones(1, 2), {"b": torch.full((1, 2), 3.0)}])
    assert out["sum"][0].tolist() == [[4.0, 4.0]]
    assert out["all"][1]["b"].tolist() == [[6.0, 6.0]]


@pytest.mark.parametrize(
    ("shape", "message"),
    [((3, 5), r"'x'.*\(None, 4\).*\(3, 5\)"), ((4,), r"x\[None\]"), ((3, 4, 4), r"\(3, 4, 4\)")],
)
@pytest.mark.parametrize("as_array", [True, False])
def test_wrong_shapes(shape, message, as_array):
    x = torch.ones(shape)
    with pytest.raises(ValueError, match=message):
        chain(kerlite)(x.numpy() if as_array else x)


def test_wrong_number_of_inputs():
    model = many_inputs(kerlite)
    with pytest.raises(ValueError, match=r"3 input\(s\) \['a', 'b', 'c'\].*received 2"):
        model([torch.ones(1, 3), torch.ones(1, 2)])
    with pytest.raises(ValueError, match=r"misses the input\(s\) \['c'\]"):
        model({"a": torch.ones(1, 3), "b": torch.ones(1, 2)})
    with pytest.raises(ValueError, match="'b'"):
        model([torch.ones(1, 3), None, torch.ones(1, 4)])


def test_ranks_are_adjusted_as_in_keras():
    flat = Input((), name="flat")
    model = Model(flat, flat * 2)
    assert model(torch.ones(3, 1)).shape == (3,)
    column = Input((1,), name="column")
    model = Model(column, column * 2)
    assert model(torch.ones(3)).shape == (3, 1)
    assert model(np.ones(3)).shape == (3, 1)


def test_unknown_sizes():
    x = Input((None, 3))
    model = Model(x, Dense(2)(x))
    for steps in (1, 5):
        assert model(torch.ones(2, steps, 3)).shape == (2, steps, 2)


def test_a_fixed_batch():
    x = Input((3,), batch_size=2)
    model = Model(x, x + 1)
    assert model(torch.ones(2, 3)).shape == (2, 3)
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        model(torch.ones(3, 3))


def test_a_list_of_one_output():
    """Called on data it gives the tensor itself, symbolically a list, as Keras does."""
    ours, theirs = (lib.Model(x, [x * 2]) for lib, x in with_inputs())
    data = np.ones((1, 2), "float32")
    assert type(ours(data)) is torch.Tensor
    assert not isinstance(theirs(data), list)


@pytest.mark.parametrize("targets", [lambda y: y, lambda y: [y], lambda y: y[:, None]])
def test_a_list_of_one_output_meets_its_targets(targets):
    """The loss must not take the first row of the only output for the first output."""
    x = Input((2,))
    model = Model([x], [Dense(1)(x)])
    model.set_weights([np.array([[1.0], [0.0]]), np.zeros(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    data, y = np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([0.0, 3.0])
    assert model.evaluate(data, targets(y), verbose=0) == [0.5, 0.5]


def test_a_list_of_one_output_inside_a_model():
    inner_input = Input((2,))
    inner = Model(inner_input, [Dense(3)(inner_input)])
    x = Input((2,))
    outer = Model(x, inner(x)[0] * 2)
    data = torch.randn(4, 2)
    torch.testing.assert_close(outer(data), inner(data) * 2)
    stacked = Sequential([Input((2,)), inner, Dense(1)])
    torch.testing.assert_close(stacked(data), stacked.layers[1](inner(data)))


def test_shapes_of_structures_are_flat_lists_in_keras_order():
    for lib in (kerlite, keras):
        a, b = lib.Input((3,), name="a"), lib.Input((4,), name="b")
        out = {"p": b * 2, "d": a * 2}
        model = lib.Model({"b": b, "a": a}, out)
        assert model.input_shape == [(None, 3), (None, 4)]
        assert model.output_shape == [(None, 3), (None, 4)]
        shapes = {"b": (2, 4), "a": (2, 3)}
        assert model.compute_output_shape(shapes) == {"p": (2, 4), "d": (2, 3)}


def with_inputs():
    return [(lib, lib.Input((2,))) for lib in (kerlite, keras)]


# ---- calls on symbolic tensors


def test_a_model_is_a_layer():
    inner = chain(kerlite)
    x = Input((4,))
    y = inner(x)
    assert y.shape == (None, 3)
    model = Model(x, y)
    data = torch.randn(2, 4)
    torch.testing.assert_close(model(data), inner(data))
    assert model.layers == [model.layers[0], inner]
    assert inner.output is not y


def test_a_model_called_on_a_dict_of_symbolic_tensors():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    inner = Model({"a": a, "b": b}, {"difference": a - b})
    x, y = Input((2,)), Input((2,))
    out = inner({"b": y, "a": x})
    model = Model([x, y], out["difference"])
    assert model([torch.ones(1, 2), torch.zeros(1, 2)]).tolist() == [[1.0, 1.0]]


def test_layers_inside_remember_their_first_call():
    inner = chain(kerlite)
    before = inner.get_layer("one").output
    inner(Input((4,)))
    assert inner.get_layer("one").output is before


def test_nested_paths():
    model = nested(kerlite)
    assert model.get_layer("inner/inner_dense").units == 3
    twice = nested_twice(kerlite)
    first = next(layer for layer in twice.layers if isinstance(layer, Model))
    assert twice.get_layer(f"{first.name}/inner/inner_dense").units == 3


def test_get_layer():
    model = chain(kerlite)
    assert model.get_layer("two").units == 3
    assert model.get_layer(index=1).name == "one"
    assert model.get_layer(index=-1).name == "two"
    with pytest.raises(ValueError, match=r"no layer 'three'.*\['x', 'one', 'two'\]"):
        model.get_layer("three")
    with pytest.raises(ValueError, match="no layer 7: the model has 3"):
        model.get_layer(index=7)
    for arguments in ({}, {"name": "one", "index": 1}):
        with pytest.raises(ValueError, match="either name or index"):
            model.get_layer(**arguments)


def test_intermediate_outputs_as_a_new_model():
    model = chain(kerlite)
    features = Model(model.input, model.get_layer("one").output)
    data = torch.randn(2, 4)
    torch.testing.assert_close(features(data), model.get_layer("one")(data))
    assert features.get_layer("one") is model.get_layer("one")


def test_from_intermediate_to_intermediate():
    x = Input((4,))
    a = Dense(4, name="a")(x)
    b = torch.relu(a) + 1
    c = Dense(4, name="c")(b)
    d = Dense(2, name="d")(c)
    whole, head, middle = Model(x, d), Model(b, d), Model(a, c)
    data = torch.randn(3, 4)
    mid = whole.get_layer("a")(data)
    torch.testing.assert_close(head(torch.relu(mid) + 1), whole(data))
    torch.testing.assert_close(whole.get_layer("d")(middle(mid)), whole(data))
    assert [layer.name for layer in head.layers[1:]] == ["c", "d"]


def test_intermediate_outputs_of_a_nested_model():
    model = nested(kerlite)
    inner = model.get_layer("inner")
    part = Model(inner.input, inner.get_layer("inner_dense").output)
    data = torch.randn(2, 4)
    torch.testing.assert_close(part(data), inner(data))
    whole = Model(model.input, [inner.output for inner in [model.get_layer("after")]])
    assert whole(data).shape == (2, 2)


def test_new_heads_train_shared_layers():
    base = chain(kerlite)
    base.trainable = False
    model = Model(base.input, Dense(1)(base.get_layer("one").output))
    assert [w.shape for w in model.trainable_weights] == [(5, 1), (1,)]
    base.get_layer("one").trainable = True
    assert len(model.trainable_weights) == 4


def test_outputs_that_are_inputs():
    x = Input((2,))
    model = Model(x, [x, x + 1])
    data = torch.ones(1, 2)
    same, more = model(data)
    assert torch.equal(same, data)
    assert torch.equal(more, data + 1)


def test_a_layer_twice_in_a_graph():
    x = Input((3,))
    layer = Dense(3)
    model = Model(x, layer(layer(x)))
    assert len(model.weights) == 2
    data = torch.randn(2, 3)
    torch.testing.assert_close(model(data), layer(layer(data)))


# ---- what cannot be a model


def test_disconnected():
    x, other = Input((2,), name="x"), Input((2,), name="other")
    with pytest.raises(ValueError, match=r"Graph disconnected.*'other'"):
        Model(x, Add()([x, other]))


def test_a_layer_used_before_it_exists_in_the_graph():
    whole = chain(kerlite)
    with pytest.raises(ValueError, match="Graph disconnected"):
        Model(whole.output, whole.get_layer("one").output)


def test_two_layers_of_one_name():
    x = Input((2,))
    with pytest.raises(ValueError, match=r"Two layers.*'same'.*unique"):
        Model(x, Dense(1, name="same")(Dense(2, name="same")(x)))


def test_outputs_that_are_no_keras_tensors():
    x = Input((2,))
    with pytest.raises(ValueError, match=r"kerlite\.Input"):
        Model(x, torch.ones(2))
    with pytest.raises(ValueError, match=r"kerlite\.Input"):
        Model(x, Dense(2))


def test_one_positional_argument():
    with pytest.raises(TypeError, match="takes both"):
        Model(Input((2,)))


def test_a_bare_torch_module():
    with pytest.raises(TypeError, match=r"TorchModuleWrapper\(Linear"):
        nn.Linear(2, 2)(Input((2,)))
    x = Input((2,))
    model = Model(x, TorchModuleWrapper(nn.Linear(2, 3))(x))
    assert model(torch.ones(1, 2)).shape == (1, 3)


def test_no_call_method():
    class Empty(Model):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty.*call\(\)"):
        Empty()(torch.ones(1, 2))


def test_a_subclass_has_no_graph():
    model = Small()
    for name in ("inputs", "outputs", "input", "output", "input_shape", "output_shape", "graph"):
        with pytest.raises(AttributeError, match=r"subclass with its own call"):
            getattr(model, name)
        assert not hasattr(model, name)
    assert model.output_names is None


# ---- names


@pytest.mark.parametrize(
    "name",
    ["output", "call", "weights", "layers", "fit", "lambda", "1st", "a.b", "x y", "_graph"],
)
def test_layers_named_like_attributes(name):
    x = Input((2,))
    model = Model(x, Dense(3, name=name)(x))
    data = torch.randn(1, 2)
    expected = model(data)
    assert model.get_layer(index=1).name == name
    assert model.get_layer(name).name == name
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(other(data), expected)
    other = Model(x, Dense(3, name=name)(x))
    other.load_state_dict(model.state_dict())
    torch.testing.assert_close(other(data), expected)
    fx.GraphModule(dict(model.named_children()), model.graph)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(data), expected)


def test_inputs_named_like_keywords():
    x, y = Input((2,), name="lambda"), Input((2,), name="self")
    model = Model([x, y], x - y)
    assert model({"lambda": torch.ones(1, 2), "self": torch.zeros(1, 2)}).sum() == 2


def test_state_dict_names_are_the_layers():
    assert list(chain(kerlite).state_dict()) == ["one.weight", "one.bias", "two.weight", "two.bias"]
    assert "inner.inner_dense.weight" in nested(kerlite).state_dict()


# ---- functions, constants, weights in a graph


def test_any_torch_function_in_between():
    x = Input((4,))
    parts = torch.split(Dense(6)(x), [2, 4], dim=-1)
    values, indices = torch.topk(parts[1], 2)
    y = torch.cat([parts[0].sin(), values / (1 + indices), x[:, 1:3].clamp(0)], dim=1)
    model = Model(x, torch.where(y > 0, y, y * 0.1))
    data = torch.randn(3, 4)
    parts = torch.split(model.layers[1](data), [2, 4], dim=-1)
    values, indices = torch.topk(parts[1], 2)
    z = torch.cat([parts[0].sin(), values / (1 + indices), data[:, 1:3].clamp(0)], dim=1)
    torch.testing.assert_close(model(data), torch.where(z > 0, z, z * 0.1))


def test_constants_move_with_the_model_and_are_no_weights():
    x = Input((2,))
    model = Model(x, x * torch.tensor([1.0, 2.0]) + np.ones(2))
    assert model(torch.ones(1, 2)).tolist() == [[2.0, 3.0]]
    assert model.weights == []
    assert list(model.state_dict()) == []
    assert model.to(torch.float64)(torch.ones(1, 2)).dtype == torch.float64
    assert copy.deepcopy(model)(torch.ones(1, 2)).tolist() == [[2.0, 3.0]]
    assert model.to("meta")(torch.ones(1, 2, device="meta")).is_meta


def test_parameters_in_a_graph_are_weights():
    x = Input((2,))
    scale, shift = nn.Parameter(torch.ones(2)), Variable([1.0, 1.0], name="shift")
    model = Model(x, x * scale + shift)
    assert len(model.trainable_weights) == 2
    model(torch.full((1, 2), 3.0)).sum().backward()
    assert scale.grad.tolist() == [3.0, 3.0]
    assert shift.grad.tolist() == [1.0, 1.0]
    model.set_weights([np.zeros(2), np.zeros(2)])
    assert model(torch.ones(1, 2)).tolist() == [[0.0, 0.0]]
    other = copy.deepcopy(model)
    other.set_weights([np.ones(2), np.ones(2)])
    assert other(torch.ones(1, 2)).tolist() == [[2.0, 2.0]]
    assert model(torch.ones(1, 2)).tolist() == [[0.0, 0.0]]


def test_tied_weights():
    x = Input((4,))
    encoder = Dense(2, name="encoder")
    hidden = encoder(x)
    model = Model(x, hidden @ encoder.kernel.T)
    data = torch.randn(3, 4)
    torch.testing.assert_close(model(data), encoder(data) @ encoder.kernel.T)
    encoder.set_weights([np.ones((4, 2)), np.zeros(2)])
    assert model(torch.ones(1, 4)).tolist() == [[8.0] * 4]
    model(data).sum().backward()
    assert encoder.weight.grad is not None
    assert len(list(model.parameters())) == 2


def test_python_control_flow_in_a_graph():
    x = Input((2,))
    with pytest.raises(TypeError, match=r"no values while the model is.*call\(\)"):
        x if x.sum() > 0 else -x
    with pytest.raises(TypeError, match="first dimension is"):
        for _ in x:
            pass


# ---- subclasses


def test_a_subclass_builds_on_first_call():
    model = Small(name="small")
    assert not model.built
    out = model(torch.ones(2, 5))
    assert out.shape == (2, 3)
    assert model.built
    assert model.count_params() == 4 * 6 + 4 * 5 + 3 * 5
    assert [layer.name for layer in model.layers] == [
        model.blocks[0].name, model.blocks[1].name, model.head.name,
    ]  # fmt: skip
    assert model.head.path == f"small/{model.head.name}"


def test_a_subclass_builds_by_shape():
    model = Small()
    model.build((None, 5))
    assert model.built
    assert model.count_params() == 59
    assert model.compute_output_shape((None, 5)) == (None, 3)


def test_a_subclass_in_a_graph():
    x = Input((5,))
    inner = Small()
    model = Model(x, inner(x))
    data = torch.randn(2, 5)
    torch.testing.assert_close(model(data), inner(data))


@pytest.mark.parametrize("built", [True, False])
def test_copies_of_a_subclass(built):
    model = Small()
    data = torch.randn(2, 5)
    if built:
        model(data)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other(data).shape == (2, 3)
        if built:
            torch.testing.assert_close(other(data), model(data))
        assert other.blocks[0] in list(other.modules())


def test_a_subclass_compiles_and_exports():
    model = Small()
    data = torch.randn(2, 5)
    expected = model(data)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(data), expected)
    torch.testing.assert_close(torch.export.export(model, (data,)).module()(data), expected)


def test_compiled_before_the_first_call():
    for model in (Small(), chain(kerlite), Sequential([Dense(3), Dense(2)])):
        data = torch.randn(2, 4)
        compiled = torch.compile(model, backend="eager")
        torch.testing.assert_close(compiled(data), model(data))
    model = chain(kerlite)
    data = torch.randn(2, 4)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(data), model(data))


def test_training_reaches_layers_and_torch_modules():
    model = Small()
    data = torch.ones(50, 5)
    assert torch.equal(model(data), model(data))
    assert not torch.equal(model(data, training=True), model(data, training=True))
    assert torch.equal(model(data), model(data))
    model.train()
    assert not torch.equal(model(data), model(data))
    assert torch.equal(model(data, training=False), model(data, training=False))
    model.eval()
    assert torch.equal(model(data), model(data))


@pytest.mark.parametrize("kind", ["functional", "sequential", "nested"])
def test_training_in_graphs(kind):
    x = Input((50,))
    inner = Model(x, Dropout(0.5)(x))
    model = {
        "functional": inner,
        "sequential": Sequential([Dropout(0.5)]),
        "nested": Sequential([Model(x, inner(x))]),
    }[kind]
    data = torch.ones(2, 50)
    assert torch.equal(model(data), data)
    assert not torch.equal(model(data, training=True), data)
    model.train()
    assert not torch.equal(model(data), data)
    assert torch.equal(model(data, training=False), data)


def test_training_given_inside_a_graph():
    x = Input((50,))
    model = Model(x, Dropout(0.5)(x, training=True))
    assert not torch.equal(model(torch.ones(1, 50)), torch.ones(1, 50))
    model = Model(x, Dropout(0.5)(x, training=False))
    assert torch.equal(model(torch.ones(1, 50), training=True), torch.ones(1, 50))


def test_a_functional_subclass():
    class Autoencoder(Model):
        def __init__(self, size):
            x = Input((4,))
            hidden = Dense(size, name="hidden")(x)
            super().__init__(x, Dense(4)(hidden))
            self.size = size

        def encode(self, x):
            return self.get_layer("hidden")(x)

    model = Autoencoder(2)
    data = torch.randn(3, 4)
    assert model(data).shape == (3, 4)
    assert model.encode(data).shape == (3, 2)
    torch.testing.assert_close(copy.deepcopy(model)(data), model(data))


def test_a_functional_subclass_with_a_call_of_its_own():
    class Doubled(Model):
        def call(self, inputs, training=None):
            return super().call(inputs, training=training) * 2

    x = Input((4,))
    dense = Dense(2)
    model = Doubled(x, dense(x))
    data = torch.randn(3, 4)
    torch.testing.assert_close(model(data), dense(data) * 2)


def test_attributes_before_super_init():
    class Early(Model):
        def __init__(self):
            self.size = 3
            super().__init__()
            self.dense = Dense(self.size)

        def call(self, x):
            return self.dense(x)

    assert Early()(torch.ones(1, 2)).shape == (1, 3)


def test_several_arguments():
    class Two(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2)

        def call(self, a, b, scale=1.0, training=None):
            return (self.dense(a) + b) * scale

    model = Two()
    a, b = torch.randn(3, 4), torch.randn(3, 2)
    torch.testing.assert_close(model(a, b, scale=2.0), (model.dense(a) + b) * 2)
    torch.testing.assert_close(model(a=a, b=b), model.dense(a) + b)


# ---- torch's tools


def test_deep_models_build_run_and_copy():
    x = y = Input((2,))
    for i in range(3000):
        dense = Dense(2, kernel_initializer="identity", name=f"d{i}")
        y = dense(y) if i % 20 == 0 else Identity(name=f"d{i}")(y)
    model = Model(x, y)
    data = torch.tensor([[1.0, 2.0]])
    assert model(data).tolist() == [[1.0, 2.0]]
    assert len(model.layers) == 3001
    assert len(model.weights) == 300
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other(data).tolist() == [[1.0, 2.0]]
        assert other.get_layer("d2999").name == "d2999"


def test_graph_is_a_torch_fx_graph():
    model = chain(kerlite)
    module = fx.GraphModule(dict(model.named_children()), model.graph)
    data = torch.randn(2, 4)
    torch.testing.assert_close(module(data), model(data))
    assert [node.op for node in model.graph.nodes] == [
        "placeholder", "call_module", "call_module", "output",
    ]  # fmt: skip


def test_a_module_replaced_by_a_tool_is_the_one_that_runs():
    model = chain(kerlite)
    data = torch.randn(2, 4)
    model.one = nn.Linear(4, 5)
    expected = model.two(model.one(data))
    torch.testing.assert_close(model(data), expected)
    torch.testing.assert_close(copy.deepcopy(model)(data), expected)
    torch.testing.assert_close(pickle.loads(pickle.dumps(model))(data), expected)
    setattr(model, "two", nn.Identity())  # noqa: B010
    torch.testing.assert_close(model(data), model.one(data))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_to_another_type(dtype):
    model = kerlite_model_with_weightless_layers()
    x = torch.rand(2, 4, dtype=torch.float64)
    expected = model(x)
    model.to(dtype)
    out = model(x.to(dtype))
    assert out.dtype == dtype
    torch.testing.assert_close(out.float(), expected, rtol=0.05, atol=0.05)
    assert {p.dtype for p in model.parameters()} == {dtype}


def kerlite_model_with_weightless_layers():
    x = Input((4,))
    y = Dropout(0.5)(Flatten()(Reshape((2, 2))(x)))
    y = BatchNormalization()(Dense(4, activation="relu")(y)) * 2
    return Model(x, Dense(2)(Concatenate()([y, y])))


def test_double_precision_is_double_all_the_way():
    model = chain(kerlite).double()
    x = torch.full((1, 4), 1 / 3, dtype=torch.float64)
    weights = [torch.as_tensor(w) for w in model.get_weights()]
    hidden = torch.relu(x @ weights[0] + weights[1])
    torch.testing.assert_close(model(x), hidden @ weights[2] + weights[3], rtol=1e-14, atol=1e-14)


def test_to_meta_and_to_empty():
    model = chain(kerlite)
    weights = model.get_weights()
    data = torch.randn(2, 4)
    expected = model(data)
    model.to("meta")
    assert model(data.to("meta")).shape == (2, 3)
    model.to_empty(device="cpu")
    model.set_weights(weights)
    torch.testing.assert_close(model(data), expected)


def test_a_model_made_on_meta():
    with kerlite.device("meta"):
        model = chain(kerlite)
    assert all(p.is_meta for p in model.parameters())
    model.to_empty(device="cpu")
    model.load_state_dict(chain(kerlite).state_dict())
    assert model(torch.ones(1, 4)).shape == (1, 3)


def test_hooks_on_layers_inside():
    model = chain(kerlite)
    seen = []
    model.get_layer("one").register_forward_hook(lambda *_: seen.append("one"))
    model.register_forward_pre_hook(lambda *_: seen.append("pre"))
    model.register_forward_hook(lambda *_: seen.append("model"))
    model.register_full_backward_hook(lambda *_: seen.append("backward"))
    model(torch.ones(1, 4, requires_grad=True)).sum().backward()
    assert seen == ["pre", "one", "model", "backward"]


def test_functional_call():
    model = chain(kerlite)
    zeros = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    assert torch.func.functional_call(model, zeros, (torch.ones(1, 4),)).abs().sum() == 0


def test_freezing():
    model = nested(kerlite)
    model.get_layer("inner").trainable = False
    assert [w.path for w in model.trainable_weights] == [
        "before/kernel", "before/bias", "after/kernel", "after/bias",
    ]  # fmt: skip
    model.trainable = False
    assert model.trainable_weights == []
    model.trainable = True
    assert len(model.trainable_weights) == 6


def test_frozen_from_the_start():
    x = Input((4,))
    model = Model(x, Dense(2)(x), trainable=False)
    assert model.trainable_weights == []


def test_a_hand_written_training_loop():
    model = chain(kerlite)
    optimizer = kerlite.optimizers.SGD(0.1)
    x, y = torch.randn(8, 4), torch.randn(8, 3)
    losses = []
    for _ in range(5):
        loss = (model(x, training=True) - y).square().mean()
        model.zero_grad()
        loss.backward()
        gradients = [v.value.grad for v in model.trainable_weights]
        assert [g.shape for g in gradients] == [v.shape for v in model.trainable_weights]
        optimizer.apply(gradients, model.trainable_weights)
        losses.append(loss.item())
    assert losses == sorted(losses, reverse=True)
    assert all(p.is_leaf and p.requires_grad for p in model.parameters())


def test_a_loop_like_a_torch_users():
    model = chain(kerlite)
    twin = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    with torch.no_grad():
        for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
            theirs.copy_(ours)
    x, y = torch.randn(8, 4), torch.randn(8, 3)
    for module in (model, twin):
        optimizer = torch.optim.Adam(module.parameters(), 0.01)
        for _ in range(3):
            optimizer.zero_grad()
            (module(x) - y).square().mean().backward()
            optimizer.step()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_repr_lists_the_layers():
    text = repr(chain(kerlite))
    assert "(one): Dense(name='one'" in text
    assert "(two): Dense(name='two'" in text


def test_attributes_named_like_layers_of_the_graph():
    """A model may get attributes after it was made, layers among them."""
    model = chain(kerlite)
    model.extra = Dense(2)
    model.note = "hello"
    model.options = {"a": 1}
    assert isinstance(model.options, dict)
    assert model(torch.ones(1, 4)).shape == (1, 3)
    assert [layer.name for layer in model.layers] == ["x", "one", "two"]


def test_a_layer_renamed_after_the_model_was_made():
    model = chain(kerlite)
    data = torch.randn(1, 4)
    expected = model(data)
    model.layers[1].name = "renamed"
    assert model.get_layer("renamed").units == 5
    torch.testing.assert_close(model(data), expected)
    torch.testing.assert_close(copy.deepcopy(model)(data), expected)
    assert len(model.graph.nodes) == 4


class Renamed(kerlite.Model):
    """A functional model under a name of its own."""


@pytest.mark.parametrize("kind", [kerlite.Model, Renamed])
def test_a_deep_model_is_copied_without_its_symbols(kind):
    x = inputs = kerlite.Input((2,))
    for _ in range(400):
        x = kerlite.layers.Activation("linear")(x)
    model = kind(inputs=inputs, outputs=x)
    twin = copy.deepcopy(model)
    assert type(twin) is kind
    assert len(twin.layers) == 401
    assert twin(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]
