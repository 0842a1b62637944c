"""Pooling where torch's kernels need help: padding "same", sequences and volumes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.windows import total_padding

__all__ = ["early_frame", "first_to_drop", "means_in_boxes", "most_on_lines"]


def early_frame(x: Tensor, size: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...]:
    """Return how far the windows of padding "same" begin before the input.

    They end where the input ends, and what lies outside is no part of them: torch's `ceil_mode`
    does just that. It needs a stride > 1; windows of even size that move by one begin a step too
    early, and `first_to_drop` drops the first.
    """
    return tuple(
        width // 2 if stride == 1 else total_padding(length, width, stride) // 2
        for length, width, stride in zip(x.shape[2:], size, strides, strict=True)
    )


def first_to_drop(size: tuple[int, ...], strides: tuple[int, ...]) -> tuple[Any, ...] | None:
    """Return the index that drops the windows which begin too early; None if none does."""
    early = [stride == 1 and width % 2 == 0 for width, stride in zip(size, strides, strict=True)]
    return (..., *(slice(int(one), None) for one in early)) if any(early) else None


def most_on_lines(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
    """Return the largest numbers under a window that slides over sequences."""
    if x.stride(1) == 1:  # without a gradient, max_pool1d would copy channels-last data
        return torch.max_pool1d_with_indices(x, size, strides, frame, 1, ceil_mode)[0]
    return F.max_pool1d(x, size, strides, frame, ceil_mode=ceil_mode)


def means_in_boxes(x: Tensor, size: Any, strides: Any, frame: Any, ceil_mode: bool) -> Tensor:
    """Return the means under a window that slides over volumes; what is outside does not count."""
    # the CPU's kernel has no half precision
    x = x.float() if x.itemsize == 2 and x.is_cpu else x
    if not ceil_mode or all(n >= width for n, width in zip(x.shape[2:], size, strict=True)):
        return F.avg_pool3d(x, size, strides, frame, ceil_mode, count_include_pad=False)
    # torch refuses windows larger than the input; the mean of a box is a mean of means
    (first, *others), (step, *steps), (before, *border) = size, strides, frame
    planes = F.avg_pool2d(x.flatten(0, 1), others, steps, border, ceil_mode, False)
    lines = planes.flatten(2), (first, 1), (step, 1), (before, 0)
    return F.avg_pool2d(*lines, ceil_mode, False).reshape(*x.shape[:2], -1, *planes.shape[2:])
