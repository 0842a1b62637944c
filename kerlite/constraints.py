"""Maps of a weight to permitted values, applied after each update.

Every class is also there under Keras's snake_case name, and its names work as strings wherever a
constraint is wanted: "MaxNorm", "max_norm". Weights are seen in Keras's layout: axis 0 of a Dense
kernel, (in, out), gives each unit's incoming weights, axis [0, 1, 2] those of a Conv2D filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from kerlite.core import config as settings
from kerlite.core import serialize as core
from kerlite.core.convert import as_tensor
from kerlite.core.lookup import lookup

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

Axis = int | Sequence[int] | None


class Constraint(core.Configurable):
    """A map of weights to permitted ones: call it with a tensor, get a tensor of the same shape.

    A subclass implements `__call__(w)`. Any function of one tensor can stand in for one.

    Example:
        >>> class AtMostOne(Constraint):
        ...     def __call__(self, w):
        ...         return w.clamp(max=1.0)
        >>> AtMostOne()(torch.tensor([0.5, 2.0]))
        tensor([0.5000, 1.0000])

    Source: keras.constraints.Constraint.
    """

    def __init__(self) -> None:
        """Take no arguments, and refuse any."""

    def __call__(self, w: Any) -> Any:
        """Return the permitted weights; all are, here.

        Args:
            w: a weight in Keras's layout.
        """
        return w


class NonNeg(Constraint):
    """Keeps weights from becoming negative: max(w, 0).

    Example:
        >>> NonNeg()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    Source: keras.constraints.NonNeg.
    """

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights without the negative ones."""
        return as_tensor(w).clamp(min=0)


class MaxNorm(Constraint):
    """Shortens the vectors along an axis to a largest norm.

    w * min(|w|, max_value) / (epsilon + |w|), |w| being the L2 norm along `axis`.

    Args:
        max_value: the largest norm permitted.
        axis: the axis, or axes, along which each vector lies.

    Example:
        >>> MaxNorm(max_value=1.0)(torch.tensor([[3.0, 0.3], [4.0, 0.4]]))
        tensor([[0.6000, 0.3000],
                [0.8000, 0.4000]])

    Source: keras.constraints.MaxNorm.
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights with long vectors shortened."""
        w = as_tensor(w)
        norm = _norm(w, self.axis)
        return w * (norm.clamp(0, self.max_value) / (settings.epsilon() + norm))


class UnitNorm(Constraint):
    """Gives the vectors along an axis the norm 1.

    w / (epsilon + |w|), |w| being the L2 norm along `axis`.

    Args:
        axis: the axis, or axes, along which each vector lies.

    Example:
        >>> UnitNorm()(torch.tensor([[3.0], [4.0]]))
        tensor([[0.6000],
                [0.8000]])

    Source: keras.constraints.UnitNorm.
    """

    def __init__(self, axis: Axis = 0):
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights with every vector of length 1."""
        w = as_tensor(w)
        return w / (settings.epsilon() + _norm(w, self.axis))


class MinMaxNorm(Constraint):
    """Draws the norms of the vectors along an axis into a range.

    w * n / (epsilon + |w|), n = rate * clip(|w|, min_value, max_value) + (1 - rate) * |w|, with the
    L2 norm |w| taken along `axis`.

    Args:
        min_value: the smallest norm permitted.
        max_value: the largest norm permitted.
        rate: how far one application goes, 0 (not at all) to 1 (the whole way).
        axis: the axis, or axes, along which each vector lies.

    Example:
        >>> MinMaxNorm(max_value=1.0, rate=0.5)(torch.tensor([[3.0], [4.0]]))
        tensor([[1.8000],
                [2.4000]])

    Source: keras.constraints.MinMaxNorm.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0
    ):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights with the vectors' lengths drawn into the range."""
        w = as_tensor(w)
        norm = _norm(w, self.axis)
        wanted = self.rate * norm.clamp(self.min_value, self.max_value) + (1 - self.rate) * norm
        return w * (wanted / (settings.epsilon() + norm))


max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_NAMES = {
    "Constraint": Constraint,
    "MaxNorm": MaxNorm,
    "MinMaxNorm": MinMaxNorm,
    "NonNeg": NonNeg,
    "UnitNorm": UnitNorm,
    "constraint": Constraint,
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}


def get(identifier: Any) -> Any:
    """Return the constraint that an argument stands for.

    Args:
        identifier: None (gives None), a name, a config dictionary, a class, or a constraint or
            any function of one tensor.

    Raises:
        ValueError: for an unknown name, or for something that cannot be a constraint.

    Example:
        >>> get("max_norm").get_config()
        {'max_value': 2, 'axis': 0}

    Source: keras.constraints.get.
    """
    return lookup(identifier, "constraint", _NAMES)


def serialize(constraint: Any) -> Any:
    """Return a dictionary that stands for the constraint.

    Example:
        >>> serialize(UnitNorm(axis=1))["config"]
        {'axis': 1}

    Source: keras.constraints.serialize.
    """
    return core.serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the constraint that a dictionary, or a name, stands for.

    Args:
        config: what `serialize` returned, or {"class_name": ..., "config": ...}.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize({"class_name": "NonNeg", "config": {}})(torch.tensor([-1.0]))
        tensor([0.])

    Source: keras.constraints.deserialize.
    """
    return lookup(config, "constraint", _NAMES, custom_objects)


def _norm(w: torch.Tensor, axis: Axis) -> torch.Tensor:
    dim = axis if axis is None or isinstance(axis, int) else tuple(axis)
    return torch.linalg.vector_norm(w, dim=dim, keepdim=True)
