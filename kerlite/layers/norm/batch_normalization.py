"""BatchNormalization: each channel with mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kerlite import initializers
from kerlite.core.variable import Variable
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.norm.base import BaseNormalization
from kerlite.layers.norm.batch_statistics import kernel_form, normalize, normalize_by_kernel
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
        (axis,) = self.known_axes((self.axis,), input_shape)
        self.num_features = input_shape[axis] or 0
        self.add_scale_and_offset((self.num_features,), self.scale, self.center)
        self._add_averages()
        self.affine = self.scale and self.center
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: self.num_features})
        self._rows, self._order = kernel_form(axis, rank)

    def _add_averages(self) -> None:
        made: Any = (self.num_features,), self.variable_dtype
        self.running_mean = mean = Variable(self.moving_mean_initializer, *made).detach()
        self.running_var = variance = Variable(self.moving_variance_initializer, *made).detach()
        self.num_batches_tracked = torch.zeros((), dtype=torch.int64, device=mean.device)
        if self.renorm:
            self.moving_stddev, self.renorm_stddev = variance.sqrt(), variance.sqrt()
            self.renorm_mean = mean.clone()

    def call(self, inputs: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        """Return the normalized inputs."""
        x = inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype)
        count = x.numel() // self.num_features
        learns = self._trainable and self._in_training(training) and count > 0
        more = self.renorm or self.synchronized or mask is not None
        if learns and (more or count < 2 or self.epsilon <= 0):
            return normalize(self, x, mask)
        if self._rows:
            x = x.flatten(0, -2)
        elif self._order is not None:
            x = x.permute(self._order[0])
        x = normalize_by_kernel(self, x, count) if learns else self._by_averages(x)
        if self._rows:
            return x.view(inputs.shape)
        return x if self._order is None else x.permute(self._order[1])

    def _by_averages(self, x: Tensor) -> Tensor:
        mean, variance, scale, offset = self.running_mean, self.running_var, self.weight, self.bias
        return F.batch_norm(x, mean, variance, scale, offset, False, 0.0, self.epsilon)

    def _replaced_by(self, module: nn.Module) -> nn.Module:
        """Stay, synchronized, in place of a SyncBatchNorm: that knows channels at axis 1 only."""
        if isinstance(module, nn.SyncBatchNorm):
            self.synchronized, self.process_group = True, module.process_group
            return self
        return module
