"""The `.keras` file: a zip of metadata.json, config.json and model.weights.h5, as in Keras 3."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from kerlite.core.budget import memory_for, weight_budget
from kerlite.core.errors import UnsafeFileError
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.sharing import sharing_scope
from kerlite.core.undrawn import undrawn_weights
from kerlite.layers.base import Layer
from kerlite.saving.archive import read_zip, write_zip
from kerlite.saving.h5_store import H5Reader, H5Writer, new_h5_file
from kerlite.saving.legacy_config import modern_config
from kerlite.saving.weights import read_weights, write_weights
from kerlite.saving.zip_windows import Window

__all__ = [
    "CONFIG",
    "FORMAT_VERSION",
    "METADATA",
    "WEIGHTS",
    "config_errors",
    "member",
    "model_of",
    "parsed",
    "read_keras",
    "read_keras_weights",
    "write_keras",
]

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
FORMAT_VERSION = "3.15.1"  # the version of Keras whose format this is


def write_keras(model: Layer, path: Path) -> None:
    """Write a model to a `.keras` file: its configuration, weights and optimizer state.

    Raises:
        TypeError: if something in the model has no configuration.
    """
    with sharing_scope():
        config = json.dumps(serialize_keras_object(model))
    metadata = {
        "keras_version": FORMAT_VERSION,
        "written_by": "kerlite",
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    write_zip(path, {
        METADATA: json.dumps(metadata).encode(),
        CONFIG: config.encode(),
        WEIGHTS: partial(_write_h5, model),
    })  # fmt: skip


def read_keras(path: Path, custom_objects: dict[str, Any] | None, compile: bool) -> Layer:
    """Return the model that a `.keras` file holds.

    Raises:
        ValueError: if the file is damaged, names unknown classes, or weights do not fit.
    """
    members = read_zip(path, in_place=WEIGHTS)
    config = parsed(members, CONFIG, path)
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{str(path)!r} is damaged: its {CONFIG} describes no model.")
    if _is_of_keras_2(members):
        with config_errors(repr(str(path))):
            config = modern_config(config)
    if not compile:
        config["compile_config"] = None
    with undrawn_weights() as undrawn:
        model = model_of(config, custom_objects, path)
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and not optimizer.built and model.built:
        with config_errors(repr(str(path))):
            optimizer.build(model.trainable_weights)
    with H5Reader(member(members, WEIGHTS, path), str(path)) as reader:
        read_weights(model, reader, undrawn=undrawn)
    return model


def read_keras_weights(model: Layer, path: Path, skip_mismatch: bool) -> None:
    """Set the weights of a built model from those in a `.keras` file."""
    members = read_zip(path, in_place=WEIGHTS)
    with H5Reader(member(members, WEIGHTS, path), str(path)) as reader:
        read_weights(model, reader, skip_mismatch)


def _write_h5(model: Layer, target: Window) -> None:
    with new_h5_file(target) as file:
        write_weights(model, H5Writer(file, checksums=False))  # the archive has one


def member(members: dict[str, Any], name: str, path: Path) -> Any:
    """Return a member of an archive by name.

    Raises:
        ValueError: if it has none of that name.
    """
    if name not in members:
        raise ValueError(f"{str(path)!r} is no whole .keras file: it holds no {name}.")
    return members[name]


def parsed(members: dict[str, Any], name: str, path: Path) -> Any:
    """Return what is in a member in JSON.

    Raises:
        ValueError: if it is missing or damaged.
    """
    try:
        return json.loads(member(members, name, path))
    except (RecursionError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{str(path)!r}: its {name} cannot be read: {error}.") from error


def model_of(config: dict[str, Any], custom_objects: dict[str, Any] | None, path: Path) -> Layer:
    """Return the model that a configuration stands for, no larger than its file can be.

    Raises:
        ValueError: if none can be made of it.
    """
    with config_errors(repr(str(path))), sharing_scope(), weight_budget(memory_for(path)):
        model = deserialize_keras_object(config, custom_objects)
    if not isinstance(model, Layer):
        raise ValueError(f"{str(path)!r} holds a {config['class_name']!r}, which is no model.")
    return model


@contextlib.contextmanager
def config_errors(label: str) -> Iterator[None]:
    """Within the `with` block, raise a ValueError for whatever a configuration brings about."""
    beginning = f"{label}: the model cannot be made from its configuration: "
    try:
        yield
    except ValueError as error:
        kind = UnsafeFileError if isinstance(error, UnsafeFileError) else ValueError
        raise kind(f"{beginning}{error}") from error
    except OSError:
        raise
    except Exception as error:  # it may hand anything to any constructor
        raise ValueError(
            f"{beginning}{type(error).__name__}: {error}. If a class of yours is in it, its "
            "from_config() must accept what its get_config() returns."
        ) from error


def _is_of_keras_2(members: dict[str, Any]) -> bool:
    return b'"keras_version": "2.' in members.get(METADATA, b"")
