"""ImageNet: what its networks are fed, and what the numbers they return mean."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite import ops
from kerlite.applications.pixels import STANDARDIZED
from kerlite.core import config, dtypes
from kerlite.core.tensor import KerasTensor

__all__ = [
    "class_names",
    "decode_predictions",
    "preprocess_caffe",
    "preprocess_input",
    "preprocess_none",
    "preprocess_tf",
    "preprocess_torch",
]

_CLASSES = 1000
_MODES = ("caffe", "tf", "torch")
_FORMATS = ("channels_first", "channels_last")
_BGR_MEAN = (103.939, 116.779, 123.68)


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Return images with values 0-255 in the form that a family of networks was trained on.

    "caffe": channels reversed to BGR, minus ImageNet's mean of each. "tf": x / 127.5 - 1, within
    [-1, 1]. "torch": (x / 255 - mean) / std, with ImageNet's mean and deviation of each channel.

    Args:
        x: one RGB image or a batch: an array, a tensor or a KerasTensor.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.
        mode: "caffe", "tf" or "torch".

    Shape:
        (height, width, 3) or (batch, height, width, 3), or with the channels first -> the same.

    Raises:
        ValueError: for an unknown mode or data_format, or images without three channels.

    Example:
        >>> preprocess_input(np.array([[[255, 0, 127.5]]]), mode="tf")
        array([[[ 1., -1.,  0.]]])

    Source: keras.applications.imagenet_utils.preprocess_input. Keras writes over an array of
    floats; here x stays as it is.
    """
    if mode not in _MODES:
        raise ValueError(f"mode is one of {_MODES}; received {mode!r}.")
    data_format = config.image_data_format() if data_format is None else data_format
    if data_format not in _FORMATS:
        raise ValueError(f"data_format is one of {_FORMATS}; received {data_format!r}.")
    x = _as_floats(x)
    if mode == "tf":
        return x / 127.5 - 1.0
    axis = _channel_axis(x, data_format)
    channels = functools.partial(_for_channels, like=x, axis=axis)
    if mode == "torch":
        return (x / 255.0 - channels(STANDARDIZED.mean)) / channels(STANDARDIZED.std)
    return _reversed(x, axis) - channels(_BGR_MEAN)


def preprocess_caffe(x: Any, data_format: str | None = None) -> Any:
    """Return images with values 0-255 as BGR, minus ImageNet's mean of each channel.

    Args:
        x: one RGB image or a batch: an array, a tensor or a KerasTensor.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (height, width, 3) or (batch, height, width, 3), or with the channels first -> the same.

    Example:
        >>> preprocess_caffe(np.array([[[1.0, 2.0, 3.0]]])).round(3)
        array([[[-100.939, -114.779, -122.68 ]]])

    Source: `preprocess_input` of the families vgg16, vgg19, resnet and resnet50 of
    keras.applications.
    """
    return preprocess_input(x, data_format, "caffe")


def preprocess_tf(x: Any, data_format: str | None = None) -> Any:
    """Return images with values 0-255 scaled to [-1, 1]: x / 127.5 - 1.

    Args:
        x: one RGB image or a batch: an array, a tensor or a KerasTensor.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        any -> the same.

    Example:
        >>> preprocess_tf(np.array([[[255, 0, 127.5]]]))
        array([[[ 1., -1.,  0.]]])

    Source: `preprocess_input` of the families inception_resnet_v2, inception_v3, mobilenet,
    mobilenet_v2, nasnet, resnet_v2 and xception of keras.applications.
    """
    return preprocess_input(x, data_format, "tf")


def preprocess_torch(x: Any, data_format: str | None = None) -> Any:
    """Return images with values 0-255 as (x / 255 - mean) / std of ImageNet's channels.

    Args:
        x: one RGB image or a batch: an array, a tensor or a KerasTensor.
        data_format: "channels_last" or "channels_first"; by default `image_data_format()`.

    Shape:
        (height, width, 3) or (batch, height, width, 3), or with the channels first -> the same.

    Example:
        >>> preprocess_torch(np.array([[[255.0, 0.0, 0.0]]])).round(3)
        array([[[ 2.249, -2.036, -1.804]]])

    Source: `preprocess_input` of the family densenet of keras.applications.
    """
    return preprocess_input(x, data_format, "torch")


