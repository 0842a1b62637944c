"""Operation: a function with a configuration, for functional models."""

from __future__ import annotations

from typing import Any

from kerlite.core import tree
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.serialize import Configurable
from kerlite.core.tensor import KerasTensor, Node, any_symbolic, as_constant, infer

__all__ = ["Operation"]


class Operation(Configurable):
    """A computation without weights that functional models can hold and files can name.

    A subclass stores its arguments under their own names and computes in `call`. Called on
    symbolic tensors it is recorded, called on others it computes. Register the class with
    `kerlite.saving.register_keras_serializable()` for files to be read with it.

    Args:
        name: a name; by default one is made from the class's name.

    Raises:
        ValueError: if the name is no string, or contains a slash.

    Example:
        >>> class Scaled(Operation):
        ...     def __init__(self, factor, name=None):
        ...         super().__init__(name=name)
        ...         self.factor = factor
        ...     def call(self, x):
        ...         return x * self.factor
        >>> Scaled(2)(KerasTensor((None, 3))).shape, Scaled(2)(4)
        ((None, 3), 8)

    Source: keras.Operation; every layer is one.
    """

    def __init__(self, name: str | None = None):
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"name must be a string without a slash; received name={name!r}.")
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self._inbound_nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, or record the call if an input is symbolic."""
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; a subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} defines no call() method.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call on KerasTensors and return the KerasTensors it will give."""
        args, kwargs = tree.map_structure(as_constant, (args, kwargs))
        outputs = self.compute_output_spec(*args, **kwargs)
        self._inbound_nodes.append(Node(self, args, kwargs, outputs))
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return what a call on KerasTensors gives, as KerasTensors; by a dry run of `call`."""
        return infer(self.call, args, kwargs)

    @property
    def input(self) -> Any:
        """The inputs of the first symbolic call."""
        return _alone(self._first_call().inputs)

    @property
    def output(self) -> Any:
        """The outputs of the first symbolic call."""
        outputs = tree.flatten(self._first_call().outputs)
        return _alone([one for one in outputs if isinstance(one, KerasTensor)])

    def _first_call(self) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f"{self.name!r} has not been called on symbolic tensors, so it has no input and no "
                "output. Call it on a kerlite.Input first."
            )
        return self._inbound_nodes[0]


def _alone(tensors: list[KerasTensor]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors
