"""The linear maps inside attention layers: query, key, value, gate and result."""

from __future__ import annotations

from typing import Any

from kerlite.layers.core.einsum_dense import EinsumDense

__all__ = ["linear_map", "linear_map_named"]


def linear_map(
    layer: Any,
    name: str,
    equation: str,
    sizes: tuple[int | None, ...],
    input_shape: tuple[int | None, ...],
    activation: Any = None,
) -> EinsumDense:
    """Return a built linear map as the arguments of an attention layer want it.

    Args:
        layer: the attention layer.
        name: the map's name.
        equation: as in EinsumDense, with three dots at the start.
        sizes: those of the new axes, which have biases if any have.
        input_shape: the shape of its inputs.
        activation: what follows.
    """
    made = EinsumDense(
        equation, sizes, activation, equation.split("...")[-1] if layer.use_bias else None,
        layer.kernel_initializer, layer.bias_initializer, layer.kernel_regularizer,
        layer.bias_regularizer, layer.kernel_constraint, layer.bias_constraint, name=name,
        activity_regularizer=layer.maps_activity_regularizer, dtype=layer.dtype_policy,
        trainable=layer.trainable,
    )  # fmt: skip
    made.build(input_shape)
    return made


def linear_map_named(attribute: str) -> Any:
    """Return a property that is the child of the given name; it has a private name in Keras too.

    Files and `state_dict` know it by the name it is set under.
    """

    def find(layer: Any) -> EinsumDense:
        if attribute not in layer._modules:
            raise AttributeError(
                f"The layer {layer.name!r} has no {attribute!r} yet: it is made when the layer is "
                "first called, or by build()."
            )
        return layer._modules[attribute]

    return property(find, doc=f"The linear map {attribute!r}.")
