"""LeakyReLU: negative inputs made small."""

from __future__ import annotations

import warnings
from typing import Any

from torch import Tensor

from kerlite import activations
from kerlite.layers.base import Layer

__all__ = ["LeakyReLU"]


class LeakyReLU(Layer):
    """Positive inputs as they are, negative ones times a small slope.

    x where x > 0, negative_slope * x elsewhere.

    Args:
        negative_slope: the slope below zero, >= 0. Its old name `alpha` is understood.

    Shape:
        any -> the same.

    Raises:
        ValueError: for a negative slope.

    Example:
        >>> import torch
        >>> LeakyReLU(0.5)(torch.tensor([-2.0, 1.0]))
        tensor([-1.,  1.])

    Source: keras.layers.LeakyReLU.
    """

    supports_masking = True
    pointwise = True

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("alpha is now named negative_slope.", DeprecationWarning, stacklevel=2)
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                f"{self.described} needs negative_slope >= 0; received {negative_slope!r}."
            )
        self.negative_slope = negative_slope
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the rectified inputs."""
        return activations.leaky_relu(inputs, self.negative_slope)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
