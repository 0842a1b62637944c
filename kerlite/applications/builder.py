"""A network of torchvision's as a model with Keras's arguments."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from kerlite import activations
from kerlite.applications.from_torch import torch_names, torch_versions
from kerlite.applications.image_shapes import as_image_shape, channels_in, image_shape, sizes_in
from kerlite.applications.keras_arguments import ImageModelArguments
from kerlite.applications.pretrained import PretrainedModel
from kerlite.applications.registry import register
from kerlite.applications.sources import sources
from kerlite.applications.tracing import LayerGraph
from kerlite.applications.weights import Source, find_weights, load_into
from kerlite.core import config
from kerlite.core.names import auto_name
from kerlite.core.tensor import KerasTensor
from kerlite.layers import Activation, Dense, GlobalAveragePooling1D, GlobalMaxPooling1D, Rescaling

__all__ = ["Architecture", "add_architecture"]

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
Renamer = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What is to be known of one of torchvision's networks.

    Args:
        name: torchvision's name, under which it is registered.
        names: from the traced module, makes the function from a layer's name to Keras's.
        size: height and width of the pictures it was made for.
        min_size: the smallest height and width that leave something to compute with.
        features: the layer at which the classifier begins, by its name before it is renamed; by
            default the last global pooling.
        make: makes the module, in place of torchvision's function of the name.
        sized: the argument of torchvision's function that says how large the pictures are.
        options: other arguments of it.
        left_out: beginnings of names of weights in torchvision's files that are not used.
        scales: whether Keras's model takes bytes unless told otherwise.
        fuses: whether ReLUs are the activations of the layers before them, as in Keras's model.
        on_meta: whether the module can be made on the meta device.
        any_size: whether Keras's model, classifier and all, takes pictures of any size by default.
    """

    name: str
    names: Callable[[nn.Module], Renamer] = lambda module: str
    size: int = 224
    min_size: int = 32
    features: str | None = None
    make: Callable[..., nn.Module] | None = None
    sized: str | None = None
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    scales: bool = False
    fuses: bool = False
    on_meta: bool = True
    any_size: bool = False

    def module(self, classes: int, size: Any, **options: Any) -> nn.Module:
        """Return torchvision's module, with random weights."""
        from torchvision import models

        given = {**self.options, **options}
        if self.sized is not None:
            given[self.sized] = tuple(size) if self.sized == "input_size" else size[0]
        make = self.make or functools.partial(models.get_model, self.name, weights=None)
        try:
            return make(num_classes=classes, **given)
        except TypeError as error:
            raise TypeError(
                f"{self.name!r} takes Keras's arguments (include_top, weights, input_shape, ...) "
                f"and those of torchvision's class; received {sorted(options)}: {error}"
            ) from error
        except (AssertionError, ValueError) as error:
            if self.sized is None:
                raise
            raise ValueError(
                f"{self.name!r} cannot be made for pictures of {size}: {error} It was made for "
                f"{self.size} x {self.size}."
            ) from error


def add_architecture(architecture: Architecture) -> None:
    """Let `get` know one of torchvision's networks."""
    register(architecture.name, functools.partial(_model, architecture))


def _model(
    architecture: Architecture,
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
    include_preprocessing: bool | None = None,
    **options: Any,
) -> PretrainedModel:
    source = find_weights(weights, architecture.name, config.image_data_format())
    published = source is not None and source.member is not None
    arguments = ImageModelArguments(
        include_top, "imagenet" if published else source and source.path, input_tensor,
        input_shape, pooling, classes, classifier_activation,
    )  # fmt: skip
    size = _default_size(architecture, source, input_shape)
    image = arguments.image(size, architecture.min_size, architecture.any_size)
    scales = architecture.scales if include_preprocessing is None else include_preprocessing
    module = _module(architecture, image, arguments, source, size, options)
    graph = LayerGraph(module, _with_predictions(module, architecture), architecture.fuses)
    last = config.image_data_format() == "channels_last"
    outputs = graph([_scaled(image) if scales else image], last)
    if include_top:
        outputs = _with_activation(outputs, classifier_activation)
    else:
        cut = graph.features if architecture.features is None else None
        outputs = graph.before[str(architecture.features)] if cut is None else cut
        outputs = _pooled(outputs, arguments)
    inputs = image if input_tensor is None else sources(image)
    model = PretrainedModel(inputs=inputs, outputs=outputs, name=name or _name(architecture))
    names = torch_names(model, graph)
    unused = [own for own in graph.own_names.values() if own not in set(names.values())]
    left_out = [*unused, *(f"{one}*" for one in architecture.left_out)]
    model.describe(names, left_out, torch_versions=torch_versions(module))
    if source is not None:
        if scales and source.preprocessing is not None:
            source.preprocessing.update(mean=[0.0] * 3, std=[1 / 255] * 3)
        load_into(model, source)
    return model


