"""Enabling, training, saving and merging LoRA."""

import copy
import pickle

import keras
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

import kerlite
from kerlite import layers, saving
from kerlite.layers import Conv2D, Dense, Embedding
from tests.layers.lora.support import dense, randomized
from tests.layers.support import TOLERANCE, check_tools, data, keras_scope, plain


def test_names_in_state_dict():
    layer = dense()
    layer.enable_lora(2)
    shapes = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    assert shapes == {
        "weight": (3, 4), "bias": (3,), "lora_kernel_a": (4, 2), "lora_kernel_b": (2, 3),
    }  # fmt: skip
    assert [w.path.split("/")[-1] for w in layer.weights] == [
        "kernel", "bias", "lora_kernel_a", "lora_kernel_b",
    ]  # fmt: skip
    again = dense(lora_rank=2)
    again.load_state_dict(randomized(layer).state_dict())
    x = data(5, 4)
    torch.testing.assert_close(again(x), layer(x))


def test_it_stays_what_it_is():
    layer = dense()
    layer.enable_lora(2)
    assert isinstance(layer, Dense)
    assert isinstance(layer, nn.Linear)
    assert repr(layer) == repr(dense(name=layer.name))
    assert layer.described == f"Dense {layer.name!r}"
    assert saving.serialize_keras_object(layer)["class_name"] == "Dense"
    again = saving.deserialize_keras_object(saving.serialize_keras_object(layer))
    assert again.lora_enabled
    assert (again.lora_rank, again.lora_alpha) == (2, 2)
    assert type(saving.deserialize_keras_object(saving.serialize_keras_object(dense()))) is Dense


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_is_one_of_its_own(duplicate):
    layer = dense()
    layer.enable_lora(2)
    twin, x = duplicate(randomized(layer)), data(2, 4)
    expected = layer(x)
    twin.merge_lora()
    assert type(twin) is Dense
    assert layer.lora_enabled
    torch.testing.assert_close(layer(x), expected)
    torch.testing.assert_close(twin(x), expected)
    frozen = duplicate(layer)
    frozen.trainable = False
    frozen.trainable = True
    assert not frozen.weight.requires_grad


def test_arguments():
    layer = Dense(3, lora_rank=2, lora_alpha=8)
    assert (layer.lora_rank, layer.lora_alpha, layer.lora_enabled) == (2, 8, False)
    with keras_scope():
        theirs = keras.layers.Dense(3, lora_rank=2, lora_alpha=8)
    assert plain(layer.get_config()) == plain(theirs.get_config())
    layer(data(2, 4))
    assert (layer.lora_rank, layer.lora_alpha, layer.lora_enabled) == (2, 8, True)
    again = Dense.from_config(layer.get_config())
    assert (again.lora_rank, again.lora_alpha, again.lora_enabled) == (2, 8, False)
    assert Dense(3, lora_rank=2).lora_alpha == 2
    assert "lora_rank" not in Dense(3).get_config()
    conv = Conv2D(4, 3, lora_rank=2)
    assert conv(data(1, 5, 5, 2)).shape == (1, 3, 3, 4)
    assert conv.lora_kernel_a.shape == (3, 3, 2, 2)
    with pytest.raises(ValueError, match="lora_rank"):
        Dense(3, lora_rank=0)


def test_initializers():
    layer = dense(size=50)
    layer.enable_lora(20)
    assert layer.lora_kernel_a.abs().max() <= (6 / 50) ** 0.5
    assert layer.lora_kernel_a.abs().max() > 0.9 * (6 / 50) ** 0.5
    assert not layer.lora_kernel_b.any()
    layer.merge_lora()
    layer.enable_lora(1, a_initializer="ones", b_initializer=kerlite.initializers.Constant(2.0))
    assert layer.lora_kernel_a.unique().tolist() == [1.0]
    assert layer.lora_kernel_b.unique().tolist() == [2.0]


def test_the_kernel_stays_frozen():
    layer = dense()
    layer.enable_lora(2)
    for value in (False, True):
        layer.trainable = value
        assert not layer.weight.requires_grad
        assert [w.requires_grad for w in layer.lora_factors] == [value, value]
        assert layer.bias.requires_grad is value
    model = kerlite.Sequential([kerlite.Input((4,)), layer])
    model.trainable = False
    model.trainable = True
    assert [w.name for w in model.non_trainable_weights] == ["kernel"]
    layer.trainable = False
    layer.merge_lora()
    assert not layer.weight.requires_grad
    layer.trainable = True
    assert layer.weight.requires_grad


def test_no_gradient_is_made_for_the_kernel():
    layer = randomized(dense(lora_rank=2))
    layer(data(5, 4)).sum().backward()
    assert layer.weight.grad is None
    assert all(w.grad is not None for w in (*layer.lora_factors, layer.bias))


