"""A checkpoint: one safetensors file that holds a whole state, with a checksum over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kerlite.saving.archive import existing_file
from kerlite.saving.plain import unpack
from kerlite.saving.snapshot import Snapshot
from kerlite.saving.tensor_file import TensorFile, bytes_of, header

__all__ = ["encoded", "read_checkpoint"]

_FORMAT = "kerlite checkpoint 1"


def encoded(text: str, snapshot: Snapshot) -> tuple[bytes, memoryview]:
    """Return the two parts of the file that holds a packed state.

    Args:
        text: in JSON, the part for it that `pack` returned.
        snapshot: of the tensors that `pack` returned.
    """
    data = snapshot.data()
    checksum = _checksum(text, snapshot.layout, [data])
    metadata = {"format": _FORMAT, "state": text, "checksum": checksum}
    return header(snapshot.layout, metadata), data


def read_checkpoint(path: Path) -> Any:
    """Return the state that a checkpoint holds.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, damaged or of another kind.
    """
    from safetensors import SafetensorError

    existing_file(path)
    try:
        with TensorFile(path) as file:
            if file.metadata.get("format") != _FORMAT:
                raise ValueError("it is no checkpoint")
            tensors = file.read(file.names())
        text = file.metadata["state"]
        parts = map(bytes_of, tensors.values())
        if file.metadata["checksum"] != _checksum(text, json.dumps(file.layout), parts):
            raise ValueError("its checksum is wrong")
        return unpack(_parsed(text), tensors)
    except (
        SafetensorError, EOFError, KeyError, TypeError, ValueError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise ValueError(f"{str(path)!r} is truncated or damaged: {error}.") from error


def _checksum(text: str, layout: str, parts: Iterable[memoryview]) -> str:
    """Return a hash of the JSON, of what is said of each tensor, and of their bytes."""
    hashed = hashlib.sha256(f"{text}\n{layout}\n".encode())
    for part in parts:
        hashed.update(part)
    return hashed.hexdigest()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
