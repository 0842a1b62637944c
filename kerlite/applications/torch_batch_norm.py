"""TorchBatchNormalization: batch normalization whose averages move as torch's do."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from kerlite.core import registry
from kerlite.layers import BatchNormalization
from kerlite.layers.attributes import stored

__all__ = ["TorchBatchNormalization"]


@registry.register_keras_serializable(package="kerlite")
class TorchBatchNormalization(BatchNormalization):
    """A BatchNormalization whose moving variance follows torch's estimate of a batch's variance.

    That divides by n - 1, where Keras's divides by n: so a network of torchvision's trains as it
    does there. Frozen (`trainable=False`), it uses the moving averages, as Keras's does.

    Args:
        **kwargs: the arguments of BatchNormalization.

    Shape:
        any -> the same.

    Example:
        >>> import torch
        >>> layer = TorchBatchNormalization(axis=1, momentum=0.5)
        >>> layer(torch.tensor([0.0, 4.0]).view(2, 1, 1, 1), training=True).shape
        torch.Size([2, 1, 1, 1])
        >>> layer.moving_variance.numpy().tolist()  # 0.5 * 1 + 0.5 * 8
        [4.5]

    Source: torch.nn.BatchNorm2d.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self._speed = round(1 - float(self.momentum or 0.0), 12)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the scale, the offset and the moving averages; torch's counter has no use."""
        super().build(input_shape)
        self.num_batches_tracked = None

    def _normalized(self, x: Tensor, training: bool | None) -> Tensor:
        learns = self._learns(training, x)
        if learns and (self.renorm or self.synchronized or x.numel() < 2 * self.num_features):
            return super()._normalized(x, training)
        return F.batch_norm(
            x, stored(self, "running_mean"), stored(self, "running_var"), stored(self, "weight"),
            stored(self, "bias"), learns, self._speed if learns else 0.0, self.epsilon,
        )  # fmt: skip
