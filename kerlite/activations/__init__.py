"""Activation functions: what a layer applies to its outputs, element by element or along an axis.

Their names work as strings wherever an activation is wanted: "relu".
"""

from kerlite.activations.gates import gelu as gelu
from kerlite.activations.gates import glu as glu
from kerlite.activations.gates import hard_silu as hard_silu
from kerlite.activations.gates import hard_silu as hard_swish
from kerlite.activations.gates import mish as mish
from kerlite.activations.gates import silu as silu
from kerlite.activations.gates import silu as swish
from kerlite.activations.lookup import deserialize as deserialize
from kerlite.activations.lookup import get as get
from kerlite.activations.lookup import serialize as serialize
from kerlite.activations.rectifiers import celu as celu
from kerlite.activations.rectifiers import elu as elu
from kerlite.activations.rectifiers import leaky_relu as leaky_relu
from kerlite.activations.rectifiers import relu as relu
from kerlite.activations.rectifiers import relu6 as relu6
from kerlite.activations.rectifiers import selu as selu
from kerlite.activations.rectifiers import threshold as threshold
from kerlite.activations.shrinkage import hard_shrink as hard_shrink
from kerlite.activations.shrinkage import soft_shrink as soft_shrink
from kerlite.activations.shrinkage import tanh_shrink as tanh_shrink
from kerlite.activations.simplex import log_softmax as log_softmax
from kerlite.activations.simplex import softmax as softmax
from kerlite.activations.simplex import sparsemax as sparsemax
from kerlite.activations.smooth import exponential as exponential
from kerlite.activations.smooth import linear as linear
from kerlite.activations.smooth import softplus as softplus
from kerlite.activations.smooth import sparse_plus as sparse_plus
from kerlite.activations.smooth import squareplus as squareplus
from kerlite.activations.squashing import hard_sigmoid as hard_sigmoid
from kerlite.activations.squashing import hard_tanh as hard_tanh
from kerlite.activations.squashing import log_sigmoid as log_sigmoid
from kerlite.activations.squashing import sigmoid as sigmoid
from kerlite.activations.squashing import softsign as softsign
from kerlite.activations.squashing import sparse_sigmoid as sparse_sigmoid
from kerlite.activations.squashing import tanh as tanh

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]
