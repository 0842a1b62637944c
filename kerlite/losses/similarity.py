"""Losses of directions and embeddings: cosine similarity, Circle.

Each is a function, one loss for each sample, and a class that reduces it. Half precision is
computed in float32, and the functions return float32 for it.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from kerlite.core import config
from kerlite.core.convert import as_tensor
from kerlite.core.registry import register_public
from kerlite.losses.arguments import checked_axis, checked_range
from kerlite.losses.base import Loss
from kerlite.losses.checks import check_shapes
from kerlite.losses.shapes import at_least, lifted, on_tensors, same_shape

__all__ = ["Circle", "CosineSimilarity", "circle", "cosine_similarity"]


@on_tensors
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """-sum(y_true * y_pred) / (norm(y_true) * norm(y_pred)) along an axis; 0 for a zero vector.

    Example:
        >>> cosine_similarity([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])
        tensor([-0.0000, -1.0000])

    Source: keras.losses.cosine_similarity.
    """
    y_true, y_pred = same_shape(y_true, y_pred)
    return -F.cosine_similarity(y_true, y_pred, dim=axis, eps=config.epsilon())


@on_tensors
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """How much closer samples of other classes are than those of the same; see `Circle`.

    Args:
        y_true: integer labels, (n,) or (n, 1).
        y_pred: embeddings of length one, (n, size).
        ref_labels: labels of what samples are compared with; by default y_true.
        ref_embeddings: embeddings of what samples are compared with; by default y_pred.
        remove_diagonal: whether the i-th sample is not compared with the i-th reference.
        gamma: the scale of the losses, above 0.
        margin: how far apart classes shall be, from 0 to 1.

    Raises:
        ValueError: unless there is one label for each embedding.

    Example:
        >>> circle([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
        tensor([ 83.2000, 105.6000,   0.0000])

    Source: keras.losses.circle. A sample without another of its class, or without one of another
    class, has the loss 0 and is masked.
    """
    y_pred = lifted(y_pred)
    references = y_pred if ref_embeddings is None else lifted(as_tensor(ref_embeddings))
    ref_labels = y_true if ref_labels is None else as_tensor(ref_labels).to(y_true.device)
    _check_embeddings(y_true, y_pred)
    _check_embeddings(ref_labels, references)
    same = y_true.reshape(-1, 1) == ref_labels.reshape(1, -1)
    other = ~same
    if remove_diagonal:
        same = same & ~torch.eye(*same.shape, dtype=torch.bool, device=same.device)
    with torch.autocast(y_pred.device.type, enabled=False):
        far = at_least(1.0 - y_pred @ references.to(y_pred).T, 0.0)
    attraction = -gamma * at_least((margin + far) * same, 0.0) * (margin - far)
    repulsion = gamma * at_least((1 + margin - far) * other, 0.0) * (1 - margin - far)
    attraction = attraction.masked_fill(~same, -torch.inf).logsumexp(1)
    repulsion = repulsion.masked_fill(~other, -torch.inf).logsumexp(1)
    losses = F.softplus(attraction + repulsion)
    losses._keras_mask = losses > 0  # type: ignore[attr-defined]
    return losses


class CosineSimilarity(Loss):
    """Cosine similarity, negative so that vectors are drawn together: from -1 to 1.

    -sum(y_true * y_pred) / (norm(y_true) * norm(y_pred)); 0 where one of them is a zero vector.

    Args:
        axis: the axis of the vectors.
        reduction: see `Loss`.
        name: its name.
        dtype: number type of the computation.

    Example:
        >>> CosineSimilarity()([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])
        tensor(-0.5000)

    Source: keras.losses.CosineSimilarity; runs as torch.nn.functional.cosine_similarity, whose
    gradient is finite for a zero vector. Keras leaves axis out of the config.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        self.axis = checked_axis(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the negative similarity of each pair of vectors."""
        return cosine_similarity(y_true, y_pred, axis=self.axis)

    def check_targets(self, y_true: Any, y_pred_shape: tuple[int | None, ...]) -> None:
        """Raise a ValueError unless targets and predictions can be compared value by value."""
        check_shapes(self.name, y_true, y_pred_shape)


class Circle(Loss):
    """Circle loss of embeddings: classes are drawn together and apart, the hard pairs most.

    With d = 1 - cosine similarity to the other samples of the batch, for each sample:
    log(1 + sum over the same class of exp(gamma * (margin + d) * (d - margin))
    * sum over other classes of exp(gamma * max(1 + margin - d, 0) * (1 - margin - d))).

    Args:
        gamma: the scale of the losses, above 0.
        margin: how far apart classes shall be, from 0 to 1.
        remove_diagonal: whether a sample is not compared with itself.
        reduction: see `Loss`; a mean is over the losses that are not 0.
        name: its name.
        dtype: number type of the computation.

    Shape:
        Embeddings (n, size), of length one: end the model with UnitNormalization. Integer labels
        (n,) or (n, 1).

    Raises:
        ValueError: if gamma is not above 0, or margin not from 0 to 1.

    Example:
        >>> Circle()([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
        tensor(94.4000)

    Source: keras.losses.Circle; Sun et al., 2020 (arXiv 2002.10857).
    """

    _targets_keep_dtype: ClassVar[bool] = True

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ):
        super().__init__(name, reduction, dtype)
        if not gamma > 0:
            raise ValueError(f"gamma must be above 0; received gamma={gamma}.")
        self.gamma = gamma
        self.margin = checked_range("margin", margin, 0, 1)
        self.remove_diagonal = remove_diagonal

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each sample."""
        return circle(
            y_true,
            y_pred,
            remove_diagonal=self.remove_diagonal,
            gamma=self.gamma,
            margin=self.margin,
        )


def _check_embeddings(labels: Tensor, embeddings: Tensor) -> None:
    if embeddings.ndim != 2 or labels.shape not in ((len(embeddings),), (len(embeddings), 1)):
        raise ValueError(
            "The circle loss takes embeddings of shape (n, size) and one integer label for each, "
            f"(n,) or (n, 1); received embeddings of shape {tuple(embeddings.shape)} and labels of "
            f"shape {tuple(labels.shape)}."
        )


for _function in (circle, cosine_similarity):
    register_public(_function, module="keras.losses")