def preprocess_none(x: Any, data_format: str | None = None) -> Any:
    """Return the images as they are: the models of this family begin with a layer that scales.

    Args:
        x: images with values 0-255.
        data_format: the place of the channels, which does not matter here.

    Shape:
        any -> the same.

    Example:
        >>> preprocess_none(3.0)
        3.0

    Source: `preprocess_input` of the families convnext, efficientnet, efficientnet_v2 and
    mobilenet_v3 of keras.applications.
    """
    return x


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """Return the likeliest of ImageNet's classes for each image.

    Args:
        preds: what an ImageNet network returned: probabilities, or any scores, of 1000 classes.
        top: how many classes to return, from 1.

    Shape:
        (batch, 1000) -> a list for each image of tuples (WordNet id, name, score), best first.

    Raises:
        ValueError: if preds has another shape, or top is no whole number from 1.

    Example:
        >>> decode_predictions(np.eye(1, 1000), top=1)[0][0][:2]
        ('n01440764', 'tench')

    Source: keras.applications.imagenet_utils.decode_predictions. The class names are in the
    package: nothing is downloaded.
    """
    scores = ops.convert_to_numpy(preds)
    if scores.ndim != 2 or scores.shape[1] != _CLASSES:
        raise ValueError(
            f"decode_predictions takes scores of ImageNet's {_CLASSES} classes for a batch of "
            f"images, of the shape (batch, {_CLASSES}); received {scores.shape}. Scores of one "
            "image go in as preds[None]; a model with other classes has names of its own."
        )
    if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
        raise ValueError(f"top is how many classes to return, from 1; received {top!r}.")
    classes = class_names()
    best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    return [
        [(*classes[place], row[place]) for place in places]
        for row, places in zip(scores, best, strict=True)
    ]


@functools.cache
def class_names() -> tuple[tuple[str, str], ...]:
    """Return ImageNet's classes in the order of their numbers, as (WordNet id, name).

    Example:
        >>> class_names()[281]
        ('n02123045', 'tabby')

    Source: the file imagenet_class_index.json of keras.applications: the first of WordNet's words
    for a class, with underscores; two classes are named "crane", and two "maillot".
    """
    text = Path(__file__).with_name("imagenet_classes.json").read_text(encoding="utf-8")
    return tuple(json.loads(text).items())


def _as_floats(x: Any) -> Any:
    """Return x with a floating-point type: its own, else floatx."""
    if isinstance(x, KerasTensor):
        return x if "float" in x.dtype else ops.cast(x, config.floatx())
    if isinstance(x, Tensor):
        return x if x.is_floating_point() else ops.cast(x, config.floatx())
    x = np.asarray(x)
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(config.floatx())


def _channel_axis(x: Any, data_format: str) -> int:
    axis = -1 if data_format == "channels_last" else -3
    if x.ndim not in (3, 4) or x.shape[axis] not in (3, None):
        shape = "(height, width, 3)" if axis == -1 else "(3, height, width)"
        raise ValueError(
            f"Images are RGB, of the shape {shape} or a batch of them ({data_format}); received "
            f"{tuple(x.shape)}. Pass data_format if the channels are elsewhere; repeat the one "
            "channel of grey images three times."
        )
    return axis


def _for_channels(values: tuple[float, ...], like: Any, axis: int) -> Any:
    """Return one value for each channel, in a shape that broadcasts to images."""
    shape = (-1,) if axis == -1 else (-1, 1, 1)
    if isinstance(like, np.ndarray):
        return np.array(values, like.dtype).reshape(shape)
    symbolic = isinstance(like, KerasTensor)
    dtype = dtypes.to_torch_dtype(like.dtype) if symbolic else like.dtype
    device = config.device() if symbolic else like.device
    return torch.tensor(values, dtype=dtype, device=device).reshape(shape)


def _reversed(x: Any, axis: int) -> Any:
    return np.flip(x, axis) if isinstance(x, np.ndarray) else ops.flip(x, axis)
