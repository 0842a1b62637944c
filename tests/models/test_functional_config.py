"""Configurations of functional models: Keras's format, both ways."""

import json

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.core.names import reset_uids
from kerlite.models.functional_config import producer_name
from kerlite.saving import deserialize_keras_object, register_keras_serializable
from tests.support import pairs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NAMES = list(pairs.BUILDERS)
FUNCTIONAL = [name for name in NAMES if name != "chain"]


NOVELTIES = {
    "autocast", "build_config", "compile_config", "quantization_config", "registered_name",
}  # fmt: skip


def through_json(config):
    return json.loads(json.dumps(config))


def without_novelties(config):
    """Leave out what only one side writes, and the other fills in by itself."""
    if isinstance(config, dict):
        kept = {
            key: without_novelties(value) for key, value in config.items()
            if key not in NOVELTIES and not (key == "activity_regularizer" and value is None)
        }  # fmt: skip
        if "inbound_nodes" not in kept and "args" in kept:
            dropped = {"training": False, "mask": None}
            kept["kwargs"] = {
                k: v for k, v in kept["kwargs"].items() if k not in dropped or v != dropped[k]
            }
        return kept
    if isinstance(config, list):
        return [without_novelties(one) for one in config]
    return "__tensor__" if config == "__numpy__" else config  # a graph's constants are tensors here


@pytest.fixture(autouse=True)
def fresh_names():
    keras.utils.clear_session(free_memory=False)
    reset_uids()


@pytest.mark.parametrize("name", NAMES)
def test_config_is_that_of_keras(name):
    ours = through_json(pairs.build(name, kerlite).get_config())
    theirs = through_json(pairs.build(name, keras).get_config())
    assert without_novelties(ours) == without_novelties(theirs)


@pytest.mark.parametrize("name", NAMES)
def test_serialized_form_is_that_of_keras(name):
    ours = kerlite.saving.serialize_keras_object(pairs.build(name, kerlite))
    theirs = keras.saving.serialize_keras_object(pairs.build(name, keras))
    assert (ours["module"], ours["class_name"]) == (theirs["module"], theirs["class_name"])


@pytest.mark.parametrize("name", FUNCTIONAL)
def test_keras_reads_ours(name):
    ours = pairs.shake(pairs.build(name, kerlite))
    theirs = keras.Model.from_config(through_json(ours.get_config()))
    theirs.set_weights(ours.get_weights())
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(theirs))


@pytest.mark.parametrize("name", FUNCTIONAL)
def test_we_read_keras(name):
    theirs = pairs.shake(pairs.build(name, keras))
    ours = kerlite.Model.from_config(through_json(theirs.get_config()))
    ours.set_weights(theirs.get_weights())
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(theirs))
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]


@pytest.mark.parametrize("name", NAMES)
def test_json_goes_both_ways(name):
    theirs = pairs.shake(pairs.build(name, keras))
    ours = kerlite.models.model_from_json(theirs.to_json())
    ours.set_weights(theirs.get_weights())
    again = keras.models.model_from_json(ours.to_json())
    again.set_weights(theirs.get_weights())
    inputs = pairs.data_for(theirs)
    pairs.assert_same_outputs(ours, theirs, inputs)
    pairs.assert_same_outputs(again, theirs, inputs)


@pytest.mark.parametrize("name", FUNCTIONAL)
def test_own_round_trip_keeps_names_structure_and_config(name):
    model = pairs.build(name, kerlite)
    again = kerlite.Model.from_config(through_json(model.get_config()))
    assert through_json(again.get_config()) == through_json(model.get_config())
    assert again.output_names == model.output_names
    assert keras.tree.map_structure(lambda t: t.shape, again.output) == keras.tree.map_structure(
        lambda t: t.shape, model.output
    )


def test_structures_come_back_as_they_were():
    model = pairs.build("structured", kerlite)
    again = kerlite.Model.from_config(through_json(model.get_config()))
    assert set(again.input) == {"p", "q"}
    assert set(again.output) == {"x", "y"}
    assert isinstance(again.output["y"], list)
    assert again.output["y"][1].shape == (None, 2)


def test_a_list_of_one_output_stays_a_list():
    x = kerlite.Input((2,))
    again = kerlite.Model.from_config(kerlite.Model([x], [layers.Dense(2)(x)]).get_config())
    assert isinstance(again.output, list)
    assert isinstance(again.input, list)


