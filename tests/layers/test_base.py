"""Layer: building, calling, weights, modes, losses, configuration."""

import copy
import gc
import io
import pickle
import threading
import weakref

import keras
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

from kerlite import Input, Model, Variable, metrics, regularizers
from kerlite.core import names, policy
from kerlite.layers import Dense, Layer


class Scale(Layer):
    """One weight, made lazily."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


class KerasScale(keras.layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


def keras_weights(layer):
    """Return the values; Keras's own get_weights() warns under NumPy 2."""
    return [w.value.detach().numpy() for w in layer.weights]


class Block(Layer):
    """Two layers and a weight of its own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = Dense(units)
        self.second = Dense(units)

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(), initializer="ones", name="gain")

    def call(self, inputs):
        return self.second(self.first(inputs)) * self.gain


@pytest.fixture(autouse=True)
def fresh_compiler():
    """Dynamo counts the compilations of one code object, such as `Layer.__call__`, in a process."""
    yield
    torch.compiler.reset()


# ---- building


def test_weights_come_with_the_first_call():
    layer = Scale()
    assert not layer.built
    assert layer.weights == []
    layer(torch.ones(2, 3))
    assert layer.built
    assert [w.shape for w in layer.weights] == [(3,)]


def test_build_runs_once():
    calls = []

    class Counting(Layer):
        def build(self, input_shape):
            calls.append(input_shape)

        def call(self, inputs):
            return inputs

    layer = Counting()
    for _ in range(3):
        layer(torch.ones(2, 5))
    assert calls == [(2, 5)]


@pytest.mark.parametrize("shape", [(None, 3), [None, 3], torch.Size([2, 3])])
def test_build_by_hand(shape):
    layer = Scale()
    layer.build(shape)
    assert layer.built
    assert layer.factor.shape == (3,)


def test_build_with_several_shapes():
    seen = {}

    class Two(Layer):
        def build(self, query_shape, value_shape):
            seen.update(query=query_shape, value=value_shape)

        def call(self, query, value):
            return query + value

    Two()(torch.ones(2, 3), value=torch.ones(1, 3))
    assert seen == {"query": (2, 3), "value": (1, 3)}


def test_build_with_a_structure_of_shapes():
    seen = []

    class Sum(Layer):
        def build(self, input_shape):
            seen.append(input_shape)

        def call(self, inputs):
            return inputs[0] + inputs[1]

    Sum()([torch.ones(2, 3), torch.ones(2, 1)])
    assert seen == [[(2, 3), (2, 1)]]


def test_weights_made_in_inference_mode_can_be_trained():
    layer = Scale()
    with torch.inference_mode():
        layer(torch.ones(2, 3))
    assert not layer.factor.is_inference()
    layer(torch.ones(2, 3)).sum().backward()
    assert layer.factor.grad.tolist() == [2.0, 2.0, 2.0]


def test_weights_made_while_a_graph_is_recorded_are_real():
    layer = Scale()
    layer(Input((3,)))
    assert type(layer.factor) is Variable
    assert layer.factor.tolist() == [1.0, 1.0, 1.0]


def test_layers_without_build_build_what_is_inside():
    class Wrapper(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Dense(2)

        def call(self, inputs):
            return self.inner(inputs)

    for x in (torch.ones(1, 3), Input((3,))):
        layer = Wrapper()
        layer(x)
        assert layer.built
        assert layer.inner.built
        assert layer.count_params() == 8


def test_super_build_may_be_called_or_not():
    class Calls(Scale):
        def build(self, input_shape):
            super().build(input_shape)
            self.offset = self.add_weight(shape=(input_shape[-1],), name="offset")

    layer = Calls()
    layer(torch.ones(1, 2))
    assert [w.name for w in layer.weights] == ["factor", "offset"]


# ---- add_weight


def test_add_weight_defaults_are_those_of_keras():
    class Ours(Layer):
        def build(self, _):
            self.a = self.add_weight()
            self.b = self.add_weight(shape=(2,), dtype="int32")
            self.c = self.add_weight((3, 4), "zeros")

        def call(self, x):
            return x

    layer = Ours()
    layer(torch.ones(1, 1))
    assert layer.a.shape == ()
    assert layer.a.dtype == torch.float32
    assert layer.b.dtype == torch.int32
    assert layer.b.tolist() == [0, 0]
    assert not layer.b.trainable
    assert layer.c.abs().sum() == 0


@pytest.mark.parametrize("base", [Layer, keras.layers.Layer])
def test_order_of_weights_is_that_of_keras(base):
    inner = Dense if base is Layer else keras.layers.Dense

    class Mixed(base):
        def __init__(self):
            super().__init__()
            self.dense = inner(2)

        def build(self, input_shape):
            self.state = self.add_weight(shape=(1,), name="state", trainable=False)
            self.one = self.add_weight(shape=(2,), name="one")
            self.count = self.add_weight(shape=(), name="count", dtype="int32", trainable=False)
            self.two = self.add_weight(shape=(3,), name="two")
            self.dense.build(input_shape)

        def call(self, inputs):
            return self.dense(inputs)

    layer = Mixed()
    layer(np.ones((1, 3), "float32"))
    assert [w.name for w in layer.weights] == ["one", "two", "state", "count", "kernel", "bias"]
    assert [w.name for w in layer.trainable_weights] == ["one", "two", "kernel", "bias"]
    assert [w.name for w in layer.non_trainable_weights] == ["state", "count"]


def test_a_weight_that_is_never_assigned_counts():
    class Unassigned(Layer):
        def build(self, _):
            self.add_weight(shape=(2,), name="lost")
            self.add_weight(shape=(3,))

        def call(self, x):
            return x

    layer = Unassigned()
    layer(torch.ones(1, 1))
    assert [w.shape for w in layer.weights] == [(2,), (3,)]
    assert len(list(layer.parameters())) == 2


def test_weights_in_lists_and_dicts():
    class Listed(Layer):
        def build(self, _):
            self.scales = [self.add_weight(shape=(1,), name=f"s{i}") for i in range(3)]
            self.by_name = {"k": self.add_weight(shape=(2,), name="k")}

        def call(self, x):
            return x * self.scales[2] + self.by_name["k"].sum()

    layer = Listed()
    layer(torch.ones(1, 1)).sum().backward()
    assert [w.name for w in layer.weights] == ["s0", "s1", "s2", "k"]
    assert layer.scales[2].grad is not None
    assert len(layer.state_dict()) == 4
    again = copy.deepcopy(layer)
    assert again.scales[0] is again.weights[0]


def test_variables_in_a_list_are_weights():
    class Listed(Layer):
        def __init__(self):
            super().__init__()
            self.scales = [Variable([1.0]), Variable([2.0])]
            self.scales.append(Variable([3.0]))

        def call(self, x):
            return x * self.scales[2]

    layer = Listed()
    assert len(layer.weights) == len(layer.state_dict()) == 3
    assert layer.to(torch.float64)(torch.ones(1)).item() == 3


def test_the_attribute_names_the_weight_in_state_dict():
    class Renamed(Layer):
        def build(self, _):
            self.alpha = self.add_weight(shape=(1,), name="kernel")

        def call(self, x):
            return x * self.alpha

    layer = Renamed()
    layer(torch.ones(1, 1))
    assert list(layer.state_dict()) == ["alpha"]
    assert [w.name for w in layer.weights] == ["kernel"]


def test_two_weights_of_one_name():
    class Twice(Layer):
        def build(self, _):
            self.add_weight(shape=(1,), name="w")
            self.add_weight(shape=(2,), name="w")

        def call(self, x):
            return x

    layer = Twice()
    layer(torch.ones(1, 1))
    assert [w.shape for w in layer.weights] == [(1,), (2,)]


def test_weights_named_like_attributes_of_the_layer():
    class Odd(Layer):
        def build(self, _):
            self.add_weight(shape=(1,), name="call")
            self.add_weight(shape=(1,), name="a/b.c")

        def call(self, x):
            return x

    layer = Odd()
    assert layer(torch.ones(1, 1)).item() == 1
    assert len(layer.state_dict()) == 2


def test_weights_may_be_made_in_init():
    class Early(Layer):
        def __init__(self):
            super().__init__()
            self.w = self.add_weight(shape=(2,), initializer="ones")

        def call(self, x):
            return x * self.w

    layer = Early()
    assert len(layer.weights) == 1
    assert layer(torch.ones(1, 2)).sum() == 2


@pytest.mark.parametrize("shape", [(None, 2), (3, None)])
def test_a_weight_needs_a_whole_shape(shape):
    with pytest.raises(ValueError, match="every size must be known"):
        Layer().add_weight(shape=shape, name="w")


def test_unsupported_weights():
    with pytest.raises(ValueError, match="overwrit"):
        Layer().add_weight(shape=(1,), overwrite_with_gradient=True)


def test_a_parameter_as_attribute_is_a_weight():
    class Plain(Layer):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.full((2,), 3.0))
            self.register_buffer("steps", torch.zeros(1))

        def call(self, x):
            return x * self.w

    layer = Plain()
    assert layer(torch.ones(1, 2)).tolist() == [[3.0, 3.0]]
    assert [w.name for w in layer.weights] == ["w"]
    assert [w.path for w in layer.weights] == [f"{layer.name}/w"]
    layer.set_weights([np.zeros(2)])
    assert layer.w.tolist() == [0.0, 0.0]


def test_a_torch_module_inside():
    class Mixed(Layer):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 2)
            self.norm = nn.BatchNorm1d(2)

        def call(self, x):
            return self.norm(self.linear(x))

    layer = Mixed()
    x = torch.randn(4, 3)
    torch.testing.assert_close(layer(x), layer.linear(x) / (1 + 1e-5) ** 0.5)
    assert [w.name for w in layer.trainable_weights] == ["weight", "bias", "weight", "bias"]
    assert [w.name for w in layer.non_trainable_weights] == ["running_mean", "running_var"]
    layer.trainable = False
    assert layer.trainable_weights == []


# ---- get, set and count


def test_get_and_set_weights_interchange_with_keras():
    ours, theirs = Dense(3), keras.layers.Dense(3)
    x = np.random.rand(2, 4).astype("float32")
    ours(x)
    theirs(x)
    ours.set_weights(keras_weights(theirs))
    np.testing.assert_allclose(ours(x).detach(), theirs(x).detach(), rtol=1e-5)
    ours.set_weights([w * 2 for w in ours.get_weights()])
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(x).detach(), theirs(x).detach(), rtol=1e-5)


def test_set_weights_all_or_none():
    layer = Dense(2)
    layer(torch.ones(1, 3))
    before = layer.get_weights()
    with pytest.raises(ValueError, match=r"received 1 arrays.*2 weights"):
        layer.set_weights([np.zeros((3, 2))])
    with pytest.raises(ValueError, match=r"kernel is \(3, 2\), received \(2, 3\)"):
        layer.set_weights([np.zeros((2, 3)), np.zeros(2)])
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_set_weights_keeps_the_parameters():
    layer = Scale()
    layer(torch.ones(1, 2))
    weight = layer.factor
    layer.set_weights([torch.zeros(2)])
    assert layer.factor is weight
    assert weight.is_leaf
    assert weight.requires_grad


def test_count_params():
    layer = Block(3)
    with pytest.raises(ValueError, match="no weights yet"):
        layer.count_params()
    layer(torch.ones(1, 2))
    assert layer.count_params() == 1 + 9 + 12


def test_own_variables_interchange_with_keras():
    ours, theirs = Scale(), KerasScale()
    x = np.ones((1, 2), "float32")
    ours(x), theirs(x)
    ours.factor.assign([3.0, 4.0])
    store = {}
    ours.save_own_variables(store)
    theirs.load_own_variables(store)
    np.testing.assert_array_equal(keras_weights(theirs)[0], [3.0, 4.0])
    theirs.save_own_variables(store)
    ours.load_own_variables({key: v.value.detach().numpy() for key, v in store.items()})
    assert ours.factor.tolist() == [3.0, 4.0]
    with pytest.raises(ValueError, match="1 weights, but 0"):
        ours.load_own_variables({})


# ---- names and paths


def test_names_are_those_of_keras():
    names.reset_uids()
    keras.backend.clear_session()

    class MyLSTMBlock2D(Layer):
        pass

    theirs = type("MyLSTMBlock2D", (keras.layers.Layer,), {})
    for ours, other in ((MyLSTMBlock2D, theirs), (Dense, keras.layers.Dense)):
        for _ in range(2):
            kwargs = {"units": 1} if ours is Dense else {}
            assert ours(**kwargs).name == other(**kwargs).name


@pytest.mark.parametrize("base", [Layer, keras.layers.Layer])
def test_paths_are_those_of_keras(base):
    dense = Dense if base is Layer else keras.layers.Dense

    class Inner(base):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = dense(2, name="d")

        def build(self, input_shape):
            self.gain = self.add_weight(shape=(), name="gain")
            self.dense.build(input_shape)

        def call(self, x):
            return self.dense(x) * self.gain

    class Outer(base):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = Inner(name="inner")

        def call(self, x):
            return self.inner(x)

    layer = Outer(name="outer")
    layer(np.ones((1, 3), "float32"))
    assert layer.inner.dense.path == "outer/inner/d"
    assert [w.path for w in layer.weights] == [
        "outer/inner/gain", "outer/inner/d/kernel", "outer/inner/d/bias",
    ]  # fmt: skip


def test_name_must_be_a_string():
    with pytest.raises(ValueError, match="string"):
        Dense(1, name=3)


def test_unknown_arguments_list_those_that_exist():
    with pytest.raises(ValueError, match=r"'activaton'.*'activation'.*'name'"):
        Dense(1, activaton="relu")


def test_deepcopy_keeps_names():
    layer = Block(2, name="block")
    layer(torch.ones(1, 3))
    other = copy.deepcopy(layer)
    assert other.name == "block"
    assert [w.path for w in other.weights] == [w.path for w in layer.weights]


def test_super_init_forgotten():
    class Forgetful(Layer):
        def __init__(self):
            self.units = 3

        def call(self, x):
            return x

    with pytest.raises(RuntimeError, match=r"Forgetful.__init__.*super\(\).__init__"):
        Forgetful()(torch.ones(1))


def test_attributes_before_super_init():
    class Early(Layer):
        def __init__(self, units):
            self.units = units
            self.sizes = [1, 2]
            super().__init__()

        def call(self, x):
            return x * self.units

    assert Early(2)(torch.ones(1)).item() == 2
    assert Early(2).sizes == [1, 2]


def test_no_call_method():
    with pytest.raises(NotImplementedError, match="defines no call"):
        Layer()(torch.ones(1))


# ---- inputs


@pytest.mark.parametrize(
    "x",
    [
        np.ones((2, 3)), np.ones((2, 3), "float32"), np.ones((2, 3), "int64"),
        [[1.0, 1.0, 1.0]] * 2, [[1, 1, 1]] * 2, torch.ones(2, 3, dtype=torch.float64),
        torch.ones(3, 2).T, torch.ones(2, 6)[:, ::2], torch.ones(2, 3).int(),
        torch.ones(2, 3).bool(),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_layer_takes(x):
    layer = Dense(2, kernel_initializer="ones")
    for _ in range(2):
        out = layer(x)
        assert out.dtype == torch.float32
        assert out.tolist() == [[3.0, 3.0], [3.0, 3.0]]


@pytest.mark.parametrize("size", [0, 1])
def test_odd_batches(size):
    layer = Dense(2)
    assert layer(torch.ones(size, 3)).shape == (size, 2)
    assert layer(np.ones((size, 3))).shape == (size, 2)


def test_floating_inputs_are_cast_to_the_layers_type():
    for dtype in ("float64", "float16", "bfloat16"):
        layer = Scale(dtype=dtype)
        out = layer(torch.ones(2, 3))
        assert str(out.dtype) == f"torch.{dtype}"
        assert str(layer.factor.dtype) == f"torch.{dtype}"


def test_autocast_off_leaves_inputs_alone():
    class Seen(Layer):
        def call(self, x):
            return x

    x = torch.ones(2, dtype=torch.float64)
    assert Seen(autocast=False)(x).dtype == torch.float64
    assert Seen()(x).dtype == torch.float32


def test_integers_are_left_alone():
    class Seen(Layer):
        def call(self, x):
            return x

    assert Seen()(torch.ones(2, dtype=torch.int64)).dtype == torch.int64
    assert Seen()(np.ones(2, "uint8")).dtype == torch.uint8


@pytest.mark.parametrize("name", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(name):
    layer = Dense(3, dtype=name)
    out = layer(torch.randn(4, 2))
    assert str(out.dtype) == f"torch.{policy.DTypePolicy(name).compute_dtype}"
    assert layer.kernel.dtype == torch.float32
    assert (layer.compute_dtype, layer.variable_dtype) == (name.removeprefix("mixed_"), "float32")
    out.sum().backward()
    assert layer.kernel.grad.dtype == torch.float32
    full = Dense(3)
    full(torch.ones(1, 2))
    full.set_weights(layer.get_weights())
    x = torch.randn(5, 2)
    torch.testing.assert_close(layer(x).float(), full(x), atol=0.05, rtol=0.05)


def test_wrong_shape_after_building():
    layer = Dense(2, name="d")
    layer(torch.ones(1, 3))
    for x in (torch.ones(1, 4), np.ones((1, 4)), Input((4,))):
        with pytest.raises(ValueError, match=r"Dense 'd'.*size 3, found 4.*4\)"):
            layer(x)


def test_a_mistake_of_torchs_stays_what_it_is():
    class Broken(Layer):
        def call(self, x):
            return x @ torch.ones(7, 7)

    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        Broken()(torch.ones(2, 3))


# ---- training


class Probe(Layer):
    """Returns the `training` it was given, as a number."""

    def call(self, x, training=None):
        return x * 0 + (1 if training else 0)


class ProbeFalse(Layer):
    def call(self, x, training=False):
        return x * 0 + (1 if training else 0)


class Around(Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


class AroundOpposite(Around):
    def call(self, x, training=None):
        return self.inner(x, training=not training)


def ran_in_training(layer, *args, **kwargs):
    return bool(layer(torch.zeros(1), *args, **kwargs).item())


@pytest.mark.parametrize("cls", [Probe, ProbeFalse])
def test_training_explicit_then_enclosing_then_own_mode(cls):
    layer = cls()
    assert not ran_in_training(layer)
    assert ran_in_training(layer, training=True)
    assert ran_in_training(layer, True)
    assert not ran_in_training(layer, None)
    layer.train()
    assert ran_in_training(layer)
    assert ran_in_training(layer, None)
    assert not ran_in_training(layer, training=False)
    assert not ran_in_training(layer, False)
    outer = Around(layer).eval()
    layer.train()
    assert ran_in_training(outer)
    assert not ran_in_training(outer, training=False)
    layer.eval()
    assert ran_in_training(outer, training=True)
    assert not ran_in_training(Around(Around(layer)))
    assert ran_in_training(Around(Around(layer)), training=True)


def test_threads_do_not_see_each_others_calls():
    inside, outside = threading.Event(), threading.Event()

    class Waits(Layer):
        def call(self, x, training=None):
            inside.set()
            outside.wait(10)
            return x

    thread = threading.Thread(target=lambda: Waits()(torch.zeros(1), training=True))
    thread.start()
    inside.wait(10)
    try:
        assert not ran_in_training(Around(Probe()))
    finally:
        outside.set()
        thread.join()


def test_the_innermost_explicit_argument_wins():
    assert not ran_in_training(AroundOpposite(Probe()), training=True)
    assert ran_in_training(AroundOpposite(Probe()), training=False)


def test_training_is_over_when_the_call_is():
    class Fails(Layer):
        def call(self, x, training=None):
            raise RuntimeError("inside")

    probe = Probe()
    for layer in (Fails(), Around(Fails())):
        with pytest.raises(RuntimeError, match="inside"):
            layer(torch.zeros(1), training=True)
        assert not ran_in_training(probe)


def test_torch_modules_inside_follow_the_argument_for_the_call_only():
    class Drops(Layer):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(1.0)

        def call(self, x):
            return self.drop(x)

    layer = Drops()
    x = torch.ones(3)
    assert layer(x).sum() == 3
    assert layer(x, training=True).sum() == 0
    assert layer(x).sum() == 3
    assert Around(layer)(x, training=True).sum() == 0
    assert Around(layer)(x).sum() == 3
    layer.train()
    assert layer(x, training=False).sum() == 3
    assert layer(x).sum() == 0

    class Fails(Drops):
        def call(self, x):
            raise RuntimeError("inside")

    layer = Fails()
    with pytest.raises(RuntimeError, match="inside"):
        layer(x, training=True)
    assert not layer.drop.training


def test_kwargs_may_take_training():
    class Any_(Layer):
        def call(self, x, **kwargs):
            return x * 0 + (1 if kwargs.get("training") else 0)

    assert ran_in_training(Any_(), training=True)


def test_a_new_layer_is_in_evaluation_mode():
    assert not Dense(1).training
    assert Dense(1).train().training


# ---- freezing


def test_freezing_is_recursive():
    layer = Block(2)
    layer(torch.ones(1, 2))
    assert len(layer.trainable_weights) == 5
    layer.trainable = False
    assert not layer.first.trainable
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == 5
    assert not any(p.requires_grad for p in layer.parameters())
    layer.first.trainable = True
    assert [w.name for w in layer.trainable_weights] == ["kernel", "bias"]
    layer.trainable = True
    assert len(layer.trainable_weights) == 5


def test_frozen_before_it_is_built():
    layer = Block(2, trainable=False)
    layer(torch.ones(1, 2))
    other = Block(2)
    other.trainable = False
    other(torch.ones(1, 2))
    assert layer.trainable_weights == other.trainable_weights == []
    other.trainable = True
    assert len(other.trainable_weights) == 5


def test_freezing_leaves_what_was_never_trainable():
    class Counter(Layer):
        def build(self, _):
            self.count = self.add_weight(shape=(), trainable=False, name="count")
            self.w = self.add_weight(shape=(), name="w")

        def call(self, x):
            return x * self.w

    layer = Counter()
    layer(torch.ones(1))
    layer.trainable = False
    layer.trainable = True
    assert [w.name for w in layer.trainable_weights] == ["w"]


# ---- losses and metrics


class AddsLoss(Layer):
    def call(self, x):
        self.add_loss(x.sum())
        return x


def test_losses_of_the_last_call():
    layer = AddsLoss()
    for value in (1.0, 5.0):
        layer(torch.full((2,), value))
        assert [loss.item() for loss in layer.losses] == [2 * value]


def test_shared_layers_add_a_loss_a_call():
    class Twice(Layer):
        def __init__(self):
            super().__init__()
            self.inner = AddsLoss()

        def call(self, x):
            return self.inner(self.inner(x) * 3)

    layer = Twice()
    for _ in range(2):
        layer(torch.ones(1))
        assert [loss.item() for loss in layer.losses] == [1.0, 3.0]


def test_losses_in_a_model_and_while_it_is_built():
    x = Input((2,))
    model = Model(x, AddsLoss()(x))
    assert model.losses == []
    model(torch.ones(1, 2))
    assert [loss.item() for loss in model.losses] == [2.0]
    model(torch.ones(3, 2))
    assert [loss.item() for loss in model.losses] == [6.0]


def test_calling_one_model_keeps_the_losses_of_another():
    first, second = AddsLoss(), AddsLoss()
    first(torch.ones(1))
    second(torch.ones(2))
    assert len(first.losses) == len(second.losses) == 1


def test_add_loss_wants_scalars():
    with pytest.raises(ValueError, match=r"scalars.*\(2,\)"):
        Layer().add_loss(torch.ones(2))
    layer = Layer()
    layer.add_loss([torch.ones(()), torch.ones(1)])
    layer.add_loss(0.5)
    assert [loss.item() for loss in layer.losses] == [1.0, 1.0, 0.5]


def test_penalties_match_keras():
    kwargs = {"kernel_regularizer": "l2", "bias_regularizer": "l1", "bias_initializer": "ones"}
    ours, theirs = Dense(3, **kwargs), keras.layers.Dense(3, **kwargs)
    x = np.ones((1, 2), "float32")
    ours(x), theirs(x)
    ours.set_weights(keras_weights(theirs))
    for a, b in zip(ours.losses, theirs.losses, strict=True):
        np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-6)
    sum(ours.losses).backward()
    np.testing.assert_allclose(ours.kernel.grad, 2 * 0.01 * ours.kernel.detach(), rtol=1e-6)


def test_frozen_weights_have_no_penalty():
    layer = Dense(3, kernel_regularizer="l2")
    layer(torch.ones(1, 2))
    layer.trainable = False
    assert layer.losses == []


def test_activity_penalty_matches_keras():
    kwargs = {"activity_regularizer": keras.regularizers.L2(0.1)}
    ours = Dense(3, activity_regularizer=regularizers.L2(0.1))
    theirs = keras.layers.Dense(3, **kwargs)
    x = np.random.rand(4, 2).astype("float32")
    ours(x), theirs(x)
    ours.set_weights(keras_weights(theirs))
    for _ in range(2):
        ours(x), theirs(x)
    np.testing.assert_allclose(ours.losses[0].detach(), theirs.losses[0].detach(), rtol=1e-5)
    assert len(ours.losses) == 1


def test_losses_do_not_keep_a_layer_alive():
    layer = AddsLoss()
    layer(torch.ones(1))
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


def test_metrics_are_those_set_as_attributes():
    class Counts(Layer):
        def __init__(self):
            super().__init__()
            self.mean = metrics.Mean(name="m")
            self.others = [metrics.Sum(name="s")]

        def call(self, x):
            self.mean.update_state(x)
            return x

    layer = Counts()
    assert layer(Input((2,))).shape == (None, 2)
    assert layer.mean.result() == 0
    layer(torch.full((2,), 3.0))
    assert [m.name for m in Around(layer).metrics] == ["m", "s"]
    assert layer.mean.result().item() == 3.0
    assert layer.weights == []
    assert len(layer.metrics_variables) == 3


def test_add_metric_says_what_to_do():
    with pytest.raises(NotImplementedError, match="update_state"):
        Layer().add_metric()


# ---- shapes


def test_compute_output_shape_runs_the_code():
    class Odd(Layer):
        def call(self, x):
            return torch.cat([x, x], dim=1).transpose(1, 2)

    assert Odd().compute_output_shape((None, 3, 4)) == (None, 4, 6)
    assert Odd().compute_output_shape((None, None, 4)) == (None, 4, None)
    assert Odd()(Input((None, 4))).shape == (None, 4, None)


def test_compute_output_shape_of_structures():
    class Two(Layer):
        def call(self, inputs):
            return {"sum": inputs[0] + inputs[1], "first": inputs[0][:, 0]}

    shapes = Two().compute_output_shape([(None, 3), (None, 3)])
    assert shapes == {"sum": (None, 3), "first": (None,)}
    outputs = Two()([Input((3,)), Input((3,))])
    assert outputs["first"].shape == (None,)


def test_compute_output_shape_by_name():
    class Two(Layer):
        def call(self, query, value):
            return query @ value

    assert Two().compute_output_shape(query_shape=(None, 2, 3), value_shape=(None, 3, 5)) == (
        None, 2, 5,
    )  # fmt: skip


def test_ones_own_compute_output_shape_is_asked():
    class Values(Layer):
        def call(self, x):
            return x[: int(x.sum().item())]

        def compute_output_shape(self, input_shape):
            return (None, *input_shape[1:])

    assert Values()(Input((3,))).shape == (None, 3)


def test_values_that_are_not_there():
    class Branches(Layer):
        def call(self, x):
            return x if x.sum() > 0 else -x

    assert Branches()(-torch.ones(2)).tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match=r"'branches.*compute_output_shape"):
        Branches()(Input((3,)))


def test_compute_output_spec():
    spec = Dense(2).compute_output_spec(Input((3,)))
    assert (spec.shape, spec.dtype) == ((None, 2), "float32")


def test_integer_outputs():
    class Index(Layer):
        def call(self, x):
            return x.argmax(-1)

    assert Index()(Input((3,))).dtype == "int64"


# ---- symbolic calls


def test_input_and_output():
    layer = Dense(2)
    with pytest.raises(AttributeError, match=r"kerlite\.Input"):
        _ = layer.output
    assert not hasattr(layer, "input")
    x = Input((3,))
    y = layer(x)
    assert layer.input is x
    assert layer.output is y
    layer(Input((3,)))
    assert layer.output is y  # of the first call, as in Keras


def test_inputs_given_by_name():
    layer = Dense(2)
    x = Input((3,))
    y = layer(inputs=x)
    assert layer.input is x
    data = torch.randn(1, 3)
    torch.testing.assert_close(layer(inputs=data), layer(data))
    torch.testing.assert_close(Model(x, y)(inputs=data), layer(data))


def test_dict_outputs_in_a_graph():
    class Both(Layer):
        def call(self, x):
            return {"double": x * 2, "more": [x + 1]}

    x = Input((2,))
    out = Both()(x)
    model = Model(x, out["double"] + out["more"][0])
    assert model(torch.ones(1, 2)).tolist() == [[4.0, 4.0]]


def test_eager_calls_are_not_recorded():
    layer = Dense(2)
    y = layer(Input((3,)))
    layer(torch.ones(1, 3))
    assert layer.output is y


def test_constants_in_symbolic_calls():
    class Mix(Layer):
        def call(self, x, other, scale=1.0):
            return (x + other) * scale

    x = Input((2,))
    model = Model(x, Mix()(x, np.array([1.0, 2.0]), scale=torch.tensor(2.0)))
    assert model(torch.zeros(1, 2)).tolist() == [[2.0, 4.0]]
    assert model.output.dtype == "float32"


# ---- configuration


class WithArguments(Layer):
    def __init__(self, units, rate=0.5, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rate, self.activation = units, rate, activation


class Renamed(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self._size = units


class Derived(WithArguments):
    def __init__(self, extra=1, **kwargs):
        super().__init__(**kwargs)
        self.extra = extra


class KerasStyle(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self._u = units

    def get_config(self):
        config = super().get_config()
        config.update({"units": self._u})
        return config


class NoKwargs(Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (WithArguments(3, 0.1), {"units": 3, "rate": 0.1, "activation": None}),
        (Renamed(4), {"units": 4}),
        (Derived(extra=2, units=5), {"extra": 2, "units": 5, "rate": 0.5, "activation": None}),
        (KerasStyle(6), {"units": 6}),
        (NoKwargs(7), {"units": 7}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_inherited_config(layer, expected):
    layer.trainable = False
    config = layer.get_config()
    base = {"name": layer.name, "trainable": False, "dtype": policy_config("float32")}
    assert config == {**base, **expected}
    again = type(layer).from_config(config)
    assert again.get_config() == config


def policy_config(name):
    return {
        "module": "keras", "class_name": "DTypePolicy", "config": {"name": name},
        "registered_name": None,
    }  # fmt: skip


def test_common_arguments_in_a_config():
    layer = Dense(2, dtype="mixed_float16", activity_regularizer="l2", autocast=False)
    config = layer.get_config()
    assert config["dtype"] == policy_config("mixed_float16")
    assert config["activity_regularizer"]["class_name"] == "L2"
    again = Dense.from_config(config)
    assert again.dtype_policy.name == "mixed_float16"
    assert not again.autocast
    assert isinstance(again.activity_regularizer, regularizers.L2)


def test_build_config():
    layer = Scale()
    assert layer.get_build_config() is None
    layer(torch.ones(2, 3))
    config = layer.get_build_config()
    assert config == {"input_shape": (2, 3)}
    other = Scale()
    other.build_from_config({"input_shape": [2, 3]})
    assert other.factor.shape == (3,)


def test_build_config_of_several_shapes():
    class Two(Layer):
        def build(self, a_shape, b_shape):
            self.w = self.add_weight(shape=(a_shape[-1], b_shape[-1]))

        def call(self, a, b):
            return a @ self.w + b

    layer = Two()
    layer(torch.ones(1, 3), torch.ones(1, 2))
    other = Two()
    other.build_from_config(layer.get_build_config())
    assert other.w.shape == (3, 2)


# ---- what PyTorch does with modules


def test_hooks_fire_once():
    layer = Dense(2)
    layer(torch.ones(1, 3))
    seen = []
    layer.register_forward_pre_hook(lambda *_: seen.append("pre"))
    layer.register_forward_hook(lambda *_: seen.append("forward"))
    layer.register_full_backward_hook(lambda *_: seen.append("backward"))
    layer(torch.ones(1, 3, requires_grad=True)).sum().backward()
    assert seen == ["pre", "forward", "backward"]


def test_hooks_may_change_the_output():
    layer = Dense(2)
    layer.register_forward_hook(lambda module, args, output: output * 0 + 7)
    assert layer(torch.ones(1, 3)).tolist() == [[7.0, 7.0]]
    assert layer(torch.ones(1, 3)).tolist() == [[7.0, 7.0]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_to_another_type(dtype):
    layer = Block(2)
    layer(torch.ones(1, 2))
    layer.to(dtype)
    assert {p.dtype for p in layer.parameters()} == {dtype}
    assert all(type(p) is Variable for p in layer.parameters())
    assert layer(torch.ones(1, 2, dtype=dtype)).dtype == dtype
    assert layer(torch.ones(1, 2)).dtype == dtype


def test_half_and_double():
    layer = Dense(2)
    layer(torch.ones(1, 2))
    assert layer.half()(torch.ones(1, 2)).dtype == torch.float16
    assert layer.double()(torch.ones(1, 2)).dtype == torch.float64


def test_to_meta_and_back():
    layer = Dense(2, kernel_regularizer="l2")
    layer(torch.ones(1, 3))
    weights = layer.get_weights()
    layer.to("meta")
    assert layer.kernel.is_meta
    assert layer(torch.empty(4, 3, device="meta")).shape == (4, 2)
    layer.to_empty(device="cpu")
    assert type(layer.weight) is Variable
    assert isinstance(layer.kernel.regularizer, regularizers.L2)
    assert layer.kernel.path == f"{layer.name}/kernel"
    layer.set_weights(weights)
    np.testing.assert_array_equal(layer.get_weights()[0], weights[0])


def test_conversion_by_swapping():
    layer = Dense(2, kernel_regularizer="l2")
    layer(torch.ones(1, 3))
    weight = layer.weight
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        layer.double()
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)
    assert layer.weight is weight
    assert type(weight) is Variable
    assert (weight.dtype, weight.path) == (torch.float64, f"{layer.name}/kernel")
    assert isinstance(layer.kernel.regularizer, regularizers.L2)
    layer(torch.ones(1, 3)).sum().backward()
    assert weight.grad.dtype == torch.float64


def test_share_memory():
    layer = Dense(2)
    layer(torch.ones(1, 3))
    layer.share_memory()
    assert layer.weight.is_shared()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies(copied):
    layer = Block(2, name="b")
    x = torch.randn(3, 4)
    expected = layer(x)
    other = copied(layer)
    torch.testing.assert_close(other(x), expected)
    other.gain.assign(0.0)
    torch.testing.assert_close(layer(x), expected)
    assert other.first.kernel.owner is other.first.weight
    other.trainable = False
    assert len(layer.trainable_weights) == 5


def test_unbuilt_layers_can_be_copied():
    layer = copy.deepcopy(pickle.loads(pickle.dumps(Block(2))))
    assert layer(torch.ones(1, 3)).shape == (1, 2)


def test_torch_save_and_load():
    layer = Block(2)
    x = torch.randn(3, 4)
    expected = layer(x)
    buffer = io.BytesIO()
    torch.save(layer, buffer)
    buffer.seek(0)
    torch.testing.assert_close(torch.load(buffer, weights_only=False)(x), expected)
    buffer = io.BytesIO()
    torch.save(layer.state_dict(), buffer)
    buffer.seek(0)
    other = Block(2)
    other(x)
    other.load_state_dict(torch.load(buffer, weights_only=True))
    torch.testing.assert_close(other(x), expected)


@pytest.mark.parametrize("cls", [Scale, lambda: Block(2), lambda: Around(Probe())])
def test_compile_in_one_graph(cls):
    layer = cls()
    x = torch.randn(3, 4)
    expected = layer(x)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), expected)
    torch.testing.assert_close(compiled(x, training=True), layer(x, training=True))


def test_compile_with_added_losses():
    layer = AddsLoss()
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    for value in (1.0, 2.0, 3.0):
        compiled(torch.full((2,), value))
        assert [loss.item() for loss in layer.losses] == [2 * value]


def test_compile_with_keras_names():
    class Tied(Layer):
        def __init__(self):
            super().__init__()
            self.dense = Dense(3)

        def build(self, input_shape):
            self.dense.build(input_shape)

        def call(self, x):
            return self.dense(x) @ self.dense.kernel.T

    layer = Tied()
    x = torch.randn(2, 4)
    expected = layer(x)
    torch.testing.assert_close(layer(Input((4,))).shape, (None, 4))
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), expected)
    compiled(x).sum().backward()
    assert layer.dense.weight.grad is not None


@pytest.mark.parametrize("cls", [Scale, lambda: Block(2)])
def test_export(cls):
    layer = cls()
    x = torch.randn(3, 4)
    expected = layer(x)
    exported = torch.export.export(layer, (x,))
    torch.testing.assert_close(exported.module()(x), expected)


def test_state_dict_from_a_torch_twin():
    layer, twin = Dense(2), nn.Linear(3, 2)
    x = torch.randn(4, 3)
    layer(x)
    layer.load_state_dict(twin.state_dict())
    torch.testing.assert_close(layer(x), twin(x))
    twin.load_state_dict(layer.state_dict())
    with pytest.raises(RuntimeError, match="size mismatch"):
        layer.load_state_dict(nn.Linear(4, 2).state_dict())


def test_load_state_dict_assign():
    layer, twin = Dense(2), nn.Linear(3, 2)
    x = torch.randn(4, 3)
    layer(x)
    layer.load_state_dict(twin.state_dict(), assign=True)
    torch.testing.assert_close(layer(x), twin(x))
    np.testing.assert_array_equal(layer.get_weights()[0], twin.weight.detach().numpy().T)


def test_parametrize():
    class Double(nn.Module):
        def forward(self, w):
            return 2 * w

    layer = Dense(2)
    x = torch.randn(4, 3)
    plain = layer(x)
    parametrize.register_parametrization(layer, "weight", Double())
    torch.testing.assert_close(layer(x), 2 * plain)
    assert layer.kernel.shape == (3, 2)
    assert layer.count_params() == 8
    layer(x).sum().backward()
    assert layer.parametrizations.weight.original.grad is not None
    parametrize.remove_parametrizations(layer, "weight")
    torch.testing.assert_close(layer(x), 2 * plain)
    assert layer.kernel.shape == (3, 2)


def test_spectral_norm():
    layer = Dense(4)
    x = torch.randn(2, 5)
    layer(x)
    parametrizations.spectral_norm(layer)
    layer.train()
    for _ in range(20):
        layer(x)
    layer.eval()
    assert torch.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1.0, abs=1e-3)


def test_prune():
    layer = Dense(4)
    x = torch.randn(2, 5)
    layer(x)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    assert (layer.weight == 0).sum().item() == 10
    torch.testing.assert_close(layer(x), nn.functional.linear(x, layer.weight, layer.bias))
    prune.remove(layer, "weight")
    assert (layer.kernel == 0).sum().item() == 10
    assert layer.count_params() == 24


def test_functional_call_and_vmap():
    layer = Dense(2)
    x = torch.randn(4, 3)
    layer(x)
    zeros = {name: torch.zeros_like(p) for name, p in layer.named_parameters()}
    assert torch.func.functional_call(layer, zeros, (x,)).abs().sum() == 0
    torch.testing.assert_close(torch.vmap(layer)(x), layer(x))


def test_gradients_by_hand():
    layer = Scale()
    x = torch.tensor([[1.0, 2.0]])
    loss = layer(x).sum()
    variables = layer.trainable_variables
    gradients = torch.autograd.grad(loss, variables)
    assert gradients[0].tolist() == [1.0, 2.0]
    layer(x).sum().backward()
    assert [v.value.grad.tolist() for v in variables] == [[1.0, 2.0]]


def test_repr_of_a_layer():
    assert repr(Dense(1, name="d")) == "Dense(name='d', built=False)"
