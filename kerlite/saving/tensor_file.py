"""Safetensors files: written tensor by tensor, read straight into the memory of tensors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.saving.checksums import checksum_of

__all__ = ["TensorFile", "write_tensors"]

_DTYPES = {
    torch.float64: "F64", torch.int64: "I64", torch.uint64: "U64", torch.float32: "F32",
    torch.int32: "I32", torch.uint32: "U32", torch.bfloat16: "BF16", torch.float16: "F16",
    torch.int16: "I16", torch.uint16: "U16", torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    torch.complex64: "C64",
}  # fmt: skip
_NAMED = {name: dtype for dtype, name in _DTYPES.items()}
_CHUNK = 2**18  # bytes: whole blocks of a checksum, few enough for the processor's cache


def write_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file; the same tensors and metadata always give the same bytes.

    Raises:
        TypeError: for a number type that safetensors does not have.
    """
    header: dict[str, Any] = {"__metadata__": metadata}
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # aligned
    end = 0
    for name in names:
        tensor = tensors[name]
        if tensor.dtype not in _DTYPES:
            raise TypeError(f"{name!r} is of type {tensor.dtype}, which safetensors has not.")
        begin, end = end, end + tensor.nbytes
        header[name] = {
            "dtype": _DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in names:
            file.write(_memory(tensors[name].contiguous()))


class TensorFile:
    """A safetensors file, open for reading.

    Args:
        path: the file.

    Raises:
        SafetensorError: if its header is damaged, or the file is shorter or longer than it says.
    """

    def __init__(self, path: Path):
        from safetensors import safe_open

        with safe_open(path, "pt") as checked:
            self.metadata: dict[str, str] = checked.metadata() or {}
        self._file = path.open("rb", buffering=0)
        size = int.from_bytes(self._file.read(8), "little")
        self._entries = json.loads(self._file.read(size))
        self._entries.pop("__metadata__", None)
        self._start = 8 + size

    def __enter__(self) -> TensorFile:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def names(self) -> list[str]:
        """Return the names of the tensors."""
        return list(self._entries)

    def described(self, name: str) -> Tensor:
        """Return a tensor of the same shape and type without values."""
        entry = self._entries[name]
        return torch.empty(entry["shape"], dtype=_NAMED[entry["dtype"]], device="meta")

    def read(self, name: str, out: Tensor | None = None) -> Tensor:
        """Return a tensor.

        Args:
            name: its name.
            out: contiguous, on the CPU, of the same shape and type: the values go there.
        """
        if out is None:
            out = torch.empty_like(self.described(name), device="cpu")
        self._seek(name, out.nbytes)
        self._fill(_memory(out))
        return out

    def checksum(self, name: str) -> int:
        """Return the checksum of a tensor, which is read but not kept."""
        described = self.described(name)
        return checksum_of(described.dtype, described.shape, self._chunks(name, described.nbytes))

    def _chunks(self, name: str, size: int) -> Iterator[np.ndarray]:
        self._seek(name, size)
        buffer = np.empty(min(_CHUNK, size), np.uint8)
        for begin in range(0, size, _CHUNK):
            chunk = buffer[: size - begin]
            self._fill(chunk.data)
            yield chunk

    def _seek(self, name: str, size: int) -> None:
        begin, end = self._entries[name]["data_offsets"]
        if end - begin != size:
            raise ValueError(f"{name!r} has {end - begin:,} bytes, and should have {size:,}")
        self._file.seek(self._start + begin)

    def _fill(self, memory: memoryview) -> None:
        done = 0
        while done < len(memory):
            count = self._file.readinto(memory[done:])
            if not count:
                raise EOFError("it ends too soon")
            done += count


def _memory(tensor: Tensor) -> memoryview:
    """Return the bytes of a contiguous tensor."""
    plain = tensor.detach().as_subclass(Tensor).reshape(-1)
    return plain.view(torch.uint8).numpy().data if plain.numel() else memoryview(b"")
