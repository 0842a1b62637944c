"""Legacy `.h5` files: a model, its weights and its optimizer's state in one HDF5 file.

Source: the whole-model format of Keras 1 and 2, which Keras 3 still reads and writes.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kerlite.core import registry
from kerlite.core.names import to_snake_case
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.sharing import sharing_scope
from kerlite.layers.base import Layer
from kerlite.saving.h5_checks import plain_children
from kerlite.saving.h5_store import H5_ERRORS, damaged, new_h5_file, open_h5_file
from kerlite.saving.keras_format import FORMAT_VERSION, config_errors, model_of
from kerlite.saving.legacy_config import modern_config, modern_optimizer
from kerlite.saving.legacy_optimizer import read_legacy_optimizer, write_legacy_optimizer
from kerlite.saving.legacy_weights import read_legacy_weights, write_legacy_weights

__all__ = ["read_legacy", "read_legacy_file_weights", "write_legacy", "write_legacy_file_weights"]

_MODEL, _TRAINING, _WEIGHTS = "model_config", "training_config", "model_weights"
_CHECKSUM = "_crc32"
_RESULTS = ("loss", "metrics", "weighted_metrics")


def write_legacy(model: Any, path: Path, include_optimizer: bool = True) -> None:
    """Write a model to a legacy `.h5` file.

    Raises:
        TypeError: if something in the model has no configuration.
    """
    with sharing_scope():
        config = _without_module(serialize_keras_object(model))
    kept = {key: config[key] for key in ("class_name", "config")}
    training = _training_config(model) if include_optimizer else None
    with new_h5_file(path) as file:
        file.attrs["backend"] = "torch"
        file.attrs["keras_version"] = FORMAT_VERSION
        _write_json(file, _MODEL, kept)
        write_legacy_weights(model, file.create_group(_WEIGHTS), FORMAT_VERSION)
        if training is not None:
            _write_json(file, _TRAINING, training)
            write_legacy_optimizer(model.optimizer, file)


def read_legacy(path: Path, custom_objects: dict[str, Any] | None, compile: bool) -> Layer:
    """Return the model that a legacy `.h5` file holds.

    Raises:
        UnsafeFileError: if the file asks for something that opening a file must not do.
        ValueError: if it is damaged, names unknown classes, or weights do not fit.
    """
    label = str(path)
    with _checked(path, label) as file:
        config = _read_json(file, _MODEL, label)
        if config is None:
            raise ValueError(
                f"{label} holds no model, only weights: make the model, then call "
                "model.load_weights()."
            )
        training = _read_json(file, _TRAINING, label) if compile else None
        with registry.CustomObjectScope(custom_objects):
            with config_errors(repr(label)):
                modern = modern_config(config)
                if training is not None:
                    modern["compile_config"] = _compile_config(training)
            model: Any = model_of(modern, None, path)
        if _WEIGHTS not in file:
            raise ValueError(f"{label} is damaged: it holds no {_WEIGHTS!r}.")
        if model.built or len(file[_WEIGHTS]):
            read_legacy_weights(model, file[_WEIGHTS], label)
        optimizer = getattr(model, "optimizer", None)
        if training is not None and optimizer is not None and model.built:
            if not optimizer.built:
                with config_errors(repr(label)):
                    optimizer.build(model.trainable_weights)
            read_legacy_optimizer(optimizer, file, label)
    return model


def write_legacy_file_weights(model: Any, path: Path) -> None:
    """Write the weights of a model to a legacy `.h5` file of weights alone."""
    with new_h5_file(path) as file:
        write_legacy_weights(model, file, FORMAT_VERSION)


def read_legacy_file_weights(
    model: Any, path: Path, skip_mismatch: bool = False, by_name: bool = False
) -> None:
    """Set the weights of a model from a legacy `.h5` file, of weights or of a whole model.

    Raises:
        ValueError: if it is damaged, or does not fit.
    """
    label = str(path)
    with _checked(path, label) as file:
        group = file
        if "layer_names" not in file.attrs and _WEIGHTS in file:
            group = file[_WEIGHTS]
        if not {"layer_names", "layer_names0"} & set(group.attrs):
            raise ValueError(
                f"{label} holds no weights in Keras's legacy layout. If it has the layout of "
                "Keras 3, its name should end in '.weights.h5'."
            )
        read_legacy_weights(model, group, label, skip_mismatch, by_name)


@contextlib.contextmanager
def _checked(path: Path, label: str) -> Iterator[Any]:
    """Open a file that was found to hold plain arrays only; name it in what goes wrong inside."""
    with open_h5_file(path, label) as file:
        try:
            for _ in plain_children(file, label):
                pass
            yield file
        except H5_ERRORS as error:
            if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
                raise  # it says what is wrong
            raise damaged(label, error) from error


def _write_json(file: Any, name: str, value: Any) -> None:
    text = json.dumps(value)
    file.attrs[name] = text
    file.attrs[name + _CHECKSUM] = np.uint32(zlib.crc32(text.encode()))


def _read_json(file: Any, name: str, label: str) -> Any:
    """Return the dictionary in an attribute of the file, None if there is none."""
    text = file.attrs.get(name)
    if text is None:
        return None
    expected = file.attrs.get(name + _CHECKSUM)
    try:
        encoded = text if isinstance(text, bytes) else str(text).encode()
        if expected is not None and int(expected) != zlib.crc32(encoded):
            raise ValueError("it does not match its checksum")
        value = json.loads(encoded)
    except (RecursionError, ValueError) as error:
        raise ValueError(f"{label} is damaged: its {name} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise ValueError(f"{label} is damaged: its {name} describes nothing.")
    return value


def _without_module(config: Any) -> Any:
    """Return a configuration with classes by name alone, as legacy files have them on top."""
    if not isinstance(config, dict) or "class_name" not in config:
        return config
    name = config.get("registered_name") or config["class_name"]
    name = "Functional" if name == "Model" else name
    return {"class_name": name, "config": config["config"]}


def _training_config(model: Any) -> dict[str, Any] | None:
    config = model.get_compile_config() if getattr(model, "compiled", False) else None
    if config is None or model.optimizer is None:
        return None
    optimizer = _without_module(config.pop("optimizer"))
    kept = {key: _map_objects(value, _without_module) for key, value in config.items()}
    return {**kept, "optimizer_config": optimizer}


def _compile_config(training: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `compile` from a training configuration."""
    config = {key: training.get(key) for key in (*_RESULTS, "loss_weights")}
    for key in _RESULTS:
        config[key] = _map_objects(config[key], _modern_result)
    if training.get("steps_per_execution"):
        config["steps_per_execution"] = training["steps_per_execution"]
    if isinstance(training.get("optimizer_config"), dict):
        config["optimizer"] = modern_optimizer(training["optimizer_config"])
    return config


def _map_objects(value: Any, change: Any) -> Any:
    if isinstance(value, dict) and "class_name" in value:
        return change(value)
    if isinstance(value, dict):
        return {key: _map_objects(one, change) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map_objects(one, change) for one in value]
    return value


def _modern_result(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a loss or metric; Keras 2 wraps functions that have classes."""
    arguments = dict(config.get("config") or {})
    if arguments.get("reduction") == "auto":
        arguments["reduction"] = "sum_over_batch_size"
    package = "losses" if config["class_name"] == "LossFunctionWrapper" else "metrics"
    name = _class_of(arguments.get("fn"), package)
    if config["class_name"] in ("LossFunctionWrapper", "MeanMetricWrapper") and name:
        del arguments["fn"]
        return {"module": f"keras.{package}", "class_name": name, "config": arguments}
    return {**config, "config": arguments}


def _class_of(function: Any, package: str) -> str | None:
    """Return the name of the class that computes a function, if there is one."""
    if not isinstance(function, str):
        return None
    name = "".join(part.capitalize() for part in function.split("_"))
    found = registry.public_object(f"keras.{package}", name)
    return name if found is not None and to_snake_case(name) == function else None
