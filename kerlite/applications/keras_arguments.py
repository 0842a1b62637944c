"""The arguments that Keras's image models share: checked first, then what follows from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerlite import activations
from kerlite.applications import image_shapes as shapes
from kerlite.applications.keras_files import PublishedFile
from kerlite.applications.pixels import MINUS_1_TO_1, Pixels
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.sources import sources
from kerlite.applications.weights import Source, find_weights, load_into
from kerlite.core import config
from kerlite.core.arguments import is_whole
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Dense, Dropout, GlobalAveragePooling2D, GlobalMaxPooling2D, Input

__all__ = ["ImageModelArguments", "check_alpha"]

_IMAGENET_CLASSES = 1000
_POOLING = (None, "avg", "max")


@dataclass(frozen=True)
class ImageModelArguments:
    """What the caller of an image model asked for, and the parts of a model that depend on it.

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for those that Keras publishes, or a path to a
            file that `Model.load_weights` reads.
        input_tensor: a KerasTensor to begin with, instead of a new input.
        input_shape: shape of one image.
        pooling: what a model without classifier ends in: None for images of features, "avg" or
            "max" for one vector an image.
        classes: how many the classifier tells apart.
        classifier_activation: the classifier's activation; None for logits.

    Raises:
        ValueError: if the arguments contradict each other.
        FileNotFoundError: if there is no file of weights.

    Example:
        >>> ImageModelArguments(True, None, None, None, None, 10, "softmax").image(224, 32).shape
        (None, 224, 224, 3)

    Source: the arguments of the functions in keras.applications. A wrong `pooling` is an error
    here, not ignored.
    """

    include_top: bool
    weights: Any
    input_tensor: Any
    input_shape: Any
    pooling: str | None
    classes: int
    classifier_activation: Any

    def __post_init__(self) -> None:
        if self.pooling not in _POOLING:
            raise ValueError(f"pooling is one of {_POOLING}; received {self.pooling!r}.")
        if not is_whole(self.classes) or self.classes < 1:
            raise ValueError(f"classes is a whole number from 1; received {self.classes!r}.")
        _check_weights(self.weights)
        if self.include_top and self.weights is not None:
            self._check_classifier()

    @property
    def imagenet(self) -> bool:
        """Whether the published weights are asked for."""
        return isinstance(self.weights, str) and self.weights == "imagenet"

    @property
    def asked_size(self) -> tuple[int | None, ...]:
        """Height and width of `input_shape`; None where they are open."""
        shape = shapes.as_image_shape(self.input_shape)
        return (None, None) if shape is None else shapes.sizes_in(shape)

    def image(self, default_size: int, min_size: int, any_size: bool = False) -> KerasTensor:
        """Return the symbolic image that the model begins with.

        Args:
            default_size: height and width where none are asked for.
            min_size: the smallest height and width that leave something to compute with.
            any_size: whether the classifier, too, takes images of any size; the default is open.

        Raises:
            ValueError: for an image of an unfit shape, or no KerasTensor as `input_tensor`.
        """
        if self.input_tensor is not None:
            return self._given_image(min_size)
        shape = shapes.as_image_shape(self.input_shape)
        default = shapes.image_shape(
            default_size, 3 if shape is None else shapes.channels_in(shape)
        )
        if shape is None:
            closed = self.include_top and not any_size
            shape = default if closed else shapes.image_shape(None, 3)
        shapes.check_image(shape, min_size, "input_shape", self.imagenet)
        if not self.include_top or any_size:
            return Input(shape)
        if self.imagenet and shape != default:
            raise ValueError(
                f"The classifier trained on ImageNet takes images of the shape {default}; received "
                f"input_shape={shape}. Pass include_top=False to take the network without its "
                "classifier, or resize the images."
            )
        if None in shape:
            raise ValueError(
                f"A model with a classifier needs a whole input_shape; received {shape}. Name the "
                "sizes, or pass include_top=False."
            )
        return Input(shape)

    def head(
        self,
        x: KerasTensor,
        *,
        top_name: str | None = "avg_pool",
        named: bool = False,
        dropout: float = 0.0,
        **dense: Any,
    ) -> KerasTensor:
        """Return the output of the model for its last features: classifier, pooling, or nothing.

        Args:
            x: the features.
            top_name: name of the pooling before the classifier.
            named: whether the pooling of a model without classifier has a name.
            dropout: rate before the classifier; 0 for no layer.
            dense: further arguments of the classifier.
        """
        if self.include_top:
            x = GlobalAveragePooling2D(name=top_name)(x)
            if dropout:
                x = Dropout(dropout, name="top_dropout")(x)
            activation = self.classifier_activation
            return Dense(self.classes, activation=activation, name="predictions", **dense)(x)
        return self.pooled(x, named)

    def pooled(self, x: KerasTensor, named: bool = False) -> KerasTensor:
        """Return the output of a model without classifier for its last features."""
        if self.pooling == "avg":
            return GlobalAveragePooling2D(name="avg_pool" if named else None)(x)
        if self.pooling == "max":
            return GlobalMaxPooling2D(name="max_pool" if named else None)(x)
        return x

    def model(
        self,
        image: KerasTensor,
        outputs: KerasTensor,
        name: str | None,
        file: PublishedFile,
        pixels: Pixels = MINUS_1_TO_1,
    ) -> PretrainedModel:
        """Return the model with the weights asked for.

        Args:
            image: what `image()` returned.
            outputs: the model's output.
            name: the model's name.
            file: Keras's file of weights for this model.
            pixels: what the published weights take.
        """
        inputs = image if self.input_tensor is None else sources(image)
        model = PretrainedModel(inputs, outputs, name=name)
        model.describe({}, [])
        if self.imagenet:
            source: Source | None = file.source(pixels.transform(shapes.space_of(image)[0]))
        else:
            source = find_weights(self.weights, file.name, config.image_data_format())
        if source is not None:
            load_into(model, source)
        return model

    def _given_image(self, min_size: int) -> KerasTensor:
        tensor = self.input_tensor
        if not isinstance(tensor, KerasTensor) or tensor.ndim != 4:
            given = tensor if isinstance(tensor, KerasTensor) else type(tensor).__name__
            raise ValueError(
                "input_tensor is a symbolic batch of images, such as Input((224, 224, 3)); "
                f"received {given}. Call the finished model on data."
            )
        shapes.check_image(tensor.shape[1:], min_size, "input_tensor's shape", self.imagenet)
        asked = shapes.as_image_shape(self.input_shape) or (None,) * 3
        pairs = zip(asked, tensor.shape[1:], strict=True)
        if any(a is not None and b is not None and a != b for a, b in pairs):
            raise ValueError(
                f"input_tensor is of the shape {tensor.shape[1:]}, but input_shape={asked}. Leave "
                "input_shape out: the tensor has one."
            )
        return tensor

    def _check_classifier(self) -> None:
        if self.imagenet and self.classes != _IMAGENET_CLASSES:
            raise ValueError(
                f"ImageNet's classifier has {_IMAGENET_CLASSES} classes; received classes="
                f"{self.classes}. Pass include_top=False and put a Dense({self.classes}) on top, "
                "or weights=None to train from the beginning."
            )
        fitting = (activations.get("softmax"), activations.get(None))
        if activations.get(self.classifier_activation) not in fitting:
            raise ValueError(
                "A trained classifier ends in 'softmax', or None for its logits; received "
                f"classifier_activation={self.classifier_activation!r}."
            )


def check_alpha(alpha: Any) -> None:
    """Raise ValueError unless a factor of the numbers of channels is a number above 0."""
    if isinstance(alpha, bool) or not isinstance(alpha, (int, float)) or not alpha > 0:
        raise ValueError(
            f"alpha is a number above 0, the factor of the numbers of channels; received {alpha!r}."
        )


def _check_weights(weights: Any) -> None:
    if weights is None or (isinstance(weights, str) and weights == "imagenet"):
        return
    path = Path(weights) if isinstance(weights, (str, os.PathLike)) else None
    if path is None or not path.is_file():
        error = FileNotFoundError if path is not None and path.suffix else ValueError
        raise error(
            "weights is None (random ones), 'imagenet' (those that Keras publishes), or the path "
            f"of a file that is there, such as 'x.weights.h5'; received {weights!r}."
        )
