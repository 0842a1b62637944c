"""MobileNet V3 for hardware that has fast kernels for plain convolutions only: Keras's alone."""

from __future__ import annotations

from typing import NamedTuple

from kerlite.applications.image_shapes import channel_axis, channels_of, halving_pads
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.pixels import MINUS_1_TO_1, ZERO_TO_255
from kerlite.applications.pretrained import PretrainedModel
from kerlite.core.tensor import KerasTensor
from kerlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)

__all__ = ["LARGE", "SMALL", "Kind", "minimalistic_mobilenet_v3", "multiple_of_8"]


class Kind(NamedTuple):
    """One of the two networks.

    `blocks` are (how much wider a block is inside, filters, strides); `top` is the width before
    the classifier.
    """

    name: str
    top: int
    blocks: tuple[tuple[float, int, int], ...]


_STEM = 16
SMALL = Kind("mobilenet_v3_small_minimalistic", 1024, (
    (1, 16, 2), (72 / 16, 24, 2), (88 / 24, 24, 1), (4, 40, 2), (6, 40, 1), (6, 40, 1), (3, 48, 1),
    (3, 48, 1), (6, 96, 2), (6, 96, 1), (6, 96, 1),
))  # fmt: skip
LARGE = Kind("mobilenet_v3_large_minimalistic", 1280, (
    (1, 16, 1), (4, 24, 2), (3, 24, 1), (3, 40, 2), (3, 40, 1), (3, 40, 1), (6, 80, 2),
    (2.5, 80, 1), (2.3, 80, 1), (2.3, 80, 1), (6, 112, 1), (6, 112, 1), (6, 160, 2), (6, 160, 1),
    (6, 160, 1),
))  # fmt: skip


def minimalistic_mobilenet_v3(
    kind: Kind,
    given: ImageModelArguments,
    alpha: float,
    dropout_rate: float,
    include_preprocessing: bool,
    name: str | None,
) -> PretrainedModel:
    """Return MobileNet V3 without gates, hard swish and windows of 5 x 5.

    Args:
        kind: SMALL or LARGE.
        given: the caller's arguments.
        alpha: factor of the numbers of channels.
        dropout_rate: rate before the classifier.
        include_preprocessing: whether pixels are scaled inside.
        name: the model's name.

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Shape:
        (batch, height, width, 3) -> (batch, classes), or features without the classifier.

    Source: `minimalistic=True` of MobileNetV3Small and MobileNetV3Large in keras.applications;
    Howard et al., "Searching for MobileNetV3", https://arxiv.org/abs/1905.02244.
    """
    if given.imagenet and alpha != 1.0:
        raise ValueError(
            "Keras has weights of minimalistic networks for alpha=1.0 only; received "
            f"alpha={alpha!r}. Leave it out, or pass weights=None."
        )
    image = given.image(224, min_size=32, any_size=True)
    x = Rescaling(1 / 127.5, offset=-1.0)(image) if include_preprocessing else image
    x = Conv2D(_STEM, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = _normalized(x, "conv_bn", then_relu=True)
    for number, (widening, filters, strides) in enumerate(kind.blocks):
        x = _block(x, widening, multiple_of_8(filters * alpha), strides, number)
    x = _convolved(x, multiple_of_8(channels_of(x) * 6), "conv_1", then_relu=True)
    if given.include_top:
        top = multiple_of_8(kind.top * alpha) if alpha > 1 else kind.top
        x = _classifier(x, given, top, dropout_rate)
    else:
        x = given.pooled(x, named=True)
    pixels = ZERO_TO_255 if include_preprocessing else MINUS_1_TO_1
    return given.model(image, x, name, keras_file(kind.name, given.include_top), pixels)


def multiple_of_8(channels: float) -> int:
    """Return the nearest multiple of 8, from 8, that takes no more than a tenth away.

    Args:
        channels: a number of channels that a factor scaled.

    Example:
        >>> multiple_of_8(20), multiple_of_8(11.2)
        (24, 16)
    """
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8


def _normalized(x: KerasTensor, name: str, then_relu: bool) -> KerasTensor:
    x = BatchNormalization(axis=channel_axis(), epsilon=1e-3, momentum=0.999, name=name)(x)
    return ReLU()(x) if then_relu else x


def _convolved(x: KerasTensor, filters: int, name: str, then_relu: bool) -> KerasTensor:
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)
    return _normalized(x, f"{name}_bn", then_relu)


def _block(x: KerasTensor, widening: float, filters: int, strides: int, number: int) -> KerasTensor:
    """Return the output of an inverted bottleneck, with a shortcut where the shape stays."""
    inputs, channels = x, channels_of(x)
    name = f"expanded_conv_{number}" if number else "expanded_conv"
    if number:
        x = _convolved(x, multiple_of_8(channels * widening), f"{name}_expand", then_relu=True)
    if strides == 2:
        x = ZeroPadding2D(halving_pads(x, 3), name=f"{name}_depthwise_pad")(x)
    x = DepthwiseConv2D(
        3, strides=strides, padding="same" if strides == 1 else "valid", use_bias=False,
        name=f"{name}_depthwise",
    )(x)  # fmt: skip
    x = _normalized(x, f"{name}_depthwise_bn", then_relu=True)
    x = _convolved(x, filters, f"{name}_project", then_relu=False)
    same = strides == 1 and channels == filters
    return Add(name=f"{name}_add")([inputs, x]) if same else x


def _classifier(
    x: KerasTensor, given: ImageModelArguments, width: int, dropout_rate: float
) -> KerasTensor:
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = ReLU()(Conv2D(width, 1, padding="same", name="conv_2")(x))
    if dropout_rate != 0:
        x = Dropout(dropout_rate)(x)
    x = Flatten()(Conv2D(given.classes, 1, padding="same", name="logits")(x))
    return Activation(given.classifier_activation, name="predictions")(x)
