"""Bidirectional: a recurrent layer that reads sequences from both ends."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core import tree
from kerlite.core.registry import CustomObjectScope
from kerlite.layers.base import Layer
from kerlite.layers.recurrent import both_ways
from kerlite.layers.recurrent.both_ways import StatesOfBoth
from kerlite.layers.recurrent.recurrent_pair import (
    check_layer,
    check_merge_mode,
    check_pair,
    prepare_pair,
)

__all__ = ["Bidirectional"]


class Bidirectional(StatesOfBoth, Layer):
    """A recurrent layer and a second one that begins with the last step, their outputs merged.

    Both are made from the layer's configuration, with weights of their own. Where all outputs are
    returned, those of the second layer are put in the order of time before they are merged, and
    masked steps give zeros.

    Call:
        sequences: (batch, time, ...).
        initial_state: a list with the first states of the one, then those of the other layer.
        mask: (batch, time), true for the steps that count.
        training: handed on to the layers; by default the enclosing call's, then their own mode.

    Args:
        layer: an `LSTM`, a `GRU`, an `RNN` or another layer that has `return_sequences`,
            `return_state`, `go_backwards` and `stateful`.
        merge_mode: "concat" along the last axis, "sum", "mul", "ave" (the mean), or None for both.
        weights: first values of the weights, as `get_weights()` gives them.
        backward_layer: the second layer, with `go_backwards=True`, in place of one made like the
            first.

    Shape:
        (batch, time, ...) -> (batch, 2 * size), with `return_sequences` (batch, time, 2 * size),
        size where outputs are not concatenated; with `return_state` a tuple of that and the states.

    Raises:
        ValueError: for a layer that is not recurrent, an unknown `merge_mode`, two layers that do
            not go together, or another number of initial states than both have.

    Example:
        >>> import torch
        >>> from kerlite.layers.recurrent.lstm import LSTM
        >>> Bidirectional(LSTM(4, return_sequences=True))(torch.ones(2, 5, 3)).shape
        torch.Size([2, 5, 8])

    Source: Schuster and Paliwal 1997; keras.layers.Bidirectional, which takes `weights` too, but
    does not set them.
    """

    finds_training: ClassVar[bool] = True
    supports_masking = True
    makes_masks = False

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: list[Any] | None = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_layer(layer, "layer", self.described)
        if backward_layer is not None:
            check_layer(backward_layer, "backward_layer", self.described)
        check_merge_mode(merge_mode, self.described)
        self.merge_mode = merge_mode
        self.forward_layer: Any = both_ways.made_again(layer, "forward")
        self.backward_layer: Any = backward_layer or both_ways.made_again(layer, "backward")
        check_pair(self.forward_layer, self.backward_layer, self.described)
        one = self.forward_layer
        self.return_sequences, self.return_state = one.return_sequences, one.return_state
        self.stateful = one.stateful
        prepare_pair(one, self.backward_layer, like=layer)
        self.input_spec = one.input_spec
        self._first_values = None if weights is None else tuple(weights)

    @property
    def layer(self) -> Layer:
        """The layer that begins with the first step."""
        return self.forward_layer

    def build(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Build both layers."""
        for one in (self.forward_layer, self.backward_layer):
            if not one.built:
                one.build(sequences_shape)
        self.compute_output_shape(sequences_shape)
        if self._first_values is not None:
            self.set_weights(list(self._first_values))

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Return the merged outputs, and the states if they are wanted."""
        first, second = both_ways.halves(initial_state, self.forward_layer, self.described)
        there = both_ways.run(self.forward_layer, sequences, first, mask, training)
        back = both_ways.run(self.backward_layer, sequences, second, mask, training)
        y, z = there[0].to(self._torch_dtype), back[0].to(self._torch_dtype)
        if self.return_sequences:
            z = z.flip(1)
        outputs = (*both_ways.merged(y, z, self.merge_mode), *there[1:], *back[1:])
        return outputs if len(outputs) > 1 else outputs[0]

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, of both outputs, and of the states if there are any."""
        layers = self.forward_layer, self.backward_layer
        there, back = (one.compute_output_shape(sequences_shape) for one in layers)
        if not self.return_state:
            there, back = (there,), (back,)
        merged = both_ways.merged_shapes(there[0], back[0], self.merge_mode, self.described)
        shapes = (*merged, *there[1:], *back[1:])
        return shapes if len(shapes) > 1 else shapes[0]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the input's mask for each output, if all steps are returned; states have none."""
        kept = tree.flatten(mask)[0] if self.return_sequences else None
        count = both_ways.state_count(self.forward_layer) if self.return_state else 0
        masks = (kept,) * (1 if self.merge_mode else 2) + (None,) * (2 * count)
        return masks if len(masks) > 1 else kept

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        return {key: value for key, value in super().get_config().items() if key != "weights"}

    def _config_value(self, name: str) -> Any:
        return None if name == "weights" else super()._config_value(name)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make the layer from what `get_config` returned; classes by name in `custom_objects`."""
        with CustomObjectScope(custom_objects):
            return super().from_config({k: both_ways.unbuilt(v) for k, v in config.items()})
