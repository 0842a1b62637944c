"""Cropping and zero padding, which take away what the other adds."""

import pytest
import torch

import kerlite
from kerlite import layers
from kerlite.core import config
from kerlite.layers.reshaping.cropping import Cropping1D, Cropping2D, Cropping3D
from kerlite.layers.reshaping.up_sampling import UpSampling2D
from kerlite.layers.reshaping.zero_padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from tests.layers.support import check_layer, check_number_types, check_tools, data

SEQUENCE, IMAGE, VOLUME = (2, 5, 3), (2, 6, 5, 3), (2, 6, 5, 4, 3)
FIRST = {"data_format": "channels_first"}
CONFIGS = [
    ("Cropping1D", {}, SEQUENCE),
    ("Cropping1D", {"cropping": 2}, SEQUENCE),
    ("Cropping1D", {"cropping": [0, 3]}, SEQUENCE),
    ("Cropping1D", {"cropping": (3, 0)}, SEQUENCE),
    ("Cropping2D", {}, IMAGE),
    ("Cropping2D", {"cropping": 1}, IMAGE),
    ("Cropping2D", {"cropping": (2, 1)}, IMAGE),
    ("Cropping2D", {"cropping": [[1, 0], [0, 3]]}, IMAGE),
    ("Cropping2D", {"cropping": ((1, 2), (2, 0)), **FIRST}, (2, 3, 6, 5)),
    ("Cropping3D", {}, VOLUME),
    ("Cropping3D", {"cropping": 1}, VOLUME),
    ("Cropping3D", {"cropping": (2, 1, 0)}, VOLUME),
    ("Cropping3D", {"cropping": ((0, 1), (2, 0), (1, 2)), **FIRST}, (2, 3, 6, 5, 4)),
    ("ZeroPadding1D", {}, SEQUENCE),
    ("ZeroPadding1D", {"padding": [0, 3]}, SEQUENCE),
    ("ZeroPadding1D", {"padding": (3, 1), **FIRST}, (2, 3, 5)),
    ("ZeroPadding2D", {}, IMAGE),
    ("ZeroPadding2D", {"padding": 2}, IMAGE),
    ("ZeroPadding2D", {"padding": (2, 0)}, IMAGE),
    ("ZeroPadding2D", {"padding": [[1, 0], [0, 3]]}, IMAGE),
    ("ZeroPadding2D", {"padding": ((1, 2), (2, 0)), **FIRST}, (2, 3, 6, 5)),
    ("ZeroPadding3D", {}, VOLUME),
    ("ZeroPadding3D", {"padding": (2, 1, 0)}, VOLUME),
    ("ZeroPadding3D", {"padding": ((0, 1), (2, 0), (1, 2)), **FIRST}, (2, 3, 6, 5, 4)),
]
PAIRS = [
    (ZeroPadding1D, Cropping1D, (1, 2), SEQUENCE),
    (ZeroPadding2D, Cropping2D, ((1, 2), (0, 3)), IMAGE),
    (ZeroPadding3D, Cropping3D, ((1, 2), (0, 3), (1, 0)), VOLUME),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CONFIGS)
def test_like_keras(name, arguments, shape):
    assert check_layer(name, arguments, data(*shape)).built
    assert check_layer(name, arguments, data(1, *shape[1:]))


@pytest.mark.parametrize(("pad", "crop", "widths", "shape"), PAIRS)
def test_one_undoes_the_other(pad, crop, widths, shape):
    x = data(*shape)
    torch.testing.assert_close(crop(widths)(pad(widths)(x)), x)
    assert pad(widths)(x).sum() == pytest.approx(float(x.sum()), abs=1e-4)
    whole = (x * 100).long()
    torch.testing.assert_close(crop(widths)(pad(widths)(whole)), whole)
    symbolic = layers.Input(shape[1:], dtype="int64")
    assert crop(widths)(pad(widths)(symbolic)).dtype == "int64"


@pytest.mark.parametrize(("pad", "crop", "widths", "shape"), PAIRS)
def test_channels_first_form_is_the_same(pad, crop, widths, shape):
    x = data(*shape)
    for layer in (pad(widths), crop(1)):
        assert layer.takes_channels_first
        out = layer.call_channels_first(x.movedim(-1, 1))
        torch.testing.assert_close(out.movedim(1, -1), layer(x))
    if pad is not ZeroPadding1D:
        assert not pad(widths, data_format="channels_first").takes_channels_first


