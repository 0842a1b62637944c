"""Saving and loading whole models: the ending of the name says which format it is."""

from __future__ import annotations

import os
from typing import Any

from kerlite.saving.archive import atomic_write, existing_file
from kerlite.saving.keras_format import read_keras, write_keras
from kerlite.saving.legacy_h5 import read_legacy, write_legacy
from kerlite.saving.weight_files import may_write, save_weights, weights_ending

__all__ = ["load_model", "save_model"]

PathLike = str | os.PathLike[str]

_ENDINGS = (".keras", ".h5", ".hdf5")


def save_model(
    model: Any,
    filepath: PathLike,
    overwrite: bool = True,
    zipped: bool | None = None,
    include_optimizer: bool = True,
) -> None:
    """Save a model: its configuration, weights, compile arguments and optimizer state.

    The file is complete or not there at all: it is written under another name, then renamed.

    Args:
        model: the model.
        filepath: "*.keras", or "*.h5" for Keras's legacy format; another ending that
            `save_weights` knows saves the weights alone.
        overwrite: whether an existing file is replaced without asking.
        zipped: accepted if it is not False: a `.keras` file is a zip archive.
        include_optimizer: for "*.h5": whether what `compile` was given, and the optimizer's state,
            are saved too.

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
    ending = _model_ending(filepath)
    if ending is None:
        if weights_ending(filepath) is None:
            raise ValueError(
                f"Cannot save a model as {str(filepath)!r}. The name ends in one of "
                f"{list(_ENDINGS)} for a whole model; model.save_weights() says what its weights "
                "alone may be saved as."
            )
        save_weights(model, filepath, overwrite)
        return
    if not include_optimizer and ending == _ENDINGS[0]:
        raise ValueError(
            "include_optimizer=False applies to legacy .h5 files. Of a .keras file, "
            "load_model(path, compile=False) leaves the optimizer out."
        )
    if may_write(filepath, overwrite):
        with atomic_write(filepath) as temporary:
            if ending == _ENDINGS[0]:
                write_keras(model, temporary)
            else:
                write_legacy(model, temporary, include_optimizer)


def load_model(
    filepath: PathLike,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Return the model in a `.keras` file or a legacy `.h5` file, of kerlite or of Keras.

    Nothing in the file is run: classes are those built in, registered with
    `register_keras_serializable`, or passed.

    Args:
        filepath: "*.keras", or "*.h5" as Keras 2 and 3 write it.
        custom_objects: name to class or function, for what is not registered.
        compile: whether to compile as it was when saved, and to restore the optimizer's state.
        safe_mode: accepted for Keras's sake; loading is safe either way.

    Raises:
        FileNotFoundError: if there is no such file.
        UnsafeFileError: if the file asks for something that opening a file must not do.
        ValueError: if it is damaged, of another kind, or names what is not registered.

    Source: keras.saving.load_model.
    """
    ending = _model_ending(filepath)
    if ending is None:
        hint = "Save the model with model.save() under such a name."
        if weights_ending(filepath) is not None:
            hint = "It holds weights alone: make the model, then call model.load_weights()."
        raise ValueError(
            f"Cannot load a model from {str(filepath)!r}: the name must end in one of "
            f"{list(_ENDINGS)}. {hint}"
        )
    read = read_keras if ending == _ENDINGS[0] else read_legacy
    return read(existing_file(filepath), custom_objects, compile)


def _model_ending(filepath: PathLike) -> str | None:
    """Return the ending of a file of a whole model; None for others, weights alone included."""
    if str(filepath).endswith(".weights.h5"):
        return None
    return next((ending for ending in _ENDINGS if str(filepath).endswith(ending)), None)
