"""resize: as in real Keras, and for Lanczos as Pillow does it."""

import keras
import numpy as np
import pytest
import torch

import kerlite
from kerlite.ops.image.resize import resize
from tests.ops.image.support import BYTES, IMAGES, agrees, everywhere
from tests.ops.support.compare import same


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_every_interpolation_is_keras_s(interpolation):
    for size in ((4, 5), (14, 6), (1, 1), (3, 20)):
        for antialias in (False, True):
            for options in (
                {},
                {"crop_to_aspect_ratio": True},
                {"pad_to_aspect_ratio": True, "fill_value": 2.0},
            ):
                agrees(resize, size, interpolation, antialias, **options)
    agrees(resize, (5, 12), interpolation, images=(BYTES, BYTES.astype("int32"), BYTES[0]))
    everywhere(resize, IMAGES, (4, 5), interpolation, antialias=interpolation != "nearest")


@pytest.mark.parametrize("radius", [3, 5])
def test_lanczos_by_hand(radius):
    """A row of pixels, each new one the weighted mean of the old ones near its centre."""
    row = IMAGES[0, 0, :, 0].astype("float64")
    for size in (5, 9, 20):
        shrink = max(len(row) / size, 1.0)
        centres = (np.arange(size) + 0.5) * len(row) / size - 0.5
        distance = np.abs(centres[:, None] - np.arange(len(row))) / shrink
        weights = np.sinc(distance) * np.sinc(distance / radius) * (distance < radius)
        expected = (weights * row).sum(1) / weights.sum(1)
        found = resize(row[None, :, None], (1, size), f"lanczos{radius}", antialias=True)
        same(found[0, :, 0], expected)
    everywhere(resize, IMAGES, (4, 12), f"lanczos{radius}", file=False)


def test_integers_stay_in_their_range():
    x = np.array([0, 0, 255, 255], "uint8").reshape(1, 4, 1)
    found = resize(x, (1, 9), "bicubic")
    expected = resize(x.astype("float32"), (1, 9), "bicubic").round().clamp(0, 255)
    same(found, expected.to(torch.uint8))
    signed = np.array([-128, -128, 127, 127], "int8").reshape(1, 4, 1)
    expected = resize(signed.astype("float32"), (1, 9), "lanczos3").round().clamp(-128, 127)
    same(resize(signed, (1, 9), "lanczos3"), expected.to(torch.int8))


def test_sizes_unknown_while_the_model_is_built():
    x = kerlite.Input((None, None, 3))
    for options in ({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}):
        y = resize(x, (4, 5), **options)
        assert y.shape == (None, 4, 5, 3)
        theirs = keras.ops.image.resize(IMAGES, (4, 5), **options)
        same(kerlite.Model(x, y)(torch.tensor(IMAGES)), theirs)


def test_gradients():
    x = torch.tensor(IMAGES[:1, :4, :4, :1], dtype=torch.float64, requires_grad=True)
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3"):
        assert torch.autograd.gradcheck(lambda x, i=interpolation: resize(x, (3, 6), i), [x])


@pytest.mark.parametrize(
    ("args", "options", "complaint"),
    [(((4, 5), "area"), {}, "Unknown interpolation: 'area'"), ((4,), {}, "size must be"),
     (((4, 0),), {}, "size must be"), (((4, 5),), {"fill_mode": "wrap"}, "'wrap'"),
     (((4, 5),), {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "Only one of")],
)  # fmt: skip
def test_bad_arguments_are_refused(args, options, complaint):
    with pytest.raises(ValueError, match=complaint):
        resize(IMAGES, *args, **options)
    with pytest.raises(ValueError, match="received the shape"):
        resize(IMAGES[0, 0], (4, 5))
