"""RepeatVector: each vector several times, as a sequence."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.reshaping.base import checked_count

__all__ = ["RepeatVector"]


class RepeatVector(Layer):
    """Each vector n times, as the steps of a sequence; a view, nothing is copied.

    Args:
        n: how often, >= 1.

    Shape:
        (batch, features) -> (batch, n, features).

    Raises:
        TypeError: if n is not a whole number.
        ValueError: if n < 1.

    Example:
        >>> import torch
        >>> RepeatVector(2)(torch.tensor([[1.0, 5.0]]))
        tensor([[[1., 5.],
                 [1., 5.]]])

    Source: keras.layers.RepeatVector.
    """

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = checked_count(n, "n", self.described)
        self.input_spec = InputSpec(ndim=2)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return the vectors n times."""
        if inputs.ndim != 2:
            self._check_inputs((inputs,))
        return inputs.unsqueeze(1).expand(-1, self.n, -1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (batch, n, features)."""
        return (input_shape[0], self.n, input_shape[1])

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; the number type stays."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)
