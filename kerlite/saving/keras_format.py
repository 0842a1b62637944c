"""The `.keras` file: a zip of metadata.json, config.json and model.weights.h5, as in Keras 3."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from kerlite.core.budget import weight_budget
from kerlite.core.serialize import deserialize_keras_object, serialize_keras_object
from kerlite.core.sharing import sharing_scope
from kerlite.layers.base import Layer
from kerlite.saving.archive import memory_for, read_zip, write_zip
from kerlite.saving.h5_store import H5Reader
from kerlite.saving.weights import read_weights, write_weights

__all__ = ["read_keras", "read_keras_weights", "write_keras"]

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_FORMAT_VERSION = "3.15.1"  # the version of Keras whose format this is


def write_keras(model: Layer, path: Path) -> None:
    """Write a model to a `.keras` file: its configuration, weights and optimizer state.

    Raises:
        TypeError: if something in the model has no configuration.
    """
    with sharing_scope():
        config = json.dumps(serialize_keras_object(model))
    metadata = {
        "keras_version": _FORMAT_VERSION,
        "written_by": "kerlite",
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    write_zip(path, {
        METADATA: json.dumps(metadata).encode(),
        CONFIG: config.encode(),
        WEIGHTS: _weights_image(model),
    })  # fmt: skip


def read_keras(path: Path, custom_objects: dict[str, Any] | None, compile: bool) -> Layer:
    """Return the model that a `.keras` file holds.

    Raises:
        ValueError: if the file is damaged, names unknown classes, or weights do not fit.
    """
    members = read_zip(path)
    config = _parsed_config(members, path)
    if not compile:
        config["compile_config"] = None
    model = _model_of(config, custom_objects, path)
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and not optimizer.built and model.built:
        optimizer.build(model.trainable_weights)
    with H5Reader(_member(members, WEIGHTS, path), str(path)) as reader:
        read_weights(model, reader)
    return model


def read_keras_weights(model: Layer, path: Path, skip_mismatch: bool) -> None:
    """Set the weights of a built model from those in a `.keras` file."""
    members = read_zip(path)
    with H5Reader(_member(members, WEIGHTS, path), str(path)) as reader:
        read_weights(model, reader, skip_mismatch)


def _weights_image(model: Layer) -> bytes:
    """Return the bytes of the HDF5 file with the weights, made in memory."""
    import h5py

    with h5py.File("weights", "w", driver="core", backing_store=False) as file:
        write_weights(model, file)
        file.flush()
        return file.id.get_file_image()


def _member(members: dict[str, bytes], name: str, path: Path) -> bytes:
    if name not in members:
        raise ValueError(f"{str(path)!r} is no whole .keras file: it holds no {name}.")
    return members[name]


def _parsed_config(members: dict[str, bytes], path: Path) -> dict[str, Any]:
    try:
        config = json.loads(_member(members, CONFIG, path))
    except (RecursionError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{str(path)!r}: its {CONFIG} cannot be read: {error}.") from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{str(path)!r} is damaged: its {CONFIG} describes no model.")
    return config


def _model_of(config: dict[str, Any], custom_objects: dict[str, Any] | None, path: Path) -> Layer:
    try:
        with sharing_scope(), weight_budget(memory_for(path)):
            model = deserialize_keras_object(config, custom_objects)
    except (AttributeError, IndexError, KeyError, RecursionError, RuntimeError, TypeError) as error:
        raise ValueError(
            f"{str(path)!r}: the model cannot be made from its {CONFIG}: {type(error).__name__}: "
            f"{error}. If a class of yours is in it, its from_config() must accept what its "
            "get_config() returns."
        ) from error
    if not isinstance(model, Layer):
        raise ValueError(f"{str(path)!r} holds a {config['class_name']!r}, which is no model.")
    return model
