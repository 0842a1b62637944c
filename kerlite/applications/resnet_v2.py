"""ResNet50V2, ResNet101V2 and ResNet152V2."""

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
    ZeroPadding2D,
)

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]


def ResNet50V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50v2",
) -> PretrainedModel:
    """Return ResNet50V2: 16 residual blocks that normalize before they convolve.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 224, 224, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = ResNet50V2(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.get_layer("conv4_block1_out").output.shape
        (None, 2, 2, 1024)

    Source: keras.applications.ResNet50V2; He et al., "Identity Mappings in Deep Residual
    Networks", https://arxiv.org/abs/1603.05027.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    return _resnet(given, "resnet50v2", (3, 4, 6, 3), name)


def ResNet101V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101v2",
) -> PretrainedModel:
    """Return ResNet101V2: 33 residual blocks that normalize before they convolve.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 224, 224, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = ResNet101V2(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 2048)

    Source: keras.applications.ResNet101V2; He et al., "Identity Mappings in Deep Residual
    Networks", https://arxiv.org/abs/1603.05027.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    return _resnet(given, "resnet101v2", (3, 4, 23, 3), name)


def ResNet152V2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152v2",
) -> PretrainedModel:
    """Return ResNet152V2: 50 residual blocks that normalize before they convolve.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 224, 224, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = ResNet152V2(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 2048)

    Source: keras.applications.ResNet152V2; He et al., "Identity Mappings in Deep Residual
    Networks", https://arxiv.org/abs/1603.05027.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    return _resnet(given, "resnet152v2", (3, 8, 36, 3), name)


register("resnet50_v2", ResNet50V2)
register("resnet101_v2", ResNet101V2)
register("resnet152_v2", ResNet152V2)


def _resnet(
    given: ImageModelArguments, family: str, blocks: tuple[int, ...], name: str | None
) -> PretrainedModel:
    image = given.image(default_size=224, min_size=32)
    x = ZeroPadding2D(3, name="conv1_pad")(image)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    x = MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stage, count in enumerate(blocks):
        filters, last = 64 * 2**stage, 1 if stage == len(blocks) - 1 else 2
        for number in range(1, count + 1):
            strides = last if number == count else 1
            x = _block(x, filters, strides, number == 1, f"conv{stage + 2}_block{number}")
    x = _normalized(x, "post_bn", "post_relu")
    outputs = given.head(x, named=True)
    return given.model(image, outputs, name, keras_file(family, given.include_top))


def _normalized(x: KerasTensor, norm: str, relu: str) -> KerasTensor:
    x = BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=norm)(x)
    return Activation("relu", name=relu)(x)


def _block(x: KerasTensor, filters: int, strides: int, widens: bool, name: str) -> KerasTensor:
    """Return the output of a residual block; the first of a stage widens its shortcut too."""
    before = _normalized(x, f"{name}_preact_bn", f"{name}_preact_relu")
    shortcut = x
    if widens:
        shortcut = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(before)
    elif strides > 1:
        shortcut = MaxPooling2D(1, strides=strides)(x)
    x = Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before)
    x = _normalized(x, f"{name}_1_bn", f"{name}_1_relu")
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = Conv2D(filters, 3, strides=strides, use_bias=False, name=f"{name}_2_conv")(x)
    x = _normalized(x, f"{name}_2_bn", f"{name}_2_relu")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])
