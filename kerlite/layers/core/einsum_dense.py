"""EinsumDense: a linear map written as an einsum equation."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite import activations, constraints, initializers, regularizers
from kerlite.core.arguments import whole_numbers
from kerlite.initializers.scaling import VarianceScaling
from kerlite.layers.arguments import refuse_quantization
from kerlite.layers.core.einsum_equation import EinsumEquation
from kerlite.layers.core.matrix_product import MatrixProduct
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.lora.adaptable import Adaptable
from kerlite.layers.lora.forms import LowRankEinsumDense

__all__ = ["EinsumDense"]


class EinsumDense(Adaptable):
    """A linear map of any axes: activation(einsum(equation, inputs, kernel) + bias).

    Args:
        equation: "inputs,kernel->outputs" with a letter for every axis, such as "abc,cd->abd".
            Three dots, at the start or at the end of both inputs and outputs, are any axes.
        output_shape: size, or sizes, of the output without the batch; None for axes of the input.
        activation: what follows the linear map; none by default.
        bias_axes: the letters of the output that have a bias, such as "d"; none by default.
        kernel_initializer: first values of the kernel.
        bias_initializer: first values of the bias.
        kernel_regularizer, bias_regularizer: penalties on them.
        kernel_constraint: what the kernel must satisfy after each update.
        bias_constraint: what the bias must satisfy after each update.
        lora_rank, lora_alpha: LoRA from the start; see `enable_lora`.
        quantization_config: must be None: quantization is a transform over a built layer.

    Shape:
        what the equation says: (batch, b, c) -> (batch, b, d) for "abc,cd->abd".

    Raises:
        ValueError: for another equation, sizes that are not the input's or not known, or a
            `quantization_config`.

    Example:
        >>> import torch
        >>> layer = EinsumDense("abc,cde->abde", output_shape=(None, 8, 16), bias_axes="de")
        >>> layer(torch.ones(2, 5, 32)).shape, layer.kernel.shape, layer.bias.shape
        (torch.Size([2, 5, 8, 16]), torch.Size([32, 8, 16]), torch.Size([8, 16]))

    Source: keras.layers.EinsumDense. `weight` and `kernel` are the same tensor, in Keras's layout.
    Symbolic outputs have the input's sizes where `output_shape` has None, which Keras leaves None.
    """

    weight: Any
    bias: Any
    keras_names: ClassVar[dict[str, str]] = {"weight": "kernel"}
    low_rank: ClassVar[type] = LowRankEinsumDense

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        sizes = output_shape if isinstance(output_shape, (list, tuple)) else (output_shape,)
        given = [size for size in sizes if size is not None]
        whole_numbers(given, len(given), "output_shape", self.described)
        refuse_quantization(quantization_config, self.described)
        self.quantization_config = None
        self.equation, self.output_shape, self.bias_axes = equation, tuple(sizes), bias_axes
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._parsed = EinsumEquation(equation, bias_axes, self.described)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        parsed = self._parsed
        shapes = parsed.shapes(input_shape, self.output_shape)
        self.weight = self.add_weight(
            name="kernel", shape=shapes.kernel, initializer=self._initializer(),
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.bias = None
        if shapes.bias is not None:
            self.bias = self.add_weight(
                name="bias", shape=shapes.bias, initializer=self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
        sizes = dict(zip(parsed.kernel, shapes.kernel, strict=True))
        self._matrix = None
        if parsed.is_matrix or parsed.is_transposed:
            summed, added = (
                tuple(sizes[x] for x in part) for part in (parsed.contracted, parsed.added)
            )
            joint = set(self.bias_axes or ()) == set(parsed.added)
            self._matrix = MatrixProduct(summed, added, parsed.is_transposed, joint)
        self._rank, first = len(input_shape), -len(parsed.inputs) if parsed.left else 0
        known = {first + i: sizes[x] for i, x in enumerate(parsed.inputs) if x in sizes}
        self.input_spec = InputSpec(ndim=self._rank, axes=known)

    def _initializer(self) -> Any:
        """Return the kernel's initializer, told which axes are inputs and which are outputs."""
        given, kernel = self.kernel_initializer, self._parsed.kernel
        if isinstance(given, VarianceScaling) and None in (given.input_axes, given.output_axes):
            given = copy.copy(given)
            outputs = [x in self._parsed.outputs for x in kernel]
            given.input_axes = [i for i, out in enumerate(outputs) if not out]
            given.output_axes = [i for i, out in enumerate(outputs) if out]
        return given

    def call(self, inputs: Tensor) -> Tensor:
        """Return activation(einsum(equation, inputs, kernel) + bias)."""
        x = self._mapped(inputs if inputs.is_floating_point() else inputs.to(self._torch_dtype))
        return x if self.activation is activations.linear else self.activation(x)

    def _mapped(self, x: Tensor) -> Tensor:
        if self._matrix is None:
            x = torch.einsum(self.equation, x, self.weight)
            return x if self.bias is None else x + self.bias.to(x.dtype)
        if x.ndim != self._rank or not self._matrix.fits(x):
            self._check_inputs((x,))
        return self._matrix(x, self.weight, self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output's shape."""
        return self._parsed.shapes(input_shape, self.output_shape, known=False).output

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {"activity_regularizer": None, **super().get_config()}
