import copy
import pickle

import keras
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import kerlite
from kerlite import config, layers, saving
from kerlite.layers.attention.multi_head_attention import MultiHeadAttention
from tests.layers.attention.support import carrying, check_attention
from tests.layers.support import data, keras_scope

X = data(3, 4, 6)
CROSS = data(3, 4, 6), data(3, 5, 7, seed=1), data(3, 5, 8, seed=2)
GRID = data(2, 3, 4, 5), data(2, 3, 4, 6, seed=1)
SOME = data(3, 4, 5, seed=5) > 0
SOME[0, 1] = False  # a step that may attend to none
CONFIGS = [
    ({}, (X, X)),
    ({}, CROSS),
    ({"value_dim": 5}, CROSS),
    ({"use_bias": False}, (X, X)),
    ({"num_heads": 1, "output_shape": 3}, (X, X, X)),
    ({"output_shape": (2, 3)}, CROSS),
    ({"sliding_window": 2}, CROSS),
    ({"use_gate": True, "value_dim": 2}, CROSS),
    ({"dropout": 0.4, "seed": 1}, CROSS),
    ({"attention_axes": 1}, (X, X)),
    ({"attention_axes": (2,)}, GRID),
    ({"attention_axes": (-3, -2), "output_shape": (7,)}, GRID),
    ({}, (GRID[0], data(2, 2, 5, 6))),
    ({"kernel_initializer": "he_normal", "kernel_regularizer": "l2"}, (X, X)),
    ({"bias_constraint": "non_neg", "kernel_constraint": "unit_norm"}, (X, X)),
    ({"activity_regularizer": "l2", "bias_regularizer": "l1"}, (X, X)),
]


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(("arguments", "inputs"), CONFIGS)
def test_like_keras(arguments, inputs, scores):
    arguments = {"num_heads": 2, "key_dim": 3, **arguments}
    check_attention("MultiHeadAttention", arguments, inputs, return_attention_scores=scores)


def test_is_what_one_writes_by_hand():
    layer = MultiHeadAttention(8, 4)
    layer.build(X.shape, X.shape)
    maps = {}
    for name in ("query", "key", "value"):
        maps[name] = nn.Linear(6, 32)
        maps[name].weight.data = layer._modules[f"{name}_dense"].kernel.data.reshape(6, 32).t()
        maps[name].bias.data = layer._modules[f"{name}_dense"].bias.data.flatten()
    heads = [maps[n](X).unflatten(-1, (8, 4)).transpose(1, 2) for n in ("query", "key", "value")]
    joined = F.scaled_dot_product_attention(*heads, is_causal=True).transpose(1, 2).flatten(2)
    expected = F.linear(joined, layer.output_dense.kernel.reshape(32, 6).t())
    torch.testing.assert_close(layer(X, X, use_causal_mask=True), expected)


def test_dropout_of_scores():
    x = data(64, 8, 6)
    layer = MultiHeadAttention(2, 3, dropout=0.5)
    expected = layer(x, x)
    mean = torch.stack([layer(x, x, training=True) for _ in range(200)]).mean(0)
    assert (layer(x, x, training=True) - expected).abs().max() > 0.05
    torch.testing.assert_close(mean, expected, rtol=0.2, atol=0.2)
    torch.testing.assert_close(layer(x, x, training=False), expected)
    one, two = (MultiHeadAttention(2, 3, dropout=0.5, seed=3) for _ in range(2))
    for twin in (one, two):
        twin.build(x.shape, x.shape)
        twin.set_weights(layer.get_weights())
    first = one(x, x, training=True)
    torch.testing.assert_close(first, two(x, x, training=True))
    assert (first - one(x, x, training=True)).abs().max() > 0.05
    layer.train()
    assert (layer(x, x) - expected).abs().max() > 0.05


