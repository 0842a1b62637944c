"""What Keras code does with a variable, for a parameter and for a view of one alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from kerlite.core import dtypes, tree

__all__ = ["Assignable", "as_tensor_like", "plain"]

plain: Any = torch._C._disabled_torch_function_impl


class Assignable:
    """What Keras code does with a variable, for a parameter and for a view alike."""

    _name: str
    _path: str

    @property
    def name(self) -> str:
        """Keras's name for it, such as "kernel"."""
        return self._name

    @property
    def path(self) -> str:
        """The names of the layers it lies in and its own: "model/dense/kernel"."""
        return self._path

    def assign(self, value: Any) -> Any:
        """Set the values, in place; the shape must be the same.

        Raises:
            ValueError: if the shapes differ.
        """
        new = as_tensor_like(self, value)
        if new.shape != self.shape:  # type: ignore[attr-defined]
            raise ValueError(
                f"Cannot assign a value of shape {tuple(new.shape)} to the variable "
                f"{self.path!r} of shape {tuple(self.shape)}."  # type: ignore[attr-defined]
            )
        with torch.no_grad():
            self.copy_(new)  # type: ignore[attr-defined]
            self._written()
        return self

    def assign_add(self, value: Any) -> Any:
        """Add to the values, in place."""
        with torch.no_grad():
            self.add_(as_tensor_like(self, value))  # type: ignore[attr-defined]
            self._written()
        return self

    def assign_sub(self, value: Any) -> Any:
        """Subtract from the values, in place."""
        with torch.no_grad():
            self.sub_(as_tensor_like(self, value))  # type: ignore[attr-defined]
            self._written()
        return self

    def _written(self) -> None:
        """Follow a change of the values, where they are not what is stored."""

    def numpy(self, *, force: bool = True) -> np.ndarray:
        """Return the values as a NumPy array of their own; torch's `force` is always on."""
        plain = self.detach().cpu()  # type: ignore[attr-defined]
        return (plain.float() if plain.dtype == torch.bfloat16 else plain).numpy().copy()

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's functions (`np.sum`, `np.mean`) take the values."""
        args, kwargs = tree.map_structure(_array_of, (args, kwargs))
        return func(*args, **kwargs)

    @property
    def value(self) -> Any:
        """The tensor itself (Keras spells it `variable.value`)."""
        return self

    def __repr__(self) -> str:
        kind = dtypes.standardize_dtype(self.dtype)  # type: ignore[attr-defined]
        shape = tuple(self.shape)  # type: ignore[attr-defined]
        values = "" if self.is_meta else f", value={self.numpy()}"  # type: ignore[attr-defined]
        return f"<Variable path={self.path}, shape={shape}, dtype={kind}{values}>"


def _array_of(leaf: Any) -> Any:
    return leaf.numpy() if isinstance(leaf, Assignable) else leaf


def as_tensor_like(like: Any, value: Any) -> Tensor:
    """Return a value as a tensor of another one's number type, on its device."""
    if isinstance(value, Tensor):
        return value.to(like.device, like.dtype)
    return torch.as_tensor(value, dtype=like.dtype, device=like.device)
