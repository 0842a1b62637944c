"""Mean hinge losses of scores against targets of -1 and 1, or of one-hot rows."""

from __future__ import annotations

from typing import Any

from kerlite.losses import margin as losses
from kerlite.metrics.reduction import MeanMetricWrapper

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge"]


class Hinge(MeanMetricWrapper):
    """Mean of max(1 - y_true * y_pred, 0).

    Targets are -1 or 1; where all targets of a batch are 0 or 1, they count as -1 or 1.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> Hinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor(1.3000)

    Source: keras.metrics.Hinge.
    """

    def __init__(self, name: str | None = "hinge", dtype: Any = None):
        super().__init__(losses.hinge, name=name, dtype=dtype)


class SquaredHinge(MeanMetricWrapper):
    """Mean of max(1 - y_true * y_pred, 0)^2.

    Targets are -1 or 1; where all targets of a batch are 0 or 1, they count as -1 or 1.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> SquaredHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor(1.8600)

    Source: keras.metrics.SquaredHinge.
    """

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None):
        super().__init__(losses.squared_hinge, name=name, dtype=dtype)


class CategoricalHinge(MeanMetricWrapper):
    """Mean of max(max((1 - y_true) * y_pred) - sum(y_true * y_pred) + 1, 0), targets one-hot.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> CategoricalHinge()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor(1.4000)

    Source: keras.metrics.CategoricalHinge.
    """

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None):
        super().__init__(losses.categorical_hinge, name=name, dtype=dtype)
