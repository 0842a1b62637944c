"""LayerNormalization: each sample with mean 0 and variance 1."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.layers.attributes import stored
from kerlite.layers.norm.axes import checked_axis, trailing
from kerlite.layers.norm.base import BaseNormalization

__all__ = ["LayerNormalization"]


class LayerNormalization(BaseNormalization, nn.LayerNorm):
    """Each sample with mean 0 and variance 1 along some axes, then a learned scale and offset.

    (inputs - mean) / sqrt(variance + epsilon) * gamma + beta. It is an `nn.LayerNorm`: `weight` and
    `gamma` are the same vector, `bias` and `beta` too.

    Args:
        axis: the axis, or several, over which mean and variance are taken.
        epsilon: added to the variance, so that nothing is divided by 0.
        center: whether there is an offset.
        scale: whether there is a scale.
        beta_initializer: first values of the offset.
        gamma_initializer: first values of the scale.
        beta_regularizer: penalty on the offset.
        gamma_regularizer: penalty on the scale.
        beta_constraint: what the offset must satisfy after each update.
        gamma_constraint: what the scale must satisfy after each update.
        rms_scaling: out of use: divide by the deviation, but subtract nothing and add no offset.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the input has no such axis, or its size is unknown.
        TypeError: if `axis` is neither a whole number nor several.

    Example:
        >>> import torch
        >>> LayerNormalization(epsilon=0.0)(torch.tensor([[0.0, 10.0], [20.0, 40.0]])).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]

    Source: Ba et al. 2016, arXiv:1607.06450; keras.layers.LayerNormalization.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        rms_scaling: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis = checked_axis(axis, self.described)
        if rms_scaling:
            warnings.warn(
                "rms_scaling divides by the standard deviation, not by the root mean square: "
                "RMSNormalization does the latter.", DeprecationWarning, stacklevel=2,
            )  # fmt: skip
        self.rms_scaling = rms_scaling

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the scale and the offset."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        layout = trailing(self.axis, input_shape, self.described)
        self.normalized_shape, self.input_spec, self._there, self._back = layout
        scale, center = self.scale or self.rms_scaling, self.center and not self.rms_scaling
        self.add_scale_and_offset(self.normalized_shape, scale, center)
        self.elementwise_affine = scale or center

    def call(self, inputs: Tensor) -> Tensor:
        """Return the normalized inputs."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        if self._there is not None:
            x = x.permute(self._there)
        if self.rms_scaling:
            x = self._scaled_by_deviation(x)
        else:
            x = F.layer_norm(
                x, self.normalized_shape, stored(self, "weight"), stored(self, "bias"), self.epsilon
            )
        if self._there is not None:
            x = x.permute(self._back)
        return x if x.dtype is self._torch_dtype else x.to(self._torch_dtype)

    def _scaled_by_deviation(self, x: Tensor) -> Tensor:
        last = tuple(range(-len(self.normalized_shape), 0))
        variance = x.var(last, correction=0, keepdim=True)
        return x * torch.rsqrt(variance + self.epsilon) * self.weight
