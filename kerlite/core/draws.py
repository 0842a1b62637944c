"""Random tensors of every distribution, from torch's own generator or from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from kerlite.core.seeds import SeedGenerator, draw_seed

__all__ = ["draw"]

_MODULUS = 2**63 - 1


def draw(
    kind: str,
    shape: Sequence[int],
    seed: int | SeedGenerator | None,
    dtype: torch.dtype,
    device: torch.device,
    parameters: Sequence[Tensor] = (),
    numbers: Sequence[int] = (),
) -> Tensor:
    """Return random numbers; with a seed torch's own generators are not touched.

    Args:
        kind: the distribution, a key of `_DRAWS`.
        shape: of the result.
        seed: None for torch's own generator.
        dtype: number type of the result.
        device: where to draw; the numbers of a seed are those of the device's generator.
        parameters: tensors that the distribution has.
        numbers: whole numbers that it has.

    Example:
        >>> a, b = (draw("uniform", (2,), 3, torch.float32, torch.device("cpu")) for _ in range(2))
        >>> torch.equal(a, b)
        True
    """
    if seed is None:
        return _DRAWS[kind](shape, None, dtype, device, parameters, numbers)
    number = draw_seed(seed) % _MODULUS
    if torch.compiler.is_compiling():  # which knows no generators; the operation hides this one
        return torch.ops.kerlite.draw(
            kind, list(shape), number, dtype, device, list(parameters), list(numbers)
        )
    return _seeded(kind, shape, number, dtype, device, parameters, numbers)


def _seeded(
    kind: str, shape: Any, number: int, dtype: Any, device: Any, parameters: Any, numbers: Any
) -> Tensor:
    source = torch.Generator(device).manual_seed(number)
    return _DRAWS[kind](shape, source, dtype, device, parameters, numbers)


@torch.library.custom_op("kerlite::draw", mutates_args=())
def _operation(
    kind: str,
    shape: Sequence[int],
    number: int,
    dtype: torch.dtype,
    device: torch.device,
    parameters: Sequence[Tensor],
    numbers: Sequence[int],
) -> Tensor:
    return _seeded(kind, shape, number, dtype, device, parameters, numbers)


@_operation.register_fake
def _(
    kind: str, shape: Any, number: int, dtype: Any, device: Any, parameters: Any, numbers: Any
) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=device)


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


_DRAWS: dict[str, Callable[..., Tensor]] = {
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
