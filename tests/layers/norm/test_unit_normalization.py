import pytest
import torch

from kerlite import layers
from kerlite.layers.norm.unit_normalization import UnitNormalization
from tests.layers.support import check_layer, check_number_types, data


@pytest.mark.parametrize(
    ("axis", "shape"),
    [(-1, (4, 5)), (1, (2, 3, 5)), ([1, 2], (2, 3, 5)), ((-1, 0), (2, 3)), ([-2], (2, 3, 4))],
)
def test_like_keras(axis, shape):
    check_layer("UnitNormalization", {"axis": axis}, data(*shape), tools=True)


def test_zeros_stay_zeros():
    x = torch.zeros(2, 3, requires_grad=True)
    out = UnitNormalization()(x)
    assert out.tolist() == [[0.0] * 3] * 2
    out.sum().backward()
    assert x.grad.isfinite().all()


def test_number_types():
    check_number_types(lambda dtype: UnitNormalization(dtype=dtype), data(3, 8))
    assert UnitNormalization()(torch.arange(6).reshape(2, 3)).dtype is torch.float32
    half = torch.tensor([[30000.0, -40000.0], [0.0, 0.0]], dtype=torch.float16)
    out = UnitNormalization(dtype="float16")(half)
    torch.testing.assert_close(out, torch.tensor([[0.6, -0.8], [0.0, 0.0]]).half())


def test_shape_and_mask():
    assert UnitNormalization()(layers.Input((None, 4))).shape == (None, None, 4)
    x = layers.Embedding(5, 3, mask_zero=True)(torch.tensor([[1, 2, 0]]))
    torch.testing.assert_close(UnitNormalization()(x)._keras_mask, x._keras_mask)


def test_bad_axes():
    for axis in ("last", 1.0, True, None):
        with pytest.raises(TypeError, match=r"'u' needs an axis or a list of them; received"):
            UnitNormalization(axis, name="u")
    for axis in (2, -3, [0, 2]):
        layer = UnitNormalization(axis, name="u")
        for x in (data(2, 3), layers.Input((3,))):
            with pytest.raises(ValueError, match="'u' does not fit: expected at least 3 dim"):
                layer(x)
