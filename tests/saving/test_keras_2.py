"""Files as Keras 2 wrote them, made by hand from the documentation of the format."""

import json

import numpy as np
import pytest

import kerlite
from kerlite import layers
from kerlite.models import model_from_json
from kerlite.saving import load_model, register_keras_serializable
from tests.saving.keras_2 import (
    BACKEND,
    GLOROT,
    ZEROS,
    dense,
    dense_weights,
    functional,
    input_layer,
    layer,
    write,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.h5"


def test_a_functional_model_with_a_shared_layer(path):
    entries = [
        input_layer("input_1", 4),
        input_layer("input_2", 4),
        dense("twice", 3, [["input_1", 0, 0]], [["input_2", 0, 0]], activation="relu"),
        layer("Concatenate", "cat", [["twice", 0, 0], ["twice", 1, 0]], axis=-1),
        dense("out", 2, [["cat", 0, 0]]),
    ]
    weights = {
        "input_1": {}, "input_2": {}, "twice": dense_weights("twice", 4, 3, 0), "cat": {},
        "out": dense_weights("out", 6, 2, 1),
    }  # fmt: skip
    write(path, functional(entries, ["input_1", "input_2"], [["out", 0, 0]]), weights)
    model = load_model(path)
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal((2, 7, 4)).astype("float32")
    w, c = weights["twice"].values()
    joined = np.concatenate([np.maximum(x @ w + c, 0) for x in (a, b)], axis=-1)
    w, c = weights["out"].values()
    np.testing.assert_allclose(model.predict([a, b], verbose=0), joined @ w + c, rtol=1e-5)


def test_a_sequential_with_the_shape_in_its_first_layer(path):
    conv = {
        "class_name": "Conv2D",
        "config": {"name": "conv", "trainable": True, "batch_input_shape": [None, 6, 6, 2],
                   "dtype": "float32", "filters": 3, "kernel_size": [3, 3], "strides": [1, 1],
                   "padding": "valid", "data_format": "channels_last", "dilation_rate": [1, 1],
                   "groups": 1, "activation": "relu", "use_bias": False,
                   "kernel_initializer": GLOROT, "bias_initializer": ZEROS},
    }  # fmt: skip
    depthwise = {
        "class_name": "DepthwiseConv2D",
        "config": {"name": "dw", "kernel_size": [2, 2], "depth_multiplier": 1, "groups": 1,
                   "use_bias": False, "depthwise_initializer": GLOROT},
    }  # fmt: skip
    norm = {
        "class_name": "BatchNormalization",
        "config": {"name": "norm", "axis": [3], "momentum": 0.99, "epsilon": 0.001, "fused": True,
                   "virtual_batch_size": None, "moving_mean_initializer": ZEROS},
    }  # fmt: skip
    steep = {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.25}}
    names = ["gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"]
    rng = np.random.default_rng(0)
    weights = {
        "conv": {"conv/kernel:0": rng.random((3, 3, 2, 3), "float32")},
        "dw": {"dw/depthwise_kernel:0": rng.random((2, 2, 3, 1), "float32")},
        "norm": {f"norm/{name}": rng.random(3, "float32") for name in names},
        "leaky": {},
    }
    config = {"name": "sequential", "layers": [conv, depthwise, norm, steep]}
    write(path, {"class_name": "Sequential", "config": config}, weights)
    model = load_model(path)
    assert model.input_shape == (None, 6, 6, 2)
    assert model.layers[2].axis in (3, -1)
    assert model.layers[3].negative_slope == 0.25
    expected = [array for arrays in weights.values() for array in arrays.values()]
    for one, other in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_oldest_sequential_is_a_list(path):
    first = {"class_name": "Dense", "config": {"name": "d", "units": 2,
             "batch_input_shape": [None, 3], "activation": "linear"}}  # fmt: skip
    write(path, {"class_name": "Sequential", "config": [first]}, {"d": dense_weights("d", 3, 2, 0)})
    assert load_model(path).output_shape == (None, 2)


