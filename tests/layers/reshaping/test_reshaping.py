import pytest
import torch

from kerlite import layers
from kerlite.layers import Flatten, Permute, Reshape
from tests.layers.support import check_layer, check_number_types, check_tools, data

CONFIGS = [
    ("Flatten", {}, (2, 3, 4)),
    ("Flatten", {}, (2,)),
    ("Flatten", {}, (2, 3)),
    ("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
    ("Flatten", {"data_format": "channels_first"}, (2, 3)),
    ("Reshape", {"target_shape": (4, 3)}, (2, 12)),
    ("Reshape", {"target_shape": [4, 3]}, (2, 12)),
    ("Reshape", {"target_shape": (-1,)}, (2, 3, 4)),
    ("Reshape", {"target_shape": (-1, 2, 2)}, (2, 12)),
    ("Reshape", {"target_shape": ()}, (2, 1)),
    ("Permute", {"dims": (2, 1)}, (2, 3, 4)),
    ("Permute", {"dims": [3, 1, 2]}, (2, 3, 4, 5)),
    ("Permute", {"dims": (1,)}, (2, 3)),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    assert check_layer(name, arguments, data(*shape)).built


@pytest.mark.parametrize(
    "layer", [Flatten(), Flatten("channels_first"), Reshape((-1, 2)), Permute((2, 1))]
)
def test_under_torchs_tools(layer):
    check_tools(layer, data(2, 3, 4))


@pytest.mark.parametrize("layer", [Flatten(), Reshape((2, -1)), Reshape((12,)), Permute((2, 1))])
def test_number_types_stay(layer):
    whole = torch.arange(24).reshape(2, 3, 4)
    symbolic = layers.Input((3, 4), dtype="int64")
    assert layer(whole).dtype is torch.int64
    assert layer(symbolic).dtype == "int64"
    assert sorted(layer(whole).flatten().tolist()) == list(range(24))


def test_floating_types():
    check_number_types(lambda dtype: Flatten(dtype=dtype), data(2, 3, 4))
    check_number_types(lambda dtype: Reshape((6, 2), dtype=dtype), data(2, 3, 4))
    check_number_types(lambda dtype: Permute((2, 1), dtype=dtype), data(2, 3, 4))


def test_unknown_sizes():
    x = layers.Input((None, 4))
    assert Flatten()(x).shape == (None, None)
    assert Reshape((-1, 2))(x).shape == (None, None, 2)
    assert Reshape((3, 4))(x).shape == (None, 3, 4)
    assert Permute((2, 1))(x).shape == (None, 4, None)
    assert Reshape((3, -1))(layers.Input((12,))).shape == (None, 3, 4)


def test_empty_batch():
    assert Reshape((-1, 2))(torch.zeros(0, 12)).shape == (0, 6, 2)
    assert Flatten()(torch.zeros(0, 3, 4)).shape == (0, 12)


def test_views_where_possible():
    x = data(2, 3, 4)
    for layer in (Flatten(), Reshape((4, 3)), Permute((2, 1))):
        assert layer(x).data_ptr() == x.data_ptr()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Reshape((-1, -1), name="r"),
            r"'r' needs sizes >= 0 and at most one -1.*\(-1, -1\)",
        ),
        (lambda: Reshape((2, -3)), r"received target_shape=\(2, -3\)"),
        (lambda: Permute((0, 1), name="p"), r"'p' needs dims to be 1, 2.*received \(0, 1\)"),
        (lambda: Permute((1, 3)), r"received \(1, 3\)"),
        (lambda: Permute((1, 1)), r"received \(1, 1\)"),
        (lambda: Flatten("nhwc"), "Unknown data_format: 'nhwc'"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("target", [(5,), (-1, 5), (2, 2)])
def test_sizes_that_cannot_fit(target):
    layer = Reshape(target, name="r")
    for attempt in (data(2, 12), layers.Input((12,))):
        with pytest.raises(
            ValueError, match=r"'r' cannot give the shape .* to samples of shape \(12,\)"
        ):
            layer(attempt)


def test_wrong_rank():
    with pytest.raises(ValueError, match="'p' does not fit: expected ndim=3, found ndim=2"):
        Permute((2, 1), name="p")(data(2, 3))
