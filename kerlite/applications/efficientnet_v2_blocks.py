"""The blocks of which EfficientNetV2 is built."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kerlite.applications.image_shapes import channel_axis, channels_of
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.pixels import STANDARDIZED, ZERO_TO_255
from kerlite.applications.pretrained import PretrainedModel
from kerlite.core import config
from kerlite.core.tensor import KerasTensor
from kerlite.initializers import VarianceScaling
from kerlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Rescaling,
    Reshape,
)

__all__ = ["Size", "efficientnet_v2"]

_DROP_CONNECT = 0.2


class _Stage(NamedTuple):
    """Blocks of one width, before the network's size scales them.

    `ratio` widens a block inside; `squeeze` is the share of channels in its gate, 0 for none;
    a `fused` block has one 3 x 3 convolution where others have a 1 x 1 and a depthwise one.
    """

    repeats: int
    filters: int
    ratio: int
    strides: int
    squeeze: float
    fused: bool


_STEM, _TOP = 32, 1280
_STAGES = (
    _Stage(1, 16, 1, 1, 0.0, fused=True),
    _Stage(2, 32, 4, 2, 0.0, fused=True),
    _Stage(2, 48, 4, 2, 0.0, fused=True),
    _Stage(3, 96, 4, 2, 0.25, fused=False),
    _Stage(5, 112, 6, 1, 0.25, fused=False),
    _Stage(8, 192, 6, 2, 0.25, fused=False),
)


class Size(NamedTuple):
    """One size of the network: that of its images, and how much wider and deeper it is."""

    family: str
    image: int
    width: float
    depth: float

    def filters(self, base: int) -> int:
        """Return a number of filters, scaled and rounded to a multiple of 8."""
        return max(8, int(base * self.width + 4) // 8 * 8)


def efficientnet_v2(
    given: ImageModelArguments, size: Size, include_preprocessing: bool, name: str | None
) -> PretrainedModel:
    """Return the network of one size.

    Args:
        given: the caller's arguments.
        size: which one.
        include_preprocessing: whether pixels are scaled inside.
        name: the model's name.
    """
    image = given.image(size.image, min_size=32)
    x = _scaled(image) if include_preprocessing else image
    x = _convolved(x, size.filters(_STEM), 3, 2, "stem_conv", "stem_bn")
    x = Activation("swish", name="stem_activation")(x)
    count, total = 0, sum(stage.repeats for stage in _STAGES)
    for number, stage in enumerate(_STAGES, 1):
        filters = size.filters(stage.filters)
        for repeat in range(math.ceil(size.depth * stage.repeats)):
            strides = 1 if repeat else stage.strides
            drop = _DROP_CONNECT * count / total
            block = f"block{number}{chr(ord('a') + repeat)}_"
            x = _block(x, stage._replace(filters=filters, strides=strides), drop, block)
            count += 1
    x = _convolved(x, size.filters(_TOP), 1, 1, "top_conv", "top_bn")
    x = Activation("swish", name="top_activation")(x)
    initializer = VarianceScaling(1 / 3, "fan_out", "uniform")
    x = given.head(x, named=True, dropout=0.2, kernel_initializer=initializer)
    pixels = ZERO_TO_255 if include_preprocessing else STANDARDIZED
    return given.model(image, x, name, keras_file(size.family, given.include_top), pixels)


def _scaled(x: KerasTensor) -> KerasTensor:
    if channels_of(x) != 3:
        return Rescaling(1 / 128, offset=-1)(x)
    means, stds = np.array(STANDARDIZED.mean), np.array(STANDARDIZED.std)
    x = Rescaling(1 / 255)(x)
    return Rescaling((1 / stds).tolist(), (-means / stds).tolist(), name="normalization")(x)


def _block(x: KerasTensor, stage: _Stage, drop: float, name: str) -> KerasTensor:
    """Return the output of an inverted bottleneck, with a shortcut where the shape stays."""
    inputs, width = x, channels_of(x)
    x = _expanded(x, stage, name)
    if stage.squeeze:
        x = _gated(x, max(1, int(width * stage.squeeze)), name)
    size, strides = (3, stage.strides) if stage.fused and stage.ratio == 1 else (1, 1)
    x = _convolved(x, stage.filters, size, strides, f"{name}project_conv", f"{name}project_bn")
    if size == 3:
        x = Activation("swish", name=f"{name}project_activation")(x)
    if stage.strides > 1 or width != stage.filters:
        return x
    if drop:
        x = Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return Add(name=f"{name}add")([x, inputs])


def _expanded(x: KerasTensor, stage: _Stage, name: str) -> KerasTensor:
    """Return the wide part of a block; a fused one of ratio 1 has none."""
    width = channels_of(x) * stage.ratio
    if stage.ratio > 1:
        size, strides = (3, stage.strides) if stage.fused else (1, 1)
        x = _convolved(x, width, size, strides, f"{name}expand_conv", f"{name}expand_bn")
        x = Activation("swish", name=f"{name}expand_activation")(x)
    if stage.fused:
        return x
    x = DepthwiseConv2D(
        3, strides=stage.strides, padding="same", use_bias=False,
        depthwise_initializer=_initializer(), name=f"{name}dwconv2",
    )(x)  # fmt: skip
    return Activation("swish", name=f"{name}activation")(_normalized(x, f"{name}bn"))


def _gated(x: KerasTensor, squeezed: int, name: str) -> KerasTensor:
    """Return every channel times a number from 0 to 1 that all of them decide on."""
    width = channels_of(x)
    first = config.image_data_format() == "channels_first"
    gate = GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    gate = Reshape((width, 1, 1) if first else (1, 1, width), name=f"{name}se_reshape")(gate)
    for filters, activation, step in ((squeezed, "swish", "reduce"), (width, "sigmoid", "expand")):
        gate = Conv2D(
            filters, 1, padding="same", activation=activation,
            kernel_initializer=_initializer(), name=f"{name}se_{step}",
        )(gate)  # fmt: skip
    return Multiply(name=f"{name}se_excite")([x, gate])


def _convolved(
    x: KerasTensor, filters: int, size: int, strides: int, name: str, norm: str
) -> KerasTensor:
    x = Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False,
        kernel_initializer=_initializer(), name=name,
    )(x)  # fmt: skip
    return _normalized(x, norm)


def _normalized(x: KerasTensor, name: str) -> KerasTensor:
    return BatchNormalization(axis=channel_axis(), momentum=0.9, name=name)(x)


def _initializer() -> VarianceScaling:
    return VarianceScaling(2.0, "fan_out", "truncated_normal")
