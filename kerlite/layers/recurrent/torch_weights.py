"""What `nn.RNNBase` keeps about its weights, answered from the weights themselves.

torch's recurrent layers remember their weights in lists that have to follow every change. Here they
are looked up when they are needed, so that copies, moves and `functional_call` need no care.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.backends.cudnn import rnn as cudnn_rnn

__all__ = ["TorchWeights"]


def _names(layer: Any) -> list[str]:
    biases = ["bias_ih_l0", "bias_hh_l0"] if layer.__dict__.get("bias", False) else []
    return ["weight_ih_l0", "weight_hh_l0", *biases]


class TorchWeights(nn.Module):
    """The lists of `nn.RNNBase` as properties; on CUDA the weights in one piece of memory."""

    mode: str
    input_size: int
    hidden_size: int
    num_layers, batch_first, bidirectional, proj_size = 1, True, False, 0

    _flat_weights_names: Any = property(_names)
    _all_weights: Any = property(lambda layer: [_names(layer)])
    _flat_weights: Any = property(
        lambda layer: [getattr(layer, name, None) for name in _names(layer)]
    )

    def flatten_parameters(self) -> None:
        """Lay the weights out in one piece of memory, as cuDNN wants them; a no-op elsewhere."""
        weights = self._flat_weights
        if not all(map(_is_for_cudnn, weights)) or len({weight.dtype for weight in weights}) > 1:
            return
        with torch.no_grad(), torch.cuda.device_of(weights[0]):
            weights = [weight.clone() if weight._is_view() else weight for weight in weights]
            torch._cudnn_rnn_flatten_weight(
                weights, len(weights), self.input_size, cudnn_rnn.get_cudnn_mode(self.mode),
                self.hidden_size, 0, 1, True, False,
            )  # fmt: skip
            self._flattened(weights)

    def _flattened(self, weights: list[Tensor]) -> None:
        """Take over the weights' new places, if they are not the parameters themselves."""

    def _init_flat_weights(self) -> None:
        """Follow a move to another device or number type."""
        self.flatten_parameters()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.pop("_flat_weight_refs", None)  # torch's; weak references cannot be pickled
        self.flatten_parameters()


def _is_for_cudnn(weight: Any) -> bool:
    on_cuda = isinstance(weight, Tensor) and weight.is_cuda
    return on_cuda and torch.backends.cudnn.is_acceptable(weight)
