"""Images of any layout, one or many, as a batch with the channels at axis 1, and back."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor

from kerlite.core import config
from kerlite.core.convert import as_tensor

__all__ = ["Layout", "batch_of", "restored"]


class Layout(NamedTuple):
    """How images were given: where their channels are, and whether there is only one."""

    channels_last: bool
    single: bool


def batch_of(images: Any, data_format: str | None) -> tuple[Tensor, Layout]:
    """Return images as a view of shape (batch, channels, height, width), and how they were given.

    Args:
        images: one image or a batch.
        data_format: "channels_last" or "channels_first"; None for the process's default.

    Raises:
        ValueError: if there are not three or four axes.

    Example:
        >>> import torch
        >>> x, layout = batch_of(torch.zeros(4, 5, 3), "channels_last")
        >>> x.shape, layout
        (torch.Size([1, 3, 4, 5]), Layout(channels_last=True, single=True))
    """
    channels_last = config.standardize_data_format(data_format) == "channels_last"
    x = as_tensor(images)
    if x.ndim not in (3, 4):
        raise ValueError(
            "Expected an image of three axes or a batch of four; received the shape "
            f"{tuple(x.shape)}."
        )
    layout = Layout(channels_last, x.ndim == 3)
    if layout.single:
        x = x.unsqueeze(0)
    return (x.permute(0, 3, 1, 2) if channels_last else x), layout


def restored(x: Tensor, layout: Layout) -> Tensor:
    """Return a batch of shape (batch, channels, height, width) the way the images were given.

    Example:
        >>> import torch
        >>> restored(torch.zeros(1, 3, 4, 5), Layout(channels_last=True, single=True)).shape
        torch.Size([4, 5, 3])
    """
    if layout.channels_last:
        x = x.permute(0, 2, 3, 1)
    return x.squeeze(0) if layout.single else x
