"""How each kind of layer adds a low-rank map, while LoRA is enabled, to its linear one."""

from __future__ import annotations

import string
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.layers.lora.low_rank import LowRank

__all__ = [
    "LowRankConv",
    "LowRankDense",
    "LowRankEinsumDense",
    "LowRankEmbedding",
    "LowRankReversibleEmbedding",
]


class LowRankDense(LowRank):
    """activation(inputs @ kernel + bias + scale * inputs @ a @ b)."""

    activation: Any
    bias: Any

    def call(self, inputs: Tensor) -> Tensor:
        """Return the output."""
        x = inputs if inputs.is_floating_point() else inputs.to(self.weight.dtype)
        a, b = self.lora_factors
        change = x @ a.to(x.dtype) @ b.to(x.dtype)
        return self.activation(self._added(F.linear(x, self.weight, self.bias), change))


class LowRankConv(LowRank):
    """activation(convolution(inputs, kernel) + bias + scale * convolution(inputs, a) @ b).

    Each group of channels is convolved with a, and b then gives it its filters.
    """

    groups: int
    _kernel_function: Any
    _framed: Any
    _steps: Any
    _gaps: Any

    def _convolve(self, x: Tensor) -> Tensor:
        a, b = self.lora_factors
        space, groups = range(a.ndim - 2), self.groups
        window = a.to(x.dtype).permute(-1, -2, *space)  # (rank, channels, *kernel), as torch has it
        window = window.unsqueeze(2) if len(space) == 1 else window
        if groups > 1:
            window = torch.cat([window] * groups)
        padded, frame = self._framed(x)
        settings = self._steps, frame, self._gaps, groups
        inner = self._kernel_function(padded, window, None, *settings)
        point = b.to(x.dtype).t().reshape(b.shape[1], b.shape[0], *[1] * (x.ndim - 2))
        change = self._kernel_function(inner, point, groups=groups)
        return self._added(super()._convolve(x), change)  # type: ignore[misc]


class LowRankEinsumDense(LowRank):
    """activation(einsum(inputs, kernel) + bias + scale * einsum(inputs, a, b))."""

    equation: str

    def _mapped(self, x: Tensor) -> Tensor:
        a, b = (factor.to(x.dtype) for factor in self.lora_factors)
        first, second, from_the_right = _two_steps(self.equation)
        if from_the_right:
            a, b = b, a
        change = torch.einsum(second, torch.einsum(first, x, a), b)
        return self._added(super()._mapped(x), change)  # type: ignore[misc]


class LowRankEmbedding(LowRank):
    """embeddings[inputs] + scale * a[inputs] @ b."""

    def call(self, inputs: Tensor) -> Tensor:
        """Return the output."""
        return _looked_up(self, super().call(inputs), inputs)  # type: ignore[misc]


class LowRankReversibleEmbedding(LowRank):
    """embeddings[inputs] + scale * a[inputs] @ b, and in reverse with the transposed of both."""

    tie_weights: bool

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """Return the output."""
        outputs = super().call(inputs, reverse)  # type: ignore[misc]
        return outputs if reverse else _looked_up(self, outputs, inputs)

    def _scores(self, inputs: Tensor) -> Tensor:
        scores = super()._scores(inputs)  # type: ignore[misc]
        if not self.tie_weights:
            return scores
        with torch.autocast(inputs.device.type, enabled=False):
            x, a, b = (value.to(scores.dtype) for value in (inputs, *self.lora_factors))
            return self._added(scores, x @ b.t() @ a.t())


def _looked_up(layer: LowRank, vectors: Tensor, inputs: Tensor) -> Tensor:
    a, b = layer.lora_factors
    numbers = inputs if inputs.dtype in (torch.int32, torch.int64) else inputs.to(torch.int64)
    return layer._added(vectors, F.embedding(numbers, a) @ b)


def _two_steps(equation: str) -> tuple[str, str, bool]:
    """Return two equations for inputs, a and b in place of one for inputs and kernel.

    The kernel is a @ b over its last axis. b comes first if that axis is one of the inputs', and
    the last value says so.

    Example:
        >>> _two_steps("abc,cde->abde")
        ('abc,cdf->abdf', 'abdf,fe->abde', False)
        >>> _two_steps("abde,cde->abc")
        ('abde,fe->abdf', 'abdf,cdf->abc', True)
    """
    terms, outputs = equation.split("->")
    inputs, kernel = terms.split(",")
    last, rest = kernel[-1], kernel[:-1]
    rank = next(letter for letter in string.ascii_letters if letter not in equation)
    if last not in inputs:
        inner = outputs.replace(last, rank)
        return f"{inputs},{rest}{rank}->{inner}", f"{inner},{rank}{last}->{outputs}", False
    inner = f"{inputs}{rank}" if last in outputs else inputs.replace(last, rank)
    return f"{inputs},{rank}{last}->{inner}", f"{inner},{rest}{rank}->{outputs}", True
