"""TimeDistributed: a layer applied to every step of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core import tree
from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer
from kerlite.layers.core.wrapper import Wrapper
from kerlite.layers.shapes import symbolic_of

__all__ = ["TimeDistributed"]

Shape = tuple[int | None, ...]


class TimeDistributed(Wrapper):
    """A layer applied to every step of a sequence, with the same weights.

    All steps of all samples are one batch for the layer, which is called once.

    Call:
        inputs: a tensor, or a structure of tensors that have batch and time in common.
        training: handed on to the layer; by default the enclosing call's, then the layer's mode.
        mask: (batch, time, ...), handed on step by step if the layer takes a mask; the output
            carries the mask of the inputs.

    Args:
        layer: the layer, which sees (batch * time, ...).

    Shape:
        (batch, time, ...) -> (batch, time, *what the layer makes of a step).

    Raises:
        ValueError: for something that is no layer, inputs of fewer than three dimensions, or a mask
            whose first two sizes are not the inputs'.

    Example:
        >>> import torch
        >>> from kerlite.layers import Conv2D
        >>> TimeDistributed(Conv2D(64, 3))(torch.ones(2, 10, 28, 28, 3)).shape
        torch.Size([2, 10, 26, 26, 64])

    Source: keras.layers.TimeDistributed, which calls the layer once a step: there
    BatchNormalization counts one update a step from that step alone, here one a call from all.
    """

    finds_training: ClassVar[bool] = True
    supports_masking = True

    def __init__(self, layer: Layer, **kwargs: Any):
        super().__init__(layer, **kwargs)
        self._takes_training = layer._signature.takes_training
        self._takes_mask = "mask" in layer._signature.mask_names

    def build(self, input_shape: Any = None) -> None:
        """Build the layer for one step."""
        super().build(self._steps_of(symbolic_of(input_shape, self.compute_dtype)))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return what the layer makes of every step."""
        batch, time = tree.flatten(inputs)[0].shape[:2]
        extra = {"training": training} if self._takes_training else {}
        if mask is not None:
            tree.map_structure(lambda one: self._check_mask(one, batch, time), mask)
            if self._takes_mask:
                extra["mask"] = tree.map_structure(_folded, mask)
        outputs = self.layer(tree.map_structure(_folded, inputs), **extra)
        return tree.map_structure(lambda y: y.unflatten(0, (batch, time)), outputs)

    def _check_mask(self, mask: Tensor | None, batch: int, time: int) -> None:
        if mask is not None and tuple(mask.shape[:2]) != (batch, time):
            raise ValueError(
                f"{self.described} needs a mask whose shape begins with the inputs' batch and "
                f"time, ({batch}, {time}); received one of shape {tuple(mask.shape)}."
            )

    def _steps_of(self, inputs: Any) -> Any:
        """Return the shapes that the layer sees for symbolic inputs."""
        return tree.map_structure(lambda x: self._step_shape(x.shape), inputs)

    def _step_shape(self, shape: Shape) -> Shape:
        if len(shape) < 3:
            raise ValueError(
                f"{self.described} needs inputs of at least three dimensions (batch, time, ...); "
                f"received the shape {shape}."
            )
        batch, time = shape[:2]
        return (None if batch is None or time is None else batch * time, *shape[2:])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (batch, time, *what the layer makes of a step)."""
        given = symbolic_of(input_shape, self.compute_dtype)
        made = self.layer.compute_output_shape(self._steps_of(given))
        sizes = tree.flatten(given)[0].shape[:2]
        outputs = symbolic_of(made, self.compute_dtype)
        return tree.map_structure(lambda y: (*sizes, *y.shape[1:]), outputs)

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the outputs as symbolic tensors."""
        steps = tree.map_structure(
            lambda x: KerasTensor(self._step_shape(x.shape), x.dtype), inputs
        )
        outputs = self.layer.compute_output_spec(steps)
        sizes = tree.flatten(inputs)[0].shape[:2]
        return tree.map_structure(lambda y: KerasTensor((*sizes, *y.shape[1:]), y.dtype), outputs)


def _folded(x: Any) -> Any:
    return None if x is None else x.flatten(0, 1)
