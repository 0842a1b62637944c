"""BaseSpatialDropout: whole channels dropped, over all dimensions of space."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from kerlite.core.config import standardize_data_format
from kerlite.layers.input_spec import InputSpec
from kerlite.layers.regularization.dropout import Dropout

__all__ = ["BaseSpatialDropout"]


class BaseSpatialDropout(Dropout):
    """Whole channels dropped, over all of space (`rank` dimensions)."""

    rank: ClassVar[int]

    def __init__(
        self, rate: float, data_format: str | None, seed: int | None, name: Any, dtype: Any
    ):
        last = standardize_data_format(data_format) == "channels_last"
        ones = (1,) * self.rank
        noise_shape = (None, *ones, None) if last else (None, None, *ones)
        super().__init__(rate, noise_shape, seed, name=name, dtype=dtype)
        self.data_format = standardize_data_format(data_format)
        self.takes_channels_first = last
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._by_channel = (None, None, *ones)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the inputs, some channels of each sample dropped if this call trains."""
        if inputs.ndim != self.rank + 2:
            self._check_inputs((inputs,))
        return super().call(inputs, training)

    def call_channels_first(self, inputs: Tensor) -> Tensor:
        """Return the same for channels at axis 1."""
        if not self._in_training(None) or not self.rate:
            return inputs
        return inputs * self._noise(inputs, self._by_channel)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again."""
        config = super().get_config()
        del config["trainable"]
        return {**config, "dtype": self.dtype_policy.name}
