"""Saving and loading by file name: the ending says which format it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kerlite.layers.base import Layer
from kerlite.saving.archive import atomic_write, existing_file
from kerlite.saving.h5_store import H5Reader
from kerlite.saving.keras_format import read_keras, read_keras_weights, write_keras
from kerlite.saving.state_dicts import (
    read_pt,
    read_safetensors,
    set_state,
    write_pt,
    write_safetensors,
)
from kerlite.saving.weights import read_weights, write_weights

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

PathLike = str | os.PathLike[str]

_MODEL_ENDING = ".keras"


def save_model(
    model: Any, filepath: PathLike, overwrite: bool = True, zipped: bool | None = None
) -> None:
    """Save a model: its configuration, weights, compile arguments and optimizer state.

    The file is complete or not there at all: it is written under another name, then renamed.

    Args:
        model: the model.
        filepath: "*.keras"; an ending that `save_weights` knows saves the weights alone.
        overwrite: whether an existing file is replaced without asking.
        zipped: accepted if it is not False: a `.keras` file is a zip archive.

    Raises:
        ValueError: for an unknown ending.
        TypeError: if something in the model has no configuration.

    Example:
        >>> import kerlite, tempfile
        >>> model = kerlite.Sequential([kerlite.Input((4,)), kerlite.layers.Dense(2)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_model(model, f"{folder}/model.keras")
        ...     load_model(f"{folder}/model.keras").output_shape
        (None, 2)

    Source: keras.saving.save_model.
    """
    if zipped is False:
        raise ValueError("zipped=False is not supported: a .keras file is a zip archive.")
    if not str(filepath).endswith(_MODEL_ENDING):
        if _weights_ending(filepath) is None:
            raise ValueError(
                f"Cannot save a model as {str(filepath)!r}. The name ends in {_MODEL_ENDING} for a "
                f"whole model, or in one of {list(_WEIGHT_WRITERS)} for its weights alone."
            )
        save_weights(model, filepath, overwrite)
        return
    if _may_write(filepath, overwrite):
        with atomic_write(filepath) as temporary:
            write_keras(model, temporary)


def load_model(
    filepath: PathLike,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Return the model in a `.keras` file, of kerlite or of Keras 3.

    Nothing in the file is run: classes are those built in, registered with
    `register_keras_serializable`, or passed.

    Args:
        filepath: "*.keras".
        custom_objects: name to class or function, for what is not registered.
        compile: whether to compile as it was when saved, and to restore the optimizer's state.
        safe_mode: accepted for Keras's sake; loading is safe either way.

    Raises:
        FileNotFoundError: if there is no such file.
        UnsafeFileError: if the file asks for something that opening a file must not do.
        ValueError: if it is damaged, of another kind, or names what is not registered.

    Source: keras.saving.load_model.
    """
    if not str(filepath).endswith(_MODEL_ENDING):
        hint = "Save the model with model.save() under such a name."
        if _weights_ending(filepath) is not None:
            hint = "It holds weights alone: make the model, then call model.load_weights()."
        raise ValueError(
            f"Cannot load a model from {str(filepath)!r}: the name must end in {_MODEL_ENDING}. "
            f"{hint}"
        )
    return read_keras(existing_file(filepath), custom_objects, compile)


def save_weights(model: Any, filepath: PathLike, overwrite: bool = True) -> None:
    """Save the weights of a model.

    Args:
        model: a built model.
        filepath: "*.weights.h5" in Keras's layout, with the optimizer's state; "*.safetensors" or
            "*.pt" with the names of `state_dict()`.
        overwrite: whether an existing file is replaced without asking.

    Raises:
        ValueError: for an unknown ending, or a model that has not been built.

    Source: keras.saving.save_weights.
    """
    ending = _known_weights_ending(filepath)
    _require_built(model, "saved")
    _require_keras_layout(model, ending)
    if _may_write(filepath, overwrite):
        with atomic_write(filepath) as temporary:
            _WEIGHT_WRITERS[ending](model, temporary)


def load_weights(model: Any, filepath: PathLike, skip_mismatch: bool = False) -> None:
    """Set the weights of a model from a file.

    Either everything fits, or nothing is changed.

    Args:
        model: a built model.
        filepath: what `save_weights` wrote, or a `.keras` file.
        skip_mismatch: whether to load what fits, with a warning that lists the rest.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, or does not fit; all that is missing, unexpected or of
            another shape is listed.

    Source: keras.saving.load_weights.
    """
    path = existing_file(filepath)
    _require_built(model, "loaded")
    if str(filepath).endswith(_MODEL_ENDING):
        _require_keras_layout(model, _MODEL_ENDING)
        read_keras_weights(model, path, skip_mismatch)
        return
    ending = _known_weights_ending(filepath)
    _require_keras_layout(model, ending)
    _WEIGHT_READERS[ending](model, path, skip_mismatch)


def _write_h5(model: Layer, path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        write_weights(model, file)


def _read_h5(model: Layer, path: Path, skip_mismatch: bool) -> None:
    with H5Reader(path, str(path)) as reader:
        read_weights(model, reader, skip_mismatch)


def _read_safetensors(model: Layer, path: Path, skip_mismatch: bool) -> None:
    set_state(model, read_safetensors(path, str(path)), str(path), skip_mismatch)


def _read_pt(model: Layer, path: Path, skip_mismatch: bool) -> None:
    set_state(model, read_pt(path, str(path)), str(path), skip_mismatch)


_WEIGHT_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    ".weights.h5": _write_h5,
    ".safetensors": write_safetensors,
    ".pt": write_pt,
}
_WEIGHT_READERS: dict[str, Callable[[Any, Path, bool], None]] = {
    ".weights.h5": _read_h5,
    ".safetensors": _read_safetensors,
    ".pt": _read_pt,
}


def _weights_ending(filepath: PathLike) -> str | None:
    return next((ending for ending in _WEIGHT_WRITERS if str(filepath).endswith(ending)), None)


def _known_weights_ending(filepath: PathLike) -> str:
    ending = _weights_ending(filepath)
    if ending is None:
        raise ValueError(
            f"Cannot tell how weights are stored in {str(filepath)!r}: the name must end in one of "
            f"{list(_WEIGHT_WRITERS)}."
        )
    return ending


def _require_built(model: Any, done: str) -> None:
    if not getattr(model, "built", True):
        raise ValueError(
            f"The model {model.name!r} has not been built, so it has no weights to be {done}. Call "
            "it on data, or call build(input_shape), first."
        )


def _require_keras_layout(model: Any, ending: str) -> None:
    if not isinstance(model, Layer) and ending not in (".safetensors", ".pt"):
        raise ValueError(
            f"A {type(model).__name__} is no kerlite model, so its weights have no Keras layout to "
            f"be stored in a {ending!r} file. Use '.safetensors' or '.pt', which hold state_dict()."
        )


def _may_write(filepath: PathLike, overwrite: bool) -> bool:
    """Ask the user, if there is one, before a file is replaced.

    Raises:
        FileExistsError: if there is nobody to ask.
    """
    if overwrite or not Path(filepath).exists():
        return True
    if not sys.stdin.isatty():
        raise FileExistsError(
            f"{str(filepath)!r} exists, and overwrite=False. Pass another name or overwrite=True."
        )
    return input(f"{str(filepath)!r} exists. Overwrite it? [y/n] ").strip().lower() in ("y", "yes")
