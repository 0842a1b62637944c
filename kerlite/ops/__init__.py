"""Operations: what custom layers, losses and training steps are written with.

The names, arguments and number types are those of `keras.ops`; the work is torch's. A function
takes tensors, arrays, lists and numbers. On symbolic tensors it is recorded as one call.

Source: keras.ops.
"""

from kerlite.ops import image as image
from kerlite.ops import linalg as linalg
from kerlite.ops import nn as nn
from kerlite.ops import numpy as numpy
from kerlite.ops.control_flow import cond as cond
from kerlite.ops.control_flow import fori_loop as fori_loop
from kerlite.ops.control_flow import switch as switch
from kerlite.ops.control_flow import while_loop as while_loop
from kerlite.ops.conversion import cast as cast
from kerlite.ops.conversion import convert_to_numpy as convert_to_numpy
from kerlite.ops.conversion import convert_to_tensor as convert_to_tensor
from kerlite.ops.conversion import dtype as dtype
from kerlite.ops.conversion import is_tensor as is_tensor
from kerlite.ops.conversion import saturate_cast as saturate_cast
from kerlite.ops.conversion import shape as shape
from kerlite.ops.conversion import stop_gradient as stop_gradient
from kerlite.ops.gradients import custom_gradient as custom_gradient
from kerlite.ops.linalg import cholesky as cholesky
from kerlite.ops.linalg import cholesky_inverse as cholesky_inverse
from kerlite.ops.linalg import det as det
from kerlite.ops.linalg import eig as eig
from kerlite.ops.linalg import eigh as eigh
from kerlite.ops.linalg import inv as inv
from kerlite.ops.linalg import jvp as jvp
from kerlite.ops.linalg import lstsq as lstsq
from kerlite.ops.linalg import lu_factor as lu_factor
from kerlite.ops.linalg import matrix_rank as matrix_rank
from kerlite.ops.linalg import norm as norm
from kerlite.ops.linalg import pinv as pinv
from kerlite.ops.linalg import qr as qr
from kerlite.ops.linalg import solve as solve
from kerlite.ops.linalg import solve_triangular as solve_triangular
from kerlite.ops.linalg import svd as svd
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
from kerlite.ops.numpy.arithmetic import abs as abs
from kerlite.ops.numpy.arithmetic import absolute as absolute
from kerlite.ops.numpy.arithmetic import add as add
from kerlite.ops.numpy.arithmetic import divide as divide
from kerlite.ops.numpy.arithmetic import divide_no_nan as divide_no_nan
from kerlite.ops.numpy.arithmetic import fabs as fabs
from kerlite.ops.numpy.arithmetic import floor_divide as floor_divide
from kerlite.ops.numpy.arithmetic import fmod as fmod
from kerlite.ops.numpy.arithmetic import gcd as gcd
from kerlite.ops.numpy.arithmetic import lcm as lcm
from kerlite.ops.numpy.arithmetic import mod as mod
from kerlite.ops.numpy.arithmetic import multiply as multiply
from kerlite.ops.numpy.arithmetic import negative as negative
from kerlite.ops.numpy.arithmetic import power as power
from kerlite.ops.numpy.arithmetic import reciprocal as reciprocal
from kerlite.ops.numpy.arithmetic import subtract as subtract
from kerlite.ops.numpy.arithmetic import true_divide as true_divide
from kerlite.ops.numpy.bitwise import bitwise_and as bitwise_and
from kerlite.ops.numpy.bitwise import bitwise_invert as bitwise_invert
from kerlite.ops.numpy.bitwise import bitwise_left_shift as bitwise_left_shift
from kerlite.ops.numpy.bitwise import bitwise_not as bitwise_not
from kerlite.ops.numpy.bitwise import bitwise_or as bitwise_or
from kerlite.ops.numpy.bitwise import bitwise_right_shift as bitwise_right_shift
from kerlite.ops.numpy.bitwise import bitwise_xor as bitwise_xor
from kerlite.ops.numpy.bitwise import left_shift as left_shift
from kerlite.ops.numpy.bitwise import right_shift as right_shift
from kerlite.ops.numpy.comparison import allclose as allclose
from kerlite.ops.numpy.comparison import equal as equal
from kerlite.ops.numpy.comparison import greater as greater
from kerlite.ops.numpy.comparison import greater_equal as greater_equal
from kerlite.ops.numpy.comparison import isclose as isclose
from kerlite.ops.numpy.comparison import isfinite as isfinite
from kerlite.ops.numpy.comparison import isinf as isinf
from kerlite.ops.numpy.comparison import isnan as isnan
from kerlite.ops.numpy.comparison import isneginf as isneginf
from kerlite.ops.numpy.comparison import isposinf as isposinf
from kerlite.ops.numpy.comparison import isreal as isreal
from kerlite.ops.numpy.comparison import less as less
from kerlite.ops.numpy.comparison import less_equal as less_equal
from kerlite.ops.numpy.comparison import not_equal as not_equal
from kerlite.ops.numpy.complex_numbers import angle as angle
from kerlite.ops.numpy.complex_numbers import conj as conj
from kerlite.ops.numpy.complex_numbers import conjugate as conjugate
from kerlite.ops.numpy.complex_numbers import imag as imag
from kerlite.ops.numpy.complex_numbers import real as real
from kerlite.ops.numpy.creation import array as array
from kerlite.ops.numpy.creation import empty as empty
from kerlite.ops.numpy.creation import empty_like as empty_like
from kerlite.ops.numpy.creation import eye as eye
from kerlite.ops.numpy.creation import full as full
from kerlite.ops.numpy.creation import full_like as full_like
from kerlite.ops.numpy.creation import identity as identity
from kerlite.ops.numpy.creation import ones as ones
from kerlite.ops.numpy.creation import ones_like as ones_like
from kerlite.ops.numpy.creation import tri as tri
from kerlite.ops.numpy.creation import vander as vander
from kerlite.ops.numpy.creation import zeros as zeros
from kerlite.ops.numpy.creation import zeros_like as zeros_like
from kerlite.ops.numpy.cumulative import cumprod as cumprod
from kerlite.ops.numpy.cumulative import cumsum as cumsum
from kerlite.ops.numpy.cumulative import diff as diff
from kerlite.ops.numpy.cumulative import trapezoid as trapezoid
from kerlite.ops.numpy.diagonals import diag as diag
from kerlite.ops.numpy.diagonals import diagflat as diagflat
from kerlite.ops.numpy.diagonals import diagonal as diagonal
from kerlite.ops.numpy.diagonals import tril as tril
from kerlite.ops.numpy.diagonals import triu as triu
from kerlite.ops.numpy.exponential import cbrt as cbrt
from kerlite.ops.numpy.exponential import exp as exp
from kerlite.ops.numpy.exponential import exp2 as exp2
from kerlite.ops.numpy.exponential import expm1 as expm1
from kerlite.ops.numpy.exponential import ldexp as ldexp
from kerlite.ops.numpy.exponential import log as log
from kerlite.ops.numpy.exponential import log1p as log1p
from kerlite.ops.numpy.exponential import log2 as log2
from kerlite.ops.numpy.exponential import log10 as log10
from kerlite.ops.numpy.exponential import logaddexp as logaddexp
from kerlite.ops.numpy.exponential import logaddexp2 as logaddexp2
from kerlite.ops.numpy.exponential import sqrt as sqrt
from kerlite.ops.numpy.exponential import square as square
from kerlite.ops.numpy.indexing import get_item as get_item
from kerlite.ops.numpy.indexing import take as take
from kerlite.ops.numpy.indexing import take_along_axis as take_along_axis
from kerlite.ops.numpy.indexing import unravel_index as unravel_index
from kerlite.ops.numpy.joining import append as append
from kerlite.ops.numpy.joining import concatenate as concatenate
from kerlite.ops.numpy.joining import dstack as dstack
from kerlite.ops.numpy.joining import hstack as hstack
from kerlite.ops.numpy.joining import repeat as repeat
from kerlite.ops.numpy.joining import stack as stack
from kerlite.ops.numpy.joining import tile as tile
from kerlite.ops.numpy.joining import vstack as vstack
from kerlite.ops.numpy.limits import clip as clip
from kerlite.ops.numpy.limits import fmax as fmax
from kerlite.ops.numpy.limits import fmin as fmin
from kerlite.ops.numpy.limits import maximum as maximum
from kerlite.ops.numpy.limits import minimum as minimum
from kerlite.ops.numpy.limits import nan_to_num as nan_to_num
from kerlite.ops.numpy.logical import logical_and as logical_and
from kerlite.ops.numpy.logical import logical_not as logical_not
from kerlite.ops.numpy.logical import logical_or as logical_or
from kerlite.ops.numpy.logical import logical_xor as logical_xor
from kerlite.ops.numpy.nan_reductions import nanargmax as nanargmax
from kerlite.ops.numpy.nan_reductions import nanargmin as nanargmin
from kerlite.ops.numpy.nan_reductions import nancumprod as nancumprod
from kerlite.ops.numpy.nan_reductions import nancumsum as nancumsum
from kerlite.ops.numpy.nan_reductions import nanmax as nanmax
from kerlite.ops.numpy.nan_reductions import nanmean as nanmean
from kerlite.ops.numpy.nan_reductions import nanmin as nanmin
from kerlite.ops.numpy.nan_reductions import nanprod as nanprod
from kerlite.ops.numpy.nan_reductions import nanstd as nanstd
from kerlite.ops.numpy.nan_reductions import nansum as nansum
from kerlite.ops.numpy.nan_reductions import nanvar as nanvar
from kerlite.ops.numpy.order import flip as flip
from kerlite.ops.numpy.order import fliplr as fliplr
from kerlite.ops.numpy.order import flipud as flipud
from kerlite.ops.numpy.order import moveaxis as moveaxis
from kerlite.ops.numpy.order import roll as roll
from kerlite.ops.numpy.order import rot90 as rot90
from kerlite.ops.numpy.order import swapaxes as swapaxes
from kerlite.ops.numpy.order import transpose as transpose
from kerlite.ops.numpy.padding import pad as pad
from kerlite.ops.numpy.products import cross as cross
from kerlite.ops.numpy.products import dot as dot
from kerlite.ops.numpy.products import einsum as einsum
from kerlite.ops.numpy.products import inner as inner
from kerlite.ops.numpy.products import kron as kron
from kerlite.ops.numpy.products import matmul as matmul
from kerlite.ops.numpy.products import outer as outer
from kerlite.ops.numpy.products import slogdet as slogdet
from kerlite.ops.numpy.products import tensordot as tensordot
from kerlite.ops.numpy.products import trace as trace
from kerlite.ops.numpy.products import vdot as vdot
from kerlite.ops.numpy.quantiles import median as median
from kerlite.ops.numpy.quantiles import nanmedian as nanmedian
from kerlite.ops.numpy.quantiles import nanpercentile as nanpercentile
from kerlite.ops.numpy.quantiles import nanquantile as nanquantile
from kerlite.ops.numpy.quantiles import percentile as percentile
from kerlite.ops.numpy.quantiles import quantile as quantile
from kerlite.ops.numpy.ranges import arange as arange
from kerlite.ops.numpy.ranges import geomspace as geomspace
from kerlite.ops.numpy.ranges import linspace as linspace
from kerlite.ops.numpy.ranges import logspace as logspace
from kerlite.ops.numpy.ranges import meshgrid as meshgrid
from kerlite.ops.numpy.reductions import all as all
from kerlite.ops.numpy.reductions import amax as amax
from kerlite.ops.numpy.reductions import amin as amin
from kerlite.ops.numpy.reductions import any as any
from kerlite.ops.numpy.reductions import average as average
from kerlite.ops.numpy.reductions import count_nonzero as count_nonzero
from kerlite.ops.numpy.reductions import max as max
from kerlite.ops.numpy.reductions import mean as mean
from kerlite.ops.numpy.reductions import min as min
from kerlite.ops.numpy.reductions import prod as prod
from kerlite.ops.numpy.reductions import ptp as ptp
from kerlite.ops.numpy.reductions import std as std
from kerlite.ops.numpy.reductions import sum as sum
from kerlite.ops.numpy.reductions import var as var
from kerlite.ops.numpy.rounding import ceil as ceil
from kerlite.ops.numpy.rounding import floor as floor
from kerlite.ops.numpy.rounding import nextafter as nextafter
from kerlite.ops.numpy.rounding import round as round
from kerlite.ops.numpy.rounding import sign as sign
from kerlite.ops.numpy.rounding import signbit as signbit
from kerlite.ops.numpy.rounding import trunc as trunc
from kerlite.ops.numpy.selection import select as select
from kerlite.ops.numpy.selection import where as where
from kerlite.ops.numpy.sets import isin as isin
from kerlite.ops.numpy.sets import unique as unique
from kerlite.ops.numpy.shapes import broadcast_to as broadcast_to
from kerlite.ops.numpy.shapes import copy as copy
from kerlite.ops.numpy.shapes import expand_dims as expand_dims
from kerlite.ops.numpy.shapes import ndim as ndim
from kerlite.ops.numpy.shapes import ravel as ravel
from kerlite.ops.numpy.shapes import reshape as reshape
from kerlite.ops.numpy.shapes import size as size
from kerlite.ops.numpy.shapes import squeeze as squeeze
from kerlite.ops.numpy.shapes import view as view
from kerlite.ops.numpy.sorting import argmax as argmax
from kerlite.ops.numpy.sorting import argmin as argmin
from kerlite.ops.numpy.sorting import argpartition as argpartition
from kerlite.ops.numpy.sorting import argsort as argsort
from kerlite.ops.numpy.sorting import nonzero as nonzero
from kerlite.ops.numpy.sorting import searchsorted as searchsorted
from kerlite.ops.numpy.sorting import sort as sort
from kerlite.ops.numpy.special import heaviside as heaviside
from kerlite.ops.numpy.special import i0 as i0
from kerlite.ops.numpy.special import sinc as sinc
from kerlite.ops.numpy.splitting import array_split as array_split
from kerlite.ops.numpy.splitting import dsplit as dsplit
from kerlite.ops.numpy.splitting import hsplit as hsplit
from kerlite.ops.numpy.splitting import split as split
from kerlite.ops.numpy.splitting import vsplit as vsplit
from kerlite.ops.numpy.statistics import bincount as bincount
from kerlite.ops.numpy.statistics import corrcoef as corrcoef
from kerlite.ops.numpy.statistics import correlate as correlate
from kerlite.ops.numpy.statistics import digitize as digitize
from kerlite.ops.numpy.statistics import histogram as histogram
from kerlite.ops.numpy.trigonometric import arccos as arccos
from kerlite.ops.numpy.trigonometric import arccosh as arccosh
from kerlite.ops.numpy.trigonometric import arcsin as arcsin
from kerlite.ops.numpy.trigonometric import arcsinh as arcsinh
from kerlite.ops.numpy.trigonometric import arctan as arctan
from kerlite.ops.numpy.trigonometric import arctan2 as arctan2
from kerlite.ops.numpy.trigonometric import arctanh as arctanh
from kerlite.ops.numpy.trigonometric import cos as cos
from kerlite.ops.numpy.trigonometric import cosh as cosh
from kerlite.ops.numpy.trigonometric import deg2rad as deg2rad
from kerlite.ops.numpy.trigonometric import hypot as hypot
from kerlite.ops.numpy.trigonometric import rad2deg as rad2deg
from kerlite.ops.numpy.trigonometric import sin as sin
from kerlite.ops.numpy.trigonometric import sinh as sinh
from kerlite.ops.numpy.trigonometric import tan as tan
from kerlite.ops.numpy.trigonometric import tanh as tanh
from kerlite.ops.numpy.vectorization import vectorize as vectorize
from kerlite.ops.numpy.windows import bartlett as bartlett
from kerlite.ops.numpy.windows import blackman as blackman
from kerlite.ops.numpy.windows import hamming as hamming
from kerlite.ops.numpy.windows import hanning as hanning
from kerlite.ops.numpy.windows import kaiser as kaiser
from kerlite.ops.rearrange import rearrange as rearrange
from kerlite.ops.scans import associative_scan as associative_scan
from kerlite.ops.scans import map as map
from kerlite.ops.scans import scan as scan
from kerlite.ops.scans import vectorized_map as vectorized_map
from kerlite.ops.scatter import scatter as scatter
from kerlite.ops.scatter import scatter_update as scatter_update
from kerlite.ops.segments import segment_max as segment_max
from kerlite.ops.segments import segment_min as segment_min
from kerlite.ops.segments import segment_prod as segment_prod
from kerlite.ops.segments import segment_sum as segment_sum
from kerlite.ops.signal import extract_sequences as extract_sequences
from kerlite.ops.signal import fft as fft
from kerlite.ops.signal import fft2 as fft2
from kerlite.ops.signal import ifft2 as ifft2
from kerlite.ops.signal import irfft as irfft
from kerlite.ops.signal import istft as istft
from kerlite.ops.signal import rfft as rfft
from kerlite.ops.signal import stft as stft
from kerlite.ops.signal import view_as_complex as view_as_complex
from kerlite.ops.signal import view_as_real as view_as_real
from kerlite.ops.slicing import slice as slice
from kerlite.ops.slicing import slice_update as slice_update
from kerlite.ops.slicing import unstack as unstack
from kerlite.ops.special import cdist as cdist
from kerlite.ops.special import erf as erf
from kerlite.ops.special import erfc as erfc
from kerlite.ops.special import erfinv as erfinv
from kerlite.ops.special import in_top_k as in_top_k
from kerlite.ops.special import logdet as logdet
from kerlite.ops.special import logsumexp as logsumexp
from kerlite.ops.special import rsqrt as rsqrt
from kerlite.ops.special import top_k as top_k

