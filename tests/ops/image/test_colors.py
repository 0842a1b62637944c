"""Colour spaces: as in real Keras and in Python's colorsys."""

import colorsys

import keras
import numpy as np
import pytest
import torch

from kerlite.ops.image.colors import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from tests.ops.image.support import BYTES, IMAGES, agrees, everywhere
from tests.ops.support.compare import same

OPS = [rgb_to_grayscale, rgb_to_hsv, hsv_to_rgb]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_colors_are_keras_s(op):
    agrees(op)
    everywhere(op, IMAGES)
    x = torch.tensor(IMAGES[0, :2, :2], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(op, [x])


@pytest.mark.parametrize(("op", "other"), [(rgb_to_hsv, "rgb_to_hsv"), (hsv_to_rgb, "hsv_to_rgb")])
def test_colors_are_those_of_colorsys(op, other):
    corners = np.array(np.meshgrid([0, 0.5, 1], [0, 0.5, 1], [0, 0.5, 1])).reshape(3, -1).T
    colors = np.concatenate([corners, IMAGES.reshape(-1, 3)]).astype("float64")
    expected = np.array([getattr(colorsys, other)(*color) for color in colors])
    same(op(colors[None])[0], expected, 1e-6)


def test_gray_of_integers_and_of_gray():
    same(rgb_to_grayscale(BYTES), keras.ops.image.rgb_to_grayscale(BYTES))
    gray = torch.tensor(IMAGES[..., :1])
    found = rgb_to_grayscale(gray)
    assert torch.equal(found, gray)
    assert found.data_ptr() != gray.data_ptr()


def test_bad_images_are_refused():
    for op in OPS:
        with pytest.raises(ValueError, match=r"received the shape \(2, 7, 9, 2\)"):
            op(IMAGES[..., :2])
        with pytest.raises(ValueError, match=r"axis -3; received the shape"):
            op(IMAGES, data_format="channels_first")
        with pytest.raises(ValueError, match=r"received the shape \(9, 3\)"):
            op(IMAGES[0, 0])
    for op in OPS[1:]:
        with pytest.raises(TypeError, match="uint8"):
            op(BYTES)
