import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.attention.additive_attention import AdditiveAttention
from kerlite.layers.attention.attention import Attention
from tests.layers.attention.support import carrying, results
from tests.layers.support import (
    TOLERANCE,
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
)

QUERY, VALUE, KEY = data(3, 4, 6), data(3, 5, 6, seed=1), data(3, 5, 6, seed=2)
HIDDEN = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).bool()
SOME = data(3, 5, seed=5) > 0
SOME[1] = False  # a value of which no step counts

KINDS = [
    ("Attention", {}),
    ("Attention", {"use_scale": True}),
    ("Attention", {"score_mode": "concat"}),
    ("Attention", {"score_mode": "concat", "use_scale": True, "dropout": 0.2}),
    ("AdditiveAttention", {}),
    ("AdditiveAttention", {"use_scale": False, "dropout": 0.3, "seed": 4}),
]
CLASSES = {"Attention": Attention, "AdditiveAttention": AdditiveAttention}


@pytest.mark.parametrize("inputs", [[QUERY, VALUE], [QUERY, VALUE[..., :3], KEY]])
@pytest.mark.parametrize(("name", "arguments"), KINDS)
def test_like_keras(name, arguments, inputs):
    if len(inputs) == 2:
        inputs = [QUERY, VALUE]
    check_layer(name, arguments, inputs, tools=True)


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(("name", "arguments"), KINDS)
@pytest.mark.parametrize(
    "call",
    [
        {},
        {"use_causal_mask": True},
        {"mask": [None, SOME]},
        {"mask": [HIDDEN, None]},
        {"mask": [HIDDEN, SOME, SOME]},
        {"mask": [HIDDEN, SOME], "use_causal_mask": True},
        {"mask": [None, SOME[:, None].expand(3, 4, 5)]},
    ],
)
def test_masks_like_keras(name, arguments, call, scores):
    inputs = [QUERY, VALUE, KEY]
    theirs, ours = pair(name, arguments, inputs)
    call = {**call, "return_attention_scores": scores}
    shown = torch.ones(4, 5).tril() if call.get("use_causal_mask") else torch.ones(4, 5)
    hiding = call.get("mask", [None, None])[1]
    if hiding is not None:  # steps that may attend to none have gradients of rounding only
        shown = shown * (hiding if hiding.ndim == 3 else hiding[:, None])
    counts = shown.expand(3, 4, 5).any(-1)
    with keras_scope():
        expected = results(lambda *x: theirs(list(x), **call), inputs, {}, theirs, counts)
    found = results(lambda *x: ours(list(x), **call), inputs, {}, ours, counts)
    assert len(found) == len(expected)
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, **TOLERANCE)


@pytest.mark.parametrize("name", CLASSES)
def test_carried_masks(name):
    layer = CLASSES[name]()
    query, value = carrying(QUERY, HIDDEN), carrying(VALUE, SOME)
    outputs = layer([query, value])
    torch.testing.assert_close(outputs, layer([QUERY, VALUE], mask=[HIDDEN, SOME]))
    assert outputs._keras_mask is HIDDEN
    assert not hasattr(layer([QUERY, value]), "_keras_mask")
    outputs = layer([query, VALUE], return_attention_scores=True)
    assert outputs[0]._keras_mask is HIDDEN


@pytest.mark.parametrize("name", CLASSES)
def test_in_a_model_with_padding(name):
    questions, texts = (layers.Input((None,), dtype="int32") for _ in range(2))
    embed, layer = layers.Embedding(9, 6, mask_zero=True), CLASSES[name]()
    y = layer([embed(questions), embed(texts)])
    assert y.shape == (None, None, 6)
    assert y._keras_mask.shape == (None, None)
    both = layer([embed(questions), embed(texts)], return_attention_scores=True)
    assert [x.shape for x in both] == [(None, None, 6), (None, None, None)]
    model = kerlite.Model([questions, texts], y)
    ids = torch.tensor([[3, 4, 0], [1, 2, 5]]), torch.tensor([[3, 4, 0, 0], [1, 2, 5, 1]])
    expected = layer([embed(x) for x in ids])
    torch.testing.assert_close(model([*ids]), expected)
    assert (expected[0, 2] == 0).all()
    lone = model([ids[0][:1, :2], ids[1][:1, :2]])
    torch.testing.assert_close(expected[:1, :2], lone)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("seed", [None, 7])
