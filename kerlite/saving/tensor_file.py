"""Safetensors files: written tensor by tensor, read straight into the memory of tensors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.saving.checksums import checksum_of, digest
from kerlite.saving.parts import BUFFER, fill, in_threads, parts_of

__all__ = ["TensorFile", "bytes_of", "header", "laid_out", "write_tensors"]

State = dict[str, Tensor]

_DTYPES = {
    torch.float64: "F64", torch.int64: "I64", torch.uint64: "U64", torch.float32: "F32",
    torch.int32: "I32", torch.uint32: "U32", torch.bfloat16: "BF16", torch.float16: "F16",
    torch.int16: "I16", torch.uint16: "U16", torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    torch.complex64: "C64",
}  # fmt: skip
_NAMED = {name: dtype for dtype, name in _DTYPES.items()}


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file; the same tensors and metadata always give the same bytes.

    Raises:
        TypeError: for a number type that safetensors does not have.
    """
    layout = laid_out(tensors)
    with path.open("wb") as file:
        file.write(header(json.dumps(layout), metadata))
        for name in layout:
            file.write(bytes_of(tensors[name].contiguous()))


def laid_out(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return what the header of a safetensors file says of tensors, in the order of their bytes.

    Raises:
        TypeError: for a number type that safetensors does not have.
    """
    layout = {}
    end = 0
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # aligned
    for name in names:
        tensor = tensors[name]
        if tensor.dtype not in _DTYPES:
            raise TypeError(f"{name!r} is of type {tensor.dtype}, which safetensors has not.")
        begin, end = end, end + tensor.nbytes
        layout[name] = {
            "dtype": _DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    return layout


def header(layout: str, metadata: dict[str, str]) -> bytes:
    """Return the beginning of a safetensors file, which the bytes of the tensors follow.

    Args:
        layout: what `laid_out` returned, in JSON.
        metadata: names and texts that go with the tensors.
    """
    separator = ", " if layout != "{}" else ""
    text = f'{{"__metadata__": {json.dumps(metadata)}{separator}{layout[1:]}'.encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


class TensorFile:
    """A safetensors file, open for reading.

    Args:
        path: the file.

    Attributes:
        layout: for each name what the header says of it.
        metadata: the names and texts that go with the tensors.

    Raises:
        SafetensorError: if its header is damaged, or the file is shorter or longer than it says.
    """

    def __init__(self, path: Path):
        from safetensors import safe_open

        with safe_open(path, "pt") as checked:
            self.metadata: dict[str, str] = checked.metadata() or {}
        self._file = path.open("rb", buffering=0)
        size = int.from_bytes(self._file.read(8), "little")
        self.layout: dict[str, Any] = json.loads(self._file.read(size))
        self.layout.pop("__metadata__", None)
        self._start = 8 + size

    def __enter__(self) -> TensorFile:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def names(self) -> list[str]:
        """Return the names of the tensors."""
        return list(self.layout)

    def described(self, name: str) -> Tensor:
        """Return a tensor of the same shape and type without values."""
        entry = self.layout[name]
        return torch.empty(entry["shape"], dtype=_NAMED[entry["dtype"]], device="meta")

    def read(self, names: Iterable[str], into: Mapping[str, Tensor] | None = None) -> State:
        """Return tensors by name.

        Args:
            names: their names.
            into: for some of them a tensor that is contiguous, on the CPU, and of the same shape
                and type: the values go there.

        Raises:
            EOFError: if the file has become shorter.
            ValueError: if a tensor is of another size.
        """
        state = dict(into or {})
        for name in names:
            if name not in state:
                state[name] = torch.empty_like(self.described(name), device="cpu")
        tasks = [
            (end - begin, (self._place(name, tensor) + begin, bytes_of(tensor)[begin:end]))
            for name, tensor in state.items()
            for begin, end in parts_of(tensor.nbytes)
        ]
        in_threads(self._fill, tasks)
        return state

    def checksums(self, names: Iterable[str]) -> dict[str, int]:
        """Return the checksums of tensors, which are read but not kept."""
        described = {name: self.described(name) for name in names}
        tasks = [
            (end - begin, (name, self._place(name, tensor) + begin, end - begin))
            for name, tensor in described.items()
            for begin, end in parts_of(tensor.nbytes)
        ]
        found: dict[str, list[bytes]] = {name: [] for name in described}
        for name, digests in in_threads(self._digested, tasks):
            found[name] += digests
        return {
            name: checksum_of(tensor.dtype, tensor.shape, found[name])
            for name, tensor in described.items()
        }

    def _place(self, name: str, tensor: Tensor) -> int:
        """Return where in the file the bytes of a tensor begin."""
        begin, end = self.layout[name]["data_offsets"]
        if end - begin != tensor.nbytes:
            raise ValueError(f"{name!r} has {end - begin:,} bytes, not {tensor.nbytes:,}")
        return self._start + begin

    def _fill(self, task: tuple[int, memoryview]) -> None:
        fill(self._file, *task)

    def _digested(self, task: tuple[str, int, int]) -> tuple[str, list[bytes]]:
        name, place, size = task
        buffer = np.empty(min(BUFFER, size), np.uint8)
        found = []
        for begin in range(0, size, BUFFER):
            chunk = buffer[: size - begin]
            fill(self._file, place + begin, chunk.data)
            found.append(digest(chunk))
        return name, found


def bytes_of(tensor: Tensor) -> memoryview:
    """Return the bytes of a contiguous tensor."""
    plain = tensor.detach().as_subclass(Tensor).reshape(-1)
    return plain.view(torch.uint8).numpy().data if plain.numel() else memoryview(b"")
