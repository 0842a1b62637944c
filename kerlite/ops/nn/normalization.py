"""Means and variances, and numbers brought to mean 0, variance 1 or length 1."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core import config
from kerlite.core.operation import operation
from kerlite.core.processes import all_processes
from kerlite.core.processes import moments as mean_and_variance
from kerlite.core.promotion import as_floating, promote_all

__all__ = [
    "batch_normalization",
    "layer_normalization",
    "moments",
    "normalize",
    "rms_normalization",
    "scaled_to_length",
]

_Axes = int | Sequence[int]
# Types that need no wider one to compute in.
_WIDE = (torch.float32, torch.float64)


@operation("nn")
def moments(
    x: Any, axes: _Axes | None, keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Return mean(x) and mean((x - mean(x))^2) over axes.

    Args:
        x: a tensor, or anything that becomes one; float16 is summed in float32.
        axes: the axes; None for all.
        keepdims: whether the axes stay, with size 1.
        synchronized: whether the numbers of all processes count (torch.distributed).

    Example:
        >>> moments([[1.0, 3.0], [5.0, 5.0]], axes=1)
        (tensor([2., 5.]), tensor([1., 0.]))

    Source: keras.ops.moments. Keras takes the variance as mean(x^2) - mean(x)^2, which loses its
    digits where the mean is large, and cannot synchronize on torch.
    """
    x = as_floating(x)
    axes = axes if axes is None or isinstance(axes, int) else tuple(axes)
    group = all_processes() if synchronized else None
    wide = x.float() if x.dtype is torch.float16 else x
    mean, variance = mean_and_variance(wide, axes, group, keepdims=keepdims)
    if wide is x:
        return mean, variance
    most = torch.finfo(x.dtype).max
    return mean.clamp(-most, most).to(x.dtype), variance.clamp(-most, most).to(x.dtype)


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """Return (x - mean) / sqrt(variance + epsilon) * scale + offset.

    Args:
        x: a tensor, or anything that becomes one.
        mean: a vector, with a number for each place along the axis.
        variance: likewise.
        axis: the axis of the channels.
        offset: a vector to add, or None.
        scale: a vector to multiply by, or None.
        epsilon: added to the variance, so that nothing is divided by 0.

    Raises:
        ValueError: if a vector's length is not the size of the axis.

    Example:
        >>> batch_normalization([[1.0, 5.0]], [0.0, 1.0], [1.0, 4.0], axis=-1, epsilon=0.0)
        tensor([[1., 2.]])

    Source: keras.ops.batch_normalization.
    """
    return batch_norm(x, mean, variance, offset, scale, axis, epsilon)


# Files have the vectors as arguments of the call, the axis as an option.
@operation("nn", inputs=5)
def batch_norm(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, axis: int, epsilon: float = 1e-3
) -> Tensor:
    """Return the same, for the arguments in the order that files have them in."""
    given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    names = [name for name, vector in given.items() if vector is not None]
    x, *firm = promote_all([x, *(given[name] for name in names)], floating=True)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"batch_normalization: x has no axis {axis}; its shape is {_shown(x)}.")
    places = [1] * x.ndim
    places[axis] = x.shape[axis]
    vectors = {}
    for name, vector in zip(names, firm, strict=True):
        if vector.shape != (x.shape[axis],):
            raise ValueError(
                f"batch_normalization needs {name} to be a vector of length {x.shape[axis]}, the "
                f"size of axis {axis} of x {_shown(x)}; received the shape {_shown(vector)}."
            )
        vectors[name] = vector.view(places)
    factor = torch.rsqrt(vectors["variance"] + epsilon)
    if "scale" in vectors:
        factor = factor * vectors["scale"]
    x = x - vectors["mean"]
    return torch.addcmul(vectors["offset"], x, factor) if "offset" in vectors else x * factor


@operation(
    "nn",
    "LayerNorm",
    inputs=3,
    options={
        "axis": ("axis", -1), "epsilon": ("epsilon", None), "rms_scaling": ("rms_scaling", False),
    },
)  # fmt: skip
def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: _Axes = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Tensor:
    """Return (x - mean) / sqrt(variance + epsilon) * gamma + beta, the moments taken along axes.

    Args:
        x: a tensor, or anything that becomes one; half precision is computed in float32.
        gamma: the scale, of the shape of the axes, or None.
        beta: the offset, likewise.
        axis: the axis, or several, over which mean and variance are taken.
        epsilon: added to the variance; by default `config.epsilon()`.
        **kwargs: rms_scaling, out of use: divide by the deviation, but subtract and add nothing.

    Raises:
        ValueError: if there is no such axis, or gamma or beta has another shape.

    Example:
        >>> layer_normalization([[0.0, 10.0], [20.0, 40.0]], epsilon=0.0)
        tensor([[-1.,  1.],
                [-1.,  1.]])

    Source: keras.ops.layer_normalization, which fails for one axis that is not the last.
    """
    rms_scaling = kwargs.pop("rms_scaling", False) if kwargs else False
    if kwargs:
        raise TypeError(f"layer_normalization received unknown arguments: {sorted(kwargs)}.")
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide, sizes, axes, kind = _axes_last("layer_normalization", x, axis)
    gamma, beta = _of_axes("gamma", gamma, wide, sizes), _of_axes("beta", beta, wide, sizes)
    if not rms_scaling:
        return _axes_back(torch.layer_norm(wide, sizes, gamma, beta, epsilon), axes, kind)
    warnings.warn(
        "rms_scaling divides by the standard deviation, not by the root mean square: "
        "rms_normalization does the latter.", DeprecationWarning, stacklevel=3,
    )  # fmt: skip
    last = tuple(range(-len(axes), 0))
    wide = wide * torch.rsqrt(wide.var(last, correction=0, keepdim=True) + epsilon)
    return _axes_back(wide if gamma is None else wide * gamma, axes, kind)


