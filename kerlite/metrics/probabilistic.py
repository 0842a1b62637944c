"""Mean cross-entropies and divergences between targets and predicted probabilities."""

from __future__ import annotations

from typing import Any

from kerlite.losses import classification as losses
from kerlite.losses import probabilistic as divergences
from kerlite.metrics.reduction import MeanMetricWrapper

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
]


class BinaryCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of yes-or-no targets.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        from_logits: whether predictions are logits or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + 0.5 * s.

    Example:
        >>> BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])
        tensor(0.6931)

    Source: keras.metrics.BinaryCrossentropy.
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ):
        super().__init__(
            losses.binary_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=losses.checked_smoothing(label_smoothing),
        )
        self.from_logits, self.label_smoothing = from_logits, label_smoothing


class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of targets that are distributions, such as one-hot rows.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        from_logits: whether predictions are logits or probabilities.
        label_smoothing: from 0 to 1; targets become y_true * (1 - s) + s / number of classes.
        axis: the axis of the classes.

    Example:
        >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.6931)

    Source: keras.metrics.CategoricalCrossentropy.
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ):
        super().__init__(
            losses.categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=losses.checked_smoothing(label_smoothing),
            axis=losses.checked_axis(axis),
        )
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean cross-entropy of integer labels.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        from_logits: whether predictions are logits or probabilities.
        ignore_class: a label whose cross-entropy is 0.
        axis: the axis of the classes in the predictions.

    Example:
        >>> SparseCategoricalCrossentropy()([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        tensor(1.0397)

    Source: keras.metrics.SparseCategoricalCrossentropy. As there, ignored labels still count in the
    number of samples, unless sample weights are given.
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        super().__init__(
            losses.sparse_categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=losses.checked_axis(axis),
        )
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis


class KLDivergence(MeanMetricWrapper):
    """Mean of sum(y_true * log(y_true / y_pred)), both clipped to [epsilon, 1].

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        tensor(0.1438)

    Source: keras.metrics.KLDivergence.
    """

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None):
        super().__init__(divergences.kl_divergence, name=name, dtype=dtype)


class Poisson(MeanMetricWrapper):
    """Mean of y_pred - y_true * log(y_pred), for counts and predicted rates.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> Poisson()([[1.0, 0.0]], [[2.0, 1.0]])
        tensor(1.1534)

    Source: keras.metrics.Poisson.
    """

    def __init__(self, name: str | None = "poisson", dtype: Any = None):
        super().__init__(divergences.poisson, name=name, dtype=dtype)
