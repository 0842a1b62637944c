"""Initializers whose values are known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from kerlite.core import config
from kerlite.core.dtypes import to_torch_dtype
from kerlite.initializers.base import Initializer

__all__ = ["Constant", "Identity", "Ones", "Zeros"]


class Constant(Initializer):
    """Fills a weight with one value, or with those of an array.

    Args:
        value: a number, or an array or tensor that broadcasts to the shape asked for.

    Raises:
        ValueError: when called with a shape that the array does not broadcast to.

    Example:
        >>> Constant(3.0)((2,))
        tensor([3., 3.])
        >>> Constant([1, 2])((2, 2), dtype="int32")
        tensor([[1, 2],
                [1, 2]], dtype=torch.int32)

    Source: keras.initializers.Constant.
    """

    def __init__(self, value: Any = 0.0):
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of this shape filled with the value."""
        value = torch.as_tensor(self.value, dtype=to_torch_dtype(dtype), device=config.device())
        try:
            return value.detach().expand(tuple(shape)).clone(memory_format=torch.contiguous_format)
        except RuntimeError as error:
            raise ValueError(
                f"Expected `shape` to be {tuple(value.shape)}, the shape of the array this "
                f"initializer holds; received shape={tuple(shape)}. Pass an array of the weight's "
                "own shape, in Keras's layout."
            ) from error


class Zeros(Initializer):
    """Fills a weight with 0.

    Example:
        >>> Zeros()((3,))
        tensor([0., 0., 0.])

    Source: keras.initializers.Zeros.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of zeros."""
        return torch.zeros(tuple(shape), dtype=to_torch_dtype(dtype), device=config.device())


class Ones(Initializer):
    """Fills a weight with 1.

    Example:
        >>> Ones()((3,), dtype="bool")
        tensor([True, True, True])

    Source: keras.initializers.Ones.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of ones."""
        return torch.ones(tuple(shape), dtype=to_torch_dtype(dtype), device=config.device())


class Identity(Initializer):
    """Makes gain * I; a matrix that is not square is filled up with zeros.

    Args:
        gain: the value on the diagonal.

    Raises:
        ValueError: when called with a shape that is not two-dimensional.

    Example:
        >>> Identity(2.0)((2, 3))
        tensor([[2., 0., 0.],
                [0., 2., 0.]])

    Source: keras.initializers.Identity; the gain is part of the config here, Keras drops it.
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return the matrix."""
        if len(shape) != 2:
            raise ValueError(
                f"Identity makes matrices; received shape={tuple(shape)} of rank {len(shape)}. "
                "Use another initializer for this weight."
            )
        target = to_torch_dtype(dtype)
        return (torch.eye(*shape, dtype=target, device=config.device()) * self.gain).to(target)

    def get_config(self) -> dict[str, Any]:
        """Return the gain, unless it is 1: then the config is exactly Keras's."""
        return {} if self.gain == 1.0 else super().get_config()