def test_trainable_and_further_arguments_of_a_subclass_come_back():
    x = kerlite.Input((2,))
    model = kerlite.Model(x, layers.Dense(2)(x), name="m", trainable=False)
    again = kerlite.Model.from_config(model.get_config())
    assert (again.name, again.trainable) == ("m", False)


def test_explicit_training_false_survives_and_keras_can_read_it():
    x = kerlite.Input((4,), name="x")
    norm = layers.BatchNormalization(name="norm")
    model = kerlite.Model(x, norm(x, training=False))
    config = through_json(model.get_config())
    again = kerlite.Model.from_config(config)
    data = torch.randn(8, 4) * 5
    before = again.get_layer("norm").moving_mean.numpy()
    again(data, training=True)
    np.testing.assert_array_equal(again.get_layer("norm").moving_mean.numpy(), before)
    assert keras.Model.from_config(through_json(config)).output_shape == (None, 4)


def test_what_keras_says_of_training_does_not_switch_dropout_off():
    x = keras.Input((1000,))
    config = through_json(keras.Model(x, keras.layers.Dropout(0.5)(x)).get_config())
    ours = kerlite.Model.from_config(config)
    ones = torch.ones(1, 1000)
    assert (ours(ones, training=True) == 0).any()
    assert (ours(ones) == 1).all()


def test_masks_are_handed_on_again():
    tokens = kerlite.Input((3,), dtype="int32", name="tokens")
    x = layers.Embedding(5, 2, mask_zero=True, name="embedding")(tokens)
    x = layers.Activation("relu", name="relu")(x)
    model = kerlite.Model(tokens, x)
    entries = through_json(model.get_config())["layers"]
    assert [entry["name"] for entry in entries] == ["tokens", "embedding", "relu"]
    assert entries[-1]["inbound_nodes"][0]["kwargs"] == {}
    again = kerlite.Model.from_config(model.get_config())
    data = torch.tensor([[1, 0, 2]])
    assert again(data)._keras_mask.tolist() == [[True, False, True]]
    assert again.output._keras_mask is not None


def test_a_nested_model_that_hands_a_mask_on():
    inner_in = kerlite.Input((3,), dtype="int32")
    inner = kerlite.Model(inner_in, layers.Embedding(5, 2, mask_zero=True)(inner_in), name="inner")
    x = kerlite.Input((3,), dtype="int32", name="x")
    model = kerlite.Model(x, layers.Activation("relu", name="relu")(inner(x)))
    config = through_json(model.get_config())
    assert [entry["name"] for entry in config["layers"]] == ["x", "inner", "relu"]
    again = kerlite.Model.from_config(config)
    assert again(torch.tensor([[1, 0, 2]]))._keras_mask.tolist() == [[True, False, True]]


class Total(layers.Layer):
    def call(self, inputs, mask=None):
        return (inputs * mask[..., None]).sum(1) if mask is not None else inputs.sum(1)


@pytest.mark.parametrize("nested", [False, True])
def test_a_mask_that_a_layer_uses_is_handed_to_it_again(nested):
    tokens = kerlite.Input((3,), dtype="int32", name="tokens")
    embedded = layers.Embedding(5, 2, mask_zero=True, name="embedding")
    if nested:
        inner_in = kerlite.Input((3,), dtype="int32")
        embedded = kerlite.Model(inner_in, embedded(inner_in), name="embedding")
    model = kerlite.Model(tokens, Total(name="total")(embedded(tokens)))
    config = through_json(model.get_config())
    assert [entry["name"] for entry in config["layers"]] == ["tokens", "embedding", "total"]
    again = kerlite.Model.from_config(config, custom_objects={"Total": Total})
    again.set_weights(model.get_weights())
    data = torch.tensor([[1, 0, 2]])
    table = model.get_weights()[0]
    np.testing.assert_allclose(again(data).detach(), [table[1] + table[2]], atol=1e-6)


def test_a_mask_that_was_passed_is_saved():
    x = kerlite.Input((3, 2), name="x")
    model = kerlite.Model(x, Total(name="total")(x, mask=x[:, :, 0] > 0))
    again = kerlite.Model.from_config(
        through_json(model.get_config()), custom_objects={"Total": Total}
    )
    data = torch.tensor([[[1.0, 5.0], [-1.0, 7.0], [2.0, 1.0]]])
    assert again(data).tolist() == [[3.0, 6.0]]