def test_in_a_model_with_padding():
    ids = layers.Input((None,), dtype="int32")
    x = layers.Embedding(9, 6, mask_zero=True)(ids)
    attention = MultiHeadAttention(2, 3)
    y, scores = attention(x, x, return_attention_scores=True, use_causal_mask=True)
    assert y.shape == (None, None, 6)
    assert scores.shape == (None, 2, None, None)
    assert y._keras_mask.shape == (None, None)
    model = kerlite.Model(ids, attention(query=x, value=x, use_causal_mask=True))
    batch = torch.tensor([[3, 4, 0], [1, 2, 5]])
    hidden = carrying(model.layers[1](batch), batch != 0)
    outputs = model(batch)
    torch.testing.assert_close(outputs, attention(hidden, hidden, use_causal_mask=True))
    torch.testing.assert_close(outputs._keras_mask, batch != 0)
    lone = model(batch[:1, :2])
    torch.testing.assert_close(outputs[:1, :2], lone)


@pytest.mark.parametrize("arguments", [{}, {"dropout": 0.3, "use_gate": True, "seed": 2}])
def test_files_are_keras_s(tmp_path, arguments):
    def build(library):
        x, y = library.Input((4, 6)), library.Input((None, 5))
        attention = library.layers.MultiHeadAttention(2, 3, name="attend", **arguments)
        return library.Model([x, y], attention(x, y))

    with keras_scope():
        theirs, ours = build(keras), build(kerlite)
        inputs = [X.numpy(), data(3, 2, 5).numpy()]
        expected = theirs.predict(inputs, verbose=0)
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        ours.load_weights(tmp_path / "theirs.weights.h5")
        np.testing.assert_allclose(ours.predict(inputs, verbose=0), expected, rtol=1e-5, atol=1e-6)
        theirs.set_weights([np.zeros_like(w) for w in theirs.get_weights()])
        ours.save_weights(tmp_path / "ours.weights.h5")
        theirs.load_weights(tmp_path / "ours.weights.h5")
        np.testing.assert_allclose(
            theirs.predict(inputs, verbose=0), expected, rtol=1e-5, atol=1e-6
        )
        ours.save(tmp_path / "ours.keras")
        again = keras.saving.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(again.predict(inputs, verbose=0), expected, rtol=1e-5, atol=1e-6)
        theirs.save(tmp_path / "theirs.keras")
    again = saving.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(again.predict(inputs, verbose=0), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("arguments", [{}, {"use_gate": True, "dropout": 0.2}])
def test_under_torchs_tools(arguments):
    layer = MultiHeadAttention(2, 3, **arguments)
    call = {"attention_mask": SOME[..., :4], "use_causal_mask": True}
    expected = layer(X, X, **call)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(other(X, X, **call), expected)
        assert [w.path for w in other.weights] == [w.path for w in layer.weights]
    strided = torch.stack([X, X], -1)[..., 0]
    torch.testing.assert_close(layer(strided, strided, **call), expected)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(X, X, **call), expected)
    outputs = compiled(X, X, return_attention_scores=True)
    torch.testing.assert_close(outputs, layer(X, X, return_attention_scores=True))
    torch._dynamo.reset()


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "mixed_bfloat16"])
def test_number_types(dtype):
    reference, layer = MultiHeadAttention(2, 3), MultiHeadAttention(2, 3, dtype=dtype)
    mask = SOME[..., :4]
    expected = reference(X, X, attention_mask=mask, return_attention_scores=True)
    layer.build(X.shape, X.shape)
    layer.set_weights(reference.get_weights())
    found = layer(X, X, attention_mask=mask, return_attention_scores=True)
    assert {x.dtype for x in found} == {getattr(torch, dtype.removeprefix("mixed_"))}
    torch.testing.assert_close([x.float() for x in found], [*expected], rtol=0.05, atol=0.05)
    outputs = layer(X, X, attention_mask=mask)
    expected = reference(X, X, attention_mask=mask)
    torch.testing.assert_close(outputs.float(), expected, rtol=0.05, atol=0.05)
    outputs.float().sum().backward()
    assert all(p.grad.isfinite().all() for p in layer.parameters())


