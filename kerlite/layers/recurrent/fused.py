"""SimpleRNN, LSTM and GRU by torch's fused kernels: cuDNN, oneDNN, or torch's own.

Masked steps are taken out first, so that the steps that count lie at the front of each row; what
the kernel makes of the padding behind them is never looked at. Only the memory of an LSTM at the
end of each row, where it is asked for, needs torch's packed sequences: these take lengths from the
CPU, so on a GPU such a call waits for the device.
B batch, T time, H units.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from kerlite import activations
from kerlite.layers.recurrent import traced_lstm

__all__ = ["KERNELS", "fits", "run", "run_masked", "uses_kernel"]

#: what nn.RNNBase calls its modes -> torch's kernels
KERNELS: dict[str, Any] = {
    "LSTM": torch._VF.lstm,  # type: ignore[attr-defined]
    "GRU": torch._VF.gru,  # type: ignore[attr-defined]
    "RNN_TANH": torch._VF.rnn_tanh,  # type: ignore[attr-defined]
    "RNN_RELU": torch._VF.rnn_relu,  # type: ignore[attr-defined]
}


def uses_kernel(layer: Any, cell: Any, x: Tensor, training: bool, masked: bool) -> bool:
    """Return whether a call is computed by a fused kernel, not step by step."""
    if not fits(layer, cell):
        return False
    if training and (cell.recurrent_dropout or (cell.dropout and cell.implementation == 1)):
        return False
    if layer.mode != "LSTM" or not traced_lstm.is_needed(x):
        return True
    packs = masked and (layer.return_state or layer.stateful)
    return traced_lstm.takes(x, layer.weight_hh_l0) and not packs


def fits(layer: Any, cell: Any) -> bool:
    """Return whether a layer computes what a fused kernel computes, dropout apart."""
    if layer.unroll or layer.use_cudnn is False or not cell.reset_after:
        return False
    if layer.mode.startswith("RNN"):
        return cell.activation in (activations.tanh, activations.relu)
    return cell.activation is activations.tanh and cell.recurrent_activation is activations.sigmoid


def run(kernel: Any, x: Tensor, states: list[Tensor], weights: list[Tensor]) -> Any:
    """Return all outputs, (B, T, H), and the last states."""
    if kernel is KERNELS["LSTM"] and traced_lstm.is_needed(x):
        return traced_lstm.run_traced(x, states, weights)
    outputs, *last = kernel(
        x, _first(states), weights, len(weights) > 2, 1, 0.0, torch.is_grad_enabled(), False, True
    )
    return outputs, [state[0] for state in last]


def run_masked(
    kernel: Any,
    x: Tensor,
    states: list[Tensor],
    weights: list[Tensor],
    mask: Tensor,
    return_all: bool,
    zero_output: bool,
    wants_states: bool,
) -> tuple[Tensor, Tensor | None, list[Tensor]]:
    """Return the last output, all outputs if they are wanted, and the last states.

    Masked steps keep the states and repeat the output before, or give zeros if these are wanted.
    """
    counts = mask.cumsum(1)
    lengths = counts[:, -1:]
    in_front = _are_in_front(mask)
    if not in_front:
        x = _rows(x, mask.to(torch.uint8).argsort(dim=1, descending=True, stable=True))
    if _pack(x, len(states), wants_states):
        outputs, ends = _run_packed(kernel, x, states, weights, lengths)
    else:
        outputs, _ = run(kernel, x, states, weights)
        ends = [outputs[torch.arange(x.shape[0], device=x.device), lengths[:, 0].sub(1).clamp(0)]]
    any_step, before = lengths > 0, torch.zeros_like(ends[0])
    last = torch.where(any_step, ends[0], before)
    states = [torch.where(any_step, end, s) for end, s in zip(ends, states, strict=False)]
    everything = None
    if return_all and in_front:
        rest = before if zero_output else last
        everything = torch.where(mask.unsqueeze(-1), outputs, rest.unsqueeze(1))
    elif return_all:
        shown = mask if zero_output else counts > 0
        everything = _rows(outputs, (counts - 1).clamp(min=0))
        everything = torch.where(shown.unsqueeze(-1), everything, before.unsqueeze(1))
    if zero_output:
        last = torch.where(mask[:, -1:], last, before)
    return last, everything, states


def _pack(x: Tensor, states: int, wants_states: bool) -> bool:
    """Return whether to leave masked steps out rather than to compute them as well.

    An LSTM must for its last cell states. A GRU saves time so on the CPU, but not in training: the
    way back through packed sequences is slow. The lengths must be known, which a GPU waits for.
    """
    if states > 1:
        return wants_states
    on_cpu = x.device.type == "cpu" and not torch.compiler.is_compiling()
    return on_cpu and not torch.is_grad_enabled()


def _run_packed(
    kernel: Any, x: Tensor, states: list[Tensor], weights: list[Tensor], lengths: Tensor
) -> tuple[Tensor, list[Tensor]]:
    on_cpu = lengths[:, 0].clamp(min=1).cpu()
    packed = pack_padded_sequence(x, on_cpu, batch_first=True, enforce_sorted=False)
    order: Any = packed.sorted_indices
    back: Any = packed.unsorted_indices
    first = _first([state.index_select(0, order) for state in states])
    data, *last = kernel(
        packed.data, packed.batch_sizes, first, weights, len(weights) > 2, 1, 0.0,
        torch.is_grad_enabled(), False,
    )  # fmt: skip
    outputs, _ = pad_packed_sequence(
        packed._replace(data=data), batch_first=True, total_length=x.shape[1]
    )
    return outputs, [state[0].index_select(0, back) for state in last]


def _first(states: list[Tensor]) -> Any:
    """Return the first states as the kernels take them: an LSTM's as a pair."""
    made = [state.unsqueeze(0) for state in states]
    return made if len(made) > 1 else made[0]


def _are_in_front(mask: Tensor) -> bool:
    """Return whether it is known that the steps that count come first; on a GPU nobody asks."""
    if mask.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    return not bool((mask[:, 1:] & ~mask[:, :-1]).any())


def _rows(x: Tensor, places: Tensor) -> Tensor:
    """Return x[i, places[i, j]] at [i, j]: (B, T, ...) by (B, T)."""
    batch, time = places.shape
    start = torch.arange(0, batch * time, time, device=x.device).unsqueeze(1)
    return x.reshape(batch * time, -1).index_select(0, (start + places).flatten()).view(x.shape)
