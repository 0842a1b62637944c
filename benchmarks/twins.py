"""The layers an expert writes in plain PyTorch, to measure those of kerlite and Keras by."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

__all__ = ["LastOfPacked", "SelfAttention", "Sequences", "channels_at_the_end", "in_both_formats"]


class Sequences(nn.Module):
    """All outputs of an `nn.LSTM` or `nn.GRU`."""

    def __init__(self, rnn: nn.Module):
        super().__init__()
        self.rnn = rnn

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, steps, units)."""
        return self.rnn(x)[0]


class LastOfPacked(nn.Module):
    """The last output of an `nn.LSTM` or `nn.GRU` for sequences that a mask ends."""

    def __init__(self, rnn: nn.Module, mask: Tensor):
        super().__init__()
        self.rnn, self.mask = rnn, mask

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, units)."""
        lengths = self.mask.sum(1).cpu()
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        state = self.rnn(packed)[1]
        return (state[0] if isinstance(state, tuple) else state)[-1]


class SelfAttention(nn.Module):
    """Attention of several heads with torch's fused function."""

    def __init__(self, size: int, heads: int):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.result = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, tokens, size)."""
        query, key, value = (
            linear(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        x = F.scaled_dot_product_attention(query, key, value)
        return self.result(x.transpose(1, 2).flatten(-2))

    def keras_weights(self) -> list[np.ndarray]:
        """Return the weights as MultiHeadAttention has them."""
        found: list[np.ndarray] = []
        for linear in (self.query, self.key, self.value):
            kernel = linear.weight.T.unflatten(1, (self.heads, -1))
            found += [
                kernel.detach().numpy(),
                linear.bias.unflatten(0, (self.heads, -1)).detach().numpy(),
            ]
        kernel = self.result.weight.T.unflatten(0, (self.heads, -1))
        return [*found, kernel.detach().numpy(), self.result.bias.detach().numpy()]


def in_both_formats(
    name: str, twin: nn.Module, images: Tensor
) -> dict[str, tuple[nn.Module, Tensor]]:
    """Return a module of images twice, with channels first and last in memory, and its inputs."""
    seen = images.permute(0, 3, 1, 2)
    last = copy.deepcopy(twin).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return {f"{name}, NCHW": (twin, seen.contiguous()), f"{name}, channels last": (last, seen)}


def channels_at_the_end(images: Tensor) -> Tensor:
    """Return NCHW images in Keras's order."""
    return images.permute(0, 2, 3, 1)
