"""Penalties on weights and activities: functions of a tensor whose result is added to the loss.

Every class is also there under Keras's snake_case name, and its names work as strings wherever a
regularizer is wanted: "L2", "l2".
"""

from __future__ import annotations

import math
import numbers
from typing import Any

import torch

from kerlite.core import config as settings
from kerlite.core import serialize as core
from kerlite.core.convert import as_tensor
from kerlite.core.lookup import lookup
from kerlite.core.names import to_snake_case

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]


class Regularizer(core.Configurable):
    """A penalty: call it with a tensor, get a scalar.

    A subclass implements `__call__(x)`. Any function of one tensor can stand in for one.

    Example:
        >>> class Spread(Regularizer):
        ...     def __call__(self, x):
        ...         return x.max() - x.min()
        >>> Spread()(torch.tensor([1.0, 4.0]))
        tensor(3.)

    Source: keras.regularizers.Regularizer.
    """

    def __init__(self) -> None:
        """Take no arguments, and refuse any."""

    def __call__(self, x: Any) -> Any:
        """Return the penalty; none here.

        Args:
            x: a weight in Keras's layout, or an activity.
        """
        return 0.0


class L1(Regularizer):
    """Penalises absolute values: l1 * sum(|x|).

    Args:
        l1: the factor, >= 0; None means 0.01.

    Raises:
        ValueError: if the factor is no finite number >= 0.

    Example:
        >>> L1(0.5)(torch.tensor([-1.0, 3.0]))
        tensor(2.)

    Source: keras.regularizers.L1.
    """

    def __init__(self, l1: float | None = 0.01):
        self.l1 = _factor(0.01 if l1 is None else l1, "l1")

    def __call__(self, x: Any) -> torch.Tensor:
        """Return the penalty."""
        return self.l1 * as_tensor(x).abs().sum()


class L2(Regularizer):
    """Penalises squares: l2 * sum(x^2).

    Args:
        l2: the factor, >= 0; None means 0.01.

    Raises:
        ValueError: if the factor is no finite number >= 0.

    Example:
        >>> L2(0.5)(torch.tensor([-1.0, 3.0]))
        tensor(5.)

    Source: keras.regularizers.L2.
    """

    def __init__(self, l2: float | None = 0.01):
        self.l2 = _factor(0.01 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> torch.Tensor:
        """Return the penalty."""
        return self.l2 * as_tensor(x).square().sum()


class L1L2(Regularizer):
    """Penalises absolute values and squares: l1 * sum(|x|) + l2 * sum(x^2).

    Args:
        l1: the factor of the absolute values, >= 0; None means 0.
        l2: the factor of the squares, >= 0; None means 0.

    Raises:
        ValueError: if a factor is no finite number >= 0.

    Example:
        >>> L1L2(l1=0.5, l2=1.0)(torch.tensor([-1.0, 3.0]))
        tensor(12.)

    Source: keras.regularizers.L1L2.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0):
        self.l1 = _factor(0.0 if l1 is None else l1, "l1")
        self.l2 = _factor(0.0 if l2 is None else l2, "l2")

    def __call__(self, x: Any) -> torch.Tensor:
        """Return the penalty."""
        x = as_tensor(x)
        if self.l1 and self.l2:
            return self.l1 * x.abs().sum() + self.l2 * x.square().sum()
        return self.l2 * x.square().sum() if self.l2 else self.l1 * x.abs().sum()


class OrthogonalRegularizer(Regularizer):
    """Penalises a matrix whose rows, or columns, are not at right angles to each other.

    factor * mean(|cos(a, b)|) over all pairs of different rows a, b.

    Args:
        factor: the factor, >= 0.
        mode: "rows" or "columns": which vectors are drawn towards right angles.

    Shape:
        x: (rows, columns).

    Raises:
        ValueError: if the factor is no finite number >= 0, for an unknown mode, and when called
            with something that is not a matrix.

    Example:
        >>> OrthogonalRegularizer(1.0)(torch.tensor([[2.0, 0.0], [3.0, 0.0], [0.0, 1.0]]))
        tensor(0.3333)

    Source: keras.regularizers.OrthogonalRegularizer; one vector costs 0, where Keras gives NaN.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        if mode not in ("rows", "columns"):
            raise ValueError(f"mode must be 'rows' or 'columns'; received {mode!r}.")
        self.factor = _factor(factor, "factor")
        self.mode = mode

    def __call__(self, inputs: Any) -> torch.Tensor:
        """Return the penalty."""
        inputs = as_tensor(inputs)
        if len(inputs.shape) != 2:
            raise ValueError(
                "OrthogonalRegularizer takes a matrix; received an input of shape "
                f"{tuple(inputs.shape)}. Use another regularizer for this weight."
            )
        vectors = inputs if self.mode == "rows" else inputs.T
        vectors = torch.nn.functional.normalize(vectors, dim=1, eps=settings.epsilon())
        cosines = (vectors @ vectors.T).abs().triu(diagonal=1)
        pairs = vectors.shape[0] * (vectors.shape[0] - 1) // 2
        return self.factor * cosines.sum() / max(pairs, 1)


l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_CLASSES = (L1, L1L2, L2, OrthogonalRegularizer, Regularizer)
_NAMES = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{to_snake_case(cls.__name__): cls for cls in _CLASSES},
    "l1_l2": L1L2,
}


def get(identifier: Any) -> Any:
    """Return the regularizer that an argument stands for.

    Args:
        identifier: None, a name, a config dictionary, a class, or a function of one tensor.

    Raises:
        ValueError: for an unknown name, or for something that cannot be a regularizer.

    Example:
        >>> get("l2").get_config()
        {'l2': 0.01}

    Source: keras.regularizers.get.
    """
    return lookup(identifier, "regularizer", _NAMES)


def serialize(regularizer: Any) -> Any:
    """Return a dictionary that stands for the regularizer.

    Example:
        >>> serialize(L1(0.5))["config"]
        {'l1': 0.5}

    Source: keras.regularizers.serialize.
    """
    return core.serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the regularizer that a dictionary, or a name, stands for.

    Args:
        config: what `serialize` returned, or {"class_name": ..., "config": ...}.
        custom_objects: name to class or function, for what is not registered.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> deserialize({"class_name": "L2", "config": {"l2": 0.5}}).l2
        0.5

    Source: keras.regularizers.deserialize.
    """
    return lookup(config, "regularizer", _NAMES, custom_objects)


def _factor(value: Any, name: str) -> float:
    if not isinstance(value, numbers.Real) or not 0.0 <= float(value) < math.inf:
        raise ValueError(f"{name} must be a finite number >= 0; received {value!r}.")
    return float(value)
