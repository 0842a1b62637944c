"""GRU: the gated recurrent unit."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from kerlite.layers.recurrent.cell_weights import OfCell
from kerlite.layers.recurrent.fused_rnn import FusedRNN
from kerlite.layers.recurrent.gru_cell import GRUCell
from kerlite.layers.recurrent.second_bias import TwoBiases

__all__ = ["GRU"]


class GRU(TwoBiases, FusedRNN, nn.GRU):
    """A gated recurrent unit: a `GRUCell` over the steps of a sequence, by a fused kernel.

    It is an `nn.GRU` with `batch_first=True`. Other activations than the default ones, `unroll`,
    `reset_after=False` and, while training, `recurrent_dropout` are computed step by step.

    Call:
        sequences: (batch, time, size).
        initial_state: (batch, units); by default zeros, or with `stateful` that of the last call.
        mask: (batch, time), true for the steps that count.
        training: whether to drop; by default the enclosing call's, then the layer's own mode.

    Args:
        units: size of the output, >= 1.
        activation: what the candidate goes through.
        recurrent_activation: what the gates go through.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer: first values of the kernels.
        bias_initializer: first values of the bias.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        kernel_constraint, recurrent_constraint, bias_constraint: what the weights must satisfy.
        dropout: the share of the inputs that is dropped, the same ones at all steps, in [0, 1].
        recurrent_dropout: the share of the output fed back that is dropped.
        seed: a whole number, for dropout that does not depend on anything else.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        reset_after: whether the reset gate acts after the recurrent kernel, as in torch.
        use_cudnn: False never takes a fused kernel; True refuses what it cannot compute.

    Shape:
        (batch, time, size) -> (batch, units), with `return_sequences` (batch, time, units); with
        `return_state` a tuple of that and h.

    Raises:
        ValueError: if `units` is no whole number >= 1, or `use_cudnn=True` cannot be.

    Example:
        >>> import torch
        >>> GRU(4, return_sequences=True)(torch.ones(2, 5, 3)).shape
        torch.Size([2, 5, 4])

    Source: Cho et al. 2014, arXiv:1406.1078; keras.layers.GRU. The gates are stored in torch's
    order, both biases in one parameter, `biases_l0`; `state_dict` has torch's names.
    """

    mode = "GRU"
    bias_names = ("bias_ih_l0", "bias_hh_l0")
    biases_name = "biases_l0"
    keras_names: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "kernel", "weight_hh_l0": "recurrent_kernel", "biases_l0": "bias",
    }  # fmt: skip
    stored: ClassVar[dict[str, str]] = {
        "weight_ih_l0": "weight_ih", "weight_hh_l0": "weight_hh", "biases_l0": "biases",
    }  # fmt: skip
    recurrent_activation = OfCell()
    reset_after = OfCell()

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ):
        self.check_units(units, kwargs.get("name"))
        cell = GRUCell(
            units, activation, recurrent_activation, use_bias, kernel_initializer,
            recurrent_initializer, bias_initializer, kernel_regularizer, recurrent_regularizer,
            bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, reset_after, seed, dtype=kwargs.get("dtype"), name="gru_cell",
            implementation=kwargs.pop("implementation", 2),
        )  # fmt: skip
        super().__init__(
            cell, use_cudnn, return_sequences=return_sequences, return_state=return_state,
            go_backwards=go_backwards, stateful=stateful, unroll=unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip

    @property
    def bias_ih_l0(self) -> Tensor | None:
        """The bias at the inputs, as torch stores it."""
        return self.rows()[0]

    @property
    def bias_hh_l0(self) -> Tensor | None:
        """The bias at the outputs fed back, as torch stores it."""
        return self.rows()[1]
