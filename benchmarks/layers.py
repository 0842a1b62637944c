"""Layers, forward and backward, beside their torch.nn twins with the same weights, and Keras's."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

import kerlite
from benchmarks import twins
from benchmarks.timing import by_turns, table

__all__ = ["main"]

_ROUND = 0.1  # seconds that one contender works in a round


@dataclass
class Case:
    """One layer: how kerlite and Keras make and call it, and what it is measured by.

    Attributes:
        title: what is timed.
        make: a function from `kerlite` or `keras` to the layer.
        inputs: what the layer is called on.
        twins: name -> (torch module, what it is called on); the fastest one is the measure.
        call: how the layer is called.
        keras_call: how Keras's is, if in another way.
        load: gives the layer a twin's weights.
        seen: the output of the first twin in the layout of the layer's.
    """

    title: str
    make: Callable[[Any], Any]
    inputs: Tensor
    twins: dict[str, tuple[nn.Module, Tensor]]
    call: Callable[[Any, Tensor], Tensor] = lambda layer, x: layer(x)
    keras_call: Callable[[Any, Tensor], Tensor] | None = None
    load: Callable[[Any, Any], Any] = lambda layer, twin: layer.load_state_dict(twin.state_dict())
    seen: Callable[[Tensor], Tensor] = lambda outputs: outputs


@dataclass
class Contender:
    """A layer or a twin: a function of a tensor, and the tensor."""

    call: Callable[[Tensor], Tensor]
    inputs: Tensor
    weights: list[Tensor]
    output: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = self.inputs.detach().requires_grad_(self.inputs.is_floating_point())
        self.output = self.call(self.inputs).detach()
        self.gradient = torch.ones_like(self.output)

    def forward(self) -> None:
        """Compute, as for predictions."""
        with torch.no_grad():
            self.call(self.inputs)

    def both(self) -> None:
        """Compute, and all gradients."""
        for tensor in (self.inputs, *self.weights):
            tensor.grad = None
        self.call(self.inputs).backward(self.gradient)


def main(rounds: int, with_keras: bool) -> None:
    """Print a table for each layer and direction."""
    torch.manual_seed(0)
    keras = importlib.import_module("keras") if with_keras else None
    for case in (dense(), conv2d(), batch_normalization(), embedding(), lstm(), lstm(masked=True),
                 gru(), gru(masked=True), multi_head_attention()):  # fmt: skip
        compare(case, rounds, keras)


def compare(case: Case, rounds: int, keras: Any) -> None:
    """Print how long a layer takes, once its outputs are found to be the twin's."""
    layer, reference = case.make(kerlite), next(iter(case.twins.values()))[0]
    case.call(layer, case.inputs)
    case.load(layer, reference)
    layer.train()
    contenders = {
        name: Contender(twin, x, list(twin.parameters())) for name, (twin, x) in case.twins.items()
    }
    contenders["kerlite"] = _called(case.call, layer, case.inputs)
    if keras:
        theirs, call = case.make(keras), case.keras_call or case.call
        call(theirs, case.inputs)
        theirs.set_weights(layer.get_weights())
        contenders["Keras, torch backend"] = _called(call, theirs, case.inputs)
    expected = case.seen(next(iter(contenders.values())).output)
    for name in contenders.keys() - case.twins.keys():
        torch.testing.assert_close(contenders[name].output, expected, rtol=1e-3, atol=1e-3)
    for direction, run in (("forward, backward", Contender.both), ("forward", Contender.forward)):
        times = _times(run, contenders["kerlite"])
        timed: dict[str, Callable[[], object]] = {
            name: _repeated(run, one, times) for name, one in contenders.items()
        }
        results = by_turns(timed, list(case.twins), 3 * rounds, slow=("Keras, torch backend",))
        table(f"{case.title}: {direction}, {times} times", results)


def dense() -> Case:
    """The product of matrices."""
    x = torch.randn(128, 512)
    return Case(
        "Dense 512 -> 512, batch 128", lambda api: api.layers.Dense(512), x,
        {"nn.Linear": (nn.Linear(512, 512), x)},
    )  # fmt: skip