def test_a_mask_of_keras_is_read():
    tokens = keras.Input((3,), dtype="int32", name="tokens")
    x = keras.layers.Embedding(5, 2, mask_zero=True, name="embedding")(tokens)
    config = through_json(
        keras.Model(tokens, keras.layers.GlobalAveragePooling1D(name="pool")(x)).get_config()
    )
    pool = next(entry for entry in config["layers"] if entry["name"] == "pool")
    assert "mask" in pool["inbound_nodes"][0]["kwargs"]
    pool.update({"module": None, "class_name": "Total", "config": {"name": "pool"}})
    ours = kerlite.Model.from_config(config, custom_objects={"Total": Total})
    table = ours.get_weights()[0]
    data = torch.tensor([[1, 0, 2]])
    np.testing.assert_allclose(ours(data).detach(), [table[1] + table[2]], atol=1e-6)


def test_a_model_that_begins_in_the_middle_of_another():
    model = pairs.build("images", kerlite)
    middle = model.get_layer("relu").output
    tail = kerlite.Model(middle, model.output, name="tail")
    again = kerlite.Model.from_config(through_json(tail.get_config()))
    again.set_weights(tail.get_weights())
    pairs.assert_same_outputs(tail, again, pairs.data_for(tail))
    assert keras.Model.from_config(through_json(tail.get_config())).input_shape == tail.input_shape


def test_torch_functions_with_a_keras_operation_are_saved():
    x = kerlite.Input((3, 4), name="x")
    y = torch.relu(x).mean(dim=1, keepdim=True) + torch.nn.functional.softmax(x, dim=-1)
    y = torch.cat([y, y.exp().sqrt()], dim=-1).reshape(-1, 8).unsqueeze(1)
    y = torch.stack([y, torch.tanh(y).permute(0, 1, 2)], dim=1).squeeze(2).amax(1)
    y = y.to(torch.float16).to(torch.float32)
    ours = kerlite.Model(x, y)
    config = through_json(ours.get_config())
    data = pairs.data_for(ours)
    pairs.assert_same_outputs(ours, keras.Model.from_config(through_json(config)), data, atol=1e-3)
    pairs.assert_same_outputs(ours, kerlite.Model.from_config(config), data)


def test_keras_operations_are_read():
    x = keras.Input((3, 4), name="x")
    ops = keras.ops
    y = ops.mean(ops.sigmoid(x), axis=1, keepdims=True)[..., 1:3]
    y = ops.concatenate([ops.reshape(y, (-1, 2)), ops.max(x, axis=1)], axis=-1)
    y = ops.expand_dims(ops.softmax(ops.square(y), axis=-1), 1)
    y = ops.transpose(ops.cast(ops.logical_not(y > 0.1), "float32"), (0, 2, 1))
    theirs = keras.Model(x, [y, ops.maximum(x, 0.5), ops.stack([x, x], axis=1)])
    ours = kerlite.Model.from_config(through_json(theirs.get_config()))
    pairs.assert_same_outputs(ours, theirs, pairs.data_for(theirs))
    assert ours.output_names == theirs.output_names


def test_constants_of_the_graph_are_saved():
    x = kerlite.Input((2,), name="x")
    model = kerlite.Model(x, x * torch.tensor([2.0, 3.0]) + np.ones(2, "float32"))
    again = kerlite.Model.from_config(through_json(model.get_config()))
    np.testing.assert_allclose(again(torch.ones(1, 2)), [[3.0, 4.0]])


def test_an_index_of_several_places():
    x = kerlite.Input((4,), name="x")
    model = kerlite.Model(x, x[:, [0, 2]])
    again = kerlite.Model.from_config(through_json(model.get_config()))
    np.testing.assert_allclose(again(torch.arange(4.0)[None]), [[0.0, 2.0]])


def test_names_of_function_calls_are_unique_in_the_model():
    x = kerlite.Input((2,), name="add")
    model = kerlite.Model(x, layers.Add(name="add_1")([x + 1, x + 2]) + 3)
    names = [entry["name"] for entry in model.get_config()["layers"]]
    assert len(set(names)) == len(names) == 5


def test_output_names_are_those_of_layers_and_functions():
    x = kerlite.Input((2,), name="x")
    model = kerlite.Model(x, [layers.Dense(1, name="head")(x), x * 2, x * 3])
    first, second, third = model.output_names
    assert first == "head"
    assert second.startswith("multiply")
    assert third.startswith("multiply")
    assert second != third
    assert model.output_names == [first, second, third]
    assert [producer_name(t) for t in model.outputs] == model.output_names


def test_a_function_without_a_name_in_files_is_refused():
    x = kerlite.Input((2,))
    model = kerlite.Model(x, torch.cumsum(x, dim=1))
    with pytest.raises(TypeError, match=r"cumsum\(\), which cannot be saved.*Layer.*save_weights"):
        model.get_config()


