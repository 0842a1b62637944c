"""Images between torch's order of axes, channels at axis 1, and Keras's: views, no copies."""

from __future__ import annotations

from typing import Any

from torch import Tensor

__all__ = ["first", "last"]


def first(x: Any) -> Any:
    """Return an image with its channels at axis 1; anything else as it is.

    Example:
        >>> import torch
        >>> first(torch.ones(1, 2, 3, 4)).shape
        torch.Size([1, 4, 2, 3])
    """
    return x.permute(0, 3, 1, 2) if isinstance(x, Tensor) and x.ndim == 4 else x


def last(x: Any) -> Any:
    """Return an image with its channels at the end; anything else as it is.

    Example:
        >>> import torch
        >>> last(torch.ones(1, 4, 2, 3)).shape
        torch.Size([1, 2, 3, 4])
    """
    return x.permute(0, 2, 3, 1) if isinstance(x, Tensor) and x.ndim == 4 else x
