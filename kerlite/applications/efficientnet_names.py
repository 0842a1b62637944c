"""Keras's names for the layers of EfficientNets."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any

__all__ = ["efficientnet_names"]

_STEM = {"0": "conv", "1": "bn", "2": "activation"}
_EXPAND = {"0": "expand_conv", "1": "expand_bn", "2": "expand_activation"}
_DEPTH = {"0": "dwconv", "1": "bn", "2": "activation"}
_DEPTH_V2 = {**_DEPTH, "0": "dwconv2"}
_PROJECT = {"0": "project_conv", "1": "project_bn", "2": "project_activation"}
_SQUEEZE = {
    "avgpool": "se_squeeze", "fc1": "se_reduce", "activation": "se_reduce_activation",
    "fc2": "se_expand", "scale_activation": "se_expand_activation", "mul": "se_excite",
}  # fmt: skip
_BLOCK = re.compile(r"features_(\d+)_(\d+)_(\w+)")
_END = re.compile(r"features_(\d+)_(\d)")
_TOP = {"avgpool": "avg_pool", "classifier_0": "top_dropout"}


def efficientnet_names(module: Any) -> Callable[[str], str]:
    """Return the function that names layers as Keras does: "block7a_project_bn".

    Args:
        module: torchvision's EfficientNet, of the first or the second kind.
    """
    last = len(module.features) - 1
    second = any(type(part).__name__ == "FusedMBConv" for part in module.modules())

    def rename(name: str) -> str:
        if found := _BLOCK.fullmatch(name):
            stage, index, part = int(found[1]), int(found[2]), found[3]
            block = f"block{stage}{string.ascii_lowercase[index]}_"
            return block + _part(module.features[stage][index], part, second)
        if found := _END.fullmatch(name):
            return f"{'top' if int(found[1]) == last else 'stem'}_{_STEM[found[2]]}"
        return _TOP.get(name, name)

    return rename


def _part(block: Any, part: str, second: bool) -> str:
    """Return the name of a layer inside its block."""
    if part in ("add", "stochastic_depth"):
        return {"add": "add", "stochastic_depth": "drop"}[part]
    _, position, rest = part.split("_", 2)
    inside = block.block[int(position)]
    if type(inside).__name__ == "SqueezeExcitation":
        return _SQUEEZE[rest]
    if int(position) == len(block.block) - 1:
        return _PROJECT[rest]
    fused = type(block).__name__ == "FusedMBConv"
    if fused or (int(position) == 0 and inside[0].groups == 1):
        return _EXPAND[rest]
    return (_DEPTH_V2 if second else _DEPTH)[rest]
