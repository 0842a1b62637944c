"""Wrapper: the base of layers that do something with another layer."""

from __future__ import annotations

from typing import Any

from kerlite.core.registry import CustomObjectScope
from kerlite.layers.base import Layer

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """A layer around another layer; a subclass says in `call` what to do with it.

    Args:
        layer: the layer inside; it is part of the configuration, and built for the same input.

    Raises:
        ValueError: if it is no layer.

    Example:
        >>> import torch
        >>> from kerlite.layers import Dense
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> wrapped = Twice(Dense(4))
        >>> wrapped(torch.ones(2, 4)).shape, len(wrapped.weights)
        (torch.Size([2, 4]), 2)

    Source: keras.layers.Wrapper.
    """

    def __init__(self, layer: Layer, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ValueError(
                f"{self.described} wraps a layer; received {layer!r} of type "
                f"{type(layer).__name__}. Pass a kerlite layer; for a torch module, "
                "layers.TorchModuleWrapper(module)."
            )
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside, if it is not."""
        if not self.layer.built:
            self.layer.build(input_shape)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a wrapper, and the layer inside, from what `get_config` returned.

        Args:
            config: the configuration.
            custom_objects: name to class or function, for what is not registered.
        """
        with CustomObjectScope(custom_objects):
            return super().from_config(config)
