"""FusedRNN: what SimpleRNN, LSTM and GRU share."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from kerlite.core.arguments import whole_numbers
from kerlite.layers.base import Layer
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.recurrent import fused
from kerlite.layers.recurrent.cell_weights import CellWeights, OfCell
from kerlite.layers.recurrent.dropout_masks import draw, dropped
from kerlite.layers.recurrent.rnn import RNN
from kerlite.layers.recurrent.scan import checked_mask
from kerlite.layers.recurrent.torch_weights import TorchWeights

__all__ = ["FusedRNN"]


class FusedRNN(CellWeights, TorchWeights, RNN):
    """A layer with the weights of its cell, under the names torch's layers have.

    `cell` sees the same weights. A subclass also derives from torch's layer, and names its `mode`.
    """

    #: arguments that Keras leaves out of the configuration
    not_in_config: ClassVar[tuple[str, ...]] = ("cell", "use_cudnn")
    _internal = Layer._internal | {"_flat_weight_refs"}
    weight_hh_l0: Any
    bias: Any
    input_size = 0

    units = OfCell()
    activation = OfCell()
    use_bias = OfCell()
    kernel_initializer = OfCell()
    recurrent_initializer = OfCell()
    bias_initializer = OfCell()
    kernel_regularizer = OfCell()
    recurrent_regularizer = OfCell()
    bias_regularizer = OfCell()
    kernel_constraint = OfCell()
    recurrent_constraint = OfCell()
    bias_constraint = OfCell()
    dropout = OfCell()
    recurrent_dropout = OfCell()
    seed = OfCell()

    def __init__(self, cell: Any, use_cudnn: bool | str = "auto", **kwargs: Any):
        super().__init__(cell, **kwargs)
        self.__dict__["_cell"] = cell  # the weights are this layer's
        del self._modules["cell"]
        self.hidden_size, self.bias = cell.units, bool(cell.use_bias)
        self.use_cudnn = use_cudnn
        if use_cudnn not in ("auto", True, False):
            raise ValueError(
                f"{self.described} needs use_cudnn to be 'auto', True or False; received "
                f"{use_cudnn!r}."
            )
        if use_cudnn is True and (cell.recurrent_dropout or not fused.fits(self, cell)):
            raise ValueError(
                f"{self.described} cannot use a fused kernel as use_cudnn=True asks: that needs "
                "activation='tanh', recurrent_activation='sigmoid', recurrent_dropout=0, "
                "unroll=False and, for a GRU, reset_after=True. Pass use_cudnn='auto'."
            )
        self.input_spec = InputSpec(ndim=3)
        self._settle()

    def build(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Make the weights, and the states that are kept."""
        cell = self.__dict__["_cell"]
        cell._trainable = self._trainable
        cell.build((sequences_shape[0], *sequences_shape[2:]))
        self.adopt(cell)
        self.input_size = cell.input_size
        if self.stateful:
            self.make_states(sequences_shape)
        self.flatten_parameters()
        self.input_spec = InputSpec(ndim=3, axes={-1: self.input_size})

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Tensor, Any, Any]:
        """Return the last output, all outputs (None if not wanted) and the last states."""
        cell = self.__dict__["_cell"]
        x = sequences if sequences.is_floating_point() else sequences.to(self._torch_dtype)
        if not fused.uses_kernel(self, cell, x, training, mask is not None):
            return super().inner_loop(x, initial_state, mask, training)
        self._check_sizes(x, initial_state)
        if training and cell.dropout:
            batch, _, size = x.shape
            x = dropped(x, draw(self.weight_hh_l0, (batch, size), cell.dropout, cell._seeds))
        if mask is not None:
            mask = checked_mask(mask, x, self.described)
        if self.go_backwards:
            x, mask = x.flip(1), None if mask is None else mask.flip(1)
        kernel, weights = fused.KERNELS[self.mode], self._flat_weights
        if mask is None:
            outputs, states = fused.run(kernel, x, initial_state, weights)
            return states[0], outputs, states
        return fused.run_masked(
            kernel, x, initial_state, weights, mask, self.return_sequences,
            self.zero_output_for_mask, self.return_state or self.stateful,
        )  # fmt: skip

    def _check_sizes(self, x: Tensor, states: list[Tensor]) -> None:
        """Refuse what does not fit the weights: the kernels do not look."""
        self._check_inputs((x,))
        if not x.shape[1]:
            raise ValueError(
                f"{self.described} needs sequences of a step at least; received the shape "
                f"{tuple(x.shape)}."
            )
        wanted = (x.shape[0], self.hidden_size)
        if any(state.shape != wanted for state in states):
            raise ValueError(
                f"{self.described} has states of shape {wanted} for these inputs; received "
                f"{[tuple(state.shape) for state in states]}."
            )

    @classmethod
    def check_units(cls, units: Any, name: str | None) -> None:
        """Refuse impossible units by the layer's name, before its cell is made."""
        whole_numbers(units, 1, "units", f"{cls.__name__} {name!r}" if name else cls.__name__)

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return zeros."""
        sizes = batch_size, self.hidden_size
        zeros = torch.zeros(sizes, dtype=self._torch_dtype, device=self.weight_hh_l0.device)
        return [zeros] * len(self.state_size)

    def _config_value(self, name: str) -> Any:
        return None if name == "cell" else super()._config_value(name)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        config = {key: value for key, value in config.items() if key not in self.not_in_config}
        return {**config, "activity_regularizer": config.get("activity_regularizer")}
