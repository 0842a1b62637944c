"""Masks on their way through layers: on tensors in eager code, as edges of a graph."""

import warnings

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite import Input, Model, Sequential
from kerlite.layers import Dense, Embedding, Layer
from kerlite.layers.calls import state
from kerlite.layers.masks import set_masks

IDS = torch.tensor([[1, 2, 0, 0], [3, 0, 0, 0]])


@pytest.fixture(autouse=True)
def no_masks_yet():
    state.eager_masks = False
    yield
    state.eager_masks = False


class MaskedSum(Layer):
    """Adds up the steps that count."""

    def call(self, inputs, mask=None):
        if mask is None:
            return inputs.sum(1)
        return (inputs * mask[..., None]).sum(1)


class KerasMaskedSum(keras.layers.Layer):
    def call(self, inputs, mask=None):
        if mask is None:
            return keras.ops.sum(inputs, 1)
        return keras.ops.sum(inputs * keras.ops.cast(mask[..., None], "float32"), 1)


class Unaware(Layer):
    def call(self, inputs):
        return inputs * 2


class Halves(Layer):
    """Keeps every other step, of the mask too."""

    def call(self, inputs):
        return inputs[:, ::2]

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else mask[:, ::2]


class MakesMask(Layer):
    def call(self, inputs):
        return inputs

    def compute_mask(self, inputs, mask=None):
        return inputs.abs().sum(-1) > 0


def embedding():
    return Embedding(5, 3, mask_zero=True, embeddings_initializer="ones")


def built(*layers):
    """Return a functional and a sequential model of the same layers."""
    x = y = Input((4,), dtype="int32")
    for layer in layers:
        y = layer(y)
    return [Model(x, y), Sequential(list(layers))]


def test_eager_mask_rides_on_the_tensor():
    out = embedding()(IDS)
    assert torch.equal(out._keras_mask, IDS != 0)


def test_layers_that_support_masking_hand_it_on():
    out = Dense(2)(Dense(2)(embedding()(IDS)))
    assert torch.equal(out._keras_mask, IDS != 0)


def test_layers_that_do_not_let_it_end():
    assert not hasattr(Unaware()(embedding()(IDS)), "_keras_mask")


def test_a_mask_argument_is_filled_in():
    assert MaskedSum()(embedding()(IDS)).tolist() == [[2.0] * 3, [1.0] * 3]


def test_an_explicit_mask_wins():
    mask = torch.ones(2, 4, dtype=torch.bool)
    assert MaskedSum()(embedding()(IDS), mask=mask).tolist() == [[4.0] * 3] * 2
    assert MaskedSum()(torch.ones(2, 4, 3), mask=IDS != 0).tolist() == [[2.0] * 3, [1.0] * 3]


def test_compute_mask_of_ones_own():
    out = Halves()(embedding()(IDS))
    assert torch.equal(out._keras_mask, (IDS != 0)[:, ::2])


def test_masks_made_from_values():
    x = torch.ones(2, 4, 3)
    x[0, 2:] = 0
    out = MakesMask()(x)
    assert out._keras_mask.tolist() == [[True, True, False, False], [True] * 4]
    assert MaskedSum()(out).tolist() == [[2.0] * 3, [4.0] * 3]


@pytest.mark.parametrize("which", [0, 1])
def test_models_pass_masks_along(which):
    model = built(embedding(), Dense(3, kernel_initializer="identity"), MaskedSum())[which]
    assert model(IDS).tolist() == [[2.0] * 3, [1.0] * 3]
    assert model(IDS.numpy()).tolist() == [[2.0] * 3, [1.0] * 3]


@pytest.mark.parametrize("which", [0, 1])
def test_models_give_masks(which):
    model = built(embedding(), Halves())[which]
    out = model(IDS)
    assert torch.equal(out._keras_mask, (IDS != 0)[:, ::2])
    assert MaskedSum()(out).tolist() == [[1.0] * 3, [1.0] * 3]


def test_models_called_on_masked_inputs():
    x = Input((4, 3))
    inner = Model(x, MaskedSum()(Dense(3, kernel_initializer="identity")(x)), name="inner")
    assert inner(torch.ones(2, 4, 3)).tolist() == [[4.0] * 3] * 2
    assert inner(embedding()(IDS)).tolist() == [[2.0] * 3, [1.0] * 3]
    assert inner(torch.ones(2, 4, 3), mask=IDS != 0).tolist() == [[2.0] * 3, [1.0] * 3]
    assert inner(torch.ones(2, 4, 3)).tolist() == [[4.0] * 3] * 2


