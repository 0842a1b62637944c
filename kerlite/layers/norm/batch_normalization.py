"""BatchNormalization: each channel with mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from kerlite import initializers
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.norm.averages import add_averages
from kerlite.layers.norm.axes import kernel_form, known_axes
from kerlite.layers.norm.base import BaseNormalization
from kerlite.layers.norm.batch_statistics import checked_mask, normalize, normalize_by_hand
from kerlite.layers.norm.renormalization import checked_clipping

__all__ = ["BatchNormalization"]


class BatchNormalization(BaseNormalization, nn.modules.batchnorm._BatchNorm):
    """Each channel with mean 0 and variance 1 over the batch, then a learned scale and offset.

    (inputs - mean) / sqrt(variance + epsilon) * gamma + beta. While it trains, these are a batch's
    (a variance divides by n), and averages follow: moving * momentum + batch * (1 - momentum).
    Otherwise, and while not `trainable`, they are the moving averages. It is a torch batch norm.

    Call:
        inputs, training: a tensor, and whether to use the batch's statistics.
        mask: which elements count in them; of the inputs' shape without the last axis.

    Args:
        axis: the axis of the channels: -1, or 1 for "channels_first" images.
        momentum: how slowly the moving averages follow, in [0, 1]. torch's is 1 minus this.
        epsilon: added to the variance, so that nothing is divided by 0.
        center, scale: whether there is an offset, and a scale.
        beta_initializer, gamma_initializer: first values of the offset and the scale.
        moving_mean_initializer, moving_variance_initializer: first values of the moving averages.
        beta_regularizer, gamma_regularizer: penalties on the offset and the scale.
        beta_constraint, gamma_constraint: what these must satisfy after each update.
        renorm: whether to correct the batch's statistics towards moving averages.
        renorm_clipping, renorm_momentum: its limits ("rmin", "rmax", "dmax"), and their momentum.
        synchronized: whether the batches of all processes count as one; torch's
            `convert_sync_batchnorm(model)` turns it on.

    Shape:
        any -> the same.

    Raises:
        ValueError: if the input has no such axis, its size is unknown, or limits make no sense.

    Example:
        >>> import torch
        >>> layer = BatchNormalization(momentum=0.5, epsilon=0.0)
        >>> layer(torch.tensor([[0.0], [4.0]]), training=True).flatten().tolist()
        [-1.0, 1.0]
        >>> layer.moving_mean.numpy().tolist()
        [1.0]

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167; keras.layers.BatchNormalization.
    """

    keras_names: ClassVar[dict[str, str]] = {
        "weight": "gamma", "bias": "beta",
        "running_mean": "moving_mean", "running_var": "moving_variance",
    }  # fmt: skip
    keras_buffers = ("running_mean", "running_var", "moving_stddev", "renorm_mean", "renorm_stddev")
    finds_training = True
    num_features, affine, track_running_stats, process_group = 0, False, True, None

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis, self.momentum = int(axis), float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm, self.renorm_momentum, self.synchronized = renorm, renorm_momentum, synchronized
        self.renorm_clipping = checked_clipping(renorm_clipping, self.described)
        for buffer in (*self.keras_buffers, "num_batches_tracked"):
            self.register_buffer(buffer, None)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the scale, the offset and the moving averages."""
        rank = len(input_shape)
        (axis,) = known_axes((self.axis,), input_shape, self.described)
        self.num_features = input_shape[axis] or 0
        self.add_scale_and_offset((self.num_features,), self.scale, self.center)
        add_averages(self)
        self.affine = self.scale and self.center
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: self.num_features})
        self._rows, self._order = kernel_form(axis, rank)
        self.takes_channels_first = self._order is not None and axis == rank - 1
        self._gives_view = self._rows or axis not in (1, rank - 1)

    @property
    def makes_new(self) -> bool:  # type: ignore[override]
        """Whether the result is new memory that the gradient does not need."""
        return not (self.renorm or self.synchronized or self._gives_view)

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        """Return the normalized inputs."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        if mask is not None:
            mask = checked_mask(mask, x, self.described)
            if self._learns(training, x):
                return normalize_by_hand(self, x, self.axis, mask)
        if self._rows:
            return self._normalized(x.flatten(0, -2), training).view(inputs.shape)
        if self._order is None:
            return self._normalized(x, training)
        return self._normalized(x.permute(self._order[0]), training).permute(self._order[1])

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        return self._normalized(x, None)

    def _learns(self, training: bool | None, x: Tensor) -> bool:
        return self._trainable and self._in_training(training) and x.numel() > 0

    def _normalized(self, x: Tensor, training: bool | None) -> Tensor:
        return normalize(self, x, self._learns(training, x))

    def _replaced_by(self, module: nn.Module) -> nn.Module:
        """Stay, synchronized, in place of a SyncBatchNorm: that knows channels at axis 1 only."""
        if isinstance(module, nn.SyncBatchNorm):
            self.synchronized, self.process_group = True, module.process_group
            return self
        return module
