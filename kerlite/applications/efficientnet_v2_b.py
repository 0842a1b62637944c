"""EfficientNetV2B0 to EfficientNetV2B3: the sizes that Keras has and torchvision has not."""

from __future__ import annotations

from typing import Any

from kerlite.applications.efficientnet_v2_blocks import Size, efficientnet_v2
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.core.tensor import KerasTensor

__all__ = ["EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3"]


def EfficientNetV2B0(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b0",
) -> PretrainedModel:
    """Return EfficientNetV2B0: 1.0 times as wide as B0, 1.0 times as deep, for 224 x 224.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        include_preprocessing: whether the model scales pixels itself; else it takes what
            ImageNet's mean and deviation make of values in [0, 1].
        name: the model's name.

    Shape:
        (batch, 224, 224, 3), values in [0, 255] -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = EfficientNetV2B0(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 1280)

    Source: keras.applications.EfficientNetV2B0; Tan and Le, "EfficientNetV2",
    https://arxiv.org/abs/2104.00298.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    size = Size("efficientnetv2-b0", image=224, width=1.0, depth=1.0)
    return efficientnet_v2(given, size, include_preprocessing, name)


def EfficientNetV2B1(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b1",
) -> PretrainedModel:
    """Return EfficientNetV2B1: 1.0 times as wide as B0, 1.1 times as deep, for 240 x 240.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (240, 240, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        include_preprocessing: whether the model scales pixels itself; else it takes what
            ImageNet's mean and deviation make of values in [0, 1].
        name: the model's name.

    Shape:
        (batch, 240, 240, 3), values in [0, 255] -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = EfficientNetV2B1(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 1280)

    Source: keras.applications.EfficientNetV2B1; Tan and Le, "EfficientNetV2",
    https://arxiv.org/abs/2104.00298.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    size = Size("efficientnetv2-b1", image=240, width=1.0, depth=1.1)
    return efficientnet_v2(given, size, include_preprocessing, name)


def EfficientNetV2B2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b2",
) -> PretrainedModel:
    """Return EfficientNetV2B2: 1.1 times as wide as B0, 1.2 times as deep, for 260 x 260.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (260, 260, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        include_preprocessing: whether the model scales pixels itself; else it takes what
            ImageNet's mean and deviation make of values in [0, 1].
        name: the model's name.

    Shape:
        (batch, 260, 260, 3), values in [0, 255] -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = EfficientNetV2B2(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 1408)

    Source: keras.applications.EfficientNetV2B2; Tan and Le, "EfficientNetV2",
    https://arxiv.org/abs/2104.00298.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    size = Size("efficientnetv2-b2", image=260, width=1.1, depth=1.2)
    return efficientnet_v2(given, size, include_preprocessing, name)


def EfficientNetV2B3(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b3",
) -> PretrainedModel:
    """Return EfficientNetV2B3: 1.2 times as wide as B0, 1.4 times as deep, for 300 x 300.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 32 x 32; by default (300, 300, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        include_preprocessing: whether the model scales pixels itself; else it takes what
            ImageNet's mean and deviation make of values in [0, 1].
        name: the model's name.

    Shape:
        (batch, 300, 300, 3), values in [0, 255] -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = EfficientNetV2B3(weights=None, include_top=False, input_shape=(32, 32, 3))
        >>> model.output_shape
        (None, 1, 1, 1536)

    Source: keras.applications.EfficientNetV2B3; Tan and Le, "EfficientNetV2",
    https://arxiv.org/abs/2104.00298.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    size = Size("efficientnetv2-b3", image=300, width=1.2, depth=1.4)
    return efficientnet_v2(given, size, include_preprocessing, name)


register("efficientnet_v2_b0", EfficientNetV2B0)
register("efficientnet_v2_b1", EfficientNetV2B1)
register("efficientnet_v2_b2", EfficientNetV2B2)
register("efficientnet_v2_b3", EfficientNetV2B3)
