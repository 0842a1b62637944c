"""Copies of tensors in one piece of memory, so that a thread can write them with few calls.

Whatever a thread does in many small steps, it does at the cost of the thread that trains: each of
them asks for Python's lock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import torch
from torch import Tensor

from kerlite.saving.tensor_file import laid_out

__all__ = ["Snapshot"]


class Snapshot:
    """The values that tensors had at a moment, in the order of a safetensors file.

    Its memory is used again when tensors of the same names, shapes and types are taken once more.

    Attributes:
        layout: what the header of a safetensors file says of the tensors, in JSON.

    Example:
        >>> weight, snapshot = torch.zeros(2), Snapshot()
        >>> snapshot.take({"weight": weight})
        >>> weight += 1
        >>> list(snapshot.data())
        [0, 0, 0, 0, 0, 0, 0, 0]
    """

    def __init__(self) -> None:
        self.layout = "{}"
        self._taken: list[tuple[str, torch.Size, torch.dtype]] = []
        self._memory = torch.empty(0, dtype=torch.uint8)
        self._copies: list[Tensor] = []
        self._waiting: list[tuple[Tensor, Tensor]] = []
        self._events: list[torch.Event] = []

    def take(self, tensors: Mapping[str, Tensor]) -> None:
        """Copy tensors; those on another device stay there until `data` is called.

        Raises:
            TypeError: for a number type that safetensors does not have.
        """
        taken = [(name, tensor.shape, tensor.dtype) for name, tensor in tensors.items()]
        if taken != self._taken:
            self._lay_out(tensors)
            self._taken = taken
        pairs = list(zip(self._copies, tensors.values(), strict=True))
        near = [pair for pair in pairs if pair[1].is_cpu]
        if near:
            torch._foreach_copy_([copy for copy, _ in near], [tensor for _, tensor in near])
        self._waiting = [(copy, tensor.clone()) for copy, tensor in pairs if not tensor.is_cpu]
        self._events = [torch.Event(kind) for kind in {one.device.type for _, one in self._waiting}]
        for event in self._events:
            event.record()

    def data(self) -> memoryview:
        """Return the bytes of all tensors, those of other devices too; these are waited for."""
        for event in self._events:
            event.synchronize()
        for copy, tensor in self._waiting:
            copy.copy_(tensor)
        self._waiting, self._events = [], []
        return self._memory.numpy().data

    def _lay_out(self, tensors: Mapping[str, Tensor]) -> None:
        layout = laid_out(tensors)
        places = {name: entry["data_offsets"] for name, entry in layout.items()}
        memory = torch.empty(max((end for _, end in places.values()), default=0), dtype=torch.uint8)
        self._copies = [
            memory[slice(*places[name])].view(tensor.dtype).view(tensor.shape)
            for name, tensor in tensors.items()
        ]
        self._memory, self.layout = memory, json.dumps(layout)
