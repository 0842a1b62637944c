"""Axes reordered, joined and split, as a pattern says."""

from __future__ import annotations

import math
import re
from typing import Any

from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation

__all__ = ["rearrange"]

_Groups = list[list[str]]
_PARSED: dict[
    str, tuple[_Groups, _Groups, list[str], list[int]]
] = {}  # by pattern; a program has few


@operation("einops", inputs=2, options={}, free=True)
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Return the tensor with its axes reordered, joined and split; a view of it where possible.

    Args:
        tensor: a tensor.
        pattern: the axes before and after, such as "b (h c) -> h b c". Names in parentheses share
            one axis, the last name varying fastest.
        **axes_lengths: sizes of axes by name; of those that share an axis all but one.

    Raises:
        ValueError: if the pattern does not fit the shape, or itself.

    Example:
        >>> rearrange([0, 1, 2, 3, 4, 5], "(a b) -> b a", a=2)
        tensor([[0, 3],
                [1, 4],
                [2, 5]], dtype=torch.int32)

    Source: keras.ops.rearrange.
    """
    tensor = as_tensor(tensor)
    if pattern not in _PARSED:
        _PARSED[pattern] = _parsed(pattern)
    before, after, names, order = _PARSED[pattern]
    if len(before) != tensor.ndim or axes_lengths.keys() - names:
        raise ValueError(
            f"The pattern {pattern!r} with the lengths {axes_lengths} does not fit a tensor of "
            f"shape {tuple(tensor.shape)}."
        )
    if "(" not in pattern and not axes_lengths:
        return tensor.permute(order)
    sizes: dict[str, int] = {}
    for group, size in zip(before, tensor.shape, strict=True):
        sizes.update(_split(group, size, axes_lengths, pattern))
    split = tensor.reshape([sizes[name] for name in names]).permute(order)
    return split.reshape([math.prod([sizes[name] for name in group]) for group in after])


def _parsed(pattern: str) -> tuple[_Groups, _Groups, list[str], list[int]]:
    """Return the groups of both sides, all names in order, and the permutation between them."""
    sides = [
        [group.strip("()").split() for group in re.findall(r"\([^()]*\)|[^\s()]+", side)]
        for side in pattern.split("->")
    ]
    flat = [[name for group in side for name in group] for side in sides]
    known = len(sides) == 2 and sorted(flat[0]) == sorted(flat[1]) == sorted(set(flat[0]))
    if not known or not all(map(str.isidentifier, flat[0])):
        raise ValueError(
            f"Cannot read the pattern {pattern!r}. Expected the same names on both sides of one "
            "'->', each once, such as 'b (h c) -> h b c'."
        )
    return sides[0], sides[1], flat[0], [flat[0].index(name) for name in flat[1]]


def _split(group: list[str], size: Any, lengths: dict[str, int], pattern: str) -> dict[str, Any]:
    """Return the sizes of the names that share an axis; at most one of them follows."""
    sizes = {name: lengths[name] for name in group if name in lengths}
    unknown = [name for name in group if name not in lengths]
    if len(unknown) == 1:
        sizes[unknown[0]] = size // max(math.prod(list(sizes.values())), 1)
    if len(unknown) > 1 or math.prod(list(sizes.values())) != size:
        raise ValueError(
            f"An axis of size {size} cannot be split into ({' '.join(group)}) of {pattern!r} with "
            f"the lengths {lengths}."
        )
    return sizes
