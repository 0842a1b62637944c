"""BaseNormalization: the scale and the offset that normalization layers share."""

from __future__ import annotations

from typing import Any, ClassVar

from kerlite import constraints, initializers, regularizers
from kerlite.layers.base import Layer

__all__ = ["BaseNormalization"]


class BaseNormalization(Layer):
    """A layer that makes mean 0 and variance 1, then applies a learned scale and offset."""

    weight: Any
    bias: Any
    keras_names: ClassVar[dict[str, str]] = {"weight": "gamma", "bias": "beta"}
    supports_masking = True

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.epsilon = self.eps = float(epsilon)
        self.center, self.scale = center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.register_parameter("weight", None)
        self.register_parameter("bias", None)

    def add_scale_and_offset(self, shape: tuple[int, ...], scale: bool, center: bool) -> None:
        """Make the learned scale (`gamma`) and offset (`beta`), where they are wanted."""
        if scale:
            self.weight = self.add_weight(
                name="gamma", shape=shape, initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
            )  # fmt: skip
        if center:
            self.bias = self.add_weight(
                name="beta", shape=shape, initializer=self.beta_initializer,
                regularizer=self.beta_regularizer, constraint=self.beta_constraint,
            )  # fmt: skip

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape
