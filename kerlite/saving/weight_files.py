"""Saving and loading weights alone: the ending of the name says which format it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kerlite.core.user_warning import warn
from kerlite.layers.base import Layer
from kerlite.saving.archive import atomic_write, existing_file
from kerlite.saving.h5_store import H5Reader, H5Writer, new_h5_file
from kerlite.saving.keras_format import read_keras_weights
from kerlite.saving.legacy_h5 import read_legacy_file_weights, write_legacy_file_weights
from kerlite.saving.shards import read_shards, write_shards
from kerlite.saving.state_dicts import (
    load_safetensors,
    read_pt,
    set_state,
    write_pt,
    write_safetensors,
)
from kerlite.saving.weights import read_weights, write_weights

__all__ = ["load_weights", "may_write", "save_weights", "weights_ending"]

PathLike = str | os.PathLike[str]

_LEGACY = (".h5", ".hdf5")
_OF_TORCH = (".safetensors", ".pt")
_SHARDED = ".weights.json"


def save_weights(
    model: Any, filepath: PathLike, overwrite: bool = True, max_shard_size: float | None = None
) -> None:
    """Save the weights of a model.

    Args:
        model: a built model.
        filepath: "*.weights.h5" in Keras's layout, with the optimizer's state; "*.h5" in its
            legacy layout; "*.safetensors" or "*.pt" with the names of `state_dict()`.
        overwrite: whether an existing file is replaced without asking.
        max_shard_size: for "*.weights.json": the most that one file holds, in units of 2**30
            bytes; the weights go into several files beside it, which it lists.

    Raises:
        ValueError: for an unknown ending, a model that has not been built, or a weight larger than
            `max_shard_size`.

    Source: keras.saving.save_weights.
    """
    if max_shard_size is not None:
        filepath = _index_path(filepath)
    ending = _known_ending(filepath)
    _require_built(model, "saved")
    _require_keras_layout(model, ending)
    if (ending == _SHARDED) != (max_shard_size is not None):
        raise ValueError(
            f"Weights in several files need max_shard_size and a name that ends in {_SHARDED!r}; "
            f"received {str(filepath)!r} and max_shard_size={max_shard_size!r}."
        )
    if not may_write(filepath, overwrite):
        return
    if max_shard_size is not None:
        write_shards(model, Path(filepath), max_shard_size)
        return
    with atomic_write(filepath) as temporary:
        _WRITERS[ending](model, temporary)


def load_weights(
    model: Any, filepath: PathLike, skip_mismatch: bool = False, by_name: bool = False
) -> None:
    """Set the weights of a model from a file.

    Either everything fits, or nothing is changed.

    Args:
        model: a built model.
        filepath: what `save_weights` wrote, a `.keras` file, or a legacy "*.h5" of Keras 2 or 3.
        skip_mismatch: whether to load what fits, with a warning that lists the rest.
        by_name: for "*.h5": whether layers are found by their names, and those of other names are
            left alone; by default the layers with weights are taken in their order.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, or does not fit; all that is missing, unexpected or of
            another shape is listed.

    Source: keras.saving.load_weights.
    """
    path = existing_file(filepath)
    _require_built(model, "loaded")
    ending = ".keras" if str(filepath).endswith(".keras") else _known_ending(filepath)
    _require_keras_layout(model, ending)
    if ending in _LEGACY:
        read_legacy_file_weights(model, path, skip_mismatch, by_name)
        return
    if by_name:
        raise ValueError(
            f"by_name=True applies to legacy .h5 files; {str(filepath)!r} has a layout that names "
            "every weight's place."
        )
    _READERS[ending](model, path, skip_mismatch)


def may_write(filepath: PathLike, overwrite: bool) -> bool:
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


def weights_ending(filepath: PathLike) -> str | None:
    """Return the ending that says how weights are stored, None if it says nothing."""
    known = (*_WRITERS, _SHARDED)
    return max((one for one in known if str(filepath).endswith(one)), key=len, default=None)


def _write_h5(model: Layer, path: Path) -> None:
    with new_h5_file(path) as file:
        write_weights(model, H5Writer(file))


def _read_h5(model: Layer, path: Path, skip_mismatch: bool) -> None:
    with H5Reader(path, str(path)) as reader:
        read_weights(model, reader, skip_mismatch)


def _read_safetensors(model: Layer, path: Path, skip_mismatch: bool) -> None:
    load_safetensors(model, path, str(path), skip_mismatch)


def _read_pt(model: Layer, path: Path, skip_mismatch: bool) -> None:
    set_state(model, read_pt(path, str(path)), str(path), skip_mismatch)


_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    ".weights.h5": _write_h5,
    ".safetensors": write_safetensors,
    ".pt": write_pt,
    ".h5": write_legacy_file_weights,
    ".hdf5": write_legacy_file_weights,
}
_READERS: dict[str, Callable[[Any, Path, bool], None]] = {
    ".keras": read_keras_weights,
    ".weights.h5": _read_h5,
    ".weights.json": read_shards,
    ".safetensors": _read_safetensors,
    ".pt": _read_pt,
}


def _known_ending(filepath: PathLike) -> str:
    ending = weights_ending(filepath)
    if ending is None:
        raise ValueError(
            f"Cannot tell how weights are stored in {str(filepath)!r}: the name must end in one of "
            f"{[*_WRITERS, _SHARDED]}."
        )
    return ending


def _index_path(filepath: PathLike) -> PathLike:
    """Return the path of the index of several files, for that of one."""
    if not str(filepath).endswith(".weights.h5"):
        return filepath
    path = str(filepath).removesuffix(".h5") + ".json"
    warn(f"max_shard_size is given, so the index goes to {path!r} and not to {str(filepath)!r}.")
    return path


def _require_built(model: Any, done: str) -> None:
    if not getattr(model, "built", True):
        raise ValueError(
            f"The model {model.name!r} has not been built, so it has no weights to be {done}. Call "
            "it on data, or call build(input_shape), first."
        )


def _require_keras_layout(model: Any, ending: str) -> None:
    if not isinstance(model, Layer) and ending not in _OF_TORCH:
        raise ValueError(
            f"A {type(model).__name__} is no kerlite model, so its weights have no Keras layout to "
            f"be stored in a {ending!r} file. Use '.safetensors' or '.pt', which hold state_dict()."
        )
