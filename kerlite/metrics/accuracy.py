"""How often predictions are right: binary, categorical, sparse categorical, among the top k.

Each is a function, 1.0 or 0.0 for each sample, and a class that takes the mean over all batches.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.core import config, dtypes
from kerlite.core.registry import register_public
from kerlite.losses.shapes import on_tensors, same_rank, shape_error
from kerlite.metrics.base import guards_itself
from kerlite.metrics.reduction import ONE, MeanMetricWrapper

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


@on_tensors
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """Return for each value whether (y_pred > threshold) equals y_true.

    Example:
        >>> binary_accuracy([[1.0], [0.0]], [[0.9], [0.8]])
        tensor([[1.],
                [0.]])

    Source: keras.metrics.binary_accuracy.
    """
    return _floats(_binary_matches(y_true, y_pred, threshold))


@on_tensors
def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Return for each sample whether the largest prediction is where the largest target is.

    Example:
        >>> categorical_accuracy([[0.0, 1.0], [1.0, 0.0]], [[0.2, 0.8], [0.3, 0.7]])
        tensor([1., 0.])

    Source: keras.metrics.categorical_accuracy.
    """
    return _floats(_categorical_matches(y_true, y_pred))


@on_tensors
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Return for each sample whether the largest prediction is that of its label.

    Example:
        >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]])
        tensor([1., 0.])

    Source: keras.metrics.sparse_categorical_accuracy.
    """
    return _floats(_sparse_matches(y_true, y_pred))


@on_tensors
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """Return for each sample whether the class of the largest target is among the k largest.

    Example:
        >>> top_k_categorical_accuracy([[0.0, 0.0, 1.0]], [[0.1, 0.7, 0.2]], k=2)
        tensor([1.])

    Source: keras.metrics.top_k_categorical_accuracy.
    """
    return _floats(_top_k_matches(y_true, y_pred, k))


@on_tensors
def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Tensor:
    """Return for each sample whether its label is among the k largest predictions.

    Example:
        >>> sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.7, 0.2], [0.1, 0.7, 0.2]], k=2)
        tensor([1., 0.])

    Source: keras.metrics.sparse_top_k_categorical_accuracy.
    """
    return _floats(_sparse_top_k_matches(y_true, y_pred, k, from_sorted_ids))


class Accuracy(MeanMetricWrapper):
    """How often predictions equal targets.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
        tensor(0.7500)

    Source: keras.metrics.Accuracy.
    """

    _direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None):
        super().__init__(_matches, name=name, dtype=dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """How often (y_pred > threshold) equals a target of 0 or 1.

    Args:
        name: its name in logs.
        dtype: number type of the result.
        threshold: from 0 to 1 for probabilities; pass 0 for logits.

    Example:
        >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1.0], [0.0], [0.6]])
        tensor(0.7500)

    Source: keras.metrics.BinaryAccuracy.
    """

    _direction = "up"

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ):
        super().__init__(_binary_matches, name=name, dtype=dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is where the largest (one-hot) target is.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
        tensor(0.5000)

    Source: keras.metrics.CategoricalAccuracy.
    """

    _direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None):
        super().__init__(_categorical_matches, name=name, dtype=dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is that of the integer label.

    Args:
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> SparseCategoricalAccuracy()([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
        tensor(0.5000)

    Source: keras.metrics.SparseCategoricalAccuracy.
    """

    _direction = "up"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None):
        super().__init__(_sparse_matches, name=name, dtype=dtype)

    @guards_itself
    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take a batch of labels and predictions into account; a mask on y_pred is obeyed."""
        total = self.total
        if (
            sample_weight is None
            and type(y_true) is type(y_pred) is Tensor
            and y_pred.ndim == 2
            and y_true.ndim == 1
            and (samples := y_true.shape[0]) == y_pred.shape[0]
            and y_pred.device == total.device
            and getattr(y_pred, "_keras_mask", None) is None
        ):  # the usual, in one step: none of this would record gradients
            total.add_((y_pred.argmax(-1) == y_true).count_nonzero())
            self.count.add_(ONE, alpha=samples)
        else:
            super().update_state(y_true, y_pred, sample_weight)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class of a one-hot target is among the k largest predictions.

    Args:
        k: how many of the largest predictions count; more than there are classes means all.
        name: its name in logs.
        dtype: number type of the result.

    Example:
        >>> TopKCategoricalAccuracy(k=1)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.0, 0.9, 0.1]])
        tensor(0.5000)

    Source: keras.metrics.TopKCategoricalAccuracy.
    """

    _direction = "up"

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ):
        super().__init__(_top_k_matches, name=name, dtype=dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often an integer label is among the k largest predictions.

    Args:
        k: how many of the largest predictions count; more than there are classes means all.
        name: its name in logs.
        dtype: number type of the result.
        from_sorted_ids: whether predictions are class numbers, the best first, and not scores.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=1)([2, 1], [[0.1, 0.9, 0.8], [0.0, 0.9, 0.1]])
        tensor(0.5000)

    Source: keras.metrics.SparseTopKCategoricalAccuracy.
    """

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ):
        super().__init__(
            _sparse_top_k_matches, name=name, dtype=dtype, k=k, from_sorted_ids=from_sorted_ids
        )
        self.k, self.from_sorted_ids = k, from_sorted_ids


def _matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    y_true, y_pred = same_rank(y_true.to(y_pred.device, y_pred.dtype), y_pred)
    return y_true == y_pred


def _binary_matches(y_true: Tensor, y_pred: Tensor, threshold: float = 0.5) -> Tensor:
    y_true, y_pred = same_rank(y_true, y_pred)
    return (y_pred > threshold) == y_true


def _categorical_matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    return _sparse_matches(y_true.argmax(-1), y_pred)


def _sparse_matches(y_true: Tensor, y_pred: Tensor) -> Tensor:
    best = y_pred.argmax(-1)
    if y_true.shape != best.shape:
        y_true = _without_last(y_true, best)
    return best == y_true


def _top_k_matches(y_true: Tensor, y_pred: Tensor, k: int) -> Tensor:
    return _sparse_top_k_matches(y_true.argmax(-1), y_pred, k, False)


def _sparse_top_k_matches(y_true: Tensor, y_pred: Tensor, k: int, from_sorted_ids: bool) -> Tensor:
    labels = y_true if y_true.shape == y_pred.shape[:-1] else _without_last(y_true, y_pred[..., 0])
    if from_sorted_ids:
        return (y_pred[..., :k] == labels.unsqueeze(-1)).any(-1)
    kth = y_pred.topk(min(k, y_pred.shape[-1])).values[..., -1]
    return y_pred.gather(-1, labels.long().unsqueeze(-1)).squeeze(-1) >= kth


def _without_last(labels: Tensor, expected: Tensor) -> Tensor:
    """Return labels (..., 1) as (...); anything else of a wrong shape raises."""
    if labels.ndim == expected.ndim + 1 and labels.shape[-1] == 1:
        labels = labels.squeeze(-1)
    if labels.shape != expected.shape:
        raise shape_error(labels, expected)
    return labels


def _floats(matches: Tensor) -> Tensor:
    return matches.to(dtypes.to_torch_dtype(config.floatx()))


for _function in (
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
):
    register_public(_function, module="keras.metrics")
