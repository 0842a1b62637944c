"""The first values of weights.

Every class is also there under Keras's snake_case name, and its names work as strings wherever an
initializer is wanted: "GlorotUniform", "glorot_uniform".
"""

from kerlite.initializers.base import Initializer as Initializer
from kerlite.initializers.constants import Constant as Constant
from kerlite.initializers.constants import Constant as constant
from kerlite.initializers.constants import Identity as Identity
from kerlite.initializers.constants import Identity as IdentityInitializer
from kerlite.initializers.constants import Identity as identity
from kerlite.initializers.constants import Ones as Ones
from kerlite.initializers.constants import Ones as ones
from kerlite.initializers.constants import Zeros as Zeros
from kerlite.initializers.constants import Zeros as zeros
from kerlite.initializers.fourier import STFT as STFT
from kerlite.initializers.fourier import STFT as STFTInitializer
from kerlite.initializers.fourier import STFT as stft
from kerlite.initializers.lookup import deserialize as deserialize
from kerlite.initializers.lookup import get as get
from kerlite.initializers.lookup import serialize as serialize
from kerlite.initializers.random import Orthogonal as Orthogonal
from kerlite.initializers.random import Orthogonal as OrthogonalInitializer
from kerlite.initializers.random import Orthogonal as orthogonal
from kerlite.initializers.random import RandomNormal as RandomNormal
from kerlite.initializers.random import RandomNormal as random_normal
from kerlite.initializers.random import RandomUniform as RandomUniform
from kerlite.initializers.random import RandomUniform as random_uniform
from kerlite.initializers.random import TruncatedNormal as TruncatedNormal
from kerlite.initializers.random import TruncatedNormal as truncated_normal
from kerlite.initializers.scaling import GlorotNormal as GlorotNormal
from kerlite.initializers.scaling import GlorotNormal as glorot_normal
from kerlite.initializers.scaling import GlorotUniform as GlorotUniform
from kerlite.initializers.scaling import GlorotUniform as glorot_uniform
from kerlite.initializers.scaling import HeNormal as HeNormal
from kerlite.initializers.scaling import HeNormal as he_normal
from kerlite.initializers.scaling import HeUniform as HeUniform
from kerlite.initializers.scaling import HeUniform as he_uniform
from kerlite.initializers.scaling import LecunNormal as LecunNormal
from kerlite.initializers.scaling import LecunNormal as lecun_normal
from kerlite.initializers.scaling import LecunUniform as LecunUniform
from kerlite.initializers.scaling import LecunUniform as lecun_uniform
from kerlite.initializers.scaling import VarianceScaling as VarianceScaling
from kerlite.initializers.scaling import VarianceScaling as variance_scaling

__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
