"""ResNet, ResNeXt and Wide ResNet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_caffe as preprocess_input
from kerlite.applications.registry import application

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

_STEM = {
    "conv1": "conv1_conv",
    "bn1": "conv1_bn",
    "relu": "conv1_relu",
    "maxpool": "pool1_pool",
    "avgpool": "avg_pool",
}
_BLOCK = re.compile(r"layer(\d)_(\d+)_(\w+)")


def _names(module: Any) -> Callable[[str], str]:
    """Name layers as Keras does: "conv5_block3_out"."""
    last = 3 if hasattr(module.layer1[0], "conv3") else 2
    parts = {"downsample_0": "0_conv", "downsample_1": "0_bn", "add": "add"}
    for number in range(1, last + 1):
        relu = "relu" if number == 1 else f"relu_{number - 1}"
        parts[f"conv{number}"], parts[f"bn{number}"] = f"{number}_conv", f"{number}_bn"
        parts[relu] = "out" if number == last else f"{number}_relu"

    def rename(name: str) -> str:
        found = _BLOCK.fullmatch(name)
        if not found:
            return _STEM.get(name, name)
        stage, block, part = found.groups()
        return f"conv{int(stage) + 1}_block{int(block) + 1}_{parts[part]}"

    return rename


for _name in (
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d",
    "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
):  # fmt: skip
    add_architecture(Architecture(_name, _names))

ResNet50: Any = application("resnet50", "ResNet50", "resnet50", "ResNet of 50 layers.")
ResNet101: Any = application("resnet101", "ResNet101", "resnet101", "ResNet of 101 layers.")
ResNet152: Any = application("resnet152", "ResNet152", "resnet152", "ResNet of 152 layers.")
