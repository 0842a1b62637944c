"""Random numbers that can be repeated.

Source: keras.random; `set_random_seed` is at `kerlite.utils.set_random_seed` too.
"""

from __future__ import annotations

from kerlite.core.random import SeedGenerator as SeedGenerator
from kerlite.core.random import set_random_seed as set_random_seed

__all__ = ["SeedGenerator", "set_random_seed"]
