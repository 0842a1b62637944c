import numpy as np
import pytest
import torch

from kerlite import Model, layers
from kerlite.layers.pooling.global_average_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
)
from kerlite.layers.pooling.global_max_pooling import (
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from tests.layers.support import check_layer, check_number_types, check_tools, data

AVERAGE = [GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D]
MAX = [GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D]


@pytest.mark.parametrize("cls", AVERAGE + MAX)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_like_keras(cls, data_format, keepdims):
    arguments = {"data_format": data_format, "keepdims": keepdims}
    x = data(2, *(4, 5, 3)[: cls.rank], 3)
    check_layer(cls.__name__, arguments, x, tools=keepdims)
    check_layer(cls.__name__, arguments, data(1, *(1,) * cls.rank, 2))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_aliases(rank):
    assert getattr(layers, f"GlobalAvgPool{rank}D") is AVERAGE[rank - 1]
    assert getattr(layers, f"GlobalMaxPool{rank}D") is MAX[rank - 1]


@pytest.mark.parametrize("cls", AVERAGE + MAX)
def test_shapes_and_types(cls):
    unknown, ones = (None,) * cls.rank, (1,) * cls.rank
    assert cls()(layers.Input((*unknown, 3))).shape == (None, 3)
    assert cls(keepdims=True)(layers.Input((*unknown, 3))).shape == (None, *ones, 3)
    check_number_types(lambda dtype: cls(dtype=dtype), data(2, *(4,) * cls.rank, 3))
    whole = torch.ones(1, *(2,) * cls.rank, 3, dtype=torch.int32)
    assert cls()(whole).dtype is torch.float32


@pytest.mark.parametrize("cls", AVERAGE + MAX)
def test_wrong_rank(cls):
    for shape in ((4,) * (cls.rank + 1), (4,) * (cls.rank + 3)):
        with pytest.raises(ValueError, match=f"'g' does not fit: expected ndim={cls.rank + 2}"):
            cls(name="g")(data(*shape))
    with pytest.raises(ValueError, match="Unknown data_format"):
        cls(data_format="last")


MASK = torch.tensor([[True, True, False, True], [True, False, False, False]])


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_masked_mean_like_keras(data_format, keepdims):
    arguments = {"data_format": data_format, "keepdims": keepdims}
    shape = (2, 4, 3) if data_format == "channels_last" else (2, 3, 4)
    layer = check_layer("GlobalAveragePooling1D", arguments, data(*shape), mask=MASK)
    check_tools(layer, data(*shape), mask=MASK)
    numbers = MASK.to(torch.int32)
    torch.testing.assert_close(layer(data(*shape), mask=numbers), layer(data(*shape), mask=MASK))


def test_masked_steps_do_not_count_whatever_they_hold():
    x = data(2, 4, 3)
    expected = np.stack([x[0, [0, 1, 3]].numpy().mean(0), x[1, 0].numpy()])
    x[~MASK] = torch.nan
    x.requires_grad_()
    out = GlobalAveragePooling1D()(x, mask=MASK)
    np.testing.assert_allclose(out.detach(), expected, rtol=1e-5, atol=1e-6)
    out.sum().backward()
    assert x.grad[~MASK].tolist() == [[0.0] * 3] * 4


def test_no_step_that_counts():
    """There is no mean of nothing: NaN, as in Keras."""
    check_layer("GlobalAveragePooling1D", {}, data(2, 4, 3), mask=MASK & torch.tensor([[1], [0]]))


def test_mask_comes_with_the_input_and_ends():
    tokens = torch.tensor([[1, 2, 0, 0], [3, 0, 0, 0]])
    embedding = layers.Embedding(5, 3, mask_zero=True)
    x = embedding(tokens)
    out = GlobalAveragePooling1D()(x)
    torch.testing.assert_close(out[0], x[0, :2].mean(0))
    assert getattr(out, "_keras_mask", None) is None
    inputs = layers.Input((None,), dtype="int32")
    symbolic = GlobalAveragePooling1D()(embedding(inputs))
    assert getattr(symbolic, "_keras_mask", None) is None
    torch.testing.assert_close(Model(inputs, symbolic)(tokens), out)


def test_maximum_takes_no_mask():
    """Nor does Keras's, which warns too."""
    x = layers.Embedding(5, 3, mask_zero=True)(layers.Input((4,), dtype="int32"))
    with pytest.warns(UserWarning, match="does not support masking"):
        GlobalMaxPooling1D()(x)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_masked_mean_of_many_steps_in_half_precision(dtype):
    x = torch.full((1, 3000, 2), 30.0, dtype=dtype)
    mask = torch.ones(1, 3000, dtype=torch.bool)
    out = GlobalAveragePooling1D(dtype=dtype)(x, mask=mask)
    assert out.dtype is dtype
    assert out.tolist() == [[30.0, 30.0]]


@pytest.mark.parametrize("shape", [(2, 5), (2, 4, 3), (4,)])
def test_mask_of_the_wrong_shape(shape):
    with pytest.raises(ValueError, match=r"'g' needs a mask of shape \(batch, steps\); received"):
        GlobalAveragePooling1D(name="g")(data(2, 4, 3), mask=torch.ones(shape))