def test_nested_models():
    x = Input((4, 3))
    inner = Model(x, Halves()(Dense(3, kernel_initializer="identity")(x)), name="inner")
    ids = Input((4,), dtype="int32")
    outer = Model(ids, MaskedSum()(inner(embedding()(ids))))
    assert outer(IDS).tolist() == [[1.0] * 3, [1.0] * 3]
    deepest = Model(ids, outer(ids))
    assert deepest(IDS).tolist() == [[1.0] * 3, [1.0] * 3]


def test_a_nested_model_that_makes_the_mask():
    ids = Input((4,), dtype="int32")
    inner = Model(ids, embedding()(ids), name="inner")
    other = Input((4,), dtype="int32")
    outer = Model(other, MaskedSum()(inner(other)))
    assert outer(IDS).tolist() == [[2.0] * 3, [1.0] * 3]


def test_the_same_as_keras_through_shared_layers_and_merges():
    def make(lib, masked_sum, embed):
        a, b = lib.Input((4,), dtype="int32"), lib.Input((4,), dtype="int32")
        shared = embed(5, 3, mask_zero=True)
        left, right = masked_sum()(shared(a)), masked_sum()(shared(b))
        return lib.Model([a, b], left - right)

    ours = make(kerlite, MaskedSum, Embedding)
    other = np.array([[0, 4, 1, 0], [2, 2, 2, 2]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the mask ends in KerasMaskedSum
        theirs = make(keras, KerasMaskedSum, keras.layers.Embedding)
        ours.set_weights([w.value.detach().numpy() for w in theirs.weights])
        expected = theirs([IDS.numpy(), other]).detach().numpy()
    np.testing.assert_allclose(ours([IDS, torch.as_tensor(other)]).detach(), expected, rtol=1e-6)


def test_a_graph_warns_where_a_mask_ends():
    ids = Input((4,), dtype="int32")
    with pytest.warns(UserWarning, match=r"'unaware.*supports_masking"):
        Unaware()(embedding()(ids))


def test_symbolic_masks():
    ids = Input((4,), dtype="int32")
    out = embedding()(ids)
    assert (out._keras_mask.shape, out._keras_mask.dtype) == ((None, 4), "bool")
    assert Dense(2)(out)._keras_mask is out._keras_mask
    assert Halves()(out)._keras_mask.shape == (None, 2)


def test_masks_by_argument_name():
    class Attend(Layer):
        def call(self, query, value, query_mask=None, value_mask=None):
            return torch.stack([query_mask.sum(), value_mask.sum()])

    layer = Attend()
    other = torch.tensor([[1, 0, 0, 0], [1, 0, 0, 0]])
    embed = embedding()
    assert layer(embed(IDS), embed(other)).tolist() == [3, 2]
    assert layer(embed(IDS), value=embed(other)).tolist() == [3, 2]


def test_masks_of_several_inputs():
    class Merge(Layer):
        supports_masking = True

        def call(self, inputs, mask=None):
            return inputs[0] + inputs[1], torch.stack([m.sum() for m in mask if m is not None])

        def compute_mask(self, inputs, mask=None):
            return None if mask is None else [mask[0], None]

    out, counts = Merge()([embedding()(IDS), torch.ones(2, 4, 3)])
    assert counts.tolist() == [3]
    assert torch.equal(out._keras_mask, IDS != 0)


def test_the_mask_argument_is_none_without_a_mask():
    seen = []

    class Sees(Layer):
        def call(self, inputs, mask=None):
            seen.append(mask)
            return inputs

    Sees()(torch.ones(1, 2, 3))
    embedding()(IDS)
    Sees()(torch.ones(1, 2, 3))
    assert seen == [None, None]


def test_casting_an_input_keeps_its_mask():
    x = torch.ones(2, 4, 3, dtype=torch.float64)
    set_masks(x, IDS != 0)
    state.eager_masks = True
    assert MaskedSum()(x).tolist() == [[2.0] * 3, [1.0] * 3]


def test_a_masked_model_compiles_and_exports():
    model = built(embedding(), Dense(3), MaskedSum())[0]
    expected = model(IDS)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(IDS), expected)
    torch.testing.assert_close(torch.export.export(model, (IDS,)).module()(IDS), expected)


def test_a_mask_of_the_wrong_place_is_no_leftover():
    """A layer called inside a graph's run is given its mask explicitly, and only its own."""
    ids = Input((4,), dtype="int32")
    plain = Input((4, 3))
    model = Model([ids, plain], [MaskedSum()(embedding()(ids)), MaskedSum()(plain)])
    masked, unmasked = model([IDS, torch.ones(2, 4, 3)])
    assert masked.tolist() == [[2.0] * 3, [1.0] * 3]
    assert unmasked.tolist() == [[4.0] * 3] * 2
