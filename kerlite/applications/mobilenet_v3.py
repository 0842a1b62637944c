"""MobileNet V3. Its layers have torchvision's names: Keras's graph groups them in another way.

The minimalistic networks, which torchvision has not, are Keras's.
"""

from __future__ import annotations

import functools
from typing import Any

from torch import nn

from kerlite.applications.builder import Architecture, add_architecture
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_none as preprocess_input
from kerlite.applications.keras_arguments import ImageModelArguments, check_alpha
from kerlite.applications.mobilenet_v3_minimalistic import (
    LARGE,
    SMALL,
    Kind,
    minimalistic_mobilenet_v3,
    multiple_of_8,
)
from kerlite.applications.registry import documented, get

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]


def _module(arch: str, num_classes: int, alpha: float = 1.0, dropout: float = 0.2) -> nn.Module:
    """Return torchvision's network; of other widths than its own, as Keras scales them."""
    from torchvision.models import mobilenetv3

    blocks, last = mobilenetv3._mobilenet_v3_conf(arch)
    width = blocks[0].input_channels
    for block in blocks:
        widening = block.expanded_channels / block.input_channels
        block.input_channels = width
        block.expanded_channels = multiple_of_8(width * widening)
        width = block.out_channels = multiple_of_8(block.out_channels * alpha)
    last = multiple_of_8(last * alpha) if alpha > 1 else last
    return mobilenetv3.MobileNetV3(blocks, last, num_classes=num_classes, dropout=dropout)


for _name in ("mobilenet_v3_large", "mobilenet_v3_small"):
    _make = functools.partial(_module, _name)
    add_architecture(Architecture(_name, make=_make, scales=True, any_size=True))


def _application(architecture: str, public_name: str, minimal: Kind) -> Any:
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
        check_alpha(alpha)
        if minimalistic:
            given = ImageModelArguments(
                include_top, weights, input_tensor, input_shape, pooling, classes,
                classifier_activation,
            )  # fmt: skip
            return minimalistic_mobilenet_v3(
                minimal, given, alpha, dropout_rate, include_preprocessing, name
            )
        if isinstance(weights, str) and weights == "imagenet" and alpha != 1.0:
            raise ValueError(
                f"torchvision has weights for alpha=1.0 only; received alpha={alpha!r}. Leave it "
                "out, or pass weights=None."
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
        minimalistic: whether to do without squeeze-and-excite, hard swish and windows of 5 x 5, as
            suits hardware without fast kernels for them. This is Keras's network, with Keras's
            names and weights.
        dropout_rate: rate before the classifier.
        include_preprocessing: whether the model takes bytes, and begins with what scales them."""

MobileNetV3Large: Any = _application("mobilenet_v3_large", "MobileNetV3Large", LARGE)
MobileNetV3Small: Any = _application("mobilenet_v3_small", "MobileNetV3Small", SMALL)
