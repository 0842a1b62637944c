"""pad: a tensor with more elements around it, in every one of NumPy's ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from kerlite.core.convert import as_tensor
from kerlite.core.operation import operation
from kerlite.ops.extension import mirrored, nearest, reflected, wrapped

__all__ = ["pad"]


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """Return `x` with more elements before and after it along its axes.

    Of `a b c` four places longer at both ends, the modes make:

    - "constant": `k k k k a b c k k k k`, with k of `constant_values`; "empty" likewise, with 0
    - "edge": `a a a a a b c c c c c`
    - "reflect": `a b c b a b c b a b c`
    - "symmetric": `c c b a a b c c b a a`
    - "wrap" or "circular": `c a b c a b c a b c a`
    - "linear_ramp": evenly from 0 to a, and from c to 0
    - "maximum", "mean", "median", "minimum": that of `a b c`

    Args:
        x: a tensor.
        pad_width: how many elements: a number for every end, a pair (before, after) for every
            axis, or a sequence of one pair (or number in a sequence) for each axis.
        mode: what they are.
        constant_values: k, 0 by default.

    Raises:
        ValueError: if the mode is unknown, does not take `constant_values`, or has nothing to go
            by in an empty axis; if a number in `pad_width` is negative.

    Example:
        >>> pad([1, 2, 3], 2, mode="reflect")
        tensor([3, 2, 1, 2, 3, 2, 1], dtype=torch.int32)

    Source: keras.ops.pad; all of NumPy's modes. One number or pair counts for all axes (Keras on
    torch pads the last one), and "symmetric" repeats the edge (Keras on torch does "edge").
    """
    return padded(x, constant_values, pad_width, mode)


@operation("numpy", "Pad", inputs=2)
def padded(x: Any, constant_values: Any, pad_width: Any, mode: str = "constant") -> Tensor:
    """Compute `pad` with its arguments in the order in which files have them."""
    x = as_tensor(x)
    pairs = _pairs(pad_width, x.ndim)
    if mode != "constant" and constant_values is not None:
        raise ValueError(
            f"pad() takes constant_values with mode='constant' only; received mode={mode!r}, "
            f"constant_values={constant_values!r}."
        )
    if mode in ("constant", "empty"):
        amounts = [*chain.from_iterable(reversed(pairs))]
        if constant_values is None:
            return torch.constant_pad_nd(x, amounts)
        return torch.constant_pad_nd(x, amounts, constant_values)
    if mode not in _MODES:
        raise ValueError(
            f"Unknown mode for pad(): {mode!r}. Expected one of {('constant', 'empty', *_MODES)}."
        )
    for axis, (before, after) in enumerate(pairs):
        if before or after:
            if not x.size(axis):
                raise ValueError(
                    f"pad() with mode={mode!r} has nothing to go by in axis {axis} of the shape "
                    f"{tuple(x.shape)}. Use mode='constant'."
                )
            x = _MODES[mode](x, axis, before, after)
    return x


def _pairs(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """Return (before, after) for each axis, from any of the ways to say it."""
    if not isinstance(pad_width, (tuple, list, int)):
        pad_width = pad_width.tolist()
    if isinstance(pad_width, int):
        pad_width = [[pad_width]]
    elif pad_width and isinstance(pad_width[0], int):
        pad_width = [pad_width]
    found = []
    for pair in pad_width:
        if len(pair) not in (1, 2) or pair[0] < 0 or pair[-1] < 0:
            break
        found.append((pair[0], pair[-1]))
    else:
        if len(found) == 1 != ndim:
            found *= ndim
        if len(found) == ndim:
            return found
    raise ValueError(
        "pad_width must be a number, a pair, or a pair for each axis, of numbers >= 0; received "
        f"{pad_width!r} for a tensor of {ndim} axes."
    )


def _picked(
    x: Tensor, axis: int, before: int, after: int, rule: Callable[[Tensor, int], Tensor]
) -> Tensor:
    """Fill the new places with elements from the places that a rule gives for them."""
    size = x.size(axis)
    place = torch.arange(-before, size + after, device=x.device)
    return x.index_select(axis, rule(place, size))


def _ramp(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    first, last = x.narrow(axis, 0, 1), x.narrow(axis, x.size(axis) - 1, 1)
    rising = [-1 if one == axis else 1 for one in range(x.ndim)]
    parts = [
        _share(edge, torch.arange(count, device=x.device).reshape(rising), count)
        for edge, count in ((first, before), (last, after))
    ]
    return torch.cat([parts[0], x, parts[1].flip(axis)], axis)


def _share(edge: Tensor, steps: Tensor, count: int) -> Tensor:
    if edge.is_floating_point():
        return edge * (steps / max(count, 1)).to(edge.dtype)
    exact = torch.div(edge.long() * steps, max(count, 1), rounding_mode="floor")
    return exact.to(edge.dtype)


def _with_statistic(
    x: Tensor, axis: int, before: int, after: int, statistic: Callable[[Tensor, int], Tensor]
) -> Tensor:
    value = statistic(x, axis)
    if value.is_floating_point() and not x.is_floating_point():
        value = value.round()
    value = value.to(x.dtype)
    ends = [
        value.expand([count if one == axis else -1 for one in range(x.ndim)])
        for count in (before, after)
    ]
    return torch.cat([ends[0], x, ends[1]], axis)


def _maximum(x: Tensor, axis: int) -> Tensor:
    return x.amax(axis, keepdim=True)


def _minimum(x: Tensor, axis: int) -> Tensor:
    return x.amin(axis, keepdim=True)


def _mean(x: Tensor, axis: int) -> Tensor:
    return x.mean(axis, keepdim=True, dtype=None if x.is_floating_point() else torch.float64)


def _median(x: Tensor, axis: int) -> Tensor:
    size = x.size(axis)
    middle = _mean(x.sort(axis).values.narrow(axis, (size - 1) // 2, 2 - size % 2), axis)
    return middle.masked_fill(x.isnan().any(axis, keepdim=True), float("nan"))


_MODES: dict[str, Callable[[Tensor, int, int, int], Tensor]] = {
    "edge": partial(_picked, rule=nearest),
    "reflect": partial(_picked, rule=mirrored),
    "symmetric": partial(_picked, rule=reflected),
    "wrap": partial(_picked, rule=wrapped),
    "circular": partial(_picked, rule=wrapped),
    "linear_ramp": _ramp,
    "maximum": partial(_with_statistic, statistic=_maximum),
    "mean": partial(_with_statistic, statistic=_mean),
    "median": partial(_with_statistic, statistic=_median),
    "minimum": partial(_with_statistic, statistic=_minimum),
}
