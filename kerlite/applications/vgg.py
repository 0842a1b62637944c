"""VGG, with and without batch normalization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.registry import application

__all__ = ["VGG16", "VGG19"]

_KINDS = {nn.Conv2d: "conv", nn.BatchNorm2d: "bn", nn.ReLU: "relu"}
_HEAD = {
    "flatten": "flatten",
    "classifier_0": "fc1",
    "classifier_2": "fc1_dropout",
    "classifier_3": "fc2",
    "classifier_5": "fc2_dropout",
}


def _names(module: Any) -> Callable[[str], str]:
    """Name layers as Keras does: "block5_conv3"."""
    names = dict(_HEAD)
    block, number = 1, 0
    for index, part in enumerate(module.features):
        if isinstance(part, nn.MaxPool2d):
            names[f"features_{index}"] = f"block{block}_pool"
            block, number = block + 1, 0
            continue
        number += isinstance(part, nn.Conv2d)
        names[f"features_{index}"] = f"block{block}_{_KINDS[type(part)]}{number}"
    return lambda name: names.get(name, name)


for _depth in (11, 13, 16, 19):
    for _name in (f"vgg{_depth}", f"vgg{_depth}_bn"):
        add_architecture(Architecture(_name, _names, fuses=True))

VGG16: Any = application("vgg16", "VGG16", "vgg16", "VGG16: sixteen layers with weights.")
VGG19: Any = application("vgg19", "VGG19", "vgg19", "VGG19: nineteen layers with weights.")
