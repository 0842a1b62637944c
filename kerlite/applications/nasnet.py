"""NASNetMobile and NASNetLarge."""

from __future__ import annotations

from typing import Any, NamedTuple

from kerlite.applications.image_shapes import image_shape, space_of
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.nasnet_cells import normal_cell, normalized, reduction_cell
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Activation, Conv2D

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]


def NASNetMobile(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_mobile",
) -> PretrainedModel:
    """Return NASNetMobile, 4 @ 1056: cells that a search found, each fed by the two before it.

    Args:
        input_shape: shape of one image, at least 32 x 32; by default (224, 224, 3).
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 224, 224, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = NASNetMobile((32, 32, 3), weights=None, include_top=False)
        >>> model.output_shape
        (None, 1, 1, 1056)

    Source: keras.applications.NASNetMobile, which Keras refuses to build on torch; Zoph et al.,
    "Learning Transferable Architectures for Scalable Image Recognition",
    https://arxiv.org/abs/1707.07012.
    """
    shape = _shape_of(input_shape, input_tensor, 224)
    given = ImageModelArguments(
        include_top, weights, input_tensor, shape, pooling, classes, classifier_activation
    )
    return _nasnet(given, _Size("nasnet_mobile", 224, 44, 4, 32, skips_reduction=False), name)


def NASNetLarge(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_large",
) -> PretrainedModel:
    """Return NASNetLarge, 6 @ 4032: cells that a search found, each fed by the two before it.

    Args:
        input_shape: shape of one image, at least 32 x 32; by default (331, 331, 3).
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 331, 331, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> NASNetLarge((31, 31, 3), weights=None, include_top=False)
        Traceback (most recent call last):
        ValueError: This network takes images of at least 32 x 32; received ...

    Source: keras.applications.NASNetLarge, which without classifier leaves the image's size open
    and cannot run then; Zoph et al., "Learning Transferable Architectures for Scalable Image
    Recognition", https://arxiv.org/abs/1707.07012.
    """
    shape = _shape_of(input_shape, input_tensor, 331)
    given = ImageModelArguments(
        include_top, weights, input_tensor, shape, pooling, classes, classifier_activation
    )
    return _nasnet(given, _Size("nasnet_large", 331, 168, 6, 96, skips_reduction=True), name)


register("nasnet_mobile", NASNetMobile)
register("nasnet_large", NASNetLarge)


class _Size(NamedTuple):
    """What tells the two networks apart.

    After a reduction, the cell before it is the previous one of the cells that follow; if it
    `skips_reduction`, they keep the one before that.
    """

    family: str
    image: int
    filters: int
    cells: int
    stem_filters: int
    skips_reduction: bool


def _shape_of(input_shape: Any, input_tensor: Any, size: int) -> Any:
    """Return the shape of one image: that asked for, else the network's own."""
    return image_shape(size, 3) if input_shape is None and input_tensor is None else input_shape


def _nasnet(given: ImageModelArguments, size: _Size, name: str | None) -> PretrainedModel:
    image = given.image(size.image, min_size=32)
    if None in space_of(image):
        raise ValueError(
            "NASNet pads by the size of its images, so it has to know it; received the shape "
            f"{image.shape[1:]}. Name height and width in input_shape."
        )
    x = Conv2D(
        size.stem_filters, 3, strides=2, use_bias=False, kernel_initializer="he_normal",
        name="stem_conv1",
    )(image)  # fmt: skip
    x = normalized(x, "stem_bn1")
    x, previous = reduction_cell(x, None, size.filters // 4, "stem_1")
    x, previous = reduction_cell(x, previous, size.filters // 2, "stem_2")
    for stage in range(3):
        filters = size.filters * 2**stage
        first = stage * size.cells
        if stage:
            x, before = reduction_cell(x, previous, filters, f"reduce_{first}")
            previous = previous if size.skips_reduction else before
        for number in range(first, first + size.cells):
            x, previous = normal_cell(x, previous, filters, str(number + bool(stage)))
    x = Activation("relu")(x)
    outputs = given.head(x, top_name=None)
    return given.model(image, outputs, name, keras_file(size.family, given.include_top))
