"""InceptionResNetV2."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kerlite.applications.image_shapes import channel_axis, channels_of
from kerlite.applications.imagenet import decode_predictions as decode_predictions
from kerlite.applications.imagenet import preprocess_tf as preprocess_input
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.keras_files import keras_file
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.core.registry import register_public
from kerlite.core.tensor import KerasTensor
from kerlite.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Layer,
    MaxPooling2D,
)

__all__ = ["CustomScaleLayer", "InceptionResNetV2", "decode_predictions", "preprocess_input"]

# The convolutions of each branch: (filters, kernel size, strides).
_Branches = tuple[tuple[tuple[int, Any, int], ...], ...]
_MIXED_5B: _Branches = (
    ((96, 1, 1),),
    ((48, 1, 1), (64, 5, 1)),
    ((64, 1, 1), (96, 3, 1), (96, 3, 1)),
)
_MIXED_6A: _Branches = (((384, 3, 2),), ((256, 1, 1), (256, 3, 1), (384, 3, 2)))
_MIXED_7A: _Branches = (
    ((256, 1, 1), (384, 3, 2)),
    ((256, 1, 1), (288, 3, 2)),
    ((256, 1, 1), (288, 3, 1), (320, 3, 2)),
)
_BLOCKS: dict[str, _Branches] = {
    "block35": (
        ((32, 1, 1),),
        ((32, 1, 1), (32, 3, 1)),
        ((32, 1, 1), (48, 3, 1), (64, 3, 1)),
    ),
    "block17": (((192, 1, 1),), ((128, 1, 1), (160, (1, 7), 1), (192, (7, 1), 1))),
    "block8": (((192, 1, 1),), ((192, 1, 1), (224, (1, 3), 1), (256, (3, 1), 1))),
}


def InceptionResNetV2(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_resnet_v2",
) -> PretrainedModel:
    """Return InceptionResNetV2: blocks of parallel convolutions, added to their input.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for Keras's, or a path to a file of weights.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image, at least 75 x 75; by default (299, 299, 3).
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.
        name: the model's name.

    Shape:
        (batch, 299, 299, 3), values in [-1, 1] (`preprocess_input`) -> (batch, classes).

    Raises:
        ValueError: if the arguments contradict each other, or the image is too small.

    Example:
        >>> model = InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
        >>> model.output_shape
        (None, 1, 1, 1536)

    Source: keras.applications.InceptionResNetV2; Szegedy et al., "Inception-v4, Inception-ResNet
    and the Impact of Residual Connections on Learning", https://arxiv.org/abs/1602.07261.
    """
    given = ImageModelArguments(
        include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation
    )
    image = given.image(default_size=299, min_size=75)
    x = _mixed(_stem(image), _MIXED_5B, "mixed_5b", pool="average")
    for number in range(1, 11):
        x = _block(x, "block35", number, scale=0.17)
    x = _mixed(x, _MIXED_6A, "mixed_6a", pool="max")
    for number in range(1, 21):
        x = _block(x, "block17", number, scale=0.1)
    x = _mixed(x, _MIXED_7A, "mixed_7a", pool="max")
    for number in range(1, 10):
        x = _block(x, "block8", number, scale=0.2)
    x = _block(x, "block8", 10, scale=1.0, activation=None)
    x = _convolved(x, 1536, 1, name="conv_7b")
    file = keras_file("inception_resnet_v2", include_top)
    return given.model(image, given.head(x), name, file)


register("inception_resnet_v2", InceptionResNetV2)


class CustomScaleLayer(Layer):
    """A sum of two inputs, the second times a number: x[0] + scale * x[1].

    Args:
        scale: factor of the second input.

    Shape:
        two of the same shape -> that shape.

    Example:
        >>> import torch
        >>> CustomScaleLayer(0.5)([torch.ones(2), torch.ones(2)])
        tensor([1.5000, 1.5000])

    Source: Keras's layer of this name, which its files of InceptionResNetV2 mention.
    """

    def __init__(self, scale: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale = scale
        self.build_at_init()

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Return the sum."""
        return inputs[0] + inputs[1] * self.scale

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the first input."""
        return tuple(input_shape[0])


register_public(
    CustomScaleLayer, module="keras.src.applications.inception_resnet_v2", preferred=True
)


def _convolved(
    x: KerasTensor,
    filters: int,
    size: Any,
    strides: int = 1,
    padding: str = "same",
    name: str | None = None,
) -> KerasTensor:
    x = Conv2D(filters, size, strides=strides, padding=padding, use_bias=False, name=name)(x)
    norm, activation = (f"{name}_bn", f"{name}_ac") if name else (None, None)
    x = BatchNormalization(axis=channel_axis(), scale=False, name=norm)(x)
    return Activation("relu", name=activation)(x)


def _stem(x: KerasTensor) -> KerasTensor:
    x = _convolved(x, 32, 3, strides=2, padding="valid")
    x = _convolved(x, 32, 3, padding="valid")
    x = _convolved(x, 64, 3)
    x = MaxPooling2D(3, strides=2)(x)
    x = _convolved(x, 80, 1, padding="valid")
    x = _convolved(x, 192, 3, padding="valid")
    return MaxPooling2D(3, strides=2)(x)


def _branches(x: KerasTensor, branches: _Branches) -> list[KerasTensor]:
    """Return the outputs of branches; what strides has no padding."""
    outputs = []
    for branch in branches:
        y = x
        for filters, size, strides in branch:
            y = _convolved(y, filters, size, strides, "same" if strides == 1 else "valid")
        outputs.append(y)
    return outputs


def _mixed(x: KerasTensor, branches: _Branches, name: str, pool: str) -> KerasTensor:
    """Return branches side by side, with one more that pools."""
    outputs = _branches(x, branches)
    if pool == "average":
        outputs.append(_convolved(AveragePooling2D(3, strides=1, padding="same")(x), 64, 1))
    else:
        outputs.append(MaxPooling2D(3, strides=2)(x))
    return Concatenate(axis=channel_axis(), name=name)(outputs)


def _block(
    x: KerasTensor, kind: str, number: int, scale: float, activation: str | None = "relu"
) -> KerasTensor:
    """Return the input plus its branches, brought to the input's width."""
    name = f"{kind}_{number}"
    mixed = Concatenate(axis=channel_axis(), name=f"{name}_mixed")(_branches(x, _BLOCKS[kind]))
    wide = Conv2D(channels_of(x), 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, wide])
    return x if activation is None else Activation(activation, name=f"{name}_ac")(x)
