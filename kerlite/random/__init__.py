"""Random numbers that can be repeated.

With a whole number as `seed` a function returns the same numbers at every call, with a
`SeedGenerator` others at each; neither touches torch's generators. Without a seed the numbers come
from these, which `kerlite.utils.set_random_seed` and `torch.manual_seed` seed.

Source: keras.random; `set_random_seed` is at `kerlite.utils.set_random_seed` too. The numbers of a
seed differ from Keras's.
"""

from kerlite.core.random import SeedGenerator as SeedGenerator
from kerlite.core.random import set_random_seed as set_random_seed
from kerlite.random.continuous import beta as beta
from kerlite.random.continuous import gamma as gamma
from kerlite.random.continuous import normal as normal
from kerlite.random.continuous import truncated_normal as truncated_normal
from kerlite.random.continuous import uniform as uniform
from kerlite.random.discrete import binomial as binomial
from kerlite.random.discrete import categorical as categorical
from kerlite.random.discrete import randint as randint
from kerlite.random.tensors import dropout as dropout
from kerlite.random.tensors import shuffle as shuffle

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "set_random_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
