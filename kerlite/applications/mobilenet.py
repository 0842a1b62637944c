"""MobileNet, the first version."""

from __future__ import annotations

import warnings
from typing import Any

from kerlite.applications.image_shapes import channel_axis, space_of
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.core.tensor import KerasTensor
from kerlite.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

_SIZES = (128, 160, 192, 224)
_WIDTHS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}
# Filters and strides of each block.
_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
    (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip


def MobileNet(
    input_shape: Any = None,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 1e-3,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> PretrainedModel:
    """Return MobileNet: depthwise convolutions, each followed by one over the channels.

    Args:
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        alpha: factor of all numbers of filters.
        depth_multiplier: filters that a depthwise convolution has for each channel.
        dropout: rate before the classifier.
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name; by default "mobilenet_" with alpha and the image's height.

    Shape:
        (batch, 224, 224, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = MobileNet(weights=None, include_top=False, input_shape=(64, 64, 3), alpha=0.25)
        >>> model.name, model.output_shape
        ('mobilenet_0.25_64', (None, 2, 2, 256))

    Source: keras.applications.MobileNet; Howard et al., "MobileNets",
    https://arxiv.org/abs/1704.04861.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    _check_widths(alpha, depth_multiplier, given.imagenet)
    image = given.image(_default_size(given), min_size=32)
    x = Conv2D(
        int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1"
    )(image)  # fmt: skip
    x = _normalized(x, "conv1")
    for number, (filters, strides) in enumerate(_BLOCKS, 1):
        x = _block(x, int(filters * alpha), depth_multiplier, strides, number)
    outputs = _classifier(x, given, dropout) if include_top else given.pooled(x)
    rows, columns = space_of(image)
    fitting = rows if rows == columns and rows in _SIZES else 224
    if given.imagenet and fitting != rows:
        warnings.warn(
            f"Keras has weights for square images of {_SIZES} pixels a side; received images of "
            f"{rows} x {columns}, so the weights for 224 x 224 are taken.",
            stacklevel=2,
        )
    family = f"mobilenet_{_WIDTHS.get(alpha)}_{fitting}"
    name = name or f"mobilenet_{alpha:0.2f}_{fitting if given.imagenet else rows}"
    return given.model(image, outputs, name, keras_file(family, include_top))


register("mobilenet", MobileNet)


def _check_widths(alpha: float, depth_multiplier: int, imagenet: bool) -> None:
    if alpha <= 0 or int(32 * alpha) < 1:
        raise ValueError(f"alpha must leave filters (int(32 * alpha) >= 1); received {alpha!r}.")
    if imagenet and (alpha not in _WIDTHS or depth_multiplier != 1):
        raise ValueError(
            f"Keras has weights for alpha in {list(_WIDTHS)} and depth_multiplier=1; received "
            f"alpha={alpha!r}, depth_multiplier={depth_multiplier!r}. Take one of these, or pass "
            "weights=None."
        )


def _default_size(given: ImageModelArguments) -> int:
    """Return the size asked for where there are weights for it, so that they fit."""
    rows, columns = given.asked_size
    return rows if rows == columns and rows in _SIZES else 224


def _normalized(x: KerasTensor, name: str) -> KerasTensor:
    x = BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)
    return ReLU(6.0, name=f"{name}_relu")(x)


def _block(
    x: KerasTensor, filters: int, depth_multiplier: int, strides: int, number: int
) -> KerasTensor:
    if strides > 1:
        x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    x = DepthwiseConv2D(
        3, padding="same" if strides == 1 else "valid", depth_multiplier=depth_multiplier,
        strides=strides, use_bias=False, name=f"conv_dw_{number}",
    )(x)  # fmt: skip
    x = _normalized(x, f"conv_dw_{number}")
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"conv_pw_{number}")(x)
    return _normalized(x, f"conv_pw_{number}")


def _classifier(x: KerasTensor, given: ImageModelArguments, dropout: float) -> KerasTensor:
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = Dropout(dropout, name="dropout")(x)
    x = Conv2D(given.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((given.classes,), name="reshape_2")(x)
    return Activation(given.classifier_activation, name="predictions")(x)
