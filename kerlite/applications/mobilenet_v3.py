"""MobileNet V3. Its layers have torchvision's names: Keras's graph groups them in another way."""

from __future__ import annotations

import functools
from typing import Any

from torch import nn

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_none as preprocess_input
from kerlite.applications.registry import documented, get

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]


def _module(arch: str, num_classes: int, alpha: float = 1.0, dropout: float = 0.2) -> nn.Module:
    from torchvision.models import mobilenetv3

    setting, last = mobilenetv3._mobilenet_v3_conf(arch, width_mult=alpha)
    return mobilenetv3.MobileNetV3(setting, last, num_classes=num_classes, dropout=dropout)


for _name in ("mobilenet_v3_large", "mobilenet_v3_small"):
    add_architecture(Architecture(_name, make=functools.partial(_module, _name), scales=True))


def _application(architecture: str, public_name: str) -> Any:
    def make(
        input_shape: Any = None,
        alpha: float = 1.0,
        minimalistic: bool = False,
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        classes: int = 1000,
        pooling: str | None = None,
        dropout_rate: float = 0.2,
        classifier_activation: Any = "softmax",
        include_preprocessing: bool = True,
        name: str | None = public_name,
    ) -> Any:
        if minimalistic or (weights == "imagenet" and alpha != 1.0):
            raise ValueError(
                "torchvision has no minimalistic networks, and weights for alpha=1.0 only; "
                f"received minimalistic={minimalistic}, alpha={alpha}. Leave them out, or pass "
                "weights=None for another alpha."
            )
        return get(
            architecture, include_top=include_top, weights=weights, input_tensor=input_tensor,
            input_shape=input_shape, pooling=pooling, classes=classes, name=name,
            classifier_activation=classifier_activation, alpha=alpha, dropout=dropout_rate,
            include_preprocessing=include_preprocessing,
        )  # fmt: skip

    return documented(make, public_name, f"{public_name}.", _MORE)


_MORE = """
        alpha: factor of the numbers of channels.
        minimalistic: only False: torchvision has no such networks.
        dropout_rate: rate before the classifier.
        include_preprocessing: whether the model takes bytes, and begins with what scales them."""

MobileNetV3Large: Any = _application("mobilenet_v3_large", "MobileNetV3Large")
MobileNetV3Small: Any = _application("mobilenet_v3_small", "MobileNetV3Small")
