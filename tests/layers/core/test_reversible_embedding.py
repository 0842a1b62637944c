import keras
import numpy as np
import pytest
import torch
from torch import nn

import kerlite
from kerlite import layers
from kerlite.layers.core.reversible_embedding import ReversibleEmbedding
from tests.layers.support import check_layer, check_tools, data, keras_scope, pair, run

IDS = torch.tensor([[3, 0, 1], [0, 6, 2]])
CONFIGS = [
    {},
    {"tie_weights": False},
    {"logit_soft_cap": 2.5},
    {"tie_weights": False, "logit_soft_cap": 1, "embeddings_initializer": "ones"},
    {"mask_zero": True, "embeddings_regularizer": "l2", "embeddings_constraint": "unit_norm"},
    {"reverse_dtype": "float32"},
]


@pytest.mark.parametrize("arguments", CONFIGS)
def test_like_keras(arguments):
    check_layer("ReversibleEmbedding", {"input_dim": 7, "output_dim": 4, **arguments}, IDS)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 4)])
@pytest.mark.parametrize("arguments", CONFIGS)
def test_the_way_back_like_keras(arguments, shape):
    x = data(*shape)
    theirs, ours = pair("ReversibleEmbedding", {"input_dim": 7, "output_dim": 4, **arguments}, x)
    with keras_scope():
        expected, grads = run(theirs, x, {"reverse": True})
        shapes = [theirs.compute_output_shape(s, reverse=True) for s in (shape, (None, *shape[1:]))]
    found, own = run(ours, x, {"reverse": True})
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    for grad, wanted in zip(own, grads, strict=True):
        np.testing.assert_allclose(grad, wanted, rtol=1e-5, atol=1e-5)
    for given, wanted in zip((shape, (None, *shape[1:])), shapes, strict=True):
        assert ours.compute_output_shape(given, reverse=True) == tuple(wanted)
        assert ours(layers.Input(batch_shape=given), reverse=True).shape == tuple(wanted)


def test_is_torchs_embedding():
    layer, twin = ReversibleEmbedding(7, 4), nn.Embedding(7, 4)
    layer.build()
    assert isinstance(layer, nn.Embedding)
    layer.load_state_dict(twin.state_dict())
    torch.testing.assert_close(layer(IDS), twin(IDS))
    torch.testing.assert_close(layer(twin(IDS), reverse=True), twin(IDS) @ twin.weight.t())


def test_masks():
    layer = ReversibleEmbedding(7, 4, mask_zero=True)
    vectors = layer(IDS)
    torch.testing.assert_close(vectors._keras_mask, IDS != 0)
    for scores in (layer(vectors, reverse=True), layer(vectors, True)):
        assert getattr(scores, "_keras_mask", None) is None
    symbol = layer(layers.Input((None,), dtype="int32"))
    assert symbol._keras_mask.shape == (None, None)
    assert layer(symbol, reverse=True)._keras_mask is None


@pytest.mark.parametrize("tie_weights", [True, False])
def test_in_a_model(tie_weights, tmp_path):
    def build(library):
        ids = library.Input((None,), dtype="int32")
        layer = library.layers.ReversibleEmbedding(
            7, 4, tie_weights, mask_zero=True, name="embedding"
        )
        return library.Model(ids, layer(layer(ids), reverse=True))

    with keras_scope():
        theirs, ours = build(keras), build(kerlite)
        expected = theirs.predict(IDS.numpy(), verbose=0)
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        ours.load_weights(tmp_path / "theirs.weights.h5")
        assert ours.output_shape == (None, None, 7)
        np.testing.assert_allclose(ours.predict(IDS.numpy(), verbose=0), expected, rtol=1e-5)
        ours.save(tmp_path / "ours.keras")
        again = keras.saving.load_model(tmp_path / "ours.keras")
        np.testing.assert_allclose(again.predict(IDS.numpy(), verbose=0), expected, rtol=1e-5)


@pytest.mark.parametrize("tie_weights", [True, False])
def test_under_torchs_tools(tie_weights):
    layer = ReversibleEmbedding(7, 4, tie_weights, mask_zero=True)
    layer.build()
    check_tools(layer, IDS)
    check_tools(layer, data(2, 3, 4), reverse=True)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "mixed_bfloat16"])
@pytest.mark.parametrize("reverse_dtype", [None, "float32"])
def test_number_types(dtype, reverse_dtype):
    layer = ReversibleEmbedding(7, 4, dtype=dtype, reverse_dtype=reverse_dtype)
    vectors = layer(IDS)
    wanted = reverse_dtype or dtype.removeprefix("mixed_")
    for x in (vectors, vectors.float()):
        scores = layer(x, reverse=True)
        assert scores.dtype is getattr(torch, wanted)
    expected = vectors.float() @ layer.embeddings.float().t()
    torch.testing.assert_close(scores.float(), expected, rtol=0.05, atol=0.01)
    scores.float().sum().backward()
    assert layer(layers.Input((4,)), reverse=True).dtype == wanted


def test_given_vectors():
    vectors = data(7, 4).numpy()
    layer = ReversibleEmbedding(7, 4, weights=vectors)
    np.testing.assert_allclose(layer.embeddings.numpy(), vectors)
    with pytest.raises(ValueError, match="received 1 arrays"):
        ReversibleEmbedding(7, 4, tie_weights=False, weights=vectors)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_dim": 0}, "'e' needs input_dim to be a whole number >= 1.*input_dim=0"),
        ({"logit_soft_cap": 0}, "'e' needs logit_soft_cap > 0, or None; received 0"),
        ({"reverse_dtype": "float31"}, "float31"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ReversibleEmbedding(**{"input_dim": 3, "output_dim": 2, "name": "e", **arguments})


def test_vectors_of_another_size():
    layer = ReversibleEmbedding(7, 4, name="e")
    with pytest.raises(ValueError, match=r"'e' takes vectors of size output_dim=4.*\(2, 5\)"):
        layer(data(2, 5), reverse=True)
