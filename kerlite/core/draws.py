"""Random tensors of every distribution, from torch's own generator or from a seed.

torch.compile knows no generators. There an operation that it does not look into draws; the stream
that it takes seeds from is an operand, which it moves on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import _get_current_dispatch_mode

from kerlite.core.distributions import DRAWS, FILLS
from kerlite.core.seeds import SeedGenerator, draw_seed, next_of
from kerlite.core.shapes_only import ShapesOnly

__all__ = ["draw", "fill"]

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
        kind: the distribution, a key of `DRAWS`.
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
        return DRAWS[kind](shape, None, dtype, device, parameters, numbers)
    if not torch.compiler.is_compiling():
        return _drawn(kind, shape, _number_of(seed), dtype, device, parameters, numbers)
    given = kind, list(shape), dtype, device, list(parameters), list(numbers)
    if isinstance(seed, SeedGenerator):
        return torch.ops.kerlite.draw_next(seed.stream, *given)
    return torch.ops.kerlite.draw(draw_seed(seed) % _MODULUS, *given)


def fill(out: Tensor, kind: str, seed: int | SeedGenerator | None, *numbers: float) -> Tensor:
    """Fill a tensor with random numbers, and return it; otherwise as `draw`.

    Args:
        out: what is filled.
        kind: the distribution, a key of `FILLS`.
        seed: None for torch's own generator.
        numbers: real numbers that the distribution has.

    Example:
        >>> fill(torch.empty(3), "bernoulli", 1, 1.0)
        tensor([1., 1., 1.])
    """
    if seed is None:
        return FILLS[kind](out, None, *numbers)
    if not isinstance(seed, SeedGenerator) or not torch.compiler.is_compiling():
        return FILLS[kind](out, _source(_number_of(seed), out.device), *numbers)
    torch.ops.kerlite.fill_next(seed.stream, out, kind, list(numbers))
    return out


@torch.library.custom_op("kerlite::draw", mutates_args=())
def _draw(
    number: int,
    kind: str,
    shape: Sequence[int],
    dtype: torch.dtype,
    device: torch.device,
    parameters: Sequence[Tensor],
    numbers: Sequence[int],
) -> Tensor:
    return _drawn(kind, shape, number, dtype, device, parameters, numbers)


@torch.library.custom_op("kerlite::draw_next", mutates_args=("stream",))
def _draw_next(
    stream: Tensor,
    kind: str,
    shape: Sequence[int],
    dtype: torch.dtype,
    device: torch.device,
    parameters: Sequence[Tensor],
    numbers: Sequence[int],
) -> Tensor:
    return _drawn(kind, shape, next_of(stream.numpy()), dtype, device, parameters, numbers)


@torch.library.custom_op("kerlite::fill_next", mutates_args=("stream", "out"))
def _fill_next(stream: Tensor, out: Tensor, kind: str, numbers: Sequence[float]) -> None:
    FILLS[kind](out, _source(next_of(stream.numpy()), out.device), *numbers)


@_draw.register_fake
@_draw_next.register_fake
def _(first: Any, kind: str, shape: Any, dtype: Any, device: Any, *_: Any) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=device)


def _number_of(seed: int | SeedGenerator) -> int:
    """Return an int seed: a generator's next one, which stays where only shapes are asked for."""
    if isinstance(seed, SeedGenerator) and isinstance(_get_current_dispatch_mode(), ShapesOnly):
        return 0
    return draw_seed(seed)


def _drawn(
    kind: str, shape: Any, number: int, dtype: Any, device: Any, parameters: Any, numbers: Any
) -> Tensor:
    return DRAWS[kind](shape, _source(number, device), dtype, device, parameters, numbers)


def _source(number: int, device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(number % _MODULUS)
