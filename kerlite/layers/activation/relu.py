"""ReLU: negative inputs cut to zero."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite import activations
from kerlite.layers.base import Layer

__all__ = ["ReLU"]


class ReLU(Layer):
    """Inputs above a threshold as they are, at most `max_value`; below it a line.

    min(x, max_value) where x > threshold, negative_slope * (x - threshold) elsewhere.

    Args:
        max_value: the largest output, >= 0; None for no limit.
        negative_slope: the slope up to the threshold, >= 0.
        threshold: where the linear part begins, >= 0.

    Shape:
        any -> the same.

    Raises:
        ValueError: for negative numbers.

    Example:
        >>> import torch
        >>> ReLU(max_value=6.0, negative_slope=0.5)(torch.tensor([-2.0, 1.0, 9.0]))
        tensor([-1.,  1.,  6.])

    Source: keras.layers.ReLU.
    """

    supports_masking = True
    pointwise = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        given = {"negative_slope": negative_slope, "threshold": threshold}
        if max_value is not None:
            given["max_value"] = max_value
        for argument, value in given.items():
            if value is None or value < 0:
                raise ValueError(
                    f"{self.described} needs {argument} >= 0; received {argument}={value!r}."
                )
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the rectified inputs."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
