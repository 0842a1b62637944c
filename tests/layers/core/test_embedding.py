import numpy as np
import pytest
import torch
from torch import nn

from kerlite import layers
from kerlite.layers import Embedding
from tests.layers.support import check_layer, check_tools, data

CONFIGS = [
    ({}, (2, 3)),
    ({}, (4,)),
    ({}, (1, 2, 3)),
    ({"mask_zero": True}, (2, 3)),
    ({"embeddings_initializer": "ones", "embeddings_regularizer": "l2"}, (2, 3)),
    ({"embeddings_constraint": "unit_norm"}, (2, 3)),
]


@pytest.mark.parametrize(("arguments", "shape"), CONFIGS)
def test_like_keras(arguments, shape):
    check_layer("Embedding", {"input_dim": 7, "output_dim": 4, **arguments}, data(*shape, low=7))


@pytest.mark.parametrize(
    "dtype", [torch.uint8, torch.int16, torch.int32, torch.float32, torch.bool]
)
def test_types_of_whole_numbers(dtype):
    layer, ids = Embedding(7, 4), torch.tensor([[0, 1], [1, 0]])
    torch.testing.assert_close(layer(ids.to(dtype)), layer(ids))
    torch.testing.assert_close(layer(ids.numpy()), layer(ids))
    torch.testing.assert_close(layer([[0, 1], [1, 0]]), layer(ids))


def test_large_numbers_as_floats_keep_their_value():
    layer = Embedding(5000, 2, dtype="float16")
    ids = torch.tensor([4001, 4003])
    torch.testing.assert_close(layer(ids.float()), layer(ids))


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16", "mixed_bfloat16"])
def test_number_types(dtype):
    out = Embedding(7, 4, dtype=dtype)(torch.tensor([1, 2]))
    assert out.dtype is getattr(torch, dtype.removeprefix("mixed_"))
    out.float().sum().backward()


def test_mask():
    ids = torch.tensor([[3, 0, 1], [0, 0, 2]])
    out = Embedding(7, 4, mask_zero=True)(ids)
    torch.testing.assert_close(out._keras_mask, ids != 0)
    assert not hasattr(Embedding(7, 4)(ids), "_keras_mask")
    layer = Embedding(7, 4, mask_zero=True)
    symbolic = layer(layers.Input((None,), dtype="int32"))
    assert symbolic._keras_mask.shape == (None, None)
    assert symbolic._keras_mask.dtype == "bool"
    assert layers.Embedding(7, 4)(layers.Input((3,)))._keras_mask is None
    assert layer.supports_masking
    assert not Embedding(7, 4).supports_masking


def test_is_torchs_embedding():
    layer, twin = Embedding(7, 4), nn.Embedding(7, 4)
    layer.build()
    assert isinstance(layer, nn.Embedding)
    layer.load_state_dict(twin.state_dict())
    ids = data(2, 3, low=7)
    torch.testing.assert_close(layer(ids), twin(ids))
    np.testing.assert_array_equal(layer.embeddings.numpy(), twin.weight.detach().numpy())
    for name in ("num_embeddings", "embedding_dim", "padding_idx", "max_norm", "sparse"):
        assert getattr(layer, name) == getattr(twin, name)


def test_given_vectors():
    vectors = data(3, 2).numpy()
    for given in (vectors, [vectors], vectors.tolist()):
        layer = Embedding(3, 2, weights=given)
        np.testing.assert_allclose(layer.embeddings.numpy(), vectors)
        assert "weights" not in layer.get_config()
    with pytest.raises(ValueError, match=r"embeddings is \(3, 2\), received \(2, 2\)"):
        Embedding(3, 2, weights=vectors[:2])


def test_under_torchs_tools():
    ids = torch.tensor([[3, 0, 1], [0, 0, 2]])
    for mask_zero in (False, True):
        layer = Embedding(7, 4, mask_zero=mask_zero)
        layer(ids)
        check_tools(layer, ids)


def test_old_argument():
    with pytest.warns(DeprecationWarning, match="input_length"):
        Embedding(3, 2, input_length=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_dim": 0}, "'e' needs input_dim to be a whole number >= 1.*input_dim=0"),
        ({"input_dim": True}, "input_dim=True"),
        ({"output_dim": -2}, "output_dim=-2"),
        ({"output_dim": 1.5}, "output_dim=1.5"),
        ({"quantization_config": {"mode": "int8"}}, "quantized after it is built"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Embedding(**{"input_dim": 3, "output_dim": 2, "name": "e", **arguments})


def test_numbers_out_of_range():
    layer = Embedding(3, 2, name="e")
    for _ in range(2):
        with pytest.raises(
            IndexError, match=r"'e' received numbers from -1 to 5, but has .* 0 to 2 only"
        ):
            layer(torch.tensor([-1, 0, 5]))
        layer(torch.tensor([0, 2]))
