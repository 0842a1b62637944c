"""MobileNet V2."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.keras_arguments import check_alpha
from kerlite.applications.registry import documented, get

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

_ENDS = {
    "features_0_0": "Conv1",
    "features_0_1": "bn_Conv1",
    "features_0_2": "Conv1_relu",
    "features_18_0": "Conv_1",
    "features_18_1": "Conv_1_bn",
    "features_18_2": "out_relu",
    "adaptive_avg_pool2d": "global_average_pooling2d",
}
_FIRST = {
    "conv_0_0": "depthwise", "conv_0_1": "depthwise_BN", "conv_0_2": "depthwise_relu",
    "conv_1": "project", "conv_2": "project_BN", "add": "add",
}  # fmt: skip
_OTHERS = {
    "conv_0_0": "expand", "conv_0_1": "expand_BN", "conv_0_2": "expand_relu",
    "conv_1_0": "depthwise", "conv_1_1": "depthwise_BN", "conv_1_2": "depthwise_relu",
    "conv_2": "project", "conv_3": "project_BN", "add": "add",
}  # fmt: skip
_BLOCK = re.compile(r"features_(\d+)_(\w+)")


def _names(module: Any) -> Callable[[str], str]:
    """Name layers as Keras does: "block_16_project_BN"."""

    def rename(name: str) -> str:
        found = _BLOCK.fullmatch(name)
        if name in _ENDS or not found:
            return _ENDS.get(name, name)
        number, part = int(found[1]), found[2]
        if number == 1:
            return f"expanded_conv_{_FIRST[part]}"
        return f"block_{number - 1}_{_OTHERS[part]}"

    return rename


add_architecture(Architecture("mobilenet_v2", _names))


def _mobilenet_v2(
    input_shape: Any = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Any:
    check_alpha(alpha)
    if isinstance(weights, str) and weights == "imagenet" and alpha != 1.0:
        raise ValueError(
            f"There are weights for alpha=1.0 only; received alpha={alpha}. Pass weights=None, or "
            "the path of a file."
        )
    usual = f"mobilenetv2_{alpha:0.2f}_{_size(input_shape)}"
    return get(
        "mobilenet_v2", include_top=include_top, weights=weights, input_tensor=input_tensor,
        input_shape=input_shape, pooling=pooling, classes=classes,
        classifier_activation=classifier_activation, name=name or usual, width_mult=alpha,
    )  # fmt: skip


def _size(input_shape: Any) -> int:
    """Return the size in Keras's name for the model."""
    sizes = {96, 128, 160, 192, 224}
    known = [size for size in input_shape or () if size in sizes]
    return known[0] if known else 224


MobileNetV2: Any = documented(
    _mobilenet_v2, "MobileNetV2", "MobileNet V2.",
    "\n        alpha: factor of the numbers of channels.",
)  # fmt: skip
