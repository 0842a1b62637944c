"""CellWeights: a layer that has the weights of its cell, under the names torch's layers have."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import nn

__all__ = ["CellWeights", "OfCell"]


class OfCell:
    """An attribute that a layer shares with its cell."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: Any = None) -> Any:
        return self if layer is None else getattr(layer.__dict__["_cell"], self.name)

    def __set__(self, layer: Any, value: Any) -> None:
        setattr(layer.__dict__["_cell"], self.name, value)


class CellWeights(nn.Module):
    """A layer whose `cell` is no module inside it, but shows the layer's own weights."""

    #: the layer's names of the weights and buffers -> the cell's
    stored: ClassVar[dict[str, str]]
    #: files have the weights under this attribute
    keras_children: ClassVar[tuple[str, ...]] = ("cell",)

    built: bool
    described: str
    dtype_policy: Any
    _layouts: Any
    _torch_dtype: Any
    _trainable: bool

    @property
    def cell(self) -> Any:  # type: ignore[override]
        """The cell; its weights are the layer's own."""
        cell = self.__dict__["_cell"]
        if self.built and not torch.compiler.is_compiling():
            self._share(cell)
        return cell

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        super()._apply(fn, recurse)
        if self.built:
            self._share(self.__dict__["_cell"])
        return self

    def _share(self, cell: Any) -> None:
        cell._torch_dtype, cell.dtype_policy = self._torch_dtype, self.dtype_policy
        cell.training, cell._trainable = self.training, self._trainable
        for own, name in self.stored.items():
            for held, shown in ((self._parameters, cell._parameters),
                                (self._buffers, cell._buffers)):  # fmt: skip
                if own in held:
                    shown[name] = held[own]

    def adopt(self, cell: Any) -> None:
        """Take over the weights that the cell has made."""
        for own, name in self.stored.items():
            if name in cell._parameters:
                self._parameters[own] = cell._parameters[name]
                if name in cell._layouts:
                    self._layouts[own] = cell._layouts[name]
            elif name in cell._buffers:
                self._buffers[own] = cell._buffers[name]

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put nothing into `store`: files have the weights under "cell"."""

    def load_own_variables(self, store: Any) -> None:
        """Check that nothing is stored here: files have the weights under "cell".

        Raises:
            ValueError: if there is something.
        """
        if len(store.keys()):
            raise ValueError(
                f"{self.described} has its weights under 'cell' in a file, but {len(store.keys())} "
                "were stored for the layer itself."
            )
