"""The weights of the classes of one output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import torch

from kerlite.core import config, dtypes

__all__ = ["ClassTable", "class_table"]


def class_table(weights: Any) -> ClassTable | None:
    """Return the table of a dict: class number -> weight; None if it is empty.

    Raises:
        ValueError: if a class is no whole number >= 0, or a weight no finite number.
    """
    if not isinstance(weights, Mapping):
        raise ValueError(
            f"class_weight for an output must be a dict, class number -> weight, or None; "
            f"received {weights!r}."
        )
    for key, value in weights.items():
        if isinstance(key, bool) or not isinstance(key, Integral) or key < 0:
            raise ValueError(
                f"class_weight has the class {key!r}; classes are whole numbers >= 0, those in y. "
                "Number your classes in the order of y's encoding."
            )
        if not isinstance(value, Real) or not math.isfinite(value):
            raise ValueError(
                f"class_weight[{key!r}] is {value!r}; expected a finite number, such as 2.0."
            )
    return ClassTable(weights) if weights else None


class ClassTable:
    """Weights by class number, looked up on the device of the targets.

    Args:
        weights: class number -> weight.
    """

    def __init__(self, weights: Mapping[Any, Any]):
        rising = sorted((int(key), float(value)) for key, value in weights.items())
        self.classes = torch.tensor([key for key, _ in rising])
        self.weights = torch.tensor([value for _, value in rising])

    def weigh(self, y: torch.Tensor, sample_weight: torch.Tensor | None) -> torch.Tensor:
        """Return the weight of every target's class, times its own; of a class not named, 1."""
        if self.classes.device != y.device:
            self.classes, self.weights = self.classes.to(y.device), self.weights.to(y.device)
        labels = _labels(y).contiguous()
        place = torch.searchsorted(self.classes, labels).clamp_(max=len(self.classes) - 1)
        known = self.classes[place] == labels
        weight = torch.where(known, self.weights[place], 1.0)
        weight = weight.to(dtypes.to_torch_dtype(config.floatx()))
        return weight if sample_weight is None else _product(weight, sample_weight)


def _labels(y: torch.Tensor) -> torch.Tensor:
    if y.ndim > 1 and y.shape[-1] == 1:
        y = y.squeeze(-1)
    elif y.ndim > 1:
        return (y.byte() if y.dtype == torch.bool else y).argmax(-1)
    return (y.round() if y.is_floating_point() else y).long()


def _product(weight: torch.Tensor, sample_weight: torch.Tensor) -> torch.Tensor:
    if sample_weight.ndim == weight.ndim + 1 and sample_weight.shape[-1] == 1:
        sample_weight = sample_weight.squeeze(-1)
    extra = sample_weight.ndim - weight.ndim
    weight = weight.reshape(weight.shape + (1,) * max(extra, 0))
    return weight * sample_weight.reshape(sample_weight.shape + (1,) * max(-extra, 0))
