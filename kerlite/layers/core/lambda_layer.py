"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from kerlite.core import registry, tree
from kerlite.core.errors import UnsafeFileError
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.tensor import infer
from kerlite.layers.base import Layer
from kerlite.layers.shapes import shape_of, symbolic_of

__all__ = ["Lambda"]


class Lambda(Layer):
    """A function as a layer: function(inputs, **arguments).

    Args:
        function: takes the inputs, then `arguments` by name; if it has parameters `mask` and
            `training`, it is handed the call's.
        output_shape: the shape of one output sample, or a function from the input's whole shape to
            the output's; by default the function is run on tensors without data to find out.
        mask: the mask of the output, or a function of (inputs, mask) that returns it.
        arguments: further arguments of the function.

    Shape:
        what the function makes of its input.

    Note:
        To be saved, the function must have a name that loading finds again: define it with `def`
        and decorate it with `@kerlite.saving.register_keras_serializable()`. Code is never stored.

    Example:
        >>> import torch
        >>> Lambda(lambda x, factor: x * factor, arguments={"factor": 3})(torch.ones(2))
        tensor([3., 3.])

    Source: keras.layers.Lambda, which stores the byte code of functions.
    """

    finds_training = True

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not callable(function):
            raise ValueError(f"{self.described} needs a function; received {function!r}.")
        self.function, self.mask, self.output_shape = function, mask, output_shape
        self.arguments = arguments or {}
        self.supports_masking = self.makes_masks = mask is not None
        wanted = _parameters_of(function)
        self._wants_mask, self._wants_training = "mask" in wanted, "training" in wanted
        self.build_at_init()

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return function(inputs, **arguments)."""
        extra = dict(self.arguments)
        if self._wants_mask:
            extra["mask"] = mask
        if self._wants_training:
            extra["training"] = self._in_training(training)
        return self.function(inputs, **extra)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape that `output_shape` says, else what the function is found to give."""
        if self.output_shape is None:
            outputs = infer(self, (symbolic_of(input_shape, self.compute_dtype),), {})
            return tree.map_structure(shape_of, outputs)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        batch = tree.flatten(input_shape)[0]
        return (batch, *self.output_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs as symbolic tensors."""
        if self.output_shape is None:
            return infer(self, args, kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask that `mask` says; none if it was not given."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again; functions by name."""
        config = super().get_config()
        for optional in ("output_shape", "mask"):
            if config[optional] is None:
                del config[optional]
        public = registry.public_name(self.function)
        if public is not None:  # the name alone would be text
            config["function"] = {
                "module": public[0], "class_name": "function", "config": public[1],
                "registered_name": public[1],
            }  # fmt: skip
        return {**config, "arguments": serialize_keras_object(dict(self.arguments))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Lambda:
        """Make a layer from what `get_config` returned; byte code, as Keras has it, is refused.

        Instead of byte code, the custom objects may have a function under the layer's name.
        """
        rest = dict(config)
        given = registry.get_registered_object(str(config.get("name")))
        if inspect.isroutine(given) and _is_code(rest.get("function")):
            rest["function"] = given
            if _is_code(rest.get("output_shape")):
                del rest["output_shape"]  # it is found out
        for argument in ("function", "output_shape", "mask"):
            if _is_code(rest.get(argument)):
                raise UnsafeFileError(
                    f"The Lambda layer {config.get('name')!r} was saved with byte code as its "
                    f"{argument}, which kerlite never runs. Define the function with `def`, "
                    "register it with @kerlite.saving.register_keras_serializable() and save "
                    "again; or pass the function under the layer's name: custom_objects="
                    f"{{{config.get('name')!r}: function}}."
                )
        return super().from_config(rest)


def _is_code(value: Any) -> bool:
    """Return whether a value is the byte code of a function, as Keras 3 or 2 writes it."""
    if isinstance(value, dict):
        return value.get("class_name") == "__lambda__"
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], str)


def _parameters_of(function: Callable[..., Any]) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except ValueError:  # some of torch's own functions
        return set()
