"""Random numbers that can be repeated.

Without a seed everything draws from torch's own generators, as PyTorch code does. With a seed
nothing touches them: the values come from a generator made for that seed.
"""

from __future__ import annotations

import random as python_random

import numpy as np
import torch

from kerlite.core.seeds import SeedGenerator as SeedGenerator
from kerlite.core.seeds import draw_seed as draw_seed
from kerlite.core.seeds import mixed

__all__ = ["SeedGenerator", "draw_seed", "generator", "permutation", "set_random_seed"]

_MODULUS = 2**63 - 1


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators (every device).

    Args:
        seed: a whole number in [0, 2**32).

    Raises:
        ValueError: if it is not one.

    Source: keras.utils.set_random_seed.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number in [0, 2**32); received {seed!r}.")
    python_random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def generator(
    seed: int | SeedGenerator | None, device: str | torch.device = "cpu"
) -> torch.Generator | None:
    """Return a `torch.Generator` for the seed; None for None, torch's own generator.

    Example:
        >>> import torch
        >>> a, b = (torch.rand(2, generator=generator(3)) for _ in range(2))
        >>> bool((a == b).all())
        True
    """
    if seed is None:
        return None
    return torch.Generator(device=device).manual_seed(draw_seed(seed) % _MODULUS)


def permutation(n: int, seed: int, epoch: int) -> torch.Tensor:
    """Return the order of `n` samples in an epoch: a pure function of its three arguments.

    Shape:
        (n,), int64, on the CPU.

    Example:
        >>> bool((permutation(5, seed=0, epoch=2) == permutation(5, seed=0, epoch=2)).all())
        True
    """
    return torch.randperm(n, generator=generator(mixed(seed, epoch)))
