"""What neural networks are made of, as functions.

Source: keras.ops.nn.
"""

from kerlite.ops.nn.attention import dot_product_attention as dot_product_attention
from kerlite.ops.nn.convolutions import conv as conv
from kerlite.ops.nn.convolutions import conv_transpose as conv_transpose
from kerlite.ops.nn.convolutions import depthwise_conv as depthwise_conv
from kerlite.ops.nn.convolutions import separable_conv as separable_conv
from kerlite.ops.nn.ctc import ctc_decode as ctc_decode
from kerlite.ops.nn.ctc import ctc_loss as ctc_loss
from kerlite.ops.nn.encoding import multi_hot as multi_hot
from kerlite.ops.nn.encoding import one_hot as one_hot
from kerlite.ops.nn.encoding import polar as polar
from kerlite.ops.nn.gates import gelu as gelu
from kerlite.ops.nn.gates import glu as glu
from kerlite.ops.nn.gates import hard_silu as hard_silu
from kerlite.ops.nn.gates import hard_swish as hard_swish
from kerlite.ops.nn.gates import silu as silu
from kerlite.ops.nn.gates import swish as swish
from kerlite.ops.nn.losses import binary_crossentropy as binary_crossentropy
from kerlite.ops.nn.losses import categorical_crossentropy as categorical_crossentropy
from kerlite.ops.nn.losses import psnr as psnr
from kerlite.ops.nn.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from kerlite.ops.nn.normalization import batch_normalization as batch_normalization
from kerlite.ops.nn.normalization import layer_normalization as layer_normalization
from kerlite.ops.nn.normalization import moments as moments
from kerlite.ops.nn.normalization import normalize as normalize
from kerlite.ops.nn.normalization import rms_normalization as rms_normalization
from kerlite.ops.nn.pooling import adaptive_average_pool as adaptive_average_pool
from kerlite.ops.nn.pooling import adaptive_max_pool as adaptive_max_pool
from kerlite.ops.nn.pooling import average_pool as average_pool
from kerlite.ops.nn.pooling import max_pool as max_pool
from kerlite.ops.nn.rearranging import depth_to_space as depth_to_space
from kerlite.ops.nn.rearranging import fold as fold
from kerlite.ops.nn.rearranging import space_to_depth as space_to_depth
from kerlite.ops.nn.rearranging import unfold as unfold
from kerlite.ops.nn.rectifiers import celu as celu
from kerlite.ops.nn.rectifiers import elu as elu
from kerlite.ops.nn.rectifiers import leaky_relu as leaky_relu
from kerlite.ops.nn.rectifiers import relu as relu
from kerlite.ops.nn.rectifiers import relu6 as relu6
from kerlite.ops.nn.rectifiers import selu as selu
from kerlite.ops.nn.rectifiers import softplus as softplus
from kerlite.ops.nn.rectifiers import sparse_plus as sparse_plus
from kerlite.ops.nn.rectifiers import squareplus as squareplus
from kerlite.ops.nn.rectifiers import threshold as threshold
from kerlite.ops.nn.simplex import log_softmax as log_softmax
from kerlite.ops.nn.simplex import softmax as softmax
from kerlite.ops.nn.simplex import sparsemax as sparsemax
from kerlite.ops.nn.squashing import hard_shrink as hard_shrink
from kerlite.ops.nn.squashing import hard_sigmoid as hard_sigmoid
from kerlite.ops.nn.squashing import hard_tanh as hard_tanh
from kerlite.ops.nn.squashing import log_sigmoid as log_sigmoid
from kerlite.ops.nn.squashing import sigmoid as sigmoid
from kerlite.ops.nn.squashing import soft_shrink as soft_shrink
from kerlite.ops.nn.squashing import softsign as softsign
from kerlite.ops.nn.squashing import sparse_sigmoid as sparse_sigmoid
from kerlite.ops.nn.squashing import tanh_shrink as tanh_shrink

__all__ = [
    "adaptive_average_pool",
    "adaptive_max_pool",
    "average_pool",
    "batch_normalization",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "conv",
    "conv_transpose",
    "ctc_decode",
    "ctc_loss",
    "depth_to_space",
    "depthwise_conv",
    "dot_product_attention",
    "elu",
    "fold",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "layer_normalization",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "max_pool",
    "moments",
    "multi_hot",
    "normalize",
    "one_hot",
    "polar",
    "psnr",
    "relu",
    "relu6",
    "rms_normalization",
    "selu",
    "separable_conv",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "space_to_depth",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
    "unfold",
]