@operation("nn", "RMSNorm", inputs=2)
def rms_normalization(
    x: Any, scale: Any = None, axis: _Axes = -1, epsilon: float | None = None
) -> Tensor:
    """Return x / sqrt(mean(x^2) + epsilon) * scale, the mean taken along axes.

    Args:
        x: a tensor, or anything that becomes one; half precision is computed in float32.
        scale: the scale, of the shape of the axes, or None.
        axis: the axis, or several, over which the mean is taken.
        epsilon: added to the mean; by default `config.epsilon()`.

    Raises:
        ValueError: if there is no such axis, or the scale has another shape.

    Example:
        >>> rms_normalization([[1.0, 7.0], [3.0, -3.0]], epsilon=0.0)
        tensor([[ 0.2000,  1.4000],
                [ 1.0000, -1.0000]])

    Source: keras.ops.rms_normalization, which fails, or scales the wrong axis, where the normalized
    ones are not the last.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide, sizes, axes, kind = _axes_last("rms_normalization", x, axis)
    scale = _of_axes("scale", scale, wide, sizes)
    return _axes_back(F.rms_norm(wide, sizes, scale, epsilon), axes, kind)


@operation("nn")
def normalize(
    x: Any, axis: _Axes | None = -1, order: int = 2, epsilon: float | None = None
) -> Tensor:
    """Return x / max(length, epsilon), where length = sum(|x|^order)^(1 / order) along axes.

    Args:
        x: a tensor, or anything that becomes one; a single number becomes a vector.
        axis: the axis, or several; None for all.
        order: the exponent, a whole number >= 1.
        epsilon: the least length; by default `config.epsilon()`.

    Raises:
        ValueError: for another order.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, -2.0]])
        tensor([[ 0.6000,  0.8000],
                [ 0.0000, -1.0000]])

    Source: keras.ops.normalize, which takes norms of matrices for two axes and an order other than
    2, and has no gradient at 0.
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"normalize needs order to be a whole number >= 1; received {order!r}.")
    x = as_floating(x)
    x = x.unsqueeze(0) if x.ndim == 0 else x
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)
    return scaled_to_length(x, axes, order, config.epsilon() if epsilon is None else epsilon)


def scaled_to_length(x: Tensor, axes: Any, order: int, least: float) -> Tensor:
    """Return the numbers divided by their length along axes, or by `least` if that is larger."""
    wide = torch.float32 if x.itemsize == 2 else None
    length = torch.linalg.vector_norm(x, order, axes, keepdim=True, dtype=wide)
    return (x / length.clamp_min(least)).to(x.dtype)


def _axes_last(
    owner: str, x: Any, axis: _Axes
) -> tuple[Tensor, torch.Size, list[int], torch.dtype]:
    """Return x with the axes last, at least float32; their sizes, the axes, and the type it had."""
    kind = getattr(x, "dtype", None)
    if axis == -1 and kind in _WIDE and isinstance(x, Tensor) and x.ndim:  # the usual, in one step
        return x, x.shape[-1:], [-1], kind
    x = as_floating(x)
    kind = kind if isinstance(kind, torch.dtype) else x.dtype
    x = x.float() if x.itemsize == 2 else x
    if axis == -1 and x.ndim:
        return x, x.shape[-1:], [-1], kind
    given = [axis] if isinstance(axis, int) else list(axis)
    if not given or any(not -x.ndim <= one < x.ndim for one in given):
        raise ValueError(f"{owner}: x has no axis {axis}; its shape is {_shown(x)}.")
    axes = sorted({one % x.ndim for one in given})
    x = x.movedim(axes, _last(axes))
    return x, x.shape[x.ndim - len(axes) :], axes, kind


def _axes_back(x: Tensor, axes: list[int], kind: torch.dtype) -> Tensor:
    x = x if axes == [-1] else x.movedim(_last(axes), axes)
    return x if x.dtype is kind else x.to(kind)


def _last(axes: list[int]) -> list[int]:
    return list(range(-len(axes), 0))


def _of_axes(name: str, weight: Any, x: Tensor, sizes: Any) -> Tensor | None:
    """Return a scale or an offset in the shape of the axes, which may have axes of size 1 too."""
    if weight is None:
        return None
    if isinstance(weight, Tensor) and weight.dtype is x.dtype and weight.shape == sizes:
        return weight  # the usual, in one step
    weight = as_floating(weight)
    weight = weight if weight.dtype is x.dtype else weight.to(x.dtype)
    if weight.shape == sizes:
        return weight
    if [n for n in weight.shape if n != 1] != [n for n in sizes if n != 1]:
        raise ValueError(
            f"Expected {name} in the shape of the normalized axes, {tuple(sizes)}; received one of "
            f"shape {_shown(weight)}."
        )
    return weight.reshape(sizes)


def _shown(x: Tensor) -> tuple[int, ...]:
    return tuple(x.shape)
