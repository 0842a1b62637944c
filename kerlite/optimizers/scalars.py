"""Numbers that live on the host and answer like Keras variables.

An optimizer's step count and learning rate are Python numbers, so that no step waits for the
device to tell them. Keras code asks them for `numpy()` or calls `assign`, and may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

__all__ = ["HostFloat", "HostInt"]


class _HostScalar:
    """What a 0-d Keras variable offers, for a Python number."""

    dtype: str
    trainable = False
    shape: tuple[int, ...] = ()
    path = "scalar"
    _write: Callable[[Any], None] | None = None

    @classmethod
    def of(cls, value: Any, path: str, write: Callable[[Any], None] | None = None) -> Any:
        """Return the number with a Keras path; `write` stores what is assigned to it."""
        scalar = cls(value)  # type: ignore[call-arg]
        scalar.path, scalar._write = path, write
        return scalar

    @property
    def name(self) -> str:
        """Keras's name for it, such as "learning_rate"."""
        return self.path.rpartition("/")[2]

    @property
    def value(self) -> torch.Tensor:
        """The number as a 0-d tensor."""
        return torch.from_numpy(self.numpy())

    def numpy(self) -> np.ndarray:
        """Return the number as a 0-d NumPy array."""
        return np.array(self, dtype=self.dtype)

    def assign(self, value: Any) -> Any:
        """Store another number where this one was read from, and return it.

        Raises:
            TypeError: if the number is a result and is stored nowhere.
        """
        if self._write is None:
            raise TypeError(f"{self!r} is a computed number; it is stored nowhere to assign to.")
        self._write(value)
        return self.of(value, self.path, self._write)


class HostFloat(_HostScalar, float):
    """A Python float that answers like a Keras variable.

    Example:
        >>> HostFloat(0.5) * 2, HostFloat(0.5).numpy()
        (1.0, array(0.5))
    """

    dtype = "float64"


class HostInt(_HostScalar, int):
    """A Python int that answers like a Keras variable.

    Example:
        >>> HostInt(3) + 1, HostInt(3).numpy()
        (4, array(3))
    """

    dtype = "int64"
