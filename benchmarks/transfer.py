"""Transfer learning: an epoch on kept features beside an epoch through the frozen network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

import kerlite
from benchmarks.timing import by_turns, table
from kerlite import applications, layers

__all__ = ["main"]


def main(rounds: int, with_keras: bool = False) -> None:
    """Print the tables.

    Args:
        rounds: rounds that count.
        with_keras: taken for the sake of the other benchmarks' form; there is nothing to show.
    """
    del with_keras
    frozen_resnet(rounds)


def frozen_resnet(rounds: int, pictures: int = 64, size: int = 64) -> None:
    """Print what an epoch of a new head on a frozen ResNet-18 takes, and what the cache costs."""
    x, y = torch.randn(pictures, size, size, 3), torch.randint(0, 5, (pictures,))
    model = _with_head(size)
    _compile(model)
    features, head = model.cache_features((x, y), upto="resnet18")
    _compile(head)
    contenders = {
        "epoch, frozen ResNet-18": _fit(model, x, y),
        "epoch, kept features": _fit(head, features, None),
        "keeping the features, once": lambda: model.cache_features((x, y), upto="resnet18"),
    }
    results = by_turns(contenders, ["epoch, frozen ResNet-18"], rounds)
    table(f"a head on ResNet-18, {pictures} pictures of {size} x {size}", results)


def _with_head(size: int) -> Any:
    base = applications.get(
        "resnet18", weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3),
        name="resnet18",
    )  # fmt: skip
    base.trainable = False
    inputs = layers.Input((size, size, 3))
    return kerlite.Model(inputs, layers.Dense(5)(base(inputs)))


def _compile(model: Any) -> None:
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=False)


def _fit(model: Any, x: Any, y: Any) -> Callable[[], object]:
    return lambda: model.fit(x, y, batch_size=16, verbose=0)
