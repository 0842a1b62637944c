"""DenseNet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_torch as preprocess_input
from kerlite.applications.registry import application

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

_STEM = {
    "features_conv0": "conv1_conv",
    "features_norm0": "conv1_bn",
    "features_relu0": "conv1_relu",
    "features_pool0": "pool1",
    "features_norm5": "bn",
    "adaptive_avg_pool2d": "avg_pool",
}
_PARTS = {
    "norm1": "0_bn",
    "relu1": "0_relu",
    "conv1": "1_conv",
    "norm2": "1_bn",
    "relu2": "1_relu",
    "conv2": "2_conv",
}
_ENDS = {"norm": "bn", "relu": "relu", "conv": "conv", "pool": "pool"}
_LAYER = re.compile(r"features_denseblock(\d)_denselayer(\d+)_(\w+)")
_TRANSITION = re.compile(r"features_transition(\d)_(\w+)")
_JOINED = re.compile(r"features_denseblock(\d)_cat")


def _names(module: Any) -> Callable[[str], str]:
    """Name layers as Keras does: "conv5_block16_concat"."""

    def rename(name: str) -> str:
        if found := _LAYER.fullmatch(name):
            block, layer, part = int(found[1]), int(found[2]), found[3]
            if part == "cat":  # what a layer joins is the output of the one before
                return f"conv{block + 1}_block{layer - 1}_concat"
            return f"conv{block + 1}_block{layer}_{_PARTS[part]}"
        if found := _TRANSITION.fullmatch(name):
            return f"pool{int(found[1]) + 1}_{_ENDS[found[2]]}"
        if found := _JOINED.fullmatch(name):
            block = int(found[1])
            layers = len(module.features.get_submodule(f"denseblock{block}"))
            return f"conv{block + 1}_block{layers}_concat"
        return _STEM.get(name, name)

    return rename


for _name in ("densenet121", "densenet161", "densenet169", "densenet201"):
    add_architecture(Architecture(_name, _names))

DenseNet121: Any = application("densenet121", "DenseNet121", "densenet121", "DenseNet-121.")
DenseNet169: Any = application("densenet169", "DenseNet169", "densenet169", "DenseNet-169.")
DenseNet201: Any = application("densenet201", "DenseNet201", "densenet201", "DenseNet-201.")
