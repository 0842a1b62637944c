"""Activation: an activation function as a layer."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite import activations
from kerlite.layers.base import Layer
from kerlite.layers.in_graph import is_pointwise

__all__ = ["Activation"]


class Activation(Layer):
    """An activation function as a layer: activation(inputs).

    Args:
        activation: a name ("relu"), or a function or module that takes a tensor.

    Shape:
        any -> the same.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> import torch
        >>> Activation("relu")(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    Source: keras.layers.Activation.
    """

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.pointwise = is_pointwise(self.activation)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(inputs)."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
