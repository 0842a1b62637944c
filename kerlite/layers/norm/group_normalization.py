"""GroupNormalization: each group of channels with mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from kerlite.core.windows import channels_first_order, channels_last_order
from kerlite.layers.attributes import stored
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.norm.axes import kernel_form, known_axes
from kerlite.layers.norm.base import BaseNormalization

__all__ = ["GroupNormalization"]


class GroupNormalization(BaseNormalization, nn.GroupNorm):
    """Each group of channels of a sample with mean 0 and variance 1, then a scale and offset.

    (inputs - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and variance over all of
    space and the channels of a group. It is an `nn.GroupNorm`: `weight` and `gamma` are the same
    vector, `bias` and `beta` too.

    Args:
        groups: into how many groups the channels are divided: 1 is much like LayerNormalization
            over all axes, -1 (a group for each channel) instance normalization.
        axis: the axis of the channels: -1, or 1 for "channels_first" images.
        epsilon: added to the variance, so that nothing is divided by 0.
        center: whether there is an offset.
        scale: whether there is a scale.
        beta_initializer: first values of the offset.
        gamma_initializer: first values of the scale.
        beta_regularizer: penalty on the offset.
        gamma_regularizer: penalty on the scale.
        beta_constraint: what the offset must satisfy after each update.
        gamma_constraint: what the scale must satisfy after each update.

    Shape:
        (batch, ...) -> the same.

    Raises:
        ValueError: for `groups` that do not divide the channels, or if the input has no such axis
            or its size is unknown.

    Example:
        >>> import torch
        >>> layer = GroupNormalization(groups=2, epsilon=0.0)
        >>> layer(torch.tensor([[0.0, 10.0, 20.0, 40.0]])).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    Source: Wu and He 2018, arXiv:1803.08494; keras.layers.GroupNormalization.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        for name, value, fits in (
            ("groups", groups, isinstance(groups, int) and (groups > 0 or groups == -1)),
            ("axis", axis, isinstance(axis, int) and axis != 0),
        ):
            if not fits or isinstance(value, bool):
                raise ValueError(
                    f"{self.described} needs groups >= 1 (or -1 for one to each channel) and an "
                    f"axis behind the batch's; received {name}={value!r}."
                )
        self.groups, self.axis = groups, axis

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the scale and the offset."""
        rank = len(input_shape)
        (axis,) = known_axes((self.axis,), input_shape, self.described)
        self.num_channels = channels = input_shape[axis] or 0
        self.groups = self.num_groups = channels if self.groups == -1 else self.groups
        if channels % self.groups or axis == 0:
            raise ValueError(
                f"{self.described} cannot divide the {channels} channels of an input of shape "
                f"{input_shape} (axis={self.axis}) into groups={self.groups}: choose a divisor."
            )
        self.add_scale_and_offset((channels,), self.scale, self.center)
        self.affine = self.scale or self.center
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels})
        rows, order = kernel_form(axis, rank)
        there_and_back = channels_first_order(rank - 2), channels_last_order(rank - 2)
        self._order = there_and_back if rows else order
        self.takes_channels_first = self._order is not None and axis == rank - 1

    def call(self, inputs: Tensor) -> Tensor:
        """Return the normalized inputs."""
        if self._order is None:
            return self.call_channels_first(inputs)
        return self.call_channels_first(inputs.permute(self._order[0])).permute(self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        row = (
            x.unsqueeze(2) if x.ndim == 3 else x
        )  # torch has channels-last kernels for images only
        weight, bias = stored(self, "weight"), stored(self, "bias")
        out = F.group_norm(row, self.groups, weight, bias, self.epsilon)
        out = out.squeeze(2) if x.ndim == 3 else out
        return out if out.dtype is self._torch_dtype else out.to(self._torch_dtype)
