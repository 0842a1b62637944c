"""HeadsAttention: what attention layers with several heads share."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite import constraints, initializers, regularizers
from kerlite.core import config
from kerlite.core.arguments import whole_numbers
from kerlite.core.attention import kernels
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.tensor import KerasTensor
from kerlite.layers.attention.axes import AttentionAxes
from kerlite.layers.attention.heads import attend, joint_mask
from kerlite.layers.attention.shapes import (
    Shape,
    check_shapes,
    check_share,
    check_sizes,
    known_sizes,
)
from kerlite.layers.attributes import SetByInit
from kerlite.layers.base import Layer
from kerlite.layers.regularization.dropout import Dropout

__all__ = ["HeadsAttention"]


class HeadsAttention(Layer):
    """Attention of several heads between linear maps of query, key, value and of its result.

    A subclass makes the linear maps `_query_dense`, `_key_dense`, `_value_dense`, `_output_dense`,
    and `_gate_dense` with `use_gate`.
    """

    _query_dense: Any
    _key_dense: Any
    _value_dense: Any
    _gate_dense: Any
    _output_dense: Any
    dropout: Any = SetByInit()
    use_bias: Any = SetByInit()
    finds_training: ClassVar[bool] = True
    supports_masking = True
    makes_masks = False

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        use_gate: bool,
        seed: int | None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_share(dropout, self.described)
        self.dropout, self.sliding_window, self.seed = dropout, sliding_window, seed
        self.use_bias, self.use_gate = use_bias, use_gate
        if sliding_window is not None:
            whole_numbers(sliding_window, 1, "sliding_window", self.described)
        self.flash_attention = flash_attention
        self._kernels = kernels(flash_attention, config.is_flash_attention_enabled())
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.maps_activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def prepare(
        self, axes: Any, query_shape: Shape, value_shape: Shape, key_shape: Shape | None
    ) -> None:
        """Check the inputs' shapes, and note what `call` needs to know of them."""
        self.compute_output_shape(query_shape, value_shape, key_shape)
        self.input_sizes = known_sizes(self, query_shape, value_shape, key_shape or value_shape)
        self.axes = AttentionAxes(axes, len(query_shape), self.described)
        if self.dropout:
            self._dropout_layer = Dropout(self.dropout, seed=self.seed, dtype=self.dtype_policy)

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the result of attention, and the scores if they are wanted."""
        key = value if key is None else key
        check_sizes(self, query, value, key)
        inputs, masks = (query, value, key), (query_mask, value_mask, key_mask)
        mask, is_causal = joint_mask(self, inputs, masks, attention_mask, use_causal_mask)
        outputs, scores = attend(
            self, self._query_dense(query), self._key_dense(key), self._value_dense(value), mask,
            is_causal, return_attention_scores, self._in_training(training),
        )  # fmt: skip
        if self.use_gate:
            outputs = outputs * self._gate_dense(query)
        outputs = self._output_dense(outputs)
        return (outputs, scores) if return_attention_scores else outputs

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape."""
        check_shapes(query_shape, value_shape, key_shape or value_shape, self.described)
        return query_shape

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of a call as KerasTensors."""
        given = dict(self._signature.bind(args, kwargs))
        key = given["value"] if given.get("key") is None else given["key"]
        shapes = [x.shape for x in (given["query"], given["value"], key)]
        outputs = KerasTensor(self.compute_output_shape(*shapes), self.compute_dtype)
        if not given.get("return_attention_scores"):
            return outputs
        heads = self._query_dense.output_shape[0]
        scores = self.axes.scores_shape(heads, shapes[0], shapes[2])
        return outputs, KerasTensor(scores, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again; which kernels to use is none of them."""
        config = super().get_config()
        del config["flash_attention"]
        penalty = serialize_keras_object(self.maps_activity_regularizer)
        return {**config, "activity_regularizer": penalty}