@pytest.mark.parametrize(("pad", "crop", "widths", "shape"), PAIRS)
def test_under_torchs_tools(pad, crop, widths, shape):
    check_tools(pad(widths), data(*shape))
    check_tools(crop(widths), data(*(size + 3 for size in shape)))


def test_channels_last_memory_stays():
    x = data(*IMAGE)
    assert ZeroPadding2D(1)(x).is_contiguous()
    inside = Cropping2D(1)(x)
    assert inside.data_ptr() == x[:, 1:, 1:].data_ptr()


def test_between_convolutions_in_a_model():
    chain = [
        layers.Conv2D(4, 3, activation="relu"),
        ZeroPadding2D((1, 2)),
        UpSampling2D(2, interpolation="bilinear"),
        Cropping2D(((1, 0), (2, 1))),
        layers.Conv2D(2, 3),
    ]
    model = kerlite.Sequential([layers.Input((6, 5, 3)), *chain])
    x = data(*IMAGE)
    out = model(x)
    for layer in chain:
        x = layer(x)
    torch.testing.assert_close(out, x)


def test_number_types():
    check_number_types(lambda dtype: ZeroPadding2D(1, dtype=dtype), data(*IMAGE))
    check_number_types(lambda dtype: Cropping2D(1, dtype=dtype), data(*IMAGE))


def test_unknown_sizes():
    x = layers.Input((None, 7, 3))
    assert ZeroPadding2D(2)(x).shape == (None, None, 11, 3)
    assert Cropping2D(2)(x).shape == (None, None, 3, 3)
    assert Cropping1D()(layers.Input((None, 3))).shape == (None, None, 3)


def test_default_data_format_is_the_global_one():
    before = config.image_data_format()
    config.set_image_data_format("channels_first")
    try:
        assert ZeroPadding2D(1)(data(2, 3, 4, 5)).shape == (2, 3, 6, 7)
        assert Cropping1D(1)(data(2, 5, 3)).shape == (2, 3, 3)
    finally:
        config.set_image_data_format(before)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Cropping1D(-1, name="c"), "'c' needs cropping to be a whole number >= 0, or a"),
        (lambda: Cropping1D((1, 2, 3)), r"received cropping=\(1, 2, 3\)"),
        (lambda: Cropping2D((1, 2, 3)), r"2 of them, or 2 pairs .* received cropping=\(1, 2, 3\)"),
        (lambda: Cropping2D(((1, 2), (1, 2, 3))), "needs cropping"),
        (lambda: Cropping3D((1, 2)), "3 of them"),
        (lambda: Cropping3D("same"), "received cropping='same'"),
        (lambda: ZeroPadding1D(1.5), "needs padding to be a whole number .* padding=1.5"),
        (lambda: ZeroPadding2D((1, -1)), r"received padding=\(1, -1\)"),
        (lambda: ZeroPadding2D(1, data_format="nhwc"), "Unknown data_format: 'nhwc'"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Cropping1D(2, name="c"), (2, 4, 3)),
        (Cropping1D((4, 0), name="c"), (2, 4, 3)),
        (Cropping2D((1, 3), name="c"), (2, 6, 5, 3)),
        (Cropping2D(2, data_format="channels_first", name="c"), (2, 6, 5, 4)),
        (Cropping3D(1, name="c"), (2, 6, 5, 2, 3)),
    ],
)
def test_nothing_left(layer, shape):
    for attempt in (data(*shape), data(*shape), layers.Input(shape[1:])):
        with pytest.raises(ValueError, match=r"'c' cuts cropping=.* has only"):
            layer(attempt)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("cls", [Cropping2D, ZeroPadding2D])
def test_wrong_rank(cls, data_format):
    layer = cls(1, data_format=data_format, name="w")
    for shape in ((2, 6, 5), (2, 6, 5, 4, 3)):
        with pytest.raises(ValueError, match="'w' does not fit: expected ndim=4"):
            layer(data(*shape))
