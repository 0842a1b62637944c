"""The base class of initializers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from kerlite.core.serialize import Configurable

__all__ = ["Initializer"]


class Initializer(Configurable):
    """Something that makes the first values of a weight: call it with a shape and a dtype.

    A subclass implements `__call__(shape, dtype=None)`. Shapes are in Keras's layout, (in, out) for
    a matrix and (..., in, out) for a convolution's kernel.

    Example:
        >>> import torch
        >>> class Halves(Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return torch.full(shape, 0.5)
        >>> Halves()((2,))
        tensor([0.5000, 0.5000])

    Source: keras.initializers.Initializer.
    """

    def __init__(self) -> None:
        """Take no arguments, and refuse any."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of this shape.

        Args:
            shape: the weight's shape in Keras's layout.
            dtype: a name or a torch dtype; None means `floatx()`.

        Raises:
            NotImplementedError: here; subclasses implement it.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no __call__(shape, dtype=None): implement it."
        )

    def clone(self) -> Initializer:
        """Return a new initializer with the same configuration."""
        return type(self).from_config(self.get_config())
