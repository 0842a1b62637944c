"""Training with `jit_compile=True`, beside eager training and `torch.compile(model)` by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import kerlite
from benchmarks import models
from benchmarks.timing import by_turns, table

__all__ = ["main"]

_RATE = 1e-3


def main(rounds: int, with_keras: bool = False) -> None:
    """Print a table for each of five models; Keras's torch backend cannot compile.

    Args:
        rounds: rounds that count.
        with_keras: taken for the sake of the other benchmarks' form; there is nothing to show.
    """
    del with_keras
    images = torch.randn(1280, 28, 28, 1)
    words = torch.randint(0, 1000, (640, 32))
    _compare("MLP, batch 32", models.mlp, models.torch_mlp, torch.randn(3200, 64), 32, rounds)
    _compare("convnet, batch 128", models.convnet, models.torch_convnet, images, 128, rounds)
    _compare(
        "ResNet-20, batch 64", models.resnet20, models.TorchResNet20, torch.randn(192, 32, 32, 3),
        64, rounds,
    )  # fmt: skip
    _compare("two-layer LSTM, batch 32", lstm, _TorchLSTM, torch.randn(640, 16, 32), 32, rounds)
    _compare("transformer block, batch 32", transformer, _TorchTransformer, words, 32, rounds)


def lstm(api: Any) -> Any:
    """Two LSTMs over 16 steps, with Keras's interface."""
    layers = api.layers
    recurrent = [layers.LSTM(64, return_sequences=True), layers.LSTM(64)]
    return api.Sequential([api.Input((16, 32)), *recurrent, layers.Dense(10)])


def transformer(api: Any) -> Any:
    """One block over 32 words, with Keras's interface."""
    layers = api.layers
    inputs = api.Input((32,), dtype="int32")
    x = layers.Embedding(1000, 64)(inputs)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 16)(x, x))
    x = layers.LayerNormalization()(x + layers.Dense(64)(layers.Dense(128, "relu")(x)))
    return api.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))


def _compare(
    title: str,
    build: Callable[[Any], Any],
    build_twin: Callable[[], nn.Module],
    x: Tensor,
    batch: int,
    rounds: int,
) -> None:
    torch.compiler.reset()
    y = torch.randint(0, 10, (len(x),))
    contenders = {
        "PyTorch by hand, torch.compile": _by_hand(build_twin().train(), x, y, batch),
        "kerlite, eager": _fit(build(kerlite), x, y, batch, False),
        "kerlite, jit_compile=True": _fit(build(kerlite), x, y, batch, True),
    }
    took = {name: _seconds(run) for name, run in contenders.items()}
    results = by_turns(contenders, ["PyTorch by hand, torch.compile"], rounds)
    table(f"compiled: {title}, {len(x) // batch} steps", results)
    for name, seconds in took.items():
        print(f"  {name:34} {seconds:10.2f} s, the first time")


def _fit(model: Any, x: Tensor, y: Tensor, batch: int, jit: bool) -> Callable[[], object]:
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(kerlite.optimizers.Adam(_RATE), loss, jit_compile=jit)
    return lambda: model.fit(x, y, batch_size=batch, verbose=0)


def _by_hand(module: nn.Module, x: Tensor, y: Tensor, batch: int) -> Callable[[], object]:
    compiled = torch.compile(module)
    optimizer = torch.optim.Adam(module.parameters(), _RATE, fused=True)
    seen = x.permute(0, 3, 1, 2).contiguous() if x.ndim == 4 else x

    def epoch() -> Tensor:
        total = torch.zeros(())
        for rows in torch.randperm(len(seen)).split(batch):
            loss = F.cross_entropy(compiled(seen[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return total

    return epoch


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class _TorchLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.recurrent, self.head = nn.LSTM(32, 64, 2, batch_first=True), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x)[0][:, -1])


class _TorchTransformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.head = nn.Embedding(1000, 64), nn.Linear(64, 10)
        self.block = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.block(self.words(x)).mean(1))