def _default_size(architecture: Architecture, source: Source | None, asked: Any) -> int:
    """Return the size of pictures that the published weights take, or that is Keras's."""
    if source is None or source.member is None or not source.preprocessing:
        return architecture.size
    keras_size = architecture.sized is None and as_image_shape(asked) == image_shape(
        architecture.size, 3
    )
    return architecture.size if keras_size else source.preprocessing["crop"]


def _module(
    architecture: Architecture,
    image: KerasTensor,
    arguments: ImageModelArguments,
    source: Source | None,
    default_size: int,
    options: dict[str, Any],
) -> nn.Module:
    """Return torchvision's module; on the meta device if its first weights do not matter."""
    size, channels = sizes_in(image.shape[1:]), channels_in(image.shape[1:])
    if architecture.sized is not None and (None in size or size[0] != size[1]):
        if arguments.include_top or None not in size:
            raise ValueError(
                f"{architecture.name!r} takes square pictures of a known size; received the shape "
                f"{image.shape[1:]}. Pass input_shape=(224, 224, 3), or another such."
            )
        size = (default_size,) * 2
    if (
        source is not None
        and source.member is not None
        and "transform_input" in (extra := _transforming(architecture))
    ):
        options = {**options, **extra}
    fresh = not architecture.on_meta or (source is None and config.device().type != "meta")
    with torch.device("cpu" if fresh else "meta"):
        module = architecture.module(arguments.classes, size, **options)
        return module if channels == 3 else _for_channels(module, int(channels or 0))


def _transforming(architecture: Architecture) -> dict[str, Any]:
    return {"transform_input": True} if "transform_input" in architecture.options else {}


def _for_channels(module: nn.Module, channels: int) -> nn.Module:
    """Return the module with a first convolution for other pictures than coloured ones."""
    path, first = next((n, m) for n, m in module.named_modules() if isinstance(m, nn.Conv2d))
    parent, _, own = path.rpartition(".")
    setattr(module.get_submodule(parent), own, nn.Conv2d(
        channels, first.out_channels, first.kernel_size, first.stride, first.padding,  # type: ignore[arg-type]
        bias=first.bias is not None,
    ))  # fmt: skip
    return module


def _with_predictions(module: nn.Module, architecture: Architecture) -> Renamer:
    """Return the function that names layers; the classifier is "predictions", as Keras's."""
    rename = architecture.names(module)
    linear = [name for name, part in module.named_modules() if isinstance(part, nn.Linear)]
    head = linear[-1].replace(".", "_") if linear else None

    def renamed(name: str) -> str:
        return "predictions" if name == head else rename(name)

    return renamed


def _with_activation(outputs: KerasTensor, activation: Any) -> KerasTensor:
    """Return the classifier's output after its activation, which its last layer applies."""
    layer = outputs.producer.target  # type: ignore[union-attr]
    if isinstance(layer, Dense):
        layer.activation = activations.get(activation)
        return outputs
    return Activation(activation, name="predictions")(outputs)


def _pooled(features: KerasTensor, arguments: ImageModelArguments) -> KerasTensor:
    if features.ndim == 4:
        return arguments.pooled(features, named=True)
    if arguments.pooling is None:
        return features
    if arguments.pooling == "avg":
        return GlobalAveragePooling1D(name="avg_pool")(features)
    return GlobalMaxPooling1D(name="max_pool")(features)


def _scaled(image: KerasTensor) -> KerasTensor:
    """Return bytes as what torchvision's weights were trained on."""
    scale = [1 / (255 * deviation) for deviation in _STD]
    offset = [-mean / deviation for mean, deviation in zip(_MEAN, _STD, strict=True)]
    return Rescaling(scale, offset, name="rescaling")(image)


def _name(architecture: Architecture) -> str:
    return auto_name(architecture.name)
