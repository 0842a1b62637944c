"""A checkpoint: one safetensors file that holds a whole state, with a checksum over all of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kerlite.saving.archive import atomic_write, existing_file
from kerlite.saving.plain import unpack
from kerlite.saving.tensor_file import write_tensors

__all__ = ["read_checkpoint", "write_checkpoint"]

_FORMAT = "kerlite checkpoint 1"


def write_checkpoint(path: Path, plain: Any, tensors: dict[str, Tensor]) -> None:
    """Write a packed state: all of it is on the disk, or the file is what it was before.

    Args:
        path: the file, in a folder that exists.
        plain: what `pack` returned: the part for JSON,
        tensors: and the tensors, on any device.

    Raises:
        OSError: if the disk is full, or the file cannot be written for another reason.
    """
    host = {name: tensor.cpu() for name, tensor in tensors.items()}
    text = json.dumps(plain, allow_nan=False)
    metadata = {"format": _FORMAT, "state": text, "checksum": _checksum(text, host)}
    with atomic_write(path) as temporary:
        write_tensors(temporary, host, metadata)


def read_checkpoint(path: Path) -> Any:
    """Return the state that a checkpoint holds.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, damaged or of another kind.
    """
    from safetensors import SafetensorError, safe_open

    existing_file(path)
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != _FORMAT:
                raise ValueError("it is no checkpoint")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata["checksum"] != _checksum(metadata["state"], tensors):
            raise ValueError("its checksum is wrong")
        return unpack(_parsed(metadata["state"]), tensors)
    except (
        SafetensorError, KeyError, TypeError, ValueError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise ValueError(f"{str(path)!r} is truncated or damaged: {error}.") from error


def _bytes_of(tensor: Tensor) -> Any:
    return tensor.reshape(-1).view(torch.uint8).numpy() if tensor.numel() else b""


def _checksum(text: str, tensors: dict[str, Tensor]) -> str:
    """Return a hash of the JSON and of each tensor: its name, number type, shape and bytes."""
    hashed = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        hashed.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        hashed.update(_bytes_of(tensor))
    return hashed.hexdigest()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