def test_frozen():
    layer = MultiHeadAttention(2, 3, trainable=False)
    layer(X, X)
    assert layer.trainable_weights == []
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    assert len(layer.trainable_weights) == 8


def test_flash_attention():
    layer = MultiHeadAttention(2, 3)
    expected = layer(X, X)
    assert "flash_attention" not in layer.get_config()
    config.disable_flash_attention()
    try:
        others = [MultiHeadAttention(2, 3)]
    finally:
        config.enable_flash_attention()
    others += [MultiHeadAttention(2, 3, flash_attention=flag) for flag in (True, False)]
    for other in others:
        other.build(X.shape, X.shape)
        other.set_weights(layer.get_weights())
        torch.testing.assert_close(other(X, X), expected)
        compiled = torch.compile(other, fullgraph=True, backend="eager")
        torch.testing.assert_close(compiled(X, X), expected)
    torch._dynamo.reset()
    with pytest.raises(ValueError, match=r"flash_attention=True.*return_attention_scores"):
        others[1](X, X, return_attention_scores=True)
    wide = MultiHeadAttention(2, 3, value_dim=4, flash_attention=True, name="m")
    with (
        pytest.warns(UserWarning, match="Flash attention|kernel"),
        pytest.raises(RuntimeError, match=r"'m' has flash_attention=True, but torch has no"),
    ):
        wide(X, X)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_heads": 0}, "'m' needs num_heads to be a whole number >= 1.*num_heads=0"),
        ({"key_dim": 0}, "key_dim=0"),
        ({"value_dim": 0}, "value_dim=0"),
        ({"dropout": 1.0}, r"'m' needs dropout to lie in \[0, 1\); received dropout=1.0"),
        ({"sliding_window": 0}, "sliding_window=0"),
        ({"output_shape": (3, 0)}, "output_shape"),
        ({"output_shape": "ab"}, "output_shape"),
        ({"attention_axes": "ab"}, "'m' needs attention_axes"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(**{"num_heads": 2, "key_dim": 3, "name": "m", **arguments})


@pytest.mark.parametrize(
    ("inputs", "arguments", "message"),
    [
        ((X[0], X[0]), {}, r"'m' takes query, value and key of shape \(batch, steps, features\)"),
        ((X, X[..., None]), {}, r"received the shapes \(3, 4, 6\), \(3, 4, 6, 1\)"),
        ((X, X, CROSS[1]), {}, "as many steps in value and key"),
        ((X, X), {"attention_axes": 2}, r"attends along the axes \[2\], but its inputs have 3"),
        ((X, X), {"attention_axes": (1, -2)}, "different ones before the last"),
    ],
)
def test_inputs_that_do_not_fit(inputs, arguments, message):
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(2, 3, name="m", **arguments)(*inputs)
    symbols = [layers.Input(x.shape[1:]) for x in inputs]
    with pytest.raises(ValueError, match="'m'"):
        MultiHeadAttention(2, 3, name="m", **arguments)(*symbols)


def test_inputs_and_masks_that_do_not_fit_a_built_layer():
    layer = MultiHeadAttention(2, 3, name="m")
    layer(X, X)
    for inputs in ((X, CROSS[1]), (CROSS[1], X), (X, X[:1]), (X[:, :, :5], X)):
        with pytest.raises(ValueError, match=r"'m' was built for .* 3 axes, .*\(6, 6, 6\)"):
            layer(*inputs)
    with pytest.raises(ValueError, match=r"'m' needs an attention_mask .* \(3, 4, 5\)"):
        layer(X, X, attention_mask=SOME)
    with pytest.raises(ValueError, match=r"'m' needs an attention_mask .* \(4,\)"):
        layer(X, X, attention_mask=SOME[0, 0, :4])
    with pytest.raises(ValueError, match=r"'m' needs a value_mask of shape \(3, 4\).*\(3, 5\)"):
        layer(X, X, value_mask=SOME[:, 0])
    with pytest.raises(ValueError, match="needs to know the size of the last axis"):
        MultiHeadAttention(2, 3).build((None, 4, None), (None, 4, 6))
