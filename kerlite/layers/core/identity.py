"""Identity: a layer that does nothing."""

from __future__ import annotations

from typing import Any

from torch import nn

from kerlite.core import tree
from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer

__all__ = ["Identity"]


class Identity(Layer, nn.Identity):
    """The inputs as they are: a placeholder. It is an `nn.Identity`.

    Shape:
        any -> the same.

    Example:
        >>> import torch
        >>> Identity()(torch.tensor([1.0, 2.0]))
        tensor([1., 2.])

    Source: keras.layers.Identity.
    """

    supports_masking = True
    pointwise = True

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.build_at_init()

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the input's shape."""
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return new symbolic tensors like the inputs."""
        return tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype), inputs)
