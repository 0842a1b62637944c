"""Masks of MultiHeadAttention: carried, given, causal, of windows, and steps without any."""

import pytest
import torch

import kerlite
from kerlite.layers.attention.multi_head_attention import MultiHeadAttention
from tests.layers.attention.support import carrying, check_attention, made
from tests.layers.support import data

X = data(3, 4, 6)
CROSS = data(3, 4, 6), data(3, 5, 7, seed=1), data(3, 5, 8, seed=2)
HIDDEN = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).bool()
SOME = data(3, 4, 5, seed=5) > 0
SOME[0, 1] = False  # a step that may attend to none


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize(
    "call",
    [
        {"use_causal_mask": True},
        {"attention_mask": SOME},
        {"attention_mask": SOME, "use_causal_mask": True},
        {"attention_mask": SOME.float()},
        {"attention_mask": SOME[:, None]},
        {"attention_mask": torch.stack([SOME, ~SOME], 1)},
        {"attention_mask": SOME[:1]},
        {"attention_mask": SOME[0]},
        {"value_mask": SOME[:, 0]},
        {"value_mask": SOME[:, 0], "key_mask": SOME[:, 1].int(), "attention_mask": SOME},
        {"value_mask": SOME[:, 0], "use_causal_mask": True},
    ],
)
def test_masks_like_keras(call, dropout, scores):
    arguments = {"num_heads": 2, "key_dim": 3, "dropout": dropout}
    check_attention("MultiHeadAttention", arguments, CROSS, return_attention_scores=scores, **call)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_step_that_may_attend_to_none(dtype):
    """It gets the mean of the values, of which each has its part of the gradient."""
    layer = MultiHeadAttention(2, 3, dtype=dtype)
    layer.build(X.shape, X.shape)
    query, key, value = (data(1, 4, 6, seed=i).requires_grad_() for i in range(3))
    mask = torch.zeros(1, 4, 4, dtype=torch.bool)
    outputs = layer(query, value, key, attention_mask=mask)
    values = layer.value_dense(value.to(outputs.dtype))
    mean = layer.output_dense(values.float().mean(1, keepdim=True).to(outputs.dtype))
    torch.testing.assert_close(outputs, mean.expand(1, 4, 6), rtol=0.02, atol=0.02)
    expected = torch.autograd.grad(mean.expand(1, 4, 6).float().sum(), value, retain_graph=True)[0]
    outputs.float().sum().backward()
    torch.testing.assert_close(value.grad, expected, rtol=0.02, atol=0.02)
    assert not query.grad.any()
    assert not key.grad.any()


@pytest.mark.parametrize("arguments", [{}, {"dropout": 0.2}, {"sliding_window": 2}])
@pytest.mark.parametrize("causal", [False, True])
def test_carried_masks_like_keras(arguments, causal):
    x, arguments = carrying(X, HIDDEN), {"num_heads": 2, "key_dim": 3, **arguments}
    for inputs in ((x, x), (x, X), (X, x)):
        layer = check_attention("MultiHeadAttention", arguments, inputs, use_causal_mask=causal)
    assert not hasattr(layer(X, x), "_keras_mask")
    for outputs in (layer(x, X), layer(query=x, value=X), layer(value=X, query=x)):
        assert outputs._keras_mask is HIDDEN
    outputs, scores = layer(x, x, return_attention_scores=True)
    assert outputs._keras_mask is HIDDEN
    assert not hasattr(scores, "_keras_mask")


def test_a_given_query_mask_counts():
    """Keras 3.15 overwrites it with the one that the query carries, if any."""
    _, layer = made("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, (X, X))
    expected = layer(carrying(X, HIDDEN), X)
    torch.testing.assert_close(layer(X, X, query_mask=HIDDEN), expected)


@pytest.mark.parametrize("axes", [(1, 2), (2,), (1,)])
def test_masks_along_several_axes(axes):
    """Steps along two axes are as many along one."""
    x, mask = data(2, 3, 4, 6, seed=1), data(2, 3, 4) > -0.5
    layer = MultiHeadAttention(2, 3, attention_axes=axes, sliding_window=3)
    call = {"use_causal_mask": True, "return_attention_scores": True}
    outputs, scores = layer(x, x, query_mask=mask, value_mask=mask, **call)
    flat = MultiHeadAttention(2, 3, sliding_window=3)
    order = {(1, 2): x.flatten(1, 2), (2,): x.flatten(0, 1), (1,): x.mT.mT.transpose(1, 2)}
    marks = {(1, 2): mask.flatten(1), (2,): mask.flatten(0, 1), (1,): mask.transpose(1, 2)}
    rows, hidden = order[axes], marks[axes]
    if axes == (1,):
        rows, hidden = rows.flatten(0, 1), hidden.flatten(0, 1)
    flat.build(rows.shape, rows.shape)
    flat.set_weights(layer.get_weights())
    expected, weights = flat(rows, rows, query_mask=hidden, value_mask=hidden, **call)
    if axes == (1,):
        expected = expected.unflatten(0, (2, 4)).transpose(1, 2)
    torch.testing.assert_close(outputs, expected.reshape(outputs.shape))
    torch.testing.assert_close(scores.flatten(), weights.flatten())
    symbol = kerlite.Input(x.shape[1:])
    for real, symbolic in zip((outputs, scores), layer(symbol, symbol, **call), strict=True):
        assert (2, *symbolic.shape[1:]) == real.shape
