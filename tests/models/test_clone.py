"""clone_model: another model of the same architecture."""

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.models import clone_model
from tests.support import pairs

NAMES = list(pairs.BUILDERS)


@pytest.mark.parametrize("name", NAMES)
def test_same_architecture_other_weights(name):
    model = pairs.shake(pairs.build(name, kerlite))
    clone = clone_model(model)
    before = [w.copy() for w in model.get_weights()]
    for layer, other in zip(model.layers, clone.layers, strict=True):
        assert layer is not other
        assert (type(layer), layer.name) == (type(other), other.name)
    assert any((a != b).any() for a, b in zip(before, clone.get_weights(), strict=True))
    clone.set_weights(before)
    pairs.assert_same_outputs(model, clone, pairs.data_for(model))
    assert (clone.name, type(clone)) == (model.name, type(model))


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_not_shared(name):
    model = pairs.build(name, kerlite)
    clone = clone_model(model)
    before = [w.copy() for w in model.get_weights()]
    pairs.shake(clone)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_shared_layer_stays_shared():
    clone = clone_model(pairs.build("shared", kerlite))
    assert len(clone.get_layer("twice")._inbound_nodes) == 4
    assert len(clone.weights) == 2


def test_built_on_given_tensors():
    model = pairs.build("shared", kerlite)
    a, b = kerlite.Input((4,), name="c"), kerlite.Input((4,), name="d")
    clone = clone_model(model, input_tensors=[a * 2, b])
    whole = kerlite.Model([a, b], clone.output)
    assert clone.input_names[1] == "d"
    assert [layer.name for layer in whole.layers][:2] == ["c", "d"]


def test_a_sequential_built_on_a_given_tensor():
    given = kerlite.Input((8,), batch_size=2, name="given")
    clone = clone_model(pairs.build("chain", kerlite), input_tensors=[given])
    assert clone.input_shape == (2, 8)
    assert clone.output_shape == (2, 3)


def test_an_unbuilt_sequential():
    clone = clone_model(kerlite.Sequential([layers.Dense(3), layers.Dense(2)]))
    assert not clone.built
    assert clone(torch.ones(1, 4)).shape == (1, 2)


def test_clone_function_makes_the_layers():
    def wider(layer):
        config = layer.get_config()
        if isinstance(layer, layers.Dense):
            config["units"] = 7
        return type(layer).from_config(config)

    assert clone_model(pairs.build("chain", kerlite), clone_function=wider).output_shape == (
        None,
        7,
    )
    clone = clone_model(pairs.build("images", kerlite), clone_function=wider)
    assert clone.output_shape == (None, 7)
    assert isinstance(clone.layers[0], layers.InputLayer)


def test_call_function_calls_the_layers():
    def with_dropout(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        if isinstance(layer, layers.Dense):
            outputs = layers.Dropout(0.5)(outputs)
        return outputs

    model = pairs.build("structured", kerlite)
    clone = clone_model(model, clone_function=lambda layer: layer, call_function=with_dropout)
    assert sum(isinstance(layer, layers.Dropout) for layer in clone.layers) == 3
    assert clone.get_layer("hidden") is model.get_layer("hidden")


def test_call_function_sees_function_calls_too():
    called = []

    def noting(thing, *args, **kwargs):
        called.append(getattr(thing, "name", None) or thing.__name__)
        return thing(*args, **kwargs)

    x = kerlite.Input((2,))
    model = kerlite.Model(x, (x + 1).exp())
    clone = clone_model(model, call_function=noting)
    assert called == ["add", "exp"]
    torch.testing.assert_close(clone(torch.ones(1, 2)), torch.full((1, 2), 2.0).exp())


def test_recursive_clones_what_is_inside_nested_models():
    seen = []

    def noting(layer):
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    model = pairs.build("nested", kerlite)
    clone_model(model, clone_function=noting)
    assert seen == ["inner", "pair", "tail"]
    seen.clear()
    clone = clone_model(model, clone_function=noting, recursive=True)
    assert seen == ["inner_dense", "unit", "t1", "t2"]
    assert clone.get_layer("inner/inner_dense") is not model.get_layer("inner/inner_dense")


def test_masks_go_through_the_clone():
    tokens = kerlite.Input((3,), dtype="int32")
    x = layers.Activation("relu")(layers.Embedding(5, 2, mask_zero=True)(tokens))
    clone = clone_model(kerlite.Model(tokens, x))
    assert clone(torch.tensor([[1, 0, 2]]))._keras_mask.tolist() == [[True, False, True]]


def test_a_wrapped_torch_module_gets_weights_of_its_own():
    model = kerlite.Sequential([kerlite.Input((4,)), torch.nn.Linear(4, 2)])
    clone = clone_model(model)
    assert (clone.get_weights()[0] != model.get_weights()[0]).any()
    assert clone(torch.ones(1, 4)).shape == (1, 2)


def test_compiled_stays_compiled():
    model = pairs.build("chain", kerlite)
    model.compile(optimizer=kerlite.optimizers.SGD(0.25), loss="mse", metrics=["mae"])
    clone = clone_model(model)
    assert clone.compiled
    assert clone.optimizer is not model.optimizer
    assert float(clone.optimizer.learning_rate) == 0.25


def test_trainable_flags_are_kept():
    model = pairs.build("chain", kerlite)
    model.get_layer("hidden").trainable = False
    clone = clone_model(model)
    assert not clone.get_layer("hidden").trainable
    assert len(clone.trainable_weights) == len(model.trainable_weights)


class Tower(kerlite.Model):
    def __init__(self, width=3, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.dense = layers.Dense(width)

    def call(self, inputs):
        return self.dense(inputs)


def test_a_subclass_is_cloned_by_its_config():
    model = Tower(5, name="tower")
    model(torch.ones(1, 2))
    clone = clone_model(model)
    assert (clone.width, clone.name, clone is model) == (5, "tower", False)
    assert clone.dense.kernel.shape == (2, 5)
    with pytest.raises(ValueError, match=r"'tower' is a Tower, which is cloned by its config"):
        clone_model(model, clone_function=lambda layer: layer)


def test_a_subclass_that_makes_its_own_graph():
    class Graphed(kerlite.Model):
        def __init__(self, width=3, **kwargs):
            x = kerlite.Input((2,))
            super().__init__(x, layers.Dense(width)(x), **kwargs)
            self.width = width

        def get_config(self):
            return {"width": self.width, "name": self.name}

    clone = clone_model(Graphed(5))
    assert (type(clone), clone.output_shape) == (Graphed, (None, 5))


def test_bad_arguments_are_explained():
    chain, shared = pairs.build("chain", kerlite), pairs.build("shared", kerlite)
    with pytest.raises(ValueError, match="call_function applies to functional models"):
        clone_model(chain, call_function=lambda layer, x: layer(x))
    with pytest.raises(ValueError, match="A Sequential has one input; received 2"):
        clone_model(chain, input_tensors=[chain.inputs[0], chain.inputs[0]])
    with pytest.raises(ValueError, match="which has 2; received 1"):
        clone_model(shared, input_tensors=[shared.inputs[0]])
    with pytest.raises(ValueError, match=r"holds KerasTensors, as kerlite\.Input\(\) makes them"):
        clone_model(shared, input_tensors=[torch.ones(1), torch.ones(1)])
