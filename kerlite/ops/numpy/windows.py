"""Windows of signal processing: weights for a stretch of samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.signal import windows

from kerlite.core import config, dtypes

__all__ = ["bartlett", "blackman", "hamming", "hanning", "kaiser"]


def bartlett(x: Any) -> Tensor:
    """Return a triangle: `1 - |2 n / (x - 1) - 1|`.

    Args:
        x: how many samples, 0 or more; a tensor is read back, so the device is waited for.

    Raises:
        ValueError: if `x` is negative.
        TypeError: if `x` is symbolic.

    Example:
        >>> bartlett(5)
        tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])

    Source: keras.ops.bartlett.
    """
    return _window(windows.bartlett, x)


def blackman(x: Any) -> Tensor:
    """Return a Blackman window: `0.42 - 0.5 cos(2 pi n / (x - 1)) + 0.08 cos(4 pi n / (x - 1))`.

    Args:
        x: how many samples, 0 or more; a tensor is read back, so the device is waited for.

    Raises:
        ValueError: if `x` is negative.
        TypeError: if `x` is symbolic.

    Example:
        >>> blackman(5)
        tensor([-1.4901e-08,  3.4000e-01,  1.0000e+00,  3.4000e-01, -1.4901e-08])

    Source: keras.ops.blackman.
    """
    return _window(windows.blackman, x)


def hamming(x: Any) -> Tensor:
    """Return a Hamming window: `0.54 - 0.46 cos(2 pi n / (x - 1))`.

    Args:
        x: how many samples, 0 or more; a tensor is read back, so the device is waited for.

    Raises:
        ValueError: if `x` is negative.
        TypeError: if `x` is symbolic.

    Example:
        >>> hamming(5)
        tensor([0.0800, 0.5400, 1.0000, 0.5400, 0.0800])

    Source: keras.ops.hamming.
    """
    return _window(windows.hamming, x)


def hanning(x: Any) -> Tensor:
    """Return a Hann window: `0.5 - 0.5 cos(2 pi n / (x - 1))`.

    Args:
        x: how many samples, 0 or more; a tensor is read back, so the device is waited for.

    Raises:
        ValueError: if `x` is negative.
        TypeError: if `x` is symbolic.

    Example:
        >>> hanning(5)
        tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])

    Source: keras.ops.hanning.
    """
    return _window(windows.hann, x)


def kaiser(x: Any, beta: Any) -> Tensor:
    """Return a Kaiser window: `i0(beta sqrt(1 - (2 n / (x - 1) - 1)^2)) / i0(beta)`.

    Args:
        x: how many samples, 0 or more; a tensor is read back, so the device is waited for.
        beta: how narrow it is: 0 for a rectangle, 5 for about a Hamming window.

    Raises:
        ValueError: if `x` is negative.
        TypeError: if `x` is symbolic.

    Example:
        >>> kaiser(5, 14.0)
        tensor([7.7269e-06, 1.6493e-01, 1.0000e+00, 1.6493e-01, 7.7269e-06])

    Source: keras.ops.kaiser.
    """
    return _window(windows.kaiser, x, beta=beta)


def _window(make: Callable[..., Tensor], x: Any, **options: Any) -> Tensor:
    kind = dtypes.to_torch_dtype(None)
    exact = kind if kind is torch.float64 else torch.float32  # torch has these two only
    return make(int(x), dtype=exact, device=config.device(), **options).to(kind)
