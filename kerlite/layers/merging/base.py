"""Merge: what the layers that combine several inputs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core import dtypes
from kerlite.core.tensor import KerasTensor
from kerlite.layers.base import Layer

__all__ = ["Merge", "fold_where_kept"]

Shape = tuple[int | None, ...]


class Merge(Layer):
    """Several inputs combined element by element; a subclass says how in `combine`.

    Inputs of fewer dimensions are given axes of size 1 after the batch; sizes of 1 are repeated.
    Where every input has a mask, the output's is true where any of them is.
    """

    supports_masking = True
    makes_masks = False
    checks_input_shape = True

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Note whether the inputs differ in rank."""
        self.compute_output_shape(input_shape)
        self._ranks_differ = len({len(shape) for shape in input_shape}) > 1

    def combine(self, inputs: Sequence[Tensor], masks: Sequence[Tensor | None]) -> Tensor:
        """Combine tensors of equal rank; a subclass says how."""
        raise NotImplementedError

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        """Return the inputs combined."""
        if self._ranks_differ:
            inputs = _of_equal_rank(inputs)
        return self.combine(inputs, mask or (None,) * len(inputs))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape that the inputs have in common.

        Raises:
            ValueError: if the input is no list of shapes, or these do not match.
        """
        shapes = self.checked_list(input_shape)
        batch = {shape[0] for shape in shapes} - {None}
        rank = max(map(len, shapes))
        rows = [(1,) * (rank - len(shape)) + tuple(shape[1:]) for shape in shapes]
        sizes = [_common(column) for column in zip(*rows, strict=True)]
        if len(batch) > 1 or 0 in sizes:
            raise ValueError(
                f"{self.described} cannot combine inputs of shapes {list(shapes)}: batch sizes "
                "must be equal, other sizes equal or 1. Reshape the inputs, or use Concatenate."
            )
        return (next(iter(batch), None), *sizes)

    def compute_output_spec(self, inputs: Any, mask: Any = None) -> KerasTensor:  # type: ignore[override]
        """Return the output's shape; whole numbers stay whole."""
        names = {tensor.dtype for tensor in inputs}
        floating = any(dtypes.is_float(name) for name in names)
        dtype = self.compute_dtype if floating else dtypes.result_type(*names)
        return KerasTensor(self.compute_output_shape([x.shape for x in inputs]), dtype)

    def checked_list(self, shapes: Any) -> Sequence[Shape]:
        """Return the shapes of the inputs.

        Raises:
            ValueError: if there is no list of them.
        """
        if not isinstance(shapes, (list, tuple)) or not shapes or not all(
            isinstance(shape, (list, tuple)) and shape for shape in shapes
        ):  # fmt: skip
            raise ValueError(
                f"{self.described} takes a list of tensors that have a batch axis; received the "
                f"shape {shapes}. Call it as layer([x, y])."
            )
        return shapes

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where any input's mask is true, if all inputs have one."""
        if mask is None or any(one is None for one in mask):
            return None
        combined = mask[0]
        for one in mask[1:]:
            combined = torch.logical_or(combined, one)
        return combined


def fold_where_kept(
    function: Callable[[Tensor, Tensor], Tensor],
    inputs: Sequence[Tensor],
    masks: Sequence[Tensor | None],
) -> Tensor:
    """Combine tensors two by two; what a mask hides is left out where the other is not hidden."""
    result, kept = inputs[0], _like(masks[0], inputs[0])
    for x, mask in zip(inputs[1:], masks[1:], strict=True):
        other = _like(mask, x)
        shown = x if other is None else torch.where(other, x, result)
        result = result if kept is None else torch.where(kept, result, shown)
        kept = None if kept is None or other is None else kept | other
        result = function(result, shown)
    return result


def _like(mask: Tensor | None, x: Tensor) -> Tensor | None:
    """Return a mask of steps as one of elements."""
    return None if mask is None else mask.unsqueeze(-1).expand(x.shape)


def _of_equal_rank(inputs: Sequence[Tensor]) -> list[Tensor]:
    rank = max(x.ndim for x in inputs)
    return [x[(slice(None), *(None,) * (rank - x.ndim))] for x in inputs]


def _common(sizes: Sequence[int | None]) -> int | None:
    """Return the size that others are repeated to; None if it is unknown, 0 if there is none."""
    known = {size for size in sizes if size not in (None, 1)}
    if len(known) > 1:
        return 0
    return None if None in sizes else next(iter(known), 1)
