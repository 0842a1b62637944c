"""Windows of a tensor: read, replaced, and taken apart along an axis."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.core.tensor import KerasTensor

__all__ = ["slice", "slice_update", "unstack"]

_SLICE = builtins.slice  # `slice` is the operation here


@operation("core", inputs=2)
def slice(inputs: Any, start_indices: Any, shape: Sequence[int]) -> Tensor:
    """Return the window of `inputs` that begins at `start_indices` and has the given shape.

    With numbers as indices the result is a view of `inputs`; with tensors, which may hold values
    not known before, it is a copy, and nothing waits for them.

    Args:
        inputs: a tensor.
        start_indices: where the window begins, one integer for each axis; negative ones count from
            the end.
        shape: its sizes; -1 is all that is left.

    Raises:
        ValueError: if the window does not lie inside.

    Example:
        >>> slice(torch.arange(12).reshape(3, 4), (1, 1), (2, -1))
        tensor([[ 5,  6,  7],
                [ 9, 10, 11]])

    Source: keras.ops.slice; Keras on torch cuts a window that does not fit, and has no -1.
    """
    inputs = as_tensor(inputs)
    lengths = inputs.shape
    starts = start_indices if type(start_indices) is tuple else _listed(start_indices)
    sizes = shape if type(shape) is tuple else _listed(shape)
    if not len(starts) == len(sizes) == len(lengths):
        raise ValueError(
            f"Expected {len(lengths)} start indices and {len(lengths)} sizes, one for each axis; "
            f"received {start_indices} and {shape}."
        )
    window = []
    for axis, length in enumerate(lengths):
        start, size = starts[axis], sizes[axis]
        if type(start) is type(size) is int and start >= 0 <= size <= length - start:
            window.append(_SLICE(start, start + size))  # the usual, in one step
        elif isinstance(start, Tensor):
            size = length - int(start) % max(length, 1) if size == -1 else int(size)
            inputs = inputs.index_select(axis, _steps(start, size, length))
            window.append(_SLICE(None))
        else:
            window.append(_checked(int(start), int(size), length, axis))
    return inputs[tuple(window)]


@operation("core", inputs=3)
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """Return a copy of `inputs` in which the window that begins at `start_indices` is replaced.

    Args:
        inputs: a tensor.
        start_indices: where the window begins, one integer for each axis; negative ones count from
            the end.
        updates: what is put there; of the rank and the type of `inputs`.

    Raises:
        ValueError: if the window does not lie inside.

    Example:
        >>> slice_update(torch.zeros(2, 3), (0, 1), torch.ones(2, 2))
        tensor([[0., 1., 1.],
                [0., 1., 1.]])

    Source: keras.ops.slice_update.
    """
    inputs = as_tensor(inputs)
    updates = as_tensor(updates).to(inputs)
    starts = [one if isinstance(one, Tensor) else int(one) for one in _listed(start_indices)]
    if len(starts) != inputs.ndim:
        raise ValueError(
            f"Expected {inputs.ndim} start indices, one for each axis; received {start_indices}."
        )
    if updates.ndim != inputs.ndim:
        raise ValueError(
            f"Expected updates of rank {inputs.ndim}; received shape {tuple(updates.shape)}."
        )
    if any(isinstance(start, Tensor) for start in starts):
        return inputs.index_put(_grid(inputs, starts, updates.shape), updates)
    result = window = inputs.clone()
    for axis, start in enumerate(starts):
        window = window.narrow(axis, start, updates.shape[axis])
    window.copy_(updates)
    return result


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the slices of `x` along an axis, as views of it.

    Args:
        x: a tensor.
        num: how many there are; needed where the size is not known yet.
        axis: the axis that goes away.

    Raises:
        ValueError: if the number is not the size of the axis, or must be given.

    Example:
        >>> unstack(torch.tensor([[1, 2], [3, 4]]), axis=1)
        [tensor([1, 3]), tensor([2, 4])]

    Source: keras.ops.unstack.
    """
    if isinstance(x, KerasTensor) and num is None and x.shape[axis] is None:
        raise ValueError(
            f"The size of axis {axis} of {x} is not known yet, so neither is how many slices there "
            "will be. Give `num`."
        )
    return _unstack(x, num, axis)


@operation("core", "Unstack")
def _unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    x = as_tensor(x)
    if num is None or num == x.size(axis):
        return list(x.unbind(axis))
    if not isinstance(x, FakeTensor):  # in a dry run the size may stand for any
        raise ValueError(f"num={num}, but axis {axis} of shape {tuple(x.shape)} is not that long.")
    return [x.select(axis, 0)] * num


def _listed(values: Any) -> Sequence[Any]:
    """Return a number for every axis; those of a tensor stay tensors."""
    if isinstance(values, (tuple, list)):
        return values
    return values.unbind() if isinstance(values, Tensor) else [*values]


def _checked(start: int, size: int, length: int, axis: int) -> _SLICE:
    begin = start + length if start < 0 else start
    end = length if size == -1 else begin + size
    if begin < 0 or end > length or end < begin:
        raise ValueError(
            f"A window of size {size} that begins at {start} does not lie inside of axis {axis}, "
            f"whose size is {length}."
        )
    return _SLICE(begin, end)


def _steps(start: Any, size: int, length: int) -> Tensor:
    start = as_tensor(start)
    return torch.where(start < 0, start + length, start) + torch.arange(size, device=start.device)


def _grid(inputs: Tensor, starts: list[Any], sizes: Sequence[int]) -> tuple[Tensor, ...]:
    """Return the indices of a window along every axis, each shaped to span its own."""
    return tuple(
        _steps(torch.as_tensor(start, device=inputs.device), sizes[axis], inputs.shape[axis])
        .view([-1 if other == axis else 1 for other in range(inputs.ndim)])
        for axis, start in enumerate(starts)
    )  # fmt: skip
