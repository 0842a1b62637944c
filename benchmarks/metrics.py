"""Metrics beside the same sums by hand: one update, a fit with five of them, a confusion matrix."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import kerlite
from benchmarks import models
from benchmarks.timing import by_turns, table

__all__ = ["main"]

os.environ.setdefault("KERAS_BACKEND", "torch")
_FIVE = [
    "accuracy",
    "top_k_categorical_accuracy",
    "categorical_crossentropy",
    "Precision",
    "Recall",
]


def main(rounds: int, with_keras: bool) -> None:
    """Print every table."""
    keras = importlib.import_module("keras") if with_keras else None
    for batch, classes in ((32, 10), (128, 100), (256, 1000)):
        accuracy(batch, classes, rounds, keras)
    fit_with_five(rounds, keras)
    mean_iou(rounds)


def accuracy(batch: int, classes: int, rounds: int, keras: Any) -> None:
    """One update of SparseCategoricalAccuracy: at most 1.3 times the sum by hand."""
    y_true, y_pred = torch.randint(0, classes, (batch,)), torch.rand(batch, classes)
    correct, seen = torch.zeros((), dtype=torch.int64), 0

    def by_hand() -> None:
        nonlocal correct, seen
        correct += (y_pred.argmax(-1) == y_true).sum()
        seen += len(y_true)

    contenders: dict[str, Callable[[], object]] = {
        "PyTorch, by hand": _repeated(by_hand),
        "kerlite": _updates(kerlite.metrics.SparseCategoricalAccuracy(), y_true, y_pred),
    }
    if keras:
        metric = keras.metrics.SparseCategoricalAccuracy()
        contenders["Keras, torch backend"] = _updates(metric, y_true, y_pred)
    results = by_turns(contenders, ["PyTorch, by hand"], 3 * rounds, slow=("Keras, torch backend",))
    table(f"update: SparseCategoricalAccuracy, {batch} x {classes}, 1,000 times", results)


def fit_with_five(rounds: int, keras: Any) -> None:
    """A fit with five metrics: at most 1.3 times the same loop by hand."""
    x = torch.randn(16_000, 64)
    y = F.one_hot(torch.randint(0, 10, (16_000,)), 10).float()
    contenders: dict[str, Callable[[], object]] = {
        "PyTorch, by hand": _loop_with_five(models.torch_mlp(), x, y, 32),
        "kerlite": _fit(models.mlp(kerlite), x, y, kerlite),
    }
    if keras:
        contenders["Keras, torch backend"] = _fit(models.mlp(keras), x.numpy(), y.numpy(), keras)
    results = by_turns(contenders, ["PyTorch, by hand"], rounds, slow=("Keras, torch backend",))
    table("fit: MLP 64-64-64-10 with five metrics, batch 32, 500 steps", results)


def mean_iou(rounds: int) -> None:
    """MeanIoU of 100 classes on maps of 512 x 512: at most 1.2 times a bincount by hand.

    Keras is left out: an update takes it seconds.
    """
    y_true, y_pred = (torch.randint(0, 100, (4, 512, 512)) for _ in range(2))
    confusion = torch.zeros(100 * 100, dtype=torch.int64)

    def by_hand() -> None:
        confusion.add_(torch.bincount((y_true * 100 + y_pred).flatten(), minlength=10_000))

    contenders: dict[str, Callable[[], object]] = {
        "PyTorch, by hand": _repeated(by_hand, 20),
        "kerlite": _updates(kerlite.metrics.MeanIoU(100), y_true, y_pred, 20),
    }
    results = by_turns(contenders, ["PyTorch, by hand"], rounds)
    table("update: MeanIoU, 100 classes, 4 maps of 512 x 512, 20 times", results)


def _loop_with_five(model: nn.Module, x: Tensor, y: Tensor, batch_size: int) -> Callable[[], Any]:
    """Return a function that trains for an epoch and keeps the loss and five metrics."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True)

    def epoch() -> list[float]:
        model.train()
        sums = torch.zeros(7)
        for which in torch.randperm(len(x)).split(batch_size):
            inputs, targets = x.index_select(0, which), y.index_select(0, which)
            optimizer.zero_grad(set_to_none=True)
            outputs = model(inputs)
            loss = F.cross_entropy(outputs, targets)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                sums += _sums(outputs, targets, loss)
        loss_sum, right, near, entropy, hits, guesses, positives = sums.tolist()
        rates = [hits / max(guesses, 1), hits / max(positives, 1)]
        return [value / len(x) for value in (loss_sum, right, near, entropy)] + rates

    return epoch


def _sums(outputs: Tensor, targets: Tensor, loss: Tensor) -> Tensor:
    labels, size = targets.argmax(-1), len(outputs)
    chances = outputs.softmax(-1)
    fifth = chances.topk(5).values[:, -1]
    own = chances.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    entropy = F.cross_entropy(outputs, targets, reduction="sum")
    guessed, wanted = chances > 0.5, targets.bool()
    return torch.stack([
        loss * size, (chances.argmax(-1) == labels).sum(), (own >= fifth).sum(), entropy,
        (guessed & wanted).sum(), guessed.sum(), wanted.sum(),
    ])  # fmt: skip


def _fit(model: Any, x: Any, y: Any, package: Any) -> Callable[[], object]:
    logits = model.outputs[0]
    chances = package.layers.Activation("softmax")(logits)
    whole = package.Model(model.inputs, chances)
    whole.compile("adam", "categorical_crossentropy", metrics=_FIVE)
    return lambda: whole.fit(x, y, batch_size=32, verbose=0)


def _updates(metric: Any, y_true: Tensor, y_pred: Tensor, times: int = 1000) -> Callable[[], None]:
    def update() -> None:
        metric.update_state(y_true, y_pred)

    return _repeated(update, times)


def _repeated(function: Callable[[], None], times: int = 1000) -> Callable[[], None]:
    @torch.no_grad()
    def run() -> None:
        for _ in range(times):
            function()

    return run
