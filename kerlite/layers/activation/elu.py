"""ELU: negative inputs on an exponential curve."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite import activations
from kerlite.layers.base import Layer

__all__ = ["ELU"]


class ELU(Layer):
    """Positive inputs as they are, negative ones on a curve that approaches -alpha.

    x where x > 0, alpha * (exp(x) - 1) elsewhere.

    Args:
        alpha: minus the limit far below zero.

    Shape:
        any -> the same.

    Example:
        >>> import torch
        >>> ELU()(torch.tensor([-1.0, 1.0]))
        tensor([-0.6321,  1.0000])

    Source: Clevert et al. 2015, arXiv:1511.07289; keras.layers.ELU.
    """

    supports_masking = True
    pointwise = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = alpha
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the rectified inputs."""
        return activations.elu(inputs, self.alpha)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
