"""MatrixProduct: a linear map of the last axes, several of them perhaps, as one matrix product."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F

__all__ = ["MatrixProduct"]


class MatrixProduct(NamedTuple):
    """inputs @ kernel + bias, with a kernel whose axes make up the two of a matrix.

    Only views are taken of the kernel and the result, and of inputs that are contiguous.

    Attributes:
        inputs: sizes of the axes that are summed over, the last ones of the inputs.
        outputs: sizes of the axes that come instead of them.
        is_transposed: whether the kernel is (*outputs, *inputs), and not (*inputs, *outputs).
        has_joint_bias: whether the bias has all of `outputs` as its axes.

    Example:
        >>> import torch
        >>> product = MatrixProduct((3,), (2, 4), is_transposed=False, has_joint_bias=False)
        >>> product(torch.ones(5, 3), torch.ones(3, 2, 4), None).shape
        torch.Size([5, 2, 4])
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    is_transposed: bool
    has_joint_bias: bool

    def fits(self, x: Tensor) -> bool:
        """Return whether a tensor has the axes that are summed over."""
        return x.shape[-len(self.inputs) :] == self.inputs

    def __call__(self, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        """Return inputs @ kernel + bias; a bias that is not joint is broadcast."""
        if len(self.inputs) > 1:
            x = x.flatten(-len(self.inputs))
        sizes = math.prod(self.inputs), math.prod(self.outputs)
        if kernel.ndim > 2:
            kernel = kernel.reshape(sizes[::-1] if self.is_transposed else sizes)
        matrix = kernel if self.is_transposed else kernel.t()
        joint = bias.flatten() if bias is not None and self.has_joint_bias else None
        x = F.linear(x, matrix, joint)
        if len(self.outputs) > 1:
            x = x.unflatten(-1, self.outputs)
        return x if bias is None or joint is not None else x + bias.to(x.dtype)
