"""Weights: which there are, where they come from, and how they reach a model."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path
from typing import Any

from kerlite.core.errors import UnsafeFileError
from kerlite.utils.get_file import get_file, hash_of

__all__ = ["Source", "download", "find_weights", "load_into"]

_TORCH_ENDINGS = (".pth", ".pt", ".safetensors")
_KERAS_ENDINGS = (".h5", ".hdf5", ".keras")


@dataclasses.dataclass
class Source:
    """Where weights come from.

    Args:
        info: what the model's `weights_info` will be.
        preprocessing: the settings of the transform; None if unknown.
        path: a file that is there; None for one to fetch.
        url: where the file is.
        member: torchvision's own description of the weights, if they are its.
    """

    info: dict[str, Any]
    preprocessing: dict[str, Any] | None = None
    path: str | None = None
    url: str | None = None
    member: Any = None

    def fetched(self) -> str:
        """Return the path of the file, which is fetched if need be."""
        if self.path is None:
            self.path = download(str(self.url))
            self.info["sha256"] = hash_of(self.path)
        return self.path


def find_weights(weights: Any, architecture: str, data_format: str) -> Source | None:
    """Return where weights come from, without fetching anything; None for random ones.

    Args:
        weights: None, "imagenet", a member of torchvision's enum for the architecture, its name
            ("IMAGENET1K_V1", "ResNet50_Weights.IMAGENET1K_V2"), or the path of a file.
        architecture: torchvision's name.
        data_format: where the channels are in the model's input.

    Raises:
        ValueError: for weights of another architecture, or a name that there is not.
        FileNotFoundError: for a path that leads nowhere.

    Example:
        >>> find_weights("imagenet", "resnet18", "channels_last").info["name"]
        'ResNet18_Weights.IMAGENET1K_V1'
    """
    if weights is None:
        return None
    if _is_path(weights):
        return _from_file(os.fspath(weights))
    member = _member(weights, architecture)
    return Source(_info(member), _preprocessing(member, data_format), url=member.url, member=member)


def download(url: str) -> str:
    """Return the path of a file of weights, fetched once into the cache folder.

    Args:
        url: its address; the first digits of the SHA-256 are in the name, as torchvision's
            ("resnet18-f37072fd.pth").

    Raises:
        ConnectionError: without network; it says where to put the file by hand.
        ValueError: if the file is damaged.

    Example:
        >>> download("ftp://example.org/a.pth")
        Traceback (most recent call last):
        ValueError: get_file() fetches https, http and file addresses; ...
    """
    digits = re.search(r"-([0-9a-f]{8,})\.\w+$", url)
    return get_file(origin=url, file_hash=digits and digits[1], cache_subdir="models")


def load_into(model: Any, source: Source) -> None:
    """Load weights into a model, all of them or none, and note where they come from.

    Args:
        model: a `PretrainedModel`.
        source: where they come from.

    Raises:
        UnsafeFileError: if the file holds more than weights.
        ValueError: listing all that does not fit; it says whose weights were loaded into what.
    """
    path = source.fetched()
    load = model.load_torch_weights if path.endswith(_TORCH_ENDINGS) else model.load_weights
    try:
        load(path)
    except UnsafeFileError:
        raise
    except ValueError as error:
        raise ValueError(
            f"The weights in {path} are not those of {model.name!r}, or the file is damaged: "
            f"{error}\n{_remedies(model, path, load.__name__)}"
        ) from error
    model.set_source(source.info, source.preprocessing)


def _remedies(model: Any, path: str, load: str) -> str:
    """Return what may be done about weights that do not fit."""
    said = (
        "Check the architecture, `classes` and `include_top`; to load the body alone, make the "
        "model with include_top=False; to load what fits, make it with weights=None and call "
        f"model.{load}(path, skip_mismatch=True)."
    )
    if model.torch_names and path.endswith(_KERAS_ENDINGS):
        said += (
            " This network is torchvision's: a file that Keras wrote fits only where Keras's "
            "network of the name has the same layers."
        )
    return said


def _is_path(weights: Any) -> bool:
    if isinstance(weights, os.PathLike):
        return True
    return isinstance(weights, str) and (
        weights.endswith((*_TORCH_ENDINGS, *_KERAS_ENDINGS)) or Path(weights).is_file()
    )


def _from_file(path: str) -> Source:
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"There is no file of weights {path!r}. Pass weights=None for random weights, "
            "'imagenet', or the path of a .pth, .safetensors, .weights.h5 or .keras file."
        )
    return Source({"source": "file", "path": path, "sha256": hash_of(path)}, path=path)


def _member(weights: Any, architecture: str) -> Any:
    """Return torchvision's description of weights."""
    from torchvision.models import get_model_weights, list_models

    if architecture not in list_models():
        raise ValueError(
            f"torchvision publishes no weights for {architecture!r}, and the files that Keras "
            f"publishes are laid out in another way; received weights={weights!r}. Pass None for "
            "random ones, or the path of a .pth, .safetensors, .weights.h5 or .keras file."
        )
    enum = get_model_weights(architecture)
    known = list(enum.__members__)
    if not isinstance(weights, str):
        if not isinstance(weights, enum):
            raise ValueError(
                f"{weights!r} are no weights for {architecture!r}. Pass None, 'imagenet', one of "
                f"{known} of torchvision's {enum.__name__}, or the path of a file."
            )
        return weights
    name = weights.removeprefix(f"{enum.__name__}.")
    if name == "imagenet" and known:
        return enum["DEFAULT"] if "DEFAULT" in known else enum[known[-1]]
    if name not in known:
        raise ValueError(
            f"There are no weights {weights!r} for {architecture!r}. Pass None, 'imagenet', one of "
            f"{known}, or the path of a .pth, .safetensors, .weights.h5 or .keras file."
        )
    return enum[name]


def _info(member: Any) -> dict[str, Any]:
    meta = member.meta
    scores = meta.get("_metrics", {}).get("ImageNet-1K", {})
    digits = re.search(r"-([0-9a-f]{8,})\.\w+$", member.url)
    return {
        "source": "torchvision",
        "name": f"{type(member).__name__}.{member.name}",
        "url": member.url,
        "hash": f"sha256:{digits[1]}" if digits else None,
        "licence": meta.get("license", "BSD-3-Clause, https://github.com/pytorch/vision"),
        "accuracy": {key: float(value) for key, value in scores.items()},
        "recipe": meta.get("recipe"),
        "min_size": list(meta.get("min_size", ())),
    }


def _preprocessing(member: Any, data_format: str) -> dict[str, Any]:
    transform = member.transforms()
    return {
        "crop": transform.crop_size[0],
        "resize": transform.resize_size[0],
        "mean": list(transform.mean),
        "std": list(transform.std),
        "interpolation": transform.interpolation.value,
        "data_format": data_format,
    }
