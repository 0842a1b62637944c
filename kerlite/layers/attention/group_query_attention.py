"""GroupQueryAttention: several heads of the query share one head of key and value."""

from __future__ import annotations

from typing import Any

from kerlite.core.arguments import whole_numbers
from kerlite.core.names import auto_name
from kerlite.layers.attention.base import HeadsAttention
from kerlite.layers.attention.linear_maps import linear_map
from kerlite.layers.attention.shapes import Shape

__all__ = ["GroupQueryAttention"]


class GroupQueryAttention(HeadsAttention):
    """Attention in which several heads of the query share one head of key and value.

    Each head of the query gives softmax(query @ key.T / sqrt(head_dim)) @ value; a last linear map
    joins the heads' results. With as many heads of both it is multi-head attention, with one head
    of key and value multi-query attention.

    Call:
        query: (batch, T, features), the steps that look.
        value: (batch, S, features), the steps looked at; the same as `query` in self-attention.
        key: (batch, S, features), what is looked for in them; by default `value`.
        query_mask, value_mask, key_mask: (batch, steps), which steps count; by default the masks
            that the inputs carry.
        attention_mask: (batch, T, S), or (batch, heads, T, S): which may attend to which.
        return_attention_scores: whether to return (result, scores), the latter after the softmax.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.
        use_causal_mask: whether no step attends to later ones.

    Args:
        head_dim: size of each head, >= 1.
        num_query_heads: how many heads the query has, a multiple of `num_key_value_heads`.
        num_key_value_heads: how many heads key and value have, >= 1.
        dropout: the share of the scores that is dropped while training, in [0, 1).
        use_bias: whether the linear maps have biases.
        sliding_window: steps attend only to those less than this many away; None for no limit.
        flash_attention: True for torch's flash kernels only, False for none of them; None lets
            torch choose, unless `config.disable_flash_attention()` was called.
        kernel_initializer, bias_initializer: first values in the linear maps.
        kernel_regularizer, bias_regularizer: penalties on them.
        activity_regularizer: penalty on the results of the linear maps, and on the layer's.
        kernel_constraint, bias_constraint: what they must satisfy after each update.
        use_gate: whether results are multiplied by sigmoid(a linear map of the query).
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, T, features), (batch, S, features) -> (batch, T, features); scores
        (batch, num_query_heads, T, S).

    Raises:
        ValueError: for sizes < 1, heads that do not divide, inputs that do not fit each other, or
            a mask of another shape.

    Example:
        >>> import torch
        >>> layer, x = GroupQueryAttention(16, 8, 2), torch.ones(2, 5, 32)
        >>> layer(x, x).shape, [tuple(weight.shape) for weight in layer.weights[:4:2]]
        (torch.Size([2, 5, 32]), [(32, 8, 16), (32, 2, 16)])

    Source: Ainslie et al. 2023, arXiv:2305.13245; keras.layers.GroupQueryAttention. Value and query
    may have different numbers of features; dropout and flash attention go together.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        kwargs["name"] = kwargs.get("name") or auto_name("grouped_query_attention")  # as in Keras
        super().__init__(
            dropout, use_bias, sliding_window, flash_attention, kernel_initializer,
            bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, use_gate, seed, **kwargs,
        )  # fmt: skip
        owner = self.described
        (self.head_dim,) = whole_numbers(head_dim, 1, "head_dim", owner)
        (self.num_query_heads,) = whole_numbers(num_query_heads, 1, "num_query_heads", owner)
        (self.num_key_value_heads,) = whole_numbers(
            num_key_value_heads, 1, "num_key_value_heads", owner
        )
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"{owner} needs num_query_heads to be a multiple of num_key_value_heads; received "
                f"{num_query_heads} and {num_key_value_heads}."
            )
        self.activity_regularizer = self.maps_activity_regularizer

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the linear maps."""
        self.prepare((1,), query_shape, value_shape, key_shape)
        heads, into = (self.num_query_heads, self.head_dim), "...d,dnh->...nh"
        shared = self.num_key_value_heads, self.head_dim
        self._query_dense = linear_map(self, "query", into, heads, query_shape)
        self._key_dense = linear_map(self, "key", into, shared, key_shape or value_shape)
        if self.use_gate:
            self._gate_dense = linear_map(self, "gate", into, heads, query_shape, "sigmoid")
        self._value_dense = linear_map(self, "value", into, shared, value_shape)
        self._output_dense = linear_map(
            self, "attention_output", "...nh,nhd->...d", query_shape[-1:],
            (*query_shape[:-1], *heads),
        )  # fmt: skip

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape."""
        if len(query_shape) != 3:
            raise ValueError(
                f"{self.described} takes query, value and key of shape (batch, steps, features); "
                f"received a query of shape {query_shape}. MultiHeadAttention takes more axes."
            )
        return super().compute_output_shape(query_shape, value_shape, key_shape)
