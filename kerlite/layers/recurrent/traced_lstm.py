"""oneDNN's LSTM where torch.compile looks on while gradients are recorded.

torch 2.15 fails to trace the gradient of `torch.lstm` on a CPU. As one operation, with its gradient
as another, the same kernels pass through torch.compile untouched.
B batch, T time, I inputs, H units.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["is_needed", "run_traced", "takes"]

_HAS_ONEDNN = torch.backends.mkldnn.is_available()
_LSTM = 2  # the number of the mode in ATen
_forward = torch.ops.aten.mkldnn_rnn_layer.default
_backward = torch.ops.aten.mkldnn_rnn_layer_backward.default


def is_needed(x: Tensor) -> bool:
    """Return whether torch.compile would fail to trace `torch.lstm` and its gradient."""
    traced = torch.compiler.is_compiling() and torch.is_grad_enabled()
    return traced and x.device.type == "cpu"


def takes(x: Tensor, weight: Tensor) -> bool:
    """Return whether oneDNN computes an LSTM on these, which lie on a CPU."""
    single = x.dtype is torch.float32 and weight.dtype is torch.float32
    return _HAS_ONEDNN and single and not torch.is_autocast_enabled("cpu")


def run_traced(x: Tensor, states: list[Tensor], weights: list[Tensor]) -> tuple[Tensor, Any]:
    """Return all outputs, (B, T, H), and the last states, as `torch.lstm` gives them."""
    kernel, recurrent, *biases = weights
    zeros = [] if biases else [kernel.new_zeros(len(kernel))] * 2
    by_time = x.transpose(0, 1).contiguous()
    outputs, h, c, _ = _lstm(by_time, kernel, recurrent, *(biases or zeros), *states, bool(biases))
    return outputs.transpose(0, 1), [h, c]


@torch.library.custom_op("kerlite::lstm", mutates_args=())
def _lstm(
    x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor, second_bias: Tensor, h: Tensor,
    c: Tensor, has_biases: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    with torch.enable_grad():  # without which it keeps nothing for the way back
        outputs, last_h, last_c, workspace = _forward(
            x, kernel, recurrent, bias, second_bias, h.contiguous(), c.contiguous(), False, [],
            _LSTM, h.shape[-1], 1, has_biases, False, False, True,
        )  # fmt: skip
    return outputs, last_h.reshape(h.shape).clone(), last_c.reshape(c.shape).clone(), workspace


@torch.library.custom_op("kerlite::lstm_backward", mutates_args=())
def _lstm_backward(
    tensors: list[Tensor], outputs: list[Tensor], grads: list[Tensor], has_biases: bool
) -> list[Tensor]:
    x, kernel, recurrent, bias, second_bias, h, c = tensors
    result, last_h, last_c, workspace = outputs
    grad, grad_h, grad_c = grads
    found = _backward(
        x, kernel, recurrent, bias, second_bias, h.contiguous(), c.contiguous(), result, last_h,
        last_c, grad.contiguous(), grad_h.contiguous(), grad_c.contiguous(), False, _LSTM,
        h.shape[-1], 1, has_biases, True, False, [], False, workspace,
    )  # fmt: skip
    return [one.reshape(like.shape).clone() for one, like in zip(found, tensors, strict=True)]


@_lstm.register_fake
def _(
    x: Any, kernel: Any, recurrent: Any, bias: Any, second_bias: Any, h: Any, c: Any,
    has_biases: bool,
) -> Any:  # fmt: skip
    size = torch.library.get_ctx().new_dynamic_size()
    workspace = x.new_empty((size,), dtype=torch.uint8)
    outputs = x.new_empty((*x.shape[:2], h.shape[-1]))
    return outputs, torch.empty_like(h), torch.empty_like(c), workspace


@_lstm_backward.register_fake
def _(tensors: Any, outputs: Any, grads: Any, has_biases: bool) -> Any:
    return [torch.empty_like(one) for one in tensors]


def _keep(ctx: Any, inputs: Any, output: Any) -> None:
    *tensors, ctx.has_biases = inputs
    ctx.save_for_backward(*tensors, *output)
    ctx.set_materialize_grads(True)


def _differentiate(ctx: Any, *grads: Any) -> Any:
    saved = ctx.saved_tensors
    return (
        *_lstm_backward(list(saved[:7]), list(saved[7:]), list(grads[:3]), ctx.has_biases),
        None,
    )


_lstm.register_autograd(_differentiate, setup_context=_keep)
