"""ResNet-50 and VGG16: inference and training steps beside torchvision's own modules."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

from benchmarks.timing import by_turns, table
from kerlite import applications

__all__ = ["main"]

_BOUND = 1.02
_CASES = {"ResNet50": ("resnet50", 8), "VGG16": ("vgg16", 4)}
_FORMATS = {"NCHW": torch.contiguous_format, "channels-last": torch.channels_last}


def main(rounds: int, with_keras: bool = True) -> None:
    """Print the ratios of kerlite's time to that of torchvision's module in its better format.

    Args:
        rounds: rounds that count.
        with_keras: nothing changes: Keras's networks are others.
    """
    for public, (name, batch) in _CASES.items():
        for what, run in {"inference": _infer, "training step": _train}.items():
            contenders = _contenders(public, name, batch, run)
            references = [title for title in contenders if title != "kerlite"]
            results = by_turns(contenders, references, rounds)
            table(f"{public}, {batch} pictures, {what} (bound {_BOUND})", results)


def _contenders(
    public: str, name: str, batch: int, run: Callable[[nn.Module, Tensor], None]
) -> dict[str, Callable[[], object]]:
    module = torchvision.models.get_model(name)
    model: Any = getattr(applications, public)(weights=None, classifier_activation=None)
    model.load_torch_weights(module.state_dict())
    x = torch.randn(batch, 224, 224, 3)
    found: dict[str, Callable[[], object]] = {"kerlite": partial(run, model, x)}
    for title, memory_format in _FORMATS.items():
        twin = copy.deepcopy(module).to(memory_format=memory_format)  # type: ignore[call-overload]
        seen = x.permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
        found[f"torchvision, {title}"] = partial(run, twin, seen)
    return found


def _infer(module: nn.Module, x: Tensor) -> None:
    module.eval()
    with torch.no_grad():
        module(x)


def _train(module: nn.Module, x: Tensor) -> None:
    module.train()
    module.zero_grad()
    module(x).square().mean().backward()
