"""MultiHeadAttention: attention of several heads."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from kerlite.core.arguments import whole_numbers
from kerlite.layers.attention.base import HeadsAttention
from kerlite.layers.attention.linear_maps import linear_map, linear_map_named
from kerlite.layers.attention.shapes import Shape, several_numbers
from kerlite.layers.attributes import SetByInit

__all__ = ["MultiHeadAttention"]


class MultiHeadAttention(HeadsAttention):
    """Each step takes from others what its several heads look for.

    Each head maps query, key and value linearly, and gives
    softmax(query @ key.T / sqrt(key_dim)) @ value; a last linear map joins the heads' results.

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
        num_heads: how many heads, >= 1.
        key_dim: size of each head's query and key, >= 1.
        value_dim: size of each head's value; by default `key_dim`.
        dropout: the share of the scores that is dropped while training, in [0, 1).
        use_bias: whether the linear maps have biases.
        output_shape: size, or sizes, that replace the query's features; by default those.
        attention_axes: the axes of the steps; by default all but the first and the last.
        sliding_window: steps attend only to those less than this many away; None for no limit.
        flash_attention: True for torch's flash kernels only, False for none of them; None lets
            torch choose, unless `config.disable_flash_attention()` was called.
        kernel_initializer, bias_initializer: first values in the linear maps.
        kernel_regularizer, bias_regularizer: penalties on them.
        activity_regularizer: penalty on the results of the linear maps.
        kernel_constraint, bias_constraint: what they must satisfy after each update.
        use_gate: whether results are multiplied by sigmoid(a linear map of the query).
        seed: a whole number, for dropout that does not depend on anything else.

    Shape:
        (batch, T, features), (batch, S, features) -> (batch, T, features); scores
        (batch, heads, T, S).

    Raises:
        ValueError: for sizes < 1, inputs that do not fit each other, or a mask of another shape.

    Example:
        >>> import torch
        >>> layer, x = MultiHeadAttention(num_heads=8, key_dim=16), torch.ones(2, 5, 32)
        >>> layer(x, x, use_causal_mask=True).shape, layer.query_dense.kernel.shape
        (torch.Size([2, 5, 32]), torch.Size([32, 8, 16]))

    Source: Vaswani et al. 2017, arXiv:1706.03762; keras.layers.MultiHeadAttention. A given
    `query_mask` counts, which Keras ignores; dropout and flash attention go together. A step that
    may attend to none has the mean of the values, as in Keras, and the gradient of a mean (where
    the layer drops no scores, has none to return and steps along one axis; else 0).
    """

    num_heads: Any = SetByInit()
    key_dim: Any = SetByInit()
    value_dim: Any = SetByInit()
    attention_axes: Any = SetByInit()

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
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
        super().__init__(
            dropout, use_bias, sliding_window, flash_attention, kernel_initializer,
            bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, use_gate, seed, **kwargs,
        )  # fmt: skip
        owner = self.described
        (self.num_heads,) = whole_numbers(num_heads, 1, "num_heads", owner)
        (self.key_dim,) = whole_numbers(key_dim, 1, "key_dim", owner)
        value_dim = key_dim if value_dim is None else value_dim
        (self.value_dim,) = whole_numbers(value_dim, 1, "value_dim", owner)
        self.output_shape = several_numbers(output_shape, "output_shape", owner)
        self.attention_axes = several_numbers(attention_axes, "attention_axes", owner)
        if self.output_shape is not None:
            whole_numbers(self.output_shape, len(self.output_shape), "output_shape", owner)

    query_dense = _query_dense = linear_map_named("query_dense")
    key_dense = _key_dense = linear_map_named("key_dense")
    value_dense = _value_dense = linear_map_named("value_dense")
    output_dense = _output_dense = linear_map_named("output_dense")

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the linear maps."""
        self.prepare(self.attention_axes, query_shape, value_shape, key_shape)
        self.attention_axes = self.axes.axes
        heads, into = self.num_heads, "...d,dnh->...nh"
        keys, values = (heads, self.key_dim), (heads, self.value_dim)
        self.query_dense = linear_map(self, "query", into, keys, query_shape)
        self.key_dense = linear_map(self, "key", into, keys, key_shape or value_shape)
        if self.use_gate:
            self._gate_dense = linear_map(self, "gate", into, values, query_shape, "sigmoid")
        self.value_dense = linear_map(self, "value", into, values, value_shape)
        sizes = self.output_shape or query_shape[-1:]
        new = string.ascii_uppercase[: len(sizes)]
        self.output_dense = linear_map(
            self, "attention_output", f"...nh,nh{new}->...{new}", sizes,
            (*query_shape[:-1], *values),
        )  # fmt: skip

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape, with `output_shape` for the last axis if there is one."""
        shape = super().compute_output_shape(query_shape, value_shape, key_shape)
        return shape if self.output_shape is None else (*shape[:-1], *self.output_shape)
