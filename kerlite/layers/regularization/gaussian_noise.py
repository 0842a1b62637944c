"""GaussianNoise: random numbers added to the inputs while training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core.draws import fill
from kerlite.layers.regularization.base import BaseNoise, checked_rate

__all__ = ["GaussianNoise"]


class GaussianNoise(BaseNoise):
    """While training, normal random numbers of mean 0 added to the inputs.

    Call:
        inputs: a tensor.
        training: whether to add noise; by default the enclosing call's, then the layer's own mode.

    Args:
        stddev: the standard deviation of the noise, in [0, 1].
        seed: a whole number, for random numbers that do not depend on anything else.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the standard deviation lies outside [0, 1].

    Example:
        >>> import torch
        >>> noisy = GaussianNoise(0.5, seed=1)(torch.ones(100, 100), training=True)
        >>> round(float(noisy.mean()), 1), round(float(noisy.std()), 1)
        (1.0, 0.5)

    Source: keras.layers.GaussianNoise.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.stddev = checked_rate(stddev, self.described, "stddev")

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, with noise if this call trains."""
        if not self._in_training(training) or not self.stddev:
            return inputs
        x = self._as_float(inputs)
        return x + fill(torch.empty_like(x), "normal", self._seeds, 0.0, self.stddev)
