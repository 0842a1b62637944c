"""Attention: sums of values, weighted by how well keys match queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.tensor import KerasTensor
from kerlite.layers.attention.one_head import (
    fused_alone,
    shown_steps,
    step_masks,
    weights_of,
)
from kerlite.layers.attention.shapes import Shape, check_share, checked_list
from kerlite.layers.base import Layer
from kerlite.layers.regularization.dropout import Dropout

__all__ = ["Attention"]


class Attention(Layer):
    """Sums of values, weighted by how well keys match queries; also named Luong attention.

    softmax(scores) @ value, with scores = query @ key.T * scale ("dot"), or
    concat_score_weight * the sum over the features of tanh(scale * (query + key)) ("concat").

    Call:
        inputs: a list [query, value] or [query, value, key]; the key is by default the value.
        mask: a list [query_mask, value_mask], each (batch, steps) or None: results of hidden steps
            of the query are 0, hidden steps of the value do not count; by default the masks that
            the inputs carry.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.
        return_attention_scores: whether to return (result, scores), the latter after the softmax.
        use_causal_mask: whether no step attends to later ones.

    Args:
        use_scale: whether the scale is learned, a single number; else it is 1.
        score_mode: "dot" or "concat".
        dropout: the share of the scores that is dropped while training, in [0, 1).
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        [(batch, T, features), (batch, S, size), (batch, S, features)] -> (batch, T, size); scores
        (batch, T, S).

    Raises:
        ValueError: for an unknown mode, or inputs and masks that do not fit each other.

    Example:
        >>> import torch
        >>> query, value = torch.ones(2, 5, 16), torch.ones(2, 8, 16)
        >>> Attention()([query, value]).shape
        torch.Size([2, 5, 16])

    Source: Luong et al. 2015, arXiv:1508.04025; keras.layers.Attention, which gives NaN in float16
    where the mask hides all values: here it is their mean.
    """

    scale: Any
    concat_score_weight: Any
    finds_training: ClassVar[bool] = True
    supports_masking = True
    makes_masks = False
    checks_input_shape = True

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                f"{self.described} needs score_mode='dot' or 'concat'; received {score_mode!r}."
            )
        check_share(dropout, self.described)
        self.use_scale, self.score_mode = use_scale, score_mode
        self.dropout, self.seed = dropout, seed
        self._is_product = score_mode == "dot"
        if dropout:
            self._dropout_layer = Dropout(dropout, seed=seed, dtype=self.dtype_policy)

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Make the scale, and the weight of concatenated scores."""
        self.compute_output_shape(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def call(
        self,
        inputs: Sequence[Tensor],
        mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the result of attention, and the scores if they are wanted."""
        x = [one if one.is_floating_point() else one.to(self._torch_dtype) for one in inputs]
        query, value, key = x[0], x[1], x[-1]
        query_mask, value_mask = step_masks(mask, query, self.described)
        dropout = self.dropout if self._in_training(training) else 0.0
        scores = None
        if return_attention_scores or not self._is_product or (dropout and self.seed is not None):
            shown = shown_steps(query, key, value_mask, use_causal_mask, self.described)
            scores = weights_of(self._scores(query, key), shown).to(value.dtype)
            outputs = (self._dropout_layer(scores, training=True) if dropout else scores) @ value
        else:
            query = query if self.scale is None else query * self.scale
            outputs = fused_alone(
                query, key, value, value_mask, use_causal_mask, dropout, self.described
            )
        if query_mask is not None:
            outputs = outputs.masked_fill(~query_mask.unsqueeze(-1), 0.0)
        return (outputs, scores) if return_attention_scores else outputs

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Return how well keys match queries, (batch, T, S)."""
        if self.score_mode == "dot":
            scores = query @ key.mT
            return scores if self.scale is None else scores * self.scale
        sums = query.unsqueeze(-2) + key.unsqueeze(-3)
        sums = sums if self.scale is None else sums * self.scale
        return sums.tanh().sum(-1) * self.concat_score_weight

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the query's mask."""
        return mask[0] if mask else None

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the query's shape, with the size of the value's last axis."""
        query, value, _ = checked_list(input_shape, self.described)
        return (*query[:-1], value[-1])

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of a call as KerasTensors."""
        given = dict(self._signature.bind(args, kwargs))
        shapes = [x.shape for x in given["inputs"]]
        outputs = KerasTensor(self.compute_output_shape(shapes), self.compute_dtype)
        if not given.get("return_attention_scores"):
            return outputs
        return outputs, KerasTensor((*shapes[0][:-1], shapes[1][-2]), self.compute_dtype)
