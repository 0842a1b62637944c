"""Matrices made nearly orthogonal by matrix products alone."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["map_stacked", "newton_schulz"]


def newton_schulz(x: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    """Return matrices with the same singular vectors, and singular values near 1.

    x = x / norm(x);  steps times:  A = x @ x.T;  x = a * x + (b * A + c * A @ A) @ x

    Args:
        x: a matrix, or a stack of them.
        coefficients: a, b and c.
        steps: how often to iterate; 5 bring all but very small singular values near 1.

    Raises:
        ValueError: if `x` has fewer than two axes.

    Example:
        >>> x = newton_schulz(torch.diag(torch.tensor([1.0, 0.2])), (1.5, -0.5, 0.0), 9)
        >>> x.round(decimals=3).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    if x.ndim < 2:
        raise ValueError(
            f"Expected a matrix, or a stack of them. Received a tensor of shape {tuple(x.shape)}."
        )
    if x.shape[-2] > x.shape[-1]:  # the smaller of the two products
        return newton_schulz(x.mT, coefficients, steps).mT
    a, b, c = coefficients
    y = x.reshape(-1, *x.shape[-2:])
    y = y / (torch.linalg.matrix_norm(y, keepdim=True) + 1e-7)
    for _ in range(steps):
        product = y @ y.mT
        factor = torch.baddbmm(product, product, product, beta=b, alpha=c)
        y = torch.baddbmm(y, factor, y, beta=a)
    return y.reshape(x.shape)


def map_stacked(function: Callable[[Tensor], Tensor], tensors: list[Tensor]) -> list[Tensor]:
    """Return the function of each tensor; those of one shape go through it in one stack."""
    alike: dict[torch.Size, list[int]] = {}
    for i, tensor in enumerate(tensors):
        alike.setdefault(tensor.shape, []).append(i)
    results = list(tensors)
    for chosen in alike.values():
        made = function(torch.stack([tensors[i] for i in chosen]))
        for i, result in zip(chosen, made.unbind(), strict=True):
            results[i] = result
    return results
