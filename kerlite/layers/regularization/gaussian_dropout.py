"""GaussianDropout: inputs times random numbers around 1 while training."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from kerlite.core.draws import fill
from kerlite.layers.regularization.base import BaseNoise, checked_rate

__all__ = ["GaussianDropout"]


class GaussianDropout(BaseNoise):
    """While training, inputs times random numbers of mean 1 that vary as Dropout's factors do.

    inputs * n, n normal with mean 1 and standard deviation sqrt(rate / (1 - rate)).

    Call:
        inputs: a tensor.
        training: whether to add noise; by default the enclosing call's, then the layer's own mode.

    Args:
        rate: the rate of the Dropout whose noise is as strong, in [0, 1).
        seed: a whole number, for random numbers that do not depend on anything else.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the rate lies outside [0, 1).

    Example:
        >>> import torch
        >>> noisy = GaussianDropout(0.5, seed=1)(torch.ones(100, 100), training=True)
        >>> round(float(noisy.mean()), 1), round(float(noisy.std()), 1)
        (1.0, 1.0)

    Source: Srivastava et al. 2014; keras.layers.GaussianDropout, which takes a rate of 1 but cannot
    train with it.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.rate = checked_rate(rate, self.described, below_one=True)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, times noise if this call trains."""
        if not self._in_training(training) or not self.rate:
            return inputs
        x = self._as_float(inputs)
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return x * fill(torch.empty_like(x), "normal", self._seeds, 1.0, stddev)
