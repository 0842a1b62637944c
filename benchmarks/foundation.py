"""fit, predict and calls, beside hand-written PyTorch, a DataLoader loop and Keras."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import resource
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import kerlite
from benchmarks import models
from benchmarks.by_hand import dataloader_loop, indexed_loop
from benchmarks.timing import by_turns, table

__all__ = ["main"]

os.environ.setdefault("KERAS_BACKEND", "torch")


def main(rounds: int, with_keras: bool) -> None:
    """Print every table."""
    keras = importlib.import_module("keras") if with_keras else None
    fit_mlp(rounds, keras)
    fit_images("fit: convnet 28x28x1, batch 128", (28, 28, 1), 128, 12, models.convnet,
               models.torch_convnet, rounds, keras)  # fmt: skip
    fit_images("fit: ResNet-20 32x32x3, batch 64", (32, 32, 3), 64, 5, models.resnet20,
               models.TorchResNet20, rounds, keras)  # fmt: skip
    predict(rounds, keras)
    calls(rounds, keras)
    memory()


def fit_mlp(rounds: int, keras: Any) -> None:
    """Small steps, where every microsecond of Python shows."""
    x, y = torch.randn(16_000, 64), torch.randint(0, 10, (16_000,))
    plain, tutorial = models.torch_mlp(), models.torch_mlp()
    contenders = {
        "PyTorch, by hand": indexed_loop(plain, x, y, 32),
        "kerlite": _fit(models.mlp(kerlite), kerlite, x, y, 32),
        "kerlite, progress bar": _fit(models.mlp(kerlite), kerlite, x, y, 32, verbose=1),
        "PyTorch, DataLoader and .item()": dataloader_loop(tutorial, x, y, 32),
    }
    if keras:
        contenders["Keras, torch backend"] = _fit(models.mlp(keras), keras, x, y, 32)
    results = by_turns(contenders, ["PyTorch, by hand"], rounds, slow=("Keras, torch backend",))
    table("fit: MLP 64-64-64-10, batch 32, 500 steps", results)


def fit_images(
    title: str,
    shape: tuple[int, int, int],
    batch: int,
    steps: int,
    build: Callable[[Any], Any],
    build_torch: Callable[[], nn.Module],
    rounds: int,
    keras: Any,
) -> None:
    """Images: the hand-written loop is timed in both memory formats, the better one counts."""
    x, y = torch.randn(batch * steps, *shape), torch.randint(0, 10, (batch * steps,))
    first = x.permute(0, 3, 1, 2).contiguous()
    last = first.to(memory_format=torch.channels_last)
    contenders = {
        "PyTorch, by hand, NCHW": indexed_loop(build_torch(), first, y, batch),
        "PyTorch, by hand, channels last": _channels_last_loop(build_torch(), last, y, batch),
        "kerlite": _fit(build(kerlite), kerlite, x, y, batch),
        "PyTorch, DataLoader and .item()": dataloader_loop(build_torch(), first, y, batch),
    }
    if keras:
        contenders["Keras, torch backend"] = _fit(build(keras), keras, x, y, batch)
    by_hand = [name for name in contenders if "by hand" in name]
    results = by_turns(contenders, by_hand, rounds, slow=("Keras, torch backend",))
    table(f"{title}, {steps} steps", results)


def predict(rounds: int, keras: Any) -> None:
    """100,000 rows through the MLP, in batches of 32."""
    x = torch.randn(100_000, 64)
    plain, model = models.torch_mlp().eval(), models.mlp(kerlite)
    contenders: dict[str, Callable[[], object]] = {
        "PyTorch, inference_mode loop": lambda: _inference_loop(plain, x, 32),
        "kerlite": lambda: model.predict(x, verbose=0),
    }
    if keras:
        other = models.mlp(keras)
        contenders["Keras, torch backend"] = lambda: other.predict(x.numpy(), verbose=0)
    reference = ["PyTorch, inference_mode loop"]
    results = by_turns(contenders, reference, rounds, slow=("Keras, torch backend",))
    table("predict: 100,000 rows, MLP, batch 32", results)


def calls(rounds: int, keras: Any) -> None:
    """One call of a built layer, and of a functional model of ten of them."""
    x = torch.randn(32, 64)
    linear, dense = nn.Linear(64, 64), kerlite.layers.Dense(64)
    dense(x)
    chain = nn.Sequential(*(nn.Linear(64, 64) for _ in range(10)))
    contenders = {"nn.Linear": _repeated(linear, x), "kerlite Dense": _repeated(dense, x)}
    if keras:
        contenders["Keras, torch backend"] = _repeated(keras.layers.Dense(64), x)
    table("call: Dense, 2,000 times", by_turns(contenders, ["nn.Linear"], 5 * rounds))
    contenders = {
        "nn.Sequential": _repeated(chain, x),
        "kerlite functional": _repeated(_ten_dense(kerlite), x),
    }
    if keras:
        contenders["Keras, torch backend"] = _repeated(_ten_dense(keras), x)
    table("call: ten Dense, 2,000 times", by_turns(contenders, ["nn.Sequential"], 2 * rounds))


def memory() -> None:
    """Growth of the process over 1,000 steps, with Python's garbage collector off."""
    x, y = torch.randn(32_000, 64), torch.randint(0, 10, (32_000,))
    epoch = _fit(models.mlp(kerlite), kerlite, x, y, 32)
    epoch()
    gc.collect()
    gc.disable()
    before, objects = _resident_kib(), len(gc.get_objects())
    epoch()
    grown, more = _resident_kib() - before, len(gc.get_objects()) - objects
    gc.enable()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\nmemory: {grown} KiB and {more} objects more after 1,000 steps without garbage "
          f"collection; peak of the process {peak // 1024} MiB")  # fmt: skip


def _fit(
    model: Any, api: Any, x: torch.Tensor, y: torch.Tensor, batch: int, verbose: int = 0
) -> Callable[[], object]:
    loss = api.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    data = (x, y) if api is kerlite else (x.numpy(), y.numpy())

    def epoch() -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            model.fit(*data, batch_size=batch, verbose=verbose)

    return epoch


def _channels_last_loop(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, batch: int
) -> Callable[[], object]:
    # index_select would lose the memory format: gather in NHWC, and see the result as NCHW.
    class Permuted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model.to(memory_format=torch.channels_last)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.inner(images.permute(0, 3, 1, 2))

    return indexed_loop(Permuted(), x.permute(0, 2, 3, 1), y, batch)


def _inference_loop(model: nn.Module, x: torch.Tensor, batch: int) -> Any:
    with torch.inference_mode():
        return torch.cat([model(rows) for rows in x.split(batch)]).numpy()


def _ten_dense(api: Any) -> Any:
    inputs = outputs = api.Input((64,))
    for _ in range(10):
        outputs = api.layers.Dense(64)(outputs)
    return api.Model(inputs, outputs)


def _repeated(function: Any, x: torch.Tensor, times: int = 2000) -> Callable[[], None]:
    def run() -> None:
        for _ in range(times):
            function(x)

    return run


def _resident_kib() -> int:
    with open("/proc/self/status") as status:  # noqa: PTH123 - not a file on a disk
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