__all__ = [
    "abs",
    "absolute",
    "adaptive_average_pool",
    "adaptive_max_pool",
    "add",
    "all",
    "allclose",
    "amax",
    "amin",
    "angle",
    "any",
    "append",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "array",
    "array_split",
    "associative_scan",
    "average",
    "average_pool",
    "bartlett",
    "batch_normalization",
    "binary_crossentropy",
    "bincount",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "blackman",
    "broadcast_to",
    "cast",
    "categorical_crossentropy",
    "cbrt",
    "cdist",
    "ceil",
    "celu",
    "cholesky",
    "cholesky_inverse",
    "clip",
    "concatenate",
    "cond",
    "conj",
    "conjugate",
    "conv",
    "conv_transpose",
    "convert_to_numpy",
    "convert_to_tensor",
    "copy",
    "corrcoef",
    "correlate",
    "cos",
    "cosh",
    "count_nonzero",
    "cross",
    "ctc_decode",
    "ctc_loss",
    "cumprod",
    "cumsum",
    "custom_gradient",
    "deg2rad",
    "depth_to_space",
    "depthwise_conv",
    "det",
    "diag",
    "diagflat",
    "diagonal",
    "diff",
    "digitize",
    "divide",
    "divide_no_nan",
    "dot",
    "dot_product_attention",
    "dsplit",
    "dstack",
    "dtype",
    "eig",
    "eigh",
    "einsum",
    "elu",
    "empty",
    "empty_like",
    "equal",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "extract_sequences",
    "eye",
    "fabs",
    "fft",
    "fft2",
    "flip",
    "fliplr",
    "flipud",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "fold",
    "fori_loop",
    "full",
    "full_like",
    "gcd",
    "gelu",
    "geomspace",
    "get_item",
    "glu",
    "greater",
    "greater_equal",
    "hamming",
    "hanning",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "heaviside",
    "histogram",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "identity",
    "ifft2",
    "imag",
    "image",
    "in_top_k",
    "inner",
    "inv",
    "irfft",
    "is_tensor",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "istft",
    "jvp",
    "kaiser",
    "kron",
    "layer_normalization",
    "lcm",
    "ldexp",
    "leaky_relu",
    "left_shift",
    "less",
    "less_equal",
    "linalg",
    "linspace",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logspace",
    "logsumexp",
    "lstsq",
    "lu_factor",
    "map",
    "matmul",
    "matrix_rank",
    "max",
    "max_pool",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mod",
    "moments",
    "moveaxis",
    "multi_hot",
    "multiply",
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "ndim",
    "negative",
    "nextafter",
    "nn",
    "nonzero",
    "norm",
    "normalize",
    "not_equal",
    "numpy",
    "one_hot",
    "ones",
    "ones_like",
    "outer",
    "pad",
    "percentile",
    "pinv",
    "polar",
    "power",
    "prod",
    "psnr",
    "ptp",
    "qr",
    "quantile",
    "rad2deg",
    "ravel",
    "real",
    "rearrange",
    "reciprocal",
    "relu",
    "relu6",
    "repeat",
    "reshape",
    "rfft",
    "right_shift",
    "rms_normalization",
    "roll",
    "rot90",
    "round",
    "rsqrt",
    "saturate_cast",
    "scan",
    "scatter",
    "scatter_update",
    "searchsorted",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "select",
    "selu",
    "separable_conv",
    "shape",
    "sigmoid",
    "sign",
    "signbit",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "size",
    "slice",
    "slice_update",
    "slogdet",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "solve",
    "solve_triangular",
    "sort",
    "space_to_depth",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "split",
    "sqrt",
    "square",
    "squareplus",
    "squeeze",
    "stack",
    "std",
    "stft",
    "stop_gradient",
    "subtract",
    "sum",
    "svd",
    "swapaxes",
    "swish",
    "switch",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tanh_shrink",
    "tensordot",
    "threshold",
    "tile",
    "top_k",
    "trace",
    "transpose",
    "trapezoid",
    "tri",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "unfold",
    "unique",
    "unravel_index",
    "unstack",
    "vander",
    "var",
    "vdot",
    "vectorize",
    "vectorized_map",
    "view",
    "view_as_complex",
    "view_as_real",
    "vsplit",
    "vstack",
    "where",
    "while_loop",
    "zeros",
    "zeros_like",
]
