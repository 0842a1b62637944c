"""Dot: products of two inputs, summed over an axis of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core import config
from kerlite.core.tensor import KerasTensor
from kerlite.layers.merging.base import Merge

__all__ = ["Dot", "dot"]

Shape = tuple[int | None, ...]


class Dot(Merge):
    """Products of two inputs, sample by sample, summed over an axis of each.

    Args:
        axes: the axis of the first input and that of the second, or one number for both; counted
            with the batch, which is axis 0 and cannot be one of them.
        normalize: whether both inputs are first divided by their lengths along their axes, which
            makes the output cosines.

    Shape:
        [(batch, ..., n, ...), (batch, ..., n, ...)] -> (batch, the first's other sizes, the
        second's other sizes); (batch, 1) if there are none.

    Raises:
        TypeError: if `axes` is neither a number nor a list.
        ValueError: if `axes` does not hold one or two whole numbers, the inputs lack them, or the
            sizes there differ.

    Example:
        >>> import torch
        >>> Dot(axes=1)([torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])])
        tensor([[11.]])

    Source: keras.layers.Dot.
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(
                f"{self.described} needs axes to be one or two axes; received {axes!r}."
            )
        pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if len(pair) != 2 or not all(type(axis) is int and axis != 0 for axis in pair):
            raise ValueError(
                f"{self.described} needs axes to be one whole number, or two; 0, the batch, cannot "
                f"be one of them. Received axes={axes!r}."
            )
        self.axes, self.normalize = axes, normalize
        self._pair = pair

    def call(self, inputs: Sequence[Tensor]) -> Tensor:  # type: ignore[override]
        """Return the products."""
        x, y = inputs
        a, b = self._pair
        common = self._torch_dtype if self.normalize else torch.promote_types(x.dtype, y.dtype)
        x, y = x.to(common), y.to(common)
        if self.normalize:
            x = F.normalize(x, dim=a, eps=config.epsilon())
            y = F.normalize(y, dim=b, eps=config.epsilon())
        left, right, result = _letters(x.ndim, y.ndim, a, b)
        out = torch.einsum(f"{left},{right}->{result}", x, y)
        return out if out.ndim > 1 else out.unsqueeze(1)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the batch, then the sizes of both inputs without those summed over."""
        shapes = self.checked_list(input_shape)
        if len(shapes) != 2:
            raise ValueError(f"{self.described} takes two tensors; received {len(shapes)}.")
        sizes = [
            shape[axis] if -len(shape) < axis < len(shape) else 0
            for shape, axis in zip(shapes, self._pair, strict=True)
        ]
        batch = {shape[0] for shape in shapes} - {None}
        if 0 in sizes or len({*sizes} - {None}) > 1 or len(batch) > 1:
            raise ValueError(
                f"{self.described} cannot sum over axes={self.axes} of inputs of shapes "
                f"{list(shapes)}: the sizes there, and those of the batch, must be equal. Choose "
                "other axes, or permute the inputs."
            )
        rest = [
            size
            for shape, axis in zip(shapes, self._pair, strict=True)
            for i, size in enumerate(shape)
            if i not in (0, axis % len(shape))
        ]
        return (next(iter(batch), None), *(rest or [1]))

    def compute_output_spec(self, inputs: Any) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; whole numbers stay whole but for `normalize`."""
        spec = super().compute_output_spec(inputs)
        return KerasTensor(spec.shape, self.compute_dtype) if self.normalize else spec

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Return None: the steps that a mask speaks of may be summed over."""


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """Return Dot(axes, **kwargs)(inputs).

    Args:
        inputs: the two tensors.
        axes: the axis of each that is summed over, or one for both.
        **kwargs: arguments of the layer, such as `normalize`.

    Example:
        >>> import torch
        >>> dot([torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])])
        tensor([[11.]])

    Source: keras.layers.dot.
    """
    return Dot(axes, **kwargs)(inputs)


def _letters(left: int, right: int, left_axis: int, right_axis: int) -> tuple[str, str, str]:
    """Return the axes as `torch.einsum` wants them: z the batch, s what is summed over."""
    names = "abcdefghijklmnopqr"
    rows = ["z", *names[: left - 1]]
    columns = ["z", *names[left - 1 : left + right - 2]]
    rows[left_axis] = columns[right_axis] = "s"
    result = [name for name in rows + columns[1:] if name != "s"]
    return "".join(rows), "".join(columns), "".join(result)
