"""InputRange: a look at the first input of a model, whether it is what the weights expect."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

__all__ = ["InputRange"]


class InputRange:
    """A hook that warns, once, about an input that contradicts the weights' transform.

    It looks at the first batch that has values, and goes. Only what cannot be meant is told:
    numbers far outside the range, or bytes' range where it is expected and [0, 1] came.

    Args:
        preprocessing: the settings of the transform.
        name: the model's name.

    Example:
        >>> hook = InputRange({"mean": [0.5] * 3, "std": [0.5] * 3}, "net")
        >>> hook.low, hook.high
        (-1.0, 1.0)

    Source: kerlite.
    """

    def __init__(self, preprocessing: dict[str, Any], name: str):
        pairs = list(zip(preprocessing["mean"], preprocessing["std"], strict=True))
        self.low = min((0 - mean) / std for mean, std in pairs)
        self.high = max((1 - mean) / std for mean, std in pairs)
        self.name = name

    def __call__(self, module: torch.nn.Module, args: tuple[Any, ...]) -> None:
        """Look at the input, unless it has no values yet."""
        x = args[0] if args else None
        if torch.compiler.is_compiling() or not isinstance(x, Tensor):
            return
        if isinstance(x, FakeTensor) or x.is_meta or not x.numel():
            return
        for key, hook in list(module._forward_pre_hooks.items()):
            if hook is self:
                del module._forward_pre_hooks[key]
        low, high = x.min().item(), x.max().item()
        problem = self._problem(low, high)
        if problem:
            warnings.warn(
                f"The input of {self.name!r} goes from {low:.4g} to {high:.4g}, but its weights "
                f"were trained on inputs from {self.low:.4g} to {self.high:.4g}: it {problem}. "
                "Use model.preprocess(pictures).",
                stacklevel=2,
            )

    def _problem(self, low: float, high: float) -> str:
        span = self.high - self.low
        if high > self.high + 2 * span or low < self.low - 2 * span:
            return "looks like bytes, or normalized in another way"
        if span > 100 and high - low < 10:
            return "looks normalized already"
        if span < 10 and low == 0 and 0.5 < high <= 1:
            return "looks like pixels in [0, 1], not normalized"
        if self.low < -1.2 and max(abs(low + 1), abs(high - 1)) < 1e-3:
            return "looks scaled to [-1, 1]"
        return ""
