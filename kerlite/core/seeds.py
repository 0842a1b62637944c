"""Streams of seeds that can be repeated."""

from __future__ import annotations

from typing import Any

import torch

from kerlite.core import registry

__all__ = ["SeedGenerator", "draw_seed", "mixed"]

_MODULUS = 2**63 - 1


class SeedGenerator:
    """A stream of seeds: each `next()` is another one, and the stream can be repeated.

    Args:
        seed: where the stream starts, a whole number >= 0; None takes one at random.
        name: a name for it; kept for Keras's sake.

    Raises:
        ValueError: if the seed is negative or no whole number.

    Example:
        >>> one, two = SeedGenerator(7), SeedGenerator(7)
        >>> first = one.next()
        >>> first == two.next(), first == one.next()
        (True, False)

    Source: keras.random.SeedGenerator; `next` returns an int here, not a tensor of two.
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any):
        if kwargs:
            raise TypeError(f"Unknown arguments for SeedGenerator: {sorted(kwargs)}.")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise ValueError(f"seed must be a whole number >= 0 or None; received {seed!r}.")
        self.seed = int(torch.randint(2**31 - 1, ()).item()) if seed is None else seed
        self.name = name or "seed_generator"
        self.state = 0

    def next(self) -> int:
        """Return the next seed of the stream."""
        drawn = mixed(self.seed, self.state)
        self.state += 1
        return drawn

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this generator again."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Make a generator from what `get_config` returned."""
        return cls(**config)


registry.register_public(SeedGenerator, module="keras.random")


def draw_seed(seed: int | SeedGenerator | None) -> int:
    """Return an int seed: the int itself, a generator's next one, or a random one for None."""
    if seed is None:
        return int(torch.randint(2**31 - 1, ()).item())
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, int) and not isinstance(seed, bool):
        return seed
    raise ValueError(f"seed must be an int, a SeedGenerator or None; received {seed!r}.")


def mixed(seed: int, counter: int) -> int:
    """Spread (seed, counter) over 63 bits (SplitMix64's finalizer)."""
    mask = 2**64 - 1
    z = (seed + (counter + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) % _MODULUS
