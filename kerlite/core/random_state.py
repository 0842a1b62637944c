"""The state of the generators that random numbers come from where no seed is given."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

__all__ = ["host_random_state", "kept_random_state", "random_state", "set_random_state"]


def random_state() -> dict[str, Any]:
    """Return the state of Python's, NumPy's and torch's global generators, every device's.

    Example:
        >>> state = random_state()
        >>> first = random.random(), np.random.rand(), torch.rand(()).item()
        >>> set_random_state(state)
        >>> first == (random.random(), np.random.rand(), torch.rand(()).item())
        True
    """
    state = host_random_state()
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def host_random_state() -> dict[str, Any]:
    """Return the state of the generators that serve the host: what loading data draws from."""
    version, numbers, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state(legacy=True)
    return {
        "python": [version, np.fromiter(numbers, np.uint32, len(numbers)), gauss],
        "numpy": [kind, keys, *rest],
        "torch": torch.get_rng_state(),
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Put the generators back into a state that one of these functions returned."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers.tolist()), gauss))
    np.random.set_state(tuple(state["numpy"]))
    torch.set_rng_state(state["torch"].cpu())
    # A machine with other devices than the one where the state was taken keeps their states.
    if "cuda" in state and torch.cuda.is_available():
        for device, one in enumerate(state["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(one.cpu(), device)
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"].cpu())


@contextlib.contextmanager
def kept_random_state() -> Iterator[None]:
    """Have the generators that serve the host stand afterwards where they stand now."""
    state = host_random_state()
    try:
        yield
    finally:
        set_random_state(state)
