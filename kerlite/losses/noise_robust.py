"""A cross-entropy that wrong labels do less harm to."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from kerlite.core.probabilities import at_labels, class_labels, classes_second
from kerlite.core.registry import register_public
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_labels
from kerlite.losses.probabilities import check_probabilities, logits_of
from kerlite.losses.shapes import lifted, on_tensors

__all__ = ["CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy"]


@on_tensors
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """(1 - y_pred[y_true]^q) / q, for integer labels y_true and probabilities y_pred.

    Args:
        y_true: labels, (n, ...) or (n, ..., 1).
        y_pred: probabilities, (n, ..., classes).
        q: between 0 and 1; see `CategoricalGeneralizedCrossEntropy`.

    Example:
        >>> categorical_generalized_cross_entropy([1, 0], [[0.5, 0.5], [0.25, 0.75]], q=0.5)
        tensor([0.5858, 1.0000])

    Source: keras.losses.categorical_generalized_cross_entropy.
    """
    labels = class_labels(y_true, y_pred, -1)
    y_pred = lifted(y_pred)
    logits = logits_of(y_pred, "softmax")
    if logits is not None:
        scores = classes_second(logits, -1)
        losses = -torch.expm1(-q * at_labels(F.cross_entropy, scores, labels, reduction="none")) / q
    else:
        check_probabilities(y_pred, "softmax", can_be_logits=False)
        scores = classes_second(y_pred, -1)
        losses = (1.0 - (-at_labels(F.nll_loss, scores, labels, reduction="none")) ** q) / q
    return losses.squeeze(0) if y_pred.ndim == 1 else losses


class CategoricalGeneralizedCrossEntropy(Loss):
    """Generalized cross-entropy of integer labels: (1 - p[y_true]^q) / q.

    Between cross-entropy, q near 0, and mean absolute error, q near 1: the larger q, the less harm
    wrong labels do. Predictions are probabilities; those straight from softmax are computed from
    their logits. On the CPU, predictions that are no probabilities and labels out of range raise an
    error; on an accelerator that would wait for the device.

    Args:
        q: between 0 and 1.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Shape:
        Predictions (n, ..., classes), labels (n, ...) or (n, ..., 1).

    Raises:
        ValueError: if q is not between 0 and 1.

    Example:
        >>> CategoricalGeneralizedCrossEntropy()([1, 0], [[0.5, 0.5], [0.25, 0.75]])
        tensor(0.7929)

    Source: keras.losses.CategoricalGeneralizedCrossEntropy; Zhang and Sabuncu, 2018 (arXiv
    1805.07836). Keras compares labels of shape (n, 1) with every sample of the batch.
    """

    _targets_keep_dtype: ClassVar[bool] = True

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        if not 0 < q < 1:
            raise ValueError(
                f"q must be between 0 and 1, both excluded; received q={q}. For its limits use "
                "SparseCategoricalCrossentropy (0) or MeanAbsoluteError (1)."
            )
        self.q = q

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the generalized cross-entropy of each sample."""
        return categorical_generalized_cross_entropy(y_true, y_pred, self.q)

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError for NaN, fractions, labels out of range, or a wrong shape."""
        check_labels(self.name, y_true, y_pred_shape)


register_public(categorical_generalized_cross_entropy, module="keras.losses")
