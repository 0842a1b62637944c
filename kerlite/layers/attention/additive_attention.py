"""AdditiveAttention: sums of values, weighted by a layer of tanh units over keys and queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from kerlite.layers.attention.attention import Attention
from kerlite.layers.attention.shapes import Shape, checked_list

__all__ = ["AdditiveAttention"]


class AdditiveAttention(Attention):
    """Sums of values, weighted by a layer of tanh units over keys and queries; Bahdanau attention.

    softmax(scores) @ value, with scores = the sum over the features of scale * tanh(query + key).

    Call:
        inputs: a list [query, value] or [query, value, key]; the key is by default the value.
        mask: a list [query_mask, value_mask], each (batch, steps) or None: results of hidden steps
            of the query are 0, hidden steps of the value do not count; by default the masks that
            the inputs carry.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.
        return_attention_scores: whether to return (result, scores), the latter after the softmax.
        use_causal_mask: whether no step attends to later ones.

    Args:
        use_scale: whether the scale is learned, a number for each feature; else it is 1.
        dropout: the share of the scores that is dropped while training, in [0, 1).
        **kwargs: `seed`, as in Attention, and what every layer takes.

    Shape:
        [(batch, T, features), (batch, S, size), (batch, S, features)] -> (batch, T, size); scores
        (batch, T, S).

    Raises:
        ValueError: for inputs that do not fit each other, or a mask of another shape.

    Example:
        >>> import torch
        >>> query, value = torch.ones(2, 5, 16), torch.ones(2, 8, 16)
        >>> AdditiveAttention()([query, value]).shape
        torch.Size([2, 5, 16])

    Source: Bahdanau et al. 2015, arXiv:1409.0473; keras.layers.AdditiveAttention.
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)
        self._is_product = False

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Make the scale."""
        query, _, key = checked_list(input_shape, self.described)
        self.scale = None
        if self.use_scale:
            size = key[-1] if query[-1] is None else query[-1]
            if size is None:
                raise ValueError(
                    f"{self.described} needs to know the size of the last axis of its inputs; "
                    f"received the shapes {list(input_shape)}."
                )
            self.scale = self.add_weight(name="scale", shape=(size,))

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Return how well keys match queries, (batch, T, S)."""
        units = (query.unsqueeze(-2) + key.unsqueeze(-3)).tanh()
        return units.sum(-1) if self.scale is None else units @ self.scale

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        del config["score_mode"]
        return config