def test_nested_models_count_their_calls_from_one(path):
    inner = functional(
        [input_layer("inner_in", 4), dense("inner_dense", 4, [["inner_in", 0, 0]])],
        ["inner_in"], [["inner_dense", 0, 0]], "inner",
    )["config"]  # fmt: skip
    tail = {"name": "tail", "layers": [
        {"class_name": "InputLayer", "config": input_layer("tail_in", 4)["config"]},
        {"class_name": "Dense", "config": dense("t", 2)["config"]}]}  # fmt: skip
    nested = [
        {"class_name": "Functional", "config": inner, "name": "inner",
         "inbound_nodes": [[["x", 0, 0, {}]], [["inner", 1, 0, {"training": False}]]]},
        {"class_name": "Sequential", "config": tail, "name": "tail",
         "inbound_nodes": [[["inner", 2, 0, {"mask": None}]]]},
    ]  # fmt: skip
    config = functional([input_layer("x", 4), *nested], ["x"], [["tail", 1, 0], ["inner", 1, 0]])
    weights = {
        "x": {},
        "inner": dense_weights("inner_dense", 4, 4, 0),
        "tail": dense_weights("t", 4, 2, 1),
    }
    write(path, config, weights)
    x = np.random.default_rng(0).random((3, 4), "float32")
    w, b = weights["inner"].values()
    once = x @ w + b
    twice = once @ w + b
    w, b = weights["tail"].values()
    first, second = load_model(path).predict(x, verbose=0)
    np.testing.assert_allclose(first, twice @ w + b, rtol=1e-5)
    np.testing.assert_allclose(second, once, rtol=1e-5)


def test_tensors_among_the_keyword_arguments(path):
    attention = layer("MultiHeadAttention", "mha", num_heads=2, key_dim=3, value_dim=3,
                      dropout=0.0, use_bias=True, output_shape=None, attention_axes=[1],
                      query_shape=[None, 5, 4], key_shape=[None, 6, 4],
                      value_shape=[None, 6, 4])  # fmt: skip
    attention["inbound_nodes"] = [[["q", 0, 0, {"value": ["v", 0, 0]}]]]
    config = functional(
        [input_layer("q", 5, 4), input_layer("v", 5, 4), attention], ["q", "v"], [["mha", 0, 0]]
    )
    twin = layers.MultiHeadAttention(2, 3)
    q, v = np.random.default_rng(0).random((2, 3, 5, 4), "float32")
    expected = twin(q, v).detach().numpy()
    arrays = {f"mha/{i}:0": array for i, array in enumerate(twin.get_weights())}
    write(path, config, {"q": {}, "v": {}, "mha": arrays})
    np.testing.assert_allclose(load_model(path).predict([q, v], verbose=0), expected, rtol=1e-5)


def test_recurrent_layers_and_wrappers(path):
    inner = {"class_name": "LSTM", "config": {
        "name": "lstm", "trainable": True, "dtype": "float32", "return_sequences": True,
        "return_state": False, "go_backwards": False, "stateful": False, "unroll": False,
        "time_major": False, "units": 3, "activation": "tanh", "recurrent_activation": "sigmoid",
        "use_bias": True, "kernel_initializer": GLOROT, "unit_forget_bias": True, "dropout": 0.0,
        "recurrent_dropout": 0.0, "implementation": 2}}  # fmt: skip
    entries = [
        input_layer("tokens", 7, dtype="int32"),
        layer("Embedding", "embedding", [["tokens", 0, 0]], input_dim=11, output_dim=4,
              embeddings_initializer=GLOROT, mask_zero=True, input_length=7),
        layer("Bidirectional", "both", [["embedding", 0, 0]], layer=inner, merge_mode="concat"),
        layer("TimeDistributed", "each", [["both", 0, 0]],
              layer={"class_name": "Dense", "config": dense("d", 2)["config"]}),
    ]  # fmt: skip
    twin_in = kerlite.Input((7,), dtype="int32")
    x = layers.Embedding(11, 4, mask_zero=True)(twin_in)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    twin = kerlite.Model(twin_in, layers.TimeDistributed(layers.Dense(2))(x))
    weights = {"tokens": {}}
    for name, one in zip(["embedding", "both", "each"], twin.layers[1:], strict=True):
        weights[name] = {f"{name}/{i}:0": array for i, array in enumerate(one.get_weights())}
    write(path, functional(entries, ["tokens"], [["each", 0, 0]]), weights)
    data = np.random.default_rng(1).integers(0, 11, (5, 7)).astype("int32")
    expected = twin.predict(data, verbose=0)
    np.testing.assert_allclose(load_model(path).predict(data, verbose=0), expected, atol=1e-6)


