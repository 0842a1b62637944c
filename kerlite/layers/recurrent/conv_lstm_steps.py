"""How the cell of a convolutional LSTM computes: one step, or a sequence of them.

The inputs are convolved for all steps at once, the last output at each step.
B batch, T time, C channels, F filters, S the sizes of the image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kerlite import activations
from kerlite.core.windows import channels_first_order, channels_last_order, dilated, framed
from kerlite.layers.attributes import stored
from kerlite.layers.recurrent.dropout_masks import draw

__all__ = ["ConvLSTMSteps"]


class ConvLSTMSteps:
    """The computation of the cell: `call`, and what `RNN` asks for.

    Channels-last images are permuted views in torch's channels-last memory format.
    """

    rank: int
    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str
    data_format: str
    dilation_rate: tuple[int, ...]
    activation: Any
    recurrent_activation: Any
    dropout: float
    recurrent_dropout: float
    _seeds: Any
    _in_training: Callable[[bool | None], bool]

    def set_axes(self) -> None:
        """Work out from the arguments where the channels are, and what convolves."""
        self._convolve: Any = (F.conv1d, F.conv2d, F.conv3d)[self.rank - 1]
        self._last = self.data_format == "channels_last"
        self._axis = -1 if self._last else 1
        self._order = channels_first_order(self.rank), channels_last_order(self.rank)

    def call(
        self, inputs: Tensor, states: Any, training: bool | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Return h, and [h, c]."""
        sequences, step = self.steps(inputs.unsqueeze(1), self._in_training(training))
        return step(sequences[:, 0], states)

    def steps(self, sequences: Tensor, training: bool) -> tuple[Tensor, Any]:
        """Return the inputs' part in the gates at all steps, and the function of a step.

        Dropout, the same at all steps, drops other inputs for each gate: these are put side by
        side, and convolved in groups.
        """
        weight, recurrent = stored(self, "weight_ih"), stored(self, "weight_hh")
        x = sequences if sequences.is_floating_point() else sequences.to(weight.dtype)
        x = x.movedim(-1, 2) if self._last else x  # (B, T, C, *S)
        batch, time = x.shape[:2]
        mask = hidden_mask = None
        if training:
            mask = draw(x, (batch, 1, 4, *x.shape[2:]), self.dropout, self._seeds)
        if mask is not None:
            x = (x.unsqueeze(2) * mask).flatten(2, 3)
        gates = self._of_inputs(x.flatten(0, 1), weight, 1 if mask is None else 4)
        if training:
            sizes = (batch, 4, recurrent.shape[1], *gates.shape[2:])
            hidden_mask = draw(gates, sizes, self.recurrent_dropout, self._seeds)
        gates = gates.unflatten(0, (batch, time))
        act, gate = _quick(self.activation), _quick(self.recurrent_activation)

        def step(gates: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
            h, c = states
            i, f, g, o = (gates + self._of_output(h, recurrent, hidden_mask)).chunk(4, self._axis)
            c = gate(f) * c + gate(i) * act(g)
            h = gate(o) * act(c)
            return h, [h, c]

        return (gates.movedim(2, -1) if self._last else gates), step

    def _of_inputs(self, x: Tensor, weight: Tensor, groups: int) -> Tensor:
        """Return the part of inputs, (n, C or 4 * C, *S), in the gates, (n, 4 * F, *S)."""
        frame: Any = 0
        if self.padding == "same":
            x, frame = framed(x, dilated(self.kernel_size, self.dilation_rate), self.strides)
        bias = stored(self, "bias")
        return self._convolve(x, weight, bias, self.strides, frame, self.dilation_rate, groups)

    def _of_output(self, h: Tensor, weight: Tensor, mask: Tensor | None) -> Tensor:
        """Return the part of the last output in the gates; its size stays the same."""
        h = h.permute(self._order[0]) if self._last else h
        if mask is not None:
            h = (h.unsqueeze(1) * mask).flatten(1, 2)
        h, frame = framed(h, self.kernel_size, (1,) * self.rank)
        gates = self._convolve(h, weight, None, 1, frame, 1, 1 if mask is None else 4)
        return gates.permute(self._order[1]) if self._last else gates


def _quick(activation: Any) -> Any:
    """Return torch's sigmoid for ours, whose result keeps the logits alive for a loss."""
    return torch.sigmoid if activation is activations.sigmoid else activation
