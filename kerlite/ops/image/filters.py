"""Images convolved with fixed filters, and what is measured by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.operation import operation
from kerlite.core.promotion import common_dtype
from kerlite.ops.image.layouts import batch_of, restored

__all__ = ["blurred", "gaussian_blur", "sobel_edges", "ssim"]


@operation("image")
def gaussian_blur(
    images: Any,
    kernel_size: Sequence[int] = (3, 3),
    sigma: Sequence[float] = (1.0, 1.0),
    data_format: str | None = None,
) -> Tensor:
    """Return images convolved with a Gaussian, with zeros around them.

    weight(d) = exp(-d^2 / (2 sigma^2)) / (the sum over the kernel), along each axis.

    Args:
        images: one image or a batch; integers are rounded in the end.
        kernel_size: height and width of the kernel.
        sigma: standard deviation along the height and the width, > 0.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same.

    Example:
        >>> x = torch.zeros(5, 5, 1).index_put((torch.tensor(2), torch.tensor(2)), torch.tensor(1.))
        >>> gaussian_blur(x)[2, :, 0]
        tensor([0.0000, 0.1238, 0.2042, 0.1238, 0.0000])

    Source: keras.ops.image.gaussian_blur; where Keras on torch differs from its own description,
    this follows the description: without `data_format` the process's default counts, kernels need
    not be square, their sizes may be even, and images may be integers.
    """
    x, layout = batch_of(images, data_format)
    y = blurred(x if x.is_floating_point() else x.float(), kernel_size, sigma, "same")
    return restored(y if x.is_floating_point() else y.round().to(x.dtype), layout)


@operation("image")
def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """Return how brightness changes along the height and the width, by Sobel's filters.

    The filter along the width has the rows (-1, 0, 1), (-2, 0, 2), (-1, 0, 1); zeros lie around
    the images.

    Args:
        images: one image or a batch.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        any -> the same and a last axis of 2: along the height, along the width.

    Example:
        >>> sobel_edges(torch.arange(9.0).reshape(3, 3, 1))[1, 1, 0]
        tensor([24.,  8.])

    Source: keras.ops.image.sobel_edges; a single image and integers too.
    """
    x, layout = batch_of(images, data_format)
    y = x if x.is_floating_point() else x.float()
    steps, weights = y.new_tensor([-1.0, 0.0, 1.0]), y.new_tensor([1.0, 2.0, 1.0])
    pair = torch.stack([torch.outer(steps, weights), torch.outer(weights, steps)])
    channels = y.shape[1]
    kernel = pair.unsqueeze(1).repeat(channels, 1, 1, 1)
    edges = F.conv2d(y, kernel, padding=1, groups=channels).unflatten(1, (channels, 2)).to(x.dtype)
    return torch.stack([restored(one, layout) for one in edges.unbind(2)], -1)


@operation("image", "SSIM", inputs=2)
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """Return the structural similarity of images: 1 for equal ones, the lower the less alike.

    With means m, variances v and the covariance c under a Gaussian window, and
    c1 = (k1 max_val)^2, c2 = (k2 max_val)^2, the mean over all windows and channels of
    (2 m1 m2 + c1) (2 c + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2)).

    Args:
        image1: one image or a batch.
        image2: another of the same shape.
        max_val: the greatest value a pixel may have: 1, or 255.
        filter_size: height and width of the window.
        filter_sigma: standard deviation of the window.
        k1: keeps the comparison of means stable.
        k2: keeps that of variances stable.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Shape:
        (batch,), or () for single images.

    Raises:
        ValueError: if the shapes differ, or the images are smaller than the window.

    Example:
        >>> x = torch.linspace(0, 1, 16 * 16 * 3).reshape(16, 16, 3)
        >>> ssim(x, x), ssim(x, 1 - x) < 0
        (tensor(1.), tensor(True))

    Source: Wang et al. 2004; keras.ops.image.ssim. Of integers the result is floating-point (Keras
    casts it back, to 0 or 1), and half precision is computed in float32.
    """
    x, layout = batch_of(image1, data_format)
    y, _ = batch_of(image2, data_format)
    if x.shape != y.shape:
        raise ValueError(
            "ssim() compares images of one shape; received (batch, channels, height, width) "
            f"{tuple(x.shape)} and {tuple(y.shape)}."
        )
    kind = x.dtype if x.is_floating_point() else torch.float32
    wide = common_dtype(kind, y.dtype, torch.float32)
    x, y = x.to(wide), y.to(wide)
    moments = blurred(
        torch.cat([x, y, x * x, y * y, x * y]), [filter_size] * 2, [filter_sigma] * 2, "valid"
    )
    mean_x, mean_y, square_x, square_y, product = moments.chunk(5)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    both, squares = mean_x * mean_y, mean_x**2 + mean_y**2
    alike = (2 * both + c1) * (2 * (product - both) + c2)
    similarity = alike / ((squares + c1) * (square_x + square_y - squares + c2))
    found = similarity.mean((1, 2, 3)).to(kind)
    return found.squeeze(0) if layout.single else found


def blurred(x: Tensor, kernel_size: Sequence[int], sigma: Sequence[float], padding: str) -> Tensor:
    """Return a floating-point batch (batch, channels, height, width) under a Gaussian window.

    The kernel is a product of one along the height and one along the width: two convolutions.

    Example:
        >>> blurred(torch.ones(1, 1, 5, 5), (3, 3), (1.0, 1.0), "valid").shape
        torch.Size([1, 1, 3, 3])
    """
    channels = x.shape[1]
    for along, size, deviation in zip(((1, 0), (0, 1)), kernel_size, sigma, strict=True):
        kernel = _gaussian(size, deviation, x).reshape(1, 1, *(-1 if one else 1 for one in along))
        zeros = (size - 1) // 2 if padding == "same" else 0
        if padding == "same" and size % 2 == 0:  # the odd zero goes to the end
            x = F.pad(x, (0, along[1], 0, along[0]))
        x = F.conv2d(
            x,
            kernel.expand(channels, -1, -1, -1),
            padding=(zeros * along[0], zeros * along[1]),
            groups=channels,
        )
    return x


def _gaussian(size: int, sigma: float, like: Tensor) -> Tensor:
    kind = torch.float64 if like.dtype is torch.float64 else torch.float32
    distance = torch.arange(size, dtype=kind, device=like.device) - (size - 1) / 2
    return torch.softmax(-0.5 * (distance / sigma) ** 2, 0).to(like.dtype)