def test_dropout_of_scores(name, seed):
    x = [data(64, 4, 6), data(64, 8, 6, seed=1)]
    layer = CLASSES[name](dropout=0.5, seed=seed)
    expected = layer(x)
    dropped = [layer(x, training=True) for _ in range(200)]
    assert (dropped[0] - expected).abs().max() > 0.1
    assert (dropped[0] - dropped[1]).abs().max() > 0.1
    torch.testing.assert_close(torch.stack(dropped).mean(0), expected, rtol=0.4, atol=0.4)
    layer.train()
    assert (layer(x) - expected).abs().max() > 0.1
    if seed is not None:
        again = CLASSES[name](dropout=0.5, seed=seed)
        again(x)
        again.set_weights(layer.get_weights())
        torch.testing.assert_close(again(x, training=True), dropped[0])


@pytest.mark.parametrize("shape", [(2, 3, 4, 6), (2, 1, 3, 4, 6)])
@pytest.mark.parametrize(("name", "arguments"), KINDS)
def test_more_axes_of_the_batch(name, arguments, shape):
    inputs = [data(*shape), data(*shape, seed=1)]
    layer = CLASSES[name](**arguments)
    outputs, scores = layer(inputs, return_attention_scores=True)
    flat = layer([x.reshape(-1, 4, 6) for x in inputs], use_causal_mask=False)
    torch.testing.assert_close(outputs, flat.reshape(shape))
    torch.testing.assert_close(layer(inputs), outputs)
    assert scores.shape == (*shape[:-2], 4, 4)


@pytest.mark.parametrize(("name", "arguments"), KINDS)
def test_number_types(name, arguments):
    def make(dtype):
        return CLASSES[name](**{**arguments, "dropout": 0.0}, dtype=dtype)

    call = {"mask": [HIDDEN, data(3, 5, seed=5) > -1], "use_causal_mask": True}
    check_number_types(make, [QUERY, VALUE], **call)
    half = make("float16")
    assert half([QUERY, VALUE], mask=[None, SOME]).isfinite().all()


@pytest.mark.parametrize(("name", "arguments"), KINDS)
def test_whole_numbers_become_floats(name, arguments):
    layer = CLASSES[name](**arguments)
    ids = [data(2, 3, 4, low=5), data(2, 5, 4, low=5)]
    torch.testing.assert_close(layer(ids), layer([x.float() for x in ids]))


def test_compiles_with_masks():
    layer = Attention(use_scale=True)
    layer([QUERY, VALUE])
    check_tools(layer, [QUERY, VALUE], mask=[HIDDEN, SOME], use_causal_mask=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"score_mode": "add"}, "'a' needs score_mode='dot' or 'concat'; received 'add'"),
        ({"dropout": 1.5}, r"'a' needs dropout to lie in \[0, 1\); received dropout=1.5"),
        ({"dropout": "no"}, "dropout='no'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Attention(**arguments, name="a")


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (QUERY, r"'a' takes a list \[query, value\].*\(3, 4, 6\)"),
        ([QUERY], r"'a' takes a list"),
        ([QUERY] * 4, r"'a' takes a list"),
        ([QUERY, VALUE[..., :3]], r"'a' compares .* \(3, 4, 6\) and \(3, 5, 3\)"),
        ([QUERY, VALUE, QUERY], r"'a' takes query, value and key .* \(3, 4, 6\)"),
        ([QUERY[0], VALUE[0]], r"'a' takes query, value and key of shape \(batch, steps, feat"),
    ],
)
def test_inputs_that_do_not_fit(name, inputs, message):
    layer = CLASSES[name](name="a")
    with pytest.raises(ValueError, match=message):
        layer(inputs)
    with pytest.raises(ValueError, match=message):
        layer.compute_output_shape(
            [x.shape for x in inputs] if isinstance(inputs, list) else inputs.shape
        )


@pytest.mark.parametrize("name", CLASSES)
def test_masks_that_do_not_fit(name):
    layer = CLASSES[name](name="a")
    with pytest.raises(ValueError, match=r"'a' takes a list of masks"):
        layer([QUERY, VALUE], mask=HIDDEN)
    with pytest.raises(ValueError, match=r"'a' needs a value_mask of shape \(3, 5\).*\(3, 4\)"):
        layer([QUERY, VALUE], mask=[None, HIDDEN])
    with pytest.raises(ValueError, match=r"'a' needs a query_mask of shape \(3, 4\).*\(3, 5\)"):
        layer([QUERY, VALUE], mask=[SOME, None])


def test_additive_attention_needs_the_size():
    with pytest.raises(ValueError, match="needs to know the size of the last axis"):
        AdditiveAttention().build([(None, 4, None), (None, 5, None)])
