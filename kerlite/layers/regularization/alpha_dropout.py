"""AlphaDropout: dropout that keeps mean and variance, for networks of SELU units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.layers.regularization.base import BaseDropout

__all__ = ["AlphaDropout"]

_LOWEST = -1.0507009873554805 * 1.6732632423543772  # what SELU approaches far below zero


class AlphaDropout(BaseDropout, nn.AlphaDropout):
    """While training, inputs set to the lowest value of SELU at random, and all shifted and scaled.

    a * (inputs where kept, else -1.7581) + b, with a and b such that inputs of mean 0 and variance
    1 keep them. It is an `nn.AlphaDropout`.

    Call:
        inputs: a tensor.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the share of the inputs that is dropped, in [0, 1].
        noise_shape: shape of the random mask, which is broadcast to the inputs: 1 for axes along
            which all are dropped together, None for an axis's own size; by default all of them.
        seed: a whole number, for random numbers that do not depend on anything else.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1], or `noise_shape` does not broadcast.

    Example:
        >>> import torch
        >>> AlphaDropout(0.5, seed=1)(torch.ones(2, 100), training=True).unique()
        tensor([-0.7792,  1.6656])

    Source: Klambauer et al. 2017, arXiv:1706.02515; keras.layers.AlphaDropout, which cannot train
    with rate 1: that gives zeros here, as in torch.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(rate, noise_shape, seed, **kwargs)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, some of them dropped if this call trains."""
        if not self._in_training(training) or not self.rate:
            return inputs
        x = self._as_float(inputs)
        if self.rate == 1 or (self.noise_shape is None and self._seeds is None):
            return F.alpha_dropout(x, self.rate, training=True)
        kept = self._kept(x, self.noise_shape).bool()
        scale = ((1 - self.rate) * (1 + self.rate * _LOWEST**2)) ** -0.5
        return torch.where(kept, x, _LOWEST) * scale - scale * _LOWEST * self.rate
