"""Activation: an activation function as a layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite import activations
from kerlite.layers.base import Layer
from kerlite.layers.in_graph import call_over_in_graph, is_pointwise

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
    in_graph_over = staticmethod(call_over_in_graph)

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.pointwise = is_pointwise(self.activation)
        self.build_at_init()

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(inputs)."""
        return self.activation(inputs)

    @property
    def overwrites(self) -> bool:  # type: ignore[override]
        """Whether `overwrite` can be called: the gradient needs the result only."""
        return self.activation is activations.relu or self.activation is activations.relu6

    def overwrite(self, inputs: Tensor) -> Tensor:
        """Return activation(inputs) in the inputs' place."""
        if self.activation is activations.relu:
            return torch.relu_(inputs)
        return F.relu6(inputs, inplace=True)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
