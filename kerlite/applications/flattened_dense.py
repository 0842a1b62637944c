"""FlattenedDense: a Dense on an image that torch flattened, seen as if Keras had."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor

from kerlite.core import registry
from kerlite.core.variable import Layout
from kerlite.layers import Dense

__all__ = ["FlattenedDense", "flattened_layout"]


@registry.register_keras_serializable(package="kerlite")
class FlattenedDense(Dense):
    """A Dense whose inputs are an image's, channels before height and width.

    `state_dict()` has them in that order, as torch's networks do. `kernel`, `get_weights()` and
    Keras's files have height and width before the channels, as Keras flattens. `kernel` is a copy,
    and `assign` writes through.

    Args:
        units: size of the output, >= 1.
        image_shape: (height, width, channels) of the image.
        **kwargs: the other arguments of Dense.

    Shape:
        (batch, channels * height * width) -> (batch, units).

    Raises:
        ValueError: if the input has another size than the image.

    Example:
        >>> import torch
        >>> layer = FlattenedDense(4, (2, 2, 3))
        >>> layer(torch.ones(1, 12)).shape, layer.weight.shape
        (torch.Size([1, 4]), torch.Size([4, 12]))

    Source: torch.flatten and keras.layers.Flatten, which differ.
    """

    def __init__(self, units: int, image_shape: Any, **kwargs: Any):
        super().__init__(units, **kwargs)
        self.image_shape = tuple(image_shape)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        height, width, channels = self.image_shape
        if input_shape[-1] != height * width * channels:
            raise ValueError(
                f"{self.described} takes images of {self.image_shape}, flattened; received an "
                f"input of shape {input_shape}."
            )
        self.in_features = input_shape[-1]
        self.weight = self.add_weight(
            name="kernel", shape=(self.in_features, self.units),
            layout=flattened_layout(self.image_shape), initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.units,), initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip


def flattened_layout(image: tuple[int, ...]) -> Layout:
    """Return the layout of a kernel on a flattened image of shape (height, width, channels)."""
    return Layout(partial(_to_keras, image=image), partial(_to_storage, image=image))


def _to_keras(x: Tensor, image: tuple[int, ...]) -> Tensor:
    height, width, channels = image
    return x.view(-1, channels, height, width).permute(2, 3, 1, 0).reshape(-1, x.shape[0])


def _to_storage(x: Tensor, image: tuple[int, ...]) -> Tensor:
    height, width, channels = image
    return x.reshape(height, width, channels, -1).permute(3, 2, 0, 1).flatten(1).contiguous()
