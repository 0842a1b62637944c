"""Batch normalization that learns: by torch's kernel, and written out for what that cannot do.

That is masks, statistics over all processes, renormalization, and single elements.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite.core.processes import moments
from kerlite.layers.attributes import stored
from kerlite.layers.norm.averages import move
from kerlite.layers.norm.processes import processes
from kerlite.layers.norm.renormalization import renormalize

__all__ = ["checked_mask", "normalize", "normalize_by_hand"]


def normalize(layer: Any, x: Tensor, learns: bool) -> Tensor:
    """Return an input, its channels at axis 1, normalized by its own statistics or the averages.

    Args:
        layer: the layer.
        x: its input.
        learns: whether by its own, which the averages then follow.
    """
    if not learns:
        return _batch_norm(layer, x, stored(layer, "running_var"), False, 0.0)
    count = x.numel() // layer.num_features
    if layer.renorm or layer.synchronized or count < 2 or layer.epsilon <= 0:
        return normalize_by_hand(layer, x, 1, None)
    # torch's kernel moves the variance by the batch's times n / (n - 1). So it is handed one that
    # is larger by that factor, which comes off again
    variance = stored(layer, "running_var")
    enlarged = variance * (count / (count - 1))
    outputs = _batch_norm(layer, x, enlarged, True, 1 - layer.momentum)
    torch.mul(enlarged, (count - 1) / count, out=variance)
    return outputs


def normalize_by_hand(layer: Any, inputs: Tensor, axis: int, mask: Tensor | None) -> Tensor:
    """Return the inputs normalized by their own statistics, and let the layer's follow them.

    Args:
        layer: the layer.
        inputs: its input.
        axis: where the channels are in it.
        mask: what `checked_mask` returned; None if all elements count.
    """
    wide = inputs if inputs.dtype is torch.float64 else inputs.float()
    channels = axis % inputs.ndim
    axes = tuple(axis for axis in range(inputs.ndim) if axis != channels)
    mean, variance = moments(wide, axes, processes(layer), mask)
    gamma, beta = layer.weight, layer.bias
    if layer.renorm:
        gamma, beta = renormalize(layer, mean.flatten(), variance.flatten(), gamma, beta)
    else:
        move(layer.running_mean, mean.flatten(), layer.momentum)
        move(layer.running_var, variance.flatten(), layer.momentum)
    outputs = (wide - mean) * torch.rsqrt(variance + layer.epsilon)
    if gamma is not None:
        outputs = outputs * gamma.to(wide.dtype).view(mean.shape)
    if beta is not None:
        outputs = outputs + beta.to(wide.dtype).view(mean.shape)
    return outputs.to(inputs.dtype)


def checked_mask(mask: Tensor, inputs: Tensor, owner: str) -> Tensor:
    """Return which elements count, of the inputs' shape.

    Args:
        mask: the same of the inputs' shape without the last axis; sizes of 1 are repeated.
        inputs: the inputs.
        owner: the layer, for errors.

    Raises:
        ValueError: for a mask of another shape.
    """
    pairs = zip(mask.shape, inputs.shape, strict=False)
    if mask.ndim != inputs.ndim - 1 or any(size not in (1, wanted) for size, wanted in pairs):
        raise ValueError(
            f"{owner} needs a mask of one dimension less than its inputs; received a mask of shape "
            f"{tuple(mask.shape)} for inputs of shape {tuple(inputs.shape)}."
        )
    return mask.bool().unsqueeze(-1).expand(inputs.shape)


def _batch_norm(layer: Any, x: Tensor, variance: Tensor, learns: bool, speed: float) -> Tensor:
    row = x.unsqueeze(2) if x.ndim == 3 else x  # torch has channels-last kernels for images only
    outputs = F.batch_norm(
        row, stored(layer, "running_mean"), variance, stored(layer, "weight"),
        stored(layer, "bias"), learns, speed, layer.epsilon,
    )  # fmt: skip
    return outputs.squeeze(2) if x.ndim == 3 else outputs