def test_fit_trains_the_factors_and_biases_only():
    model = kerlite.Sequential([kerlite.Input((4,)), Dense(8, "relu"), Dense(1)])
    model.compile("sgd", "mse")
    x, y = data(64, 4), data(64, 1, seed=1)
    model.fit(x, y, verbose=0)
    for layer in model.layers:
        layer.enable_lora(2)
    model.compile(kerlite.optimizers.Adam(0.01), "mse")
    before = [w.numpy() for w in model.weights]
    model.fit(x, y, epochs=3, verbose=0)
    changed = [
        not np.array_equal(w.numpy(), old) for w, old in zip(model.weights, before, strict=True)
    ]
    assert changed == [False, True, True, True] * 2
    expected = model.predict(x, verbose=0)
    for layer in model.layers:
        layer.merge_lora()
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, **TOLERANCE)
    model.compile("sgd", "mse")
    kernel = model.layers[0].kernel.numpy()
    model.fit(x, y, verbose=0)
    assert not np.array_equal(model.layers[0].kernel.numpy(), kernel)


def test_a_subclass_keeps_what_it_adds():
    class Doubled(Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

    layer, x = Doubled(3), data(5, 4)
    layer(x)
    layer.enable_lora(2)
    randomized(layer)
    torch.testing.assert_close(layer(x), 2 * (x @ layer.kernel + layer.bias))
    with saving.custom_object_scope({"Doubled": Doubled}):
        again = saving.deserialize_keras_object(saving.serialize_keras_object(layer))
    assert isinstance(again, Doubled)
    assert again.lora_enabled
    layer.merge_lora()
    assert type(layer) is Doubled


class Block(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(3)

    def build(self, input_shape):
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


def test_inside_another_layer():
    layer, x = Block(), data(5, 4)
    layer(x)
    layer.inner.enable_lora(2)
    randomized(layer.inner)
    check_tools(layer, x)
    assert [w.path for w in layer.weights][-1] == f"{layer.name}/{layer.inner.name}/lora_kernel_b"


def test_keras_reads_our_files(tmp_path):
    make = lambda api: api.Sequential(  # noqa: E731
        [api.Input((6,)), api.layers.Embedding(9, 4), api.layers.Conv1D(4, 2, activation="tanh"),
         api.layers.Dense(3)]
    )  # fmt: skip
    model, x = make(kerlite), data(2, 6, low=9).numpy()
    for layer in model.layers:
        layer.enable_lora(2, lora_alpha=6)
        randomized(layer)
    expected = model.predict(x, verbose=0)
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    with keras_scope():
        theirs = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(theirs.predict(x, verbose=0), expected, **TOLERANCE)
        assert all(layer.lora_enabled for layer in theirs.layers)
        theirs = make(keras)
        theirs.load_weights(tmp_path / "model.weights.h5")
        np.testing.assert_allclose(theirs.predict(x, verbose=0), expected, **TOLERANCE)
        for layer in theirs.layers:
            layer.enable_lora(3, b_initializer="ones")
        expected = theirs.predict(x, verbose=0)
        theirs.save(tmp_path / "theirs.keras")
        theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours = kerlite.models.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, **TOLERANCE)
    assert [layer.lora_rank for layer in ours.layers] == [3, 3, 3]
    assert all(layer.lora_factors[0].any() for layer in ours.layers)  # so that b gets gradients
    ours = make(kerlite)
    ours.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, **TOLERANCE)
    model.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, **TOLERANCE)


def test_a_file_of_another_layer(tmp_path):
    other = kerlite.Sequential([kerlite.Input((4,)), Dense(3, use_bias=False)])
    other.save_weights(tmp_path / "other.weights.h5")
    model = kerlite.Sequential([kerlite.Input((4,)), dense(lora_rank=2)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"2 weights besides LoRA's, but 1 were stored"):
        model.load_weights(tmp_path / "other.weights.h5")
    for weight, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_what_cannot_be():
    with pytest.raises(ValueError, match=r"no kernel yet.*build"):
        Dense(3).enable_lora(2)
    with pytest.raises(ValueError, match="no embeddings yet"):
        Embedding(3, 2).enable_lora(2)
    for rank in (0, -1, 1.5, None):
        with pytest.raises(ValueError, match=f"rank={rank}"):
            dense().enable_lora(rank)
    layer = dense()
    layer.enable_lora(2)
    with pytest.raises(ValueError, match=r"rank 2 already.*merge_lora"):
        layer.enable_lora(2)
    with pytest.raises(ValueError, match="kernel_constraint"):
        dense(kernel_constraint="non_neg").enable_lora(2)
    with pytest.raises(ValueError, match="kernel_constraint"):
        dense(kernel_constraint="non_neg", lora_rank=2)
    with pytest.raises(ValueError, match="no LoRA to merge"):
        dense().merge_lora()
    pruned = dense()
    prune.l1_unstructured(pruned, "weight", amount=0.5)
    with pytest.raises(ValueError, match="that a tool computes"):
        pruned.enable_lora(2)
    for other in (layers.BatchNormalization(), layers.LayerNormalization()):
        assert not hasattr(other, "enable_lora")
