"""Training with `jit_compile=True`, beside eager training and `torch.compile(model)` by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import kerlite
from benchmarks import models
from benchmarks.timing import Result, by_turns, table

__all__ = ["CASES", "Case", "main"]

_RATE = 1e-3
_KERAS_ROUNDS = 2  # epochs of Keras that count: it is slow
_TRIAL = 80  # steps: so many, and kerlite has compared compiled steps with eager ones, and chosen
_BY_HAND = "PyTorch by hand, torch.compile"


class Case(NamedTuple):
    """A network, with Keras's interface and in torch, and data for an epoch of `steps` steps."""

    title: str
    build: Callable[[Any], Any]
    build_twin: Callable[[], nn.Module]
    data: Callable[[int], Tensor]
    batch: int
    steps: int

    def samples(self) -> tuple[Tensor, Tensor]:
        """Return inputs and labels."""
        count = self.batch * self.steps
        return self.data(count), torch.randint(0, 10, (count,))


def main(rounds: int, with_keras: bool) -> None:
    """Print a table for each of five models.

    Args:
        rounds: rounds that count.
        with_keras: whether Keras's backends are timed too, each in a process of its own: torch,
            which does not compile, and jax, if it is installed.
    """
    backends = ["torch", *(["jax"] if find_spec("jax") else [])] if with_keras else []
    keras = {backend: _epochs_of_keras(backend) for backend in backends}
    for case in CASES:
        _compare(case, rounds, {name: epochs[case.title] for name, epochs in keras.items()})


def _epochs_of_keras(backend: str) -> dict[str, tuple[float, float]]:
    command = [sys.executable, "-m", "benchmarks.compiled_keras", str(_KERAS_ROUNDS)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    threads = str(torch.get_num_threads())
    done = subprocess.run(
        [*command, threads], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


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


def _compare(case: Case, rounds: int, keras: dict[str, tuple[float, float]]) -> None:
    torch.compiler.reset()
    x, y = case.samples()
    contenders = {
        _BY_HAND: _by_hand(case.build_twin().train(), x, y, case.batch),
        "kerlite, eager": _fit(case.build(kerlite), x, y, case.batch, False),
        "kerlite, jit_compile=True": _fit(case.build(kerlite), x, y, case.batch, True),
    }
    took = {name: _seconds(run) for name, run in contenders.items()}
    before = -(-_TRIAL // case.steps)
    results = by_turns(contenders, [_BY_HAND], rounds, warmup=before)
    measure = results[0].seconds
    for backend, (first, epoch) in keras.items():
        results.append(Result(f"Keras, {backend} backend", epoch, epoch / measure))
        took[results[-1].name] = first
    table(f"compiled: {case.title}, batch {case.batch}, {case.steps} steps", results)
    for name, seconds in took.items():
        print(f"  {name:34} {seconds:10.2f} s, the first time", flush=True)


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


CASES = (
    Case("MLP", models.mlp, models.torch_mlp, lambda n: torch.randn(n, 64), 32, 100),
    Case(
        "convnet",
        models.convnet,
        models.torch_convnet,
        lambda n: torch.randn(n, 28, 28, 1),
        128,
        10,
    ),
    Case(
        "ResNet-20",
        models.resnet20,
        models.TorchResNet20,
        lambda n: torch.randn(n, 32, 32, 3),
        64,
        10,
    ),
    Case("two-layer LSTM", lstm, _TorchLSTM, lambda n: torch.randn(n, 16, 32), 32, 20),
    Case(
        "transformer block",
        transformer,
        _TorchTransformer,
        lambda n: torch.randint(0, 1000, (n, 32)),
        32,
        20,
    ),
)
