"""Dense: the fully connected layer."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional as F

from kerlite import activations, constraints, initializers, regularizers
from kerlite.core.arguments import whole_numbers
from kerlite.core.variable import permuted
from kerlite.layers.arguments import refuse_quantization
from kerlite.layers.attributes import stored
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.lora.adaptable import Adaptable
from kerlite.layers.lora.forms import LowRankDense

__all__ = ["Dense"]

_LAYOUT = permuted(1, 0)  # stored (out, in), seen (in, out)


class Dense(Adaptable, nn.Linear):
    """A linear map of the last axis: activation(inputs @ kernel + bias).

    It is an `nn.Linear`: `weight` is (units, inputs) as torch keeps it, `kernel` sees it as
    (inputs, units).

    Args:
        units: size of the output, >= 1.
        activation: what follows the linear map; none by default.
        use_bias: whether a bias is added.
        kernel_initializer: first values of the kernel.
        bias_initializer: first values of the bias.
        kernel_regularizer: penalty on the kernel.
        bias_regularizer: penalty on the bias.
        activity_regularizer: penalty on the output.
        kernel_constraint: what the kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.
        quantization_config: must be None: quantization is a transform over a built layer.
        lora_rank, lora_alpha: LoRA from the start; see `enable_lora`.

    Shape:
        (..., inputs) -> (..., units).

    Raises:
        ValueError: if `units` is no whole number >= 1, or for a `quantization_config`.

    Example:
        >>> import torch
        >>> layer = Dense(3, activation="relu")
        >>> layer(torch.ones(2, 4)).shape, layer.kernel.shape, layer.weight.shape
        (torch.Size([2, 3]), torch.Size([4, 3]), torch.Size([3, 4]))

    Source: keras.layers.Dense.
    """

    in_features: Any
    weight: Any
    bias: Any
    keras_names: ClassVar[dict[str, str]] = {"weight": "kernel"}
    low_rank: ClassVar[type] = LowRankDense
    supports_masking = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        (self.units,) = whole_numbers(units, 1, "units", self.described)
        refuse_quantization(quantization_config, self.described)
        self.quantization_config = None
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.out_features = self.units
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        size = input_shape[-1]
        if size is None:
            raise ValueError(
                f"Dense {self.name!r} needs to know the size of the last axis of its input; "
                f"received the shape {input_shape}."
            )
        self.in_features = size
        self.weight = self.add_weight(
            name="kernel", shape=(self.in_features, self.units), layout=_LAYOUT,
            initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip
        self.bias = None  # type: ignore[assignment]
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.units,), initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2, axes={-1: self.in_features})

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(inputs @ kernel + bias)."""
        weight = stored(self, "weight")
        if inputs.dtype is not weight.dtype and not inputs.is_floating_point():
            inputs = inputs.to(weight.dtype)
        return self.activation(F.linear(inputs, weight, stored(self, "bias")))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return (..., units)."""
        return (*input_shape[:-1], self.units)
