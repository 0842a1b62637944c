"""Filters: as in real Keras, and as SciPy or a sum by hand gives them."""

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from kerlite.ops.image.filters import gaussian_blur, sobel_edges, ssim
from tests.ops.image.support import BYTES, IMAGES, agrees, everywhere
from tests.ops.support.compare import same


def gaussian(size, sigma):
    weights = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / sigma) ** 2)
    return weights / weights.sum()


def test_blur_is_keras_s_where_the_kernel_is_square():
    agrees(gaussian_blur, (3, 3), (1.0, 1.0))
    agrees(gaussian_blur, (5, 5), (1.5, 1.5))
    everywhere(gaussian_blur, IMAGES, (3, 3), (1.0, 1.0), data_format="channels_last")


def test_blur_is_the_convolution_it_says():
    for size, sigma in (((3, 5), (0.5, 2.0)), ((4, 2), (1.0, 1.0)), ((1, 1), (1.0, 1.0))):
        kernel = torch.tensor(np.outer(gaussian(size[0], sigma[0]), gaussian(size[1], sigma[1])))
        x = torch.tensor(IMAGES, dtype=torch.float64).permute(0, 3, 1, 2)
        up, left = (size[0] - 1) // 2, (size[1] - 1) // 2
        framed = F.pad(x, (left, size[1] - 1 - left, up, size[0] - 1 - up))
        expected = F.conv2d(
            framed.reshape(-1, 1, *framed.shape[2:]), kernel[None, None], padding="valid"
        )
        found = gaussian_blur(x, size, sigma, "channels_first")
        same(found, expected.reshape(2, 3, 7, 9))


def test_integers_are_rounded():
    expected = gaussian_blur(BYTES.astype("float32"))
    same(gaussian_blur(BYTES), expected.round().to(torch.uint8))
    same(sobel_edges(np.full((4, 4, 1), 7, "int32"))[1, 1, 0], np.zeros(2, "int32"))


def test_edges():
    agrees(sobel_edges, images=(IMAGES, IMAGES.astype("float64")))
    same(sobel_edges(IMAGES[0]), keras.ops.image.sobel_edges(IMAGES)[0])
    everywhere(sobel_edges, IMAGES)


def test_similarity():
    for x in (IMAGES, IMAGES[0]):
        other = np.clip(x + 0.1 * np.sin(np.arange(x.size)).reshape(x.shape), 0, 1)
        for data_format in ("channels_last", "channels_first"):
            if data_format == "channels_first":
                x, other = np.moveaxis(x, -1, -3), np.moveaxis(other, -1, -3)
            options = {"filter_size": 5, "data_format": data_format, "k1": 0.02, "max_val": 2.0}
            pair = x.astype("float32"), other.astype("float32")
            same(ssim(*pair, **options), keras.ops.image.ssim(*pair, **options))
    everywhere(ssim, IMAGES, IMAGES[::-1].copy(), filter_size=5)


def test_similarity_of_integers_is_no_integer():
    same(
        ssim(BYTES, 255 - BYTES, max_val=255.0, filter_size=3),
        ssim(BYTES / np.float32(255), 1 - BYTES / np.float32(255), filter_size=3),
        1e-4,
    )
    half = IMAGES.astype("float16")
    assert ssim(half, half, filter_size=5).dtype == torch.float16


def test_gradients():
    x = torch.tensor(IMAGES[0, :5, :4, :1], dtype=torch.float64, requires_grad=True)
    other = x.detach() ** 2
    for op in (gaussian_blur, sobel_edges, lambda x: ssim(x, other, filter_size=3)):
        assert torch.autograd.gradcheck(op, [x])


def test_bad_arguments_are_refused():
    for call in (
        lambda: ssim(IMAGES, IMAGES[:, :3]),
        lambda: ssim(IMAGES[:, :3], IMAGES[:, :3]),
        lambda: gaussian_blur(IMAGES, (3, 3, 3)),
        lambda: sobel_edges(IMAGES[0, 0]),
    ):
        with pytest.raises(ValueError, match=r"shape|cannot be computed|longer|shorter"):
            call()
