"""What each kind of layer computes with LoRA, against real Keras and against the merged layer."""

import copy

import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers import Conv2D, Dense, Embedding
from kerlite.layers.core.einsum_dense import EinsumDense
from kerlite.layers.core.reversible_embedding import ReversibleEmbedding
from tests.layers.lora.support import CASES, IDS, adapted, dense, randomized
from tests.layers.support import (
    TOLERANCE,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    plain,
    run,
)


@pytest.mark.parametrize(("name", "arguments", "inputs"), CASES, ids=IDS)
def test_like_keras(name, arguments, inputs):
    with keras_scope():
        theirs, ours = adapted(name, arguments, inputs)
        expected, expected_grads = run(theirs, inputs, {})
        penalties = [float(loss) for loss in theirs.losses]
        kind = "embeddings" if "Embedding" in name else "kernel"
        kernel = getattr(theirs, kind).detach().numpy()
    result, grads = run(ours, inputs, {})
    np.testing.assert_allclose(result, expected, **TOLERANCE)
    for grad, wanted in zip(grads, expected_grads, strict=True):
        np.testing.assert_allclose(grad, wanted, rtol=1e-5, atol=5e-5)
    assert plain(ours.get_config()) == plain(theirs.get_config())
    for part in ("weights", "trainable_weights", "non_trainable_weights"):
        of_ours, of_theirs = getattr(ours, part), getattr(theirs, part)
        assert [w.name for w in of_ours] == [w.name for w in of_theirs]
        assert [tuple(w.shape) for w in of_ours] == [tuple(w.shape) for w in of_theirs]
    assert ours.count_params() == theirs.count_params()
    np.testing.assert_allclose(getattr(ours, kind).detach(), kernel, **TOLERANCE)
    assert [float(loss) for loss in ours.losses] == pytest.approx(penalties, rel=1e-5)
    assert ours.compute_output_shape(tuple(inputs.shape)) == expected.shape


@pytest.mark.parametrize(("name", "arguments", "inputs"), CASES, ids=IDS)
def test_enabled_it_changes_nothing_and_merged_it_leaves_nothing(name, arguments, inputs):
    layer = getattr(layers, name)(**arguments)
    before, cls = layer(inputs).detach(), type(layer)
    config = layer.get_config()
    layer.enable_lora(3)
    torch.testing.assert_close(layer(inputs), before)
    expected = randomized(layer)(inputs).detach()
    assert not torch.allclose(expected, before)
    layer.merge_lora()
    torch.testing.assert_close(layer(inputs), expected, rtol=1e-4, atol=1e-4)
    assert type(layer) is cls
    assert layer.get_config() == config
    assert not any("lora" in key for key in layer.state_dict())
    assert all(weight.trainable for weight in layer.weights)
    layer.enable_lora(1)  # and once more
    torch.testing.assert_close(layer(inputs), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("index", [0, 3, 5, 7, 10, 14, 17, 19])
def test_under_torchs_tools(index):
    name, arguments, inputs = CASES[index]
    layer = getattr(layers, name)(**arguments)
    layer(inputs)
    layer.enable_lora(2)
    check_tools(randomized(layer), inputs)


def test_reversed():
    arguments = {"input_dim": 7, "output_dim": 3, "logit_soft_cap": 5.0}
    numbers, vectors = data(2, 5, low=7), data(2, 5, 3)
    with keras_scope():
        theirs, ours = adapted("ReversibleEmbedding", arguments, numbers)
        expected = theirs(vectors, reverse=True).detach()
    torch.testing.assert_close(ours(vectors, reverse=True), expected)
    ours.merge_lora()
    torch.testing.assert_close(ours(vectors, reverse=True), expected)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_reversed_in_a_number_type_of_its_own(dtype):
    layer = ReversibleEmbedding(7, 3, reverse_dtype="float64", dtype=dtype, lora_rank=2)
    layer(data(4, low=7))
    scores = randomized(layer)(data(5, 3), reverse=True)
    assert scores.dtype is torch.float64
    layer.merge_lora()
    torch.testing.assert_close(layer(data(5, 3), reverse=True), scores, rtol=1e-5, atol=1e-5)


def test_an_untied_way_back_is_not_adapted():
    layer = ReversibleEmbedding(7, 3, tie_weights=False, lora_rank=2)
    vectors = data(2, 3)
    layer(data(4, low=7))
    expected = layer(vectors, reverse=True)
    torch.testing.assert_close(randomized(layer)(vectors, reverse=True), expected)


def test_convolutions_in_a_functional_model():
    inputs = kerlite.Input((8, 8, 3))
    first, second = Conv2D(4, 3, activation="relu"), Conv2D(2, 3, padding="same")
    model = kerlite.Model(inputs, second(first(inputs)))
    x = data(2, 8, 8, 3)
    for layer in (first, second):
        layer.enable_lora(2)
        randomized(layer)
    torch.testing.assert_close(model(x), second(first(x)))
    compiled = torch.compile(copy.deepcopy(model), fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), model(x))
    torch._dynamo.reset()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "mixed_bfloat16"])
def test_factors_are_float32(dtype):
    for layer, x in (
        (Dense(3, dtype=dtype), data(2, 4)),
        (Embedding(7, 3, dtype=dtype), data(2, low=7)),
    ):
        layer(x)
        layer.enable_lora(2)
        assert {factor.dtype for factor in layer.lora_factors} == {torch.float32}
        y = randomized(layer)(x)
        assert y.dtype is getattr(torch, dtype.removeprefix("mixed_"))
        y.float().sum().backward()
        store = {}
        layer.save_own_variables(store)
        layer.merge_lora()
        np.testing.assert_array_equal(store["0"], layer.get_weights()[0])
        torch.testing.assert_close(layer(x), y, rtol=0.05, atol=0.05)


def test_number_types():
    for make, x in (
        (lambda **dtype: Dense(3, lora_rank=2, **dtype), data(5, 4)),
        (lambda **dtype: Conv2D(3, 2, lora_rank=2, **dtype), data(2, 4, 4, 2)),
        (lambda **dtype: EinsumDense("ab,bc->ac", 3, lora_rank=2, **dtype), data(5, 4)),
        (lambda **dtype: Embedding(7, 3, lora_rank=2, **dtype), data(5, low=7)),
    ):
        check_number_types(make, x)


def test_moving_and_integers():
    layer = randomized(dense(lora_rank=2))
    x = data(5, 4)
    expected = layer(x)
    assert not layer.double().weight.requires_grad
    torch.testing.assert_close(layer(x.double()).float(), expected)
    layer.trainable = True
    assert not layer.weight.requires_grad
    assert layer(torch.ones(2, 4, dtype=torch.int64)).shape == (2, 3)
