"""The networks by name: `get` makes one, `list` names them."""

from __future__ import annotations

import builtins
import fnmatch
from collections.abc import Callable
from typing import Any

__all__ = ["application", "get", "list", "register"]

_MAKERS: dict[str, Callable[..., Any]] = {}


def register(name: str, make: Callable[..., Any]) -> None:
    """Let `get` know a network.

    Args:
        name: its name; capitals, "-" and "_" do not count.
        make: makes the model; takes Keras's arguments by name.
    """
    _MAKERS[name] = make


def get(architecture: str, /, **kwargs: Any) -> Any:
    """Return a network by its name, Keras's ("ResNet50") or torchvision's ("resnet50").

    Args:
        architecture: its name; capitals, "-" and "_" do not count.
        **kwargs: include_top=True, weights="imagenet", input_tensor, input_shape, pooling,
            classes=1000, classifier_activation="softmax", name.

    Raises:
        TypeError: for what is no name, or an argument that the network has not.
        ValueError: for a name that there is not; names like it are listed.

    Example:
        >>> get("squeezenet1_1", weights=None, classes=3, input_shape=(64, 64, 3)).output_shape
        (None, 3)

    Source: torchvision.models.get_model.
    """
    if not isinstance(architecture, str):
        raise TypeError(
            f"get() takes the name of a network, such as 'resnet50'; received {architecture!r}. "
            "A torch module becomes a model by from_torch()."
        )
    names = {_plain(known): known for known in _MAKERS}
    wanted = _plain(architecture)
    if wanted not in names:
        like = [known for known in list() if wanted[:4] in _plain(known)] or list()
        raise ValueError(f"There is no network {architecture!r}. There are: {like}.")
    return _MAKERS[names[wanted]](**kwargs)


def list(pattern: str = "*") -> builtins.list[str]:
    """Return the names of the networks.

    Args:
        pattern: what the names must look like: "*" stands for anything, capitals do not count.

    Example:
        >>> list("vgg1*")
        ['vgg11', 'vgg11_bn', 'vgg13', 'vgg13_bn', 'vgg16', 'vgg16_bn', 'vgg19', 'vgg19_bn']

    Source: torchvision.models.list_models.
    """
    return sorted(name for name in _MAKERS if fnmatch.fnmatch(name.lower(), pattern.lower()))


def application(architecture: str, public_name: str, default_name: str, says: str) -> Any:
    """Return Keras's function for a network, with its arguments.

    Args:
        architecture: torchvision's name.
        public_name: the function's name.
        default_name: the model's name unless another is given.
        says: the first sentence of its documentation.
    """

    def make(
        include_top: bool = True,
        weights: Any = "imagenet",
        input_tensor: Any = None,
        input_shape: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = default_name,
    ) -> Any:
        return get(
            architecture, include_top=include_top, weights=weights, input_tensor=input_tensor,
            input_shape=input_shape, pooling=pooling, classes=classes,
            classifier_activation=classifier_activation, name=name,
        )  # fmt: skip

    return documented(make, public_name, says)


def documented(make: Any, public_name: str, says: str, more: str = "") -> Any:
    """Return a function under its public name, with the documentation all networks share."""
    make.__name__ = make.__qualname__ = public_name
    make.__doc__ = _DOCUMENTATION.format(says=says, more=more, name=public_name)
    return make


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


_DOCUMENTATION = """Return {says}

    Args:
        include_top: whether the model ends in a classifier.
        weights: None for random ones, "imagenet" for torchvision's best, a member of torchvision's
            enum or its name, or the path of a file (.pth, .safetensors, .weights.h5, .keras).
        input_tensor: a symbolic tensor to begin with, in place of a new input.
        input_shape: the shape of one image.
        pooling: None, "avg" or "max": what a model without classifier ends in.
        classes: how many the classifier tells apart.
        classifier_activation: its activation; None for logits.{more}
        name: the model's name.

    Shape:
        (batch, height, width, 3) -> (batch, classes), or features without the classifier.

    Raises:
        ValueError: if the arguments contradict each other, the image is too small, or the weights
            are another model's.
        ConnectionError: if weights are to be fetched, and there is no network.

    Source: keras.applications.{name}; the network and its numbers are torchvision's. Its layers
    have Keras's names where Keras has them.
    """
