"""What the audit calls every operation with: shapes and options; the audit makes the numbers."""

from typing import Any, NamedTuple

__all__ = ["BINARY", "CALLS", "OWN_TESTS", "REDUCTIONS", "UNARY", "Call", "T", "call", "t"]


class T(NamedTuple):
    """Stands for a tensor of random numbers in [low, high); `dtype` None means any the audit picks.

    `form` makes them fit: "spd" positive definite matrices, "sorted", "one_hot".
    """

    shape: tuple[int, ...]
    low: float = -3.0
    high: float = 3.0
    dtype: str | None = None
    form: str | None = None


class Call(NamedTuple):
    """A call: its arguments, with `T` for tensors, and its options."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def t(*shape, low=-3.0, high=3.0, dtype=None, form=None):
    """Return a stand-in for a tensor."""
    return T(shape, low, high, dtype, form)


def call(*args, **kwargs):
    """Return a call."""
    return Call(args, kwargs)


def _index(*shape, below):
    return T(shape, 0, below, "int32")


def _spd(n):
    return T((2, n, n), form="spd")


OWN_TESTS = {
    "cond", "while_loop", "scan", "associative_scan", "map", "fori_loop", "switch",
    "vectorized_map", "vectorize", "custom_gradient", "jvp",  # take functions
    "convert_to_numpy", "is_tensor", "dtype", "shape",  # give no tensors
    "empty", "empty_like",  # of any value
    "image", "linalg", "nn", "numpy",  # namespaces
    "ctc_loss", "ctc_decode",  # lengths and labels must fit each other
    "eig", "eigh", "svd", "qr", "lu_factor",  # unique up to signs and order only
}  # fmt: skip

# Functions of one tensor, element by element -> the range that they are called on.
_RANGES = {
    "arccos": (-1, 1), "arccosh": (1, 4), "arcsin": (-1, 1), "arctanh": (-1, 1),
    "erfinv": (-1, 1), "log": (0, 4), "log10": (0, 4), "log2": (0, 4), "log1p": (-1, 4),
    "sqrt": (0, 4), "rsqrt": (0.1, 4), "reciprocal": (0.1, 4),
}  # fmt: skip
_UNARY = (
    "abs", "absolute", "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh",
    "bitwise_invert", "bitwise_not", "cbrt", "ceil", "celu", "conj", "conjugate", "copy", "cos",
    "cosh", "deg2rad", "elu", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "fabs", "floor",
    "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "i0", "imag",
    "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "leaky_relu", "log",
    "log10", "log1p", "log2", "log_sigmoid", "logical_not", "nan_to_num", "ndim", "negative",
    "ones_like", "rad2deg", "ravel", "real", "reciprocal", "relu", "relu6", "round", "rsqrt",
    "selu", "sigmoid", "sign", "signbit", "silu", "sin", "sinc", "sinh", "size", "soft_shrink",
    "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sqrt", "square", "squareplus",
    "stop_gradient", "swish", "tan", "tanh", "tanh_shrink", "trunc", "zeros_like",
)  # fmt: skip
UNARY = {name: _RANGES.get(name, (-3, 3)) for name in _UNARY}
BINARY = (
    "add", "arctan2", "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "divide", "divide_no_nan", "equal", "floor_divide", "fmax", "fmin", "fmod",
    "gcd", "greater", "greater_equal", "heaviside", "hypot", "isclose", "allclose", "lcm",
    "ldexp", "left_shift", "less", "less_equal", "logaddexp", "logaddexp2", "logical_and",
    "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "nextafter",
    "not_equal", "power", "right_shift", "subtract", "true_divide", "polar",
)  # fmt: skip
REDUCTIONS = (
    "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "logsumexp",
    "max", "mean", "median", "min", "nanargmax", "nanargmin", "nanmax", "nanmean", "nanmedian",
    "nanmin", "nanprod", "nanstd", "nansum", "nanvar", "norm", "prod", "ptp", "std", "sum",
    "var",
)  # fmt: skip

_x, _y = t(2, 3), t(2, 3, 4)
_grid, _image = t(2, 6, 5, 3), t(1, 7, 9, 2)
_probabilities, _labels = t(4, 3, low=0.05, high=0.9), t(4, 3, low=0, high=1)

CALLS: dict[str, list[Call]] = {
    "adaptive_average_pool": [call(_grid, 2), call(_grid, (3, 2)), call(t(2, 6, 3), 4)],
    "adaptive_max_pool": [call(_grid, 2), call(_grid, (3, 2)), call(t(2, 6, 3), 4)],
    "append": [call(_x, _x), call(_x, t(2, 1), axis=1), call(_x, _x, axis=-2), call(t(), _x)],
    "arange": [call(5), call(1, 4), call(1, 2, 0.25), call(4, 0, -1), call(3, dtype="float16")],
    "argpartition": [call(t(7), 3), call(_y, 1, axis=0), call(_y, 2, axis=-2)],
    "argsort": [call(t(7)), call(_y, axis=1), call(_y, axis=-3), call(_y, axis=None)],
    "array": [call(_x), call(t()), call([1, 2], dtype="float32"), call(True)],
    "array_split": [call(t(7), 3), call(_y, 2, axis=-1), call(_y, 5, axis=1)],
    "average_pool": [call(_grid, 2), call(_grid, (2, 3), strides=1), call(t(2, 6, 3), 2),
                     call(_grid, 2, padding="same", strides=2, data_format="channels_first"),
                     call(t(1, 4, 4, 4, 2), 2)],
    "bartlett": [call(5), call(1)],
    "batch_normalization": [
        call(_x, t(3), t(3, low=0.5), -1), call(_y, t(3), t(3, low=0.5), 1, t(3), t(3), 0.01),
    ],
    "binary_crossentropy": [call(_labels, _probabilities), call(_labels, t(4, 3), True)],
    "bincount": [call(_index(6, below=4)), call(_index(6, below=4), minlength=9),
                 call(_index(6, below=4), weights=t(6))],
    "blackman": [call(5), call(1)],
    "broadcast_to": [call(t(3), (2, 3)), call(t(2, 1), (4, 2, 5)), call(t(), (2,)), call(t(1), 3)],
    "cast": [call(_x, "int32"), call(_x, "float16"), call(_x, "bool"), call(t(), "float64")],
    "categorical_crossentropy": [call(_labels, _probabilities), call(_labels, t(4, 3), True),
                                 call(_labels, _probabilities, axis=0)],
    "cdist": [call(t(4, 3), t(5, 3)), call(t(2, 4, 3), t(2, 5, 3))],
    "cholesky": [call(_spd(3)), call(_spd(3), upper=True)],
    "cholesky_inverse": [call(_spd(3))],
    "clip": [call(_y, -1, 1), call(_x, 0.5, 2), call(_x, t(3, low=-2, high=-1), t(3, low=1))],
    "concatenate": [call([_x, _x]), call([_x, t(2, 1)], axis=-1), call((t(0, 3), _x))],
    "conv": [call(_grid, t(2, 3, 3, 4)), call(_grid, t(3, 3, 3, 2), 2, "same"),
             call(_grid, t(3, 3, 3, 2), dilation_rate=2), call(t(2, 7, 4), t(3, 2, 6)),
             call(_grid, t(3, 3, 6, 4), padding="same", data_format="channels_first"),
             call(t(1, 4, 4, 4, 2), t(2, 2, 2, 2, 3))],
    "conv_transpose": [call(_grid, t(2, 2, 4, 3)), call(_grid, t(3, 3, 4, 3), 2, "same"),
                       call(t(2, 7, 4), t(3, 6, 4), 3)],
    "corrcoef": [call(t(3, 5)), call(t(5))],
    "correlate": [call(t(6), t(3)), call(t(3), t(6), "same"), call(t(5), t(2), mode="full")],
    "cross": [call(t(2, 3), t(2, 3)), call(t(3), t(4, 3)), call(t(3, 2), t(3, 2), axis=0)],
    "cumprod": [call(_y), call(_y, axis=-2), call(_x, 0, "float32")],
    "cumsum": [call(_y), call(_y, axis=-2), call(_x, 0, "float32"), call(t(2, 2, 2, 2), axis=3)],
    "depth_to_space": [call(t(1, 2, 3, 8), 2), call(t(1, 8, 2, 3), 2, "channels_first")],
    "depthwise_conv": [call(_grid, t(3, 3, 3, 1)), call(_grid, t(2, 2, 3, 2), padding="same"),
                       call(t(2, 7, 4), t(3, 4, 2), strides=2)],
    "det": [call(t(3, 3)), call(_spd(3))],
    "diag": [call(t(3)), call(t(2, 3)), call(t(3), k=-1), call(t(3, 3), k=1)],
    "diagflat": [call(t(2, 2)), call(t(3), k=1), call(t())],
    "diagonal": [call(_x), call(_y, 1, 1, 2), call(_y, -1, axis1=-1, axis2=0)],
    "diff": [call(t(5)), call(_y, 2), call(_y, axis=1), call(_y, 0)],
    "digitize": [call(_x, t(4, form="sorted")), call(t(2, 3, 2), t(3, form="sorted"))],
    "dot": [call(t(3), t(3)), call(_x, t(3)), call(_x, t(3, 2)), call(_x, t()), call(_x, 2)],
    "dot_product_attention": [
        call(t(2, 4, 2, 3), t(2, 5, 2, 3), t(2, 5, 2, 3)),
        call(t(2, 4, 2, 3), t(2, 4, 2, 3), t(2, 4, 2, 3), scale=0.3, is_causal=True),
        call(t(2, 4, 2, 3), t(2, 5, 1, 3), t(2, 5, 1, 3), bias=t(2, 2, 4, 5)),
        call(t(2, 4, 2, 3), t(2, 5, 2, 3), t(2, 5, 2, 3), mask=t(1, 1, 4, 5, dtype="bool")),
    ],
    "dsplit": [call(_y, 2), call(t(2, 3, 6), (1, 4))],
    "dstack": [call([t(3), t(3)]), call([_x, _x]), call([_y, _y])],
    "einsum": [call("ij,jk->ik", _x, t(3, 4)), call("bij->b", _y), call("...i,i", _y, t(4)),
               call("ij,ij,ij->j", _x, _x, _x), call("ii", t(3, 3)), call("i,j->ji", t(2), t(3))],
    "expand_dims": [call(_x, 0), call(_x, -1), call(t(), 0), call(_x, (0, 3))],
    "extract_sequences": [call(t(2, 10), 4, 2), call(t(10), 3, 3)],
    "eye": [call(3), call(2, 4, 1), call(3, k=-1, dtype="int32")],
    "fft": [call((_y, _y))],
    "fft2": [call((_y, _y))],
    "flip": [call(_y), call(_y, 1), call(_y, (0, -1)), call(t(0, 3))],
    "fliplr": [call(_y), call(_x)],
    "flipud": [call(_y), call(t(3))],
    "fold": [call(t(2, 8, 9), (4, 4), 2), call(t(2, 8, 25), (6, 6), 2, padding=0)],
    "full": [call((2, 3), 7), call((), 1.5), call((2,), 1, "float16"), call((0, 2), True)],
    "full_like": [call(_x, 2), call(_x, 1.5, "float32"), call(t(), 3)],
    "geomspace": [call(1, 1000, 4), call(1.0, 8.0, 3, endpoint=False), call(t(2, low=1), 9.0, 3)],
    "get_item": [call(_y, 1), call(_y, (slice(None), -1)), call(_y, (..., None, slice(0, 2)))],
    "glu": [call(t(2, 6)), call(t(4, 3), 0), call(t(2, 4, 3), axis=-2)],
    "hamming": [call(5), call(1)],
    "hanning": [call(5), call(1)],
    "histogram": [call(_y), call(_x, 4), call(_y, 5, (-2, 2))],
    "hsplit": [call(_x, 3), call(t(6), 2), call(_y, (1,))],
    "hstack": [call([t(3), t(3)]), call([_x, t(2, 1)]), call([t(), t()])],
    "identity": [call(3), call(2, "int32")],
    "ifft2": [call((_y, _y))],
    "in_top_k": [call(_index(4, below=3), t(4, 3), 2), call(_index(4, below=3), t(4, 3), 1)],
    "inner": [call(t(3), t(3)), call(_x, t(4, 3)), call(_y, t(2, 4)), call(t(), _x)],
    "inv": [call(_spd(3)), call(t(2, 2, form="spd"))],
    "irfft": [call((_y, _y)), call((_y, _y), fft_length=5)],
    "isin": [call(_x, t(4)), call(_x, [1, 2], invert=True), call(t(0, 3), t(2))],
    "istft": [call((t(2, 5, 5), t(2, 5, 5)), 8, 4, 8), call((t(5, 5), t(5, 5)), 8, 2, 8, 14)],
    "kaiser": [call(5, 3.0), call(1, 2.0)],
    "kron": [call(_x, t(2, 2)), call(t(3), t(2, 2)), call(t(2, 2, 2), t(1, 2, 2))],
    "layer_normalization": [call(_x), call(_y, t(4), t(4)), call(_y, t(4), t(4), -1, 0.01)],
    "linspace": [call(0, 1, 5), call(0.0, t(3), 4), call(0, 5, 5, endpoint=False),
                 call(0, 1, 3, retstep=True), call(0, 9, 4, dtype="int32")],
    "log_softmax": [call(_x), call(_y, 1), call(_y, (1, 2)), call(_y, None), call(t(2, 0, 3), -3)],
    "logdet": [call(_spd(3))],
    "logspace": [call(0, 2, 3), call(0.0, 3.0, 4, base=2), call(0, 1, 4, endpoint=False)],
    "lstsq": [call(t(5, 3), t(5)), call(t(5, 3), t(5, 2))],
    "matmul": [call(t(3), t(3)), call(_x, t(3)), call(t(2), _x), call(_y, t(4, 2)),
               call(t(5, 1, 2, 3), t(2, 3, 4)), call(t(0, 3), t(3, 2)), call(t(2, 0), t(0, 3))],
    "matrix_rank": [call(_spd(3)), call(t(3, 4)), call(t(4, 2), tol=0.1)],
    "max_pool": [call(_grid, 2), call(_grid, (2, 3), strides=1),
                 call(t(2, 6, 3), 2, padding="same"),
                 call(t(1, 4, 4, 4, 2), 2), call(t(2, 3, 6, 6), 3, 2, "same", "channels_first")],
    "meshgrid": [call(t(2), t(3)), call(t(2), t(3), t(4), indexing="ij"), call(t(3)),
                 call(t(), t(2))],
    "moments": [call(_y, [0, 2]), call(_x, -1, keepdims=True), call(_y, (0, 1, 2))],
    "moveaxis": [call(_y, 0, -1), call(_y, (0, 1), (2, 0)), call(_y, [-1], [0])],
    "multi_hot": [call(_index(2, 3, below=5), 5), call(_index(3, below=4), num_classes=4)],
    "nancumprod": [call(_y), call(_y, axis=-2)],
    "nancumsum": [call(_y), call(_y, axis=-2)],
    "nanpercentile": [call(_y, 30, 1), call(_y, t(2, low=1, high=99, dtype="float32"))],
    "nanquantile": [call(_y, 0.3, 1), call(_y, 0.5, (0, 2), "nearest", True)],
    "nonzero": [call(_y), call(_index(5, below=2))],
    "normalize": [call(_x), call(_y, 1), call(_y, -2, 1), call(_x, order=3, epsilon=0.1)],
    "one_hot": [call(_index(4, below=3), 3), call(_index(2, 3, below=5), 6, 0, "int32"),
                call(_index(2, below=3), 3, axis=1)],
    "ones": [call((2, 3)), call((), "int32"), call(4), call((0, 2), dtype="bool")],
    "outer": [call(t(3), t(2)), call(_x, t(2)), call(t(), _x)],
    "pad": [call(_x, 1), call(_x, ((0, 1), (2, 0))), call(_y, ((1, 1),) * 3, "reflect"),
            call(_x, ((1, 2), (0, 0)), "edge"), call(_x, (1, 2), constant_values=7)],
    "percentile": [call(_y, 30, 1), call(_y, 50, (0, 1), "lower", True)],
    "pinv": [call(t(3, 2)), call(t(2, 3, 4)), call(t(3, 3), rcond=0.1)],
    "psnr": [call(_y, _y, 2.0), call(_x, _x, max_val=255)],
    "quantile": [call(_y, 0.3, 1), call(_y, 0.5, (0, 2), "higher", True),
                 call(_y, t(3, low=0, high=1, dtype="float32"), -1)],
    "rearrange": [call(_y, "a b c -> c a b"), call(_y, "a b (c d) -> a (b c) d", c=2)],
    "repeat": [call(_x, 2), call(_y, 3, 1), call(_y, 2, axis=-1), call(t(3), [1, 0, 2], axis=0)],
    "reshape": [call(_y, (4, 6)), call(_y, (-1,)), call(_y, (2, -1, 2)), call(t(), (1, 1)),
                call(t(0, 3), (3, 0))],
    "rfft": [call(_y), call(_y, 8), call(t(6), fft_length=4)],
    "rms_normalization": [call(_x), call(_y, t(4)), call(_y, t(4), -1, 0.01)],
    "roll": [call(_y, 1), call(_y, -2, 1), call(_y, 3, axis=-1)],
    "rot90": [call(_y), call(_y, 2), call(_y, -1, (1, 2)), call(_x, 5)],
    "saturate_cast": [call(_x, "uint8"), call(_x, "float16"),
                      call(t(3, low=-999, high=999), "int8")],
    "scatter": [call(_index(4, 1, below=5), t(4), (5,)), call(_index(3, 2, below=2), t(3), (2, 2))],
    "scatter_update": [call(t(5), [[1], [3]], t(2)), call(_x, [[0, 1], [1, 2]], t(2)),
                       call(_x, [[1]], t(1, 3)), call(t(5), [[1], [3]], t(2), "add")],
    "searchsorted": [call(t(5, form="sorted"), t(3)), call(t(5, form="sorted"), t(2, 3), "right")],
    "segment_max": [call(t(5), [0, 0, 1, 1, 2]), call(t(5, 2), [2, 0, 2, 0, 2], 4)],
    "segment_min": [call(t(5), [0, 0, 1, 1, 2]), call(t(5, 2), [2, 0, 2, 0, 2], 4)],
    "segment_prod": [call(t(5), [0, 0, 1, 1, 2]), call(t(5, 2), [2, 0, 2, 0, 2], 4)],
    "segment_sum": [call(t(5), [0, 0, 1, 1, 2]), call(t(5, 2), [2, 0, 2, 0, 2], 4),
                    call(t(4), [0, 0, 1, 3], num_segments=4, sorted=True)],
    "select": [call([t(2, 3, dtype="bool"), t(2, 3, dtype="bool")], [_x, _x], 5)],
    "separable_conv": [call(_grid, t(3, 3, 3, 2), t(1, 1, 6, 4)),
                       call(_grid, t(2, 2, 3, 1), t(1, 1, 3, 2), 2, "same")],
    "slice": [call(_y, (0, 1, 1), (2, 1, 3)), call(t(5), [2], [2])],
    "slice_update": [call(_y, (0, 1, 1), t(2, 1, 3)), call(t(5), [2], t(2))],
    "slogdet": [call(t(3, 3)), call(_spd(3))],
    "softmax": [call(_x), call(_y, 1), call(_y, (0, 2)), call(_y, None), call(t(2, 0, 3), 1)],
    "solve": [call(_spd(3), t(2, 3, 2)), call(t(3, 3, form="spd"), t(3))],
    "solve_triangular": [call(_spd(3), t(2, 3, 2)), call(t(3, 3, form="spd"), t(3), lower=True)],
    "sort": [call(t(7)), call(_y, 1), call(_y, axis=-3), call(_y, axis=None), call(t(0, 3))],
    "space_to_depth": [call(t(1, 4, 6, 2), 2), call(t(1, 2, 4, 6), 2, "channels_first")],
    "sparse_categorical_crossentropy": [
        call(_index(4, below=3), _probabilities), call(_index(4, below=3), t(4, 3), True),
        call(_index(4, 1, below=3), _probabilities),
    ],
    "sparsemax": [call(_x), call(_y, 1), call(_y, axis=0)],
    "split": [call(t(6), 3), call(_y, 2, axis=-1), call(_y, [1], axis=1), call(t(6), (2, 3))],
    "squeeze": [call(t(1, 2, 1)), call(t(1, 2, 1), 0), call(t(1, 2, 1), (0, -1)), call(t(1, 1))],
    "stack": [call([_x, _x]), call((_x, _x, _x), axis=-1), call([t(), t()]), call([_y, _y], 2)],
    "stft": [call(t(2, 20), 8, 4, 8), call(t(20), 6, 3, 8, None, False)],
    "swapaxes": [call(_y, 0, 2), call(_y, -1, 1)],
    "take": [call(_y, 1), call(_y, [0, 2], 1), call(_y, _index(2, 2, below=3), axis=-2),
             call(t(7), -1), call(_y, _index(2, below=4), -1)],
    "take_along_axis": [call(_y, _index(2, 1, 4, below=3), 1), call(t(5), _index(3, below=5), 0),
                        call(_x, _index(4, below=6)), call(_y, _index(2, 3, 2, below=4), axis=-1)],
    "tensordot": [call(_y, t(3, 4, 2)), call(_y, t(4, 2), 1), call(_y, t(3, 5), ([1], [0])),
                  call(_x, t(2), 0)],
    "threshold": [call(_x, 0.5, 2), call(_y, 1, 0)],
    "tile": [call(_x, 2), call(_x, (2, 1, 3)), call(t(), (2, 2)), call(_y, (1, 2))],
    "top_k": [call(_x, 2), call(_y, 3), call(_x, 1, sorted=False), call(t(7), k=7)],
    "trace": [call(_x), call(_y, 1, 1, 2), call(_y, -1, axis1=0, axis2=-1)],
    "transpose": [call(_y), call(_y, (1, 2, 0)), call(t()), call(_y, axes=(-1, 0, 1))],
    "trapezoid": [call(_y), call(_y, dx=0.5, axis=1), call(_x, t(3))],
    "tri": [call(3), call(2, 4, 1), call(3, k=-1, dtype="int32")],
    "tril": [call(_x), call(_y, 1), call(_y, k=-1)],
    "triu": [call(_x), call(_y, 1), call(_y, k=-1)],
    "unfold": [call(t(1, 2, 5, 6), 2), call(t(2, 3, 6, 6), (2, 3), padding=1, stride=2)],
    "unique": [call(_index(7, below=4)), call(t(5), return_inverse=True, return_counts=True),
               call(_index(7, below=4), size=6, fill_value=9)],
    "unravel_index": [call(_index(4, below=6), (2, 3)), call(5, (2, 3))],
    "unstack": [call(_x), call(_y, axis=-1), call(_y, 3, 1)],
    "vander": [call(t(3)), call(t(3), 2), call(t(3), 4, True)],
    "vdot": [call(t(3), t(3)), call(t(), t())],
    "view": [call(t(2, 4, dtype="float32"), "int32"), call(t(2, 4, dtype="int32"), "uint8")],
    "view_as_complex": [call(t(3, 2, dtype="float32"))],
    "view_as_real": [call(t(3, 2, dtype="complex64"))],
    "vsplit": [call(t(4, 3), 2), call(_y, (1,))],
    "vstack": [call([t(3), t(3)]), call([_x, t(1, 3)]), call([t(), t()])],
    "where": [call(t(2, 3, dtype="bool"), _x, _x), call(t(3, dtype="bool"), _x, 0),
              call(t(2, 1, dtype="bool"), 1.5, t(3)), call(t(4, dtype="bool"))],
    "zeros": [call((2, 3)), call((), "int32"), call(4), call((0, 2), dtype="bool")],
    "convert_to_tensor": [call(_x), call(t(), "float16"), call([[1, 2], [3, 4]], dtype="int8")],
}  # fmt: skip
