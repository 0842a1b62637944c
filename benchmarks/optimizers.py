"""A step of each optimizer over 100 weights of 64 x 64, beside torch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import kerlite
from benchmarks.timing import by_turns, table

__all__ = ["main"]

_STEPS = 30
_PAIRS: dict[str, tuple[Callable[[], Any], Callable[[Any], torch.optim.Optimizer]]] = {
    "SGD": (
        lambda: kerlite.optimizers.SGD(1e-3),
        lambda weights: torch.optim.SGD(weights, 1e-3, fused=True),
    ),
    "SGD, momentum": (
        lambda: kerlite.optimizers.SGD(1e-3, momentum=0.9),
        lambda weights: torch.optim.SGD(weights, 1e-3, 0.9, fused=True),
    ),
    "Adam": (
        lambda: kerlite.optimizers.Adam(1e-3),
        lambda weights: torch.optim.Adam(weights, 1e-3, fused=True),
    ),
    "AdamW": (
        lambda: kerlite.optimizers.AdamW(1e-3),
        lambda weights: torch.optim.AdamW(weights, 1e-3, fused=True),
    ),
    "Adagrad": (
        lambda: kerlite.optimizers.Adagrad(1e-3),
        lambda weights: torch.optim.Adagrad(weights, 1e-3, fused=True),
    ),
    "RMSprop": (
        lambda: kerlite.optimizers.RMSprop(1e-3),
        lambda weights: torch.optim.RMSprop(weights, 1e-3, foreach=True),
    ),
    "Adamax": (
        lambda: kerlite.optimizers.Adamax(1e-3),
        lambda weights: torch.optim.Adamax(weights, 1e-3, foreach=True),
    ),
    "Adadelta": (
        lambda: kerlite.optimizers.Adadelta(1e-3),
        lambda weights: torch.optim.Adadelta(weights, 1e-3, foreach=True),
    ),
    "Nadam": (
        lambda: kerlite.optimizers.Nadam(1e-3),
        lambda weights: torch.optim.NAdam(weights, 1e-3, foreach=True),
    ),
}


def main(rounds: int, with_keras: bool = False) -> None:
    """Print a table for each optimizer: at most 1.1 times torch's step, fused where it can be.

    Args:
        rounds: rounds that count.
        with_keras: taken for the sake of the other benchmarks' form; Keras's steps are part of fit.
    """
    del with_keras
    for name, (ours, theirs) in _PAIRS.items():
        contenders = {"PyTorch": _torch_steps(theirs), "kerlite": _kerlite_steps(ours())}
        results = by_turns(contenders, ["PyTorch"], rounds)
        table(f"optimizer: {name}, 100 weights of 64 x 64, {_STEPS} steps", results)


def _weights() -> list[nn.Parameter]:
    weights = [nn.Parameter(torch.randn(64, 64)) for _ in range(100)]
    for weight in weights:
        weight.grad = torch.randn(64, 64)
    return weights


def _torch_steps(make: Callable[[Any], torch.optim.Optimizer]) -> Callable[[], object]:
    optimizer = make(_weights())
    return lambda: [optimizer.step() for _ in range(_STEPS)]


def _kerlite_steps(optimizer: Any) -> Callable[[], object]:
    optimizer.build(_weights())
    return lambda: [optimizer.step() for _ in range(_STEPS)]  # what `fit` calls
