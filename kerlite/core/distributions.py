"""The random numbers of each distribution, from a generator of torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

__all__ = ["DRAWS", "FILLS"]


def _truncated_normal(shape: Any, source: Any, dtype: Any, device: Any, *_: Any) -> Tensor:
    wide = torch.float64 if dtype is torch.float64 else torch.float32
    values = torch.empty(tuple(shape), dtype=wide, device=device)
    return torch.nn.init.trunc_normal_(values, 0.0, 1.0, -2.0, 2.0, generator=source).to(dtype)


def _categories(
    shape: Any, source: Any, dtype: Any, device: Any, parameters: Any, numbers: Any
) -> Tensor:
    chances = parameters[0]
    return torch.multinomial(chances, numbers[0], replacement=True, generator=source).to(dtype)


def _beta(shape: Any, source: Any, dtype: Any, device: Any, parameters: Any, _: Any) -> Tensor:
    both = torch.stack([one.expand(tuple(shape)) for one in parameters], -1)
    if 0 in shape:  # which torch's kernel does not take
        return torch.empty(tuple(shape), dtype=dtype, device=device)
    return torch._sample_dirichlet(both, generator=source)[..., 0].to(dtype)


def _gamma(shape: Any, source: Any, dtype: Any, device: Any, parameters: Any, _: Any) -> Tensor:
    alpha = parameters[0].expand(tuple(shape))
    return torch._standard_gamma(alpha, generator=source).to(dtype)


def _binomial(shape: Any, source: Any, dtype: Any, device: Any, parameters: Any, _: Any) -> Tensor:
    counts, chances = (one.expand(tuple(shape)) for one in parameters)
    return torch.binomial(counts, chances, generator=source).to(dtype)


# What makes a tensor: of a shape, generator, type, device, tensors and whole numbers.
DRAWS: dict[str, Callable[..., Tensor]] = {
    "uniform": lambda shape, source, dtype, device, *_: torch.rand(
        tuple(shape), generator=source, dtype=dtype, device=device
    ),
    "normal": lambda shape, source, dtype, device, *_: torch.randn(
        tuple(shape), generator=source, dtype=dtype, device=device
    ),
    "integers": lambda shape, source, dtype, device, _, numbers: torch.randint(
        numbers[0], numbers[1], tuple(shape), generator=source, dtype=dtype, device=device
    ),
    "permutation": lambda shape, source, dtype, device, *_: torch.randperm(
        shape[0], generator=source, dtype=dtype, device=device
    ),
    "truncated_normal": _truncated_normal,
    "categories": _categories,
    "beta": _beta,
    "gamma": _gamma,
    "binomial": _binomial,
}

# What fills a tensor: with a generator and real numbers.
FILLS: dict[str, Callable[..., Tensor]] = {
    "bernoulli": lambda out, source, chance: out.bernoulli_(chance, generator=source),
    "normal": lambda out, source, mean, stddev: out.normal_(mean, stddev, generator=source),
}
