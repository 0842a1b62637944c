"""RMSNormalization: each sample with root mean square 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.layers.attributes import stored
from kerlite.layers.base import Layer
from kerlite.layers.norm.axes import checked_axis, trailing

__all__ = ["RMSNormalization"]


class RMSNormalization(Layer, nn.RMSNorm):
    """Each sample divided by its root mean square along some axes, then a learned scale.

    inputs / sqrt(mean(inputs ** 2) + epsilon) * scale. It is an `nn.RMSNorm`: `weight` and `scale`
    are the same vector.

    Args:
        axis: the axis, or several, over which the mean is taken.
        epsilon: added to the mean, so that nothing is divided by 0.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the input has no such axis, or its size is unknown.
        TypeError: if `axis` is neither a whole number nor several.

    Example:
        >>> import torch
        >>> RMSNormalization(epsilon=0.0)(torch.tensor([[1.0, 7.0], [3.0, -3.0]])).tolist()
        [[0.20000000298023224, 1.399999976158142], [1.0, -1.0]]

    Source: Zhang and Sennrich 2019, arXiv:1910.07467; keras.layers.RMSNormalization, which scales
    the wrong axis where the normalized ones are not the last.
    """

    weight: Any
    keras_names: ClassVar[dict[str, str]] = {"weight": "scale"}
    elementwise_affine = True

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis: Any = checked_axis(axis, self.described)
        self.epsilon = self.eps = float(epsilon)
        self.register_parameter("weight", None)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the scale."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        layout = trailing(self.axis, input_shape, self.described)
        self.normalized_shape, self.input_spec, self._there, self._back = layout
        self.weight = self.add_weight(name="scale", shape=self.normalized_shape, initializer="ones")

    def call(self, inputs: Tensor) -> Tensor:
        """Return the normalized inputs."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        if self._there is not None:
            x = x.permute(self._there)
        weight = stored(self, "weight")
        if weight.dtype is not x.dtype:  # mixed precision; torch's fused kernel takes one type
            weight = weight.to(x.dtype)
        x = F.rms_norm(x, self.normalized_shape, weight, self.epsilon)
        if self._there is not None:
            x = x.permute(self._back)
        return x if x.dtype is self._torch_dtype else x.to(self._torch_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
