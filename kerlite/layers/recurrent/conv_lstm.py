"""BaseConvLSTM: what the convolutional LSTM layers share."""

from __future__ import annotations

import inspect
import operator
from typing import Any, ClassVar

from kerlite.layers.input_spec import InputSpec
from kerlite.layers.recurrent.conv_lstm_cell import ConvLSTMCell
from kerlite.layers.recurrent.rnn import RNN

__all__ = ["BaseConvLSTM"]


class BaseConvLSTM(RNN):
    """An LSTM over sequences of images of `rank` dimensions; its maps are convolutions.

    The arguments of the cell can be read off the layer too.
    """

    rank: ClassVar[int]

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        **kwargs: Any,
    ):
        cell = ConvLSTMCell(
            self.rank, filters, kernel_size, strides, padding, data_format, dilation_rate,
            activation, recurrent_activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, unit_forget_bias, kernel_regularizer, recurrent_regularizer,
            bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed, name="conv_lstm_cell", dtype=kwargs.get("dtype"),
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def build(self, sequences_shape: tuple[int | None, ...]) -> None:
        """Make the weights, and the states that are kept."""
        self.compute_output_shape(sequences_shape)
        if None in sequences_shape[2:]:
            raise ValueError(
                f"{self.described} needs to know the size of the images and their channels, on "
                f"which its states depend; received the shape {sequences_shape}. Name them in "
                "Input(shape); only the batch and the time may be None."
            )
        super().build(sequences_shape)
        self.input_spec = InputSpec(shape=(None, None, *sequences_shape[2:]))

    def compute_output_shape(self, sequences_shape: tuple[int | None, ...]) -> Any:
        """Return the output's shape, and those of the states if they are returned."""
        batch, time = sequences_shape[:2]
        state = self.cell.output_shape((batch, *sequences_shape[2:]), self.described)
        shape = (batch, time, *state[1:]) if self.return_sequences else state
        return (shape, state, state) if self.return_state else shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        del config["cell"]
        return {**config, "activity_regularizer": config.get("activity_regularizer")}


for _name in inspect.signature(ConvLSTMCell).parameters:
    if _name not in ("rank", "kwargs"):
        setattr(BaseConvLSTM, _name, property(operator.attrgetter(f"cell.{_name}")))