def test_weights_alone_in_order_and_by_name(path):
    weights = {"a": dense_weights("a", 4, 3, 0), "drop": {}, "b": dense_weights("b", 3, 2, 1)}
    write(path, None, weights)
    names = ["first", "second"]
    model = kerlite.Sequential(
        [kerlite.Input((4,)), layers.Dense(3, name="a"), layers.Dense(2, name="b")]
    )
    renamed = kerlite.Sequential(
        [kerlite.Input((4,)), *(layers.Dense(n, name=name) for n, name in zip((3, 2), names))]  # noqa: B905
    )
    expected = [*weights["a"].values(), *weights["b"].values()]
    for one, by_name in ((model, True), (model, False), (renamed, False)):
        one.set_weights([np.zeros_like(w) for w in one.get_weights()])
        one.load_weights(path, by_name=by_name)
        for got, wanted in zip(one.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)


@register_keras_serializable("test_keras_2")
def halved(x):
    return x / 2


def lambda_layer(function, kind):
    return layer("Lambda", "half", [["x", 0, 0]], function=function, function_type=kind,
                 module="__main__", output_shape=None, output_shape_type="raw",
                 output_shape_module=None, arguments={})  # fmt: skip


def test_a_lambda_by_name_needs_a_registered_function(path):
    config = functional(
        [input_layer("x", 2), lambda_layer("halved", "function")], ["x"], [["half", 0, 0]]
    )
    write(path, config, {"x": {}, "half": {}})
    with pytest.raises(ValueError, match="'halved'"):
        load_model(path)
    model = load_model(path, custom_objects={"halved": halved})
    np.testing.assert_array_equal(model.predict(np.ones((1, 2)), verbose=0), [[0.5, 0.5]])


def test_lambda_byte_code_is_refused(path):
    code = ["4wEAAAAAAAAAAAAAAAA=", None, None]
    config = functional(
        [input_layer("x", 2), lambda_layer(code, "lambda")], ["x"], [["half", 0, 0]]
    )
    write(path, config, {"x": {}, "half": {}})
    with pytest.raises(kerlite.core.errors.UnsafeFileError, match="never runs"):
        load_model(path, safe_mode=False)


def test_layers_of_tensorflow_operations_are_explained(path):
    op = layer("TFOpLambda", "tf.math.add", [["x", 0, 0]], function="math.add")
    config = functional([input_layer("x", 2), op], ["x"], [["tf.math.add", 0, 0]])
    write(path, config, {"x": {}})
    with pytest.raises(ValueError, match="'TFOpLambda', which TensorFlow made"):
        load_model(path)


def test_a_policy_as_tensorflow_wrote_it(path):
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    config = functional([input_layer("x", 2), dense("d", 3, [["x", 0, 0]], dtype=policy)], ["x"],
                        [["d", 0, 0]])  # fmt: skip
    write(path, config, {"x": {}, "d": dense_weights("d", 2, 3, 0)})
    assert load_model(path).layers[1].dtype_policy.name == "mixed_float16"


def test_json_of_keras_2():
    entries = [input_layer("x", 4), dense("d", 2, [["x", 0, 0]])]
    text = json.dumps({**functional(entries, ["x"], [["d", 0, 0]]), **BACKEND})
    model = model_from_json(text)
    assert model.output_shape == (None, 2)
    assert kerlite.Model.from_config(model.get_config()).output_shape == (None, 2)