def test_an_argument_that_keras_does_not_have_is_refused():
    x = kerlite.Input((2,))
    model = kerlite.Model(x, torch.div(x, 2.0, rounding_mode="floor"))
    with pytest.raises(TypeError, match="rounding_mode"):
        model.get_config()


def test_a_weight_outside_any_layer_is_refused():
    x = kerlite.Input((2,))
    model = kerlite.Model(x, x * kerlite.Variable(np.ones(2, "float32")))
    with pytest.raises(TypeError, match="outside any layer"):
        model.get_config()


def test_a_wrapped_torch_module_is_refused():
    x = kerlite.Input((2,))
    model = kerlite.Model(x, layers.TorchModuleWrapper(torch.nn.Linear(2, 2))(x))
    with pytest.raises(TypeError, match=r"Linear.*get_config"):
        model.get_config()


def test_calls_in_another_order_than_their_entries():
    config = through_json(pairs.build("shared", kerlite).get_config())
    config["layers"].reverse()
    again = kerlite.Model.from_config(config)
    again.set_weights(pairs.shake(pairs.build("shared", kerlite)).get_weights())
    reference = pairs.shake(pairs.build("shared", kerlite))
    pairs.assert_same_outputs(again, reference, pairs.data_for(reference))


def test_a_graph_of_many_layers():
    x = y = kerlite.Input((2,), name="x")
    for _ in range(1500):
        y = layers.Activation("relu")(y)
    again = kerlite.Model.from_config(through_json(kerlite.Model(x, y).get_config()))
    assert len(again.layers) == 1501


def damaged(change):
    config = through_json(pairs.build("shared", kerlite).get_config())
    change(config)
    return config


def refer_to_nothing(config):
    history = config["layers"][-1]["inbound_nodes"][0]["args"][0]
    history[0]["config"]["keras_history"][0] = "nowhere"


def refer_to_a_call_too_many(config):
    config["output_layers"][0][1] = 7


def go_in_a_circle(config):
    twice = next(entry for entry in config["layers"] if entry["name"] == "twice")
    twice["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["twice", 2, 0]


def two_of_one_name(config):
    config["layers"][1]["name"] = config["layers"][0]["name"]


def no_layer(config):
    config["layers"][-1].update(
        {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {}}
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (refer_to_nothing, "refers to 'nowhere', which it does not have"),
        (refer_to_a_call_too_many, "output 0 of call 7 of"),
        (go_in_a_circle, "goes in a circle"),
        (two_of_one_name, "two layers named 'a'"),
        (no_layer, "is no layer"),
    ],
)
def test_damaged_configs_are_explained(change, message):
    with pytest.raises(ValueError, match=message):
        kerlite.Model.from_config(damaged(change))


def test_an_unknown_class_is_explained():
    config = damaged(lambda c: c["layers"][2].update({"class_name": "Mystery", "module": "mine"}))
    with pytest.raises(
        ValueError, match=r"'Mystery' of module 'mine'.*register_keras_serializable"
    ):
        kerlite.Model.from_config(config)


def test_custom_objects_are_found():
    class Doubling(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    x = kerlite.Input((2,))
    config = through_json(kerlite.Model(x, Doubling()(x)).get_config())
    again = kerlite.Model.from_config(config, custom_objects={"Doubling": Doubling})
    np.testing.assert_allclose(again(torch.ones(1, 2)), [[2.0, 2.0]])


def test_model_from_json_refuses_what_is_no_model():
    with pytest.raises(ValueError, match="no JSON"):
        kerlite.models.model_from_json("{")
    with pytest.raises(ValueError, match="no JSON"):
        kerlite.models.model_from_json("[" * 100_000)
    with pytest.raises(ValueError, match="describes a Dense"):
        kerlite.models.model_from_json(
            json.dumps(kerlite.saving.serialize_keras_object(layers.Dense(2)))
        )


def test_a_registered_subclass_comes_back_by_its_arguments():
    @register_keras_serializable("test_functional_config")
    class Tower(kerlite.Model):
        def __init__(self, width, **kwargs):
            super().__init__(**kwargs)
            self.width = width
            self.dense = layers.Dense(width)

        def call(self, inputs):
            return self.dense(inputs)

    model = Tower(3, name="tower")
    model.build((None, 2))
    again = deserialize_keras_object(through_json(kerlite.saving.serialize_keras_object(model)))
    assert (again.width, again.name, again.built) == (3, "tower", True)
    assert again.dense.kernel.shape == (2, 3)
