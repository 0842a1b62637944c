"""ActivityRegularization: a penalty on what passes through."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite import regularizers
from kerlite.layers.base import Layer

__all__ = ["ActivityRegularization"]


class ActivityRegularization(Layer):
    """The inputs as they are; a penalty on them is added to the loss.

    (l1 * sum(|inputs|) + l2 * sum(inputs^2)) / batch.

    Args:
        l1: factor of the absolute values, >= 0.
        l2: factor of the squares, >= 0.

    Shape:
        any -> the same.

    Raises:
        ValueError: for a factor that is negative or not finite.

    Example:
        >>> import torch
        >>> layer = ActivityRegularization(l1=0.5)
        >>> layer(torch.ones(2, 3)).shape, layer.losses
        (torch.Size([2, 3]), [tensor(1.5000)])

    Source: keras.layers.ActivityRegularization.
    """

    supports_masking = True
    pointwise = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again: `l1` and `l2` say it all."""
        config = super().get_config()
        del config["activity_regularizer"]
        return config
