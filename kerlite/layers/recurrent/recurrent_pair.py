"""Which layers `Bidirectional` takes, and which go together."""

from __future__ import annotations

from typing import Any

from kerlite.layers.base import Layer

__all__ = ["check_layer", "check_merge_mode", "check_pair", "prepare_pair"]

_MODES = ("sum", "mul", "concat", "ave", None)
_ALIKE = ("stateful", "return_sequences", "return_state")


def check_layer(layer: Any, argument: str, owner: str) -> None:
    """Refuse what is no recurrent layer.

    Raises:
        ValueError: if it is no layer, or lacks an attribute that recurrent layers have.
    """
    if not isinstance(layer, Layer):
        raise ValueError(
            f"{owner} needs {argument} to be a recurrent layer such as LSTM(8); received {layer!r} "
            f"of type {type(layer).__name__}."
        )
    missing = [name for name in (*_ALIKE, "go_backwards") if not hasattr(layer, name)]
    if missing:
        raise ValueError(
            f"{owner} needs {argument} to be a recurrent layer; received {layer.described}, which "
            f"has no {', '.join(missing)}. Wrap a cell in RNN, or add them to the layer."
        )


def check_merge_mode(mode: Any, owner: str) -> None:
    """Refuse an unknown way to merge.

    Raises:
        ValueError: if it is one.
    """
    if mode not in _MODES:
        raise ValueError(f"{owner} needs merge_mode to be one of {_MODES}; received {mode!r}.")


def check_pair(there: Any, back: Any, owner: str) -> None:
    """Refuse layers that do not go together.

    Raises:
        ValueError: if both read in one direction, or return other things.
    """
    if there.go_backwards == back.go_backwards:
        raise ValueError(
            f"{owner} needs two layers that read in opposite directions; received two with "
            f"go_backwards={there.go_backwards}. Make the layer with go_backwards=False and the "
            "backward_layer, if you pass one, with go_backwards=True."
        )
    for name in _ALIKE:
        values = getattr(there, name), getattr(back, name)
        if values[0] != values[1]:
            raise ValueError(
                f"{owner} needs two layers with the same {name}; received {values[0]} for the "
                f"layer and {values[1]} for backward_layer."
            )


def prepare_pair(there: Any, back: Any, like: Any) -> None:
    """Let masked steps of both layers give zeros, and hand on what no configuration holds."""
    for one in (there, back):
        if hasattr(like, "use_cudnn"):
            one.use_cudnn = like.use_cudnn
        if getattr(one, "zero_output_for_mask", None) is not None:
            one.zero_output_for_mask = one.return_sequences