def conv2d() -> Case:
    """Images: the twin is timed in both memory formats."""
    twin, x = nn.Conv2d(32, 64, 3, padding=1), torch.randn(16, 28, 28, 32)
    return Case(
        "Conv2D 32 -> 64 channels, 3x3, batch 16, 28x28",
        lambda api: api.layers.Conv2D(64, 3, padding="same"), x,
        twins.in_both_formats("nn.Conv2d", twin, x), seen=twins.channels_at_the_end,
    )  # fmt: skip


def batch_normalization() -> Case:
    """By the statistics of the batch, as while training."""
    twin, x = nn.BatchNorm2d(64, eps=1e-3, momentum=0.01), torch.randn(32, 28, 28, 64)
    return Case(
        "BatchNormalization, training, batch 32, 28x28, 64 channels",
        lambda api: api.layers.BatchNormalization(), x,
        twins.in_both_formats("nn.BatchNorm2d", twin, x), seen=twins.channels_at_the_end,
        keras_call=lambda layer, x: layer(x, training=True),
    )  # fmt: skip


def embedding() -> Case:
    """Words of sentences."""
    words = torch.randint(0, 20_000, (64, 200))
    return Case(
        "Embedding 20,000 x 128, batch 64, 200 words",
        lambda api: api.layers.Embedding(20_000, 128), words,
        {"nn.Embedding": (nn.Embedding(20_000, 128), words)},
    )  # fmt: skip


def lstm(masked: bool = False) -> Case:
    """Batch 64, 60 steps, 80 units; with a mask, the last output of sequences padded at the end."""
    return _recurrent("LSTM", nn.LSTM(80, 80, batch_first=True), masked)


def gru(masked: bool = False) -> Case:
    """The same for GRU."""
    return _recurrent("GRU", nn.GRU(80, 80, batch_first=True), masked)


def multi_head_attention() -> Case:
    """Batch 32, 100 tokens; by hand with four nn.Linear and torch's attention."""
    x, heads = torch.randn(32, 100, 256), 8
    return Case(
        "MultiHeadAttention, 8 heads of 32, batch 32, 100 tokens",
        lambda api: api.layers.MultiHeadAttention(heads, 256 // heads), x,
        {"PyTorch, by hand": (twins.SelfAttention(256, heads), x)},
        call=lambda layer, x: layer(x, x),
        load=lambda layer, twin: layer.set_weights(twin.keras_weights()),
    )  # fmt: skip


def _recurrent(name: str, twin: nn.Module, masked: bool) -> Case:
    x = torch.randn(64, 60, 80)
    lengths = torch.randint(20, 61, (64,))
    mask = torch.arange(60) < lengths[:, None]
    title = f"{name} 80 -> 80, batch 64, 60 steps"
    if not masked:
        return Case(
            title, lambda api: getattr(api.layers, name)(80, return_sequences=True), x,
            {f"nn.{name}": (twins.Sequences(twin), x)}, load=_load_recurrent,
        )  # fmt: skip
    return Case(
        f"{title}, padded at the end", lambda api: getattr(api.layers, name)(80), x,
        {f"nn.{name}, packed": (twins.LastOfPacked(twin, mask), x)},
        call=lambda layer, x: layer(x, mask=mask), load=_load_recurrent,
    )  # fmt: skip


def _load_recurrent(layer: Any, twin: Any) -> None:
    layer.load_state_dict(twin.rnn.state_dict())


def _called(call: Callable[[Any, Tensor], Tensor], layer: Any, x: Tensor) -> Contender:
    return Contender(lambda inputs: call(layer, inputs), x, list(layer.parameters()))


def _times(run: Callable[[Contender], None], contender: Contender) -> int:
    """Return how often to run in a round for `_ROUND` seconds."""
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        run(contender)
        taken.append(time.perf_counter() - start)
    return max(1, round(_ROUND / min(taken)))


def _repeated(
    run: Callable[[Contender], None], contender: Contender, times: int
) -> Callable[[], None]:
    def repeated() -> None:
        for _ in range(times):
            run(contender)

    return repeated
