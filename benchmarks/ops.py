"""What an operation of `kerlite.ops` costs beyond the torch functions that it calls."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from kerlite import ops

__all__ = ["main"]

os.environ.setdefault("KERAS_BACKEND", "torch")
_BLOCK, _BLOCKS = 40, 40

_X, _Y, _INDEX = torch.rand(4, 4) + 1, torch.rand(4, 4) + 1, torch.tensor([0, 1, 2])
_IMAGE, _KERNEL = torch.rand(1, 8, 8, 2), torch.rand(3, 3, 2, 4)
_QUERY, _KEY, _VALUE = torch.rand(3, 1, 4, 2, 8)
_MATRIX = torch.rand(4, 4) + 4 * torch.eye(4)
_SEGMENTS = torch.tensor([0, 0, 1, 2])
_PLACES = torch.tensor([[0], [2], [1], [3]])
_SCALE = torch.rand(4)


def main(rounds: int, with_keras: bool) -> None:
    """Print the microseconds that each operation adds: at most 2 are allowed.

    Args:
        rounds: rounds that count.
        with_keras: whether Keras's operations are timed beside them.
    """
    keras = importlib.import_module("keras") if with_keras else None
    print("\nops: microseconds a call on small tensors; what kerlite adds to torch", flush=True)
    for name, (by_hand, in_keras) in _CALLS.items():
        calls = {"torch": by_hand, "kerlite": lambda call=in_keras: call(ops)}
        if keras is not None:
            calls["keras"] = lambda call=in_keras, o=keras.ops: call(o)
        times = _microseconds(calls, rounds)
        beside = f"   Keras {times['keras']:8.2f}" if keras else ""
        added = times["kerlite"] - times["torch"]
        print(
            f"  {name:22} torch {times['torch']:7.2f}   kerlite +{added:5.2f}{beside}", flush=True
        )


def _conv_by_hand() -> torch.Tensor:
    return torch.conv2d(_IMAGE.permute(0, 3, 1, 2), _KERNEL.permute(3, 2, 0, 1)).permute(0, 2, 3, 1)


def _attention_by_hand() -> torch.Tensor:
    query, key, value = _QUERY.transpose(1, 2), _KEY.transpose(1, 2), _VALUE.transpose(1, 2)
    return F.scaled_dot_product_attention(query, key, value).transpose(1, 2)


def _moments_by_hand() -> tuple[torch.Tensor, torch.Tensor]:
    variance, mean = torch.var_mean(_X, 0, correction=0)
    return mean, variance


def _rfft_by_hand() -> tuple[torch.Tensor, torch.Tensor]:
    found = torch.fft.rfft(_X)
    return found.real, found.imag


def _segments_by_hand() -> torch.Tensor:
    ids = _SEGMENTS.clamp(-1, 3) + 1  # what belongs to none is left out
    return _X.new_zeros(5, 4).index_add(0, ids, _X)[1:-1]


def _along_by_hand() -> torch.Tensor:
    places = torch.where(_PLACES < 0, _PLACES + _X.shape[1], _PLACES)
    return torch.take_along_dim(_X, places, 1)


def _top_k_by_hand() -> tuple[torch.Tensor, torch.Tensor]:
    values, indices = torch.topk(_X, 2)
    return values, indices.to(torch.int32)


def _pooled_by_hand(pool: Any) -> torch.Tensor:
    return pool(_IMAGE.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)


# The torch calls that one would write, and the same in Keras's terms.
_CALLS: dict[str, tuple[Callable[[], object], Callable[[Any], object]]] = {
    "add": (lambda: torch.add(_X, _Y), lambda o: o.add(_X, _Y)),
    "multiply": (lambda: torch.mul(_X, 2.0), lambda o: o.multiply(_X, 2.0)),
    "divide": (lambda: torch.div(_X, _Y), lambda o: o.divide(_X, _Y)),
    "power": (lambda: torch.pow(_X, 2), lambda o: o.power(_X, 2)),
    "maximum": (lambda: torch.maximum(_X, _Y), lambda o: o.maximum(_X, _Y)),
    "equal": (lambda: torch.eq(_X, _Y), lambda o: o.equal(_X, _Y)),
    "greater, number": (lambda: torch.gt(_X, 1.5), lambda o: o.greater(_X, 1.5)),
    "logical_and": (lambda: torch.logical_and(_X, _Y), lambda o: o.logical_and(_X, _Y)),
    "isclose": (lambda: torch.isclose(_X, _Y, 1e-5, 1e-8), lambda o: o.isclose(_X, _Y)),
    "exp": (lambda: torch.exp(_X), lambda o: o.exp(_X)),
    "abs": (lambda: torch.abs(_X), lambda o: o.abs(_X)),
    "clip": (lambda: torch.clamp(_X, 0.0, 1.5), lambda o: o.clip(_X, 0.0, 1.5)),
    "where": (lambda: torch.where(_X > _Y, _X, _Y), lambda o: o.where(_X > _Y, _X, _Y)),
    "sum": (lambda: torch.sum(_X, 1), lambda o: o.sum(_X, 1)),
    "mean": (lambda: torch.mean(_X, 1, keepdim=True), lambda o: o.mean(_X, 1, keepdims=True)),
    "max": (lambda: torch.amax(_X, 1), lambda o: o.max(_X, 1)),
    "var": (lambda: torch.var(_X, 1, correction=0), lambda o: o.var(_X, 1)),
    "logsumexp": (lambda: torch.logsumexp(_X, 1), lambda o: o.logsumexp(_X, 1)),
    "norm": (lambda: torch.linalg.vector_norm(_X, 2, 1), lambda o: o.norm(_X, axis=1)),
    "cumsum": (lambda: torch.cumsum(_X, 1), lambda o: o.cumsum(_X, 1)),
    "argmax": (lambda: torch.argmax(_X, 1).to(torch.int32), lambda o: o.argmax(_X, 1)),
    "sort": (lambda: torch.sort(_X, 1).values, lambda o: o.sort(_X, 1)),
    "top_k": (_top_k_by_hand, lambda o: o.top_k(_X, 2)),
    "reshape": (lambda: torch.reshape(_X, (2, 8)), lambda o: o.reshape(_X, (2, 8))),
    "transpose": (lambda: _X.permute(1, 0), lambda o: o.transpose(_X, (1, 0))),
    "swapaxes": (lambda: _X.transpose(0, 1), lambda o: o.swapaxes(_X, 0, 1)),
    "expand_dims": (lambda: _X.unsqueeze(1), lambda o: o.expand_dims(_X, 1)),
    "squeeze": (lambda: _X[:1].squeeze(0), lambda o: o.squeeze(_X[:1], 0)),
    "concatenate": (lambda: torch.cat([_X, _Y], 1), lambda o: o.concatenate([_X, _Y], 1)),
    "stack": (lambda: torch.stack([_X, _Y], 1), lambda o: o.stack([_X, _Y], 1)),
    "split": (lambda: torch.split(_X, 2, 1), lambda o: o.split(_X, 2, 1)),
    "pad": (lambda: F.pad(_X, (0, 1, 1, 0)), lambda o: o.pad(_X, ((1, 0), (0, 1)))),
    "roll": (lambda: torch.roll(_X, 1, 0), lambda o: o.roll(_X, 1, 0)),
    "flip": (lambda: torch.flip(_X, (0,)), lambda o: o.flip(_X, 0)),
    "tile": (lambda: torch.tile(_X, (2, 1)), lambda o: o.tile(_X, (2, 1))),
    "repeat": (lambda: _X.repeat_interleave(2, 0), lambda o: o.repeat(_X, 2, 0)),
    "slice": (lambda: _X[1:3, 0:2], lambda o: o.slice(_X, (1, 0), (2, 2))),
    "take": (lambda: _X.index_select(0, _INDEX), lambda o: o.take(_X, _INDEX, 0)),
    "take_along_axis": (_along_by_hand, lambda o: o.take_along_axis(_X, _PLACES, 1)),
    "one_hot": (
        lambda: F.one_hot(_INDEX, 4).to(torch.float32), lambda o: o.one_hot(_INDEX, 4),
    ),
    "segment_sum": (_segments_by_hand, lambda o: o.segment_sum(_X, _SEGMENTS, 3)),
    "matmul": (lambda: torch.matmul(_X, _Y), lambda o: o.matmul(_X, _Y)),
    "einsum": (lambda: torch.einsum("ij,jk->ik", _X, _Y), lambda o: o.einsum("ij,jk->ik", _X, _Y)),
    "tensordot": (lambda: torch.tensordot(_X, _Y, 1), lambda o: o.tensordot(_X, _Y, 1)),
    "solve": (lambda: torch.linalg.solve(_MATRIX, _X), lambda o: o.solve(_MATRIX, _X)),
    "rfft": (_rfft_by_hand, lambda o: o.rfft(_X)),
    "cast": (lambda: _X.to(torch.float16), lambda o: o.cast(_X, "float16")),
    "zeros": (lambda: torch.zeros((2, 3)), lambda o: o.zeros((2, 3))),
    "arange": (lambda: torch.arange(5, dtype=torch.int32), lambda o: o.arange(5)),
    "softmax": (lambda: torch.softmax(_X, -1), lambda o: o.softmax(_X)),
    "relu": (lambda: torch.relu(_X), lambda o: o.relu(_X)),
    "gelu": (lambda: F.gelu(_X, approximate="tanh"), lambda o: o.gelu(_X)),
    "layer_normalization": (
        lambda: F.layer_norm(_X, (4,), _SCALE, _SCALE, 1e-3),
        lambda o: o.layer_normalization(_X, _SCALE, _SCALE, epsilon=1e-3),
    ),
    "moments": (_moments_by_hand, lambda o: o.moments(_X, 0)),
    "max_pool": (lambda: _pooled_by_hand(F.max_pool2d), lambda o: o.max_pool(_IMAGE, 2)),
    "average_pool": (lambda: _pooled_by_hand(F.avg_pool2d), lambda o: o.average_pool(_IMAGE, 2)),
    "conv": (_conv_by_hand, lambda o: o.conv(_IMAGE, _KERNEL)),
    "dot_product_attention": (
        _attention_by_hand, lambda o: o.dot_product_attention(_QUERY, _KEY, _VALUE),
    ),
}  # fmt: skip


def _microseconds(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return what a call takes at best; the contenders take turns, many short times over."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(_BLOCKS * rounds):
        for who, call in calls.items():
            start = time.perf_counter()
            for _ in range(_BLOCK):
                call()
            best[who] = min(best[who], (time.perf_counter() - start) / _BLOCK * 1e6)
    return best
