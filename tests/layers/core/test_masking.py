import numpy as np
import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.layers.core.masking import Masking
from tests.layers.support import (
    check_layer,
    check_number_types,
    check_tools,
    data,
    keras_scope,
    pair,
)


def padded(value=0.0):
    x = data(2, 4, 3)
    x[0, 2:] = value
    x[1, 0] = value
    x[1, 1, 1] = value
    return x


@pytest.mark.parametrize("value", [0.0, -1.5, 3])
def test_like_keras(value):
    arguments = {"mask_value": value}
    assert check_layer("Masking", arguments, padded(value)).built
    check_layer("Masking", arguments, data(1, 2, 3, 4))
    theirs, ours = pair("Masking", arguments, padded(value))
    with keras_scope():
        expected = theirs(padded(value))
    out = ours(padded(value))
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(out._keras_mask, expected._keras_mask)
    assert out._keras_mask.tolist() == [[True, True, False, False], [False, True, True, True]]


def test_not_a_number_is_kept():
    x = padded()
    x[0, 0, 0] = torch.nan
    out = Masking()(x)
    assert out[0, 0, 0].isnan()
    assert out._keras_mask[0, 0]
    assert Masking(mask_value=float("inf"))(torch.full((1, 2, 3), torch.inf)).sum() == 0


def test_mask_reaches_the_next_layers():
    out = layers.Dropout(0.5)(Masking()(padded()))
    assert out._keras_mask[0].tolist() == [True, True, False, False]


def test_in_a_graph():
    x = layers.Input((None, 3))
    masked = Masking(mask_value=-1.0)(x)
    assert masked.shape == (None, None, 3)
    assert masked._keras_mask.shape == (None, None)
    assert masked._keras_mask.dtype == "bool"
    model = kerlite.Model(x, layers.Lambda(_where_masked, mask=_same)(masked))
    torch.testing.assert_close(model(padded(-1.0)), Masking(-1.0)(padded(-1.0))._keras_mask.float())


def _where_masked(x, mask):
    return mask.to(x.dtype)


def _same(inputs, mask):
    return mask


def test_number_types():
    check_number_types(lambda dtype: Masking(dtype=dtype), padded())
    for dtype in ("float16", "bfloat16"):  # the value is rounded as the inputs are
        x = torch.full((1, 2, 3), -999.1)
        assert not Masking(-999.1, dtype=dtype)(x)._keras_mask.any()
    whole = torch.tensor([[[1, 2], [0, 0]]])
    out = Masking()(whole)
    assert out.dtype is torch.int64
    assert out._keras_mask.tolist() == [[True, False]]
    assert Masking()(layers.Input((2, 3), dtype="int64")).dtype == "int64"


def test_under_torchs_tools():
    check_tools(Masking(), padded())


def test_config_takes_numpy_numbers():
    layer = Masking(mask_value=np.float32(0.5))
    again = Masking.from_config(layer.get_config())
    torch.testing.assert_close(again(padded(0.5)), layer(padded(0.5)))
