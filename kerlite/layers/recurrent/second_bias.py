"""How torch's two biases and Keras's one go together in `state_dict`.

torch's recurrent modules have a bias at the inputs and one at the outputs that are fed back. Where
Keras has the first only, the second is a buffer of zeros, and what is loaded for it is added to the
first. A GRU with `reset_after` has both in Keras too, as one weight.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

__all__ = ["OneBias", "TwoBiases"]


class OneBias(nn.Module):
    """A module whose second bias is zero."""

    bias_names: ClassVar[tuple[str, str]] = ("bias_ih", "bias_hh")

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any) -> None:
        first, second = (prefix + name for name in self.bias_names)
        if first in state_dict and second in state_dict:
            both = state_dict[first] + state_dict[second]
            state_dict = {**state_dict, first: both, second: torch.zeros_like(both)}
        super()._load_from_state_dict(state_dict, prefix, *args)


class TwoBiases(nn.Module):
    """A module whose biases are the rows of one parameter; a single row has zeros beside it."""

    bias_names: ClassVar[tuple[str, str]] = ("bias_ih", "bias_hh")
    biases_name: ClassVar[str] = "biases"

    def rows(self) -> tuple[Tensor | None, Tensor | None]:
        """Return the bias at the inputs, and the one at the outputs fed back."""
        biases = self._parameters.get(self.biases_name)
        if biases is None:
            return None, None
        return (biases[0], biases[1]) if biases.ndim == 2 else (biases, torch.zeros_like(biases))

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if destination.pop(prefix + self.biases_name, None) is not None:
            for name, row in zip(self.bias_names, self.rows(), strict=True):
                destination[prefix + name] = row if keep_vars or row is None else row.detach()

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any) -> None:
        first, second = (prefix + name for name in self.bias_names)
        biases = self._parameters.get(self.biases_name)
        if biases is not None and first in state_dict and second in state_dict:
            state_dict = dict(state_dict)
            rows = state_dict.pop(first), state_dict.pop(second)
            merged = torch.stack(rows) if biases.ndim == 2 else rows[0] + rows[1]
            state_dict[prefix + self.biases_name] = merged
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _flattened(self, weights: list[Tensor]) -> None:
        """Take over the place that cuDNN's layout gave to the two rows: one after the other."""
        biases = self._parameters.get(self.biases_name)
        if biases is not None and biases.ndim == 2:
            first, second = weights[2:]
            if second.data_ptr() == first.data_ptr() + first.nbytes:
                place = first.untyped_storage(), first.storage_offset()
                biases.set_(*place, biases.shape, (biases.shape[1], 1))
