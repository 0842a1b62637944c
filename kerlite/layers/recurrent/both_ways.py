"""What `Bidirectional` does with its two layers: making, running and merging them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kerlite.core import registry

__all__ = [
    "StatesOfBoth",
    "halves",
    "made_again",
    "merged",
    "merged_shapes",
    "run",
    "state_count",
    "unbuilt",
]

Shape = tuple[int | None, ...]


class StatesOfBoth:
    """What a layer of two `stateful` layers has of them."""

    forward_layer: Any
    backward_layer: Any
    stateful: bool
    described: str

    @property
    def states(self) -> Any:
        """The states of both layers after the last call; None unless stateful and built."""
        there, back = self.forward_layer.states, self.backward_layer.states
        return (*there, *back) if there and back else None

    def reset_state(self) -> None:
        """Let the next call of a stateful layer begin with zeros.

        Raises:
            AttributeError: if the layers are not stateful.
        """
        if not self.stateful:
            raise AttributeError(
                f"{self.described} has no states to reset: its layers keep none. Make the layer "
                "with stateful=True."
            )
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Let the next call of a stateful layer begin with zeros; as `reset_state`."""
        self.reset_state()


def made_again(layer: Any, direction: str) -> Any:
    """Return a layer with another's configuration that reads in a direction, with new weights.

    Classes inside that are not registered need not be: they are at hand.
    """
    config = layer.get_config()
    config["name"] = f"{direction}_{layer.name.removeprefix(f'{direction}_')}"
    config["go_backwards"] = layer.go_backwards or direction == "backward"
    own = {
        type(inside).__name__: type(inside)
        for inside in layer.modules()
        if registry.public_name(type(inside)) is None
    }
    with registry.CustomObjectScope(own):
        return type(layer).from_config(config)


def unbuilt(config: Any) -> Any:
    """Return a layer's configuration without the shape it was built for."""
    if not isinstance(config, dict):
        return config
    return {key: value for key, value in config.items() if key != "build_config"}


def state_count(layer: Any) -> int:
    """Return how many states a layer has, each of a stack of cells counted once."""
    return len(getattr(layer, "state_size", ()))


def halves(states: Any, layer: Any, owner: str) -> tuple[Any, Any]:
    """Return the first states of the one layer and those of the other.

    Raises:
        ValueError: if there are more or fewer than both layers have.
    """
    if states is None:
        return None, None
    count = state_count(layer)
    listed = isinstance(states, (list, tuple))
    if not listed or (count and len(states) != 2 * count) or len(states) % 2:
        received = f"{len(states)} of them" if listed else f"a {type(states).__name__}"
        wanted = f"list of {2 * count}" if count else "list of an even number"
        raise ValueError(
            f"{owner} needs initial_state to be a {wanted}, the states of the forward layer and "
            f"then those of the backward layer; received {received}."
        )
    half = len(states) // 2
    return list(states[:half]), list(states[half:])


def run(layer: Any, sequences: Tensor, states: Any, mask: Any, training: bool | None) -> Any:
    """Return a tuple of a layer's output and, if it returns them, its states."""
    signature = layer._signature
    given = {} if states is None else {"initial_state": states}
    if mask is not None and "mask" in signature.mask_names:
        given["mask"] = mask
    if signature.takes_training:
        given["training"] = training
    result = layer(sequences, **given)
    return result if layer.return_state else (result,)


def merged(y: Tensor, z: Tensor, mode: str | None) -> tuple[Tensor, ...]:
    """Return the outputs merged, or both."""
    if mode is None:
        return y, z
    if mode == "concat":
        return (torch.cat((y, z), -1),)
    if mode == "mul":
        return (y * z,)
    return (y + z if mode == "sum" else (y + z) / 2,)


def merged_shapes(y: Shape, z: Shape, mode: str | None, owner: str) -> tuple[Shape, ...]:
    """Return the shapes of what `merged` returns.

    Raises:
        ValueError: if outputs of these shapes cannot be merged.
    """
    if mode is None:
        return y, z
    if mode == "concat" and y[:-1] == z[:-1]:
        return ((*y[:-1], y[-1] + z[-1]),)  # type: ignore[operator]
    if mode != "concat" and y == z:
        return (y,)
    raise ValueError(
        f"{owner} cannot merge outputs of shapes {y} and {z} with merge_mode={mode!r}. Give both "
        "layers the same size, or use merge_mode=None."
    )
