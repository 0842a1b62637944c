"""PReLU: a rectifier whose slope below zero is learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kerlite import constraints, initializers, regularizers
from kerlite.core.variable import Layout
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec

__all__ = ["PReLU"]


class PReLU(Layer, nn.PReLU):
    """Positive inputs as they are, negative ones times a learned slope.

    x where x > 0, alpha * x elsewhere. It is an `nn.PReLU`: `weight` is a vector with one number
    for each slope, `alpha` sees it in the shape of one sample, with ones for the shared axes.

    Args:
        alpha_initializer: first values of the slopes.
        alpha_regularizer: penalty on the slopes.
        alpha_constraint: what the slopes must satisfy after each update.
        shared_axes: the axes along which a slope is shared, the first after the batch being 1;
            [1, 2] gives one slope for each channel of images with the channels last.

    Shape:
        any -> the same.

    Raises:
        ValueError: if an axis is not one of the input's, or a size that is not shared is unknown.

    Example:
        >>> import torch
        >>> layer = PReLU(alpha_initializer="ones", shared_axes=[1, 2])
        >>> layer(torch.ones(1, 5, 5, 3)).shape, layer.alpha.shape, layer.weight.shape
        (torch.Size([1, 5, 5, 3]), torch.Size([1, 1, 3]), torch.Size([3]))

    Source: He et al. 2015, arXiv:1502.01852; keras.layers.PReLU.
    """

    keras_names: ClassVar[dict[str, str]] = {"weight": "alpha"}
    supports_masking = True

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        self.shared_axes = axes if axes is None else list(axes)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the slopes."""
        rank, shared = len(input_shape), set(self.shared_axes or ())
        if not shared <= set(range(1, rank)):
            raise ValueError(
                f"{self.described} needs shared_axes from 1 to {rank - 1} for inputs of shape "
                f"{input_shape}; received {self.shared_axes}."
            )
        sizes = [1 if i in shared else size for i, size in enumerate(input_shape)][1:]
        shape = tuple(size for size in sizes if size is not None)
        if len(shape) < len(sizes):
            raise ValueError(
                f"{self.described} makes a slope for each element, so it needs to know the sizes "
                f"that are not shared; received the shape {input_shape}. Name the unknown axes in "
                f"shared_axes."
            )
        self.num_parameters = math.prod(shape)
        layout = Layout(partial(_in_shape, shape=shape), _flat)
        self.weight = self.add_weight(
            name="alpha", shape=shape, layout=layout, initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer, constraint=self.alpha_constraint,
        )  # fmt: skip
        own = [i for i in range(1, rank) if i not in shared]
        self.input_spec = InputSpec(ndim=rank, axes={i: input_shape[i] for i in own})
        self._alpha_shape = shape
        # Where the axes with slopes of their own are neighbours, torch's kernel sees them as one.
        self._neighbours = not own or own == list(range(own[0], own[-1] + 1))
        self._after = slice(own[-1] + 1, None) if own else slice(0, 0)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the rectified inputs."""
        x = inputs if inputs.is_floating_point() else inputs.to(self.weight.dtype)
        if not self._neighbours:
            return torch.where(x > 0, x, self.weight.view(self._alpha_shape) * x)
        after = math.prod(x.shape[self._after])
        sizes = (self.num_parameters,) if after == 1 else (self.num_parameters, after)
        return F.prelu(x.reshape(-1, *sizes), self.weight).view(x.shape)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape


def _in_shape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x.view(shape)


def _flat(x: Tensor) -> Tensor:
    return x.reshape(-1)
