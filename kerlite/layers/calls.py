"""What surrounds the call of a layer: the arguments it takes, and the state calls share."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from typing import Any

from kerlite.core import tree

__all__ = [
    "CallSignature",
    "CallState",
    "mask_of",
    "state",
]


class CallState(threading.local):
    """What an enclosing call hands to the calls inside it, in each thread by itself.

    Attributes:
        training: the `training` argument of the innermost call that was given one, else None.
        stack: the layers being called or built, outermost first.
        explicit_masks: a graph is running, which passes masks as arguments.
        eager_masks: some tensor carries a `_keras_mask`; until one does, none is looked for.
        losses: the numbers of the layers that added to the loss in their last call (the layers
            themselves would be kept alive).
    """

    def __init__(self) -> None:
        self.training: bool | None = None
        self.stack: list[Any] = []
        self.explicit_masks = False
        self.eager_masks = False
        self.losses: list[int] = []


state = CallState()


class CallSignature:
    """The arguments of a layer's `call`: which are tensors, and which are `training` and masks."""

    def __init__(self, call: Any):
        parameters = list(inspect.signature(call).parameters.values())[1:]
        self.names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        named = {*self.names, *(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)}
        self.takes_training = "training" in named
        self.takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
        self.mask_names = {name for name in named if name == "mask" or name.endswith("_mask")}

    def with_first_in_front(self, kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return arguments given by name with the first of the call, the inputs, by position."""
        first = self.names[0] if self.names else None
        if first not in kwargs:
            return (), kwargs
        return (kwargs[first],), {name: kwargs[name] for name in kwargs if name != first}

    def training_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the explicit `training` argument of a call, or None."""
        if "training" in kwargs or not self.takes_training:
            return kwargs.get("training")
        position = self.names.index("training") if "training" in self.names else len(args)
        return args[position] if position < len(args) else None

    def with_training(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], training: bool
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of a call with `training` among them."""
        position = self.names.index("training") if "training" in self.names else len(args)
        if position < len(args):  # None was passed by position
            return (*args[:position], training, *args[position + 1 :]), kwargs
        return args, {**kwargs, "training": training}

    def bind(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[tuple[str | None, Any]]:
        """Yield (name, value) of every argument; extra positional ones have no name."""
        for position, value in enumerate(args):
            yield (self.names[position] if position < len(self.names) else None), value
        yield from kwargs.items()

    def masks_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the mask arguments that the inputs themselves carry and that were not given.

        An only tensor argument, and the first of several, hands its mask to `mask`; an argument
        `query` hands it to `query_mask` where the call has such a parameter.
        """
        bound = list(self.bind(args, kwargs))
        given = {name for name, value in bound if value is not None}
        masks: dict[str, Any] = {}
        for position, (name, value) in enumerate(bound):
            for target in (f"{name}_mask", "mask" if position == 0 else None):
                if target in self.mask_names and target not in given:
                    mask = tree.map_structure(mask_of, value)
                    if any(leaf is not None for leaf in tree.flatten(mask)):
                        masks[str(target)] = mask
        return masks


def mask_of(leaf: Any) -> Any:
    """Return the mask that a tensor carries, or None."""
    return getattr(leaf, "_keras_mask", None)
