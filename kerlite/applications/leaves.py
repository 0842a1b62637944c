"""Parts of torchvision's networks that are code there, as modules, so that they can be layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["ClassToken", "InceptionInput"]

_SCALE = (0.229 / 0.5, 0.224 / 0.5, 0.225 / 0.5)
_OFFSET = ((0.485 - 0.5) / 0.5, (0.456 - 0.5) / 0.5, (0.406 - 0.5) / 0.5)


class ClassToken(nn.Module):
    """An image's patches as a sequence that begins with a learned token.

    Args:
        channels: size of the token.

    Shape:
        (batch, channels, height, width) -> (batch, 1 + height * width, channels).

    Example:
        >>> ClassToken(8)(torch.ones(2, 8, 3, 3)).shape
        torch.Size([2, 10, 8])

    Source: torchvision.models.VisionTransformer, where it is part of `forward`.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.channels = channels
        self.token = nn.Parameter(torch.zeros(1, 1, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return the sequence."""
        patches = x.flatten(2).permute(0, 2, 1)
        return torch.cat([self.token.expand(x.shape[0], -1, -1), patches], dim=1)


class InceptionInput(nn.Module):
    """Channels normalized as for other networks, moved to the [-1, 1] of the Inception networks.

    Shape:
        (batch, 3, height, width) -> the same.

    Example:
        >>> InceptionInput()(torch.zeros(1, 3, 1, 1)).flatten()
        tensor([-0.0300, -0.0880, -0.1880])

    Source: `transform_input` of torchvision's Inception3 and GoogLeNet, for converted weights.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the channels in the other range."""
        channels = [
            torch.unsqueeze(x[:, i], 1) * _SCALE[i] + _OFFSET[i] for i in range(len(_SCALE))
        ]
        return torch.cat(channels, 1)
