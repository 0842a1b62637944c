import copy

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.layers.attention.group_query_attention import GroupQueryAttention
from kerlite.layers.attention.multi_head_attention import MultiHeadAttention
from tests.layers.attention.support import carrying, check_attention, made
from tests.layers.support import data, keras_scope

X = data(3, 4, 6)
CROSS = data(3, 4, 6), data(3, 5, 7, seed=1), data(3, 5, 8, seed=2)
HIDDEN = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).bool()
SOME = data(3, 4, 5, seed=5) > 0
SOME[0, 1] = False  # a step that may attend to none
SIZES = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
CONFIGS = [
    ({}, (X, X)),
    ({}, CROSS),
    ({"num_key_value_heads": 1}, CROSS),
    ({"num_key_value_heads": 4, "use_bias": False}, (X, X, X)),
    ({"sliding_window": 2}, CROSS),
    ({"use_gate": True}, CROSS),
    ({"dropout": 0.4, "seed": 1}, CROSS),
    ({"kernel_initializer": "he_normal", "kernel_regularizer": "l2"}, (X, X)),
    ({"bias_constraint": "non_neg", "kernel_constraint": "unit_norm"}, (X, X)),
    ({"activity_regularizer": "l2", "bias_regularizer": "l1"}, (X, X)),
]


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(("arguments", "inputs"), CONFIGS)
def test_like_keras(arguments, inputs, scores):
    arguments = {**SIZES, **arguments}
    check_attention("GroupQueryAttention", arguments, inputs, return_attention_scores=scores)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize(
    "call",
    [
        {"use_causal_mask": True},
        {"attention_mask": SOME},
        {"attention_mask": SOME, "use_causal_mask": True},
        {"attention_mask": torch.stack([SOME, ~SOME, SOME, SOME], 1)},
        {"value_mask": SOME[:, 0], "key_mask": SOME[:, 1].int(), "attention_mask": SOME},
        {"query_mask": HIDDEN, "value_mask": SOME[:, 0], "use_causal_mask": True},
    ],
)
def test_masks_like_keras(call, dropout, scores):
    arguments = {**SIZES, "dropout": dropout, "sliding_window": 4}
    check_attention("GroupQueryAttention", arguments, CROSS, return_attention_scores=scores, **call)


@pytest.mark.parametrize("causal", [False, True])
def test_carried_masks_like_keras(causal):
    x = carrying(X, HIDDEN)
    for inputs in ((x, x), (x, X), (X, x)):
        layer = check_attention("GroupQueryAttention", SIZES, inputs, use_causal_mask=causal)
    assert layer(x, X)._keras_mask is HIDDEN
    assert layer(query=x, value=X)._keras_mask is HIDDEN
    assert not hasattr(layer(X, x), "_keras_mask")


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_is_multi_head_attention_with_repeated_heads(heads):
    layer, whole = GroupQueryAttention(3, 4, heads), MultiHeadAttention(4, 3)
    for one in (layer, whole):
        one.build(X.shape, X.shape)
    weights = layer.get_weights()
    for i in (2, 3, 4, 5):  # kernels and biases of key and value
        weights[i] = np.repeat(weights[i], 4 // heads, -2)
    whole.set_weights(weights)
    for call in ({"use_causal_mask": True}, {"attention_mask": SOME[..., :4]}):
        call = {**call, "return_attention_scores": True}
        torch.testing.assert_close(layer(X, X, **call), whole(X, X, **call))


def test_dropout_of_scores():
    x = data(64, 8, 6)
    layer = GroupQueryAttention(3, 4, 2, dropout=0.5)
    expected = layer(x, x)
    mean = torch.stack([layer(x, x, training=True) for _ in range(200)]).mean(0)
    assert (layer(x, x, training=True) - expected).abs().max() > 0.05
    torch.testing.assert_close(mean, expected, rtol=0.2, atol=0.2)


def test_in_a_model():
    x = kerlite.Input((None, 6))
    layer = GroupQueryAttention(3, 4, 2)
    y, scores = layer(x, x, return_attention_scores=True)
    assert y.shape == (None, None, 6)
    assert scores.shape == (None, 4, None, None)
    model = kerlite.Model(x, [y, scores])
    for mine, wanted in zip(model(X), layer(X, X, return_attention_scores=True), strict=True):
        torch.testing.assert_close(mine, wanted)


def test_files_are_keras_s(tmp_path):
    def build(library):
        x = library.Input((4, 6))
        arguments = {**SIZES, "use_gate": True, "dropout": 0.2, "name": "attend"}
        return library.Model(x, library.layers.GroupQueryAttention(**arguments)(x, x))

    with keras_scope():
        theirs, ours = build(keras), build(kerlite)
        expected = theirs.predict(X.numpy(), verbose=0)
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        ours.load_weights(tmp_path / "theirs.weights.h5")
        np.testing.assert_allclose(
            ours.predict(X.numpy(), verbose=0), expected, rtol=1e-5, atol=1e-6
        )
        ours.save(tmp_path / "ours.keras")
        again = keras.saving.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(
            again.predict(X.numpy(), verbose=0), expected, rtol=1e-5, atol=1e-6
        )


def test_under_torchs_tools():
    layer = GroupQueryAttention(3, 4, 2)
    call = {"attention_mask": SOME[..., :4]}
    expected = layer(X, X, **call)
    torch.testing.assert_close(copy.deepcopy(layer)(X, X, **call), expected)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(X, X, **call), expected)
    torch._dynamo.reset()


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "mixed_bfloat16"])
def test_number_types(dtype):
    reference, layer = GroupQueryAttention(3, 4, 2), GroupQueryAttention(3, 4, 2, dtype=dtype)
    expected = reference(X, X, use_causal_mask=True)
    layer.build(X.shape, X.shape)
    layer.set_weights(reference.get_weights())
    outputs = layer(X, X, use_causal_mask=True)
    assert outputs.dtype is getattr(torch, dtype.removeprefix("mixed_"))
    torch.testing.assert_close(outputs.float(), expected, rtol=0.05, atol=0.05)
    outputs.float().sum().backward()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_query_heads": 5}, "'g' needs num_query_heads to be a multiple of .* 5 and 2"),
        ({"num_key_value_heads": 0}, "num_key_value_heads=0"),
        ({"head_dim": 0}, "'g' needs head_dim to be a whole number >= 1.*head_dim=0"),
        ({"dropout": -0.1}, "dropout=-0.1"),
        ({"sliding_window": 1.5}, "sliding_window=1.5"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        GroupQueryAttention(**{**SIZES, "name": "g", **arguments})


def test_inputs_that_do_not_fit():
    with pytest.raises(ValueError, match=r"'g' takes query, value and key .* \(2, 3, 4, 5\)"):
        GroupQueryAttention(**SIZES, name="g")(data(2, 3, 4, 5), data(2, 3, 4, 5))
    _, layer = made("GroupQueryAttention", SIZES, (X, X))
    with pytest.raises(ValueError, match=r"'attention' was built for .*\(6, 6, 6\)"):
        layer(X, CROSS[1])
