"""Xception."""

from __future__ import annotations

from typing import Any

from kerlite.applications.image_shapes import channel_axis
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.core.tensor import KerasTensor
from kerlite.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SeparableConv2D,
)

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

_WIDTH = 728  # channels of the middle


def Xception(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "xception",
) -> PretrainedModel:
    """Return Xception: depthwise separable convolutions with shortcuts around them.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 71 x 71; by default (299, 299, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 299, 299, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
        >>> model.output_shape
        (None, 3, 3, 2048)

    Source: keras.applications.Xception; Chollet, "Xception", https://arxiv.org/abs/1610.02357.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    image = given.image(default_size=299, min_size=71)
    x = _convolved(image, 32, "block1_conv1", strides=2)
    x = _convolved(x, 64, "block1_conv2")
    x = _shrunk(x, "block2", (128, 128), begins_with_relu=False)
    x = _shrunk(x, "block3", (256, 256))
    x = _shrunk(x, "block4", (_WIDTH, _WIDTH))
    for number in range(5, 13):
        x = _middle(x, f"block{number}")
    x = _shrunk(x, "block13", (_WIDTH, 1024))
    for number, filters in enumerate((1536, 2048), 1):
        x = _separable(x, filters, f"block14_sepconv{number}")
        x = _relu(x, f"block14_sepconv{number}")
    return given.model(image, given.head(x), name, keras_file("xception", include_top))


register("xception", Xception)


def _convolved(x: KerasTensor, filters: int, name: str, strides: int = 1) -> KerasTensor:
    x = Conv2D(filters, 3, strides=strides, use_bias=False, name=name)(x)
    return _relu(BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x), name)


def _relu(x: KerasTensor, name: str) -> KerasTensor:
    return Activation("relu", name=f"{name}_act")(x)


def _separable(x: KerasTensor, filters: int, name: str) -> KerasTensor:
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)


def _middle(x: KerasTensor, name: str) -> KerasTensor:
    """Return the output of a block that keeps the shape."""
    shortcut = x
    for number in (1, 2, 3):
        x = _separable(_relu(x, f"{name}_sepconv{number}"), _WIDTH, f"{name}_sepconv{number}")
    return Add()([x, shortcut])


def _shrunk(
    x: KerasTensor, name: str, filters: tuple[int, int], begins_with_relu: bool = True
) -> KerasTensor:
    """Return the output of a block that halves height and width."""
    shortcut = Conv2D(filters[1], 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = BatchNormalization(axis=channel_axis())(shortcut)
    for number in (1, 2):
        if number == 2 or begins_with_relu:
            x = _relu(x, f"{name}_sepconv{number}")
        x = _separable(x, filters[number - 1], f"{name}_sepconv{number}")
    x = MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return Add()([x, shortcut])
