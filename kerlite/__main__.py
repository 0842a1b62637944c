"""`python -m kerlite classify IMAGE`: what a pretrained network sees in a picture."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kerlite import applications
from kerlite.applications.imagenet import preprocess_none
from kerlite.applications.weights import find_weights

__all__ = ["main"]

_USUAL_SIZE = 224  # of pictures for a network that takes any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status.

    Args:
        arguments: the words of the command; by default those the process was started with.
    """
    parser, classify = _parsers()
    options = parser.parse_args(arguments)
    try:
        pictures = [_picture(path) for path in options.images]
        model, prepare = _network(options.model, options.weights)
        with torch.no_grad():
            scores = model(torch.stack([prepare(picture) for picture in pictures]))
        decoded = applications.imagenet_utils.decode_predictions(scores, top=options.top)
    except (OSError, ValueError, AttributeError, ImportError) as error:
        classify.error(str(error))
    for path, best in zip(options.images, decoded, strict=True):
        print(path)
        for _, name, score in best:
            print(f"{score:8.2%}  {name.replace('_', ' ')}")
    return 0


def _parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    parser = argparse.ArgumentParser(prog="python -m kerlite", description="kerlite's commands.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    classify = commands.add_parser(
        "classify",
        help="name what is in a picture",
        description="Print the likeliest of ImageNet's 1000 classes for pictures.",
    )
    classify.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="a picture")
    classify.add_argument(
        "--model", default="resnet50", help="a network of kerlite.applications (default: resnet50)"
    )
    classify.add_argument(
        "--weights",
        default="imagenet",
        help="a .pth, .safetensors, .weights.h5 or .keras file, or the name of weights to fetch "
        "(default: imagenet)",
    )
    classify.add_argument("--top", type=_count, default=5, help="how many classes (default: 5)")
    return parser, classify


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, received {text!r}")
    return int(text)


def _picture(path: Path) -> Any:
    from torchvision.datasets.folder import pil_loader

    if not path.is_file():
        raise ValueError(f"There is no picture {str(path)!r}.")
    try:
        return pil_loader(str(path))
    except OSError as error:
        raise ValueError(f"{path} is no picture that Pillow can read: {error}") from None


def _network(name: str, weights: str) -> tuple[Any, Callable[[Any], torch.Tensor]]:
    """Return a network, and what makes its input of a picture."""
    keras_like, module = _keras_application(name)
    make = keras_like or (lambda **options: applications.get(name, **options))
    model = make(weights=weights)
    if getattr(model, "preprocessing", None) is not None:
        return model, model.preprocess
    if module is not None and (weights.endswith((".h5", ".keras")) or not _is_torchvisions(name)):
        size = tuple(side or _USUAL_SIZE for side in model.input_shape[1:3])
        return model, _as_keras_does(module.preprocess_input, size)
    settings = _torchvisions(name)
    settings["crop"] = model.input_shape[1] or settings["crop"]
    settings["resize"] = max(settings["crop"], settings["resize"])
    if module is not None and module.preprocess_input is preprocess_none:  # it takes bytes
        settings.update(mean=[0.0] * 3, std=[1 / 255] * 3)
    return model, applications.Preprocess(**settings)


def _keras_application(name: str) -> tuple[Any, Any]:
    """Return the function of Keras's interface that makes a network, and the module it is in."""
    wanted = name.lower().replace("-", "").replace("_", "")
    for found in pkgutil.iter_modules(applications.__path__, f"{applications.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "preprocess_input"):
            for public in getattr(module, "__all__", ()):
                if public.lower() == wanted:
                    return getattr(module, public), module
    return None, None


def _is_torchvisions(name: str) -> bool:
    try:
        return bool(_torchvisions(name))
    except ValueError:
        return False


def _torchvisions(name: str) -> dict[str, Any]:
    """Return the settings of the transform of torchvision's weights; a file has them rarely."""
    plain = {known.replace("_", ""): known for known in applications.list()}
    known = plain.get(name.lower().replace("-", "").replace("_", ""), name)
    source = find_weights("imagenet", known, "channels_last")
    return (source and source.preprocessing) or {}


def _as_keras_does(preprocess_input: Any, size: Sequence[int]) -> Callable[[Any], torch.Tensor]:
    def prepare(picture: Any) -> torch.Tensor:
        resized = np.asarray(picture.resize(size[::-1]), dtype="float32")
        return torch.as_tensor(np.asarray(preprocess_input(resized[None]))[0])

    return prepare


if __name__ == "__main__":
    raise SystemExit(main())
