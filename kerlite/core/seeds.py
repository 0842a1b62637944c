"""Streams of seeds that can be repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import _disable_current_modes

from kerlite.core import registry

__all__ = ["SeedGenerator", "draw_seed", "mixed", "next_of"]

_MODULUS = 2**63 - 1
_WORD = 2**64


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
        if seed is None:
            seed = int(torch.randint(2**31 - 1, ()).item())
        self.__setstate__({"seed": seed, "name": name or "seed_generator", "state": 0})

    @property
    def seed(self) -> int:
        """Where the stream starts."""
        return self._seed

    @seed.setter
    def seed(self, value: int) -> None:
        self._seed = value
        self._numbers[0] = _signed(value)

    @property
    def state(self) -> int:
        """How many seeds have been taken."""
        return int(self._numbers[1])

    @state.setter
    def state(self, value: int) -> None:
        self._numbers[1] = value

    def next(self) -> int:
        """Return the next seed of the stream."""
        return next_of(self._numbers)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this generator again."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Make a generator from what `get_config` returned."""
        return cls(**config)

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "name": self.name, "state": self.state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._numbers = np.zeros(2, np.int64)
        with _disable_current_modes(), torch.inference_mode(False):  # real, wherever it is made
            # The same memory: compiled code takes it as an input, and so is made once for all.
            self.stream = torch.from_numpy(self._numbers)
        self.name, self.seed, self.state = state["name"], state["seed"], state["state"]


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


def next_of(numbers: np.ndarray) -> int:
    """Return the next seed of the stream whose seed and state these two numbers are."""
    drawn = mixed(int(numbers[0]), int(numbers[1]))
    numbers[1] += 1
    return drawn


def mixed(seed: int, counter: int) -> int:
    """Spread (seed, counter) over 63 bits (SplitMix64's finalizer)."""
    mask = _WORD - 1
    z = (seed + (counter + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) % _MODULUS


def _signed(seed: int) -> int:
    """Return the number of 64 bits that a seed is for `mixed`."""
    return (seed + _WORD // 2) % _WORD - _WORD // 2
